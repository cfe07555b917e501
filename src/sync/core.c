/* core.c: opening and closing what a signed-in person has on this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/client-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sodium.h>

#include "base/error.h"
#include "base/file.h"
#include "domain/settings.h"
#include "store/damage.h"
#include "store/vfs/vfs.h"

#define CACHE_FILE "cache.db"
#define OUTBOX_FILE "outbox.db"
#define BLOB_KEY "blobs"
/* Of one who signs in with an identity provider; the keyring has the other half of the key. */
#define MIN_PASSPHRASE 6

/**
 * wattle_core_new:
 * @keyring: where the other half of the key is
 * @transport: how to reach the server
 * @data_dir: where accounts are saved
 * @server_url: URL of the server
 * @login: who signs in
 *
 * Returns: (transfer full): a core in which everything is closed
 */
WattleCore *
wattle_core_new (
  WattleKeyring *keyring, WattleTransport *transport, const char *data_dir, const char *server_url, const char *login)
{
  WattleCore *self = g_new0 (WattleCore, 1);

  self->transport = g_object_ref (transport);
  self->vault = wattle_vault_new (keyring, data_dir, server_url, login);
  self->session = wattle_session_new (transport);
  self->cancellable = g_cancellable_new ();
  return self;
}

/* Closes databases and forgets keys. What was not sent is in the outbox. */
void
wattle_core_close (WattleCore *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->thread, wattle_thread_stop);
  g_clear_pointer (&self->engine, wattle_engine_free);
  if (self->cache != NULL)
    {
      g_autoptr (GError) error = NULL;

      if (!wattle_store_close (self->cache, &error))
        g_warning ("the cache was not closed in order: %s", error->message);
    }
  g_clear_object (&self->cache);
  if (self->outbox != NULL)
    wattle_outbox_close (g_steal_pointer (&self->outbox), NULL);
  wattle_session_drop_vault (self->session);
  wattle_vault_lock (self->vault);
}

void
wattle_core_free (WattleCore *self)
{
  wattle_core_close (self);
  g_clear_pointer (&self->session, wattle_session_free);
  g_clear_object (&self->vault);
  g_clear_object (&self->transport);
  g_clear_object (&self->cancellable);
  g_free (self);
}

/* Whether anything answers there, quickly: a dead network must not hold up a sign-in without it. */
static gboolean
is_reachable (WattleCore *self, GCancellable *cancellable, GError **error)
{
  WattleRequest request = { .method = "GET", .path = "/hello", .quick = TRUE };
  g_auto (WattleResponse) response = { 0 };

  return wattle_transport_send (self->transport, &request, &response, cancellable, error)
         && wattle_response_check (&response, error);
}

static gboolean
sign_in_online (WattleCore *self, const WattleSignIn *given, GCancellable *cancellable, GError **error)
{
  if (!is_reachable (self, cancellable, error))
    return FALSE;
  self->heard =
    given->browser != NULL
      ? wattle_session_sign_in_provider (self->session, given->login, given->browser, cancellable, error)
      : wattle_session_sign_in (self->session, given->login, given->password, given->code, cancellable, error);
  return self->heard;
}

static gboolean
keep_first (WattleCore *self,
            WattleVaultMode mode,
            const WattleSignIn *given,
            GCancellable *cancellable,
            GError **error)
{
  if (wattle_vault_open_sync (self->vault, mode, given->password, cancellable, error)
      && wattle_session_keep (self->session, self->vault, error))
    return TRUE;
  wattle_session_sign_out (self->session, cancellable, NULL);
  return FALSE;
}

/* What the server never sees it cannot judge: a passphrase of this computer alone is held to a length here. */
static gboolean
check_passphrase (const WattleSignIn *given, GError **error)
{
  if (given->browser == NULL || g_utf8_strlen (given->password, -1) >= MIN_PASSPHRASE)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "password",
                          _("Choose a passphrase of at least %d characters for this computer. Nothing was changed."),
                          MIN_PASSPHRASE);
  return FALSE;
}

/* The first time here: only what the server has confirmed is worth a key. */
static gboolean
first_sign_in (WattleCore *self,
               WattleVaultMode mode,
               const WattleSignIn *given,
               GCancellable *cancellable,
               GError **error)
{
  return check_passphrase (given, error) && sign_in_online (self, given, cancellable, error)
         && keep_first (self, mode, given, cancellable, error);
}

