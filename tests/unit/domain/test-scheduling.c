/* test-scheduling.c: open hours and free times, also where the clocks change; names and ages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/civil.h"
#include "base/error.h"
#include "domain/naming.h"
#include "domain/scheduling.h"
#include "practice.h"

static gint64
date_of (const char *text)
{
  gint64 date = 0;

  g_assert_true (wattle_date_parse (text, &date, NULL));
  return date;
}

static gint64
instant_of (const char *text)
{
  gint64 instant = 0;

  g_assert_true (wattle_instant_parse (text, &instant, NULL));
  return instant;
}

/* Spans as text: "2026-11-23T22:00:00Z/2026-11-24T06:00:00Z …" */
static char *
describe (GArray *spans)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < spans->len; i++)
    {
      g_autofree char *start = wattle_instant_format (g_array_index (spans, WattleSpan, i).start);
      g_autofree char *end = wattle_instant_format (g_array_index (spans, WattleSpan, i).end);

      g_string_append_printf (out, "%s%s/%s", i > 0 ? " " : "", start, end);
    }
  return g_string_free (out, FALSE);
}

static void
assert_open (Practice *practice, const char *location, const char *date, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) open
    = wattle_open_hours (&practice->memory->reader, id_of ("dr-ng"), id_of (location), date_of (date), &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = describe (open);
  g_assert_cmpstr (text, ==, wanted);
}

static void
put_hours (Practice *practice, const char *id, const char *more)
{
  practice_put (practice, "{'type':'availability','id':{%s},'practitioner':{dr-ng},'from_date':'2026-01-01',%s}", id,
                more);
}

static void
test_open_hours (void)
{
  g_autoptr (Practice) practice = practice_new ();

  assert_open (practice, "city", "2026-11-23", "");
  put_hours (practice, "am", "'kind':'hours','weekday':'monday','starts':'09:00','ends':'12:00','location':{city}");
  put_hours (practice, "pm", "'kind':'hours','weekday':'monday','starts':'13:00','ends':'17:00','location':{city}");
  put_hours (practice, "past",
             "'kind':'hours','weekday':'monday','starts':'18:00','ends':'20:00','to_date':'2026-06-30'");
  assert_open (practice, "city", "2026-11-23",
               "2026-11-22T22:00:00Z/2026-11-23T01:00:00Z 2026-11-23T02:00:00Z/2026-11-23T06:00:00Z");
  assert_open (practice, "city", "2026-11-24", "");
  assert_open (practice, "west", "2026-11-23", "");
  put_hours (practice, "lunch", "'kind':'extra','starts':'12:00','ends':'13:00','to_date':'2026-12-31'");
  assert_open (practice, "city", "2026-11-23", "2026-11-22T22:00:00Z/2026-11-23T06:00:00Z");
  put_hours (practice, "leave", "'kind':'leave','starts':'10:00','ends':'11:00','to_date':'2026-12-31'");
  assert_open (practice, "city", "2026-11-23",
               "2026-11-22T22:00:00Z/2026-11-22T23:00:00Z 2026-11-23T00:00:00Z/2026-11-23T06:00:00Z");
  put_hours (practice, "away", "'kind':'leave','to_date':'2026-12-31'");
  assert_open (practice, "city", "2026-11-23", "");
}

/* King's Birthday, 8 June 2026: closed in the city, which closes on holidays, unless hours were added. */
static void
test_holidays (void)
{
  g_autoptr (Practice) practice = practice_new ();

  put_hours (practice, "monday", "'kind':'hours','weekday':'monday','starts':'09:00','ends':'17:00'");
  assert_open (practice, "city", "2026-06-01", "2026-05-31T23:00:00Z/2026-06-01T07:00:00Z");
  assert_open (practice, "city", "2026-06-08", "");
  assert_open (practice, "west", "2026-06-08", "2026-06-08T01:00:00Z/2026-06-08T09:00:00Z");
  practice_put (practice, "{'type':'availability','id':{extra},'practitioner':{dr-ng},'from_date':'2026-06-08',"
                          "'to_date':'2026-06-08','kind':'extra','starts':'10:00','ends':'11:00'}");
  assert_open (practice, "city", "2026-06-08", "2026-06-08T00:00:00Z/2026-06-08T01:00:00Z");
}

