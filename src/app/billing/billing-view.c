/* billing-view.c: the invoices of the practice: what is owed, found by number or patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/billing/billing-view.h"

#include <glib/gi18n-lib.h>

#include "app/billing/billing-data.h"
#include "app/billing/invoice-panel.h"
#include "app/billing/pdf-batch.h"
#include "app/widgets/entry-row.h"
#include "app/widgets/feedback.h"
#include "base/money.h"

struct _WattleBillingView
{
  WattleView parent;
  WattlePdfBatch *batch;
  GCancellable *batch_cancellable;
  guint batch_timer;
  GtkWidget *header_end;
  GtkEditable *search;
  GtkDropDown *filter;
  GtkLabel *owed;
  GtkLabel *overdue;
  GtkListBox *invoices;
  GtkLabel *more;
  GtkWidget *saving;
  GtkLabel *saving_text;
  GtkProgressBar *progress;
};

G_DEFINE_FINAL_TYPE (WattleBillingView, wattle_billing_view, WATTLE_TYPE_VIEW)

static void
show_totals (WattleBillingView *self, const WattleBilling *billing)
{
  g_autofree char *owed = wattle_money_format (billing->owed);
  g_autofree char *overdue = wattle_money_format (billing->overdue);
  g_autofree char *text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s owed on %u invoice",
                                                        "%s owed on %u invoices", billing->n_owed),
                                           owed, billing->n_owed);
  g_autofree char *late = g_strdup_printf (_("%s of it is overdue"), overdue);

  gtk_label_set_label (self->owed, billing->n_owed > 0 ? text : _("Nothing is owed"));
  gtk_label_set_label (self->overdue, billing->overdue > 0 ? late : _("Nothing is overdue"));
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleBillingView *self = owner;
  const WattleBilling *billing = result;
  gboolean searching = *gtk_editable_get_text (self->search) != '\0';
  WattleEntryList list = { .icon = "x-office-spreadsheet-symbolic",
                           .title = searching ? _("No such invoice") : _("No invoices here"),
                           .subtitle = searching ? _("Try a number, or part of a patient's name; or show all invoices.")
                                                 : _("Completing a visit makes its invoice.") };

  if (error != NULL)
    {
      gtk_label_set_label (self->owed, error->message);
      return;
    }
  if (billing->n_all == 0 && wattle_context_is_fetching (wattle_view_context (WATTLE_VIEW (self))))
    {
      list = wattle_entry_list_fetching ();
      gtk_label_set_label (self->owed, list.title);
    }
  else
    show_totals (self, billing);
  wattle_entry_list_fill (self->invoices, billing->entries, 0, &list);
  gtk_widget_set_visible (GTK_WIDGET (self->more), billing->n_all > billing->entries->len);
  if (billing->n_all > billing->entries->len)
    {
      g_autofree char *text = g_strdup_printf (_("The newest %u of %u. Search finds the others."),
                                               billing->entries->len, (guint) billing->n_all);

      gtk_label_set_label (self->more, text);
    }
}

static void
refresh (WattleView *view)
{
  WattleBillingView *self = WATTLE_BILLING_VIEW (view);

  wattle_view_load (view, wattle_billing_read,
                    wattle_billing_arguments (wattle_view_context (view), gtk_drop_down_get_selected (self->filter),
                                              gtk_editable_get_text (self->search)),
                    (GDestroyNotify) wattle_billing_free, loaded_cb);
}

static void
narrowed_cb (WattleBillingView *self)
{
  if (wattle_view_context (WATTLE_VIEW (self)) != NULL)
    wattle_view_refresh (WATTLE_VIEW (self));
}

static void
stop_search_cb (WattleBillingView *self)
{
  gtk_editable_set_text (self->search, "");
}

static void
activated_cb (WattleBillingView *self, GtkListBoxRow *row)
{
  if (WATTLE_IS_ENTRY_ROW (row))
    wattle_invoice_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)),
                         wattle_entry_row_id (WATTLE_ENTRY_ROW (row)));
}

static gboolean
show_progress_cb (gpointer data)
{
  WattleBillingView *self = data;
  g_autofree char *text = NULL;
  int done;
  int all;

  wattle_pdf_batch_count (self->batch, &done, &all);
  text = all > 0 ? g_strdup_printf (_("Saving PDFs: %d of %d"), done, all) : g_strdup (_("Counting the invoices…"));
  gtk_label_set_label (self->saving_text, text);
  gtk_progress_bar_set_fraction (self->progress, all > 0 ? (double) done / all : 0);
  return G_SOURCE_CONTINUE;
}

/* What became of a batch, in words: also after it was stopped or failed, since what was written stays. */
static char *
saved_text (int done, int all, gboolean whole)
{
  if (!whole)
    return g_strdup_printf (_("Stopped: %d of %d PDFs are saved"), done, all);
  if (all == 0)
    return g_strdup (_("None of these invoices is issued yet"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d PDF saved", "%d PDFs saved", done), done);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleBillingView) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  int done;
  int all;

  wattle_store_run_finish (WATTLE_STORE (source), result, &error);
  wattle_pdf_batch_count (self->batch, &done, &all);
  g_clear_handle_id (&self->batch_timer, g_source_remove);
  g_clear_pointer (&self->batch, wattle_pdf_batch_unref);
  g_clear_object (&self->batch_cancellable);
  gtk_widget_set_visible (self->saving, FALSE);
  gtk_widget_set_sensitive (self->header_end, TRUE);
  if (error != NULL)
    wattle_show_error (GTK_WIDGET (self), error);
  text = saved_text (done, all, error == NULL);
  wattle_toast (GTK_WIDGET (self), text);
}

static void
save_into (WattleBillingView *self, GFile *folder)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));

  if (self->batch != NULL || !wattle_context_is_ready (context))
    return;
  self->batch =
    wattle_pdf_batch_new (folder, wattle_billing_arguments (context, gtk_drop_down_get_selected (self->filter),
                                                            gtk_editable_get_text (self->search)));
  self->batch_cancellable = g_cancellable_new ();
  self->batch_timer = g_timeout_add (100, show_progress_cb, self);
  show_progress_cb (self);
  gtk_widget_set_visible (self->saving, TRUE);
  gtk_widget_set_sensitive (self->header_end, FALSE);
  wattle_store_run_async (wattle_context_store (context), wattle_pdf_batch_run, wattle_pdf_batch_ref (self->batch),
                          (GDestroyNotify) wattle_pdf_batch_unref, NULL, self->batch_cancellable, saved_cb,
                          g_object_ref (self));
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, WattleBillingView *self)
{
  g_autoptr (GFile) folder
    = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (folder != NULL)
    save_into (self, folder);
  g_object_unref (dialog);
}

