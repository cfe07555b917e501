/* accessible.c: names for what stands in the rows of a form
 *
 * libadwaita 1.2 gives the text field inside an entry row, and the control at
 * the end of an action row, no name of its own: a screen reader would say
 * "text" and leave it at that.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/accessible.h"

static void
name_controls (GtkWidget *widget, const char *title)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_TEXT (child) || GTK_IS_SWITCH (child) || GTK_IS_DROP_DOWN (child) || GTK_IS_SPIN_BUTTON (child)
          || GTK_IS_TEXT_VIEW (child))
        gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
      if (!GTK_IS_POPOVER (child))
        name_controls (child, title);
    }
}

static void
title_cb (AdwPreferencesRow *row)
{
  const char *title = adw_preferences_row_get_title (row);

  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  name_controls (GTK_WIDGET (row), title);
}

/**
 * wattle_name_rows:
 * @root: any widget
 *
 * Names every row below @root, and the control in it, by the row's title, now
 * and whenever that title changes.
 */
void
wattle_name_rows (GtkWidget *root)
{
  if (ADW_IS_PREFERENCES_ROW (root))
    {
      g_signal_connect (root, "notify::title", G_CALLBACK (title_cb), NULL);
      title_cb (ADW_PREFERENCES_ROW (root));
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    wattle_name_rows (child);
}