/* Nine o'clock stays nine o'clock; a night over the change has its true length; 02:30 may not exist. */
static void
test_clock_change (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (GArray) closed = NULL;
  gint64 length = 0;

  put_hours (practice, "sunday", "'kind':'hours','weekday':'sunday','starts':'09:00','ends':'10:00'");
  assert_open (practice, "city", "2026-09-27", "2026-09-26T23:00:00Z/2026-09-27T00:00:00Z");
  assert_open (practice, "city", "2026-10-04", "2026-10-03T22:00:00Z/2026-10-03T23:00:00Z");
  closed = wattle_closed_bands (&practice->memory->reader, id_of ("dr-ng"), id_of ("city"), date_of ("2026-10-04"),
                                NULL);
  g_assert_cmpuint (closed->len, ==, 2);
  for (guint i = 0; i < closed->len; i++)
    length += g_array_index (closed, WattleSpan, i).end - g_array_index (closed, WattleSpan, i).start;
  g_assert_cmpint (length, ==, 22 * WATTLE_HOUR); /* a day of 23 hours, less the open one */
  put_hours (practice, "night", "'kind':'hours','weekday':'sunday','starts':'02:30','ends':'04:00'");
  assert_open (practice, "city", "2026-10-04",
               "2026-10-03T16:00:00Z/2026-10-03T17:00:00Z 2026-10-03T22:00:00Z/2026-10-03T23:00:00Z");
  put_hours (practice, "late", "'kind':'hours','weekday':'saturday','starts':'22:00','ends':'24:00'");
  assert_open (practice, "city", "2026-10-03", "2026-10-03T12:00:00Z/2026-10-03T14:00:00Z");
}

static void
assert_slots (Practice *practice, const char *from, const char *to, guint minutes, guint max, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) slots = NULL;
  g_autofree char *text = NULL;

  wattle_free_slots (&practice->memory->reader, id_of ("dr-ng"), id_of ("city"), instant_of (from), instant_of (to),
                     minutes, max, &slots, &error);
  g_assert_no_error (error);
  text = describe (slots);
  g_assert_cmpstr (text, ==, wanted);
}

