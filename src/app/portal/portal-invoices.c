/* portal-invoices.c: what the patient owes, has paid, and the receipts for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-invoices.h"

#include <glib/gi18n-lib.h>

#include "app/billing/invoice-panel.h"
#include "app/papers/open-paper.h"
#include "base/civil-text.h"
#include "base/money.h"

struct _WattlePortalInvoices
{
  WattlePortalView parent;
};

G_DEFINE_FINAL_TYPE (WattlePortalInvoices, wattle_portal_invoices, WATTLE_TYPE_PORTAL_VIEW)

static gboolean
is_open (WattleRecord *invoice)
{
  gint64 status = wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS);

  return status == WATTLE_INVOICE_STATUS_ISSUED || status == WATTLE_INVOICE_STATUS_PART_PAID;
}

static void
describe_due (WattlePortalReading *reading, WattleRecord *invoice, WattleEntry *entry)
{
  gint64 due = wattle_record_get_integer (invoice, WATTLE_INVOICE_DUE_DATE);
  g_autofree char *date = wattle_date_display (due);

  if (!wattle_record_has (invoice, WATTLE_INVOICE_DUE_DATE))
    return;
  entry->subtitle = g_strdup_printf (_("To be paid by %s"), date);
  if (due < reading->today)
    {
      entry->pill = g_strdup (_("Overdue"));
      entry->tone = "warning";
    }
}

static WattleEntry *
invoice_entry (WattlePortalReading *reading, WattleRecord *invoice)
{
  WattleEntry *entry = wattle_entry_new (invoice);
  const char *number = wattle_record_get_string (invoice, WATTLE_INVOICE_NUMBER);
  g_autofree char *date = wattle_date_display (wattle_record_get_integer (invoice, WATTLE_INVOICE_ISSUED_DATE));
  gboolean open = is_open (invoice);

  entry->title = number != NULL ? g_strdup_printf (_("Invoice %s"), number) : g_strdup (_("Invoice"));
  entry->detail =
    wattle_money_format (wattle_record_get_integer (invoice, open ? WATTLE_INVOICE_BALANCE : WATTLE_INVOICE_TOTAL));
  if (open)
    describe_due (reading, invoice, entry);
  else
    entry->subtitle =
      g_strdup_printf (_("%s · %s"), date,
                       _(wattle_enum_label (wattle_enum_find ("invoice_status"),
                                             wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS))));
  return entry;
}

static WattleEntry *
receipt_entry (WattleRecord *payment)
{
  WattleEntry *entry = wattle_entry_new (payment);
  const char *number = wattle_record_get_string (payment, WATTLE_PAYMENT_RECEIPT_NUMBER);
  g_autofree char *date = wattle_date_display (wattle_record_get_integer (payment, WATTLE_PAYMENT_RECEIVED_DATE));

  entry->title = number != NULL ? g_strdup_printf (_("Receipt %s"), number) : g_strdup (_("Receipt"));
  entry->subtitle =
    g_strdup_printf (_("%s · %s"), date,
                     _(wattle_enum_label (wattle_enum_find ("payment_method"),
                                           wattle_record_get_integer (payment, WATTLE_PAYMENT_METHOD))));
  entry->detail = wattle_money_format (wattle_record_get_integer (payment, WATTLE_PAYMENT_AMOUNT));
  return entry;
}

/**
 * wattle_portal_read_invoices:
 * @reading: the reading
 * @error: the failure
 *
 * Returns: (transfer full) (nullable) (element-type WattleRecord): the issued invoices of the patient, newest first
 */
GPtrArray *
wattle_portal_read_invoices (WattlePortalReading *reading, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_INVOICE);

  wattle_query_order_by (&query, WATTLE_INVOICE_ISSUED_DATE, TRUE);
  return wattle_portal_released (reading, &query, WATTLE_INVOICE_PATIENT, error);
}

/**
 * wattle_portal_owed:
 * @invoices: (element-type WattleRecord): from wattle_portal_read_invoices()
 * @n: (out): on how many of them
 *
 * Returns: cents that are owed
 */
gint64
wattle_portal_owed (GPtrArray *invoices, guint *n)
{
  gint64 owed = 0;

  *n = 0;
  for (guint i = 0; i < invoices->len; i++)
    if (is_open (invoices->pdata[i]))
      {
        owed += wattle_record_get_integer (invoices->pdata[i], WATTLE_INVOICE_BALANCE);
        *n += 1;
      }
  return owed;
}

static gboolean
add_receipts (WattlePortalReading *reading, WattlePortal *portal, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PAYMENT);
  GPtrArray *receipts = wattle_portal_group (portal, _("Receipts"), NULL);
  g_autoptr (GPtrArray) payments = NULL;

  wattle_query_order_by (&query, WATTLE_PAYMENT_RECEIVED_AT, TRUE);
  payments = wattle_portal_released (reading, &query, WATTLE_PAYMENT_PATIENT, error);
  for (guint i = 0; payments != NULL && i < payments->len; i++)
    g_ptr_array_add (receipts, receipt_entry (payments->pdata[i]));
  return payments != NULL;
}

static gpointer
read_portal (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattlePortalReading reading;
  g_autoptr (WattlePortal) portal = wattle_portal_begin (&reading, transaction, arguments, error);
  g_autoptr (GPtrArray) invoices = NULL;
  g_autofree char *owed = NULL;
  g_autofree char *text = NULL;
  GPtrArray *open;
  GPtrArray *paid;
  guint n;

  if (portal == NULL)
    return NULL;
  invoices = wattle_portal_read_invoices (&reading, error);
  if (invoices == NULL)
    return NULL;
  owed = wattle_money_format (wattle_portal_owed (invoices, &n));
  text = g_strdup_printf (_("%s in all. Each invoice says how to pay it."), owed);
  open = wattle_portal_group (portal, _("To Pay"), text);
  paid = wattle_portal_group (portal, _("Earlier"), NULL);
  for (guint i = 0; i < invoices->len; i++)
    g_ptr_array_add (is_open (invoices->pdata[i]) ? open : paid, invoice_entry (&reading, invoices->pdata[i]));
  return add_receipts (&reading, portal, error) ? g_steal_pointer (&portal) : NULL;
}

static void
open_paper (WattlePortalView *view, WattleEntryRow *row)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (view));
  WattleRecord *record = wattle_entry_row_record (row);

  if (wattle_record_type (record)->id == WATTLE_RECORD_PAYMENT)
    wattle_receipt_open (GTK_WIDGET (view), context, wattle_record_get_string (record, WATTLE_PAYMENT_INVOICE),
                         wattle_record_id (record));
  else
    wattle_invoice_open (GTK_WIDGET (view), context, wattle_record_id (record));
}

static void
wattle_portal_invoices_class_init (WattlePortalInvoicesClass *klass)
{
  WattlePortalViewClass *portal_class = WATTLE_PORTAL_VIEW_CLASS (klass);

  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_INVOICE) | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT)
                                     | WATTLE_TYPE_BIT (WATTLE_RECORD_PAYMENT);
  portal_class->read = read_portal;
  portal_class->open = open_paper;
  portal_class->icon = "x-office-spreadsheet-symbolic";
  portal_class->empty = N_("No Invoices");
  portal_class->empty_text = N_("After a visit its invoice stands here, and your receipt once it is paid.");
  portal_class->type = WATTLE_RECORD_INVOICE;
}

static void
wattle_portal_invoices_init (WattlePortalInvoices *self)
{
}
