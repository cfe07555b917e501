/* invoice-panel.c: what is owed on an invoice, and taking it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/billing/invoice-panel.h"

#include <glib/gi18n-lib.h>

#include "app/billing/payment-dialog.h"
#include "app/billing/reason-dialog.h"
#include "app/papers/open-paper.h"
#include "app/papers/paper-window.h"
#include "app/patients/chart-data.h"
#include "app/widgets/entry-row.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"
#include "base/money.h"

struct _WattleInvoicePanel
{
  AdwBin parent;
  WattleContext *context;
  WattleRecord *invoice;
  GtkLabel *balance;
  GtkLabel *about;
  GtkLabel *status;
  GtkWidget *issue;
  GtkWidget *pay;
  GtkWidget *write_off;
  GtkWidget *payments_frame;
  GtkListBox *payments;
};

G_DEFINE_FINAL_TYPE (WattleInvoicePanel, wattle_invoice_panel, ADW_TYPE_BIN)

static const char *
method_of (WattleRecord *payment)
{
  return _(wattle_enum_label (wattle_enum_find ("payment_method"),
                              wattle_record_get_integer (payment, WATTLE_PAYMENT_METHOD)));
}

static WattleEntry *
describe_payment (WattleInvoicePanel *self, WattleRecord *payment)
{
  WattleEntry *entry = wattle_entry_new (payment);
  const char *receipt = wattle_record_get_string (payment, WATTLE_PAYMENT_RECEIPT_NUMBER);
  const char *reference = wattle_record_get_string (payment, WATTLE_PAYMENT_REFERENCE);
  g_autofree char *date = wattle_date_display (wattle_record_get_integer (payment, WATTLE_PAYMENT_RECEIVED_DATE));

  entry->title = g_strdup_printf (_("Received by %s"), method_of (payment));
  entry->subtitle = g_strjoin (" · ", date, receipt != NULL ? receipt : _("receipt number to follow"), reference, NULL);
  entry->detail = wattle_money_format (wattle_record_get_integer (payment, WATTLE_PAYMENT_AMOUNT));
  if (wattle_context_may (self->context, "payment.reverse"))
    entry->verb = _("Reverse");
  return entry;
}

/* The data is the sentence that says so: a literal of this program. */
static gboolean
said_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  if (error == NULL)
    wattle_toast (widget, data);
  return FALSE;
}

static void
reversed_cb (GtkWidget *widget, const char *reason, gpointer data)
{
  WattleInvoicePanel *self = WATTLE_INVOICE_PANEL (widget);
  g_autofree char *id = data;
  GString *args = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (args);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", id);
  wattle_json_pair_string (&writer, "reason", reason);
  wattle_json_end_object (&writer);
  wattle_perform (widget, self->context, "payment.reverse", args->str, said_cb, _("Payment reversed"));
  g_string_free (args, TRUE);
}

static void
reverse_cb (WattleInvoicePanel *self, WattleEntryRow *row)
{
  wattle_reason_dialog_open (GTK_WIDGET (self), _("Reverse This Payment?"),
                             _("The invoice is owed again. The payment and your reason stay in the audit trail."),
                             _("_Reverse"), reversed_cb, g_strdup (wattle_entry_row_id (row)));
}

static void
payment_activated_cb (WattleInvoicePanel *self, GtkListBoxRow *row)
{
  if (WATTLE_IS_ENTRY_ROW (row))
    wattle_receipt_open (GTK_WIDGET (self), self->context, wattle_record_id (self->invoice),
                         wattle_entry_row_id (WATTLE_ENTRY_ROW (row)));
}

static void
show_payments (WattleInvoicePanel *self, GPtrArray *payments)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_entry_free);
  WattleEntryList list = { .icon = "x-office-spreadsheet-symbolic",
                           .title = _("No payment yet"),
                           .act = G_CALLBACK (reverse_cb),
                           .data = self };

  for (guint i = 0; i < payments->len; i++)
    g_ptr_array_add (entries, describe_payment (self, g_ptr_array_index (payments, i)));
  wattle_entry_list_fill (self->payments, entries, 0, &list);
  gtk_widget_set_visible (self->payments_frame, payments->len > 0);
}

static void
show_amounts (WattleInvoicePanel *self, int status, gint64 balance)
{
  g_autofree char *owed = wattle_money_format (balance);
  g_autofree char *total = wattle_money_format (wattle_record_get_integer (self->invoice, WATTLE_INVOICE_TOTAL));
  g_autofree char *due = wattle_record_has (self->invoice, WATTLE_INVOICE_DUE_DATE)
                           ? wattle_date_display (wattle_record_get_integer (self->invoice, WATTLE_INVOICE_DUE_DATE))
                           : NULL;
  g_autofree char *text = due != NULL ? g_strdup_printf (_("of %s · due %s"), total, due)
                                      : g_strdup_printf (_("of %s"), total);
  g_autofree char *label = g_strdup_printf (_("%s owed"), owed);

  gtk_label_set_label (self->balance, status == WATTLE_INVOICE_STATUS_PAID          ? _("Paid in full")
                                      : status == WATTLE_INVOICE_STATUS_WRITTEN_OFF ? _("Written off")
                                                                                    : label);
  gtk_label_set_label (self->about, text);
  gtk_label_set_label (self->status, _(wattle_enum_label (wattle_enum_find ("invoice_status"), status)));
  gtk_widget_remove_css_class (GTK_WIDGET (self->status), "success");
  gtk_widget_remove_css_class (GTK_WIDGET (self->status), "warning");
  if (wattle_invoice_tone (status) != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->status), wattle_invoice_tone (status));
}

