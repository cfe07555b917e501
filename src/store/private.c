/* private.c: private rows, operations and the store's own names and values
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include "base/error.h"

#define DEFAULT_LIMIT 1000

void
wattle_private_row_free (WattlePrivateRow *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self->owner);
  g_free (self->value);
  g_free (self);
}

static WattlePrivateRow *
read_row (WattleStatement *statement)
{
  WattlePrivateRow *row = g_new0 (WattlePrivateRow, 1);

  row->key = g_strdup (wattle_column_text (statement, 0));
  row->owner = g_strdup (wattle_column_text (statement, 1));
  row->value = g_strdup (wattle_column_text (statement, 2));
  row->expires_at = wattle_column_integer (statement, 3);
  return row;
}

/**
 * wattle_transaction_private:
 * @self: a transaction
 * @kind: what kind of row
 * @key: its key
 * @error: (out): %WATTLE_ERROR_NOT_FOUND when there is none
 *
 * Returns: (transfer full) (nullable): the row, also when it has expired
 */
WattlePrivateRow *
wattle_transaction_private (WattleTransaction *self, const char *kind, const char *key, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_PRIVATE, error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  wattle_bind_text (statement, 1, kind);
  wattle_bind_text (statement, 2, key);
  if (!wattle_connection_step (self->connection, statement, &row, error))
    return NULL;
  if (row)
    return read_row (statement);
  wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, "There is no such %s.", kind);
  return NULL;
}

/**
 * wattle_transaction_keep_private:
 * @self: a write transaction
 * @kind: what kind of row
 * @key: its key; an older row of the same kind and key is replaced
 * @owner: (nullable): what rows are listed by
 * @value: the text
 * @expires_at: microseconds since the epoch; 0 for never
 * @error: the failure
 */
gboolean
wattle_transaction_keep_private (WattleTransaction *self, const char *kind, const char *key, const char *owner,
                                 const char *value, gint64 expires_at, GError **error)
{
  g_autoptr (WattleStatement) statement = NULL;

  if (!wattle_transaction_may_write (self, error))
    return FALSE;
  statement = wattle_connection_statement (self->connection, WATTLE_SQL_KEEP_PRIVATE, error);
  if (statement == NULL)
    return FALSE;
  wattle_bind_text (statement, 1, kind);
  wattle_bind_text (statement, 2, key);
  wattle_bind_text (statement, 3, owner);
  wattle_bind_text (statement, 4, value);
  wattle_bind_integer (statement, 5, expires_at);
  return wattle_connection_run (self->connection, statement, error);
}

/**
 * wattle_transaction_drop_private:
 * @self: a write transaction
 * @kind: what kind of row
 * @key: its key; one that is not here is no error
 * @error: the failure
 */
gboolean
wattle_transaction_drop_private (WattleTransaction *self, const char *kind, const char *key, GError **error)
{
  g_autoptr (WattleStatement) statement = NULL;

  if (!wattle_transaction_may_write (self, error))
    return FALSE;
  statement = wattle_connection_statement (self->connection, WATTLE_SQL_DROP_PRIVATE, error);
  if (statement == NULL)
    return FALSE;
  wattle_bind_text (statement, 1, kind);
  wattle_bind_text (statement, 2, key);
  return wattle_connection_run (self->connection, statement, error);
}

/**
 * wattle_transaction_privates:
 * @self: a transaction
 * @kind: what kind of rows
 * @owner: (nullable): whose; %NULL for all of the kind
 * @limit: at most so many; 0 means 1000
 * @error: the failure
 *
 * Returns: (transfer full) (element-type WattlePrivateRow) (nullable): rows in
 *   the order of their keys, with those that have expired
 */
GPtrArray *
wattle_transaction_privates (WattleTransaction *self, const char *kind, const char *owner, guint limit, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_private_row_free);
  g_autoptr (WattleStatement) statement = NULL;
  gboolean row;

  statement = wattle_connection_statement (self->connection,
                                           owner != NULL ? WATTLE_SQL_PRIVATES_OF : WATTLE_SQL_PRIVATES, error);
  if (statement == NULL)
    return NULL;
  wattle_bind_text (statement, 1, kind);
  if (owner != NULL)
    wattle_bind_text (statement, 2, owner);
  wattle_bind_integer (statement, 3, limit > 0 ? limit : DEFAULT_LIMIT);
  while (TRUE)
    {
      if (!wattle_connection_step (self->connection, statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&rows);
      g_ptr_array_add (rows, read_row (statement));
    }
}

/**
 * wattle_transaction_privates_holding:
 * @self: a transaction
 * @kind: what kind of rows
 * @text: what stands in their values
 * @error: the failure
 *
 * Reads every row of the kind: for questions that are rarely asked.
 *
 * Returns: (transfer full) (element-type utf8) (nullable): keys of the rows, in their order
 */
