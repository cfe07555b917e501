/* invitation.c: a link into the room of a visit was opened with the program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/start/invitation.h"

#include <glib/gi18n-lib.h>

#include "app/telehealth/call-open.h"
#include "app/widgets/feedback.h"

typedef struct
{
  GtkWidget *window; /* weak */
  WattleGuestLink *link;
  gboolean known; /* the server is the one that this program is used with */
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

/* With other words where the server is not the one that this program is used with. */
static void
ask (Invitation *self)
{
  const char *host = self->link->host;
  g_autofree char *body =
    self->known
      ? g_strdup_printf (_("The link leads to your practice, %s. Camera and microphone stay off until you "
                            "turn them on."),
                         host)
      : g_strdup_printf (_("The link leads to %s, where this Wattle has never been. Go on only if you expect "
                            "an invitation from there. Nothing was sent yet."),
                         host);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self->window), _("Join a Video Visit?"), body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_responses (message, "cancel", _("_Cancel"), "join", self->known ? _("_Join") : _("_Go On"),
                                    NULL);
  adw_message_dialog_set_response_appearance (message, "join",
                                              self->known ? ADW_RESPONSE_SUGGESTED : ADW_RESPONSE_DEFAULT);
  adw_message_dialog_set_default_response (message, self->known ? "join" : "cancel");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_data (dialog, "response::join", G_CALLBACK (accepted_cb), self, invitation_free, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
recalled_cb (GtkApplication *application, gboolean opened, gpointer data)
{
  Invitation *self = data;

  if (opened || self->window == NULL)
    invitation_free (self, NULL);
  else
    ask (self);
}

/**
 * wattle_invitation_open:
 * @widget: the window
 * @context: the context
 * @text: the link, from anybody
 *
 * Refuses what is no invitation with a sentence. Asks the person before anything is sent, unless they have been in that
 * room before.
 */
void
wattle_invitation_open (GtkWidget *widget, WattleContext *context, const char *text)
{
  g_autofree char *known = g_settings_get_string (wattle_context_settings (context), "server-url");
  g_autoptr (GError) error = NULL;
  WattleGuestLink *link = wattle_guest_link_parse (text, &error);
  Invitation *self;

  if (link == NULL)
    {
      wattle_show_error (widget, error);
      return;
    }
  self = g_new0 (Invitation, 1);
  g_set_weak_pointer (&self->window, widget);
  self->link = link;
  self->known = g_ascii_strcasecmp (known, link->server) == 0;
  wattle_call_open_known_guest (gtk_window_get_application (GTK_WINDOW (widget)), link, recalled_cb, self);
}