/* What cannot be opened is set aside as it is, and only for somebody whom the server knows. */
static gboolean
sign_in_afresh (WattleCore *self,
                WattleVaultMode mode,
                const WattleSignIn *given,
                GCancellable *cancellable,
                GError **error)
{
  g_autofree char *aside = NULL;

  if (!check_passphrase (given, error) || !sign_in_online (self, given, cancellable, error))
    return FALSE;
  aside = wattle_vault_quarantine_sync (self->vault, error);
  if (aside == NULL)
    {
      wattle_session_sign_out (self->session, cancellable, NULL);
      return FALSE;
    }
  g_message ("saved records that could not be opened were set aside");
  return keep_first (self, mode, given, cancellable, error);
}

/* Opens with what the person used here last, and finds out whether that is another password than the server's. */
static gboolean
open_vault (
  WattleCore *self, WattleVaultMode mode, const WattleSignIn *given, GCancellable *cancellable, GError **error)
{
  const char *password = given->old_password != NULL ? given->old_password : given->password;
  g_autoptr (GError) local = NULL;

  if (wattle_vault_open_sync (self->vault, mode, password, cancellable, &local))
    return TRUE;
  if (wattle_vault_get_state (self->vault) != WATTLE_VAULT_WRONG_PASSWORD)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (given->old_password != NULL)
    wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "old_password",
                            _("This is not the password that was used on this computer last. Nothing was changed; "
                              "try another one."));
  else if (given->browser == NULL && is_reachable (self, cancellable, NULL)
           && wattle_session_check_password (self->session, given->login, given->password, cancellable))
    wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "old_password",
                            _("Your password was changed on another computer. Type the one that you used on this "
                              "computer last, once, to open what is saved here."));
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Signs in again, in the role that was left: what is saved here, and what waits to be sent, is of that role. */
static gboolean
go_on_online (WattleCore *self, const WattleSignIn *given, GCancellable *cancellable, GError **error)
{
  g_autoptr (WattleIdentity) before = wattle_session_identity (self->session);
  g_autoptr (WattleIdentity) now = NULL;

  if (!sign_in_online (self, given, cancellable, error))
    return FALSE;
  now = wattle_session_identity (self->session);
  return now->actor.role == before->actor.role || (now->actor.roles & (1u << before->actor.role)) == 0
         || wattle_session_set_role (self->session, before->actor.role, cancellable, error);
}

static gboolean
sign_in_again (WattleCore *self,
               WattleVaultMode mode,
               const WattleSignIn *given,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!open_vault (self, mode, given, cancellable, error))
    return FALSE;
  if (!wattle_session_load (self->session, self->vault, &local))
    {
      /* The key was made and the computer stopped before the device was kept with it. */
      if (g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
        return sign_in_online (self, given, cancellable, error)
               && wattle_session_keep (self->session, self->vault, error)
               && (given->old_password == NULL
                   || wattle_vault_change_password_sync (self->vault, given->password, cancellable, error));
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (given->old_password != NULL)
    return go_on_online (self, given, cancellable, error)
           && wattle_vault_change_password_sync (self->vault, given->password, cancellable, error);
  if (go_on_online (self, given, cancellable, &local) || g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_OFFLINE)
      || g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_BUSY))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * wattle_core_sign_in:
 * @self: the core
 * @mode: what a first key is kept with
 * @given: what the person gave
 * @cancellable: (nullable): to stop
 * @error: of the vault, of the server, or %WATTLE_ERROR_OFFLINE the first time;
 *   %WATTLE_ERROR_UNAUTHENTICATED with the field "old_password" when the server
 *   takes the password and the vault wants the one before
 *
 * Opens the vault and the session; with what is saved here also while the
 * server cannot be reached.
 */
