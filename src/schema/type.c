/* type.c: looking up record types and fields
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "schema/type.h"

#include <string.h>

/**
 * wattle_type_get:
 * @id: a record type
 *
 * Returns: its description
 */
const WattleType *
wattle_type_get (WattleRecordType id)
{
  g_return_val_if_fail (id < WATTLE_N_RECORDS, NULL);
  return &wattle_types[id];
}

/**
 * wattle_type_find:
 * @nick: (nullable): a name from outside, such as "progress_note"
 *
 * Returns: (nullable): the type of that name
 */
const WattleType *
wattle_type_find (const char *nick)
{
  for (guint i = 0; i < WATTLE_N_RECORDS; i++)
    if (g_strcmp0 (wattle_types[i].nick, nick) == 0)
      return &wattle_types[i];
  return NULL;
}

/**
 * wattle_field_get:
 * @id: a field id, such as %WATTLE_PATIENT_FAMILY_NAME
 *
 * Returns: its description
 */
const WattleField *
wattle_field_get (WattleFieldId id)
{
  const WattleType *type = wattle_type_get (WATTLE_FIELD_TYPE (id));

  g_return_val_if_fail (type != NULL && WATTLE_FIELD_INDEX (id) < type->n_fields, NULL);
  return &type->fields[WATTLE_FIELD_INDEX (id)];
}

/**
 * wattle_field_find:
 * @type: a record type
 * @name: (nullable): a field name from outside
 * @id: (out): the field's id
 *
 * Returns: whether @type has such a field
 */
gboolean
wattle_field_find (const WattleType *type, const char *name, WattleFieldId *id)
{
  for (guint i = 0; name != NULL && i < type->n_fields; i++)
    if (strcmp (type->fields[i].name, name) == 0)
      {
        *id = (type->id << 8) | i;
        return TRUE;
      }
  return FALSE;
}

/**
 * wattle_field_is_text:
 * @field: a field
 *
 * Returns: whether its values are text; else they are #gint64
 */
gboolean
wattle_field_is_text (const WattleField *field)
{
  switch (field->kind)
    {
    case WATTLE_KIND_STRING:
    case WATTLE_KIND_TEXT:
    case WATTLE_KIND_ZONE:
    case WATTLE_KIND_REFERENCE:
    case WATTLE_KIND_IDENTIFIER:
    case WATTLE_KIND_COLOUR:
    case WATTLE_KIND_HASH:
      return TRUE;
    default:
      return FALSE;
    }
}

/**
 * wattle_field_enum:
 * @field: a field
 *
 * Returns: (nullable): the list that its values come from
 */
const WattleEnum *
wattle_field_enum (const WattleField *field)
{
  if (field->kind != WATTLE_KIND_ENUM && field->kind != WATTLE_KIND_FLAGS)
    return NULL;
  return wattle_enum_find (field->ref);
}

const char *
wattle_kind_nick (WattleKind kind)
{
  static const char *const nicks[] = { "string", "text",      "boolean",    "integer", "money",
                                       "date",   "time",      "instant",    "zone",    "enum",
                                       "flags",  "reference", "identifier", "colour",  "hash" };
  return nicks[kind];
}
