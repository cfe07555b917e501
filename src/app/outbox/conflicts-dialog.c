/* conflicts-dialog.c: fields that two people changed: both values, to choose
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/outbox/conflicts-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/outbox/change-words.h"
#include "app/widgets/feedback.h"
#include "base/civil.h"
#include "sync/items.h"

#define WATTLE_TYPE_CONFLICT_ROW (wattle_conflict_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleConflictRow, wattle_conflict_row, WATTLE, CONFLICT_ROW, GtkListBoxRow)

struct _WattleConflictRow
{
  GtkListBoxRow parent;
  WattleConflictItem *item;
  WattleContext *context;
  GtkLabel *title;
  AdwPreferencesRow *theirs;
  AdwPreferencesRow *mine;
  GtkWidget *keep_theirs;
  GtkWidget *use_mine;
};

struct _WattleConflictsDialog
{
  AdwWindow parent;
  WattleContext *context;
  GtkStack *stack;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (WattleConflictRow, wattle_conflict_row, GTK_TYPE_LIST_BOX_ROW)
G_DEFINE_FINAL_TYPE (WattleConflictsDialog, wattle_conflicts_dialog, ADW_TYPE_WINDOW)

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleConflictRow) self = data;
  g_autoptr (GError) error = NULL;

  if (!wattle_client_resolve_finish (WATTLE_CLIENT (source), result, &error))
    wattle_show_error (GTK_WIDGET (self), error);
  wattle_set_busy (GTK_WIDGET (self), FALSE);
}

static void
resolve (WattleConflictRow *self, gboolean use_mine)
{
  wattle_set_busy (GTK_WIDGET (self), TRUE);
  wattle_client_resolve_async (wattle_context_client (self->context), self->item, use_mine, NULL, resolved_cb,
                               g_object_ref (self));
}

static void
theirs_cb (WattleConflictRow *self)
{
  resolve (self, FALSE);
}

static void
mine_cb (WattleConflictRow *self)
{
  resolve (self, TRUE);
}

static void
wattle_conflict_row_dispose (GObject *object)
{
  WattleConflictRow *self = WATTLE_CONFLICT_ROW (object);

  g_clear_object (&self->item);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_conflict_row_parent_class)->dispose (object);
}

static void
wattle_conflict_row_class_init (WattleConflictRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_conflict_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/outbox/conflict-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleConflictRow, title);
  gtk_widget_class_bind_template_child (widget_class, WattleConflictRow, theirs);
  gtk_widget_class_bind_template_child (widget_class, WattleConflictRow, mine);
  gtk_widget_class_bind_template_child (widget_class, WattleConflictRow, keep_theirs);
  gtk_widget_class_bind_template_child (widget_class, WattleConflictRow, use_mine);
  gtk_widget_class_bind_template_callback (widget_class, theirs_cb);
  gtk_widget_class_bind_template_callback (widget_class, mine_cb);
}

static void
wattle_conflict_row_init (WattleConflictRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What the choice is about and both values, in words: a value may name another record. */
typedef struct
{
  char *whom;
  char *label;
  char *mine;
  char *theirs;
} Words;

static void
words_free (gpointer data)
{
  Words *words = data;

  g_free (words->whom);
  g_free (words->label);
  g_free (words->mine);
  g_free (words->theirs);
  g_free (words);
}

static char *
value_words (WattleReader *reader, const WattleType *type, WattleFieldId field, const char *value, GTimeZone *zone)
{
  g_autoptr (WattleJson) json = wattle_json_parse (value, -1, NULL, NULL);
  g_autoptr (WattleRecord) record = wattle_record_new (type->id);

  if (json == NULL || !wattle_record_read_field (record, field, wattle_json_root (json), NULL))
    return g_strdup (value);
  return wattle_value_words (reader, record, field, zone);
}

