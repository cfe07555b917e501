/* invitation.c: a link into the room of a visit was opened with the program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/start/invitation.h"

#include <glib/gi18n-lib.h>

#include "app/telehealth/call-window.h"
#include "app/widgets/feedback.h"

typedef struct
{
  GtkWidget *window; /* weak */
  WattleGuestLink *link;
} Invitation;

static void
invitation_free (gpointer data, GClosure *closure)
{
  Invitation *self = data;

  g_clear_weak_pointer (&self->window);
  wattle_guest_link_free (self->link);
  g_free (self);
}

static void
accepted_cb (Invitation *self)
{
  if (self->window != NULL)
    wattle_call_open_guest (gtk_window_get_application (GTK_WINDOW (self->window)), self->link);
}

static void
ask (GtkWidget *widget, WattleGuestLink *link, gboolean known)
{
  Invitation *self = g_new0 (Invitation, 1);
  g_autofree char *body =
    known ? g_strdup_printf (_("The link leads to your practice, %s. Camera and microphone stay off until you turn "
                                "them on."),
                             link->host)
          : g_strdup_printf (_("The link leads to %s, where this Wattle has never been. Go on only if you expect an "
                                "invitation from there. Nothing was sent yet."),
                             link->host);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (widget), _("Join a Video Visit?"), body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  g_set_weak_pointer (&self->window, widget);
  self->link = link;
  adw_message_dialog_add_responses (message, "cancel", _("_Cancel"), "join", known ? _("_Join") : _("_Go On"), NULL);
  adw_message_dialog_set_response_appearance (message, "join", known ? ADW_RESPONSE_SUGGESTED : ADW_RESPONSE_DEFAULT);
  adw_message_dialog_set_default_response (message, known ? "join" : "cancel");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_data (dialog, "response::join", G_CALLBACK (accepted_cb), self, invitation_free, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * wattle_invitation_open:
 * @widget: the window
 * @context: the context
 * @text: the link, from anybody
 *
 * Refuses what is no invitation with a sentence. Asks the person before anything is sent, with other words where the
 * server is not the one that this program is used with.
 */
void
wattle_invitation_open (GtkWidget *widget, WattleContext *context, const char *text)
{
  g_autofree char *known = g_settings_get_string (wattle_context_settings (context), "server-url");
  g_autoptr (GError) error = NULL;
  WattleGuestLink *link = wattle_guest_link_parse (text, &error);

  if (link == NULL)
    wattle_show_error (widget, error);
  else
    ask (widget, link, g_ascii_strcasecmp (known, link->server) == 0);
}
