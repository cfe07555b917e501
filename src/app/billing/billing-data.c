/* billing-data.c: invoices as the billing place lists them, read from the cache
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/billing/billing-data.h"

#include <glib/gi18n-lib.h>

#include "app/patients/chart-data.h"
#include "app/widgets/display.h"
#include "base/civil-text.h"
#include "base/money.h"
#include "domain/billing.h"

/* Patients whose invoices a search by name shows. */
#define MAX_PATIENTS 20

typedef struct
{
  WattleTransaction *transaction;
  WattleReader *reader;
  WattleBilling *billing;
  GHashTable *names;
  gint64 today;
} Reading;

static const char *
patient_name (Reading *reading, const char *id)
{
  char *name = g_hash_table_lookup (reading->names, id);
  g_autoptr (WattleRecord) patient = NULL;

  if (name != NULL)
    return name;
  patient = wattle_reader_get (reading->reader, WATTLE_RECORD_PATIENT, id, NULL);
  name = patient != NULL ? wattle_display_title (patient) : g_strdup (_("Not among your records"));
  g_hash_table_insert (reading->names, g_strdup (id), name);
  return name;
}

static gboolean
is_wanted (Reading *reading, WattleRecord *invoice, WattleBillingFilter filter)
{
  int status = wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS);
  gint64 due = wattle_record_get_integer (invoice, WATTLE_INVOICE_DUE_DATE);
  gboolean open = status == WATTLE_INVOICE_STATUS_ISSUED || status == WATTLE_INVOICE_STATUS_PART_PAID;

  return filter == WATTLE_BILLING_ALL || (open && (filter == WATTLE_BILLING_UNPAID || due < reading->today));
}

static void
add_invoice (Reading *reading, WattleRecord *invoice)
{
  WattleEntry *entry;
  g_autofree char *title = NULL;
  g_autofree char *issued = NULL;
  g_autofree char *total = NULL;
  g_autofree char *part = NULL;

  if (reading->billing->entries->len >= WATTLE_BILLING_PAGE)
    return;
  entry = wattle_entry_new (invoice);
  title = wattle_invoice_title (invoice);
  entry->at = wattle_record_get_integer (invoice, WATTLE_INVOICE_ISSUED_DATE);
  if (wattle_record_has (invoice, WATTLE_INVOICE_ISSUED_DATE))
    issued = wattle_date_display (entry->at);
  entry->status = wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS);
  entry->cents = wattle_record_get_integer (invoice, WATTLE_INVOICE_BALANCE);
  entry->title = g_strdup (patient_name (reading, wattle_record_scope_id (invoice)));
  total = wattle_money_format (wattle_record_get_integer (invoice, WATTLE_INVOICE_TOTAL));
  if (entry->status == WATTLE_INVOICE_STATUS_PART_PAID)
    part = g_strdup_printf (_("of %s"), total);
  entry->subtitle = g_strjoin (" · ", title, issued != NULL ? issued : part, issued != NULL ? part : NULL, NULL);
  entry->detail = part != NULL ? wattle_money_format (entry->cents) : g_steal_pointer (&total);
  entry->tone = wattle_invoice_tone (entry->status);
  if (is_wanted (reading, invoice, WATTLE_BILLING_OVERDUE) && entry->cents > 0)
    entry->pill = g_strdup (_("Overdue"));
  else
    entry->pill = g_strdup (_(wattle_enum_label (wattle_enum_find ("invoice_status"), entry->status)));
  g_ptr_array_add (reading->billing->entries, entry);
}

static gboolean
read_list (Reading *reading, WattleBillingFilter filter, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_INVOICE);
  g_autoptr (GPtrArray) invoices = NULL;

  wattle_billing_restrict (&query, filter, reading->today);
  wattle_query_order_by (&query, WATTLE_INVOICE_ISSUED_DATE, TRUE);
  query.limit = WATTLE_BILLING_PAGE;
  reading->billing->n_all = wattle_reader_count (reading->reader, &query, error);
  invoices = reading->billing->n_all >= 0 ? wattle_reader_query (reading->reader, &query, error) : NULL;
  for (guint i = 0; invoices != NULL && i < invoices->len; i++)
    add_invoice (reading, g_ptr_array_index (invoices, i));
  return invoices != NULL;
}

