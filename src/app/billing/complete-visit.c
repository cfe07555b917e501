/* complete-visit.c: ending a visit, and showing the invoice that it made
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/billing/complete-visit.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/feedback.h"

typedef struct
{
  WattleContext *context;
  char *appointment;
} Completed;

static void
completed_free (gpointer data)
{
  Completed *self = data;

  g_object_unref (self->context);
  g_free (self->appointment);
  g_free (self);
}

static void
invoice_free (gpointer data)
{
  g_object_unref (data);
}

/* The invoice that a visit was billed with, as the cache has it now. */
static gpointer
find_invoice (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleRecord) visit
    = wattle_reader_get (reader, WATTLE_RECORD_APPOINTMENT, g_variant_get_string (data, NULL), error);
  const char *invoice = visit != NULL ? wattle_record_get_string (visit, WATTLE_APPOINTMENT_INVOICE) : NULL;

  return invoice != NULL ? wattle_reader_get (reader, WATTLE_RECORD_INVOICE, invoice, error) : NULL;
}

static void
found_cb (gpointer owner, gpointer result, const GError *error)
{
  GtkWidget *widget = owner;
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  WattleRecord *invoice = result;
  const char *number = invoice != NULL ? wattle_record_get_string (invoice, WATTLE_INVOICE_NUMBER) : NULL;
  g_autofree char *text = invoice == NULL  ? g_strdup (_("Visit completed; it has no service to bill"))
                          : number != NULL ? g_strdup_printf (_("Visit completed, invoice %s made"), number)
                                           : g_strdup (_("Visit completed, an invoice was made"));
  AdwToast *toast;

  if (overlay == NULL)
    return;
  toast = adw_toast_new (text);
  adw_toast_set_timeout (toast, 10);
  if (invoice != NULL)
    {
      adw_toast_set_button_label (toast, _("_View Invoice"));
      adw_toast_set_action_name (toast, "app.invoice");
      adw_toast_set_action_target (toast, "s", wattle_record_id (invoice));
    }
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

static gboolean
performed_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  Completed *completed = data;

  if (error == NULL)
    wattle_context_load (completed->context, find_invoice, g_variant_new_string (completed->appointment), invoice_free,
                         NULL, widget, found_cb);
  completed_free (completed);
  return FALSE;
}

/**
 * wattle_complete_visit:
 * @widget: a widget that outlives the lists, inside a toast overlay
 * @context: the context
 * @appointment_id: the visit
 *
 * Completes the visit and says which invoice that made, with a button that shows it.
 */
void
wattle_complete_visit (GtkWidget *widget, WattleContext *context, const char *appointment_id)
{
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"}", appointment_id);
  Completed *completed;

  if (!wattle_context_is_ready (context))
    return;
  completed = g_new0 (Completed, 1);
  completed->context = g_object_ref (context);
  completed->appointment = g_strdup (appointment_id);
  wattle_perform (widget, context, "visit.complete", args, performed_cb, completed);
}
