/* record.c: the one object class behind every record type
 *
 * Each row of types.def becomes a real GType with one property a field, all
 * sharing the functions below, so that views can bind to WattlePatient:given-names
 * without a line of code a type.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "schema/record.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "schema/record-private.h"

/* Properties before those of the fields. */
enum
{
  PROP_ID = 1,
  PROP_REVISION,
  PROP_DELETED,
  PROP_FIRST_FIELD
};

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WattleRecord, wattle_record, G_TYPE_OBJECT)

WattleRecordPrivate *
wattle_record_private (WattleRecord *self)
{
  return wattle_record_get_instance_private (self);
}

static void
wattle_record_init (WattleRecord *self)
{
}

static void
wattle_record_instance_init (GTypeInstance *instance, gpointer klass)
{
  WattleRecordPrivate *priv = wattle_record_private ((WattleRecord *) instance);
  const WattleType *type = ((WattleRecordClass *) klass)->type;

  priv->values = g_new0 (WattleValue, type->n_fields);
}

static void
wattle_record_finalize (GObject *object)
{
  WattleRecord *self = WATTLE_RECORD (object);
  WattleRecordPrivate *priv = wattle_record_private (self);
  const WattleType *type = wattle_record_type (self);

  for (guint i = 0; i < type->n_fields; i++)
    if ((priv->set >> i & 1) && wattle_field_is_text (&type->fields[i]))
      g_free (priv->values[i].text);
  g_free (priv->values);
  g_free (priv->id);
  g_free (priv->changed_by);
  g_free (priv->unknown);
  G_OBJECT_CLASS (wattle_record_parent_class)->finalize (object);
}

static void
wattle_record_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WattleRecord *self = WATTLE_RECORD (object);
  WattleFieldId field;

  if (prop_id == PROP_ID)
    g_value_set_string (value, wattle_record_id (self));
  else if (prop_id == PROP_REVISION)
    g_value_set_int64 (value, wattle_record_revision (self));
  else if (prop_id == PROP_DELETED)
    g_value_set_boolean (value, wattle_record_is_deleted (self));
  else
    {
      field = (wattle_record_type (self)->id << 8) | (prop_id - PROP_FIRST_FIELD);
      if (G_VALUE_HOLDS_STRING (value))
        g_value_set_string (value, wattle_record_get_string (self, field));
      else if (G_VALUE_HOLDS_BOOLEAN (value))
        g_value_set_boolean (value, wattle_record_get_boolean (self, field));
      else
        g_value_set_int64 (value, wattle_record_get_integer (self, field));
    }
}

static void
wattle_record_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WattleRecord *self = WATTLE_RECORD (object);
  WattleFieldId field = (wattle_record_type (self)->id << 8) | (prop_id - PROP_FIRST_FIELD);

  if (G_VALUE_HOLDS_STRING (value))
    wattle_record_set_string (self, field, g_value_get_string (value));
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    wattle_record_set_integer (self, field, g_value_get_boolean (value));
  else
    wattle_record_set_integer (self, field, g_value_get_int64 (value));
}

static void
wattle_record_class_init (WattleRecordClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = wattle_record_finalize;
  object_class->get_property = wattle_record_get_property;
  object_class->set_property = wattle_record_set_property;
}

static GParamSpec *pspecs[WATTLE_N_RECORDS][WATTLE_MAX_FIELDS];

static GParamSpec *
pspec_for_field (const WattleField *field)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY;

  if (wattle_field_is_text (field))
    return g_param_spec_string (field->name, NULL, NULL, NULL, flags);
  if (field->kind == WATTLE_KIND_BOOLEAN)
    return g_param_spec_boolean (field->name, NULL, NULL, FALSE, flags);
  return g_param_spec_int64 (field->name, NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
}

