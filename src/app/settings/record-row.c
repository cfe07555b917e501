/* record-row.c: a record in the list of its type
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/record-row.h"

#include <glib/gi18n-lib.h>

#include "app/settings/roles-dialog.h"
#include "app/widgets/feedback.h"
#include "app/widgets/record-dialog.h"
#include "app/widgets/view.h"

struct _WattleRecordRow
{
  AdwActionRow parent;
  WattleContext *context;
  WattleRecord *record;
  GtkWidget *remove;
};

G_DEFINE_FINAL_TYPE (WattleRecordRow, wattle_record_row, ADW_TYPE_ACTION_ROW)

static gboolean
removed_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  g_autofree char *args = data;

  if (error == NULL)
    wattle_toast_undo (widget, wattle_view_context (WATTLE_VIEW (widget)), _("Removed"), "record.restore", args);
  return FALSE;
}

static void
remove_cb (WattleRecordRow *self)
{
  GtkWidget *list = gtk_widget_get_ancestor (GTK_WIDGET (self), WATTLE_TYPE_VIEW);
  const char *type = wattle_record_type (self->record)->nick;
  const char *id = wattle_record_id (self->record);
  g_autofree char *args = g_strdup_printf ("{\"type\":\"%s\",\"id\":\"%s\",\"reason\":\"%s\"}", type, id,
                                           "Removed in settings");

  wattle_perform (list, self->context, "record.delete", args, removed_cb,
                  g_strdup_printf ("{\"type\":\"%s\",\"id\":\"%s\"}", type, id));
}

static void
activated_cb (WattleRecordRow *self)
{
  WattleRecordType type = wattle_record_type (self->record)->id;

  if (type == WATTLE_RECORD_USER)
    wattle_roles_dialog_open (GTK_WIDGET (self), self->context, self->record);
  else
    wattle_record_dialog_open (GTK_WIDGET (self), self->context, type, self->record, NULL, NULL);
}

static void
wattle_record_row_dispose (GObject *object)
{
  WattleRecordRow *self = WATTLE_RECORD_ROW (object);

  g_clear_object (&self->context);
  g_clear_object (&self->record);
  G_OBJECT_CLASS (wattle_record_row_parent_class)->dispose (object);
}

static void
wattle_record_row_class_init (WattleRecordRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_record_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/record-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleRecordRow, remove);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
wattle_record_row_init (WattleRecordRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "activated", G_CALLBACK (activated_cb), NULL);
}

/**
 * wattle_record_row_new:
 * @context: the context
 * @record: a record
 * @title: what it is called
 * @subtitle: (nullable): more about it
 *
 * Returns: (transfer floating): its row
 */
GtkWidget *
wattle_record_row_new (WattleContext *context, WattleRecord *record, const char *title, const char *subtitle)
{
  WattleRecordRow *self = g_object_new (WATTLE_TYPE_RECORD_ROW, "title", title, "subtitle", subtitle, NULL);
  g_autofree char *verb = g_strdup_printf (_("Remove %s"), title);

  self->context = g_object_ref (context);
  self->record = g_object_ref (record);
  gtk_widget_set_visible (self->remove, wattle_record_type (record)->id != WATTLE_RECORD_USER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove), GTK_ACCESSIBLE_PROPERTY_LABEL, verb, -1);
  return GTK_WIDGET (self);
}
