/* chart-actions.c: actions of the application that open a chart where something is done
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/chart-actions.h"

#include "app/billing/invoice-panel.h"
#include "app/patients/patient-window.h"
#include "app/widgets/feedback.h"

#define CONTEXT "wattle-context"

static gpointer
read_record (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  guint type;
  const char *id;

  g_variant_get (data, "(u&s)", &type, &id);
  return wattle_reader_get (wattle_transaction_reader (transaction), type, id, error);
}

static void
read_cb (gpointer owner, gpointer result, const GError *error)
{
  GtkApplication *application = owner;
  WattleContext *context = g_object_get_data (owner, CONTEXT);
  WattleRecord *record = result;
  WattlePatientWindow *window;

  if (error != NULL)
    {
      wattle_show_error (GTK_WIDGET (gtk_application_get_active_window (application)), error);
      return;
    }
  window = wattle_patient_window_open (application, context, wattle_record_scope_id (record));
  wattle_patient_window_show_page (window, "notes", wattle_record_type (record)->id, wattle_record_id (record));
}

static void
open_note (GtkApplication *application, WattleRecordType type, GVariant *parameter)
{
  WattleContext *context = g_object_get_data (G_OBJECT (application), CONTEXT);

  wattle_context_load (context, read_record, g_variant_new ("(us)", type, g_variant_get_string (parameter, NULL)),
                       g_object_unref, NULL, application, read_cb);
}

static void
write_note_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  open_note (data, WATTLE_RECORD_APPOINTMENT, parameter);
}

static void
note_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  open_note (data, WATTLE_RECORD_PROGRESS_NOTE, parameter);
}

static void
invoice_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleContext *context = g_object_get_data (data, CONTEXT);
  GtkWindow *window = gtk_application_get_active_window (data);

  if (window != NULL && wattle_context_is_ready (context))
    wattle_invoice_open (GTK_WIDGET (window), context, g_variant_get_string (parameter, NULL));
}

/* What the palette or a list opens by its type. */
static void
open_record_cb (WattleContext *context, guint type, const char *id, GActionGroup *application)
{
  if (type == WATTLE_RECORD_PROGRESS_NOTE)
    g_action_group_activate_action (application, "note", g_variant_new_string (id));
  else if (type == WATTLE_RECORD_INVOICE)
    g_action_group_activate_action (application, "invoice", g_variant_new_string (id));
}

/**
 * wattle_chart_actions_add:
 * @application: the application
 * @context: the context
 */
void
wattle_chart_actions_add (GtkApplication *application, WattleContext *context)
{
  static const GActionEntry actions[] = {
    { "write-note", write_note_action, "s" },
    { "note", note_action, "s" },
    { "invoice", invoice_action, "s" },
  };

  g_object_set_data_full (G_OBJECT (application), CONTEXT, g_object_ref (context), g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  g_signal_connect_object (context, "open-record", G_CALLBACK (open_record_cb), application, 0);
}
