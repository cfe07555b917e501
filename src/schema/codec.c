/* codec.c: records to JSON and back
 *
 * Members that this version does not know are kept as text and written again,
 * so that an older program never loses what a newer one wrote.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "schema/record-private.h"

/* More than any version of ours could need; a sender cannot fill the disk with members we do not know. */
#define MAX_UNKNOWN_BYTES (64 * 1024)

static void
put_flags (const WattleEnum *list, gint64 mask, WattleJsonWriter *writer)
{
  wattle_json_begin_array (writer);
  for (guint i = 0; i < list->n_values; i++)
    if (mask >> i & 1)
      wattle_json_put_string (writer, list->values[i].nick);
  wattle_json_end_array (writer);
}

static void
put_number (const WattleField *field, gint64 number, WattleJsonWriter *writer)
{
  char text[40];

  switch (field->kind)
    {
    case WATTLE_KIND_BOOLEAN:
      wattle_json_put_boolean (writer, number != 0);
      return;
    case WATTLE_KIND_ENUM:
      wattle_json_put_string (writer, wattle_enum_nick (wattle_field_enum (field), number));
      return;
    case WATTLE_KIND_FLAGS:
      put_flags (wattle_field_enum (field), number, writer);
      return;
    case WATTLE_KIND_DATE:
      wattle_date_print (number, text);
      wattle_json_put_string (writer, text);
      return;
    case WATTLE_KIND_TIME:
      g_snprintf (text, sizeof text, "%02d:%02d", (int) (number / 60), (int) (number % 60));
      wattle_json_put_string (writer, text);
      return;
    case WATTLE_KIND_INSTANT:
      wattle_instant_print (number, text);
      wattle_json_put_string (writer, text);
      return;
    default:
      wattle_json_put_integer (writer, number);
      return;
    }
}

/**
 * wattle_record_write_field:
 * @self: a record
 * @id: one of its fields
 * @writer: where the value goes; null when the field has none
 */
void
wattle_record_write_field (WattleRecord *self, WattleFieldId id, WattleJsonWriter *writer)
{
  const WattleField *field = wattle_field_get (id);

  if (!wattle_record_has (self, id))
    wattle_json_put_null (writer);
  else if (wattle_field_is_text (field))
    wattle_json_put_string (writer, wattle_record_get_string (self, id));
  else
    put_number (field, wattle_record_get_integer (self, id), writer);
}

/**
 * wattle_record_write_json:
 * @self: a record
 * @writer: where the object goes
 */
void
wattle_record_write_json (WattleRecord *self, WattleJsonWriter *writer)
{
  WattleRecordPrivate *priv = wattle_record_private (self);
  const WattleType *type = wattle_record_type (self);

  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "type", type->nick);
  if (priv->id != NULL)
    wattle_json_pair_string (writer, "id", priv->id);
  if (priv->revision != 0)
    wattle_json_pair_integer (writer, "revision", priv->revision);
  if (priv->deleted)
    wattle_json_pair_string (writer, "state", "deleted");
  if (priv->changed_at != 0)
    {
      char text[40];

      wattle_instant_print (priv->changed_at, text);
      wattle_json_pair_string (writer, "changed_at", text);
    }
  if (priv->changed_by != NULL)
    wattle_json_pair_string (writer, "changed_by", priv->changed_by);
  for (guint i = 0; i < type->n_fields; i++)
    if (priv->set >> i & 1)
      {
        wattle_json_name (writer, type->fields[i].name);
        wattle_record_write_field (self, (type->id << 8) | i, writer);
      }
  if (priv->unknown != NULL)
    wattle_json_put_raw (writer, priv->unknown, -1);
  wattle_json_end_object (writer);
}

/**
 * wattle_record_to_json:
 * @self: a record
 *
 * Returns: (transfer full): its JSON text
 */
char *
wattle_record_to_json (WattleRecord *self)
{
  GString *out = g_string_sized_new (512);
  WattleJsonWriter writer = wattle_json_writer (out);

  wattle_record_write_json (self, &writer);
  return g_string_free (out, FALSE);
}

static gboolean
wrong_kind (const WattleField *field, WattleJsonNode value, const char *wanted, GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, field->name, "“%s” must be %s, not %s.", field->name, wanted,
                          wattle_json_kind_nick (wattle_json_kind (value)));
  return FALSE;
}

static gboolean
read_enum (const WattleField *field, WattleJsonNode value, gint64 *number, GError **error)
{
  const char *nick = wattle_json_string (value);
  int parsed;

  if (nick == NULL)
    return wrong_kind (field, value, "a string", error);
  parsed = wattle_enum_parse (wattle_field_enum (field), nick);
  if (parsed < 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, field->name, "“%.40s” is not a value of “%s”.", nick,
                              field->name);
      return FALSE;
    }
  *number = parsed;
  return TRUE;
}