static gpointer
tell (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  const char *nick;
  const char *id;
  const char *name;
  const char *mine;
  const char *theirs;
  const char *zone_name;
  g_autoptr (WattleRecord) record = NULL;
  const WattleType *type;
  WattleFieldId field;
  GTimeZone *zone;
  Words *words;

  g_variant_get (arguments, "(&s&s&s&s&s&s)", &nick, &id, &name, &mine, &theirs, &zone_name);
  zone = wattle_zone_lookup (zone_name, error);
  if (zone == NULL)
    return NULL;
  type = wattle_type_find (nick);
  words = g_new0 (Words, 1);
  if (type == NULL || !wattle_field_find (type, name, &field))
    {
      words->label = g_strdup (name);
      words->mine = g_strdup (mine);
      words->theirs = g_strdup (theirs);
      return words;
    }
  record = wattle_reader_get (reader, type->id, id, NULL);
  words->whom = record != NULL ? wattle_record_whom (reader, record, zone) : NULL;
  words->label = g_strdup (_(wattle_field_get (field)->label));
  words->mine = value_words (reader, type, field, mine, zone);
  words->theirs = value_words (reader, type, field, theirs, zone);
  return words;
}

static void
told_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleConflictRow *self = owner;
  Words *words = result;
  g_autofree char *title = NULL;
  g_autofree char *keep = NULL;
  g_autofree char *use = NULL;
  const char *mine;
  const char *theirs;

  if (error != NULL)
    return;
  mine = *words->mine != '\0' ? words->mine : _("(empty)");
  theirs = *words->theirs != '\0' ? words->theirs : _("(empty)");
  title = words->whom != NULL ? g_strdup_printf (_("%s of %s"), words->label, words->whom) : g_strdup (words->label);
  gtk_label_set_label (self->title, title);
  adw_preferences_row_set_title (self->theirs, theirs);
  adw_preferences_row_set_title (self->mine, mine);
  keep = g_strdup_printf (_("%s: keep “%s”"), title, theirs);
  use = g_strdup_printf (_("%s: use mine, “%s”"), title, mine);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->keep_theirs), GTK_ACCESSIBLE_PROPERTY_LABEL, keep, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->use_mine), GTK_ACCESSIBLE_PROPERTY_LABEL, use, -1);
}

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  WattleConflictsDialog *dialog = data;
  WattleConflictRow *self = g_object_new (WATTLE_TYPE_CONFLICT_ROW, NULL);
  const WattleOutboxConflict *conflict = wattle_conflict_item_conflict (item);

  self->item = g_object_ref (item);
  self->context = g_object_ref (dialog->context);
  wattle_context_load (self->context, tell,
                       g_variant_new ("(ssssss)", conflict->type, conflict->record, conflict->field, conflict->mine,
                                      conflict->theirs,
                                      g_time_zone_get_identifier (wattle_context_zone (self->context))),
                       words_free, NULL, self, told_cb);
  return GTK_WIDGET (self);
}

static void
items_cb (WattleConflictsDialog *self)
{
  GListModel *conflicts = wattle_client_conflicts (wattle_context_client (self->context));

  gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (conflicts) > 0 ? "list" : "empty");
}

static void
wattle_conflicts_dialog_dispose (GObject *object)
{
  WattleConflictsDialog *self = WATTLE_CONFLICTS_DIALOG (object);

  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_conflicts_dialog_parent_class)->dispose (object);
}

static void
wattle_conflicts_dialog_class_init (WattleConflictsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_conflicts_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/outbox/conflicts-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleConflictsDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleConflictsDialog, list);
}

static void
wattle_conflicts_dialog_init (WattleConflictsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_conflicts_dialog_new:
 * @parent: the window it belongs to
 * @context: the context
 *
 * Returns: (transfer none): the dialog, owned by the toolkit
 */
GtkWidget *
wattle_conflicts_dialog_new (GtkWindow *parent, WattleContext *context)
{
  WattleConflictsDialog *self = g_object_new (WATTLE_TYPE_CONFLICTS_DIALOG, "transient-for", parent, NULL);
  GListModel *conflicts = wattle_client_conflicts (wattle_context_client (context));

  self->context = g_object_ref (context);
  gtk_list_box_bind_model (self->list, conflicts, make_row, self, NULL);
  g_signal_connect_object (conflicts, "items-changed", G_CALLBACK (items_cb), self, G_CONNECT_SWAPPED);
  items_cb (self);
  return GTK_WIDGET (self);
}
