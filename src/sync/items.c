/* items.c: what the window lists: operations of this device, and values to choose between
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/items.h"

#include <glib/gi18n-lib.h>

#include "base/civil.h"
#include "base/money.h"

struct _WattleOutboxItem
{
  GObject parent_instance;

  WattleOutboxEntry *entry;
};

G_DEFINE_FINAL_TYPE (WattleOutboxItem, wattle_outbox_item, G_TYPE_OBJECT)

enum
{
  PROP_OPERATION_ID = 1,
  PROP_NAME,
  PROP_LABEL,
  PROP_AT,
  PROP_STATUS,
  PROP_MESSAGE,
  PROP_FIELD,
  PROP_ALTERNATIVES,
  PROP_ARGS,
  PROP_WORDS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

struct _WattleConflictItem
{
  GObject parent_instance;

  WattleOutboxConflict *conflict;
  char *label;
  char *mine;
  char *theirs;
};

G_DEFINE_FINAL_TYPE (WattleConflictItem, wattle_conflict_item, G_TYPE_OBJECT)

enum
{
  CONFLICT_RECORD_TYPE = 1,
  CONFLICT_RECORD_ID,
  CONFLICT_FIELD,
  CONFLICT_LABEL,
  CONFLICT_MINE,
  CONFLICT_THEIRS,
  CONFLICT_AT,
  N_CONFLICT_PROPS
};

static WattleOutboxEntry *
entry_copy (const WattleOutboxEntry *entry)
{
  WattleOutboxEntry *copy = g_memdup2 (entry, sizeof *entry);

  copy->id = g_strdup (entry->id);
  copy->name = g_strdup (entry->name);
  copy->args = g_strdup (entry->args);
  copy->message = g_strdup (entry->message);
  copy->field = g_strdup (entry->field);
  copy->alternatives = g_strdup (entry->alternatives);
  return copy;
}

static char *
show_flags (const WattleEnum *list, gint64 mask)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  for (guint i = 0; i < list->n_values; i++)
    if (mask >> i & 1)
      g_strv_builder_add (words, _(list->values[i].label));
  all = g_strv_builder_end (words);
  return g_strjoinv (", ", all);
}

static char *
show_number (const WattleField *field, gint64 number)
{
  g_autoptr (GDateTime) moment = NULL;

  switch (field->kind)
    {
    case WATTLE_KIND_BOOLEAN:
      return g_strdup (number != 0 ? _("Yes") : _("No"));
    case WATTLE_KIND_ENUM:
      return g_strdup (_(wattle_enum_label (wattle_field_enum (field), number)));
    case WATTLE_KIND_FLAGS:
      return show_flags (wattle_field_enum (field), number);
    case WATTLE_KIND_MONEY:
      return wattle_money_format (number);
    case WATTLE_KIND_DATE:
      moment = g_date_time_new_from_unix_utc (number * 24 * 60 * 60);
      return g_date_time_format (moment, "%-d %B %Y");
    case WATTLE_KIND_INSTANT:
      moment = g_date_time_new_from_unix_local (number / G_USEC_PER_SEC);
      return g_date_time_format (moment, "%-d %B %Y %H:%M");
    case WATTLE_KIND_TIME:
      return g_strdup_printf ("%02d:%02d", (int) (number / 60), (int) (number % 60));
    default:
      return g_strdup_printf ("%" G_GINT64_FORMAT, number);
    }
}

/* A JSON value of a field as a person reads it. */
static char *
show_value (const WattleType *type, WattleFieldId id, const char *value)
{
  g_autoptr (WattleJson) json = wattle_json_parse (value, -1, NULL, NULL);
  g_autoptr (WattleRecord) record = wattle_record_new (type->id);
  const WattleField *field = wattle_field_get (id);

  if (json == NULL || !wattle_record_read_field (record, id, wattle_json_root (json), NULL)
      || !wattle_record_has (record, id))
    return g_strdup (json != NULL && wattle_json_kind (wattle_json_root (json)) == WATTLE_JSON_NULL ? _("(empty)")
                                                                                                    : value);
  if (wattle_field_is_text (field))
    return g_strdup (wattle_record_get_string (record, id));
  return show_number (field, wattle_record_get_integer (record, id));
}

/* What a person filled in: ids, types and references are left out. */
static void
add_field (GString *out, const WattleType *type, const char *name, WattleJsonNode value)
{
  WattleFieldId id;
  const WattleField *field;
  g_autofree char *json = NULL;
  g_autofree char *shown = NULL;
  gsize length;
  const char *raw;

  if (type == NULL || !wattle_field_find (type, name, &id) || wattle_json_kind (value) == WATTLE_JSON_NULL)
    return;
  field = wattle_field_get (id);
  if (field->kind == WATTLE_KIND_REFERENCE || field->kind == WATTLE_KIND_HASH)
    return;
  raw = wattle_json_raw (value, &length);
  json = g_strndup (raw, length);
  shown = show_value (type, id, json);
  g_string_append_printf (out, "%s: %s\n", _(field->label), shown);
}

