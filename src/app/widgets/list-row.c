/* list-row.c: a row of a long list: title, subtitle, a detail at the end
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/list-row.h"

struct _WattleListRow
{
  AdwBin parent;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkLabel *detail;
};

G_DEFINE_FINAL_TYPE (WattleListRow, wattle_list_row, ADW_TYPE_BIN)

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
wattle_list_row_class_init (WattleListRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/widgets/list-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleListRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WattleListRow, title);
  gtk_widget_class_bind_template_child (widget_class, WattleListRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, WattleListRow, detail);
}

static void
wattle_list_row_init (WattleListRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_list_row_set:
 * @self: the row
 * @icon: (nullable): symbolic icon
 * @title: the first line
 * @subtitle: (nullable): the second line
 * @detail: (nullable): what stands at the end
 *
 * Called when a row is bound: sets text and makes nothing.
 */
void
wattle_list_row_set (WattleListRow *self, const char *icon, const char *title, const char *subtitle, const char *detail)
{
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon != NULL);
  if (icon != NULL)
    gtk_image_set_from_icon_name (self->icon, icon);
  set_label (self->title, title);
  set_label (self->subtitle, subtitle);
  set_label (self->detail, detail);
}