static void
wattle_record_subclass_init (gpointer klass, gpointer data)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const WattleType *type = data;
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  g_assert (type->n_fields <= WATTLE_MAX_FIELDS);
  ((WattleRecordClass *) klass)->type = type;
  object_class->finalize = wattle_record_finalize;
  object_class->get_property = wattle_record_get_property;
  object_class->set_property = wattle_record_set_property;
  g_object_class_install_property (object_class, PROP_ID, g_param_spec_string ("id", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_REVISION,
                                   g_param_spec_int64 ("revision", NULL, NULL, 0, G_MAXINT64, 0, flags));
  g_object_class_install_property (object_class, PROP_DELETED,
                                   g_param_spec_boolean ("deleted", NULL, NULL, FALSE, flags));
  for (guint i = 0; i < type->n_fields; i++)
    {
      pspecs[type->id][i] = pspec_for_field (&type->fields[i]);
      g_object_class_install_property (object_class, PROP_FIRST_FIELD + i, pspecs[type->id][i]);
    }
}

static gpointer
register_types (gpointer data)
{
  static GType gtypes[WATTLE_N_RECORDS];

  for (guint i = 0; i < WATTLE_N_RECORDS; i++)
    {
      GTypeInfo info = {
        .class_size = sizeof (WattleRecordClass),
        .class_init = wattle_record_subclass_init,
        .class_data = &wattle_types[i],
        .instance_size = sizeof (WattleRecord),
        .instance_init = wattle_record_instance_init,
      };
      gtypes[i] = g_type_register_static (WATTLE_TYPE_RECORD, wattle_types[i].type_name, &info, G_TYPE_FLAG_FINAL);
    }
  return gtypes;
}

/**
 * wattle_record_gtype:
 * @type: a record type
 *
 * Returns: its #GType, named as in types.def
 */
GType
wattle_record_gtype (WattleRecordType type)
{
  static GOnce once = G_ONCE_INIT;
  const GType *gtypes = g_once (&once, register_types, NULL);

  g_return_val_if_fail (type < WATTLE_N_RECORDS, G_TYPE_INVALID);
  return gtypes[type];
}

/**
 * wattle_record_new:
 * @type: a record type
 *
 * Returns: (transfer full): an empty record without an id
 */
WattleRecord *
wattle_record_new (WattleRecordType type)
{
  return g_object_new (wattle_record_gtype (type), NULL);
}

/**
 * wattle_record_copy:
 * @self: a record
 *
 * Returns: (transfer full): a record with the same values, revision and id
 */
WattleRecord *
wattle_record_copy (WattleRecord *self)
{
  WattleRecordPrivate *priv = wattle_record_private (self);
  const WattleType *type = wattle_record_type (self);
  WattleRecord *copy = wattle_record_new (type->id);
  WattleRecordPrivate *to = wattle_record_private (copy);

  for (guint i = 0; i < type->n_fields; i++)
    if (priv->set >> i & 1)
      {
        if (wattle_field_is_text (&type->fields[i]))
          to->values[i].text = g_strdup (priv->values[i].text);
        else
          to->values[i].number = priv->values[i].number;
      }
  to->set = priv->set;
  to->id = g_strdup (priv->id);
  to->revision = priv->revision;
  to->changed_at = priv->changed_at;
  to->changed_by = g_strdup (priv->changed_by);
  to->unknown = g_strdup (priv->unknown);
  to->deleted = priv->deleted;
  return copy;
}

const WattleType *
wattle_record_type (WattleRecord *self)
{
  g_return_val_if_fail (WATTLE_IS_RECORD (self), NULL);
  return WATTLE_RECORD_GET_CLASS (self)->type;
}

const char *
wattle_record_id (WattleRecord *self)
{
  return wattle_record_private (self)->id;
}

void
wattle_record_set_id (WattleRecord *self, const char *id)
{
  WattleRecordPrivate *priv = wattle_record_private (self);
  g_autofree char *old = priv->id;

  priv->id = g_strdup (id);
}

/**
 * wattle_record_revision:
 * @self: a record
 *
 * Returns: the practice's change number that wrote it last; 0 before the
 * server has seen it
 */
