/* payment-dialog.c: taking money towards an invoice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/billing/payment-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/papers/open-paper.h"
#include "app/papers/paper-window.h"
#include "app/patients/chart-data.h"
#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "app/widgets/form-row.h"
#include "base/error.h"
#include "base/id.h"
#include "base/money.h"

static const WattleFieldId fields[] = { WATTLE_PAYMENT_AMOUNT, WATTLE_PAYMENT_METHOD, WATTLE_PAYMENT_REFERENCE };

struct _WattlePaymentDialog
{
  AdwWindow parent;
  WattleContext *context;
  GWeakRef widget;
  WattleRecord *invoice;
  WattleRecord *payment;
  GtkLabel *about;
  GtkListBox *form;
  WattleFormRow *rows[G_N_ELEMENTS (fields)];
  GtkWidget *overpay_row;
  GtkSwitch *overpay;
  GtkWidget *record;
};

G_DEFINE_FINAL_TYPE (WattlePaymentDialog, wattle_payment_dialog, ADW_TYPE_WINDOW)

static gboolean
show_problem (WattlePaymentDialog *self, const GError *error)
{
  const char *name = error != NULL ? wattle_error_get_field (error) : NULL;
  gboolean shown = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      gboolean here = name != NULL && g_str_equal (wattle_field_get (fields[i])->name, name);

      wattle_form_row_set_problem (self->rows[i], here ? error->message : NULL, FALSE);
      shown = shown || here;
    }
  return shown;
}

static gboolean
take (WattlePaymentDialog *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!wattle_form_row_take (self->rows[i], self->payment, error))
      return FALSE;
  return TRUE;
}

/* Only where it is more than the balance does the question arise. */
static void
edited_cb (WattlePaymentDialog *self)
{
  g_autoptr (GError) error = NULL;

  show_problem (self, NULL);
  if (take (self, &error))
    gtk_widget_set_visible (self->overpay_row,
                            wattle_record_get_integer (self->payment, WATTLE_PAYMENT_AMOUNT)
                              > wattle_record_get_integer (self->invoice, WATTLE_INVOICE_BALANCE) + 2);
}

static void
show_receipt (WattlePaymentDialog *self)
{
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&self->widget);
  g_autofree char *money = wattle_money_format (wattle_record_get_integer (self->payment, WATTLE_PAYMENT_AMOUNT));
  g_autofree char *text = g_strdup_printf (_("%s received"), money);
  g_autofree char *undo = g_strdup_printf ("{\"id\":\"%s\",\"reason\":\"%s\"}", wattle_record_id (self->payment),
                                           "Undone straight after it was entered");
  GtkWidget *widget_of_receipt;

  if (widget == NULL)
    return;
  widget_of_receipt = wattle_receipt_open (widget, self->context, wattle_record_id (self->invoice),
                                           wattle_record_id (self->payment));
  wattle_toast_undo (widget_of_receipt, self->context, text, "payment.reverse", undo);
}

static gboolean
performed_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattlePaymentDialog *self = WATTLE_PAYMENT_DIALOG (widget);

  gtk_widget_set_sensitive (self->record, TRUE);
  if (error != NULL)
    return show_problem (self, error);
  show_receipt (self);
  gtk_window_destroy (GTK_WINDOW (self));
  return TRUE;
}

static void
record_cb (WattlePaymentDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  g_autofree char *args = NULL;
  gboolean overpay = gtk_widget_get_visible (self->overpay_row) && gtk_switch_get_active (self->overpay);

  if (!gtk_widget_get_sensitive (self->record))
    return;
  if (!take (self, &error))
    {
      if (!show_problem (self, error))
        wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  json = wattle_record_to_json (self->payment);
  args = g_strdup_printf ("{\"payment\":%s,\"overpay\":%s}", json, overpay ? "true" : "false");
  gtk_widget_set_sensitive (self->record, FALSE);
  wattle_perform (GTK_WIDGET (self), self->context, "payment.record", args, performed_cb, NULL);
}

static void
cancel_cb (WattlePaymentDialog *self)
{
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
fill (WattlePaymentDialog *self)
{
  gint64 balance = wattle_record_get_integer (self->invoice, WATTLE_INVOICE_BALANCE);
  g_autofree char *id = wattle_id_new ();
  g_autofree char *money = wattle_money_format (balance);
  g_autofree char *title = wattle_invoice_title (self->invoice);
  g_autofree char *about = g_strdup_printf (_("%s · %s owed"), title, money);

  gtk_label_set_label (self->about, about);
  self->payment = wattle_record_new (WATTLE_RECORD_PAYMENT);
  wattle_record_set_id (self->payment, id);
  wattle_record_set_string (self->payment, WATTLE_PAYMENT_INVOICE, wattle_record_id (self->invoice));
  wattle_record_set_string (self->payment, WATTLE_PAYMENT_PATIENT, wattle_record_scope_id (self->invoice));
  wattle_record_set_integer (self->payment, WATTLE_PAYMENT_AMOUNT, balance);
  wattle_record_set_integer (self->payment, WATTLE_PAYMENT_METHOD, WATTLE_PAYMENT_METHOD_CARD);
  wattle_record_set_integer (self->payment, WATTLE_PAYMENT_RECEIVED_AT, wattle_context_now (self->context));
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      self->rows[i] = WATTLE_FORM_ROW (wattle_form_row_new (fields[i]));
      wattle_form_row_show (self->rows[i], self->payment);
      g_signal_connect_object (self->rows[i], "edited", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->rows[i], "entered", G_CALLBACK (record_cb), self, G_CONNECT_SWAPPED);
      gtk_list_box_insert (self->form, GTK_WIDGET (self->rows[i]), i);
    }
}

static void
wattle_payment_dialog_dispose (GObject *object)
{
  WattlePaymentDialog *self = WATTLE_PAYMENT_DIALOG (object);

  g_clear_object (&self->context);
  g_clear_object (&self->invoice);
  g_clear_object (&self->payment);
  g_weak_ref_set (&self->widget, NULL);
  G_OBJECT_CLASS (wattle_payment_dialog_parent_class)->dispose (object);
}

static void
wattle_payment_dialog_class_init (WattlePaymentDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_payment_dialog_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/billing/payment-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePaymentDialog, about);
  gtk_widget_class_bind_template_child (widget_class, WattlePaymentDialog, form);
  gtk_widget_class_bind_template_child (widget_class, WattlePaymentDialog, overpay_row);
  gtk_widget_class_bind_template_child (widget_class, WattlePaymentDialog, overpay);
  gtk_widget_class_bind_template_child (widget_class, WattlePaymentDialog, record);
  gtk_widget_class_bind_template_callback (widget_class, record_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wattle_payment_dialog_init (WattlePaymentDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_weak_ref_init (&self->widget, NULL);
  wattle_name_rows (GTK_WIDGET (self));
}

/**
 * wattle_payment_dialog_open:
 * @widget: where the person asked; told of the payment by a toast that can undo it
 * @context: the context
 * @invoice: what is paid
 */
void
wattle_payment_dialog_open (GtkWidget *widget, WattleContext *context, WattleRecord *invoice)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  WattlePaymentDialog *self = g_object_new (WATTLE_TYPE_PAYMENT_DIALOG, "transient-for",
                                            GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL);

  self->context = g_object_ref (context);
  self->invoice = g_object_ref (invoice);
  g_weak_ref_set (&self->widget, widget);
  fill (self);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->rows[0]));
}
