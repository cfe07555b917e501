/* transaction.c: the life of a transaction, its savepoints and its counters
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

static gboolean
run (WattleTransaction *self, WattleSql which, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_connection_statement (self->connection, which, error);

  return statement != NULL && wattle_connection_run (self->connection, statement, error);
}

/* Whether SQLite rolled the transaction back by itself, as it does when the disk is full. */
static gboolean
is_lost (WattleTransaction *self)
{
  return sqlite3_get_autocommit (self->connection->db) != 0;
}

/**
 * wattle_transaction_may_write:
 * @self: a transaction
 * @error: (out): why not
 *
 * Returns: whether it is a write transaction that is still open
 */
gboolean
wattle_transaction_may_write (WattleTransaction *self, GError **error)
{
  if (self->write && !self->ended && !is_lost (self))
    return TRUE;
  if (!self->write)
    wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, NULL, "This transaction may only read.");
  else
    wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                            _("This change could not be saved and was undone as a whole. Try again."));
  return FALSE;
}

static void
end (WattleTransaction *self)
{
  if (self->ended)
    return;
  if (!is_lost (self))
    run (self, WATTLE_SQL_ROLLBACK, NULL);
  g_hash_table_remove_all (self->connection->learned);
  self->ended = TRUE;
  wattle_store_give_back (self->store, self);
}