static gboolean
read_flags (const WattleField *field, WattleJsonNode value, gint64 *number, GError **error)
{
  WattleJsonIter iter = wattle_json_iter (value);
  WattleJsonNode element;

  if (wattle_json_kind (value) != WATTLE_JSON_ARRAY)
    return wrong_kind (field, value, "an array", error);
  *number = 0;
  while (wattle_json_next (&iter, NULL, &element))
    {
      gint64 bit;

      if (!read_enum (field, element, &bit, error))
        return FALSE;
      *number |= G_GINT64_CONSTANT (1) << bit;
    }
  return TRUE;
}

static gboolean
read_time (const char *text, gint64 *minutes)
{
  if (strlen (text) != 5 || text[2] != ':' || !g_ascii_isdigit (text[0]) || !g_ascii_isdigit (text[1])
      || !g_ascii_isdigit (text[3]) || !g_ascii_isdigit (text[4]))
    return FALSE;
  *minutes = ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
  return text[3] < '6' && *minutes <= 24 * 60;
}

static gboolean
read_moment (const WattleField *field, WattleJsonNode value, gint64 *number, GError **error)
{
  const char *text = wattle_json_string (value);
  const char *wanted = field->kind == WATTLE_KIND_DATE   ? "a date such as 2026-11-20"
                       : field->kind == WATTLE_KIND_TIME ? "a time such as 09:30"
                                                         : "an instant such as 2026-11-20T09:30:00Z";
  gboolean ok;

  if (text == NULL)
    return wrong_kind (field, value, wanted, error);
  if (field->kind == WATTLE_KIND_DATE)
    ok = wattle_date_parse (text, number, NULL);
  else if (field->kind == WATTLE_KIND_TIME)
    ok = read_time (text, number);
  else
    ok = wattle_instant_parse (text, number, NULL);
  if (!ok)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, field->name, "“%s” must be %s; “%.40s” is not.", field->name,
                            wanted, text);
  return ok;
}

static gboolean
read_number (const WattleField *field, WattleJsonNode value, gint64 *number, GError **error)
{
  gboolean flag;

  switch (field->kind)
    {
    case WATTLE_KIND_BOOLEAN:
      if (!wattle_json_boolean (value, &flag))
        return wrong_kind (field, value, "true or false", error);
      *number = flag;
      return TRUE;
    case WATTLE_KIND_ENUM:
      return read_enum (field, value, number, error);
    case WATTLE_KIND_FLAGS:
      return read_flags (field, value, number, error);
    case WATTLE_KIND_DATE:
    case WATTLE_KIND_TIME:
    case WATTLE_KIND_INSTANT:
      return read_moment (field, value, number, error);
    default:
      if (!wattle_json_integer (value, number))
        return wrong_kind (field, value, field->kind == WATTLE_KIND_MONEY ? "an integer number of cents" : "an integer",
                           error);
      return TRUE;
    }
}

/**
 * wattle_record_read_field:
 * @self: a record
 * @id: one of its fields
 * @value: its value in JSON; null takes the value away
 * @error: %WATTLE_ERROR_INVALID naming the field
 *
 * Checks the kind alone; wattle_record_validate() checks the rest.
 */
gboolean
wattle_record_read_field (WattleRecord *self, WattleFieldId id, WattleJsonNode value, GError **error)
{
  const WattleField *field = wattle_field_get (id);
  gint64 number = 0;

  if (wattle_json_kind (value) == WATTLE_JSON_NULL)
    wattle_record_unset (self, id);
  else if (wattle_field_is_text (field))
    {
      if (wattle_json_string (value) == NULL)
        return wrong_kind (field, value, "a string", error);
      wattle_record_set_string (self, id, wattle_json_string (value));
    }
  else
    {
      if (!read_number (field, value, &number, error))
        return FALSE;
      wattle_record_set_integer (self, id, number);
    }
  return TRUE;
}

static gboolean
keep_unknown (WattleRecord *self, const char *name, WattleJsonNode value, GError **error)
{
  WattleRecordPrivate *priv = wattle_record_private (self);
  GString *kept = g_string_new (priv->unknown);
  WattleJsonWriter writer = wattle_json_writer (kept);
  gsize length;
  const char *raw = wattle_json_raw (value, &length);
  gboolean fits;

  writer.comma = kept->len > 0;
  wattle_json_name (&writer, name);
  wattle_json_put_raw (&writer, raw, length);
  fits = kept->len <= MAX_UNKNOWN_BYTES;
  if (!fits)
    wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, name, "This record holds more than this version can keep.");
  g_free (priv->unknown);
  priv->unknown = g_string_free (kept, FALSE);
  return fits;
}

