/* hint-row.c: what stands in a list that has nothing, or more than it shows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/hint-row.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/row-layout.h"

struct _WattleHintRow
{
  AdwActionRow parent;
  GtkImage *icon;
};

G_DEFINE_FINAL_TYPE (WattleHintRow, wattle_hint_row, ADW_TYPE_ACTION_ROW)

static void
wattle_hint_row_class_init (WattleHintRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/widgets/hint-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleHintRow, icon);
}

static void
wattle_hint_row_init (WattleHintRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_row_layout_use (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (self)));
}

/**
 * wattle_hint_row_new:
 * @icon: symbolic icon
 * @title: a few words
 * @subtitle: (nullable): what to do
 *
 * Returns: (transfer floating): the row; connect "activated" when it leads somewhere
 */
GtkWidget *
wattle_hint_row_new (const char *icon, const char *title, const char *subtitle)
{
  WattleHintRow *self = g_object_new (WATTLE_TYPE_HINT_ROW, "title", title, "subtitle", subtitle, NULL);

  gtk_image_set_from_icon_name (self->icon, icon);
  return GTK_WIDGET (self);
}

/**
 * wattle_hint_row_new_more:
 * @more: rows that are not shown yet
 *
 * Returns: (transfer floating): the row below a list, which shows them when it is activated
 */
GtkWidget *
wattle_hint_row_new_more (guint more)
{
  g_autofree char *title = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Show %u more", "Show %u more", more), more);
  GtkWidget *row = wattle_hint_row_new ("view-more-symbolic", title, NULL);

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}