static void
save_pdfs_cb (WattleBillingView *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    _("Save the Listed Invoices as PDF"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
    GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Save Here"), _("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
cancel_saving_cb (WattleBillingView *self)
{
  g_cancellable_cancel (self->batch_cancellable);
}

static void
header (WattleView *view, WattleViewHeader *header)
{
  header->end = WATTLE_BILLING_VIEW (view)->header_end;
}

static gboolean
focus_search (WattleView *view)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WATTLE_BILLING_VIEW (view)->search));
}

static void
wattle_billing_view_dispose (GObject *object)
{
  WattleBillingView *self = WATTLE_BILLING_VIEW (object);

  g_cancellable_cancel (self->batch_cancellable);
  g_clear_handle_id (&self->batch_timer, g_source_remove);
  G_OBJECT_CLASS (wattle_billing_view_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/billing/billing-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleBillingView, header_end);
  gtk_widget_class_bind_template_child (widget_class, WattleBillingView, search);
  gtk_widget_class_bind_template_child (widget_class, WattleBillingView, filter);
  gtk_widget_class_bind_template_child (widget_class, WattleBillingView, owed);
  gtk_widget_class_bind_template_child (widget_class, WattleBillingView, overdue);
  gtk_widget_class_bind_template_child (widget_class, WattleBillingView, invoices);
  gtk_widget_class_bind_template_child (widget_class, WattleBillingView, more);
  gtk_widget_class_bind_template_child (widget_class, WattleBillingView, saving);
  gtk_widget_class_bind_template_child (widget_class, WattleBillingView, saving_text);
  gtk_widget_class_bind_template_child (widget_class, WattleBillingView, progress);
  gtk_widget_class_bind_template_callback (widget_class, narrowed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_pdfs_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_saving_cb);
}

static void
wattle_billing_view_class_init (WattleBillingViewClass *klass)
{
  WattleViewClass *view_class = WATTLE_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_billing_view_dispose;
  bind_template (GTK_WIDGET_CLASS (klass));
  view_class->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_INVOICE);
  view_class->refresh = refresh;
  view_class->header = header;
  view_class->focus_search = focus_search;
}

static void
wattle_billing_view_init (WattleBillingView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
