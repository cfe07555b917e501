/* client-jobs.c: what a client does on its worker: operations, drafts, documents
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/client-object.h"

#include <string.h>

#include "base/clock.h"
#include "sync/items.h"
#include "sync/recordings.h"

typedef struct
{
  void (*run) (WattleClient *self, GTask *task, gpointer args); /* on the worker; answers the task */
  gpointer args;
  GDestroyNotify free_args;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->free_args != NULL)
    job->free_args (job->args);
  g_free (job);
}

void
wattle_client_work (gpointer data, gpointer user_data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);

  if (!g_task_return_error_if_cancelled (task))
    job->run (g_task_get_source_object (task), task, job->args);
  /* The last reference to the client must not go on its own worker. */
  g_idle_add_once (g_object_unref, task);
}

GTask *
wattle_client_make_task (WattleClient *self,
                         void (*run) (WattleClient *, GTask *, gpointer),
                         gpointer args,
                         GDestroyNotify free_args,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->run = run;
  job->args = args;
  job->free_args = free_args;
  g_task_set_task_data (task, job, job_free);
  /* A job that was done is done: its answer is not turned into "cancelled". */
  g_task_set_check_cancellable (task, FALSE);
  return task;
}

/* What a job was given, from the data of its task. */
gpointer
wattle_client_job_args (gpointer task_data)
{
  return ((Job *) task_data)->args;
}

void
wattle_client_enqueue (WattleClient *self,
                       void (*run) (WattleClient *, GTask *, gpointer),
                       gpointer args,
                       GDestroyNotify free_args,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_thread_pool_push (self->worker,
                      wattle_client_make_task (self, run, args, free_args, cancellable, callback, user_data), NULL);
}

typedef struct
{
  char *a;
  char *b;
  GBytes *bytes;
  WattleConflictItem *conflict;
  int number;
  gint64 offset;
} Args;

static void
args_free (gpointer data)
{
  Args *args = data;

  g_free (args->a);
  g_free (args->b);
  g_clear_pointer (&args->bytes, g_bytes_unref);
  g_clear_object (&args->conflict);
  g_free (args);
}

static Args *
args_new (const char *a, const char *b)
{
  Args *args = g_new0 (Args, 1);

  args->a = g_strdup (a);
  args->b = g_strdup (b);
  return args;
}

static void
return_text (GTask *task, char *text, GError **error)
{
  if (text != NULL)
    g_task_return_pointer (task, text, g_free);
  else
    g_task_return_error (task, *error);
}

void
wattle_client_return_done (GTask *task, gboolean done, GError **error)
{
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, *error);
}

static void
perform_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);
  char *id = core != NULL ? wattle_engine_perform (core->engine, args->a, args->b, &error) : NULL;

  if (id != NULL)
    wattle_thread_kick (core->thread, FALSE);
  return_text (task, id, &error);
}

static void
withdraw_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);

  wattle_client_return_done (task, core != NULL && wattle_engine_withdraw (core->engine, args->a, &error), &error);
}

static void
send_again_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);
  char *id = core != NULL ? wattle_engine_send_again (core->engine, args->a, args->b, &error) : NULL;

  if (id != NULL)
    wattle_thread_kick (core->thread, FALSE);
  return_text (task, id, &error);
}

static void
discard_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);

  wattle_client_return_done (task, core != NULL && wattle_engine_discard (core->engine, args->a, &error), &error);
}

static void
resolve_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);
  gboolean done =
    core != NULL
    && wattle_engine_resolve (core->engine, wattle_conflict_item_conflict (args->conflict), args->number != 0, &error);

  if (done)
    wattle_thread_kick (core->thread, FALSE);
  wattle_client_return_done (task, done, &error);
}

static void
keep_draft_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);

  wattle_client_return_done (
    task, core != NULL && wattle_outbox_keep (core->outbox, "draft", args->a, args->b, wattle_clock_now (), &error),
    &error);
}

static void
hold_recording_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);
  gboolean held = core != NULL && wattle_engine_hold_recording (core->engine, args->a, &error);

  wattle_client_return_done (task, held, &error);
}

static void
find_draft_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);

  return_text (task, core != NULL ? wattle_outbox_kept (core->outbox, "draft", args->a, &error) : NULL, &error);
}

static void
put_blob_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);

  return_text (task, core != NULL ? wattle_engine_put_blob (core->engine, args->bytes, &error) : NULL, &error);
}

