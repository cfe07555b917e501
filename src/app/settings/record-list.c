/* record-list.c: the records of one type, to add, change and remove
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/record-list.h"

#include <glib/gi18n-lib.h>

#include "app/settings/record-list-view.h"

#define WATTLE_TYPE_RECORD_LIST (wattle_record_list_get_type ())
G_DECLARE_FINAL_TYPE (WattleRecordList, wattle_record_list, WATTLE, RECORD_LIST, AdwWindow)

struct _WattleRecordList
{
  AdwWindow parent;
  WattleRecordListView *view;
  GtkWidget *add;
  AdwBin *bin;
};

G_DEFINE_FINAL_TYPE (WattleRecordList, wattle_record_list, ADW_TYPE_WINDOW)

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wattle_record_list_view_add (WATTLE_RECORD_LIST (widget)->view);
}

static void
wattle_record_list_class_init (WattleRecordListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/record-list.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleRecordList, add);
  gtk_widget_class_bind_template_child (widget_class, WattleRecordList, bin);
  gtk_widget_class_install_action (widget_class, "list.add", NULL, add_action);
}

static void
wattle_record_list_init (WattleRecordList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_record_list_open:
 * @widget: where the person asked
 * @context: the context
 * @type: of which records
 */
void
wattle_record_list_open (GtkWidget *widget, WattleContext *context, WattleRecordType type)
{
  WattleRecordList *self = g_object_new (WATTLE_TYPE_RECORD_LIST, "transient-for", gtk_widget_get_root (widget),
                                         "title", _(wattle_type_get (type)->plural), NULL);
  g_autofree char *verb = g_strdup_printf (_("New %s"), _(wattle_type_get (type)->singular));

  self->view = WATTLE_RECORD_LIST_VIEW (wattle_record_list_view_new (context, type));
  adw_bin_set_child (self->bin, GTK_WIDGET (self->view));
  gtk_widget_set_tooltip_text (self->add, verb);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add), GTK_ACCESSIBLE_PROPERTY_LABEL, verb, -1);
  gtk_window_present (GTK_WINDOW (self));
}
