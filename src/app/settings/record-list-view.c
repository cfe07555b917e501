/* record-list-view.c: the list inside the dialog of records of one type
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/record-list-view.h"

#include <glib/gi18n-lib.h>

#include "app/settings/record-row.h"
#include "app/settings/roles-dialog.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "app/widgets/record-dialog.h"
#include "base/id.h"

/* A practice has some dozens of each; more than this belongs into a search. */
#define MAX_RECORDS 500
#define MAX_DETAILS 4

struct _WattleRecordListView
{
  WattleView parent;
  WattleRecordType type;
  GtkStack *stack;
  GtkListBox *list;
  AdwStatusPage *empty;
};

G_DEFINE_FINAL_TYPE (WattleRecordListView, wattle_record_list_view, WATTLE_TYPE_VIEW)

typedef struct
{
  WattleRecord *record;
  char *title;
  char *subtitle;
} Item;

static void
item_free (gpointer data)
{
  Item *item = data;

  g_clear_object (&item->record);
  g_free (item->title);
  g_free (item->subtitle);
  g_free (item);
}

static char *
value_of (WattleReader *reader, WattleRecord *record, WattleFieldId id)
{
  const WattleField *field = wattle_field_get (id);

  if (!wattle_record_has (record, id) || field->kind == WATTLE_KIND_COLOUR || field->kind == WATTLE_KIND_BOOLEAN
      || field->kind == WATTLE_KIND_TEXT || field->kind == WATTLE_KIND_INSTANT)
    return NULL;
  if (field->kind == WATTLE_KIND_REFERENCE && field->ref != NULL)
    {
      g_autoptr (WattleRecord) other = wattle_reader_get (reader, wattle_type_find (field->ref)->id,
                                                          wattle_record_get_string (record, id), NULL);

      return other != NULL ? wattle_display_title (other) : NULL;
    }
  return wattle_display_value (record, id);
}

/* A record without a name of its own is called by its first value, its subtitle lists the next few. */
static Item *
describe (WattleReader *reader, WattleRecord *record)
{
  const WattleType *type = wattle_record_type (record);
  Item *item = g_new0 (Item, 1);
  GString *more = g_string_new (NULL);
  guint shown = 0;
  WattleFieldId name;

  item->record = g_object_ref (record);
  if (wattle_field_find (type, "name", &name) || wattle_field_find (type, "display_name", &name)
      || wattle_field_find (type, "family_name", &name))
    item->title = wattle_display_title (record);
  for (guint i = 0; i < type->n_fields && shown < MAX_DETAILS; i++)
    {
      WattleFieldId id = (type->id << 8) | i;
      g_autofree char *value = value_of (reader, record, id);

      if (value == NULL || *value == '\0' || g_strcmp0 (value, item->title) == 0
          || g_str_has_suffix (type->fields[i].name, "name"))
        continue;
      if (item->title == NULL)
        item->title = g_steal_pointer (&value);
      else if (shown++ < MAX_DETAILS)
        g_string_append_printf (more, "%s%s", more->len > 0 ? " · " : "", value);
    }
  if (item->title == NULL)
    item->title = g_strdup (_(type->singular));
  item->subtitle = g_string_free (more, FALSE);
  return item;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const Item *left = *(Item *const *) a;
  const Item *right = *(Item *const *) b;
  int order = g_utf8_collate (left->title, right->title);

  return order != 0 ? order : g_strcmp0 (wattle_record_id (left->record), wattle_record_id (right->record));
}

static gpointer
read_records (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (g_variant_get_uint32 (arguments));
  g_autoptr (GPtrArray) records = NULL;
  GPtrArray *items;

  query.limit = MAX_RECORDS;
  records = wattle_reader_query (reader, &query, error);
  if (records == NULL)
    return NULL;
  items = g_ptr_array_new_with_free_func (item_free);
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (items, describe (reader, g_ptr_array_index (records, i)));
  g_ptr_array_sort (items, compare);
  return items;
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleRecordListView *self = owner;
  GPtrArray *items = result;
  GtkListBoxRow *row;

  if (error != NULL)
    {
      wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = g_ptr_array_index (items, i);

      gtk_list_box_append (self->list, wattle_record_row_new (wattle_view_context (owner), item->record, item->title,
                                                              item->subtitle));
    }
  gtk_stack_set_visible_child_name (self->stack, items->len > 0 ? "list" : "empty");
}

static void
refresh (WattleView *view)
{
  wattle_view_load (view, read_records, g_variant_new_uint32 (WATTLE_RECORD_LIST_VIEW (view)->type),
                    (GDestroyNotify) g_ptr_array_unref, loaded_cb);
}

static void
wattle_record_list_view_class_init (WattleRecordListViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WattleViewClass *view_class = WATTLE_VIEW_CLASS (klass);

  view_class->reads = WATTLE_ALL_TYPES;
  view_class->refresh = refresh;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/record-list-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleRecordListView, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleRecordListView, list);
  gtk_widget_class_bind_template_child (widget_class, WattleRecordListView, empty);
}

static void
wattle_record_list_view_init (WattleRecordListView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_record_list_view_new:
 * @context: the context
 * @type: of which records
 *
 * Returns: (transfer floating): the list
 */
GtkWidget *
wattle_record_list_view_new (WattleContext *context, WattleRecordType type)
{
  WattleRecordListView *self = g_object_new (WATTLE_TYPE_RECORD_LIST_VIEW, NULL);
  const char *plural = _(wattle_type_get (type)->plural);
  g_autofree char *title = g_strdup_printf (_("No %s Yet"), plural);

  self->type = type;
  adw_status_page_set_title (self->empty, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, plural, -1);
  g_object_set (self, "context", context, NULL);
  return GTK_WIDGET (self);
}

/**
 * wattle_record_list_view_add:
 * @self: the list
 *
 * Asks for a new record of the type.
 */
void
wattle_record_list_view_add (WattleRecordListView *self)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  g_autoptr (WattleRecord) record = NULL;
  g_autofree char *id = wattle_id_new ();
  WattleFieldId field;

  if (self->type == WATTLE_RECORD_USER)
    {
      wattle_roles_dialog_open (GTK_WIDGET (self), context, NULL);
      return;
    }
  record = wattle_record_new (self->type);
  wattle_record_set_id (record, id);
  if (wattle_field_find (wattle_type_get (self->type), "active", &field))
    wattle_record_set_integer (record, field, TRUE);
  if (wattle_field_find (wattle_type_get (self->type), "from_date", &field))
    wattle_record_set_integer (record, field, wattle_context_today (context));
  if (wattle_field_find (wattle_type_get (self->type), "zone", &field))
    wattle_record_set_string (record, field, g_time_zone_get_identifier (wattle_context_zone (context)));
  wattle_record_dialog_open_new (GTK_WIDGET (self), context, record, NULL, NULL);
}