gint64
wattle_record_revision (WattleRecord *self)
{
  return wattle_record_private (self)->revision;
}

void
wattle_record_set_revision (WattleRecord *self, gint64 revision)
{
  wattle_record_private (self)->revision = revision;
}

gboolean
wattle_record_is_deleted (WattleRecord *self)
{
  return wattle_record_private (self)->deleted;
}

void
wattle_record_set_deleted (WattleRecord *self, gboolean deleted)
{
  wattle_record_private (self)->deleted = deleted;
}

gint64
wattle_record_changed_at (WattleRecord *self)
{
  return wattle_record_private (self)->changed_at;
}

const char *
wattle_record_changed_by (WattleRecord *self)
{
  return wattle_record_private (self)->changed_by;
}

/**
 * wattle_record_set_changed:
 * @self: a record
 * @at: microseconds since the epoch
 * @by: (nullable): id of the user
 */
void
wattle_record_set_changed (WattleRecord *self, gint64 at, const char *by)
{
  WattleRecordPrivate *priv = wattle_record_private (self);
  g_autofree char *old = priv->changed_by;

  priv->changed_at = at;
  priv->changed_by = g_strdup (by);
}

/**
 * wattle_record_scope_id:
 * @self: a record
 *
 * Returns: (nullable): id of the patient or user who owns the row; %NULL for a
 * row of the whole practice or of the server alone
 */
const char *
wattle_record_scope_id (WattleRecord *self)
{
  const WattleType *type = wattle_record_type (self);
  WattleFieldId field;

  if (type->scope != WATTLE_SCOPE_PATIENT && type->scope != WATTLE_SCOPE_USER)
    return NULL;
  if (strcmp (type->scope_field, "id") == 0)
    return wattle_record_id (self);
  if (!wattle_field_find (type, type->scope_field, &field))
    g_assert_not_reached ();
  return wattle_record_get_string (self, field);
}

/* The place of a field's value, after the check that the record has it. */
static guint
slot (WattleRecord *self, WattleFieldId field)
{
  g_assert (WATTLE_FIELD_TYPE (field) == wattle_record_type (self)->id);
  g_assert (WATTLE_FIELD_INDEX (field) < wattle_record_type (self)->n_fields);
  return WATTLE_FIELD_INDEX (field);
}

/**
 * wattle_record_has:
 * @self: a record
 * @field: one of its fields
 *
 * Returns: whether the field holds a value
 */
gboolean
wattle_record_has (WattleRecord *self, WattleFieldId field)
{
  return wattle_record_private (self)->set >> slot (self, field) & 1;
}

/**
 * wattle_record_get_string:
 * @self: a record
 * @field: one of its text fields
 *
 * Returns: (nullable) (transfer none): the value, %NULL when it has none
 */
const char *
wattle_record_get_string (WattleRecord *self, WattleFieldId field)
{
  guint i = slot (self, field);
  WattleRecordPrivate *priv = wattle_record_private (self);

  g_assert (wattle_field_is_text (wattle_field_get (field)));
  return priv->set >> i & 1 ? priv->values[i].text : NULL;
}

/**
 * wattle_record_get_integer:
 * @self: a record
 * @field: one of its fields that are not text
 *
 * Returns: the value in the unit of its kind (see #WattleKind), 0 when it has none
 */
gint64
wattle_record_get_integer (WattleRecord *self, WattleFieldId field)
{
  guint i = slot (self, field);
  WattleRecordPrivate *priv = wattle_record_private (self);

  g_assert (!wattle_field_is_text (wattle_field_get (field)));
  return priv->set >> i & 1 ? priv->values[i].number : 0;
}

gboolean
wattle_record_get_boolean (WattleRecord *self, WattleFieldId field)
{
  return wattle_record_get_integer (self, field) != 0;
}

static void
notify_field (WattleRecord *self, WattleFieldId field)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[WATTLE_FIELD_TYPE (field)][WATTLE_FIELD_INDEX (field)]);
}

