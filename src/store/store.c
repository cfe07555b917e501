/* store.c: one database: opening, its connections and who holds them, news of changes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "store/vfs/vfs.h"

#define DEFAULT_READERS 4
#define POOL_THREADS 2
#define CLOSE_PATIENCE (5 * G_TIME_SPAN_SECOND)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The engine that a server adds; a window is linked without it. */
static const WattleEngine *postgresql;

G_DEFINE_FINAL_TYPE (WattleStore, wattle_store, G_TYPE_OBJECT)

static gboolean
configure (WattleStore *self, WattleConnection *connection, gboolean reader, GError **error)
{
  gboolean full = self->side == WATTLE_STORE_SERVER || self->options.full_sync;

  return connection->engine->configure (connection, reader, full, self->side == WATTLE_STORE_CLIENT, error);
}

static WattleConnection *
open_connection (WattleStore *self, gboolean reader, GError **error)
{
  g_autoptr (WattleConnection) connection = self->engine->open (&self->options, error);

  if (connection == NULL || (reader && !configure (self, connection, TRUE, error)))
    return NULL;
  return g_steal_pointer (&connection);
}

static WattleTransaction *
transaction_new (WattleStore *self, WattleConnection *connection, gboolean write)
{
  WattleTransaction *transaction = g_new0 (WattleTransaction, 1);

  wattle_reader_set_up (&transaction->reader);
  transaction->store = g_object_ref (self);
  transaction->connection = connection;
  transaction->write = write;
  transaction->revision = transaction->found = -1;
  transaction->number = -1;
  transaction->trail.sequence = -1;
  transaction->bulk = self->bulk;
  transaction->bulk_types = self->bulk_types;
  transaction->savepoints = g_array_new (FALSE, FALSE, sizeof (WattleSavepoint));
  return transaction;
}

/* Called with the mutex held, or before there is a second thread. */
static void
set_closed_error (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                          _("The saved records are closed. Open them again to go on."));
}

/* Waits for the writing connection, first come first served. */
static gboolean
take_writer (WattleStore *self, GError **error)
{
  guint64 ticket;
  gboolean ok;

  g_mutex_lock (&self->mutex);
  if (self->writer_thread == g_thread_self ())
    {
      g_mutex_unlock (&self->mutex);
      wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL, "This thread already holds a write transaction.");
      return FALSE;
    }
  ticket = self->next_ticket++;
  while (self->writer_thread != NULL || self->serving != ticket)
    g_cond_wait (&self->freed, &self->mutex);
  ok = !self->closed;
  if (ok)
    self->writer_thread = g_thread_self ();
  else
    {
      self->serving++;
      g_cond_broadcast (&self->freed);
      set_closed_error (error);
    }
  g_mutex_unlock (&self->mutex);
  return ok;
}

static void
free_writer (WattleStore *self)
{
  g_mutex_lock (&self->mutex);
  self->writer_thread = NULL;
  self->serving++;
  g_cond_broadcast (&self->freed);
  g_mutex_unlock (&self->mutex);
}

/* An idle reader, or a new one while there are few, or the next that comes free. */
static WattleConnection *
take_reader (WattleStore *self, GError **error)
{
  WattleConnection *connection = NULL;
  gboolean make = FALSE;

  g_mutex_lock (&self->mutex);
  while (!self->closed && self->idle_readers->len == 0 && self->n_readers >= self->max_readers)
    g_cond_wait (&self->freed, &self->mutex);
  if (self->closed)
    set_closed_error (error);
  else
    {
      self->n_leased++;
      if (self->idle_readers->len > 0)
        connection = g_ptr_array_steal_index_fast (self->idle_readers, self->idle_readers->len - 1);
      else
        {
          self->n_readers++;
          make = TRUE;
        }
    }
  g_mutex_unlock (&self->mutex);
  if (!make)
    return connection;

  connection = open_connection (self, TRUE, error);
  if (connection == NULL)
    {
      g_mutex_lock (&self->mutex);
      self->n_readers--;
      self->n_leased--;
      g_cond_broadcast (&self->freed);
      g_mutex_unlock (&self->mutex);
    }
  return connection;
}

static void
free_reader (WattleStore *self, WattleConnection *connection)
{
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->idle_readers, connection);
  self->n_leased--;
  g_cond_broadcast (&self->freed);
  g_mutex_unlock (&self->mutex);
}