static void
get_blob_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WattleClient *self = source;
  Args *args = ((Job *) data)->args;
  g_autoptr (GRWLockReaderLocker) locker = g_rw_lock_reader_locker_new (&self->core_lock);
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);
  GBytes *bytes = core != NULL ? wattle_engine_get_blob (core->engine, args->a, core->cancellable, &error) : NULL;

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
begin_recording_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);
  WattleStreamWriter *writer =
    core != NULL ? wattle_engine_begin_recording (core->engine, args->a, args->b, &error) : NULL;

  if (writer != NULL)
    g_task_return_pointer (task, writer, (GDestroyNotify) wattle_stream_writer_free);
  else
    g_task_return_error (task, error);
}

/* A long recording takes seconds to read: meanwhile the worker does other things. */
static void
find_recordings_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WattleClient *self = source;
  g_autoptr (GRWLockReaderLocker) locker = g_rw_lock_reader_locker_new (&self->core_lock);
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);
  GPtrArray *found =
    core != NULL ? wattle_engine_find_recordings (core->engine, core->cancellable, &error) : NULL;

  if (found != NULL)
    g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
read_recording_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WattleClient *self = source;
  Args *args = ((Job *) data)->args;
  g_autoptr (GRWLockReaderLocker) locker = g_rw_lock_reader_locker_new (&self->core_lock);
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);
  GBytes *bytes = core != NULL ? wattle_engine_read_recording (core->engine, args->a, args->b, args->offset,
                                                               core->cancellable, &error)
                               : NULL;

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
call_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WattleClient *self = source;
  Args *args = ((Job *) data)->args;
  g_autoptr (GRWLockReaderLocker) locker = g_rw_lock_reader_locker_new (&self->core_lock);
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);
  WattleJson *answer = NULL;
  const char *body = args->bytes != NULL ? g_bytes_get_data (args->bytes, NULL) : NULL;

  if (core != NULL)
    answer = wattle_session_call (core->session, args->a, args->b, body, core->cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, answer, (GDestroyNotify) wattle_json_free);
}

/* Token and signature, one after the other. */
static void
vouch_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WattleClient *self = source;
  Args *args = ((Job *) data)->args;
  g_autoptr (GRWLockReaderLocker) locker = g_rw_lock_reader_locker_new (&self->core_lock);
  g_autoptr (GStrvBuilder) answer = g_strv_builder_new ();
  g_autofree char *token = NULL;
  g_autofree char *signature = NULL;
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);

  if (core != NULL)
    token = wattle_session_token (core->session, core->cancellable, &error);
  if (token == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  signature = wattle_session_vouch (core->session, args->a);
  g_strv_builder_add (answer, token);
  if (signature != NULL)
    g_strv_builder_add (answer, signature);
  g_task_return_pointer (task, g_strv_builder_end (answer), (GDestroyNotify) g_strfreev);
}

void
wattle_client_perform_async (WattleClient *self,
                             const char *name,
                             const char *args,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  wattle_client_enqueue (self, perform_job, args_new (name, args), args_free, cancellable, callback, user_data);
}

char *
wattle_client_perform_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wattle_client_withdraw_async (WattleClient *self,
                              const char *operation_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  wattle_client_enqueue (self, withdraw_job, args_new (operation_id, NULL), args_free, cancellable, callback,
                         user_data);
}

gboolean
wattle_client_withdraw_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_client_send_again_async (WattleClient *self,
                                const char *operation_id,
                                const char *args,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  wattle_client_enqueue (self, send_again_job, args_new (operation_id, args), args_free, cancellable, callback,
                         user_data);
}

char *
wattle_client_send_again_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wattle_client_discard_async (WattleClient *self,
                             const char *operation_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  wattle_client_enqueue (self, discard_job, args_new (operation_id, NULL), args_free, cancellable, callback, user_data);
}

gboolean
wattle_client_discard_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_client_resolve_async (WattleClient *self,
                             WattleConflictItem *item,
                             gboolean use_mine,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Args *args = args_new (NULL, NULL);

  args->conflict = g_object_ref (item);
  args->number = use_mine;
  wattle_client_enqueue (self, resolve_job, args, args_free, cancellable, callback, user_data);
}

gboolean
wattle_client_resolve_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_client_keep_draft_async (WattleClient *self,
                                const char *key,
                                const char *json,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  wattle_client_enqueue (self, keep_draft_job, args_new (key, json), args_free, cancellable, callback, user_data);
}

gboolean
wattle_client_keep_draft_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_client_find_draft_async (
  WattleClient *self, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  wattle_client_enqueue (self, find_draft_job, args_new (key, NULL), args_free, cancellable, callback, user_data);
}

