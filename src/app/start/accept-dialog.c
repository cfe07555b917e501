/* accept-dialog.c: somebody who was invited opens their account
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/start/accept-dialog.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/start/server-call.h"
#include "app/widgets/accessible.h"
#include "base/civil.h"
#include "base/civil-text.h"

#define LINK "/invite/"

#define WATTLE_TYPE_ACCEPT_DIALOG (wattle_accept_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleAcceptDialog, wattle_accept_dialog, WATTLE, ACCEPT_DIALOG, AdwWindow)

struct _WattleAcceptDialog
{
  AdwWindow parent;
  GtkWidget *asker; /* (nullable) */
  WattleAccepted accepted;
  char *server;
  GCancellable *cancellable;
  GtkEditable *secret;
  GtkEditable *born;
  GtkEditable *new;
  GtkEditable *again;
  GtkWidget *open;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (WattleAcceptDialog, wattle_accept_dialog, ADW_TYPE_WINDOW)

static void
show_problem (WattleAcceptDialog *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleAcceptDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_server_call_finish (result, &error);
  WattleJsonNode root;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_sensitive (self->open, TRUE);
  if (answer == NULL)
    {
      show_problem (self, error->message);
      return;
    }
  root = wattle_json_root (answer);
  if (self->asker != NULL)
    self->accepted (self->asker, wattle_json_member_string (root, "login"),
                    g_strcmp0 (wattle_json_member_string (root, "status"), "active") == 0);
  gtk_window_destroy (GTK_WINDOW (self));
}

static gint64
today (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gint64 date = 0;

  wattle_date_from_ymd (g_date_time_get_year (now), g_date_time_get_month (now), g_date_time_get_day_of_month (now),
                        &date);
  return date;
}

/* The link, as it came by mail, or the code that was read out. */
static char *
secret_of (WattleAcceptDialog *self)
{
  const char *typed = gtk_editable_get_text (self->secret);
  const char *link = strstr (typed, LINK);

  return g_strstrip (g_strdup (link != NULL ? link + strlen (LINK) : typed));
}

static void
send_it (WattleAcceptDialog *self, const char *secret, const char *born)
{
  g_autoptr (GString) body = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (body);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "secret", secret);
  if (born != NULL)
    wattle_json_pair_string (&writer, "date_of_birth", born);
  wattle_json_pair_string (&writer, "password", gtk_editable_get_text (self->new));
  wattle_json_end_object (&writer);
  gtk_widget_set_sensitive (self->open, FALSE);
  wattle_server_call_async (self->server, "POST", "/v1/invitations/accept", body->str, self->cancellable, answered_cb,
                            g_object_ref (self));
}

static void
open_cb (WattleAcceptDialog *self)
{
  g_autofree char *secret = secret_of (self);
  g_autofree char *born = NULL;
  const char *typed = gtk_editable_get_text (self->born);
  gint64 date;

  if (*secret == '\0')
    show_problem (self, _("Type the code, or paste the link, that the practice gave you."));
  else if (*typed != '\0' && !wattle_date_parse_typed (typed, today (), &date, NULL))
    show_problem (self, _("Write the date of birth as day/month/year."));
  else if (*gtk_editable_get_text (self->new) == '\0')
    show_problem (self, _("Choose a password."));
  else if (!g_str_equal (gtk_editable_get_text (self->new), gtk_editable_get_text (self->again)))
    show_problem (self, _("The two new passwords differ."));
  else
    {
      if (*typed != '\0')
        born = wattle_date_format (date);
      send_it (self, secret, born);
    }
}

static void
wattle_accept_dialog_dispose (GObject *object)
{
  WattleAcceptDialog *self = WATTLE_ACCEPT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_weak_pointer (&self->asker);
  g_clear_pointer (&self->server, g_free);
  G_OBJECT_CLASS (wattle_accept_dialog_parent_class)->dispose (object);
}

static void
wattle_accept_dialog_class_init (WattleAcceptDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_accept_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/start/accept-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleAcceptDialog, secret);
  gtk_widget_class_bind_template_child (widget_class, WattleAcceptDialog, born);
  gtk_widget_class_bind_template_child (widget_class, WattleAcceptDialog, new);
  gtk_widget_class_bind_template_child (widget_class, WattleAcceptDialog, again);
  gtk_widget_class_bind_template_child (widget_class, WattleAcceptDialog, open);
  gtk_widget_class_bind_template_child (widget_class, WattleAcceptDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
}

static void
wattle_accept_dialog_init (WattleAcceptDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
}

/**
 * wattle_accept_dialog_open:
 * @widget: where the person asked
 * @server: address of the practice's server
 * @accepted: called when the account is open
 *
 * The invitation is used up by it, once; a password that is refused uses nothing.
 */
void
wattle_accept_dialog_open (GtkWidget *widget, const char *server, WattleAccepted accepted)
{
  WattleAcceptDialog *self =
    g_object_new (WATTLE_TYPE_ACCEPT_DIALOG, "transient-for", gtk_widget_get_root (widget), NULL);

  g_set_weak_pointer (&self->asker, widget);
  self->server = g_strdup (server);
  self->accepted = accepted;
  gtk_window_present (GTK_WINDOW (self));
}