static gboolean
emit_changed_cb (gpointer data)
{
  g_autoptr (WattleStore) self = g_weak_ref_get (data);
  guint64 types;

  if (self == NULL)
    return G_SOURCE_REMOVE;
  g_mutex_lock (&self->mutex);
  types = self->pending;
  self->pending = 0;
  self->notify_queued = FALSE;
  g_mutex_unlock (&self->mutex);
  g_signal_emit (self, signals[CHANGED], 0, types);
  return G_SOURCE_REMOVE;
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
announce (WattleStore *self, guint64 types)
{
  GWeakRef *weak = NULL;

  g_mutex_lock (&self->mutex);
  self->pending |= types;
  if (!self->notify_queued)
    {
      self->notify_queued = TRUE;
      weak = g_new0 (GWeakRef, 1);
      g_weak_ref_init (weak, self);
    }
  g_mutex_unlock (&self->mutex);
  if (weak != NULL)
    g_idle_add_full (G_PRIORITY_DEFAULT, emit_changed_cb, weak, weak_ref_free);
}

/**
 * wattle_store_give_back:
 * @self: a store
 * @transaction: one that has just ended, with the types that it changed
 *
 * Takes the connection back and tells of the change.
 */
void
wattle_store_give_back (WattleStore *self, WattleTransaction *transaction)
{
  if (transaction->connection != self->writer)
    {
      free_reader (self, transaction->connection);
      return;
    }
  if (transaction->write)
    {
      self->bulk = transaction->bulk;
      self->bulk_types = transaction->bulk_types;
    }
  free_writer (self);
  if (transaction->changed != 0)
    announce (self, transaction->changed);
}

gboolean
wattle_store_queue (WattleStore *self, GTask *task)
{
  gboolean queued;

  g_mutex_lock (&self->mutex);
  queued = !self->closed;
  if (queued)
    g_thread_pool_push (self->pool, task, NULL);
  g_mutex_unlock (&self->mutex);
  return queued;
}

/* Within a transaction: PostgreSQL shows a practice nowhere else. */
static gboolean
index_is_current (WattleStore *self, gboolean *current, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self, error);

  return transaction != NULL && wattle_layout_is_current (transaction->connection, current, error);
}

static gboolean
build_index (WattleStore *self, const WattleStoreOptions *options, GError **error)
{
  g_autoptr (WattleTransaction) transaction = NULL;
  gboolean current;

  if (!index_is_current (self, &current, error))
    return FALSE;
  if (current || options->read_only)
    return TRUE;
  if (options->beside)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, NULL,
                              _("These records were last used by another version of Wattle. Start the server of this"
                                 " version once, then try again; nothing was changed."));
      return FALSE;
    }
  transaction = wattle_store_begin_write (self, error);
  /* another server may have built it while this one waited */
  if (transaction == NULL || !wattle_layout_is_current (transaction->connection, &current, error))
    return FALSE;
  return current
         || (wattle_layout_rebuild (transaction, options->cancellable, options->progress, options->progress_data, error)
             && wattle_transaction_commit (transaction, error));
}

static gboolean
open_all (WattleStore *self, const WattleStoreOptions *options, GError **error)
{
  gboolean as_it_is = options->read_only || options->beside;

  self->writer = open_connection (self, FALSE, error);
  return self->writer != NULL && self->engine->prepare_layout (self->writer, as_it_is, error)
         && configure (self, self->writer, options->read_only, error) && build_index (self, options, error)
         && (self->memory || as_it_is || self->engine->follow == NULL
             || self->engine->follow (self->writer, &self->options, error));
}

static void
close_connections (WattleStore *self)
{
  g_ptr_array_set_size (self->idle_readers, 0);
  if (self->writer != NULL && !self->options.read_only && !self->options.beside && !self->memory
      && self->engine->before_close != NULL)
    self->engine->before_close (self->writer);
  g_clear_pointer (&self->writer, wattle_connection_free);
}

static void
wattle_store_finalize (GObject *object)
{
  WattleStore *self = WATTLE_STORE (object);

  close_connections (self);
  /* every errand holds a reference, so none is left: this may be the thread of the last one */
  g_thread_pool_free (self->pool, FALSE, FALSE);
  g_ptr_array_unref (self->idle_readers);
  g_free (self->path);
  g_free (self->database);
  g_free (self->practice);
  if (self->key != NULL)
    sodium_free (self->key);
  g_cond_clear (&self->freed);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (wattle_store_parent_class)->finalize (object);
}

