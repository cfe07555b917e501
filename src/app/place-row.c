/* place-row.c: a place in the sidebar
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/place-row.h"

#include <glib/gi18n-lib.h>

struct _WattlePlaceRow
{
  GtkListBoxRow parent;
  const WattlePlace *place;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *count;
};

G_DEFINE_FINAL_TYPE (WattlePlaceRow, wattle_place_row, GTK_TYPE_LIST_BOX_ROW)

static void
wattle_place_row_class_init (WattlePlaceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/place-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePlaceRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WattlePlaceRow, title);
  gtk_widget_class_bind_template_child (widget_class, WattlePlaceRow, count);
}

static void
wattle_place_row_init (WattlePlaceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_place_row_new:
 * @place: a row of the table of places
 *
 * Returns: (transfer floating): its row in the sidebar
 */
GtkWidget *
wattle_place_row_new (const WattlePlace *place)
{
  WattlePlaceRow *self = g_object_new (WATTLE_TYPE_PLACE_ROW, NULL);

  self->place = place;
  gtk_image_set_from_icon_name (self->icon, place->icon);
  gtk_label_set_label (self->title, _(place->title));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _(place->title), -1);
  return GTK_WIDGET (self);
}

/**
 * wattle_place_row_place:
 * @self: a row
 *
 * Returns: its row of the table
 */
const WattlePlace *
wattle_place_row_place (WattlePlaceRow *self)
{
  return self->place;
}

/**
 * wattle_place_row_set_count:
 * @self: a row
 * @count: how much there is that the person has not seen; 0 shows nothing
 */
void
wattle_place_row_set_count (WattlePlaceRow *self, guint count)
{
  g_autofree char *text = count > 99 ? g_strdup ("99+") : g_strdup_printf ("%u", count);
  g_autofree char *name = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, %u not read", "%s, %u not read", count),
                                           _(self->place->title), count);

  gtk_label_set_label (self->count, text);
  gtk_widget_set_visible (GTK_WIDGET (self->count), count > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  count > 0 ? name : _(self->place->title), -1);
}
