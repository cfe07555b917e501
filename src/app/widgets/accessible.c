/* accessible.c: what GTK and libadwaita do not tell a screen reader
 *
 * libadwaita 1.2 gives the text field inside an entry row, and the control at
 * the end of an action row, no name of its own: a screen reader would say
 * "text" and leave it at that.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/accessible.h"

#include <string.h>

static void
name_controls (GtkWidget *widget, const char *title)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_TEXT (child) || GTK_IS_SWITCH (child) || GTK_IS_DROP_DOWN (child) || GTK_IS_SPIN_BUTTON (child)
          || GTK_IS_TEXT_VIEW (child))
        {
          /* A row that works its control labels it too, and the name would be said twice. */
          gtk_accessible_reset_relation (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
          gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
        }
      if (!GTK_IS_POPOVER (child))
        name_controls (child, title);
    }
}

static void
title_cb (AdwPreferencesRow *row)
{
  name_controls (GTK_WIDGET (row), adw_preferences_row_get_title (row));
}

/* Whether a child may be there and out of sight: a page, a side, a bar that is not needed now, or the buttons of a
 * dialog that stand in a row or, where that is too wide, below each other. */
static gboolean
hides_some (GtkWidget *widget)
{
  return GTK_IS_STACK (widget) || ADW_IS_LEAFLET (widget) || ADW_IS_SQUEEZER (widget) || GTK_IS_REVEALER (widget);
}

/* Whether a screen reader shall pass over a page: it is there, and out of sight. */
static void
mark_pages (GtkWidget *pages)
{
  for (GtkWidget *page = gtk_widget_get_first_child (pages); page != NULL; page = gtk_widget_get_next_sibling (page))
    gtk_accessible_update_state (GTK_ACCESSIBLE (page), GTK_ACCESSIBLE_STATE_HIDDEN, !gtk_widget_get_mapped (page), -1);
}

static void
name_without_mnemonic (GtkWidget *widget, const char *label)
{
  g_auto (GStrv) parts = g_strsplit (label, "_", -1);
  g_autofree char *name = g_strjoinv ("", parts);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* GTK 4.8 calls a button "_Book Book": by its label with the mnemonic, and by the label in it once more. A button that
 * was given a name of its own, such as "Revoke" with what, keeps it. */
static void
name_button (GtkButton *button)
{
  g_autofree char *own = gtk_test_accessible_check_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                                             gtk_button_get_label (button));

  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  if (own == NULL)
    name_without_mnemonic (GTK_WIDGET (button), gtk_button_get_label (button));
}

/* GTK 4.18 gives an item of a menu no name, and its class is not public. */
static void
name_menu_item (GtkWidget *item)
{
  g_autofree char *text = NULL;

  g_object_get (item, "text", &text, NULL);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  if (text != NULL)
    name_without_mnemonic (item, text);
}

static gboolean
mapping_cb (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  GtkWidget *widget = g_value_get_object (&values[0]);
  GtkWidget *parent = gtk_widget_get_parent (widget);

  if (hides_some (parent))
    mark_pages (parent);
  if (hides_some (widget) && gtk_widget_get_mapped (widget))
    mark_pages (widget);
  /* A row that was given a name of its own would say its title after it. */
  if (ADW_IS_PREFERENCES_ROW (widget)
      && gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL))
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  if (GTK_IS_BUTTON (widget) && gtk_button_get_use_underline (GTK_BUTTON (widget))
      && gtk_button_get_label (GTK_BUTTON (widget)) != NULL)
    name_button (GTK_BUTTON (widget));
  if (strcmp (G_OBJECT_TYPE_NAME (widget), "GtkModelButton") == 0)
    name_menu_item (widget);
  return TRUE;
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

/**
 * wattle_name_button:
 * @button: a button with a label of its own
 * @name: what a screen reader says instead, such as what it joins
 *
 * Newer GTK says the label first, and a name that was given not at all.
 */
void
wattle_name_button (GtkWidget *button, const char *name)
{
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * wattle_mend_accessibility:
 *
 * GTK 4.8 offers every page of a stack to a screen reader, also those that
 * nobody can see, and reads out the mnemonics of buttons; GTK 4.18 keeps quiet about
 * the items of menus; libadwaita names a row by its title, whatever it was named
 * before. Called once, for all there will be.
 */
void
wattle_mend_accessibility (void)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (GTK_TYPE_WIDGET);

  g_signal_add_emission_hook (g_signal_lookup ("map", GTK_TYPE_WIDGET), 0, mapping_cb, NULL, NULL);
  g_signal_add_emission_hook (g_signal_lookup ("unmap", GTK_TYPE_WIDGET), 0, mapping_cb, NULL, NULL);
}
