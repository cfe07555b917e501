/* write.c: putting records and forgetting them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"

/* What put() knows of the row that was there before. */
typedef struct
{
  gint64 number; /* 0 when there was none */
  WattleRecord *record; /* (nullable): only where its words are searched */
} Before;

static void
before_clear (Before *self)
{
  g_clear_object (&self->record);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Before, before_clear)

/**
 * wattle_index_put:
 * @connection: the writing connection
 * @record: a record
 * @is_new: whether it has no row there yet
 * @error: the failure
 *
 * Writes the record's row of its index table.
 */
gboolean
wattle_index_put (WattleConnection *connection, WattleRecord *record, gboolean is_new, GError **error)
{
  const WattleType *type = wattle_record_type (record);
  g_autoptr (WattleStatement) statement = NULL;
  WattleTypeSql which = is_new ? WATTLE_TYPE_SQL_ADD : WATTLE_TYPE_SQL_PUT;
  int place = 3;

  statement = wattle_connection_type_statement (connection, which, type->id, error);
  if (statement == NULL)
    return FALSE;
  wattle_bind_id (statement, 1, wattle_record_id (record));
  wattle_bind_integer (statement, 2, wattle_record_is_deleted (record));
  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & WATTLE_FIELD_INDEXED)
      wattle_bind_field (statement, place++, record, (type->id << 8) | i);
  return wattle_connection_run (connection, statement, error);
}

