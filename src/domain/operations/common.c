/* common.c: reading arguments and records, and merging changes, for every group of operations
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include <string.h>

#include "base/civil.h"
#include "base/id.h"

/**
 * wattle_refuse:
 * @error: where the error goes
 * @code: what kind of failure
 * @field: (nullable): the field or argument at fault
 * @sentence: what happened and what to do, translated
 *
 * Returns: %FALSE
 */
gboolean
wattle_refuse (GError **error, WattleErrorCode code, const char *field, const char *sentence)
{
  wattle_set_field_error (error, code, field, "%s", sentence);
  return FALSE;
}

WattleJsonNode
wattle_arg (WattleJsonNode args, const char *name)
{
  WattleJsonNode node = wattle_json_member (args, name);

  return wattle_json_kind (node) == WATTLE_JSON_NULL ? (WattleJsonNode){ NULL, 0 } : node;
}

const char *
wattle_arg_string (WattleJsonNode args, const char *name)
{
  return wattle_json_string (wattle_arg (args, name));
}

/* The value of an enum argument, -1 when it is absent. */
gint64
wattle_arg_enum (WattleJsonNode args, const char *name, const char *list)
{
  const char *nick = wattle_arg_string (args, name);

  return nick != NULL ? wattle_enum_parse (wattle_enum_find (list), nick) : -1;
}

/* What a caller sends of a record is its content: who and when is for the operation to say. */
static WattleRecord *
read_record (WattleJsonNode node, GError **error)
{
  g_autoptr (WattleRecord) record = wattle_record_from_json (node, error);

  if (record == NULL)
    return NULL;
  if (wattle_record_is_deleted (record))
    {
      wattle_refuse (error, WATTLE_ERROR_INVALID, "state", _("A new record cannot be deleted already."));
      return NULL;
    }
  wattle_record_set_revision (record, 0);
  wattle_record_set_changed (record, 0, NULL);
  return g_steal_pointer (&record);
}

WattleRecord *
wattle_arg_record (WattleJsonNode args, const char *name, GError **error)
{
  return read_record (wattle_arg (args, name), error);
}

GPtrArray *
wattle_arg_records (WattleJsonNode args, const char *name, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  WattleJsonIter iter = wattle_json_iter (wattle_arg (args, name));
  WattleJsonNode node;

  while (wattle_json_next (&iter, NULL, &node))
    {
      WattleRecord *record = read_record (node, error);

      if (record == NULL)
        return NULL;
      g_ptr_array_add (records, record);
    }
  return g_steal_pointer (&records);
}

/**
 * wattle_load:
 * @context: an operation's context
 * @type: a record type
 * @id: (nullable): its id
 * @error: %WATTLE_ERROR_NOT_FOUND also for a deleted one
 *
 * Returns: (transfer full) (nullable): a record that may be changed
 */
WattleRecord *
wattle_load (WattleOperationContext *context, WattleRecordType type, const char *id, GError **error)
{
  g_autoptr (WattleRecord) found = wattle_reader_get (context->reader, type, id, error);

  if (found == NULL)
    return NULL;
  if (wattle_record_is_deleted (found))
    {
      wattle_refuse (error, WATTLE_ERROR_NOT_FOUND, "id", _("This has been deleted. Restore it first."));
      return NULL;
    }
  return wattle_record_copy (found);
}

WattleRecord *
wattle_load_practice (WattleOperationContext *context, GError **error)
{
  return wattle_load (context, WATTLE_RECORD_PRACTICE, context->actor->practice, error);
}

/**
 * wattle_take_id:
 * @context: an operation's context
 * @record: a new record, with the caller's id or none
 * @what: what it is to the operation, when an id is to be made
 * @error: %WATTLE_ERROR_CONFLICT when the id is in use
 *
 * Returns: whether the record has an id of its own now
 */
