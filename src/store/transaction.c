/* transaction.c: the life of a transaction, its savepoints and its counters
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

static gboolean
step (WattleTransaction *self, WattleSql which, GError **error)
{
  return self->connection->engine->savepoint (self->connection, which, error);
}

/* Whether the database rolled the transaction back by itself, as when the disk is full or the connection broke. */
static gboolean
is_lost (WattleTransaction *self)
{
  return self->connection->engine->is_lost (self->connection);
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
    /* a connection that broke comes again; a file that refused is for somebody to look at */
    wattle_set_field_error (error, self->connection->engine->is_postgresql ? WATTLE_ERROR_BUSY : WATTLE_ERROR_FAILED,
                            NULL, _("This change could not be saved and was undone as a whole. Try again."));
  return FALSE;
}

static void
end (WattleTransaction *self)
{
  if (self->ended)
    return;
  self->connection->engine->roll_back (self->connection);
  g_hash_table_remove_all (self->connection->learned);
  if (self->write)
    wattle_recall_forget (self->connection->recall);
  self->ended = TRUE;
  wattle_store_give_back (self->store, self);
}

static gboolean
finish_forgetting (WattleTransaction *self, GError **error)
{
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    {
      g_autoptr (WattleStatement) statement = NULL;

      if ((self->forgotten & WATTLE_TYPE_BIT (t)) == 0
          || self->connection->engine->typed[WATTLE_TYPE_SQL_MERGE_WORDS] == NULL)
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
         && (self->revision <= self->found || wattle_transaction_set_counter (self, "revision", self->revision, error))
         && (self->number < 0 || wattle_transaction_set_counter (self, "number", self->number, error))
         && (!self->trail.added || wattle_transaction_set_counter (self, "audit", self->trail.sequence, error))
         && finish_forgetting (self, error);
  ok = ok && self->connection->engine->commit (self->connection, error);
  if (ok)
    {
      g_hash_table_remove_all (self->connection->learned);
      if (self->found >= 0)
        wattle_recall_end (self->connection->recall, self->revision);
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

/**
 * wattle_transaction_set_cancellable:
 * @self: a transaction
 * @cancellable: (nullable): stops whatever statement runs
 */
void
wattle_transaction_set_cancellable (WattleTransaction *self, GCancellable *cancellable)
{
  g_set_object (&self->cancellable, cancellable);
  self->connection->engine->watch (self->connection, cancellable);
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
  WattleSavepoint saved = { self->revision, self->changed, self->bulk, self->bulk_types, self->trail };

  if (!wattle_transaction_may_write (self, error) || !step (self, WATTLE_SQL_SAVEPOINT, error))
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
  if (!has_savepoint (self, error) || !step (self, WATTLE_SQL_RELEASE, error))
    return FALSE;
  g_array_set_size (self->savepoints, self->savepoints->len - 1);
  return TRUE;
}

gboolean
wattle_transaction_rollback_to (WattleTransaction *self, GError **error)
{
  WattleSavepoint *saved;

  if (!has_savepoint (self, error) || !step (self, WATTLE_SQL_ROLLBACK_TO, error)
      || !step (self, WATTLE_SQL_RELEASE, error))
    return FALSE;
  g_hash_table_remove_all (self->connection->learned);
  wattle_recall_forget (self->connection->recall);
  saved = &g_array_index (self->savepoints, WattleSavepoint, self->savepoints->len - 1);
  self->revision = saved->revision;
  if (self->revision < 0)
    self->found = -1;
  self->changed = saved->changed;
  self->bulk = saved->bulk;
  self->bulk_types = saved->bulk_types;
  self->trail = saved->trail;
  g_array_set_size (self->savepoints, self->savepoints->len - 1);
  return TRUE;
}

gint64
wattle_transaction_counter (WattleTransaction *self, const char *name, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_COUNTER, error);
  gboolean row;

  if (statement == NULL)
    return -1;
  wattle_bind_text (statement, 1, name);
  if (!wattle_connection_step (self->connection, statement, &row, error))
    return -1;
  return row ? wattle_column_integer (statement, 0) : 0;
}

gboolean
wattle_transaction_set_counter (WattleTransaction *self, const char *name, gint64 value, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_SET_COUNTER, error);

  if (statement == NULL)
    return FALSE;
  wattle_bind_text (statement, 1, name);
  wattle_bind_integer (statement, 2, value);
  return wattle_connection_run (self->connection, statement, error);
}

/**
 * wattle_transaction_know_revision:
 * @self: a write transaction
 * @error: the failure
 *
 * Before a record is read or put: what is remembered of records may be of another revision. On a client, where puts
 * take no number, it is of this transaction alone.
 */
gboolean
wattle_transaction_know_revision (WattleTransaction *self, GError **error)
{
  gint64 revision = self->connection->revision;

  if (self->found >= 0)
    return TRUE;
  if (self->store->side == WATTLE_STORE_CLIENT)
    self->found = 0;
  else if (revision < 0 && (revision = wattle_transaction_counter (self, "revision", error)) < 0)
    return FALSE;
  else
    self->revision = self->found = revision;
  wattle_recall_begin (self->connection->recall, revision);
  return TRUE;
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
  if (!wattle_transaction_know_revision (self, error))
    return FALSE;
  *revision = ++self->revision;
  return TRUE;
}

/**
 * wattle_transaction_next_number:
 * @self: a write transaction
 * @number: (out): for the next new row, where the engine does not number rows
 * @error: the failure
 */
gboolean
wattle_transaction_next_number (WattleTransaction *self, gint64 *number, GError **error)
{
  if (self->number < 0)
    {
      self->number = wattle_transaction_counter (self, "number", error);
      if (self->number < 0)
        return FALSE;
    }
  *number = ++self->number;
  return TRUE;
}

/**
 * wattle_transaction_engine:
 * @self: a transaction
 *
 * Returns: (transfer full): name and version of what keeps the records
 */
char *
wattle_transaction_engine (WattleTransaction *self)
{
  return self->connection->engine->describe (self->connection);
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
  g_autoptr (WattleStatement) statement = NULL;
  gboolean row;

  if (self->revision >= 0)
    return self->revision;
  if (self->store->side == WATTLE_STORE_SERVER)
    return MAX (wattle_transaction_counter (self, "revision", NULL), 0);
  statement = wattle_connection_statement (self->connection, WATTLE_SQL_HIGHEST_REVISION, NULL);
  if (statement == NULL || !wattle_connection_step (self->connection, statement, &row, NULL))
    return 0;
  return wattle_column_integer (statement, 0);
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
