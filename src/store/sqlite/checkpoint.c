/* checkpoint.c: moving the write-ahead log into the file behind everybody's back
 *
 * SQLite does it in the commit that makes the log long, which then takes 20 ms
 * and more. Here a thread with a connection of its own does it soon after.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/engine.h"

#define PAUSE (200 * G_TIME_SPAN_MILLISECOND)
#define MANY_PAGES 16384 /* 64 MB: start the log from its beginning when nobody reads */

struct _WattleCheckpointer
{
  WattleConnection *connection;
  sqlite3 *watched;
  GThread *thread;
  GMutex mutex;
  GCond changed;
  gboolean stop;
  int pages;
};

static int
committed_cb (void *data, sqlite3 *db, const char *name, int pages)
{
  WattleCheckpointer *self = data;

  g_mutex_lock (&self->mutex);
  self->pages = pages;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  return SQLITE_OK;
}

static gpointer
work (gpointer data)
{
  WattleCheckpointer *self = data;

  g_mutex_lock (&self->mutex);
  while (!self->stop)
    {
      gint64 until = g_get_monotonic_time () + PAUSE;
      int pages;

      while (!self->stop && self->pages == 0)
        g_cond_wait (&self->changed, &self->mutex);
      while (!self->stop && g_cond_wait_until (&self->changed, &self->mutex, until))
        ;
      pages = self->pages;
      self->pages = 0;
      g_mutex_unlock (&self->mutex);
      if (pages > 0)
        sqlite3_wal_checkpoint_v2 (wattle_sqlite_handle (self->connection), NULL,
                                   pages > MANY_PAGES ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, NULL,
                                   NULL);
      g_mutex_lock (&self->mutex);
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

/**
 * wattle_checkpointer_new:
 * @connection: (transfer full): a connection of its own
 * @writer: the connection whose commits it follows; must not be freed before it
 *
 * Returns: (transfer full): a running checkpointer
 */
WattleCheckpointer *
wattle_checkpointer_new (WattleConnection *connection, WattleConnection *writer)
{
  WattleCheckpointer *self = g_new0 (WattleCheckpointer, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->connection = connection;
  self->watched = wattle_sqlite_handle (writer);
  /* a writer that waits for this thread would stall: let it give way at once */
  sqlite3_busy_timeout (wattle_sqlite_handle (connection), 0);
  sqlite3_wal_hook (self->watched, committed_cb, self);
  self->thread = g_thread_new ("checkpoint", work, self);
  return self;
}

void
wattle_checkpointer_free (WattleCheckpointer *self)
{
  sqlite3_wal_hook (self->watched, NULL, NULL);
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  wattle_connection_free (self->connection);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
  g_free (self);
}
