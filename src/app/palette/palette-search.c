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

static void
add_next_visit (GPtrArray *items, WattleReader *reader, WattleRecord *patient, GTimeZone *zone)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (WattleRecord) visit = NULL;
  g_autofree char *name = NULL;
  g_autofree char *when = NULL;
  g_autofree char *title = NULL;

  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PATIENT, wattle_record_id (patient));
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, wattle_clock_now ());
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_ONE_OF,
                      (1 << WATTLE_APPOINTMENT_STATUS_TENTATIVE) | (1 << WATTLE_APPOINTMENT_STATUS_BOOKED)
                        | (1 << WATTLE_APPOINTMENT_STATUS_ARRIVED));
  wattle_query_order_by (&query, WATTLE_APPOINTMENT_STARTS_AT, FALSE);
  query.limit = 1;
  visit = wattle_reader_find (reader, &query, NULL);
  if (visit == NULL)
    return;
  name = wattle_display_patient (patient);
  when = wattle_display_date_time (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT), zone);
  title = g_strdup_printf (_("Next visit of %s"), name);
  g_ptr_array_add (items, wattle_palette_item_new (WATTLE_PALETTE_RECORD, WATTLE_RECORD_APPOINTMENT,
                                                   wattle_record_id (visit), "x-office-calendar-symbolic", title,
                                                   when));
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

  g_ptr_array_add (items, wattle_palette_item_new (WATTLE_PALETTE_RECORD, WATTLE_RECORD_INVOICE,
                                                   wattle_record_id (invoice), "emblem-documents-symbolic", title,
                                                   subtitle));
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
            add_next_visit (items, reader, hit->record, zone);
        }
    }
  return g_steal_pointer (&items);
}