/* The members that every record has. TRUE in known when name was one of them. */
static gboolean
read_common (WattleRecord *self, const char *name, WattleJsonNode value, gboolean *known, GError **error)
{
  WattleRecordPrivate *priv = wattle_record_private (self);
  const char *text = wattle_json_string (value);
  gboolean ok = TRUE;

  *known = TRUE;
  if (strcmp (name, "type") == 0)
    return TRUE;
  if (strcmp (name, "id") == 0)
    {
      ok = wattle_id_is_valid (text);
      if (ok)
        wattle_record_set_id (self, text);
    }
  else if (strcmp (name, "revision") == 0)
    ok = wattle_json_integer (value, &priv->revision) && priv->revision >= 0;
  else if (strcmp (name, "state") == 0)
    {
      priv->deleted = g_strcmp0 (text, "deleted") == 0;
      ok = priv->deleted || g_strcmp0 (text, "active") == 0;
    }
  else if (strcmp (name, "changed_at") == 0)
    ok = text != NULL && wattle_instant_parse (text, &priv->changed_at, NULL);
  else if (strcmp (name, "changed_by") == 0)
    {
      ok = wattle_id_is_valid (text);
      if (ok)
        wattle_record_set_changed (self, priv->changed_at, text);
    }
  else
    *known = FALSE;
  if (!ok)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, name, "“%s” is not valid.", name);
  return ok;
}

/**
 * wattle_record_from_json:
 * @node: an object with a "type"
 * @error: %WATTLE_ERROR_INVALID naming the field
 *
 * Returns: (transfer full) (nullable): the record
 */
WattleRecord *
wattle_record_from_json (WattleJsonNode node, GError **error)
{
  const WattleType *type = wattle_type_find (wattle_json_member_string (node, "type"));
  g_autoptr (WattleRecord) record = NULL;
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode value;
  const char *name;

  if (wattle_json_kind (node) != WATTLE_JSON_OBJECT || type == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "type",
                              "This is not a record of a type that is known here.");
      return NULL;
    }
  record = wattle_record_new (type->id);
  g_object_freeze_notify (G_OBJECT (record));
  while (wattle_json_next (&iter, &name, &value))
    {
      WattleFieldId field;
      gboolean known;

      if (!read_common (record, name, value, &known, error))
        return NULL;
      if (known)
        continue;
      if (wattle_field_find (type, name, &field) ? !wattle_record_read_field (record, field, value, error)
                                                 : !keep_unknown (record, name, value, error))
        return NULL;
    }
  g_object_thaw_notify (G_OBJECT (record));
  return g_steal_pointer (&record);
}

/**
 * wattle_record_from_text:
 * @json: JSON text of one record
 * @length: its length, or -1
 * @error: the failure, naming the field
 *
 * Returns: (transfer full) (nullable): the record
 */
WattleRecord *
wattle_record_from_text (const char *json, gssize length, GError **error)
{
  WattleJsonLimits limits = { 8 * 1024 * 1024, 16, 4096 };
  g_autoptr (WattleJson) parsed = wattle_json_parse (json, length, &limits, error);

  return parsed != NULL ? wattle_record_from_json (wattle_json_root (parsed), error) : NULL;
}

/**
 * wattle_record_diff:
 * @before: (nullable): the record as it was
 * @after: the record as it is
 *
 * Returns: (transfer full): JSON `{"field": {"old": …, "new": …}, …}` of the
 * fields that differ; "{}" when none does
 */
char *
wattle_record_diff (WattleRecord *before, WattleRecord *after)
{
  const WattleType *type = wattle_record_type (after);
  GString *out = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (out);

  wattle_json_begin_object (&writer);
  for (guint i = 0; i < type->n_fields; i++)
    {
      WattleFieldId field = (type->id << 8) | i;

      if (wattle_record_equal_field (after, before, field))
        continue;
      wattle_json_name (&writer, type->fields[i].name);
      wattle_json_begin_object (&writer);
      wattle_json_name (&writer, "old");
      if (before != NULL)
        wattle_record_write_field (before, field, &writer);
      else
        wattle_json_put_null (&writer);
      wattle_json_name (&writer, "new");
      wattle_record_write_field (after, field, &writer);
      wattle_json_end_object (&writer);
    }
  wattle_json_end_object (&writer);
  return g_string_free (out, FALSE);
}