static void
add_record (GString *out, WattleJsonNode record, const char *type)
{
  const char *own = wattle_json_member_string (record, "type");
  WattleJsonIter iter = wattle_json_iter (record);
  WattleJsonNode value;
  const char *name;

  while (wattle_json_next (&iter, &name, &value))
    add_field (out, wattle_type_find (own != NULL ? own : type), name, value);
}

static void
add_changes (GString *out, WattleJsonNode changes, const char *type)
{
  WattleJsonIter iter = wattle_json_iter (changes);
  WattleJsonNode value;
  const char *name;

  while (wattle_json_next (&iter, &name, &value))
    add_field (out, wattle_type_find (type), name, wattle_json_member (value, "new"));
}

/* The type of the record that an operation such as "note.sign" is about, from the reference of its arguments. */
static const char *
type_of (const WattleOperation *operation, WattleJsonNode args)
{
  const char *type = wattle_json_member_string (args, "type");

  for (const WattleArgument *arg = operation->args; type == NULL && arg->name != NULL; arg++)
    if (arg->ref != NULL && wattle_type_find (arg->ref) != NULL)
      type = arg->ref;
  return type;
}

static void
add_argument (GString *out, const WattleArgument *arg, WattleJsonNode value, const char *type)
{
  WattleJsonIter iter;
  WattleJsonNode record;

  if (!wattle_json_exists (value))
    return;
  if (g_str_equal (arg->kind, "record"))
    add_record (out, value, arg->ref);
  else if (g_str_equal (arg->kind, "changes"))
    add_changes (out, value, type);
  else if (g_str_equal (arg->kind, "records"))
    {
      iter = wattle_json_iter (value);
      while (wattle_json_next (&iter, NULL, &record))
        add_record (out, record, arg->ref);
    }
  else if (g_str_equal (arg->kind, "text") || (g_str_equal (arg->kind, "string") && !g_str_equal (arg->name, "type")))
    {
      WattleFieldId id;

      if (type != NULL && wattle_field_find (wattle_type_find (type), arg->name, &id))
        add_field (out, wattle_type_find (type), arg->name, value);
      else if (wattle_json_string (value) != NULL)
        g_string_append_printf (out, "%s\n", wattle_json_string (value));
    }
}

static char *
words_of (const WattleOutboxEntry *entry)
{
  const WattleOperation *operation = wattle_operation_find (entry->name);
  WattleJsonLimits limits = { 8 * 1024 * 1024, 32, 200000 };
  g_autoptr (WattleJson) json = wattle_json_parse (entry->args, -1, &limits, NULL);
  GString *out = g_string_new (NULL);

  if (json == NULL || operation == NULL)
    g_string_append (out, entry->args);
  else
    for (const WattleArgument *arg = operation->args; arg->name != NULL; arg++)
      add_argument (out, arg, wattle_json_member (wattle_json_root (json), arg->name),
                    type_of (operation, wattle_json_root (json)));
  return g_string_free (out, FALSE);
}

static const char *
label_of (const char *name)
{
  const WattleOperation *operation = wattle_operation_find (name);

  return operation != NULL ? _(operation->label) : name;
}

static void
wattle_outbox_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  const WattleOutboxEntry *entry = WATTLE_OUTBOX_ITEM (object)->entry;

  switch (id)
    {
    case PROP_OPERATION_ID:
      g_value_set_string (value, entry->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, entry->name);
      break;
    case PROP_LABEL:
      g_value_set_string (value, label_of (entry->name));
      break;
    case PROP_AT:
      g_value_set_int64 (value, entry->at);
      break;
    case PROP_STATUS:
      g_value_set_string (value, wattle_outbox_status_nick (entry->status));
      break;
    case PROP_MESSAGE:
      g_value_set_string (value, entry->message);
      break;
    case PROP_FIELD:
      g_value_set_string (value, entry->field);
      break;
    case PROP_ALTERNATIVES:
      g_value_set_string (value, entry->alternatives);
      break;
    case PROP_ARGS:
      g_value_set_string (value, entry->args);
      break;
    case PROP_WORDS:
      g_value_take_string (value, words_of (entry));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wattle_outbox_item_finalize (GObject *object)
{
  wattle_outbox_entry_free (WATTLE_OUTBOX_ITEM (object)->entry);
  G_OBJECT_CLASS (wattle_outbox_item_parent_class)->finalize (object);
}

static void
wattle_outbox_item_class_init (WattleOutboxItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  static const struct
  {
    guint id;
    const char *name;
  } strings[] = {
    { PROP_OPERATION_ID, "operation-id" },
    { PROP_NAME, "name" },
    { PROP_LABEL, "label" },
    { PROP_STATUS, "status" },
    { PROP_FIELD, "field" },
    { PROP_MESSAGE, "message" },
    { PROP_ALTERNATIVES, "alternatives" },
    { PROP_ARGS, "args" },
    { PROP_WORDS, "words" },
  };

  object_class->get_property = wattle_outbox_item_get_property;
  object_class->finalize = wattle_outbox_item_finalize;
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    props[strings[i].id] =
      g_param_spec_string (strings[i].name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_AT] =
    g_param_spec_int64 ("at", NULL, NULL, G_MININT64, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wattle_outbox_item_init (WattleOutboxItem *self)
{
}

WattleOutboxItem *
wattle_outbox_item_new (const WattleOutboxEntry *entry)
{
  WattleOutboxItem *self = g_object_new (WATTLE_TYPE_OUTBOX_ITEM, NULL);

  self->entry = entry_copy (entry);
  return self;
}

/* What a newer image of the same operation says; that one is empty of use afterwards. */
void
wattle_outbox_item_take (WattleOutboxItem *self, WattleOutboxItem *newer)
{
  WattleOutboxEntry *old = self->entry;

  self->entry = newer->entry;
  newer->entry = old;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MESSAGE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FIELD]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ALTERNATIVES]);
}

