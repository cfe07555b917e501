/* palette-search.c: people, bookings and invoices for what was typed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/palette/palette-search.h"

#include <glib/gi18n-lib.h>

#include "app/context.h"
#include "app/palette/palette-item.h"
#include "app/widgets/display.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "base/money.h"

/* More than this nobody reads, and the bookings of the first few people are enough. */
#define MAX_HITS 20
#define PEOPLE_WITH_BOOKINGS 3
#define MAX_AHEAD 10
#define MAX_BEHIND 20
#define MAX_OF_DAY 100

static void
add_visit (GPtrArray *items, WattleReader *reader, WattleRecord *visit, WattleRecord *patient, GTimeZone *zone)
{
  gint64 starts = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT);
  int status = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STATUS);
  g_autoptr (WattleRecord) practitioner = wattle_reader_get (
    reader, WATTLE_RECORD_PRACTITIONER, wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER), NULL);
  g_autofree char *name = patient != NULL ? wattle_display_patient (patient) : g_strdup (_("Busy"));
  g_autofree char *when = wattle_display_date_time (starts, zone);
  g_autofree char *who = practitioner != NULL ? wattle_display_practitioner (practitioner) : g_strdup ("");
  g_autofree char *title = g_strdup_printf (_("Visit of %s"), name);
  g_autofree char *subtitle = g_strdup_printf (
    "%s · %s · %s", when, _(wattle_enum_label (wattle_enum_find ("appointment_status"), status)), who);

  g_ptr_array_add (items,
                   wattle_palette_item_new (WATTLE_PALETTE_RECORD, WATTLE_RECORD_APPOINTMENT, wattle_record_id (visit),
                                            "x-office-calendar-symbolic", title, subtitle));
}

/* Bookings of a person on one side of now, the nearest first. */
static void
add_visits_beside (
  GPtrArray *items, WattleReader *reader, WattleRecord *patient, GTimeZone *zone, gboolean ahead, guint limit)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) visits = NULL;

  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PATIENT, wattle_record_id (patient));
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, ahead ? WATTLE_COMPARE_AT_LEAST : WATTLE_COMPARE_LESS,
                      wattle_clock_now ());
  wattle_query_order_by (&query, WATTLE_APPOINTMENT_STARTS_AT, !ahead);
  query.limit = limit;
  visits = wattle_reader_query (reader, &query, NULL);
  for (guint i = 0; visits != NULL && i < visits->len; i++)
    add_visit (items, reader, visits->pdata[i], patient, zone);
}

/* Every booking of the day that was typed, in the order of the clock. */
static void
add_day (GPtrArray *items, WattleReader *reader, gint64 date, GTimeZone *zone)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) visits = NULL;
  gint64 first;
  gint64 behind;

  wattle_zone_day_bounds (zone, date, &first, &behind);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, first);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS, behind);
  wattle_query_order_by (&query, WATTLE_APPOINTMENT_STARTS_AT, FALSE);
  query.limit = MAX_OF_DAY;
  visits = wattle_reader_query (reader, &query, NULL);
  for (guint i = 0; visits != NULL && i < visits->len; i++)
    {
      g_autoptr (WattleRecord) patient = wattle_reader_get (
        reader, WATTLE_RECORD_PATIENT, wattle_record_get_string (visits->pdata[i], WATTLE_APPOINTMENT_PATIENT), NULL);

      add_visit (items, reader, visits->pdata[i], patient, zone);
    }
}

static void
add_invoice (GPtrArray *items, WattleReader *reader, WattleRecord *invoice)
{
  g_autoptr (WattleRecord) patient
    = wattle_reader_get (reader, WATTLE_RECORD_PATIENT, wattle_record_get_string (invoice, WATTLE_INVOICE_PATIENT),
                         NULL);
  g_autofree char *name = patient != NULL ? wattle_display_patient (patient) : g_strdup ("");
  g_autofree char *total = wattle_money_format (wattle_record_get_integer (invoice, WATTLE_INVOICE_TOTAL));
  g_autofree char *title = g_strdup_printf (_("Invoice %s"), wattle_record_get_string (invoice, WATTLE_INVOICE_NUMBER));
  g_autofree char *subtitle = g_strdup_printf (_("%s · %s"), name, total);

  g_ptr_array_add (items,
                   wattle_palette_item_new (WATTLE_PALETTE_RECORD, WATTLE_RECORD_INVOICE, wattle_record_id (invoice),
                                            "x-office-document-symbolic", title, subtitle));
}

/**
 * wattle_palette_search:
 * @transaction: a read transaction
 * @arguments: a GVariant (ss): what was typed, the zone of the practice
 * @cancellable: polled between people
 * @error: the failure
 *
 * Returns: (transfer full) (element-type WattlePaletteItem): best first
 */
gpointer
wattle_palette_search (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  const char *typed;
  const char *zone_name;
  g_autoptr (GPtrArray) hits = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  WattleReader *reader = wattle_transaction_reader (transaction);
  GTimeZone *zone;
  gint64 today;
  gint64 date;
  guint people = 0;

  g_variant_get (arguments, "(&s&s)", &typed, &zone_name);
  zone = wattle_zone_lookup (zone_name, error);
  if (zone == NULL)
    return NULL;
  wattle_zone_to_local (wattle_clock_now (), zone, &today, NULL, NULL);
  hits = wattle_transaction_search (transaction,
                                    WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT) | WATTLE_TYPE_BIT (WATTLE_RECORD_INVOICE),
                                    typed, MAX_HITS, error);
  if (hits == NULL)
    return NULL;
  if (wattle_date_parse_typed (typed, today, &date, NULL))
    add_day (items, reader, date, zone);
  for (guint i = 0; i < hits->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      WattleSearchHit *hit = g_ptr_array_index (hits, i);

      if (hit->type == WATTLE_RECORD_INVOICE)
        add_invoice (items, reader, hit->record);
      else if (hit->type == WATTLE_RECORD_PATIENT)
        {
          g_autofree char *name = wattle_display_patient (hit->record);
          g_autofree char *line = wattle_display_patient_line (hit->record, today);

          g_ptr_array_add (items, wattle_palette_item_new (WATTLE_PALETTE_RECORD, WATTLE_RECORD_PATIENT,
                                                           wattle_record_id (hit->record), "avatar-default-symbolic",
                                                           name, line));
          if (people++ < PEOPLE_WITH_BOOKINGS)
            {
              add_visits_beside (items, reader, hit->record, zone, TRUE, people == 1 ? MAX_AHEAD : 1);
              add_visits_beside (items, reader, hit->record, zone, FALSE, people == 1 ? MAX_BEHIND : 1);
            }
        }
    }
  return g_steal_pointer (&items);
}