gboolean
wattle_take_id (WattleOperationContext *context, WattleRecord *record, const char *what, GError **error)
{
  WattleRecordType type = wattle_record_type (record)->id;
  g_autoptr (WattleRecord) other = NULL;
  g_autoptr (GError) local = NULL;

  if (wattle_record_id (record) == NULL)
    {
      g_autofree char *id = wattle_operation_new_id (context, what);

      wattle_record_set_id (record, id);
    }
  other = wattle_reader_get (context->reader, type, wattle_record_id (record), &local);
  if (other == NULL && g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    return TRUE;
  if (other == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "id", _("This has been kept already."));
}

/**
 * wattle_today:
 * @context: an operation's context
 * @zone: (nullable): an IANA zone; UTC when it is unknown
 *
 * Returns: the date there, at the operation's time
 */
gint64
wattle_today (WattleOperationContext *context, const char *zone)
{
  GTimeZone *found = wattle_zone_lookup (zone != NULL ? zone : "UTC", NULL);
  gint64 date;

  wattle_zone_to_local (context->now, found != NULL ? found : wattle_zone_lookup ("UTC", NULL), &date, NULL, NULL);
  return date;
}

/**
 * wattle_next_number:
 * @context: an operation's context, on the authority
 * @sequence: a gapless sequence, such as "invoice"
 * @format: what stands before the six digits, such as "INV-"
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): the next number
 */
char *
wattle_next_number (WattleOperationContext *context, const char *sequence, const char *format, GError **error)
{
  gint64 number;

  g_assert (context->authority && context->next_number != NULL);
  number = context->next_number (context, sequence, error);
  return number > 0 ? g_strdup_printf ("%s%06" G_GINT64_FORMAT, format, number) : NULL;
}

gboolean
wattle_actor_is (const WattleActor *actor, int role)
{
  return actor->user != NULL && actor->role == role && (actor->roles & WATTLE_ROLE_BIT (role)) != 0;
}

static char *
field_json (WattleRecord *record, WattleFieldId field)
{
  GString *out = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (out);

  wattle_record_write_field (record, field, &writer);
  return g_string_free (out, FALSE);
}

static void
add_conflict (WattleOutcome *outcome, WattleRecord *theirs, WattleRecord *mine, WattleFieldId field)
{
  WattleConflict *conflict = g_new0 (WattleConflict, 1);

  conflict->type = g_strdup (wattle_record_type (theirs)->nick);
  conflict->id = g_strdup (wattle_record_id (theirs));
  conflict->field = g_strdup (wattle_field_get (field)->name);
  conflict->mine = field_json (mine, field);
  conflict->theirs = field_json (theirs, field);
  g_ptr_array_add (outcome->conflicts, conflict);
}

static gboolean
find_changeable (const WattleType *type,
                 const char *name,
                 const WattleFieldId *allowed,
                 guint n_allowed,
                 WattleFieldId *field,
                 GError **error)
{
  gboolean ok = allowed == NULL;

  if (!wattle_field_find (type, name, field))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, name, _("“%.40s” is not a field of this record."), name);
      return FALSE;
    }
  for (guint i = 0; allowed != NULL && i < n_allowed; i++)
    ok = ok || allowed[i] == *field;
  if (ok && (wattle_field_get (*field)->flags & (WATTLE_FIELD_SERVER | WATTLE_FIELD_IMMUTABLE)) == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, name, _("“%s” cannot be changed this way."),
                          _(wattle_field_get (*field)->label));
  return FALSE;
}

/**
 * wattle_merge_changes:
 * @record: the record as it is now; gets the changes that apply
 * @changes: `{"field": {"old": …, "new": …}}`
 * @allowed: (array length=n_allowed) (nullable): the fields that may change; all but SERVER and IMMUTABLE when %NULL
 * @n_allowed: how many
 * @outcome: gets a conflict for each field that somebody else changed
 * @error: %WATTLE_ERROR_INVALID or %WATTLE_ERROR_FORBIDDEN, naming the field
 *
 * Field by field: where the value is still the old one, or the new one already, the new one stands. Else
 * theirs stands and mine is kept for the person to choose.
 *
 * Returns: whether the changes could be read and may be made
 */
gboolean
wattle_merge_changes (WattleRecord *record,
                      WattleJsonNode changes,
                      const WattleFieldId *allowed,
                      guint n_allowed,
                      WattleOutcome *outcome,
                      GError **error)
{
  const WattleType *type = wattle_record_type (record);
  g_autoptr (WattleRecord) base = wattle_record_new (type->id);
  g_autoptr (WattleRecord) mine = wattle_record_new (type->id);
  WattleJsonIter iter = wattle_json_iter (changes);
  WattleJsonNode change;
  const char *name;

  while (wattle_json_next (&iter, &name, &change))
    {
      WattleFieldId field;

      if (!find_changeable (type, name, allowed, n_allowed, &field, error)
          || !wattle_record_read_field (base, field, wattle_json_member (change, "old"), error)
          || !wattle_record_read_field (mine, field, wattle_json_member (change, "new"), error))
        return FALSE;
      if (wattle_record_equal_field (record, base, field) || wattle_record_equal_field (record, mine, field))
        {
          if (!wattle_record_read_field (record, field, wattle_json_member (change, "new"), error))
            return FALSE;
        }
      else
        add_conflict (outcome, record, mine, field);
    }
  return TRUE;
}
