/* feed.c: changed records in the order of their revisions
 *
 * There is no log: each record has one row, and a change moves its revision. A
 * reader that was away for long reads every record once, as it is now.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include "base/id.h"

static gboolean
walk (WattleTransaction *self, WattleStatement *statement, WattleFeedFunc func, gpointer data, GError **error)
{
  char id[WATTLE_ID_LENGTH + 1], scope[WATTLE_ID_LENGTH + 1];
  gboolean row;

  while (TRUE)
    {
      const WattleType *type;
      WattleFeedRow fed = { 0 };

      if (!wattle_connection_step (self->connection, statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      type = wattle_type_find (wattle_column_text (statement, 1));
      if (type == NULL)
        continue;
      wattle_id_to_text (wattle_column_bytes (statement, 2), id);
      if (wattle_column_length (statement, 3) == WATTLE_ID_BYTES)
        {
          wattle_id_to_text (wattle_column_bytes (statement, 3), scope);
          fed.scope = scope;
        }
      fed.revision = wattle_column_integer (statement, 0);
      fed.type = type->id;
      fed.id = id;
      fed.deleted = wattle_column_integer (statement, 4);
      fed.json = wattle_column_text (statement, 5);
      fed.json_length = wattle_column_length (statement, 5);
      if (!func (&fed, data, error))
        return FALSE;
    }
}

/**
 * wattle_transaction_feed:
 * @self: a transaction
 * @after: revision that the reader has seen
 * @limit: at most so many rows; 0 for all
 * @func: (scope call): is given each row; %FALSE with an error ends it
 * @data: for @func
 * @error: the failure
 *
 * Not to be called again from within @func.
 */
gboolean
wattle_transaction_feed (WattleTransaction *self, gint64 after, guint limit, WattleFeedFunc func, gpointer data,
                         GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_FEED, error);

  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, after);
  wattle_bind_integer (statement, 2, limit > 0 ? (gint64) limit : -1);
  return walk (self, statement, func, data, error);
}

/**
 * wattle_transaction_scope_rows:
 * @self: a transaction
 * @scope: id of the patient or user who owns the rows, or
 *   %WATTLE_SCOPE_OF_PRACTICE for the rows that nobody owns; anything else, also
 *   %NULL, has no rows
 * @func: (scope call): is given each row, in the order of revisions
 * @data: for @func
 * @error: the failure
 */
gboolean
wattle_transaction_scope_rows (WattleTransaction *self, const char *scope, WattleFeedFunc func, gpointer data,
                               GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_SCOPE_ROWS, error);

  if (statement == NULL)
    return FALSE;
  if (g_strcmp0 (scope, WATTLE_SCOPE_OF_PRACTICE) != 0)
    wattle_bind_id (statement, 1, scope != NULL ? scope : "");
  return walk (self, statement, func, data, error);
}

/**
 * wattle_transaction_type_rows:
 * @self: a transaction
 * @type: a record type
 * @after: (nullable): id behind which to begin
 * @limit: at most so many rows; 0 for all
 * @func: (scope call): is given each row, in the order of ids; %FALSE with an error ends it
 * @data: for @func
 * @error: the failure
 *
 * Deleted rows are left out.
 */
gboolean
wattle_transaction_type_rows (WattleTransaction *self,
                              WattleRecordType type,
                              const char *after,
                              guint limit,
                              WattleFeedFunc func,
                              gpointer data,
                              GError **error)
{
  g_autoptr (WattleStatement) statement =
    wattle_connection_type_statement (self->connection, WATTLE_TYPE_SQL_ROWS, type, error);

  if (statement == NULL)
    return FALSE;
  if (after != NULL)
    wattle_bind_id (statement, 1, after);
  else
    wattle_bind_bytes (statement, 1, (const guint8 *) "", 0);
  wattle_bind_integer (statement, 2, limit > 0 ? (gint64) limit : -1);
  return walk (self, statement, func, data, error);
}