gboolean
wattle_core_sign_in (WattleCore *self,
                     WattleVaultMode mode,
                     const WattleSignIn *given,
                     GCancellable *cancellable,
                     GError **error)
{
  WattleVaultState state;

  if (!wattle_vault_probe_sync (self->vault, cancellable, error))
    return FALSE;
  if (wattle_vault_get_state (self->vault) == WATTLE_VAULT_LOCKED
      && !wattle_vault_unlock_sync (self->vault, cancellable, error))
    return FALSE;
  state = wattle_vault_get_state (self->vault);
  if (state == WATTLE_VAULT_FIRST_RUN || (state == WATTLE_VAULT_NO_SERVICE && mode == WATTLE_VAULT_WITH_PASSPHRASE))
    return first_sign_in (self, mode, given, cancellable, error);
  if (given->afresh && (state == WATTLE_VAULT_CLOSED || wattle_vault_state_is_lost (state)))
    return sign_in_afresh (self, mode, given, cancellable, error);
  return sign_in_again (self, mode, given, cancellable, error);
}

/**
 * wattle_core_change_password:
 * @self: a core that is open
 * @old: the password until now
 * @new: the new one
 * @error: of the server, and then nothing was changed; or of the vault
 *
 * Changes the password at the server and of what is saved here.
 */
gboolean
wattle_core_change_password (WattleCore *self, const char *old, const char *new, GError **error)
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (WattleJson) answer = NULL;
  g_autoptr (GError) local = NULL;
  WattleJsonWriter writer = wattle_json_writer (body);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "old", old);
  wattle_json_pair_string (&writer, "new", new);
  wattle_json_end_object (&writer);
  answer = wattle_session_call (self->session, "POST", "/account/password", body->str, self->cancellable, &local);
  sodium_memzero (body->str, body->len);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (wattle_vault_change_password_sync (self->vault, new, NULL, &local))
    return TRUE;
  wattle_set_field_error (error, wattle_error_get_code (local), "old_password",
                          _("Your password was changed at the server. What is saved on this computer still opens with "
                            "the old one; you are asked for it once when you sign in next. (%s)"),
                          local->message);
  return FALSE;
}

/**
 * wattle_core_unlock:
 * @self: a core that was closed
 * @password: password
 * @cancellable: (nullable): to stop
 * @error: of the vault
 */
gboolean
wattle_core_unlock (WattleCore *self, const char *password, GCancellable *cancellable, GError **error)
{
  self->heard = FALSE;
  return wattle_vault_open_sync (self->vault, WATTLE_VAULT_WITH_KEYRING, password, cancellable, error)
         && wattle_session_load (self->session, self->vault, error);
}

/* The cache can be had again from the server, so a damaged one is set aside; it is never deleted. */
static gboolean
set_aside (WattleCore *self, const char *path, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *mark = g_strconcat (path, WATTLE_DAMAGED_SUFFIX, NULL);
  static const char *const parts[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *from = g_strconcat (path, parts[i], NULL);
      g_autofree char *to = g_strconcat (path, ".damaged-", stamp, parts[i], NULL);

      if (g_rename (from, to) != 0 && errno != ENOENT)
        {
          wattle_set_errno (error, errno, from, "rename");
          return FALSE;
        }
    }
  g_unlink (mark);
  self->aside = TRUE;
  g_message ("the saved records are damaged; they were set aside and are fetched again");
  return TRUE;
}

static gboolean
open_cache (WattleCore *self, GError **error)
{
  g_autofree char *path = g_build_filename (wattle_vault_get_folder (self->vault), CACHE_FILE, NULL);
  g_autofree char *mark = g_strconcat (path, WATTLE_DAMAGED_SUFFIX, NULL);
  guint8 key[WATTLE_VFS_KEY_BYTES];
  WattleStoreOptions options = { .side = WATTLE_STORE_CLIENT, .path = path, .key = key };
  g_autoptr (GError) local = NULL;

  self->aside = FALSE;
  if (g_file_test (mark, G_FILE_TEST_EXISTS) && !set_aside (self, path, error))
    return FALSE;
  if (!wattle_vault_copy_database_key (self->vault, CACHE_FILE, key, error))
    return FALSE;
  self->cache = wattle_store_open (&options, &local);
  /* The outbox has just opened with a key from the same vault: this file alone is at fault. */
  if (self->cache == NULL
      && (g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_CORRUPT)
          || g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_KEY_LOST)))
    {
      g_clear_error (&local);
      if (set_aside (self, path, &local))
        self->cache = wattle_store_open (&options, &local);
    }
  sodium_memzero (key, sizeof key);
  if (self->cache == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return self->cache != NULL;
}