/**
 * wattle_record_set_string:
 * @self: a record
 * @field: one of its text fields
 * @value: (nullable): the value; %NULL or "" leaves the field without one
 */
void
wattle_record_set_string (WattleRecord *self, WattleFieldId field, const char *value)
{
  guint i = slot (self, field);
  WattleRecordPrivate *priv = wattle_record_private (self);

  g_assert (wattle_field_is_text (wattle_field_get (field)));
  if (value == NULL || *value == '\0')
    {
      wattle_record_unset (self, field);
      return;
    }
  if ((priv->set >> i & 1) && strcmp (priv->values[i].text, value) == 0)
    return;
  if (priv->set >> i & 1)
    g_free (priv->values[i].text);
  priv->values[i].text = g_strdup (value);
  priv->set |= G_GUINT64_CONSTANT (1) << i;
  notify_field (self, field);
}

void
wattle_record_set_integer (WattleRecord *self, WattleFieldId field, gint64 value)
{
  guint i = slot (self, field);
  WattleRecordPrivate *priv = wattle_record_private (self);

  g_assert (!wattle_field_is_text (wattle_field_get (field)));
  if ((priv->set >> i & 1) && priv->values[i].number == value)
    return;
  priv->values[i].number = value;
  priv->set |= G_GUINT64_CONSTANT (1) << i;
  notify_field (self, field);
}

void
wattle_record_unset (WattleRecord *self, WattleFieldId field)
{
  guint i = slot (self, field);
  WattleRecordPrivate *priv = wattle_record_private (self);

  if (!(priv->set >> i & 1))
    return;
  if (wattle_field_is_text (wattle_field_get (field)))
    g_clear_pointer (&priv->values[i].text, g_free);
  priv->values[i].number = 0;
  priv->set &= ~(G_GUINT64_CONSTANT (1) << i);
  notify_field (self, field);
}

/**
 * wattle_record_equal_field:
 * @self: a record
 * @other: (nullable): a record of the same type
 * @field: one of their fields
 *
 * Returns: whether both hold the same value, or neither holds one
 */
gboolean
wattle_record_equal_field (WattleRecord *self, WattleRecord *other, WattleFieldId field)
{
  gboolean has = wattle_record_has (self, field);

  if (other == NULL || !wattle_record_has (other, field))
    return !has;
  if (!has)
    return FALSE;
  if (wattle_field_is_text (wattle_field_get (field)))
    return strcmp (wattle_record_get_string (self, field), wattle_record_get_string (other, field)) == 0;
  return wattle_record_get_integer (self, field) == wattle_record_get_integer (other, field);
}

/**
 * wattle_record_says_same:
 * @self: a record
 * @other: another one
 *
 * Returns: whether they differ in nothing but their revision and the time of their change, which a server gives
 */
gboolean
wattle_record_says_same (WattleRecord *self, WattleRecord *other)
{
  WattleRecordPrivate *one = wattle_record_private (self), *two = wattle_record_private (other);
  const WattleType *type = wattle_record_type (self);

  if (wattle_record_type (other) != type || one->set != two->set || one->deleted != two->deleted
      || g_strcmp0 (one->id, two->id) != 0 || g_strcmp0 (one->changed_by, two->changed_by) != 0
      || g_strcmp0 (one->unknown, two->unknown) != 0)
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    if (!wattle_record_equal_field (self, other, (type->id << 8) | i))
      return FALSE;
  return TRUE;
}

/**
 * wattle_record_keep:
 * @self: a record
 * @flags: keep the fields that carry one of these; the others lose their value
 *
 * Makes the projection that a role may see.
 */
void
wattle_record_keep (WattleRecord *self, guint flags)
{
  const WattleType *type = wattle_record_type (self);

  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & flags) == 0)
      wattle_record_unset (self, (type->id << 8) | i);
  g_clear_pointer (&wattle_record_private (self)->unknown, g_free);
}
