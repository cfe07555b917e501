/* guest-dialog.c: asks somebody without an account into a call, by a link
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/guest-dialog.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "app/settings/code-dialog.h"
#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "base/json.h"

static const struct
{
  const char *role;
  const char *label;
} roles[] = {
  { "patient", N_("Patient") },
  { "guardian", N_("Guardian") },
  { "interpreter", N_("Interpreter") },
  { "observer", N_("Observer") },
};

typedef struct
{
  GtkWidget *widget;
  WattleCallSession *session;
  AdwComboRow *role;
  GtkEditable *name;
} Asked;

static void
asked_free (gpointer data, GClosure *closure)
{
  Asked *self = data;

  g_object_unref (self->widget);
  g_object_unref (self->session);
  g_free (self);
}

static void
answered_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (client), result, &error);

  if (gtk_widget_get_root (widget) == NULL)
    return;
  if (answer == NULL)
    wattle_show_error (widget, error);
  else
    wattle_code_dialog_show_invitation (
      widget, WATTLE_CLIENT (client), _("Invitation to the Video Visit"),
      _("Give the link to the person, and to nobody else. It works once, until the visit is over. They come into the "
         "waiting room; the code is for typing where no link opens."),
      wattle_json_root (answer));
}

static void
invite_cb (Asked *self)
{
  WattleClient *client = wattle_context_client (wattle_call_session_context (self->session));
  const char *room = wattle_consult_room (wattle_call_session_consult (self->session));
  g_autofree char *path = g_strdup_printf ("/rooms/%s/guests", room);
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));
  g_autofree char *body = NULL;

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "name", gtk_editable_get_text (self->name));
  wattle_json_pair_string (&writer, "role", roles[adw_combo_row_get_selected (self->role)].role);
  wattle_json_end_object (&writer);
  body = g_string_free (writer.out, FALSE);
  if (client != NULL)
    wattle_client_call_async (client, "POST", path, body, NULL, answered_cb, g_object_ref (self->widget));
}

static void
typed_cb (GtkEditable *name, AdwMessageDialog *dialog)
{
  adw_message_dialog_set_response_enabled (dialog, "invite", *gtk_editable_get_text (name) != '\0');
}

/**
 * wattle_guest_dialog_open:
 * @widget: where somebody asked
 * @session: a call whose room one is in
 *
 * Asks who it is, then shows the link.
 */
void
wattle_guest_dialog_open (GtkWidget *widget, WattleCallSession *session)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));
  GtkWidget *dialog = adw_message_dialog_new (
    window, _("Invite Somebody"), _("A guest needs no account, only the link. You let them in from the waiting room."));
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  GtkWidget *group = adw_preferences_group_new ();
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  Asked *self = g_new0 (Asked, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    gtk_string_list_append (labels, _(roles[i].label));
  self->widget = g_object_ref (widget);
  self->session = g_object_ref (session);
  self->role = g_object_new (ADW_TYPE_COMBO_ROW, "title", _("They are"), "model", labels, NULL);
  self->name = g_object_new (ADW_TYPE_ENTRY_ROW, "title", _("Name"), NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->name));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->role));
  wattle_name_rows (group);
  adw_message_dialog_set_extra_child (message, group);
  adw_message_dialog_add_responses (message, "cancel", _("_Cancel"), "invite", _("Make the _Link"), NULL);
  adw_message_dialog_set_response_appearance (message, "invite", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (message, "invite", FALSE);
  adw_message_dialog_set_default_response (message, "invite");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_object (self->name, "changed", G_CALLBACK (typed_cb), dialog, 0);
  g_signal_connect_data (dialog, "response::invite", G_CALLBACK (invite_cb), self, asked_free, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}
