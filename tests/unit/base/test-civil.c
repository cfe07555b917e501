/* test-civil.c: the calendar, RFC 3339, changes of the clocks, and what people type
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/civil.h"

#include <string.h>

#include "base/civil-text.h"
#include "base/error.h"

static gint64
day (const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 date = 0;

  wattle_date_parse (text, &date, &error);
  g_assert_no_error (error);
  return date;
}

static gint64
moment (const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 instant = 0;

  wattle_instant_parse (text, &instant, &error);
  g_assert_no_error (error);
  return instant;
}

static GTimeZone *
zone (const char *name)
{
  g_autoptr (GError) error = NULL;
  GTimeZone *found = wattle_zone_lookup (name, &error);

  g_assert_no_error (error);
  return found;
}

/* Every day of two centuries against the calendar of GLib. */
static void
test_calendar (void)
{
  int year, month, day_of_month;

  g_assert_cmpint (day ("1970-01-01"), ==, 0);
  g_assert_cmpint (day ("0001-01-01"), ==, WATTLE_DATE_MIN);
  g_assert_cmpint (day ("9999-12-31"), ==, WATTLE_DATE_MAX);
  for (gint64 date = WATTLE_DATE_MIN; date <= WATTLE_DATE_MAX; date += date < -30000 || date > 50000 ? 97 : 1)
    {
      GDate reference;
      g_autofree char *text = wattle_date_format (date);

      g_date_clear (&reference, 1);
      g_date_set_julian (&reference, (guint32) (date - WATTLE_DATE_MIN + 1));
      wattle_date_to_ymd (date, &year, &month, &day_of_month);
      g_assert_cmpint (year, ==, g_date_get_year (&reference));
      g_assert_cmpint (month, ==, g_date_get_month (&reference));
      g_assert_cmpint (day_of_month, ==, g_date_get_day (&reference));
      g_assert_cmpint (wattle_date_weekday (date), ==, g_date_get_weekday (&reference));
      g_assert_cmpint (day (text), ==, date);
    }
}

