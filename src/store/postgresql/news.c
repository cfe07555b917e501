/* news.c: what the servers of one practice tell each other, by NOTIFY on a connection of its own
 *
 * What is told within a few milliseconds goes out together, after its commit.
 * A message may be lost with a connection, never without the listener being told
 * that it may have missed something.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/postgresql/postgresql.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "store/postgresql/engine.h"

#define GATHER_MS 5
#define AGAIN_MS 1000 /* between two attempts to connect */
#define MAX_QUEUE 1000

struct _WattleNews
{
  char *database;
  char *channel;
  char *mark; /* of this process: it does not hear itself */
  WattleNewsFunc func;
  gpointer data;
  GMutex lock;
  GPtrArray *queue;
  gboolean stop;
  int wake[2];
  GThread *thread;
};

static PGconn *
listen_to (WattleNews *self)
{
  PGconn *pg = wattle_postgresql_session (self->database, NULL);
  g_autofree char *sql = NULL;
  PGresult *result;
  gboolean ok;

  if (pg == NULL)
    return NULL;
  /* the name was checked: small letters, digits, - and _ */
  sql = g_strdup_printf ("LISTEN \"%s\"", self->channel);
  /* lint: allow sql-exec: a checked name */
  result = PQexec (pg, sql);
  ok = PQresultStatus (result) == PGRES_COMMAND_OK;
  PQclear (result);
  if (!ok)
    g_clear_pointer (&pg, PQfinish);
  return pg;
}

static gboolean
send_one (WattleNews *self, PGconn *pg, const char *words)
{
  g_autofree char *payload = g_strconcat (self->mark, " ", words, NULL);
  const char *const values[] = { self->channel, payload };
  /* lint: allow sql-exec: constant text */
  PGresult *result = PQexecParams (pg, "SELECT pg_notify ($1, $2)", 2, NULL, values, NULL, NULL, FALSE);
  gboolean ok = PQresultStatus (result) == PGRES_TUPLES_OK;

  PQclear (result);
  return ok;
}

static gboolean
send_queue (WattleNews *self, PGconn *pg)
{
  g_autoptr (GPtrArray) taken = NULL;
  gboolean ok = TRUE;

  g_mutex_lock (&self->lock);
  taken = g_steal_pointer (&self->queue);
  self->queue = g_ptr_array_new_with_free_func (g_free);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; ok && i < taken->len; i++)
    ok = send_one (self, pg, taken->pdata[i]);
  return ok;
}

static void
hear (WattleNews *self, PGconn *pg)
{
  PGnotify *notify;

  while ((notify = PQnotifies (pg)) != NULL)
    {
      const char *words = strchr (notify->extra, ' ');

      if (words != NULL && !g_str_has_prefix (notify->extra, self->mark))
        self->func (words + 1, self->data);
      PQfreemem (notify);
    }
}

/* Sleeps until something is heard, is to be told, or the time is over. */
static void
wait (WattleNews *self, PGconn *pg, int patience)
{
  struct pollfd polled[] = { { self->wake[0], POLLIN, 0 }, { pg != NULL ? PQsocket (pg) : -1, POLLIN, 0 } };
  char drain[64];

  if (poll (polled, G_N_ELEMENTS (polled), patience) > 0 && polled[0].revents != 0)
    {
      struct pollfd none = { -1, 0, 0 };

      while (read (self->wake[0], drain, sizeof drain) > 0)
        ;
      poll (&none, 1, GATHER_MS); /* what else is told in this moment goes with it */
    }
}

static gboolean
is_stopped (WattleNews *self)
{
  gboolean stop;

  g_mutex_lock (&self->lock);
  stop = self->stop;
  g_mutex_unlock (&self->lock);
  return stop;
}

static gpointer
work (gpointer data)
{
  WattleNews *self = data;
  PGconn *pg = NULL;

  while (!is_stopped (self))
    {
      if (pg == NULL)
        {
          pg = listen_to (self);
          if (pg != NULL)
            self->func (NULL, self->data);
        }
      wait (self, pg, pg != NULL ? -1 : AGAIN_MS);
      if (pg == NULL)
        continue;
      if (!PQconsumeInput (pg) || !send_queue (self, pg))
        {
          g_clear_pointer (&pg, PQfinish);
          continue;
        }
      hear (self, pg);
    }
  if (pg != NULL)
    send_queue (self, pg);
  g_clear_pointer (&pg, PQfinish);
  return NULL;
}

/**
 * wattle_news_new:
 * @database: address of a PostgreSQL
 * @practice: (nullable): name of the practice there
 * @func: called with what the others tell
 * @data: for @func
 *
 * Returns: (transfer full): a running exchange
 */
WattleNews *
wattle_news_new (const char *database, const char *practice, WattleNewsFunc func, gpointer data)
{
  WattleNews *self = g_new0 (WattleNews, 1);

  self->database = g_strdup (database);
  self->channel = g_strdup_printf ("wattle_%s", practice != NULL ? practice : "practice");
  self->mark = g_uuid_string_random ();
  self->func = func;
  self->data = data;
  self->queue = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  if (pipe2 (self->wake, O_CLOEXEC | O_NONBLOCK) != 0)
    g_error ("There are no file descriptors left.");
  self->thread = g_thread_new ("news", work, self);
  return self;
}

static void
wake_up (WattleNews *self)
{
  if (write (self->wake[1], "", 1) < 0 && errno != EAGAIN)
    g_warning ("The exchange of news does not wake up: %s", g_strerror (errno));
}

/**
 * wattle_news_tell:
 * @self: (nullable): the exchange
 * @words: less than 4000 bytes, without health data
 *
 * From any thread, after the commit of what it is about; does not wait. The same
 * words are told once in a moment.
 */
void
wattle_news_tell (WattleNews *self, const char *words)
{
  gboolean known = FALSE;

  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  for (guint i = self->queue->len; !known && i > 0; i--)
    known = strcmp (self->queue->pdata[i - 1], words) == 0;
  if (!known && self->queue->len < MAX_QUEUE)
    g_ptr_array_add (self->queue, g_strdup (words));
  g_mutex_unlock (&self->lock);
  if (!known)
    wake_up (self);
}

void
wattle_news_free (WattleNews *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->stop = TRUE;
  g_mutex_unlock (&self->lock);
  wake_up (self);
  g_thread_join (self->thread);
  close (self->wake[0]);
  close (self->wake[1]);
  g_ptr_array_unref (self->queue);
  g_mutex_clear (&self->lock);
  g_free (self->database);
  g_free (self->channel);
  g_free (self->mark);
  g_free (self);
}
