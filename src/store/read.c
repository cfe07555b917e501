/* read.c: the reader that rules see, over one connection
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"

/**
 * wattle_body_to_record:
 * @body: the JSON text of a precious row
 * @length: its length
 * @error: (out): %WATTLE_ERROR_CORRUPT
 *
 * Returns: (transfer full) (nullable): the record
 */
WattleRecord *
wattle_body_to_record (const char *body, gssize length, GError **error)
{
  WattleRecord *record = wattle_record_from_text (body, length, NULL);

  if (record == NULL)
    wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                            _("A saved record cannot be read. It was left as it is; check the store."));
  return record;
}

/**
 * wattle_audit_row_to_record:
 * @statement: on a row of the audit table
 * @body: column of the body
 * @hash: column of the hash
 * @error: (out): %WATTLE_ERROR_CORRUPT
 *
 * Returns: (transfer full) (nullable): the audit event with its hash
 */
WattleRecord *
wattle_audit_row_to_record (WattleStatement *statement, int body, int hash, GError **error)
{
  WattleRecord *event =
    wattle_body_to_record (wattle_column_text (statement, body), wattle_column_length (statement, body), error);
  const guint8 *bytes = wattle_column_bytes (statement, hash);
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; event != NULL && i < wattle_column_length (statement, hash); i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  if (event != NULL)
    wattle_record_set_string (event, WATTLE_AUDIT_EVENT_HASH, text->str);
  return event;
}

static WattleRecord *
not_found (const WattleType *type, GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, "There is no such %s.", type->nick);
  return NULL;
}

static WattleRecord *
get_audit_event (WattleTransaction *self, const char *id, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_AUDIT_GET, error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  wattle_bind_id (statement, 1, id);
  if (!wattle_connection_step (self->connection, statement, &row, error))
    return NULL;
  return row ? wattle_audit_row_to_record (statement, 0, 1, error)
             : not_found (wattle_type_get (WATTLE_RECORD_AUDIT_EVENT), error);
}

static gboolean
check_open (WattleTransaction *self, GError **error)
{
  if (!self->ended)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, "This transaction has ended.");
  return FALSE;
}

static WattleRecord *
get (WattleReader *reader, WattleRecordType type, const char *id, GError **error)
{
  WattleTransaction *self = (WattleTransaction *) reader;
  const WattleType *described = wattle_type_get (type);
  g_autoptr (WattleStatement) statement = NULL;
  WattleRecord *record;
  gboolean row;

  if (!check_open (self, error))
    return NULL;
  if (type == WATTLE_RECORD_AUDIT_EVENT)
    return get_audit_event (self, id, error);
  if (self->write && !wattle_transaction_know_revision (self, error))
    return NULL;
  record = self->write ? wattle_recall_record (self->connection->recall, type, id) : NULL;
  if (record != NULL)
    return record;
  statement = wattle_connection_statement (self->connection, WATTLE_SQL_GET, error);
  if (statement == NULL)
    return NULL;
  wattle_bind_id (statement, 1, id);
  if (!wattle_connection_step (self->connection, statement, &row, error))
    return NULL;
  if (!row || strcmp (wattle_column_text (statement, 0), described->nick) != 0)
    return not_found (described, error);
  record = wattle_body_to_record (wattle_column_text (statement, 1), wattle_column_length (statement, 1), error);
  if (record != NULL && self->write)
    wattle_recall_keep_record (self->connection->recall, record);
  return record;
}

static GPtrArray *
ask_for_ids (WattleTransaction *self, const WattleQuery *query, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WattleStatement) statement = NULL;
  gboolean row;

  statement = wattle_connection_query_statement (self->connection, query, FALSE, error);
  if (statement == NULL)
    return NULL;
  while (TRUE)
    {
      if (!wattle_connection_step (self->connection, statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&ids);
      g_ptr_array_add (ids, wattle_column_id (statement, 0));
    }
}

/* The ids that a query finds, in its order. The trail grows by no put, so nothing of it is remembered. */
static GPtrArray *
find_ids (WattleTransaction *self, const WattleQuery *query, GError **error)
{
  WattleRecall *recall = self->connection->recall;
  g_autoptr (GBytes) key = NULL;
  GPtrArray *ids;

  if (!self->write || query->type == WATTLE_RECORD_AUDIT_EVENT)
    return ask_for_ids (self, query, error);
  if (!wattle_transaction_know_revision (self, error))
    return NULL;
  key = wattle_recall_key (query);
  if (wattle_recall_ids (recall, query, key, &ids))
    return ids;
  ids = ask_for_ids (self, query, error);
  if (ids != NULL)
    wattle_recall_keep_ids (recall, query, key, ids);
  return ids;
}

/* Where each question is a journey, all records come with one. */
static GPtrArray *
get_list (WattleTransaction *self, GPtrArray *ids, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GString) list = g_string_sized_new (ids->len * (2 * WATTLE_ID_BYTES + 1));
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_GET_LIST, error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (guint i = 0; i < ids->len; i++)
    {
      guint8 bytes[WATTLE_ID_BYTES] = { 0 };

      wattle_id_to_bytes (ids->pdata[i], bytes);
      g_string_append (list, i > 0 ? "," : "");
      for (guint j = 0; j < sizeof bytes; j++)
        g_string_append_printf (list, "%02x", bytes[j]);
    }
  wattle_bind_text (statement, 1, list->str);
  while (TRUE)
    {
      WattleRecord *record;

      if (!wattle_connection_step (self->connection, statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&found);
      record = wattle_body_to_record (wattle_column_text (statement, 1), wattle_column_length (statement, 1), error);
      if (record == NULL)
        return NULL;
      g_ptr_array_add (found, record);
      if (self->write)
        wattle_recall_keep_record (self->connection->recall, record);
    }
}

static gboolean
is_journey (WattleTransaction *self, const WattleQuery *query, GPtrArray *ids)
{
  gboolean unknown = !self->write;

  if (ids->len < 2 || !self->connection->engine->is_postgresql || query->type == WATTLE_RECORD_AUDIT_EVENT)
    return FALSE;
  for (guint i = 0; i < ids->len && !unknown; i++)
    unknown = !wattle_recall_knows (self->connection->recall, ids->pdata[i]);
  return unknown;
}

static GPtrArray *
query_records (WattleReader *reader, const WattleQuery *query, GError **error)
{
  WattleTransaction *self = (WattleTransaction *) reader;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) ids = NULL;

  if (!check_open (self, error))
    return NULL;
  ids = find_ids (self, query, error);
  if (ids == NULL)
    return NULL;
  if (is_journey (self, query, ids))
    return get_list (self, ids, error);
  for (guint i = 0; i < ids->len; i++)
    {
      WattleRecord *record = get (reader, query->type, ids->pdata[i], error);

      if (record == NULL)
        return NULL;
      g_ptr_array_add (found, record);
    }
  return g_steal_pointer (&found);
}

static gint64
count (WattleReader *reader, const WattleQuery *query, GError **error)
{
  WattleTransaction *self = (WattleTransaction *) reader;
  g_autoptr (WattleStatement) statement = NULL;
  gboolean row;

  if (!check_open (self, error))
    return -1;
  statement = wattle_connection_query_statement (self->connection, query, TRUE, error);
  if (statement == NULL || !wattle_connection_step (self->connection, statement, &row, error))
    return -1;
  return wattle_column_integer (statement, 0);
}

void
wattle_reader_set_up (WattleReader *reader)
{
  reader->get = get;
  reader->query = query_records;
  reader->count = count;
}
