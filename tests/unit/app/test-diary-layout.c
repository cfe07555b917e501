/* test-diary-layout.c: where the moments of a diary stand, also on days with a change of the clocks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-layout.h"

#include "base/civil.h"

static gint64
date_of (int year, int month, int day)
{
  gint64 date;

  g_assert_true (wattle_date_from_ymd (year, month, day, &date));
  return date;
}

static gint64
instant_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 instant;

  wattle_instant_parse (text, &instant, &error);
  g_assert_no_error (error);
  return instant;
}

static GTimeZone *
zone_of (const char *name)
{
  g_autoptr (GError) error = NULL;
  GTimeZone *zone = wattle_zone_lookup (name, &error);

  g_assert_no_error (error);
  return zone;
}

static void
test_plain_day (void)
{
  WattleDiaryAxis axis;
  gint64 instant;
  int from, to;

  wattle_diary_axis_init (&axis, zone_of ("Australia/Brisbane"), date_of (2026, 11, 20), 1);
  g_assert_cmpint (axis.length, ==, 1440);
  g_assert_cmpfloat (wattle_diary_axis_position (&axis, 0, instant_of ("2026-11-19T23:30:00Z")), ==, 9 * 60 + 30);
  g_assert_true (wattle_diary_axis_instant (&axis, 0, 9 * 60 + 30, &instant));
  g_assert_cmpint (instant, ==, instant_of ("2026-11-19T23:30:00Z"));
  g_assert_false (wattle_diary_axis_missing (&axis, 0, &from, &to));
  g_assert_false (wattle_diary_axis_instant (&axis, 0, -5, &instant));
  g_assert_false (wattle_diary_axis_instant (&axis, 0, 1441, &instant));
}

/* Sydney, 4 October 2026: 2 am becomes 3 am. */
static void
test_short_day (void)
{
  WattleDiaryAxis axis;
  gint64 instant;
  int from, to;

  wattle_diary_axis_init (&axis, zone_of ("Australia/Sydney"), date_of (2026, 10, 3), 2);
  g_assert_cmpint (axis.length, ==, 1440);
  g_assert_cmpint (axis.days[1].end - axis.days[1].start, ==, 23 * WATTLE_HOUR);
  g_assert_true (wattle_diary_axis_missing (&axis, 1, &from, &to));
  g_assert_cmpint (from, ==, 2 * 60);
  g_assert_cmpint (to, ==, 3 * 60);
  g_assert_false (wattle_diary_axis_instant (&axis, 1, 2 * 60 + 30, &instant));
  g_assert_true (wattle_diary_axis_instant (&axis, 0, 2 * 60 + 30, &instant));
  g_assert_true (wattle_diary_axis_instant (&axis, 1, 3 * 60, &instant));
  g_assert_cmpint (instant, ==, instant_of ("2026-10-03T16:00:00Z"));
  /* Nine in the morning stands as high on both days. */
  g_assert_cmpfloat (wattle_diary_axis_position (&axis, 0, instant_of ("2026-10-02T23:00:00Z")), ==, 9 * 60);
  g_assert_cmpfloat (wattle_diary_axis_position (&axis, 1, instant_of ("2026-10-03T22:00:00Z")), ==, 9 * 60);
}

/* Sydney, 5 April 2026: 3 am becomes 2 am, and that hour is lived twice. */
static void
test_long_day (void)
{
  WattleDiaryAxis axis;
  gint64 instant;
  int from, to;

  wattle_diary_axis_init (&axis, zone_of ("Australia/Sydney"), date_of (2026, 4, 4), 2);
  g_assert_cmpint (axis.length, ==, 25 * 60);
  g_assert_cmpint (axis.fold, ==, 60);
  g_assert_cmpint (axis.fold_at, ==, 3 * 60);
  g_assert_cmpint (wattle_diary_axis_wall (&axis, 2 * 60 + 30), ==, 2 * 60 + 30);
  g_assert_cmpint (wattle_diary_axis_wall (&axis, 3 * 60 + 30), ==, 2 * 60 + 30);
  g_assert_cmpint (wattle_diary_axis_wall (&axis, 10 * 60), ==, 9 * 60);
  g_assert_cmpint (wattle_diary_axis_of_wall (&axis, 9 * 60), ==, 10 * 60);
  /* Both half past twos, an hour apart. */
  g_assert_true (wattle_diary_axis_instant (&axis, 1, 2 * 60 + 30, &instant));
  g_assert_cmpint (instant, ==, instant_of ("2026-04-04T15:30:00Z"));
  g_assert_true (wattle_diary_axis_instant (&axis, 1, 3 * 60 + 30, &instant));
  g_assert_cmpint (instant, ==, instant_of ("2026-04-04T16:30:00Z"));
  /* The day before has nothing there, and goes on below it. */
  g_assert_true (wattle_diary_axis_missing (&axis, 0, &from, &to));
  g_assert_cmpint (from, ==, 3 * 60);
  g_assert_cmpint (to, ==, 4 * 60);
  g_assert_false (wattle_diary_axis_instant (&axis, 0, 3 * 60 + 30, &instant));
  g_assert_false (wattle_diary_axis_missing (&axis, 1, &from, &to));
  for (guint day = 0; day < 2; day++)
    {
      g_assert_true (wattle_diary_axis_instant (&axis, day, 10 * 60, &instant));
      g_assert_cmpint (instant, ==, instant_of (day == 0 ? "2026-04-03T22:00:00Z" : "2026-04-04T23:00:00Z"));
    }
}

