/* profile-dialog.c: the person's own name and address
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/profile-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/feedback.h"

struct _WattleProfileDialog
{
  AdwWindow parent;
  WattleContext *context;
  WattleRecord *user;
  GtkEditable *name;
  GtkEditable *email;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (WattleProfileDialog, wattle_profile_dialog, ADW_TYPE_WINDOW)

static void
show_problem (WattleProfileDialog *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static gboolean
saved_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  if (error != NULL)
    show_problem (WATTLE_PROFILE_DIALOG (widget), error->message);
  else
    gtk_window_destroy (GTK_WINDOW (widget));
  return TRUE;
}

static void
save_cb (WattleProfileDialog *self)
{
  g_autoptr (WattleRecord) after = wattle_record_copy (self->user);
  g_autoptr (GError) error = NULL;
  g_autofree char *changes = NULL;
  g_autofree char *args = NULL;

  if (!wattle_record_set_from_text (after, WATTLE_USER_DISPLAY_NAME, gtk_editable_get_text (self->name), &error)
      || !wattle_record_set_from_text (after, WATTLE_USER_EMAIL, gtk_editable_get_text (self->email), &error))
    {
      show_problem (self, error->message);
      return;
    }
  changes = wattle_record_diff (self->user, after);
  args = g_strdup_printf ("{\"changes\":%s}", changes);
  wattle_perform (GTK_WIDGET (self), self->context, "user.change_profile", args, saved_cb, NULL);
}

static void
wattle_profile_dialog_dispose (GObject *object)
{
  WattleProfileDialog *self = WATTLE_PROFILE_DIALOG (object);

  g_clear_object (&self->context);
  g_clear_object (&self->user);
  G_OBJECT_CLASS (wattle_profile_dialog_parent_class)->dispose (object);
}

static void
wattle_profile_dialog_class_init (WattleProfileDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_profile_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/profile-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleProfileDialog, name);
  gtk_widget_class_bind_template_child (widget_class, WattleProfileDialog, email);
  gtk_widget_class_bind_template_child (widget_class, WattleProfileDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
wattle_profile_dialog_init (WattleProfileDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_profile_dialog_open:
 * @widget: where the person asked
 * @context: the context
 */
void
wattle_profile_dialog_open (GtkWidget *widget, WattleContext *context)
{
  WattleProfileDialog *self = g_object_new (WATTLE_TYPE_PROFILE_DIALOG, "transient-for",
                                            gtk_widget_get_root (widget), NULL);
  const char *name;
  const char *email;

  self->context = g_object_ref (context);
  self->user = g_object_ref (wattle_context_user (context));
  name = wattle_record_get_string (self->user, WATTLE_USER_DISPLAY_NAME);
  email = wattle_record_get_string (self->user, WATTLE_USER_EMAIL);
  gtk_editable_set_text (self->name, name != NULL ? name : "");
  gtk_editable_set_text (self->email, email != NULL ? email : "");
  gtk_window_present (GTK_WINDOW (self));
}