static void
test_free_slots (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (GArray) slots = NULL;
  g_autoptr (GError) error = NULL;

  put_hours (practice, "monday", "'kind':'hours','weekday':'monday','starts':'09:00','ends':'11:00'");
  practice_put (practice, "{'type':'appointment','id':{v},'patient':{ada},'practitioner':{dr-ng},'location':{city},"
                          "'status':'booked','starts_at':'2026-11-22T22:30:00Z','ends_at':'2026-11-22T23:00:00Z'}");
  practice_put (practice, "{'type':'appointment','id':{w},'patient':{ada},'practitioner':{dr-ng},'location':{city},"
                          "'status':'cancelled','starts_at':'2026-11-22T23:00:00Z','ends_at':'2026-11-23T00:00:00Z'}");
  assert_slots (practice, "2026-11-22T00:00:00Z", "2026-11-24T00:00:00Z", 60, 9,
                "2026-11-22T23:00:00Z/2026-11-23T00:00:00Z");
  assert_slots (practice, "2026-11-22T00:00:00Z", "2026-11-24T00:00:00Z", 30, 3,
                "2026-11-22T22:00:00Z/2026-11-22T22:30:00Z 2026-11-22T23:00:00Z/2026-11-22T23:30:00Z "
                "2026-11-22T23:15:00Z/2026-11-22T23:45:00Z");
  /* From within the hours: on the grid, not before. */
  assert_slots (practice, "2026-11-22T23:01:00Z", "2026-11-24T00:00:00Z", 30, 1,
                "2026-11-22T23:15:00Z/2026-11-22T23:45:00Z");
  /* The next week, when this one is over. */
  assert_slots (practice, "2026-11-23T00:00:00Z", "2026-12-31T00:00:00Z", 120, 1,
                "2026-11-29T22:00:00Z/2026-11-30T00:00:00Z");
  assert_slots (practice, "2026-11-22T00:00:00Z", "2026-11-24T00:00:00Z", 0, 9, "");
  assert_slots (practice, "2026-11-24T00:00:00Z", "2026-11-22T00:00:00Z", 30, 9, "");
  g_assert_false (wattle_free_slots (&practice->memory->reader, id_of ("dr-ng"), id_of ("nowhere"), 0, 1, 30, 9,
                                     &slots, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
}

/* A slot that is offered can be booked, over the change of the clocks and with visits in the way. */
static void
test_offered_is_bookable (void)
{
  g_autoptr (Practice) practice = practice_new ();

  put_hours (practice, "sunday", "'kind':'hours','weekday':'sunday','starts':'00:00','ends':'06:00'");
  for (guint n = 0;; n++)
    {
      g_autoptr (GArray) slots = NULL;
      g_autofree char *start = NULL;
      g_autofree char *end = NULL;

      g_assert_true (wattle_free_slots (&practice->memory->reader, id_of ("dr-ng"), id_of ("city"),
                                        instant_of ("2026-10-03T00:00:00Z"), instant_of ("2026-10-04T00:00:00Z"), 45, 1,
                                        &slots, NULL));
      if (slots->len == 0)
        {
          g_assert_cmpuint (n, ==, 6); /* five hours of wall clock from midnight to six */
          return;
        }
      start = wattle_instant_format (g_array_index (slots, WattleSpan, 0).start);
      end = wattle_instant_format (g_array_index (slots, WattleSpan, 0).end);
      assert_done (practice, practice_actor ("desk", WATTLE_ROLE_RECEPTION), "appointment.book",
                   "{'appointment':{'type':'appointment','patient':{ada},'practitioner':{dr-ng},'location':{city},"
                   "'starts_at':'%s','ends_at':'%s'}}",
                   start, end);
    }
}

static void
assert_disjoint (Practice *practice)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) visits = NULL;
  gint64 end = 0;

  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PRACTITIONER, id_of ("dr-ng"));
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_ONE_OF, WATTLE_APPOINTMENT_BUSY_MASK);
  wattle_query_order_by (&query, WATTLE_APPOINTMENT_STARTS_AT, FALSE);
  visits = wattle_reader_query (&practice->memory->reader, &query, NULL);
  for (guint i = 0; i < visits->len; i++)
    {
      g_assert_cmpint (wattle_record_get_integer (visits->pdata[i], WATTLE_APPOINTMENT_STARTS_AT), >=, end);
      end = wattle_record_get_integer (visits->pdata[i], WATTLE_APPOINTMENT_ENDS_AT);
    }
}

/* Whatever is booked, moved, cancelled, missed and taken back in any order, no two visits of a diary meet. */
static void
test_random_day (void)
{
  static const char *const steps[] = { "appointment.arrive", "appointment.start", "appointment.no_show",
                                       "visit.complete" };
  static const char *const statuses[] = { "booked", "arrived", "in_visit" };
  g_autoptr (Practice) practice = practice_new ();
  WattleActor desk = practice_actor ("desk", WATTLE_ROLE_RECEPTION);
  guint done = 0;

  practice->now += 2 * WATTLE_DAY;
  for (guint i = 0; i < 600; i++)
    {
      gint64 start = NOW + g_test_rand_int_range (0, 48) * 10 * WATTLE_MINUTE;
      g_autofree char *from = wattle_instant_format (start);
      g_autofree char *to = wattle_instant_format (start + g_test_rand_int_range (1, 6) * 10 * WATTLE_MINUTE);
      int visit = g_test_rand_int_range (0, 12);

      switch (g_test_rand_int_range (0, 5))
        {
        case 0:
          done += practice_do (practice, desk, "appointment.book", NULL,
                               "{'appointment':{'type':'appointment','id':{v%d},'patient':{ada},'practitioner':{dr-ng},"
                               "'location':{city},'starts_at':'%s','ends_at':'%s'}}",
                               visit, from, to);
          break;
        case 1:
          done += practice_do (practice, desk, "appointment.move", NULL, "{'id':{v%d},'starts_at':'%s','ends_at':'%s'}",
                               visit, from, to);
          break;
        case 2:
          done += practice_do (practice, desk, "appointment.cancel", NULL, "{'id':{v%d},'reason':'other'}", visit);
          break;
        case 3:
          done += practice_do (practice, desk, steps[g_test_rand_int_range (0, G_N_ELEMENTS (steps))], NULL,
                               "{'id':{v%d}}", visit);
          break;
        default:
          done += practice_do (practice, desk, "appointment.revert", NULL, "{'id':{v%d},'to':'%s'}", visit,
                               statuses[g_test_rand_int_range (0, G_N_ELEMENTS (statuses))]);
          break;
        }
      assert_disjoint (practice);
    }
  g_assert_cmpuint (done, >, 30);
}

