/* record-dialog.c: a dialog that makes or changes one record
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/record-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/feedback.h"
#include "app/widgets/record-form.h"

struct _WattleRecordDialog
{
  AdwWindow parent;
  WattleRecordForm *form;
  WattleRecordSaved saved;
  gpointer saved_data;
  AdwClamp *clamp;
  GtkButton *save;
};

G_DEFINE_FINAL_TYPE (WattleRecordDialog, wattle_record_dialog, ADW_TYPE_WINDOW)

static void
saved_cb (WattleRecord *record, gpointer data)
{
  WattleRecordDialog *self = data;

  if (self->saved != NULL)
    self->saved (record, self->saved_data);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleRecordDialog *self = WATTLE_RECORD_DIALOG (widget);

  wattle_record_form_save (self->form, G_CALLBACK (saved_cb), self);
}

static void
entered_cb (WattleRecordDialog *self)
{
  gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

static gboolean
close_cb (WattleRecordDialog *self)
{
  if (!wattle_record_form_is_edited (self->form))
    return GDK_EVENT_PROPAGATE;
  wattle_confirm (GTK_WIDGET (self), _("Throw Away What You Typed?"), _("Nothing of it has been saved."),
                  _("_Throw Away"), TRUE, G_CALLBACK (gtk_window_destroy), self);
  return GDK_EVENT_STOP;
}

static void
wattle_record_dialog_class_init (WattleRecordDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/widgets/record-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleRecordDialog, clamp);
  gtk_widget_class_bind_template_child (widget_class, WattleRecordDialog, save);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_install_action (widget_class, "record.save", NULL, save_action);
}

static void
wattle_record_dialog_init (WattleRecordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
open_dialog (GtkWidget *widget, WattleContext *context, WattleRecordType type, WattleRecord *record,
             gboolean new, WattleRecordSaved saved, gpointer data)
{
  WattleRecordDialog *self = g_object_new (WATTLE_TYPE_RECORD_DIALOG, "transient-for",
                                           gtk_widget_get_root (widget), NULL);
  const char *what = _(wattle_type_get (type)->singular);
  g_autofree char *title = g_strdup_printf (new ? _("New %s") : _("Edit %s"), what);

  self->saved = saved;
  self->saved_data = data;
  self->form = WATTLE_RECORD_FORM (wattle_record_form_new (context, type));
  g_signal_connect_swapped (self->form, "entered", G_CALLBACK (entered_cb), self);
  adw_clamp_set_child (self->clamp, GTK_WIDGET (self->form));
  if (record != NULL)
    wattle_record_form_set_record (self->form, record);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_child_focus (GTK_WIDGET (self->form), GTK_DIR_TAB_FORWARD);
}

/**
 * wattle_record_dialog_open:
 * @widget: where the person asked
 * @context: the context
 * @type: what is made or changed
 * @record: (nullable): what is changed; a new one is made when %NULL
 * @saved: (nullable): told when it is safe on this disk; must outlive the dialog's window
 * @data: for @saved
 */
void
wattle_record_dialog_open (GtkWidget *widget,
                           WattleContext *context,
                           WattleRecordType type,
                           WattleRecord *record,
                           WattleRecordSaved saved,
                           gpointer data)
{
  open_dialog (widget, context, type, record, record == NULL, saved, data);
}

/**
 * wattle_record_dialog_open_new:
 * @widget: where the person asked
 * @context: the context
 * @start: a record that was never kept, with an id, and values to begin with
 * @saved: (nullable): told when it is safe on this disk
 * @data: for @saved
 */
void
wattle_record_dialog_open_new (GtkWidget *widget,
                               WattleContext *context,
                               WattleRecord *start,
                               WattleRecordSaved saved,
                               gpointer data)
{
  open_dialog (widget, context, wattle_record_type (start)->id, start, TRUE, saved, data);
}
