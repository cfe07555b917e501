/* client-account.c: signing in and out, the lock, role and password of a client
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/client-object.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"

typedef struct
{
  char *login;
  char *password;
  char *code;
  char *old_password;
  char *enrolment_code;
  gboolean afresh;
  gboolean provider;
} Credentials;

static void
wipe (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}

static void
credentials_free (gpointer data)
{
  Credentials *credentials = data;

  g_free (credentials->login);
  wipe (credentials->password);
  wipe (credentials->code);
  wipe (credentials->old_password);
  wipe (credentials->enrolment_code);
  g_free (credentials);
}

/* What is left of a device that was removed: nothing that can be read. */
static gboolean
destroy (WattleClient *self, GCancellable *cancellable, GError **error)
{
  gboolean destroyed;

  g_cancellable_cancel (self->core->cancellable);
  g_rw_lock_writer_lock (&self->core_lock);
  destroyed = wattle_core_wipe (self->core, cancellable, error);
  g_rw_lock_writer_unlock (&self->core_lock);
  return destroyed;
}

static void
set_wiped (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "device.wipe",
                          _("This computer was removed from the practice, and what was saved here was destroyed. "
                            "What had not been sent was sealed for the practice first. Ask an administrator if you "
                            "did not expect this."));
}

static void
wipe_job (WattleClient *self, GTask *task, gpointer args)
{
  GError *error = NULL;

  if (self->core == NULL || destroy (self, g_task_get_cancellable (task), &error))
    set_wiped (&error);
  wattle_client_drop_core (self);
  g_task_return_error (task, error);
}

static void
wiped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  g_signal_emit_by_name (source, "signed-out", error->message);
}

/* The server said that this device shall destroy what it keeps. */
void
wattle_client_wipe (WattleClient *self)
{
  wattle_client_forget_view (self, WATTLE_CLIENT_SIGNED_OUT);
  wattle_client_enqueue (self, wipe_job, NULL, NULL, NULL, wiped_cb, NULL);
}

typedef struct
{
  WattleClient *client;
  char *url;
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_object_unref (page->client);
  g_free (page->url);
  g_free (page);
}

static gboolean
page_cb (gpointer data)
{
  Page *page = data;

  g_signal_emit_by_name (page->client, "browse", page->url);
  return G_SOURCE_REMOVE;
}

/* On the worker. */
static void
show_page (const char *url, gpointer data)
{
  Page *page = g_new0 (Page, 1);

  page->client = g_object_ref (data);
  page->url = g_strdup (url);
  g_idle_add_full (G_PRIORITY_DEFAULT, page_cb, page, page_free);
}