static gboolean
read_before (WattleTransaction *self, WattleRecord *record, Before *before, GError **error)
{
  const WattleType *type = wattle_record_type (record);
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_OLD, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  wattle_bind_id (statement, 1, wattle_record_id (record));
  if (!wattle_connection_step (self->connection, statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  if (strcmp (wattle_column_text (statement, 1), type->nick) != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "id", _("This id belongs to another kind of record."));
      return FALSE;
    }
  before->number = wattle_column_integer (statement, 0);
  if (!wattle_type_is_searched (type))
    return TRUE;
  before->record =
    wattle_body_to_record (wattle_column_text (statement, 3), wattle_column_length (statement, 3), error);
  return before->record != NULL;
}

static void
bind_row (WattleStatement *statement, WattleRecord *record, const char *json, gsize length)
{
  wattle_bind_id (statement, 1, wattle_record_id (record));
  wattle_bind_text (statement, 2, wattle_record_type (record)->nick);
  wattle_bind_id (statement, 3, wattle_record_scope_id (record));
  wattle_bind_integer (statement, 4, wattle_record_revision (record));
  wattle_bind_integer (statement, 5, wattle_record_is_deleted (record));
  wattle_bind_integer (statement, 6, wattle_record_changed_at (record));
  wattle_bind_text_length (statement, 7, json, length);
}

/* Writes a row that is not there yet; its number is the engine's own or the practice's next. */
static gboolean
insert_row (WattleTransaction *self,
            WattleSql which,
            WattleRecord *record,
            const char *json,
            gsize length,
            gint64 *number,
            GError **error)
{
  const WattleEngine *engine = self->connection->engine;
  g_autoptr (WattleStatement) statement = NULL;
  gint64 changed = 1;

  *number = 0;
  if (engine->last_number == NULL && !wattle_transaction_next_number (self, number, error))
    return FALSE;
  statement = wattle_connection_statement (self->connection, which, error);
  if (statement == NULL)
    return FALSE;
  bind_row (statement, record, json, length);
  if (*number > 0)
    wattle_bind_integer (statement, 8, *number);
  if (which == WATTLE_SQL_INSERT_NEW ? !wattle_connection_change (self->connection, statement, &changed, error)
                                     : !wattle_connection_run (self->connection, statement, error))
    return FALSE;
  if (engine->last_number != NULL)
    *number = engine->last_number (self->connection);
  if (changed == 0)
    *number = 0;
  return TRUE;
}

static gboolean
write_row (WattleTransaction *self,
           WattleRecord *record,
           const char *json,
           gsize length,
           Before *before,
           gint64 *number,
           GError **error)
{
  g_autoptr (WattleStatement) statement = NULL;

  /* in a bulk load most rows are new: try that first */
  if (self->bulk)
    {
      if (!insert_row (self, WATTLE_SQL_INSERT_NEW, record, json, length, number, error))
        return FALSE;
      if (*number > 0)
        return TRUE;
    }
  if (!read_before (self, record, before, error))
    return FALSE;
  *number = before->number;
  if (*number == 0)
    return insert_row (self, WATTLE_SQL_INSERT, record, json, length, number, error);
  statement = wattle_connection_statement (self->connection, WATTLE_SQL_UPDATE, error);
  if (statement == NULL)
    return FALSE;
  bind_row (statement, record, json, length);
  return wattle_connection_run (self->connection, statement, error);
}

static gboolean
store_row (WattleTransaction *self, WattleRecord *record, const char *json, gsize length, GError **error)
{
  const WattleType *type = wattle_record_type (record);
  g_auto (Before) before = { 0 };
  gint64 number;

  wattle_recall_touch (self->connection->recall, type->id, wattle_record_id (record));
  if (!write_row (self, record, json, length, &before, &number, error)
      || !wattle_index_put (self->connection, record, before.number == 0, error))
    return FALSE;
  self->changed |= WATTLE_TYPE_BIT (type->id);
  return !wattle_type_is_searched (type)
         || wattle_words_put (self->connection, number, before.record, record, error);
}

static gboolean
check_unique (WattleTransaction *self, WattleRecord *record, WattleFieldId field, GError **error)
{
  WattleQuery query = wattle_query (wattle_record_type (record)->id);
  g_autoptr (WattleStatement) statement = NULL;
  gboolean row;

  wattle_query_where_text (&query, field, wattle_record_get_string (record, field));
  query.limit = 2;
  statement = wattle_connection_query_statement (self->connection, &query, FALSE, error);
  if (statement == NULL)
    return FALSE;
  while (TRUE)
    {
      g_autofree char *id = NULL;

      if (!wattle_connection_step (self->connection, statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      id = wattle_column_id (statement, 0);
      if (g_strcmp0 (id, wattle_record_id (record)) == 0)
        continue;
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, wattle_field_get (field)->name,
                              _("Another record already has this value. Nothing was changed; choose another."));
      return FALSE;
    }
}

static gboolean
check_uniques (WattleTransaction *self, WattleRecord *record, GError **error)
{
  const WattleType *type = wattle_record_type (record);

  for (guint i = 0; i < type->n_fields && !wattle_record_is_deleted (record); i++)
    {
      WattleFieldId field = (type->id << 8) | i;

      if ((type->fields[i].flags & WATTLE_FIELD_UNIQUE) && wattle_record_has (record, field)
          && !check_unique (self, record, field, error))
        return FALSE;
    }
  return TRUE;
}

/* Conversations of the staff are no patient's: they belong to the practice. */
static gboolean
is_optional (const WattleType *type)
{
  WattleFieldId owner;

  return wattle_field_find (type, type->scope_field, &owner)
         && (wattle_field_get (owner)->flags & WATTLE_FIELD_REQUIRED) == 0;
}

static gboolean
check_kind (WattleTransaction *self, WattleRecord *record, GError **error)
{
  const WattleType *type = wattle_record_type (record);
  /* A client is sent the busy times of others without the name of the patient. */
  gboolean nameless = self->store->side == WATTLE_STORE_CLIENT && type->id == WATTLE_RECORD_APPOINTMENT;

  if (!wattle_id_is_valid (wattle_record_id (record)))
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "id", "A record needs an id before it can be saved.");
  else if (type->scope == WATTLE_SCOPE_SERVER)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "type", "An audit event is written by the audit trail alone.");
  else if ((type->scope == WATTLE_SCOPE_PATIENT || type->scope == WATTLE_SCOPE_USER)
           && wattle_record_scope_id (record) == NULL && !nameless && !is_optional (type))
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, type->scope_field,
                            "“%s” says whose record this is and must be "
                            "given.",
                            type->scope_field);
  else
    return TRUE;
  return FALSE;
}

/**
 * wattle_transaction_put:
 * @self: a write transaction
 * @record: a record with an id; on a server it is given its revision
 * @error: (out): %WATTLE_ERROR_CONFLICT naming the field at fault, and others
 *
 * Writes a record, new or changed.
 */