static void
paper_cb (WattlePaperWindow *window, const WattlePaper *paper, WattleInvoicePanel *self)
{
  int status = wattle_record_get_integer (paper->record, WATTLE_INVOICE_STATUS);
  gint64 balance = wattle_record_get_integer (paper->record, WATTLE_INVOICE_BALANCE);
  gboolean open = status == WATTLE_INVOICE_STATUS_ISSUED || status == WATTLE_INVOICE_STATUS_PART_PAID;
  /* A draft whose number is on its way takes a payment already, as the operation does on this side. */
  gboolean payable = (open || status == WATTLE_INVOICE_STATUS_DRAFT) && balance > 0;

  g_set_object (&self->invoice, paper->record);
  show_amounts (self, status, balance);
  gtk_widget_set_visible (self->pay, payable && wattle_context_may (self->context, "payment.record"));
  gtk_widget_set_visible (self->issue, status == WATTLE_INVOICE_STATUS_DRAFT
                                         && wattle_context_may (self->context, "invoice.issue"));
  gtk_widget_set_visible (self->write_off, open && wattle_context_may (self->context, "invoice.write_off"));
  show_payments (self, paper->payments);
}

static void
pay_cb (WattleInvoicePanel *self)
{
  if (self->invoice != NULL)
    wattle_payment_dialog_open (GTK_WIDGET (self), self->context, self->invoice);
}

static void
issue_cb (WattleInvoicePanel *self)
{
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"}", wattle_record_id (self->invoice));

  wattle_perform (GTK_WIDGET (self), self->context, "invoice.issue", args, NULL, NULL);
}

static void
written_off_cb (GtkWidget *widget, const char *reason, gpointer data)
{
  WattleInvoicePanel *self = WATTLE_INVOICE_PANEL (widget);
  GString *args = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (args);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", wattle_record_id (self->invoice));
  wattle_json_pair_string (&writer, "reason", reason);
  wattle_json_end_object (&writer);
  wattle_perform (widget, self->context, "invoice.write_off", args->str, said_cb, _("Written off"));
  g_string_free (args, TRUE);
}

static void
write_off_cb (WattleInvoicePanel *self)
{
  wattle_reason_dialog_open (GTK_WIDGET (self), _("Write Off What Is Owed?"),
                             _("Nobody is asked for this money any more. This cannot be taken back."),
                             _("_Write Off"), written_off_cb, NULL);
}

static void
wattle_invoice_panel_dispose (GObject *object)
{
  WattleInvoicePanel *self = WATTLE_INVOICE_PANEL (object);

  g_clear_object (&self->context);
  g_clear_object (&self->invoice);
  G_OBJECT_CLASS (wattle_invoice_panel_parent_class)->dispose (object);
}

static void
wattle_invoice_panel_class_init (WattleInvoicePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_invoice_panel_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/billing/invoice-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleInvoicePanel, balance);
  gtk_widget_class_bind_template_child (widget_class, WattleInvoicePanel, about);
  gtk_widget_class_bind_template_child (widget_class, WattleInvoicePanel, status);
  gtk_widget_class_bind_template_child (widget_class, WattleInvoicePanel, issue);
  gtk_widget_class_bind_template_child (widget_class, WattleInvoicePanel, pay);
  gtk_widget_class_bind_template_child (widget_class, WattleInvoicePanel, write_off);
  gtk_widget_class_bind_template_child (widget_class, WattleInvoicePanel, payments_frame);
  gtk_widget_class_bind_template_child (widget_class, WattleInvoicePanel, payments);
  gtk_widget_class_bind_template_callback (widget_class, pay_cb);
  gtk_widget_class_bind_template_callback (widget_class, issue_cb);
  gtk_widget_class_bind_template_callback (widget_class, write_off_cb);
  gtk_widget_class_bind_template_callback (widget_class, payment_activated_cb);
}

static void
wattle_invoice_panel_init (WattleInvoicePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_invoice_open:
 * @parent: where the person asked
 * @context: the context
 * @invoice_id: which
 *
 * Shows an invoice as it prints, with what is owed on it above.
 */
void
wattle_invoice_open (GtkWidget *parent, WattleContext *context, const char *invoice_id)
{
  WattlePaperWindow *window = wattle_paper_window_new (parent, context);
  WattleInvoicePanel *self = g_object_new (WATTLE_TYPE_INVOICE_PANEL, NULL);

  self->context = g_object_ref (context);
  wattle_paper_window_set_panel (window, GTK_WIDGET (self));
  g_signal_connect_object (window, "paper", G_CALLBACK (paper_cb), self, 0);
  wattle_paper_window_show_work (window, wattle_paper_invoice, g_variant_new ("(ss)", invoice_id, ""),
                                 WATTLE_PAPER_INVOICE_READS);
  gtk_window_present (GTK_WINDOW (window));
}