/* Every minute that a day has goes to a place of its own and comes back. */
static void
test_there_and_back (void)
{
  static const char *const zones[] = { "Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide",
                                       "Australia/Lord_Howe", "Australia/Eucla" };
  static const int firsts[][3] = { { 2026, 4, 2 }, { 2026, 10, 1 }, { 2026, 11, 16 } };

  for (guint z = 0; z < G_N_ELEMENTS (zones); z++)
    for (guint f = 0; f < G_N_ELEMENTS (firsts); f++)
      {
        WattleDiaryAxis axis;

        wattle_diary_axis_init (&axis, zone_of (zones[z]), date_of (firsts[f][0], firsts[f][1], firsts[f][2]), 7);
        for (guint day = 0; day < 7; day++)
          {
            int last = -1;

            for (gint64 at = axis.days[day].start; at < axis.days[day].end; at += WATTLE_MINUTE)
              {
                int position = (int) wattle_diary_axis_position (&axis, day, at);
                gint64 back = 0;

                g_assert_cmpint (position, >, last);
                g_assert_true (wattle_diary_axis_instant (&axis, day, position, &back));
                g_assert_cmpint (back, ==, at);
                g_assert_cmpint (wattle_diary_axis_find_day (&axis, at), ==, day);
                last = position;
              }
            g_assert_cmpint (last, <, axis.length);
          }
      }
}

static void
test_columns (void)
{
  /* Two that meet, one that meets the second only, one on its own. */
  WattleDiaryPlacement items[] = { { 0, 60, 0, 0 }, { 30, 90, 0, 0 }, { 60, 120, 0, 0 }, { 120, 150, 0, 0 } };
  WattleDiaryPlacement three[] = { { 0, 100, 0, 0 }, { 0, 50, 0, 0 }, { 10, 20, 0, 0 }, { 50, 60, 0, 0 } };

  wattle_diary_place (items, G_N_ELEMENTS (items));
  g_assert_cmpuint (items[0].column, ==, 0);
  g_assert_cmpuint (items[1].column, ==, 1);
  g_assert_cmpuint (items[2].column, ==, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (items[i].columns, ==, 2);
  g_assert_cmpuint (items[3].column, ==, 0);
  g_assert_cmpuint (items[3].columns, ==, 1);
  wattle_diary_place (three, G_N_ELEMENTS (three));
  g_assert_cmpuint (three[2].column, ==, 2);
  g_assert_cmpuint (three[3].column, ==, 1);
  g_assert_cmpuint (three[3].columns, ==, 3);
  wattle_diary_place (NULL, 0);
}

/* Whatever the visits, no two of one column meet, and each has its column within the width. */
static void
test_columns_at_random (void)
{
  for (guint round = 0; round < 300; round++)
    {
      WattleDiaryPlacement items[24];
      guint n = (guint) g_test_rand_int_range (1, G_N_ELEMENTS (items) + 1);
      gint64 start = 0;

      for (guint i = 0; i < n; i++)
        {
          start += g_test_rand_int_range (0, 30);
          items[i] = (WattleDiaryPlacement){ .start = start, .end = start + g_test_rand_int_range (5, 90) };
        }
      wattle_diary_place (items, n);
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpuint (items[i].column, <, items[i].columns);
          for (guint j = 0; j < i; j++)
            if (items[j].end > items[i].start)
              {
                g_assert_cmpuint (items[j].column, !=, items[i].column);
                g_assert_cmpuint (items[j].columns, ==, items[i].columns);
              }
        }
    }
}

static void
test_common (void)
{
  WattleSpan left[] = { { 0, 10 }, { 20, 30 }, { 40, 50 } };
  WattleSpan right[] = { { 5, 25 }, { 29, 41 } };
  g_autoptr (GArray) a = g_array_append_vals (g_array_new (FALSE, FALSE, sizeof (WattleSpan)), left, 3);
  g_autoptr (GArray) b = g_array_append_vals (g_array_new (FALSE, FALSE, sizeof (WattleSpan)), right, 2);
  g_autoptr (GArray) both = wattle_diary_common (a, b);
  const WattleSpan expected[] = { { 5, 10 }, { 20, 25 }, { 29, 30 }, { 40, 41 } };

  g_assert_cmpuint (both->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < both->len; i++)
    {
      g_assert_cmpint (g_array_index (both, WattleSpan, i).start, ==, expected[i].start);
      g_assert_cmpint (g_array_index (both, WattleSpan, i).end, ==, expected[i].end);
    }
}

static void
test_snap (void)
{
  g_assert_cmpint (wattle_diary_snap (2.4, 5), ==, 0);
  g_assert_cmpint (wattle_diary_snap (2.6, 5), ==, 5);
  g_assert_cmpint (wattle_diary_snap (-2.6, 5), ==, -5);
  g_assert_cmpint (wattle_diary_snap (607, 15), ==, 600);
  g_assert_cmpint (wattle_diary_snap (608, 15), ==, 615);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diary-layout/plain-day", test_plain_day);
  g_test_add_func ("/diary-layout/short-day", test_short_day);
  g_test_add_func ("/diary-layout/long-day", test_long_day);
  g_test_add_func ("/diary-layout/there-and-back", test_there_and_back);
  g_test_add_func ("/diary-layout/columns", test_columns);
  g_test_add_func ("/diary-layout/columns-at-random", test_columns_at_random);
  g_test_add_func ("/diary-layout/common", test_common);
  g_test_add_func ("/diary-layout/snap", test_snap);
  return g_test_run ();
}