gboolean
wattle_transaction_put (WattleTransaction *self, WattleRecord *record, GError **error)
{
  gint64 was = wattle_record_revision (record);
  g_autofree char *json = NULL;

  if (!wattle_transaction_may_write (self, error) || !check_kind (self, record, error))
    return FALSE;
  if (self->store->side == WATTLE_STORE_SERVER)
    {
      gint64 revision;

      if (!self->bulk && (!check_uniques (self, record, error) || !wattle_overlap_refuse (self, record, error)))
        return FALSE;
      if (!wattle_transaction_next_revision (self, &revision, error))
        return FALSE;
      wattle_record_set_revision (record, revision);
    }
  json = wattle_record_to_json (record);
  if (store_row (self, record, json, strlen (json), error))
    return TRUE;
  wattle_record_set_revision (record, was);
  return FALSE;
}

/**
 * wattle_transaction_put_feed_row:
 * @self: a write transaction of a client
 * @type: what the row says it is
 * @json: the record as the server sent it, with its revision
 * @length: its length in bytes
 * @record: (out) (optional) (transfer full): the record
 * @error: (out): %WATTLE_ERROR_INVALID for a row that is no such record
 *
 * Keeps the server's text as it came: parsed once, printed never.
 */
gboolean
wattle_transaction_put_feed_row (WattleTransaction *self, WattleRecordType type, const char *json, gsize length,
                                 WattleRecord **record, GError **error)
{
  g_autoptr (WattleRecord) parsed = NULL;

  if (!wattle_transaction_may_write (self, error))
    return FALSE;
  parsed = wattle_record_from_text (json, length, error);
  if (parsed == NULL || !check_kind (self, parsed, error))
    return FALSE;
  if (wattle_record_type (parsed)->id != type)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "type", "This row is not a %s.",
                              wattle_type_get (type)->nick);
      return FALSE;
    }
  if (!store_row (self, parsed, json, length, error))
    return FALSE;
  if (record != NULL)
    *record = g_steal_pointer (&parsed);
  return TRUE;
}

static gboolean
forget_row (WattleTransaction *self, WattleRecordType type, const char *id, GError **error)
{
  g_autoptr (WattleStatement) index =
    wattle_connection_type_statement (self->connection, WATTLE_TYPE_SQL_FORGET, type, error);
  g_autoptr (WattleStatement) row = wattle_connection_statement (self->connection, WATTLE_SQL_FORGET, error);

  if (index == NULL || row == NULL)
    return FALSE;
  wattle_recall_touch (self->connection->recall, type, id);
  wattle_bind_id (index, 1, id);
  wattle_bind_id (row, 1, id);
  return wattle_connection_run (self->connection, index, error) && wattle_connection_run (self->connection, row, error);
}

/**
 * wattle_transaction_forget:
 * @self: a write transaction
 * @id: id of a record of any type; one that is not here is no error
 * @error: the failure
 *
 * Takes a record away without a trace: row, index and search words.
 */
gboolean
wattle_transaction_forget (WattleTransaction *self, const char *id, GError **error)
{
  g_autoptr (WattleStatement) old = NULL;
  g_autoptr (WattleRecord) record = NULL;
  const WattleType *type;
  gboolean row;

  if (!wattle_transaction_may_write (self, error))
    return FALSE;
  old = wattle_connection_statement (self->connection, WATTLE_SQL_OLD, error);
  if (old == NULL)
    return FALSE;
  wattle_bind_id (old, 1, id);
  if (!wattle_connection_step (self->connection, old, &row, error))
    return FALSE;
  type = row ? wattle_type_find (wattle_column_text (old, 1)) : NULL;
  if (type == NULL)
    return TRUE;
  if (wattle_type_is_searched (type))
    {
      record = wattle_body_to_record (wattle_column_text (old, 3), wattle_column_length (old, 3), error);
      if (record == NULL || !wattle_words_put (self->connection, wattle_column_integer (old, 0), record, NULL, error))
        return FALSE;
      self->forgotten |= WATTLE_TYPE_BIT (type->id);
    }
  self->changed |= WATTLE_TYPE_BIT (type->id);
  wattle_statement_done (old);
  return forget_row (self, type->id, id, error);
}
