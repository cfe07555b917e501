/* entry-row.c: a record in a short list: two lines, an amount, how it stands, one thing to do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/entry-row.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"
#include "app/widgets/hint-row.h"
#include "app/widgets/row-layout.h"

struct _WattleEntryRow
{
  AdwActionRow parent;
  char *id;
  int status;
  WattleRecord *record;
  GtkLabel *detail;
  GtkLabel *pill;
  GtkButton *act;
};

enum
{
  ACT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleEntryRow, wattle_entry_row, ADW_TYPE_ACTION_ROW)

static void
act_cb (WattleEntryRow *self)
{
  g_signal_emit (self, signals[ACT], 0);
}

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

/* What a screen reader says of the row: all of it, and nothing that is not there. */
static char *
name_of (const WattleEntry *entry)
{
  const char *parts[] = { entry->subtitle, entry->detail, entry->pill };
  GString *name = g_string_new (entry->title);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL && *parts[i] != '\0')
      g_string_append_printf (name, ", %s", parts[i]);
  return g_string_free (name, FALSE);
}

static void
wattle_entry_row_finalize (GObject *object)
{
  WattleEntryRow *self = WATTLE_ENTRY_ROW (object);

  g_free (self->id);
  g_clear_object (&self->record);
  G_OBJECT_CLASS (wattle_entry_row_parent_class)->finalize (object);
}

static void
wattle_entry_row_class_init (WattleEntryRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_entry_row_finalize;
  signals[ACT] = g_signal_new ("act", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               0);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/widgets/entry-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleEntryRow, detail);
  gtk_widget_class_bind_template_child (widget_class, WattleEntryRow, pill);
  gtk_widget_class_bind_template_child (widget_class, WattleEntryRow, act);
  gtk_widget_class_bind_template_callback (widget_class, act_cb);
}

static void
wattle_entry_row_init (WattleEntryRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_row_layout_use (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (self)));
}

/**
 * wattle_entry_row_new:
 * @entry: what it shows
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
wattle_entry_row_new (const WattleEntry *entry)
{
  WattleEntryRow *self = g_object_new (WATTLE_TYPE_ENTRY_ROW, NULL);
  g_autofree char *name = name_of (entry);

  self->id = g_strdup (entry->id);
  self->status = entry->status;
  g_set_object (&self->record, entry->record);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), entry->title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), entry->subtitle != NULL ? entry->subtitle : "");
  set_label (self->detail, entry->detail);
  set_label (self->pill, entry->pill);
  if (entry->tone != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->pill), entry->tone);
  if (entry->verb != NULL)
    {
      g_autofree char *act = g_strdup_printf ("%s: %s", entry->verb, entry->title);

      gtk_button_set_label (self->act, entry->verb);
      gtk_widget_set_visible (GTK_WIDGET (self->act), TRUE);
      wattle_name_button (GTK_WIDGET (self->act), act);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return GTK_WIDGET (self);
}

/**
 * wattle_entry_row_id:
 * @self: a row
 *
 * Returns: id of its record
 */
const char *
wattle_entry_row_id (WattleEntryRow *self)
{
  return self->id;
}

/**
 * wattle_entry_row_record:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): its record
 */
WattleRecord *
wattle_entry_row_record (WattleEntryRow *self)
{
  return self->record;
}

/**
 * wattle_entry_row_status:
 * @self: a row
 *
 * Returns: status of its record
 */
int
wattle_entry_row_status (WattleEntryRow *self)
{
  return self->status;
}

/**
 * wattle_entry_list_fetching:
 *
 * Returns: what stands in an empty list while the first sync runs, and nobody knows what belongs there
 */
WattleEntryList
wattle_entry_list_fetching (void)
{
  return (WattleEntryList){ .icon = "content-loading-symbolic", .title = _("Still being fetched") };
}

/**
 * wattle_entry_list_fill:
 * @box: a list box; emptied first
 * @entries: (element-type WattleEntry): its rows
 * @limit: at most so many; 0 for all
 * @list: words for an empty list, and what a row's button does
 */
void
wattle_entry_list_fill (GtkListBox *box, GPtrArray *entries, guint limit, const WattleEntryList *list)
{
  guint n = limit > 0 ? MIN (limit, entries->len) : entries->len;
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (box, 0)) != NULL)
    gtk_list_box_remove (box, GTK_WIDGET (row));
  for (guint i = 0; i < n; i++)
    {
      GtkWidget *widget = wattle_entry_row_new (g_ptr_array_index (entries, i));

      if (list->act != NULL)
        g_signal_connect_swapped (widget, "act", list->act, list->data);
      gtk_list_box_append (box, widget);
    }
  if (n == 0)
    gtk_list_box_append (box, wattle_hint_row_new (list->icon, list->title, list->subtitle));
}