static void
test_ages (void)
{
  static const struct
  {
    const char *born;
    const char *age;
  } cases[] = { { "2026-11-23", "0 d" }, { "2026-11-24", "" },     { "2026-10-27", "27 d" }, { "2026-10-26", "4 w" },
                { "2026-08-01", "3 m" }, { "2024-11-24", "23 m" }, { "2024-11-23", "2 y" },  { "1980-11-24", "45 y" },
                { "1980-11-23", "46 y" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *age = wattle_age_display (date_of (cases[i].born), date_of ("2026-11-23"));

      g_assert_cmpstr (age, ==, cases[i].age);
    }
}

static void
test_names (void)
{
  g_autoptr (WattleRecord) patient = wattle_record_new (WATTLE_RECORD_PATIENT);
  g_autofree char *bare = NULL;
  g_autofree char *name = NULL;
  g_autofree char *full = NULL;
  g_autofree char *identity = NULL;
  g_autofree char *medicare = NULL;

  bare = wattle_patient_identity (patient, date_of ("2026-11-23"));
  g_assert_cmpstr (bare, ==, "");
  wattle_record_set_string (patient, WATTLE_PATIENT_TITLE, "Ms");
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, "Nguyễn");
  wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, "Thi Mai");
  wattle_record_set_string (patient, WATTLE_PATIENT_PREFERRED_NAME, "May");
  wattle_record_set_integer (patient, WATTLE_PATIENT_BIRTH_DATE, date_of ("1980-02-01"));
  wattle_record_set_string (patient, WATTLE_PATIENT_MEDICARE_NUMBER, "2123456701");
  wattle_record_set_integer (patient, WATTLE_PATIENT_MEDICARE_IRN, 1);
  name = wattle_patient_display_name (patient);
  g_assert_cmpstr (name, ==, "NGUYỄN, Thi Mai (May)");
  full = wattle_patient_full_name (patient);
  g_assert_cmpstr (full, ==, "Ms Thi Mai Nguyễn");
  medicare = wattle_medicare_display (patient);
  g_assert_cmpstr (medicare, ==, "2123 45670 1 / 1");
  identity = wattle_patient_identity (patient, date_of ("2026-11-23"));
  g_assert_nonnull (strstr (identity, "(46 y)"));
  g_assert_nonnull (strstr (identity, "1980"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scheduling/open-hours", test_open_hours);
  g_test_add_func ("/scheduling/holidays", test_holidays);
  g_test_add_func ("/scheduling/clock-change", test_clock_change);
  g_test_add_func ("/scheduling/free-slots", test_free_slots);
  g_test_add_func ("/scheduling/offered-is-bookable", test_offered_is_bookable);
  g_test_add_func ("/scheduling/random-day", test_random_day);
  g_test_add_func ("/naming/ages", test_ages);
  g_test_add_func ("/naming/names", test_names);
  return g_test_run ();
}