static gboolean
open_outbox (WattleCore *self, GError **error)
{
  g_autofree char *path = g_build_filename (wattle_vault_get_folder (self->vault), OUTBOX_FILE, NULL);
  g_autoptr (GError) local = NULL;
  guint8 key[WATTLE_VFS_KEY_BYTES];

  if (!wattle_vault_copy_database_key (self->vault, OUTBOX_FILE, key, error))
    return FALSE;
  self->outbox = wattle_outbox_open (path, key, &local);
  sodium_memzero (key, sizeof key);
  if (self->outbox != NULL)
    return TRUE;
  if (g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_CORRUPT)
      || g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_KEY_LOST))
    wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "saved_records",
                            _("The file outbox.db, with the changes that were not sent yet, is damaged. It was left as "
                              "it is: put it back from a backup, or begin anew."));
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
make_engine (WattleCore *self, const WattleEngineListener *listener, GError **error)
{
  guint8 key[WATTLE_VFS_KEY_BYTES];

  if (!wattle_vault_copy_database_key (self->vault, BLOB_KEY, key, error))
    return FALSE;
  self->engine = wattle_engine_new (self->cache, self->outbox, self->session, listener);
  wattle_engine_set_blobs (self->engine, wattle_vault_get_folder (self->vault), key);
  sodium_memzero (key, sizeof key);
  return wattle_engine_start (self->engine, error);
}

/**
 * wattle_core_note_contact:
 * @self: a core whose cache is open
 * @heard: whether the server was heard of just now
 * @error: it was not for too many days: field "offline_days"
 *
 * Called once a step. What cannot be kept on the disk counts all the same.
 */
gboolean
wattle_core_note_contact (WattleCore *self, gboolean heard, GError **error)
{
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (GError) local = NULL;

  if (!wattle_contact_note (&self->contact, self->vault, heard, &local))
    g_warning ("the last contact was not kept: %s", local->message);
  if (heard)
    return TRUE;
  transaction = wattle_store_begin_read (self->cache, error);
  return transaction != NULL
         && wattle_contact_check (
           &self->contact, wattle_setting_get_integer (wattle_transaction_reader (transaction), "offline_days"), error);
}

/* A server that answers now is heard of, so that an unlock after many days goes on by itself. */
static gboolean
open_contact (WattleCore *self, GError **error)
{
  g_autofree char *token = NULL;

  if (!wattle_contact_load (&self->contact, self->vault, error))
    return FALSE;
  if (self->heard || wattle_core_note_contact (self, FALSE, NULL))
    return wattle_core_note_contact (self, self->heard, error);
  if (is_reachable (self, self->cancellable, NULL))
    {
      wattle_session_expire (self->session);
      token = wattle_session_token (self->session, self->cancellable, NULL);
    }
  return wattle_core_note_contact (self, token != NULL, error);
}

/**
 * wattle_core_start:
 * @self: a core whose vault and session are open
 * @listener: whom the engine tells
 * @error: the failure
 *
 * Opens cache and outbox and brings them together.
 */
gboolean
wattle_core_start (WattleCore *self, const WattleEngineListener *listener, GError **error)
{
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  return open_outbox (self, error) && open_cache (self, error) && open_contact (self, error)
         && make_engine (self, listener, error);
}

/**
 * wattle_core_check_sent:
 * @self: a core in use
 * @error: %WATTLE_ERROR_BUSY while something waits to be sent
 *
 * The server asks the role of the session, so what was done in one role goes
 * before the role changes.
 */
gboolean
wattle_core_check_sent (WattleCore *self, GError **error)
{
  gint64 waiting = wattle_outbox_count (self->outbox, WATTLE_OUTBOX_PENDING, error);

  if (waiting <= 0)
    return waiting == 0;
  wattle_thread_kick (self->thread, TRUE);
  wattle_set_field_error (error, WATTLE_ERROR_BUSY, "role",
                          _("Changes that you made in this role wait to be sent. They go first; change the role when "
                            "they are sent."));
  return FALSE;
}
