/* figures.c: GET /figures: the practice in numbers, for those who see no patient
 *
 * Numbers of few people tell of people: below a smallest number a figure is
 * null. There are no totals from which the hidden ones could be worked out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"

#define MONTHS 12
#define SMALLEST 5
#define CHUNK 1000

typedef struct
{
  gint64 first; /* date */
  gint64 next;  /* date: first of the month after */
  gint64 from;  /* instants of these */
  gint64 until;
} Month;

static Month
month_of (GTimeZone *zone, gint64 first)
{
  Month self = { .first = first, .next = wattle_date_add_months (first, 1) };
  gint64 end;

  wattle_zone_day_bounds (zone, self.first, &self.from, &end);
  wattle_zone_day_bounds (zone, self.next, &self.until, &end);
  return self;
}

static gint64
count_visits (WattleReader *reader, const Month *month, int status)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);

  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, month->from);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS, month->until);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_EQUAL, status);
  return wattle_reader_count (reader, &query, NULL);
}

/* What was received, and from how many payments. */
static gboolean
sum_payments (WattleReader *reader, const Month *month, gint64 *sum, gint64 *count, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PAYMENT);

  *sum = *count = 0;
  wattle_query_where (&query, WATTLE_PAYMENT_RECEIVED_DATE, WATTLE_COMPARE_AT_LEAST, month->first);
  wattle_query_where (&query, WATTLE_PAYMENT_RECEIVED_DATE, WATTLE_COMPARE_LESS, month->next);
  for (query.limit = CHUNK;; query.offset += CHUNK)
    {
      g_autoptr (GPtrArray) payments = wattle_reader_query (reader, &query, error);

      if (payments == NULL)
        return FALSE;
      for (guint i = 0; i < payments->len; i++)
        *sum += wattle_record_get_integer (payments->pdata[i], WATTLE_PAYMENT_AMOUNT);
      *count += payments->len;
      if (payments->len < CHUNK)
        return TRUE;
    }
}

/* @people: how many stand behind @value. */
static void
pair_figure (WattleJsonWriter *writer, const char *name, gint64 value, gint64 people)
{
  wattle_json_name (writer, name);
  if (people > 0 && people < SMALLEST)
    wattle_json_put_null (writer);
  else
    wattle_json_put_integer (writer, value);
}

static gboolean
write_month (WattleReader *reader, const Month *month, WattleJsonWriter *writer, GError **error)
{
  static const struct
  {
    const char *name;
    int status;
  } kinds[] = { { "completed", WATTLE_APPOINTMENT_STATUS_COMPLETED },
                { "cancelled", WATTLE_APPOINTMENT_STATUS_CANCELLED },
                { "no_show", WATTLE_APPOINTMENT_STATUS_NO_SHOW },
                { "booked", WATTLE_APPOINTMENT_STATUS_BOOKED } };
  g_autofree char *date = wattle_date_format (month->first);
  gint64 sum, payments;

  if (!sum_payments (reader, month, &sum, &payments, error))
    return FALSE;
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "month", date);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gint64 visits = count_visits (reader, month, kinds[i].status);

      pair_figure (writer, kinds[i].name, visits, visits);
    }
  pair_figure (writer, "income", sum, payments);
  wattle_json_end_object (writer);
  return TRUE;
}

/* Belongs to the table of zones. */
static GTimeZone *
zone_of (WattleTransaction *transaction)
{
  g_autofree char *id = wattle_transaction_meta (transaction, "practice", NULL);
  g_autoptr (WattleRecord) practice = NULL;
  GTimeZone *zone = NULL;

  if (id != NULL)
    practice = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_PRACTICE, id, NULL);
  if (practice != NULL)
    zone = wattle_zone_lookup (wattle_record_get_string (practice, WATTLE_PRACTICE_ZONE), NULL);
  return zone != NULL ? zone : wattle_zone_lookup ("UTC", NULL);
}

static gboolean
write_figures (WattleTransaction *transaction, WattleJsonWriter *writer, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery active = wattle_query (WATTLE_RECORD_PATIENT);
  GTimeZone *zone = zone_of (transaction);
  gint64 today, first, patients;
  int second, offset, year, month, day;

  wattle_zone_to_local (wattle_clock_now (), zone, &today, &second, &offset);
  wattle_date_to_ymd (today, &year, &month, &day);
  first = today - (day - 1);
  wattle_query_where (&active, WATTLE_PATIENT_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_PATIENT_STATUS_ACTIVE);
  patients = wattle_reader_count (reader, &active, NULL);
  wattle_json_begin_object (writer);
  wattle_json_pair_integer (writer, "smallest", SMALLEST);
  pair_figure (writer, "patients", patients, patients);
  wattle_json_name (writer, "months");
  wattle_json_begin_array (writer);
  for (int i = 1 - MONTHS; i <= 0; i++)
    {
      Month one = month_of (zone, wattle_date_add_months (first, i));

      if (!write_month (reader, &one, writer, error))
        return FALSE;
    }
  wattle_json_end_array (writer);
  wattle_json_end_object (writer);
  return TRUE;
}

void
wattle_api_figures (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, &error);
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  if (transaction == NULL || !write_figures (transaction, &writer, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_call_respond (call, 200, g_steal_pointer (&text));
}