static void
test_date_refused (void)
{
  static const char *const bad[] = {
    "",           "2026-02-29", "2026-13-01",  "2026-00-10",  "2026-01-00",  "0000-01-01",
    "2026-1-1",   "20261120",   "2026-11-20 ", " 2026-11-20", "2026-11-20T", "2026/11/20",
    "-026-11-20", "2100-02-29", "2026-04-31"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 date;

      g_assert_false (wattle_date_parse (bad[i], &date, &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
    }
}

static void
test_months_and_age (void)
{
  g_assert_cmpint (wattle_date_add_months (day ("2026-01-31"), 1), ==, day ("2026-02-28"));
  g_assert_cmpint (wattle_date_add_months (day ("2028-01-31"), 1), ==, day ("2028-02-29"));
  g_assert_cmpint (wattle_date_add_months (day ("2026-11-20"), 12), ==, day ("2027-11-20"));
  g_assert_cmpint (wattle_date_add_months (day ("2026-01-15"), -1), ==, day ("2025-12-15"));
  g_assert_cmpint (wattle_date_add_months (day ("2026-01-15"), G_MAXINT), ==, WATTLE_DATE_MAX);
  g_assert_cmpint (wattle_date_add_months (day ("2026-01-15"), G_MININT), ==, WATTLE_DATE_MIN);
  g_assert_cmpint (wattle_date_age (day ("2008-11-21"), day ("2026-11-20")), ==, 17);
  g_assert_cmpint (wattle_date_age (day ("2008-11-20"), day ("2026-11-20")), ==, 18);
  g_assert_cmpint (wattle_date_age (day ("2008-02-29"), day ("2026-02-28")), ==, 17);
  g_assert_cmpint (wattle_date_age (day ("2008-02-29"), day ("2026-03-01")), ==, 18);
}

static void
test_instants (void)
{
  static const char *const rows[][2] = {
    { "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z" },
    { "2026-11-20T09:30:00+11:00", "2026-11-19T22:30:00Z" },
    { "2026-11-20T09:30:00.5-09:30", "2026-11-20T19:00:00.500Z" },
    { "2026-11-20t09:30:00.123000z", "2026-11-20T09:30:00.123Z" },
    { "2026-11-20T09:30:00.123456Z", "2026-11-20T09:30:00.123456Z" },
    { "2026-11-20T09:30:00.1234567899Z", "2026-11-20T09:30:00.123456Z" },
    { "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z" },
    { "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z" },
    { "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z" },
    { "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z" },
  };
  static const char *const bad[] = { "",
                                     "2026-11-20",
                                     "2026-11-20T09:30:00",
                                     "2026-11-20 09:30:00Z",
                                     "2026-11-20T09:30Z",
                                     "2026-11-20T24:00:00Z",
                                     "2026-11-20T09:60:00Z",
                                     "2026-11-20T09:30:61Z",
                                     "2026-11-20T09:30:00.Z",
                                     "2026-11-20T09:30:00,5Z",
                                     "2026-11-20T09:30:00+1100",
                                     "2026-11-20T09:30:00+24:00",
                                     "2026-11-20T09:30:00+11:60",
                                     "2026-11-20T09:30:00ZZ",
                                     "2026-02-30T09:30:00Z",
                                     "0001-01-01T00:00:00+00:01",
                                     "9999-12-31T23:59:60Z",
                                     "9999-12-31T23:59:59-00:01" };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = wattle_instant_format (moment (rows[i][0]));

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 instant;

      g_test_message ("%s", bad[i]);
      g_assert_false (wattle_instant_parse (bad[i], &instant, &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
    }
}

static gint64
random_instant (const char *from, const char *to)
{
  gint64 first = moment (from) / WATTLE_SECOND, last = moment (to) / WATTLE_SECOND;
  guint64 roll = ((guint64) (guint32) g_test_rand_int () << 32) | (guint32) g_test_rand_int ();

  return (first + (gint64) (roll % (guint64) (last - first))) * WATTLE_SECOND;
}

static void
test_instants_random (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      gint64 instant =
        random_instant ("1900-01-01T00:00:00Z", "2100-12-31T00:00:00Z") + g_test_rand_int_range (0, 1000000);
      g_autofree char *text = wattle_instant_format (instant);
      g_autoptr (GDateTime) reference = g_date_time_new_from_iso8601 (text, NULL);
      gint64 back = moment (text);

      g_assert_nonnull (reference);
      g_assert_cmpint (back, ==, instant);
      g_assert_cmpint (g_date_time_to_unix (reference), ==,
                       (instant - g_date_time_get_microsecond (reference)) / WATTLE_SECOND);
    }
}

static const char *const zone_names[] = {
  "Australia/Sydney",    "Australia/Melbourne",   "Australia/Brisbane", "Australia/Perth",
  "Australia/Adelaide",  "Australia/Darwin",      "Australia/Hobart",   "Australia/Eucla",
  "Australia/Lord_Howe", "Australia/Broken_Hill", "Pacific/Norfolk",    "Indian/Christmas",
  "Indian/Cocos",        "Europe/London",         "America/New_York",   "UTC"
};

static void
test_zones (void)
{
  static const char *const bad[] = { "",
                                     "Sydney",
                                     "AEST",
                                     "+10:00",
                                     "EST5EDT",
                                     "Australia/Atlantis",
                                     "../passwd",
                                     "/etc/localtime",
                                     "Australia/../UTC",
                                     "Australia/",
                                     "australia/sydney",
                                     "AEST-10AEDT,M10.1.0,M4.1.0/3",
                                     "Australia//Sydney" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (wattle_zone_lookup (bad[i], &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
    }
  g_assert_null (wattle_zone_lookup (NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (zone_names); i++)
    g_assert_true (zone (zone_names[i]) == zone (zone_names[i]));
}

/* Local time against GDateTime, and back again: one of the two moments a wall time may mean is the one we came from. */
static void
test_zones_random (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      GTimeZone *tz = zone (zone_names[i % G_N_ELEMENTS (zone_names)]);
      gint64 instant = random_instant ("1900-01-02T00:00:00Z", "2100-12-31T00:00:00Z");
      g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (instant / WATTLE_SECOND);
      g_autoptr (GDateTime) reference = g_date_time_to_timezone (utc, tz);
      gint64 date, earlier, later, start, end;
      int second, offset, year, month, day_of_month;

      wattle_zone_to_local (instant, tz, &date, &second, &offset);
      wattle_date_to_ymd (date, &year, &month, &day_of_month);
      g_assert_cmpint (year, ==, g_date_time_get_year (reference));
      g_assert_cmpint (month, ==, g_date_time_get_month (reference));
      g_assert_cmpint (day_of_month, ==, g_date_time_get_day_of_month (reference));
      g_assert_cmpint (second, ==,
                       g_date_time_get_hour (reference) * 3600 + g_date_time_get_minute (reference) * 60
                         + g_date_time_get_second (reference));
      g_assert_cmpint (offset, ==, g_date_time_get_utc_offset (reference) / WATTLE_SECOND);

      g_assert_true (wattle_zone_to_instant (tz, date, second, WATTLE_WALL_EARLIER, &earlier, NULL));
      g_assert_true (wattle_zone_to_instant (tz, date, second, WATTLE_WALL_LATER, &later, NULL));
      g_assert_true (instant == earlier || instant == later);
      g_assert_cmpint (earlier, <=, later);
      wattle_zone_day_bounds (tz, date, &start, &end);
      g_assert_cmpint (start, <=, instant);
      g_assert_cmpint (instant, <, end);
    }
}

typedef struct
{
  const char *zone;
  const char *date;
  int minute;
  WattleWallPolicy policy;
  const char *instant; /* %NULL: refused */
} WallTime;

static const WallTime wall_times[] = {
  { "Australia/Sydney", "2026-10-04", 119, WATTLE_WALL_STRICT, "2026-10-03T15:59:00Z" },
  { "Australia/Sydney", "2026-10-04", 150, WATTLE_WALL_STRICT, NULL },
  { "Australia/Sydney", "2026-10-04", 150, WATTLE_WALL_EARLIER, NULL },
  { "Australia/Sydney", "2026-10-04", 150, WATTLE_WALL_LATER, NULL },
  { "Australia/Sydney", "2026-10-04", 150, WATTLE_WALL_FORWARD, "2026-10-03T16:00:00Z" },
  { "Australia/Sydney", "2026-10-04", 180, WATTLE_WALL_STRICT, "2026-10-03T16:00:00Z" },
  { "Australia/Sydney", "2027-10-03", 120, WATTLE_WALL_STRICT, NULL },
  { "Australia/Sydney", "2026-04-05", 150, WATTLE_WALL_STRICT, NULL },
  { "Australia/Sydney", "2026-04-05", 150, WATTLE_WALL_EARLIER, "2026-04-05T02:30:00+11:00" },
  { "Australia/Sydney", "2026-04-05", 150, WATTLE_WALL_FORWARD, "2026-04-05T02:30:00+11:00" },
  { "Australia/Sydney", "2026-04-05", 150, WATTLE_WALL_LATER, "2026-04-05T02:30:00+10:00" },
  { "Australia/Sydney", "2026-04-05", 180, WATTLE_WALL_STRICT, "2026-04-05T03:00:00+10:00" },
  { "Australia/Sydney", "2027-04-04", 120, WATTLE_WALL_LATER, "2027-04-04T02:00:00+10:00" },
  { "Australia/Adelaide", "2026-10-04", 150, WATTLE_WALL_FORWARD, "2026-10-04T03:00:00+10:30" },
  { "Australia/Adelaide", "2026-01-15", 540, WATTLE_WALL_STRICT, "2026-01-15T09:00:00+10:30" },
  { "Australia/Adelaide", "2026-07-15", 540, WATTLE_WALL_STRICT, "2026-07-15T09:00:00+09:30" },
  { "Australia/Lord_Howe", "2026-10-04", 135, WATTLE_WALL_STRICT, NULL },
  { "Australia/Lord_Howe", "2026-10-04", 135, WATTLE_WALL_FORWARD, "2026-10-04T02:30:00+11:00" },
  { "Australia/Lord_Howe", "2026-10-04", 150, WATTLE_WALL_STRICT, "2026-10-04T02:30:00+11:00" },
  { "Australia/Lord_Howe", "2026-04-05", 105, WATTLE_WALL_EARLIER, "2026-04-05T01:45:00+11:00" },
  { "Australia/Lord_Howe", "2026-04-05", 105, WATTLE_WALL_LATER, "2026-04-05T01:45:00+10:30" },
  { "Australia/Lord_Howe", "2026-04-05", 120, WATTLE_WALL_STRICT, "2026-04-05T02:00:00+10:30" },
  { "Australia/Brisbane", "2026-10-04", 150, WATTLE_WALL_STRICT, "2026-10-04T02:30:00+10:00" },
  { "Australia/Perth", "2026-12-25", 600, WATTLE_WALL_STRICT, "2026-12-25T10:00:00+08:00" },
  { "Australia/Darwin", "2026-12-25", 600, WATTLE_WALL_STRICT, "2026-12-25T10:00:00+09:30" },
  { "Australia/Eucla", "2026-12-25", 600, WATTLE_WALL_STRICT, "2026-12-25T10:00:00+08:45" },
  { "Pacific/Norfolk", "2026-12-25", 600, WATTLE_WALL_STRICT, "2026-12-25T10:00:00+12:00" },
  { "Pacific/Norfolk", "2026-07-25", 600, WATTLE_WALL_STRICT, "2026-07-25T10:00:00+11:00" },
  { "Indian/Christmas", "2026-07-25", 600, WATTLE_WALL_STRICT, "2026-07-25T10:00:00+07:00" },
  { "Indian/Cocos", "2026-07-25", 600, WATTLE_WALL_STRICT, "2026-07-25T10:00:00+06:30" },
  { "Pacific/Apia", "2011-12-30", 600, WATTLE_WALL_STRICT, NULL },
  { "Pacific/Apia", "2011-12-30", 600, WATTLE_WALL_FORWARD, "2011-12-31T00:00:00+14:00" },
};

static void
test_wall_times (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wall_times); i++)
    {
      const WallTime *wall = &wall_times[i];
      g_autoptr (GError) error = NULL;
      gint64 instant = 0;
      gboolean good;

      g_test_message ("%s %s %d %d", wall->zone, wall->date, wall->minute, wall->policy);
      good =
        wattle_zone_to_instant (zone (wall->zone), day (wall->date), wall->minute * 60, wall->policy, &instant, &error);
      g_assert_true (good == (wall->instant != NULL));
      if (good)
        {
          g_autofree char *text = wattle_instant_format (instant);
          g_autofree char *expected = wattle_instant_format (moment (wall->instant));

          g_assert_cmpstr (text, ==, expected);
        }
      else
        g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
    }
}

static void
test_wall_time_sentences (void)
{
  g_autoptr (GError) gap = NULL;
  g_autoptr (GError) fold = NULL;
  gint64 instant;

  wattle_zone_to_instant (zone ("Australia/Sydney"), day ("2026-10-04"), 9000, WATTLE_WALL_STRICT, &instant, &gap);
  g_assert_cmpstr (
    gap->message, ==,
    "There is no 2:30 am on Sun 4 Oct 2026 in Australia/Sydney: the clocks go forward then. Choose 3:00 am or"
    " later.");
  wattle_zone_to_instant (zone ("Australia/Sydney"), day ("2026-04-05"), 9000, WATTLE_WALL_STRICT, &instant, &fold);
  g_assert_nonnull (strstr (fold->message, "2:30 am comes twice on Sun 5 Apr 2026 in Australia/Sydney"));
}

static void
test_day_lengths (void)
{
  static const struct
  {
    const char *zone;
    const char *date;
    int minutes;
  } rows[] = {
    { "Australia/Sydney", "2026-11-20", 1440 },    { "Australia/Sydney", "2026-10-04", 1380 },
    { "Australia/Sydney", "2026-04-05", 1500 },    { "Australia/Lord_Howe", "2026-10-04", 1410 },
    { "Australia/Lord_Howe", "2026-04-05", 1470 }, { "Australia/Brisbane", "2026-10-04", 1440 },
    { "Pacific/Apia", "2011-12-30", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 start, end;

      wattle_zone_day_bounds (zone (rows[i].zone), day (rows[i].date), &start, &end);
      g_assert_cmpint ((end - start) / WATTLE_MINUTE, ==, rows[i].minutes);
    }
}

/* The same wall time in Brisbane and Sydney is an hour apart in summer only; a day before is the same wall time. */
static void
test_two_clocks (void)
{
  static const char *const days[] = { "2026-07-01", "2026-12-01" };
  gint64 before, after;

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      gint64 sydney, brisbane;

      wattle_zone_to_instant (zone ("Australia/Sydney"), day (days[i]), 36000, WATTLE_WALL_STRICT, &sydney, NULL);
      wattle_zone_to_instant (zone ("Australia/Brisbane"), day (days[i]), 36000, WATTLE_WALL_STRICT, &brisbane, NULL);
      g_assert_cmpint (brisbane - sydney, ==, i == 0 ? 0 : WATTLE_HOUR);
    }
  wattle_zone_to_instant (zone ("Australia/Sydney"), day ("2026-10-03"), 36000, WATTLE_WALL_STRICT, &before, NULL);
  wattle_zone_to_instant (zone ("Australia/Sydney"), day ("2026-10-04"), 36000, WATTLE_WALL_STRICT, &after, NULL);
  g_assert_cmpint (after - before, ==, 23 * WATTLE_HOUR);
}

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_display (void)
{
  gint64 now = moment ("2026-11-20T09:30:00+11:00");

  assert_text (wattle_date_display (day ("2026-11-20")), "Fri 20 Nov 2026");
  assert_text (wattle_date_display_long (day ("2026-10-04")), "Sunday 4 October 2026");
  assert_text (wattle_date_display_numeric (day ("2026-01-05")), "05/01/2026");
  assert_text (wattle_time_display (9 * 3600 + 30 * 60), "9:30 am");
  assert_text (wattle_time_display (0), "12:00 am");
  assert_text (wattle_time_display (12 * 3600), "12:00 pm");
  assert_text (wattle_time_display (86399), "11:59 pm");
  assert_text (wattle_duration_display (50), "50 min");
  assert_text (wattle_duration_display (60), "1 h");
  assert_text (wattle_duration_display (80), "1 h 20 min");
  assert_text (wattle_relative_display (now + 25 * WATTLE_MINUTE, now), "in 25 min");
  assert_text (wattle_relative_display (now - 65 * WATTLE_MINUTE, now), "1 h 5 min ago");
  assert_text (wattle_relative_display (now + 59 * WATTLE_SECOND, now), "now");
  assert_text (wattle_relative_display (now + 24 * WATTLE_HOUR, now), "in 1 day");
  assert_text (wattle_relative_display (now - 49 * WATTLE_HOUR, now), "2 days ago");
}

static void
test_typed_dates (void)
{
  static const char *const good[][2] = {
    { "20/11/2026", "2026-11-20" },
    { "20/11/26", "2026-11-20" },
    { "5.3.85", "1985-03-05" },
    { "20 Nov", "2026-11-20" },
    { "20 november", "2026-11-20" },
    { "3/1", "2027-01-03" },
    { "Fri 20 Nov 2026", "2026-11-20" },
    { "friday, 20 november 2026", "2026-11-20" },
    { " 2026-11-20 ", "2026-11-20" },
    { "2026-11-20", "2026-11-20" },
    { "today", "2026-11-20" },
    { "Tomorrow", "2026-11-21" },
    { "yesterday", "2026-11-19" },
    { "1-2-2030", "2030-02-01" },
    { "29 feb 2028", "2028-02-29" },
    { "29/2/2027", NULL },
    { "Mon 20 Nov 2026", NULL },
    { "11/20/2026", NULL },
    { "20", NULL },
    { "", NULL },
    { "20/11/202", NULL },
    { "20/11/2026 1", NULL },
    { "20 no 2026", NULL },
    { "\xff", NULL },
    { "20/11/20266", NULL },
    { "20/11/-1", NULL },
    { "٢٠/١١/٢٠٢٦", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 date = 0;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      if (good[i][1] == NULL)
        {
          g_assert_false (wattle_date_parse_typed (good[i][0], day ("2026-11-20"), &date, &error));
          g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
          continue;
        }
      wattle_date_parse_typed (good[i][0], day ("2026-11-20"), &date, &error);
      g_assert_no_error (error);
      g_assert_cmpint (date, ==, day (good[i][1]));
    }
}

static void
test_typed_times (void)
{
  static const struct
  {
    const char *text;
    int minute; /* -1: refused */
  } rows[] = {
    { "9:30", 570 },  { "9.30pm", 1290 }, { "0930", 570 },   { "930", 570 },       { "9", 540 },
    { "9am", 540 },   { "9 pm", 1260 },   { "12am", 0 },     { "12 pm", 720 },     { "12:15 a.m.", 15 },
    { "14:05", 845 }, { "23:59", 1439 },  { "00:00", 0 },    { " 9:30 AM ", 570 }, { "24:00", -1 },
    { "9:60", -1 },   { "13pm", -1 },     { "0 am", -1 },    { "", -1 },           { "9:3", -1 },
    { "9:300", -1 },  { "am", -1 },       { "9:30 xm", -1 }, { "93000", -1 },      { "9:30 am tomorrow", -1 },
    { "-9:30", -1 },  { "9:", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      int second = -60;

      g_test_message ("%s", rows[i].text);
      g_assert_true (wattle_time_parse_typed (rows[i].text, &second, &error) == (rows[i].minute >= 0));
      if (rows[i].minute >= 0)
        g_assert_cmpint (second, ==, rows[i].minute * 60);
      else
        g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/civil/calendar", test_calendar);
  g_test_add_func ("/civil/date-refused", test_date_refused);
  g_test_add_func ("/civil/months-and-age", test_months_and_age);
  g_test_add_func ("/civil/instants", test_instants);
  g_test_add_func ("/civil/instants-random", test_instants_random);
  g_test_add_func ("/civil/zones", test_zones);
  g_test_add_func ("/civil/zones-random", test_zones_random);
  g_test_add_func ("/civil/wall-times", test_wall_times);
  g_test_add_func ("/civil/wall-time-sentences", test_wall_time_sentences);
  g_test_add_func ("/civil/day-lengths", test_day_lengths);
  g_test_add_func ("/civil/two-clocks", test_two_clocks);
  g_test_add_func ("/civil/display", test_display);
  g_test_add_func ("/civil/typed-dates", test_typed_dates);
  g_test_add_func ("/civil/typed-times", test_typed_times);
  return g_test_run ();
}