static void
add_of_patient (Reading *reading, const char *patient, WattleBillingFilter filter)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_INVOICE);
  g_autoptr (GPtrArray) invoices = NULL;

  wattle_query_where_text (&query, WATTLE_INVOICE_PATIENT, patient);
  wattle_query_order_by (&query, WATTLE_INVOICE_ISSUED_DATE, TRUE);
  wattle_billing_restrict (&query, filter, reading->today);
  query.limit = WATTLE_BILLING_PAGE;
  invoices = wattle_reader_query (reading->reader, &query, NULL);
  for (guint i = 0; invoices != NULL && i < invoices->len; i++)
    add_invoice (reading, g_ptr_array_index (invoices, i));
}

static gboolean
read_search (Reading *reading, WattleBillingFilter filter, const char *typed, GError **error)
{
  g_autoptr (GPtrArray) numbers = wattle_transaction_search (
    reading->transaction, WATTLE_TYPE_BIT (WATTLE_RECORD_INVOICE), typed, WATTLE_BILLING_PAGE, error);
  g_autoptr (GPtrArray) people
    = numbers != NULL ? wattle_transaction_search (reading->transaction, WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT), typed,
                                                   MAX_PATIENTS, error)
                      : NULL;

  if (people == NULL)
    return FALSE;
  for (guint i = 0; i < numbers->len; i++)
    {
      WattleRecord *invoice = ((WattleSearchHit *) g_ptr_array_index (numbers, i))->record;

      if (is_wanted (reading, invoice, filter))
        add_invoice (reading, invoice);
    }
  for (guint i = 0; i < people->len; i++)
    add_of_patient (reading, wattle_record_id (((WattleSearchHit *) g_ptr_array_index (people, i))->record), filter);
  reading->billing->n_all = reading->billing->entries->len;
  return TRUE;
}

/**
 * wattle_billing_restrict:
 * @query: a query for invoices
 * @filter: which
 * @today: the date at the practice
 */
void
wattle_billing_restrict (WattleQuery *query, WattleBillingFilter filter, gint64 today)
{
  if (filter != WATTLE_BILLING_ALL)
    wattle_query_where (query, WATTLE_INVOICE_STATUS, WATTLE_COMPARE_ONE_OF,
                        (1 << WATTLE_INVOICE_STATUS_ISSUED) | (1 << WATTLE_INVOICE_STATUS_PART_PAID));
  if (filter == WATTLE_BILLING_OVERDUE)
    wattle_query_where (query, WATTLE_INVOICE_DUE_DATE, WATTLE_COMPARE_LESS, today);
}

/**
 * wattle_billing_arguments:
 * @context: the context
 * @filter: which invoices
 * @typed: a number or a name; "" for none
 *
 * Returns: (transfer floating): what wattle_billing_read() is given
 */
GVariant *
wattle_billing_arguments (WattleContext *context, WattleBillingFilter filter, const char *typed)
{
  return g_variant_new ("(xus)", wattle_context_today (context), (guint) filter, typed);
}

/**
 * wattle_billing_read:
 * @transaction: a reading transaction
 * @data: of wattle_billing_arguments()
 * @cancellable: (nullable): stops between steps
 * @error: the failure
 *
 * Returns: (transfer full): a #WattleBilling
 */
gpointer
wattle_billing_read (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Reading reading
    = { .transaction = transaction, .reader = wattle_transaction_reader (transaction), .names = names };
  WattleAgedDebt debt = { 0 };
  const char *typed;
  guint filter;

  g_variant_get (data, "(xu&s)", &reading.today, &filter, &typed);
  reading.billing = g_new0 (WattleBilling, 1);
  reading.billing->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_entry_free);
  if (!(*typed != '\0' ? read_search (&reading, filter, typed, error) : read_list (&reading, filter, error))
      || g_cancellable_set_error_if_cancelled (cancellable, error)
      || !wattle_aged_debt (reading.reader, NULL, reading.today, &debt, error))
    {
      wattle_billing_free (reading.billing);
      return NULL;
    }
  reading.billing->owed = debt.total;
  reading.billing->overdue = debt.total - debt.current;
  reading.billing->n_owed = debt.n_invoices;
  return reading.billing;
}

/**
 * wattle_billing_free:
 * @self: (transfer full): what was read
 */
void
wattle_billing_free (WattleBilling *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self);
}
