/* test-holidays.c: the public holidays on which the states differ
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/holidays.h"

#include <string.h>

#include "base/civil.h"

static const char *const states[] = { "ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA" };

static gint64
day (const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 date = 0;

  wattle_date_parse (text, &date, &error);
  g_assert_no_error (error);
  return date;
}

/* What @state shows on @date, holidays joined by "; ", or "". */
static char *
on (const char *state, const char *date)
{
  g_autoptr (GPtrArray) found = wattle_holidays_for (state, day (date), day (date));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    {
      g_autofree char *shown = wattle_holiday_display (found->pdata[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", shown);
    }
  return g_string_free (text, FALSE);
}

/* @expected is what each state of @listed shows; every other state shows nothing then. */
static void
assert_only (const char *date, const char *listed, const char *expected)
{
  g_auto (GStrv) list = g_strsplit (listed, " ", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autofree char *shown = on (states[i], date);

      g_test_message ("%s %s", states[i], date);
      g_assert_cmpstr (shown, ==, g_strv_contains ((const char *const *) list, states[i]) ? expected : "");
    }
}

static void
test_national (void)
{
  assert_only ("2026-01-01", "ACT NSW NT QLD SA TAS VIC WA", "New Year's Day");
  assert_only ("2026-01-26", "ACT NSW NT QLD SA TAS VIC WA", "Australia Day");
  assert_only ("2026-04-03", "ACT NSW NT QLD SA TAS VIC WA", "Good Friday");
  assert_only ("2026-12-25", "ACT NSW NT QLD SA TAS VIC WA", "Christmas Day");
  assert_only ("2026-11-20", "", "");
}

/* On a Saturday in 2026 and a Sunday in 2027. */
static void
test_anzac_day (void)
{
  static const char *const monday_2027[][2] = {
    { "ACT", "Anzac Day" },           { "NT", "Anzac Day" }, { "QLD", "Anzac Day" }, { "NSW", "Anzac Day (observed)" },
    { "WA", "Anzac Day (observed)" }, { "SA", "" },          { "TAS", "" },          { "VIC", "" },
  };

  assert_only ("2026-04-25", "ACT NSW NT QLD SA TAS VIC WA", "Anzac Day");
  assert_only ("2026-04-27", "ACT NSW WA", "Anzac Day (observed)");
  for (gsize i = 0; i < G_N_ELEMENTS (monday_2027); i++)
    {
      g_autofree char *shown = on (monday_2027[i][0], "2027-04-26");

      g_assert_cmpstr (shown, ==, monday_2027[i][1]);
    }
}

/* Days that move, and days that have other names. */
static void
test_differences (void)
{
  static const char *const rows[][3] = {
    { "WA", "2026-03-02", "Labour Day" },
    { "VIC", "2026-03-09", "Labour Day" },
    { "TAS", "2026-03-09", "Eight Hours Day" },
    { "QLD", "2026-05-04", "Labour Day" },
    { "NT", "2026-05-04", "May Day" },
    { "NSW", "2026-10-05", "Labour Day" },
    { "ACT", "2026-10-05", "Labour Day" },
    { "SA", "2026-10-05", "Labour Day" },
    { "QLD", "2026-10-05", "King's Birthday" },
    { "SA", "2026-12-26", "Proclamation Day" },
    { "NSW", "2026-12-26", "Boxing Day" },
    { "TAS", "2026-12-26", "" },
    { "TAS", "2026-12-28", "Boxing Day" },
    { "NSW", "2026-12-28", "Boxing Day (observed)" },
    { "NSW", "2026-04-05", "Easter Sunday" },
    { "TAS", "2026-04-05", "" },
    { "VIC", "2026-09-25", "Friday before the AFL Grand Final" },
  };

  assert_only ("2026-06-08", "ACT NSW NT SA TAS VIC", "King's Birthday");
  assert_only ("2026-09-28", "WA", "King's Birthday");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown = on (rows[i][0], rows[i][1]);

      g_test_message ("%s %s", rows[i][0], rows[i][1]);
      g_assert_cmpstr (shown, ==, rows[i][2]);
    }
}

static void
test_part_days (void)
{
  g_autoptr (GPtrArray) eve = wattle_holidays_for ("qld", day ("2026-12-24"), day ("2026-12-24"));
  const WattleHoliday *holiday;

  g_assert_cmpuint (eve->len, ==, 1);
  holiday = eve->pdata[0];
  g_assert_cmpint (holiday->start_minute, ==, 18 * 60);
  g_assert_cmpstr (holiday->name, ==, "Christmas Eve");
  assert_only ("2026-12-31", "NT SA", "New Year's Eve (from 7:00 pm)");
}

static void
test_regions (void)
{
  assert_only ("2026-11-03", "VIC", "Melbourne Cup Day (Metropolitan Melbourne)");
  assert_only ("2026-08-12", "QLD", "Royal Queensland Show (Brisbane)");
}

/* The table as a whole: no bank holidays, one spelling, every state in every year, in order. */
static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    for (int year = 2020; year <= 2035; year++)
      {
        gint64 first, last, before = 0;
        g_autoptr (GPtrArray) found = NULL;

        g_assert_true (wattle_date_from_ymd (year, 1, 1, &first) && wattle_date_from_ymd (year, 12, 31, &last));
        found = wattle_holidays_for (states[i], first, last);
        g_assert_cmpuint (found->len, >=, 9);
        for (guint h = 0; h < found->len; h++)
          {
            const WattleHoliday *holiday = found->pdata[h];

            g_assert_cmpint (holiday->date, >=, before);
            g_assert_null (strstr (holiday->name, "Bank"));
            g_assert_null (strstr (holiday->name, "Labor"));
            g_assert_null (strchr (holiday->name, '('));
            before = holiday->date;
          }
      }
  g_assert_cmpint (wattle_holidays_last_date (), >=, day ("2035-12-25"));
}

static void
test_unknown (void)
{
  g_autoptr (GPtrArray) none = wattle_holidays_for ("NZ", day ("2026-01-01"), day ("2026-12-31"));
  g_autoptr (GPtrArray) null = wattle_holidays_for (NULL, day ("2026-01-01"), day ("2026-12-31"));
  g_autoptr (GPtrArray) backwards = wattle_holidays_for ("NSW", day ("2026-12-31"), day ("2026-01-01"));

  g_assert_cmpuint (none->len + null->len + backwards->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/holidays/national", test_national);
  g_test_add_func ("/holidays/anzac-day", test_anzac_day);
  g_test_add_func ("/holidays/differences", test_differences);
  g_test_add_func ("/holidays/part-days", test_part_days);
  g_test_add_func ("/holidays/regions", test_regions);
  g_test_add_func ("/holidays/table", test_table);
  g_test_add_func ("/holidays/unknown", test_unknown);
  return g_test_run ();
}