const char *
wattle_outbox_item_id (WattleOutboxItem *self)
{
  return self->entry->id;
}

/* Whether it only tells of a look, which is nobody's business to send or to throw away. */
gboolean
wattle_outbox_item_is_reading (WattleOutboxItem *self)
{
  const WattleOperation *operation = wattle_operation_find (self->entry->name);

  return operation != NULL && operation->is_reading;
}

gboolean
wattle_outbox_item_is_pending (WattleOutboxItem *self)
{
  return (1u << self->entry->status & WATTLE_OUTBOX_PENDING) != 0;
}

static void
wattle_conflict_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WattleConflictItem *self = WATTLE_CONFLICT_ITEM (object);

  switch (id)
    {
    case CONFLICT_RECORD_TYPE:
      g_value_set_string (value, self->conflict->type);
      break;
    case CONFLICT_RECORD_ID:
      g_value_set_string (value, self->conflict->record);
      break;
    case CONFLICT_FIELD:
      g_value_set_string (value, self->conflict->field);
      break;
    case CONFLICT_LABEL:
      g_value_set_string (value, self->label);
      break;
    case CONFLICT_MINE:
      g_value_set_string (value, self->mine);
      break;
    case CONFLICT_THEIRS:
      g_value_set_string (value, self->theirs);
      break;
    case CONFLICT_AT:
      g_value_set_int64 (value, self->conflict->at);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wattle_conflict_item_finalize (GObject *object)
{
  WattleConflictItem *self = WATTLE_CONFLICT_ITEM (object);

  wattle_outbox_conflict_free (self->conflict);
  g_free (self->label);
  g_free (self->mine);
  g_free (self->theirs);
  G_OBJECT_CLASS (wattle_conflict_item_parent_class)->finalize (object);
}

static void
wattle_conflict_item_class_init (WattleConflictItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  static const char *const strings[] = {
    [CONFLICT_RECORD_TYPE] = "record-type",
    [CONFLICT_RECORD_ID] = "record-id",
    [CONFLICT_FIELD] = "field",
    [CONFLICT_LABEL] = "label",
    [CONFLICT_MINE] = "mine",
    [CONFLICT_THEIRS] = "theirs",
  };

  object_class->get_property = wattle_conflict_item_get_property;
  object_class->finalize = wattle_conflict_item_finalize;
  for (guint i = CONFLICT_RECORD_TYPE; i < G_N_ELEMENTS (strings); i++)
    g_object_class_install_property (
      object_class, i, g_param_spec_string (strings[i], NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
    object_class, CONFLICT_AT,
    g_param_spec_int64 ("at", NULL, NULL, G_MININT64, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
wattle_conflict_item_init (WattleConflictItem *self)
{
}

WattleConflictItem *
wattle_conflict_item_new (const WattleOutboxConflict *conflict)
{
  WattleConflictItem *self = g_object_new (WATTLE_TYPE_CONFLICT_ITEM, NULL);
  WattleOutboxConflict *copy = g_memdup2 (conflict, sizeof *conflict);
  const WattleType *type = wattle_type_find (conflict->type);
  WattleFieldId field;

  copy->type = g_strdup (conflict->type);
  copy->record = g_strdup (conflict->record);
  copy->field = g_strdup (conflict->field);
  copy->mine = g_strdup (conflict->mine);
  copy->theirs = g_strdup (conflict->theirs);
  self->conflict = copy;
  if (type != NULL && wattle_field_find (type, conflict->field, &field))
    {
      self->label = g_strdup (_(wattle_field_get (field)->label));
      self->mine = show_value (type, field, conflict->mine);
      self->theirs = show_value (type, field, conflict->theirs);
    }
  else
    {
      self->label = g_strdup (conflict->field);
      self->mine = g_strdup (conflict->mine);
      self->theirs = g_strdup (conflict->theirs);
    }
  return self;
}

const WattleOutboxConflict *
wattle_conflict_item_conflict (WattleConflictItem *self)
{
  return self->conflict;
}
