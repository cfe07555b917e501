/* code-dialog.c: asks the server for a code that is handed to a person, and shows it once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/code-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/feedback.h"

/* What is shown, until the dialog is closed: nothing of it is kept. */
typedef struct
{
  GtkWidget *widget;
  gboolean invitation;
} Asked;

static void
asked_free (Asked *self)
{
  g_clear_object (&self->widget);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static void
copy_cb (GtkWidget *dialog, const char *response, GtkLabel *shown)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (dialog), gtk_label_get_label (shown));
}

static void
show (GtkWidget *widget, const char *heading, const char *body, const char *text)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  GtkWidget *shown = gtk_label_new (text);

  gtk_label_set_selectable (GTK_LABEL (shown), TRUE);
  gtk_label_set_wrap (GTK_LABEL (shown), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (shown), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (shown), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (shown, "title-4");
  gtk_widget_add_css_class (shown, "numeric");
  adw_message_dialog_set_extra_child (message, shown);
  adw_message_dialog_add_response (message, "close", _("_Close"));
  adw_message_dialog_add_response (message, "copy", _("C_opy and Close"));
  adw_message_dialog_set_response_appearance (message, "copy", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "copy");
  adw_message_dialog_set_close_response (message, "close");
  g_signal_connect_object (dialog, "response::copy", G_CALLBACK (copy_cb), shown, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The link, as far as the server knows its public name; with the code, which is typed where no link opens. */
static char *
invitation_text (WattleClient *client, WattleJsonNode root)
{
  const char *link = wattle_json_member_string (root, "link");
  const char *path = wattle_json_member_string (root, "path");
  g_autofree char *made =
    link == NULL ? g_strconcat (wattle_client_server_url (client), path != NULL ? path : "", NULL) : g_strdup (link);

  return g_strdup_printf ("%s\n%s", made, wattle_json_member_string (root, "code"));
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);

  if (gtk_widget_get_root (asked->widget) == NULL)
    return;
  if (answer == NULL)
    {
      wattle_show_error (asked->widget, error);
      return;
    }
  if (asked->invitation)
    {
      wattle_code_dialog_show_invitation (
        asked->widget, WATTLE_CLIENT (source), _("Invitation"),
        _("Give the link to the person, and to nobody else. It works once, for three days; an earlier one has ended. A "
           "patient is asked for the date of birth."),
        wattle_json_root (answer));
      return;
    }
  show (asked->widget, _("Code for a New Device"),
        _("On the new computer choose “I Have a Device Code” before the first sign-in. It works once, within a day, "
           "and only together with this person's password."),
        wattle_json_member_string (wattle_json_root (answer), "code"));
}

static void
ask (GtkWidget *widget, WattleContext *context, const char *path, const char *body, gboolean invitation)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->widget = g_object_ref (widget);
  asked->invitation = invitation;
  wattle_client_call_async (wattle_context_client (context), "POST", path, body, NULL, answered_cb, asked);
}

/**
 * wattle_code_dialog_device:
 * @widget: where somebody asked, whose window stays under the dialog
 * @context: the context
 * @user: whose new device need not wait for approval
 */
void
wattle_code_dialog_device (GtkWidget *widget, WattleContext *context, const char *user)
{
  g_autofree char *body = g_strdup_printf ("{\"user\":\"%s\"}", user);

  ask (widget, context, "/devices/codes", body, FALSE);
}

/**
 * wattle_code_dialog_invite:
 * @widget: where somebody asked, whose window stays under the dialog
 * @context: the context
 * @user: who is invited; known to the server
 */
void
wattle_code_dialog_invite (GtkWidget *widget, WattleContext *context, const char *user)
{
  g_autofree char *path = g_strdup_printf ("/users/%s/invitation", user);

  ask (widget, context, path, "{}", TRUE);
}

/**
 * wattle_code_dialog_show_invitation:
 * @widget: where somebody asked, whose window stays under the dialog
 * @client: the one that the server answered
 * @heading: of the dialog
 * @body: what to do with it
 * @invitation: the answer of the server, with a link or a path, and a code
 *
 * Shows a link and its code, which are copied from here or written down.
 */
void
wattle_code_dialog_show_invitation (
  GtkWidget *widget, WattleClient *client, const char *heading, const char *body, WattleJsonNode invitation)
{
  g_autofree char *text = invitation_text (client, invitation);

  show (widget, heading, body, text);
}
