/* writer.c: the one thread that writes: what waits together is committed together
 *
 * A commit with full sync costs the disk a few milliseconds however much is in
 * it. While one is under way, jobs gather for the next; each has its savepoint,
 * and none is answered before the commit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/writer.h"

#include "base/error.h"

#define MAX_BATCH 64

typedef struct
{
  WattleWriterRun run;
  WattleWriterDone done;
  gpointer data;
  GError *error;
} Job;

struct _WattleWriter
{
  WattleStore *store;
  WattleWriterMoved moved;
  gpointer moved_data;
  GAsyncQueue *jobs;
  GThread *thread;
};

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_error (&job->error);
  g_free (job);
}

/* Runs one job in its savepoint. FALSE only when the transaction itself is lost. */
static gboolean
run_job (WattleTransaction *transaction, Job *job, GError **error)
{
  if (!wattle_transaction_savepoint (transaction, error))
    return FALSE;
  if (job->run (transaction, job->data, &job->error) && wattle_transaction_release (transaction, &job->error))
    return TRUE;
  return wattle_transaction_rollback_to (transaction, error);
}

static gboolean
commit_batch (WattleWriter *self, GPtrArray *batch, gint64 *before, gint64 *head, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (self->store, error);

  if (transaction == NULL)
    return FALSE;
  *before = wattle_transaction_revision (transaction);
  for (guint i = 0; i < batch->len; i++)
    if (!run_job (transaction, batch->pdata[i], error))
      return FALSE;
  *head = wattle_transaction_revision (transaction);
  return wattle_transaction_commit (transaction, error);
}

static void
write_batch (WattleWriter *self, GPtrArray *batch)
{
  g_autoptr (GError) error = NULL;
  gint64 before = 0, head = 0;

  if (!commit_batch (self, batch, &before, &head, &error))
    g_warning ("A commit of %u jobs failed: %s", batch->len, wattle_error_code_nick (wattle_error_get_code (error)));
  for (guint i = 0; i < batch->len; i++)
    {
      Job *job = batch->pdata[i];

      /* what a job was refused for may have been the loss of the transaction itself */
      job->done (job->data, error != NULL ? error : job->error);
    }
  if (error == NULL && head > before)
    self->moved (head, self->moved_data);
}

static gpointer
write_all (gpointer data)
{
  WattleWriter *self = data;
  gboolean stop = FALSE;

  while (!stop)
    {
      g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (job_free);
      Job *job = g_async_queue_pop (self->jobs);

      while (job != NULL)
        {
          if (job->run == NULL)
            {
              stop = TRUE;
              job_free (job);
              break;
            }
          g_ptr_array_add (batch, job);
          job = batch->len < MAX_BATCH ? g_async_queue_try_pop (self->jobs) : NULL;
        }
      if (batch->len > 0)
        write_batch (self, batch);
    }
  return NULL;
}

/**
 * wattle_writer_new:
 * @store: where to write
 * @moved: called after each commit that changed records
 * @moved_data: for @moved
 *
 * Returns: (transfer full): the writing thread
 */
WattleWriter *
wattle_writer_new (WattleStore *store, WattleWriterMoved moved, gpointer moved_data)
{
  WattleWriter *self = g_new0 (WattleWriter, 1);

  self->store = g_object_ref (store);
  self->moved = moved;
  self->moved_data = moved_data;
  self->jobs = g_async_queue_new_full (job_free);
  self->thread = g_thread_new ("writer", write_all, self);
  return self;
}

/**
 * wattle_writer_free:
 * @self: (nullable): the writing thread; it finishes what was submitted
 */
void
wattle_writer_free (WattleWriter *self)
{
  if (self == NULL)
    return;
  g_async_queue_push (self->jobs, g_new0 (Job, 1));
  g_thread_join (self->thread);
  g_async_queue_unref (self->jobs);
  g_object_unref (self->store);
  g_free (self);
}

/**
 * wattle_writer_submit:
 * @self: the writing thread
 * @run: what to do in the transaction
 * @done: what to do after its commit, or its failure
 * @data: for both
 *
 * From any thread; does not wait.
 */
void
wattle_writer_submit (WattleWriter *self, WattleWriterRun run, WattleWriterDone done, gpointer data)
{
  Job *job = g_new0 (Job, 1);

  job->run = run;
  job->done = done;
  job->data = data;
  g_async_queue_push (self->jobs, job);
}

typedef struct
{
  WattleWriterRun run;
  gpointer data;
  GError *error;
  gboolean finished;
  GMutex lock;
  GCond changed;
} Wait;

static gboolean
run_wait (WattleTransaction *transaction, gpointer data, GError **error)
{
  Wait *wait = data;

  return wait->run (transaction, wait->data, error);
}

static void
done_wait (gpointer data, const GError *error)
{
  Wait *wait = data;

  g_mutex_lock (&wait->lock);
  wait->error = error != NULL ? g_error_copy (error) : NULL;
  wait->finished = TRUE;
  g_cond_signal (&wait->changed);
  g_mutex_unlock (&wait->lock);
}

/**
 * wattle_writer_run:
 * @self: the writing thread
 * @run: what to do in the transaction
 * @data: for @run
 * @error: why nothing was kept
 *
 * Waits for the commit; not on the writing thread itself.
 */
gboolean
wattle_writer_run (WattleWriter *self, WattleWriterRun run, gpointer data, GError **error)
{
  Wait wait = { .run = run, .data = data };
  gboolean ok;

  g_mutex_init (&wait.lock);
  g_cond_init (&wait.changed);
  wattle_writer_submit (self, run_wait, done_wait, &wait);
  g_mutex_lock (&wait.lock);
  while (!wait.finished)
    g_cond_wait (&wait.changed, &wait.lock);
  g_mutex_unlock (&wait.lock);
  g_cond_clear (&wait.changed);
  g_mutex_clear (&wait.lock);
  ok = wait.error == NULL;
  if (!ok)
    g_propagate_error (error, wait.error);
  return ok;
}

guint
wattle_writer_waiting (WattleWriter *self)
{
  return MAX (g_async_queue_length (self->jobs), 0);
}