static gboolean
finish_forgetting (WattleTransaction *self, GError **error)
{
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    {
      g_autoptr (sqlite3_stmt) statement = NULL;

      if ((self->forgotten & WATTLE_TYPE_BIT (t)) == 0)
        continue;
      statement = wattle_connection_type_statement (self->connection, WATTLE_TYPE_SQL_MERGE_WORDS, t, error);
      if (statement == NULL || !wattle_connection_run (self->connection, statement, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * wattle_transaction_commit:
 * @self: a transaction
 * @error: (out): %WATTLE_ERROR_DISK_FULL and others; everything is rolled back
 *
 * Ends the transaction, whatever the answer. On a server it returns after the
 * change is on the disk.
 */
gboolean
wattle_transaction_commit (WattleTransaction *self, GError **error)
{
  gboolean ok = !self->ended;

  if (self->write)
    ok = wattle_transaction_may_write (self, error)
         && (self->revision < 0 || wattle_transaction_set_counter (self, "revision", self->revision, error))
         && finish_forgetting (self, error);
  ok = ok && run (self, WATTLE_SQL_COMMIT, error);
  if (ok)
    {
      g_hash_table_remove_all (self->connection->learned);
      self->ended = TRUE;
      wattle_store_give_back (self->store, self);
    }
  else
    {
      self->changed = 0;
      self->bulk = self->store->bulk;
      self->bulk_types = self->store->bulk_types;
      end (self);
    }
  return ok;
}

/**
 * wattle_transaction_free:
 * @self: (transfer full): a transaction; what was not committed is rolled back
 */
void
wattle_transaction_free (WattleTransaction *self)
{
  if (!self->ended)
    {
      self->changed = 0;
      self->bulk = self->store->bulk;
      self->bulk_types = self->store->bulk_types;
      end (self);
    }
  g_clear_object (&self->cancellable);
  g_array_unref (self->savepoints);
  g_object_unref (self->store);
  g_free (self);
}

WattleReader *
wattle_transaction_reader (WattleTransaction *self)
{
  return &self->reader;
}

static gboolean
cancelled_cb (gpointer data)
{
  return g_cancellable_is_cancelled (data);
}

/**
 * wattle_transaction_set_cancellable:
 * @self: a transaction
 * @cancellable: (nullable): stops whatever statement runs
 */
void
wattle_transaction_set_cancellable (WattleTransaction *self, GCancellable *cancellable)
{
  g_set_object (&self->cancellable, cancellable);
  if (cancellable != NULL)
    sqlite3_progress_handler (self->connection->db, 2000, cancelled_cb, cancellable);
  else
    sqlite3_progress_handler (self->connection->db, 0, NULL, NULL);
}

/**
 * wattle_transaction_savepoint:
 * @self: a write transaction
 * @error: the failure
 *
 * Opens a step that wattle_transaction_release() keeps or
 * wattle_transaction_rollback_to() undoes; each of them ends it. Steps nest.
 */
gboolean
wattle_transaction_savepoint (WattleTransaction *self, GError **error)
{
  WattleSavepoint saved = { self->revision, self->changed, self->bulk, self->bulk_types };

  if (!wattle_transaction_may_write (self, error) || !run (self, WATTLE_SQL_SAVEPOINT, error))
    return FALSE;
  g_array_append_val (self->savepoints, saved);
  return TRUE;
}

static gboolean
has_savepoint (WattleTransaction *self, GError **error)
{
  if (!wattle_transaction_may_write (self, error))
    return FALSE;
  if (self->savepoints->len > 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, "This transaction has no open savepoint.");
  return FALSE;
}

gboolean
wattle_transaction_release (WattleTransaction *self, GError **error)
{
  if (!has_savepoint (self, error) || !run (self, WATTLE_SQL_RELEASE, error))
    return FALSE;
  g_array_set_size (self->savepoints, self->savepoints->len - 1);
  return TRUE;
}

gboolean
wattle_transaction_rollback_to (WattleTransaction *self, GError **error)
{
  WattleSavepoint *saved;

  if (!has_savepoint (self, error) || !run (self, WATTLE_SQL_ROLLBACK_TO, error)
      || !run (self, WATTLE_SQL_RELEASE, error))
    return FALSE;
  g_hash_table_remove_all (self->connection->learned);
  saved = &g_array_index (self->savepoints, WattleSavepoint, self->savepoints->len - 1);
  self->revision = saved->revision;
  self->changed = saved->changed;
  self->bulk = saved->bulk;
  self->bulk_types = saved->bulk_types;
  g_array_set_size (self->savepoints, self->savepoints->len - 1);
  return TRUE;
}

gint64
wattle_transaction_counter (WattleTransaction *self, const char *name, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_connection_statement (self->connection, WATTLE_SQL_COUNTER, error);
  gboolean row;

  if (statement == NULL)
    return -1;
  wattle_bind_text (statement, 1, name);
  if (!wattle_connection_step (self->connection, statement, &row, error))
    return -1;
  return row ? sqlite3_column_int64 (statement, 0) : 0;
}

gboolean
wattle_transaction_set_counter (WattleTransaction *self, const char *name, gint64 value, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_connection_statement (self->connection, WATTLE_SQL_SET_COUNTER, error);

  if (statement == NULL)
    return FALSE;
  wattle_bind_text (statement, 1, name);
  sqlite3_bind_int64 (statement, 2, value);
  return wattle_connection_run (self->connection, statement, error);
}

/**
 * wattle_transaction_next_revision:
 * @self: a write transaction of a server
 * @revision: (out): the practice's next change number
 * @error: the failure
 *
 * The counter's row is written once, at the commit.
 */
gboolean
wattle_transaction_next_revision (WattleTransaction *self, gint64 *revision, GError **error)
{
  if (self->revision < 0)
    {
      self->revision = wattle_transaction_counter (self, "revision", error);
      if (self->revision < 0)
        return FALSE;
    }
  *revision = ++self->revision;
  return TRUE;
}

/**
 * wattle_transaction_revision:
 * @self: a transaction
 *
 * Returns: the last change number, with those of this transaction; on a client
 *   the highest that it holds; 0 for none
 */
gint64
wattle_transaction_revision (WattleTransaction *self)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean row;

  if (self->revision >= 0)
    return self->revision;
  if (self->store->side == WATTLE_STORE_SERVER)
    return MAX (wattle_transaction_counter (self, "revision", NULL), 0);
  statement = wattle_connection_statement (self->connection, WATTLE_SQL_HIGHEST_REVISION, NULL);
  if (statement == NULL || !wattle_connection_step (self->connection, statement, &row, NULL))
    return 0;
  return sqlite3_column_int64 (statement, 0);
}

/**
 * wattle_transaction_next_in_sequence:
 * @self: a write transaction
 * @sequence: name of a sequence such as "invoice"
 * @error: the failure
 *
 * Gapless: a number that is not committed is given again.
 *
 * Returns: the next number, from 1; -1 on failure
 */
gint64
wattle_transaction_next_in_sequence (WattleTransaction *self, const char *sequence, GError **error)
{
  g_autofree char *name = g_strconcat ("sequence.", sequence, NULL);
  gint64 last;

  if (!wattle_transaction_may_write (self, error))
    return -1;
  last = wattle_transaction_counter (self, name, error);
  if (last < 0 || !wattle_transaction_set_counter (self, name, last + 1, error))
    return -1;
  return last + 1;
}