GPtrArray *
wattle_transaction_privates_holding (WattleTransaction *self, const char *kind, const char *text, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WattleStatement) statement = NULL;
  gboolean row;

  statement = wattle_connection_statement (self->connection, WATTLE_SQL_PRIVATES_HOLDING, error);
  if (statement == NULL)
    return NULL;
  wattle_bind_text (statement, 1, kind);
  wattle_bind_text (statement, 2, text);
  while (TRUE)
    {
      if (!wattle_connection_step (self->connection, statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&keys);
      g_ptr_array_add (keys, g_strdup (wattle_column_text (statement, 0)));
    }
}

/**
 * wattle_transaction_expire_private:
 * @self: a write transaction
 * @now: microseconds since the epoch
 * @error: the failure
 *
 * Takes away the rows whose time is over.
 */
gboolean
wattle_transaction_expire_private (WattleTransaction *self, gint64 now, GError **error)
{
  g_autoptr (WattleStatement) statement = NULL;

  if (!wattle_transaction_may_write (self, error))
    return FALSE;
  statement = wattle_connection_statement (self->connection, WATTLE_SQL_EXPIRE_PRIVATE, error);
  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, now);
  return wattle_connection_run (self->connection, statement, error);
}

/* One text by a name: (nullable) without an error when there is none. */
static char *
look_up (WattleTransaction *self, WattleSql which, const char *name, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, which, error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  wattle_bind_text (statement, 1, name);
  if (!wattle_connection_step (self->connection, statement, &row, error) || !row)
    return NULL;
  return g_strdup (wattle_column_text (statement, 0));
}

/**
 * wattle_transaction_meta:
 * @self: a transaction
 * @name: a name such as "epoch"
 * @error: the failure; not set when there is simply no value
 *
 * Returns: (transfer full) (nullable): the value
 */
char *
wattle_transaction_meta (WattleTransaction *self, const char *name, GError **error)
{
  return look_up (self, WATTLE_SQL_META, name, error);
}

/**
 * wattle_transaction_set_meta:
 * @self: a write transaction
 * @name: a name
 * @value: (nullable): its value; %NULL takes it away
 * @error: the failure
 */
gboolean
wattle_transaction_set_meta (WattleTransaction *self, const char *name, const char *value, GError **error)
{
  g_autoptr (WattleStatement) statement = NULL;

  if (!wattle_transaction_may_write (self, error))
    return FALSE;
  statement = wattle_connection_statement (self->connection, value != NULL ? WATTLE_SQL_SET_META : WATTLE_SQL_DROP_META,
                                           error);
  if (statement == NULL)
    return FALSE;
  wattle_bind_text (statement, 1, name);
  if (value != NULL)
    wattle_bind_text (statement, 2, value);
  return wattle_connection_run (self->connection, statement, error);
}

/**
 * wattle_transaction_operation:
 * @self: a transaction
 * @operation_id: id of an operation
 * @error: the failure; not set when it was never done
 *
 * Returns: (transfer full) (nullable): the answer that was given
 */
char *
wattle_transaction_operation (WattleTransaction *self, const char *operation_id, GError **error)
{
  return look_up (self, WATTLE_SQL_OPERATION, operation_id, error);
}

/**
 * wattle_transaction_keep_operation:
 * @self: a write transaction
 * @operation_id: id of an operation
 * @device: (nullable): which device sent it
 * @number: the device's own number of it
 * @answer: what it was answered
 * @error: (out): %WATTLE_ERROR_CONFLICT when the id is already kept
 */
gboolean
wattle_transaction_keep_operation (WattleTransaction *self, const char *operation_id, const char *device, gint64 number,
                                   const char *answer, GError **error)
{
  g_autoptr (WattleStatement) statement = NULL;
  gint64 changed = 0;

  if (!wattle_transaction_may_write (self, error))
    return FALSE;
  statement = wattle_connection_statement (self->connection, WATTLE_SQL_KEEP_OPERATION, error);
  if (statement == NULL)
    return FALSE;
  wattle_bind_text (statement, 1, operation_id);
  wattle_bind_text (statement, 2, device);
  wattle_bind_integer (statement, 3, number);
  wattle_bind_text (statement, 4, answer);
  if (!wattle_connection_change (self->connection, statement, &changed, error))
    return FALSE;
  if (changed == 1)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "id", "This operation was already answered.");
  return FALSE;
}

/**
 * wattle_transaction_last_number:
 * @self: a transaction
 * @device: id of a device
 * @error: the failure
 *
 * Returns: the highest number of the device's operations that were answered; 0
 *   for none, -1 on failure
 */
gint64
wattle_transaction_last_number (WattleTransaction *self, const char *device, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_LAST_NUMBER, error);
  gboolean row;

  if (statement == NULL)
    return -1;
  wattle_bind_text (statement, 1, device);
  return wattle_connection_step (self->connection, statement, &row, error) ? wattle_column_integer (statement, 0) : -1;
}
