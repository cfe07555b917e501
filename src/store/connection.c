/* connection.c: one connection to a database, its statements, and ids and fields as they are bound
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/connection.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/id.h"

static void
finalize (gpointer statement)
{
  WattleStatement *self = statement;

  self->connection->engine->finalize (self);
}

/**
 * wattle_connection_set_up:
 * @self: a new connection, all zero
 * @engine: its engine
 * @name: of the file or database, for sentences
 */
void
wattle_connection_set_up (WattleConnection *self, const WattleEngine *engine, const char *name)
{
  self->engine = engine;
  self->name = g_strdup (name);
  self->queries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize);
  self->learned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->recall = wattle_recall_new ();
  self->revision = -1;
}

void
wattle_connection_finalize_all (WattleConnection *self)
{
  for (guint i = 0; i < WATTLE_N_SQL; i++)
    g_clear_pointer (&self->fixed[i], finalize);
  for (guint i = 0; i < WATTLE_N_TYPE_SQL; i++)
    for (guint t = 0; t < WATTLE_N_RECORDS; t++)
      g_clear_pointer (&self->typed[i][t], finalize);
  g_hash_table_remove_all (self->queries);
}

void
wattle_connection_free (WattleConnection *self)
{
  wattle_connection_finalize_all (self);
  g_hash_table_unref (self->queries);
  g_hash_table_unref (self->learned);
  wattle_recall_free (self->recall);
  g_free (self->name);
  self->engine->close (self);
}

/**
 * wattle_connection_exec:
 * @self: a connection
 * @sql: constant text, or text made of the field tables alone
 * @error: the failure
 */
gboolean
wattle_connection_exec (WattleConnection *self, const char *sql, GError **error)
{
  return self->engine->exec (self, sql, error);
}

/**
 * wattle_connection_integer:
 * @self: a connection
 * @sql: constant text that answers one number, used once
 * @value: (out): the number; 0 when there is no row
 * @error: the failure
 */
gboolean
wattle_connection_integer (WattleConnection *self, const char *sql, gint64 *value, GError **error)
{
  *value = 0;
  return self->engine->integer (self, sql, value, error);
}

/**
 * wattle_connection_step:
 * @self: a connection
 * @statement: one of its statements
 * @row: (out): whether there is a row
 * @error: the failure
 */
gboolean
wattle_connection_step (WattleConnection *self, WattleStatement *statement, gboolean *row, GError **error)
{
  return self->engine->step (statement, row, error);
}

/**
 * wattle_connection_run:
 * @self: a connection
 * @statement: one of its statements, from which no row is wanted
 * @error: the failure; an engine that is far away may tell it at a later call,
 *   at the latest at the end of the savepoint or transaction
 */
gboolean
wattle_connection_run (WattleConnection *self, WattleStatement *statement, GError **error)
{
  return self->engine->run (statement, error);
}

/**
 * wattle_connection_change:
 * @self: a connection
 * @statement: one of its statements, from which no row is wanted
 * @changed: (out): how many rows it wrote
 * @error: the failure
 */
gboolean
wattle_connection_change (WattleConnection *self, WattleStatement *statement, gint64 *changed, GError **error)
{
  return self->engine->change (statement, changed, error);
}

/**
 * wattle_connection_stopped:
 * @error: (out): %WATTLE_ERROR_CANCELLED
 *
 * Returns: %FALSE
 */
gboolean
wattle_connection_stopped (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CANCELLED, NULL, _("Stopped."));
  return FALSE;
}

void
wattle_statement_done (WattleStatement *statement)
{
  statement->connection->engine->done (statement);
}

void
wattle_bind_null (WattleStatement *statement, int place)
{
  statement->connection->engine->bind_null (statement, place);
}

void
wattle_bind_integer (WattleStatement *statement, int place, gint64 value)
{
  statement->connection->engine->bind_integer (statement, place, value);
}

/**
 * wattle_bind_bytes:
 * @statement: a statement
 * @place: of the parameter
 * @bytes: copied
 * @length: how many
 */
void
wattle_bind_bytes (WattleStatement *statement, int place, const guint8 *bytes, gsize length)
{
  statement->connection->engine->bind_bytes (statement, place, bytes, length);
}

/**
 * wattle_bind_id:
 * @statement: a statement
 * @place: of the parameter
 * @id: (nullable): an id; what is not one binds as a value that equals none
 */
void
wattle_bind_id (WattleStatement *statement, int place, const char *id)
{
  guint8 bytes[WATTLE_ID_BYTES];

  if (id == NULL)
    wattle_bind_null (statement, place);
  else if (wattle_id_to_bytes (id, bytes))
    wattle_bind_bytes (statement, place, bytes, sizeof bytes);
  else
    wattle_bind_bytes (statement, place, bytes, 0);
}

/**
 * wattle_bind_text:
 * @statement: a statement
 * @place: of the parameter
 * @text: (nullable): must live until the statement has run
 */
void
wattle_bind_text (WattleStatement *statement, int place, const char *text)
{
  statement->connection->engine->bind_text (statement, place, text, -1);
}

void
wattle_bind_text_length (WattleStatement *statement, int place, const char *text, gsize length)
{
  statement->connection->engine->bind_text (statement, place, text, length);
}

/**
 * wattle_bind_field:
 * @statement: a statement
 * @place: of the parameter
 * @record: a record that outlives the run
 * @id: one of its fields; bound as its column in the index table holds it
 */
void
wattle_bind_field (WattleStatement *statement, int place, WattleRecord *record, WattleFieldId id)
{
  const WattleField *field = wattle_field_get (id);

  if (!wattle_record_has (record, id))
    wattle_bind_null (statement, place);
  else if (field->kind == WATTLE_KIND_REFERENCE)
    wattle_bind_id (statement, place, wattle_record_get_string (record, id));
  else if (wattle_field_is_text (field))
    wattle_bind_text (statement, place, wattle_record_get_string (record, id));
  else if (field->kind == WATTLE_KIND_ENUM)
    wattle_bind_text (statement, place,
                      wattle_enum_nick (wattle_field_enum (field), wattle_record_get_integer (record, id)));
  else
    wattle_bind_integer (statement, place, wattle_record_get_integer (record, id));
}

gint64
wattle_column_integer (WattleStatement *statement, int column)
{
  return statement->connection->engine->column_integer (statement, column);
}

const char *
wattle_column_text (WattleStatement *statement, int column)
{
  return statement->connection->engine->column_text (statement, column);
}

const guint8 *
wattle_column_bytes (WattleStatement *statement, int column)
{
  return statement->connection->engine->column_bytes (statement, column);
}

int
wattle_column_length (WattleStatement *statement, int column)
{
  return statement->connection->engine->column_length (statement, column);
}

/**
 * wattle_column_id:
 * @statement: a statement on a row
 * @column: a column that holds an id
 *
 * Returns: (transfer full) (nullable): the id's text
 */
char *
wattle_column_id (WattleStatement *statement, int column)
{
  char *text;

  if (wattle_column_length (statement, column) != WATTLE_ID_BYTES)
    return NULL;
  text = g_malloc (WATTLE_ID_LENGTH + 1);
  wattle_id_to_text (wattle_column_bytes (statement, column), text);
  return text;
}
