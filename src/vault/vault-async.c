/* vault-async.c: the blocking calls of a vault on a worker thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "vault/vault.h"

/* What a worker thread is to do, and with what. */
typedef struct
{
  gboolean (*run) (WattleVault *self, GCancellable *cancellable, GError **error);
  WattleVaultMode mode;
  char *password;
} Job;

static void
job_free (Job *job)
{
  wattle_keyring_wipe_text (job->password);
  g_free (job);
}

static void
job_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gboolean done = job->run != NULL ? job->run (source, cancellable, &error)
                                   : wattle_vault_open_sync (source, job->mode, job->password, cancellable, &error);

  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
job_start (WattleVault *self, Job job, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  /* A desktop whose prompt hangs keeps the thread, but not the person who closed the dialog. */
  g_task_set_return_on_cancel (task, job.run == wattle_vault_unlock_sync);
  g_task_set_task_data (task, g_memdup2 (&job, sizeof job), (GDestroyNotify) job_free);
  g_task_run_in_thread (task, job_thread);
}

/**
 * wattle_vault_probe_async:
 * @self: the vault
 * @cancellable: (nullable): to stop waiting
 * @callback: called when done
 * @user_data: for @callback
 *
 * wattle_vault_probe_sync() on a worker thread.
 */
void
wattle_vault_probe_async (WattleVault *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  job_start (self, (Job){ .run = wattle_vault_probe_sync }, cancellable, callback, user_data);
}

/**
 * wattle_vault_probe_finish:
 * @self: the vault
 * @result: what @callback was given
 * @error: where to put an error
 *
 * Returns: as wattle_vault_probe_sync()
 */
gboolean
wattle_vault_probe_finish (WattleVault *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * wattle_vault_open_async:
 * @self: the vault
 * @mode: with the keyring, or with a passphrase alone
 * @password: (nullable): what the person signed in with; copied, and wiped after
 * @cancellable: (nullable): to stop waiting
 * @callback: called when done
 * @user_data: for @callback
 *
 * wattle_vault_open_sync() on a worker thread.
 */
void
wattle_vault_open_async (WattleVault *self, WattleVaultMode mode, const char *password, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  job_start (self, (Job){ .mode = mode, .password = g_strdup (password) }, cancellable, callback, user_data);
}

/**
 * wattle_vault_open_finish:
 * @self: the vault
 * @result: what @callback was given
 * @error: where to put an error
 *
 * Returns: as wattle_vault_open_sync()
 */
gboolean
wattle_vault_open_finish (WattleVault *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * wattle_vault_unlock_async:
 * @self: the vault
 * @cancellable: (nullable): to stop waiting for the person
 * @callback: called when done
 * @user_data: for @callback
 *
 * wattle_vault_unlock_sync() on a worker thread.
 */
void
wattle_vault_unlock_async (WattleVault *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  job_start (self, (Job){ .run = wattle_vault_unlock_sync }, cancellable, callback, user_data);
}

/**
 * wattle_vault_unlock_finish:
 * @self: the vault
 * @result: what @callback was given
 * @error: where to put an error
 *
 * Returns: as wattle_vault_unlock_sync()
 */
gboolean
wattle_vault_unlock_finish (WattleVault *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * wattle_vault_wipe_async:
 * @self: the vault
 * @cancellable: (nullable): to stop waiting for the keyring
 * @callback: called when done
 * @user_data: for @callback
 *
 * wattle_vault_wipe_sync() on a worker thread.
 */
void
wattle_vault_wipe_async (WattleVault *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  job_start (self, (Job){ .run = wattle_vault_wipe_sync }, cancellable, callback, user_data);
}

/**
 * wattle_vault_wipe_finish:
 * @self: the vault
 * @result: what @callback was given
 * @error: where to put an error
 *
 * Returns: as wattle_vault_wipe_sync()
 */
gboolean
wattle_vault_wipe_finish (WattleVault *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