static void
wattle_store_class_init (WattleStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_store_finalize;

  /**
   * WattleStore::changed:
   * @self: a store
   * @types: bit mask of the #WattleRecordType whose records changed
   *
   * On the main context, once for many commits.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
wattle_store_init (WattleStore *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->freed);
  self->idle_readers = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_connection_free);
  self->pool = g_thread_pool_new (wattle_store_work, self, POOL_THREADS, FALSE, NULL);
}

/**
 * wattle_store_add_engine:
 * @engine: the one behind #WattleStoreOptions.database
 *
 * Before the first store is opened.
 */
void
wattle_store_add_engine (const WattleEngine *engine)
{
  postgresql = engine;
}

/**
 * wattle_store_open:
 * @options: what to open and how; nothing of it is kept
 * @error: (out): %WATTLE_ERROR_CORRUPT for a file that is damaged or another
 *   program's, %WATTLE_ERROR_KEY_LOST, %WATTLE_ERROR_UNSUPPORTED for a file of a
 *   newer version, or beside a server for one of any other; the file stays as it is
 *
 * Opens a store, making it when it is not there, and builds its index again when
 * the field tables have changed since.
 *
 * Returns: (transfer full) (nullable): the store
 */
WattleStore *
wattle_store_open (const WattleStoreOptions *options, GError **error)
{
  g_autoptr (WattleStore) self = g_object_new (WATTLE_TYPE_STORE, NULL);

  self->side = options->side;
  self->path = g_strdup (options->path);
  self->database = g_strdup (options->database);
  self->practice = g_strdup (options->practice);
  self->engine = options->database != NULL ? postgresql : &wattle_engine_sqlite;
  if (self->engine == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, NULL, "This program keeps no records in PostgreSQL.");
      return NULL;
    }
  self->memory = options->database == NULL && strcmp (options->path, ":memory:") == 0;
  self->max_readers = options->readers > 0 ? options->readers : DEFAULT_READERS;
  if (options->key != NULL)
    {
      self->key = sodium_init () < 0 ? NULL : sodium_malloc (WATTLE_VFS_KEY_BYTES);
      if (self->key == NULL)
        {
          wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, _("There is not enough memory to open the store."));
          return NULL;
        }
      memcpy (self->key, options->key, WATTLE_VFS_KEY_BYTES);
    }
  self->options = (WattleConnectionOptions){ .path = self->path,
                                             .key = self->key,
                                             .database = self->database,
                                             .practice = self->practice,
                                             .read_only = options->read_only,
                                             .beside = options->beside,
                                             .full_sync = options->full_sync };
  return open_all (self, options, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * wattle_store_close:
 * @self: a store
 * @error: (out): %WATTLE_ERROR_BUSY when a transaction does not end; the store
 *   then stays open
 *
 * Waits a few seconds for reads that run, empties the log and closes.
 */
gboolean
wattle_store_close (WattleStore *self, GError **error)
{
  gint64 until = g_get_monotonic_time () + CLOSE_PATIENCE;
  gboolean idle, was_closed;

  g_mutex_lock (&self->mutex);
  was_closed = self->closed;
  self->closed = TRUE;
  g_cond_broadcast (&self->freed);
  while ((self->n_leased > 0 || self->writer_thread != NULL) && g_cond_wait_until (&self->freed, &self->mutex, until))
    ;
  idle = self->n_leased == 0 && self->writer_thread == NULL;
  self->closed = idle;
  g_mutex_unlock (&self->mutex);

  if (!idle)
    {
      wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL,
                              _("The saved records are still in use, so they were not closed. Try again."));
      return FALSE;
    }
  if (!was_closed)
    close_connections (self);
  return TRUE;
}

/**
 * wattle_store_begin_read:
 * @self: a store
 * @error: the failure
 *
 * Waits for a reading connection. Keep it short: while it lasts the log cannot
 * shrink. A store in memory has one connection for all.
 *
 * Returns: (transfer full) (nullable): a transaction that sees this moment
 */
WattleTransaction *
wattle_store_begin_read (WattleStore *self, GError **error)
{
  WattleConnection *connection;
  g_autoptr (WattleTransaction) transaction = NULL;

  if (self->memory)
    connection = take_writer (self, error) ? self->writer : NULL;
  else
    connection = take_reader (self, error);
  if (connection == NULL)
    return NULL;
  transaction = transaction_new (self, connection, FALSE);
  return self->engine->begin (connection, FALSE, error) ? g_steal_pointer (&transaction) : NULL;
}

/**
 * wattle_store_begin_write:
 * @self: a store
 * @error: (out): %WATTLE_ERROR_BUSY when this thread already writes
 *
 * Waits until every earlier writer has ended.
 *
 * Returns: (transfer full) (nullable): the one write transaction
 */
WattleTransaction *
wattle_store_begin_write (WattleStore *self, GError **error)
{
  g_autoptr (WattleTransaction) transaction = NULL;

  if (self->options.read_only)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, NULL, _("These records were opened to be read alone."));
      return NULL;
    }
  if (!take_writer (self, error))
    return NULL;
  transaction = transaction_new (self, self->writer, TRUE);
  return self->engine->begin (self->writer, TRUE, error) ? g_steal_pointer (&transaction) : NULL;
}