static void
sign_in_job (WattleClient *self, GTask *task, gpointer args)
{
  Credentials *credentials = args;
  WattleSignIn given = { credentials->login, credentials->password, credentials->code, credentials->old_password,
                         credentials->afresh, NULL };
  WattleBrowser browser = { show_page, self };
  GError *error = NULL;

  if (credentials->provider)
    given.browser = &browser;
  wattle_client_drop_core (self);
  self->core = wattle_core_new (self->keyring, self->transport, self->data_dir, self->server_url, given.login);
  wattle_session_set_enrolment_code (self->core->session, credentials->enrolment_code);
  if (wattle_core_sign_in (self->core, self->vault_mode, &given, g_task_get_cancellable (task), &error)
      && wattle_client_use_core (self, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (wattle_error_is_wipe (error))
    {
      g_clear_error (&error);
      if (destroy (self, g_task_get_cancellable (task), &error))
        set_wiped (&error);
    }
  wattle_client_drop_core (self);
  g_task_return_error (task, error);
}

static void
unlock_job (WattleClient *self, GTask *task, gpointer args)
{
  Credentials *given = args;
  GError *error = NULL;

  if (self->core == NULL)
    wattle_client_set_closed (&error);
  else if (self->core->engine != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  else if (wattle_core_unlock (self->core, given->password, g_task_get_cancellable (task), &error)
           && wattle_client_use_core (self, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (self->core != NULL)
    wattle_client_shut (self);
  g_task_return_error (task, error);
}

static void
sign_out_job (WattleClient *self, GTask *task, gpointer args)
{
  gboolean forget = GPOINTER_TO_INT (args);
  GError *error = NULL;

  if (self->core == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  /* A server that cannot be told ends the session by itself in time. */
  wattle_session_sign_out (self->core->session, g_task_get_cancellable (task), NULL);
  wattle_client_shut (self);
  if (forget && !wattle_vault_wipe_sync (self->core->vault, NULL, &error))
    {
      wattle_client_drop_core (self);
      g_task_return_error (task, error);
      return;
    }
  wattle_client_drop_core (self);
  g_task_return_boolean (task, TRUE);
}

static void
set_role_job (WattleClient *self, GTask *task, gpointer args)
{
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);

  if (core == NULL || !wattle_core_check_sent (core, &error)
      || !wattle_session_set_role (core->session, GPOINTER_TO_INT (args), g_task_get_cancellable (task), &error)
      || !wattle_engine_take_identity (core->engine, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  wattle_client_show_identity (self);
  wattle_thread_kick (core->thread, TRUE);
  g_task_return_boolean (task, TRUE);
}

static void
change_password_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WattleClient *self = source;
  Credentials *given = wattle_client_job_args (data);
  g_autoptr (GRWLockReaderLocker) locker = g_rw_lock_reader_locker_new (&self->core_lock);
  GError *error = NULL;
  WattleCore *core = wattle_client_open_core (self, &error);

  wattle_client_return_done (
    task, core != NULL && wattle_core_change_password (core, given->old_password, given->password, &error), &error);
}

static Credentials *
credentials_new (const char *login, const char *password, const char *code)
{
  Credentials *credentials = g_new0 (Credentials, 1);

  /* The server folds names too; here they also name the folder of the account. */
  credentials->login = login != NULL ? g_strstrip (g_utf8_strdown (login, -1)) : NULL;
  credentials->password = g_strdup (password);
  credentials->code = g_strdup (code);
  return credentials;
}

void
wattle_client_sign_in_async (WattleClient *self,
                             const char *login,
                             const char *password,
                             const char *code,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Credentials *credentials = credentials_new (login, password, code);

  credentials->enrolment_code = g_strdup (self->enrolment_code);
  wattle_client_forget_view (self, WATTLE_CLIENT_SIGNED_OUT);
  wattle_client_enqueue (self, sign_in_job, credentials, credentials_free, cancellable, callback, user_data);
}

gboolean
wattle_client_sign_in_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_client_sign_in_anew_async (WattleClient *self,
                                  const char *login,
                                  const char *password,
                                  const char *code,
                                  const char *old_password,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  Credentials *credentials = credentials_new (login, password, code);

  credentials->old_password = g_strdup (old_password);
  credentials->afresh = old_password == NULL;
  wattle_client_forget_view (self, WATTLE_CLIENT_SIGNED_OUT);
  wattle_client_enqueue (self, sign_in_job, credentials, credentials_free, cancellable, callback, user_data);
}

void
wattle_client_sign_in_provider_async (WattleClient *self,
                                      const char *login,
                                      const char *passphrase,
                                      gboolean afresh,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  Credentials *credentials = credentials_new (login, passphrase, NULL);

  credentials->enrolment_code = g_strdup (self->enrolment_code);
  credentials->provider = TRUE;
  credentials->afresh = afresh;
  wattle_client_forget_view (self, WATTLE_CLIENT_SIGNED_OUT);
  wattle_client_enqueue (self, sign_in_job, credentials, credentials_free, cancellable, callback, user_data);
}

gboolean
wattle_client_sign_in_provider_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_client_set_enrolment_code (WattleClient *self, const char *code)
{
  wipe (self->enrolment_code);
  self->enrolment_code = code != NULL && *code != '\0' ? g_strdup (code) : NULL;
}

char *
wattle_client_fingerprint (WattleClient *self)
{
  char *fingerprint = NULL;

  /* Not while files are opened or closed: the caller is the main context. */
  if (!g_rw_lock_reader_trylock (&self->core_lock))
    return NULL;
  if (self->core != NULL)
    fingerprint = wattle_session_fingerprint (self->core->session);
  g_rw_lock_reader_unlock (&self->core_lock);
  return fingerprint;
}

void
wattle_client_change_password_async (
  WattleClient *self, const char *old, const char *new, GAsyncReadyCallback callback, gpointer user_data)
{
  Credentials *credentials = credentials_new (NULL, new, NULL);
  g_autoptr (GTask) task = NULL;

  credentials->old_password = g_strdup (old);
  task = wattle_client_make_task (self, NULL, credentials, credentials_free, NULL, callback, user_data);
  g_task_run_in_thread (task, change_password_thread);
}

gboolean
wattle_client_change_password_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * wattle_client_lock:
 * @self: the client
 *
 * Closes the cache and forgets the keys. What was typed and kept as a draft,
 * and what waits in the outbox, stays, sealed.
 */
void
wattle_client_lock (WattleClient *self)
{
  if (self->state != WATTLE_CLIENT_SIGNED_OUT && self->state != WATTLE_CLIENT_LOCKED)
    wattle_client_close_core (self, WATTLE_CLIENT_LOCKED);
}

void
wattle_client_unlock_async (
  WattleClient *self, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  wattle_client_enqueue (self, unlock_job, credentials_new (NULL, password, NULL), credentials_free, cancellable,
                         callback, user_data);
}

gboolean
wattle_client_unlock_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * wattle_client_sign_out_async:
 * @self: the client
 * @forget: also destroy what is saved here, with everything that was not sent
 * @cancellable: (nullable): to stop waiting for the server
 * @callback: called when done
 * @user_data: for @callback
 *
 * Without @forget cache and outbox stay, sealed, for the next time. Ask the
 * person before @forget when "pending" is not 0. The signal "signing-out" comes
 * first: what its handlers ask for is done before the account closes.
 */
void
wattle_client_sign_out_async (
  WattleClient *self, gboolean forget, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_signal_emit_by_name (self, "signing-out");
  wattle_client_forget_view (self, WATTLE_CLIENT_SIGNED_OUT);
  wattle_client_enqueue (self, sign_out_job, GINT_TO_POINTER (forget), NULL, cancellable, callback, user_data);
}

gboolean
wattle_client_sign_out_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_client_set_role_async (
  WattleClient *self, int role, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  wattle_client_enqueue (self, set_role_job, GINT_TO_POINTER (role), NULL, cancellable, callback, user_data);
}

gboolean
wattle_client_set_role_finish (WattleClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