char *
wattle_client_find_draft_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wattle_client_drop_draft_async (WattleClient *self, const char *key)
{
  wattle_client_enqueue (self, keep_draft_job, args_new (key, NULL), args_free, NULL, NULL, NULL);
}

void
wattle_client_put_blob_async (
  WattleClient *self, GBytes *bytes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Args *args = args_new (NULL, NULL);

  args->bytes = g_bytes_ref (bytes);
  wattle_client_enqueue (self, put_blob_job, args, args_free, cancellable, callback, user_data);
}

char *
wattle_client_put_blob_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wattle_client_get_blob_async (
  WattleClient *self, const char *hash, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task =
    wattle_client_make_task (self, NULL, args_new (hash, NULL), args_free, cancellable, callback, user_data);

  g_task_run_in_thread (task, get_blob_thread);
}

GBytes *
wattle_client_get_blob_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wattle_client_begin_recording_async (WattleClient *self,
                                     const char *id,
                                     const char *about,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  wattle_client_enqueue (self, begin_recording_job, args_new (id, about), args_free, cancellable, callback, user_data);
}

WattleStreamWriter *
wattle_client_begin_recording_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wattle_client_find_recordings_async (
  WattleClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task =
    wattle_client_make_task (self, NULL, args_new (NULL, NULL), args_free, cancellable, callback, user_data);

  g_task_run_in_thread (task, find_recordings_thread);
}

GPtrArray *
wattle_client_find_recordings_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What was found and is not filed after all: its bytes stay here alone. */
void
wattle_client_hold_recording (WattleClient *self, const char *hash)
{
  wattle_client_enqueue (self, hold_recording_job, args_new (hash, NULL), args_free, NULL, NULL, NULL);
}

void
wattle_client_read_recording_async (WattleClient *self,
                                    const char *id,
                                    const char *hash,
                                    gint64 offset,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  Args *args = args_new (id, hash);
  g_autoptr (GTask) task =
    wattle_client_make_task (self, NULL, args, args_free, cancellable, callback, user_data);

  args->offset = offset;
  g_task_run_in_thread (task, read_recording_thread);
}

GBytes *
wattle_client_read_recording_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wattle_client_call_async (WattleClient *self,
                          const char *method,
                          const char *path,
                          const char *body,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  Args *args = args_new (method, path);
  g_autoptr (GTask) task = NULL;

  if (body != NULL)
    args->bytes = g_bytes_new (body, strlen (body) + 1);
  task = wattle_client_make_task (self, NULL, args, args_free, cancellable, callback, user_data);
  g_task_run_in_thread (task, call_thread);
}

WattleJson *
wattle_client_call_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wattle_client_vouch_async (WattleClient *self,
                           const char *statement,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task =
    wattle_client_make_task (self, NULL, args_new (statement, NULL), args_free, cancellable, callback, user_data);

  g_task_run_in_thread (task, vouch_thread);
}

char *
wattle_client_vouch_finish (WattleClient *self, GAsyncResult *result, char **signature, GError **error)
{
  g_auto (GStrv) answer = g_task_propagate_pointer (G_TASK (result), error);

  *signature = answer != NULL ? g_strdup (answer[1]) : NULL;
  return answer != NULL ? g_strdup (answer[0]) : NULL;
}

static void
sync_now_job (WattleClient *self, GTask *task, gpointer args)
{
  WattleCore *core = wattle_client_open_core (self, NULL);

  if (core != NULL)
    {
      wattle_engine_greet_again (core->engine);
      wattle_thread_kick (core->thread, TRUE);
    }
  g_task_return_boolean (task, TRUE);
}

static void
tell_typing_job (WattleClient *self, GTask *task, gpointer data)
{
  Args *args = data;
  WattleCore *core = wattle_client_open_core (self, NULL);

  if (core != NULL)
    wattle_thread_tell_typing (core->thread, args->a);
  g_task_return_boolean (task, TRUE);
}

/**
 * wattle_client_tell_typing:
 * @self: the client
 * @conversation: id of a conversation
 */
void
wattle_client_tell_typing (WattleClient *self, const char *conversation)
{
  wattle_client_enqueue (self, tell_typing_job, args_new (conversation, NULL), args_free, NULL, NULL, NULL);
}

/**
 * wattle_client_sync_now:
 * @self: the client
 *
 * Sends and fetches at once, also when the last try failed.
 */
void
wattle_client_sync_now (WattleClient *self)
{
  wattle_client_enqueue (self, sync_now_job, NULL, NULL, NULL, NULL, NULL);
}
