/* password-dialog.c: changes the person's own password
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/password-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"

struct _WattlePasswordDialog
{
  AdwWindow parent;
  WattleContext *context;
  GtkEditable *old;
  GtkEditable *new;
  GtkEditable *again;
  GtkWidget *save;
  GtkLabel *rules;
  GtkLabel *problem;
  int minimum; /* characters */
};

G_DEFINE_FINAL_TYPE (WattlePasswordDialog, wattle_password_dialog, ADW_TYPE_WINDOW)

static void
show_problem (WattlePasswordDialog *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattlePasswordDialog) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = wattle_client_change_password_finish (WATTLE_CLIENT (source), result, &error);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  gtk_widget_set_sensitive (self->save, TRUE);
  if (!done)
    {
      show_problem (self, error->message);
      return;
    }
  if (parent != NULL)
    wattle_toast (gtk_window_get_focus (parent) != NULL ? gtk_window_get_focus (parent) : GTK_WIDGET (parent),
                  _("Password changed"));
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
save_cb (WattlePasswordDialog *self)
{
  g_autofree char *too_short = NULL;

  if (*gtk_editable_get_text (self->new) == '\0')
    show_problem (self, _("Type a new password."));
  else if (g_utf8_strlen (gtk_editable_get_text (self->new), -1) < self->minimum)
    {
      too_short = g_strdup_printf (_("The new password has %d characters; it needs %d."),
                                   (int) g_utf8_strlen (gtk_editable_get_text (self->new), -1), self->minimum);
      show_problem (self, too_short);
    }
  else if (!g_str_equal (gtk_editable_get_text (self->new), gtk_editable_get_text (self->again)))
    show_problem (self, _("The two new passwords differ."));
  else
    {
      gtk_widget_set_sensitive (self->save, FALSE);
      wattle_client_change_password_async (wattle_context_client (self->context), gtk_editable_get_text (self->old),
                                           gtk_editable_get_text (self->new), changed_cb, g_object_ref (self));
    }
}

static void
wattle_password_dialog_dispose (GObject *object)
{
  WattlePasswordDialog *self = WATTLE_PASSWORD_DIALOG (object);

  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_password_dialog_parent_class)->dispose (object);
}

static void
wattle_password_dialog_class_init (WattlePasswordDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_password_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/password-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordDialog, old);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordDialog, new);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordDialog, again);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordDialog, save);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordDialog, rules);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
wattle_password_dialog_init (WattlePasswordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
}

/**
 * wattle_password_dialog_open:
 * @widget: where the person asked
 * @context: the context
 * @minimum: characters that the practice asks for at least
 *
 * The rules are those of NIST SP 800-63B: length counts, make-up does not, and
 * nothing expires.
 */
void
wattle_password_dialog_open (GtkWidget *widget, WattleContext *context, int minimum)
{
  WattlePasswordDialog *self = g_object_new (WATTLE_TYPE_PASSWORD_DIALOG, "transient-for",
                                             gtk_widget_get_root (widget), NULL);
  g_autofree char *rules =
    g_strdup_printf (_("At least %d characters; longer is better. Digits and signs are not asked for, and a good "
                       "password never runs out. One that is known from a leak is refused.\n\nFour words that do not "
                       "belong together are easy to keep in mind and hard to guess. Your other sessions end."),
                     minimum);

  self->context = g_object_ref (context);
  self->minimum = minimum;
  gtk_label_set_label (self->rules, rules);
  gtk_window_present (GTK_WINDOW (self));
}
