/* visit-code-dialog.c: somebody who was invited to a video visit types the code, or pastes the link
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/start/visit-code-dialog.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/telehealth/call-open.h"
#include "app/telehealth/guest-pass.h"
#include "app/widgets/accessible.h"

#define WATTLE_TYPE_VISIT_CODE_DIALOG (wattle_visit_code_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleVisitCodeDialog, wattle_visit_code_dialog, WATTLE, VISIT_CODE_DIALOG, AdwWindow)

struct _WattleVisitCodeDialog
{
  AdwWindow parent;
  GCancellable *cancellable;
  WattleGuestLink *link; /* (nullable): that the server is asked about, by @pass */
  WattleGuestPass *pass;
  GtkEditable *code;
  GtkEditable *address;
  GtkWidget *join;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (WattleVisitCodeDialog, wattle_visit_code_dialog, ADW_TYPE_WINDOW)

static void
show_problem (WattleVisitCodeDialog *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), sentence != NULL);
}

static void
forget_link (WattleVisitCodeDialog *self)
{
  g_clear_pointer (&self->pass, wattle_guest_pass_unref);
  g_clear_pointer (&self->link, wattle_guest_link_free);
}

/* Nothing is used up by looking: a code that is wrong is said here, and can be mended here. */
static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleVisitCodeDialog) self = data;
  g_autoptr (GError) error = NULL;

  if (self->pass == NULL)
    return;
  if (!wattle_guest_pass_finish (self->pass, result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        show_problem (self, error->message);
      gtk_widget_set_sensitive (self->join, TRUE);
      forget_link (self);
      return;
    }
  wattle_call_open_guest (gtk_window_get_application (GTK_WINDOW (self)), self->link);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
join_cb (WattleVisitCodeDialog *self)
{
  g_autoptr (GError) error = NULL;

  if (self->link != NULL)
    return;
  self->link =
    wattle_guest_link_parse_typed (gtk_editable_get_text (self->code), gtk_editable_get_text (self->address), &error);
  show_problem (self, error != NULL ? error->message : NULL);
  if (self->link == NULL)
    return;
  gtk_widget_set_sensitive (self->join, FALSE);
  self->pass = wattle_guest_pass_new (self->link);
  wattle_guest_pass_look_async (self->pass, self->cancellable, looked_cb, g_object_ref (self));
}

/* A link says itself where it leads. */
static void
typed_cb (WattleVisitCodeDialog *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->address), !wattle_guest_link_is_link (gtk_editable_get_text (self->code)));
  show_problem (self, NULL);
}

static void
wattle_visit_code_dialog_dispose (GObject *object)
{
  WattleVisitCodeDialog *self = WATTLE_VISIT_CODE_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  forget_link (self);
  G_OBJECT_CLASS (wattle_visit_code_dialog_parent_class)->dispose (object);
}

static void
wattle_visit_code_dialog_class_init (WattleVisitCodeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_visit_code_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/start/visit-code-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleVisitCodeDialog, code);
  gtk_widget_class_bind_template_child (widget_class, WattleVisitCodeDialog, address);
  gtk_widget_class_bind_template_child (widget_class, WattleVisitCodeDialog, join);
  gtk_widget_class_bind_template_child (widget_class, WattleVisitCodeDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, join_cb);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
}

static void
wattle_visit_code_dialog_init (WattleVisitCodeDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
}

static void
open_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkApplication *application = data;
  WattleContext *context = g_object_get_data (G_OBJECT (action), "wattle-context");
  g_autofree char *server = g_settings_get_string (wattle_context_settings (context), "server-url");
  WattleVisitCodeDialog *self = g_object_new (WATTLE_TYPE_VISIT_CODE_DIALOG, "application", application,
                                              "transient-for", gtk_application_get_active_window (application), NULL);

  gtk_editable_set_text (self->address, server);
  gtk_window_present (GTK_WINDOW (self));
}

/**
 * wattle_visit_code_add_actions:
 * @application: the application
 * @context: the context
 *
 * Adds "app.visit-code".
 */
void
wattle_visit_code_add_actions (GtkApplication *application, WattleContext *context)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new ("visit-code", NULL);

  g_object_set_data_full (G_OBJECT (action), "wattle-context", g_object_ref (context), g_object_unref);
  g_signal_connect_object (action, "activate", G_CALLBACK (open_action), application, 0);
  g_action_map_add_action (G_ACTION_MAP (application), G_ACTION (action));
}
