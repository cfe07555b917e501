/* task-dialog.c: asking a patient to do something
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/task-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"

struct _WattleTaskDialog
{
  AdwWindow parent;
  WattleContext *context;
  char *patient;
  GtkEditable *subject;
  GtkEditable *instructions;
  GtkEditable *due;
};

G_DEFINE_FINAL_TYPE (WattleTaskDialog, wattle_task_dialog, ADW_TYPE_WINDOW)

static gboolean
given_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  if (error == NULL)
    gtk_window_close (GTK_WINDOW (widget));
  return FALSE;
}

static void
set_text (WattleRecord *task, WattleFieldId field, GtkEditable *from)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (from)));

  if (*text != '\0')
    wattle_record_set_string (task, field, text);
}

static void
give_cb (WattleTaskDialog *self)
{
  g_autoptr (WattleRecord) task = wattle_record_new (WATTLE_RECORD_TASK);
  const char *typed = gtk_editable_get_text (self->due);
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  g_autofree char *args = NULL;
  gint64 due;

  wattle_record_set_string (task, WATTLE_TASK_PATIENT, self->patient);
  wattle_record_set_integer (task, WATTLE_TASK_STATUS, WATTLE_TASK_STATUS_OPEN);
  set_text (task, WATTLE_TASK_TITLE, self->subject);
  set_text (task, WATTLE_TASK_INSTRUCTIONS, self->instructions);
  if (*typed != '\0')
    {
      if (!wattle_date_parse_typed (typed, wattle_context_today (self->context), &due, &error))
        {
          wattle_toast (GTK_WIDGET (self), error->message);
          gtk_widget_grab_focus (GTK_WIDGET (self->due));
          return;
        }
      wattle_record_set_integer (task, WATTLE_TASK_DUE_DATE, due);
    }
  json = wattle_record_to_json (task);
  args = g_strdup_printf ("{\"task\":%s}", json);
  wattle_perform (GTK_WIDGET (self), self->context, "task.give", args, given_cb, NULL);
}

static void
wattle_task_dialog_dispose (GObject *object)
{
  WattleTaskDialog *self = WATTLE_TASK_DIALOG (object);

  g_clear_object (&self->context);
  g_clear_pointer (&self->patient, g_free);
  G_OBJECT_CLASS (wattle_task_dialog_parent_class)->dispose (object);
}

static void
wattle_task_dialog_class_init (WattleTaskDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_task_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/patients/task-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleTaskDialog, subject);
  gtk_widget_class_bind_template_child (widget_class, WattleTaskDialog, instructions);
  gtk_widget_class_bind_template_child (widget_class, WattleTaskDialog, due);
  gtk_widget_class_bind_template_callback (widget_class, give_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wattle_task_dialog_init (WattleTaskDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
}

/**
 * wattle_task_dialog_open:
 * @parent: a widget of the window over which it opens
 * @context: the context
 * @patient: id of who is asked
 */
void
wattle_task_dialog_open (GtkWidget *parent, WattleContext *context, const char *patient)
{
  WattleTaskDialog *self = g_object_new (WATTLE_TYPE_TASK_DIALOG, "transient-for", gtk_widget_get_root (parent), NULL);

  self->context = g_object_ref (context);
  self->patient = g_strdup (patient);
  gtk_window_present (GTK_WINDOW (self));
}
