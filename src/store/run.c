/* run.c: reading off the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

typedef struct
{
  WattleStoreWork work;
  gpointer data;
  GDestroyNotify free_data;
  GDestroyNotify free_result;
} Errand;

static void
errand_free (gpointer data)
{
  Errand *self = data;

  if (self->free_data != NULL)
    self->free_data (self->data);
  g_free (self);
}

/**
 * wattle_store_work:
 * @task: (transfer full): one errand
 * @store: whose
 *
 * The function of the pool's threads.
 */
void
wattle_store_work (gpointer task, gpointer store)
{
  g_autoptr (GTask) owned = task;
  Errand *errand = g_task_get_task_data (owned);
  GCancellable *cancellable = g_task_get_cancellable (owned);
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  gpointer result = NULL;

  if (g_task_return_error_if_cancelled (owned))
    return;
  transaction = wattle_store_begin_read (store, &error);
  if (transaction != NULL)
    {
      wattle_transaction_set_cancellable (transaction, cancellable);
      result = errand->work (transaction, errand->data, cancellable, &error);
      wattle_transaction_set_cancellable (transaction, NULL);
    }
  g_clear_pointer (&transaction, wattle_transaction_free);
  if (error != NULL)
    {
      if (result != NULL && errand->free_result != NULL)
        errand->free_result (result);
      g_task_return_error (owned, g_steal_pointer (&error));
    }
  else
    g_task_return_pointer (owned, result, errand->free_result);
}

/**
 * wattle_store_run_async:
 * @self: a store
 * @work: runs in another thread, within a read transaction
 * @data: (transfer full): for @work
 * @free_data: (nullable): frees @data, when @work has ended
 * @free_result: (nullable): frees a result that nobody takes
 * @cancellable: (nullable): stops the statement that runs
 * @callback: called in the caller's main context
 * @user_data: for @callback
 */
void
wattle_store_run_async (WattleStore *self, WattleStoreWork work, gpointer data, GDestroyNotify free_data,
                        GDestroyNotify free_result, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Errand *errand = g_new0 (Errand, 1);

  errand->work = work;
  errand->data = data;
  errand->free_data = free_data;
  errand->free_result = free_result;
  g_task_set_task_data (task, errand, errand_free);
  g_task_set_source_tag (task, wattle_store_run_async);
  if (!wattle_store_queue (self, task))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "The store is closed.");
      g_object_unref (task);
    }
}

/**
 * wattle_store_run_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: the failure of the work
 *
 * Returns: (transfer full) (nullable): the result of the work
 */
gpointer
wattle_store_run_finish (WattleStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * wattle_store_run_data:
 * @result: what the callback was given
 *
 * Returns: (transfer none): the data of the work
 */
gpointer
wattle_store_run_data (GAsyncResult *result)
{
  Errand *errand = g_task_get_task_data (G_TASK (result));

  return errand->data;
}
