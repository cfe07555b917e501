/* vault.c: the key of one account's saved records, and what to tell a person when it is out of reach
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "vault/vault.h"

#include "base/error.h"
#include "base/file.h"
#include "store/vfs/vfs.h"
#include "vault/vault-file.h"
#include "vault/vault-secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define KEY_FILE "cache.meta"
#define SECRETS_FILE "secrets"
#define LOCK_FILE "lock"
#define SECRETS_NAME "secrets file"

G_STATIC_ASSERT (WATTLE_VAULT_KEY_BYTES == WATTLE_VFS_KEY_BYTES);

struct _WattleVault
{
  GObject parent_instance;

  WattleKeyring *keyring;
  char *server;
  char *account;
  char *folder;

  GMutex mutex; /* guards what follows: the blocking calls run on any thread */
  WattleVaultState state;
  guint8 *key; /* locked memory, only while READY */
};

G_DEFINE_FINAL_TYPE (WattleVault, wattle_vault, G_TYPE_OBJECT)

/* What was found before a password is asked for. */
typedef struct
{
  WattleVaultFile *file;
  char            *secret;
} Found;

static void
found_clear (Found *found)
{
  g_clear_pointer (&found->file, wattle_vault_file_free);
  g_clear_pointer (&found->secret, wattle_keyring_wipe_text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

static const struct
{
  WattleErrorCode code;
  const char *sentence;
} states[WATTLE_VAULT_N_STATES] = {
  [WATTLE_VAULT_CLOSED] = { WATTLE_ERROR_LOCKED, N_("The records saved on this computer are closed. Sign in to open "
                                                    "them.") },
  [WATTLE_VAULT_READY] = { WATTLE_ERROR_FAILED, N_("The records saved on this computer are open.") },
  [WATTLE_VAULT_FIRST_RUN] = { WATTLE_ERROR_LOCKED, N_("Nothing is saved on this computer yet for this account. Sign "
                                                       "in to begin.") },
  [WATTLE_VAULT_LOCKED] = { WATTLE_ERROR_LOCKED, N_("The keyring of this computer is locked, and it holds the key to "
                                                    "your saved records. Nothing is lost: unlock the keyring to go "
                                                    "on.") },
  [WATTLE_VAULT_NO_SERVICE] = { WATTLE_ERROR_UNSUPPORTED,
                                N_("No keyring that could hold the key to your records was found on this computer. "
                                   "Nothing was changed: start a keyring and try again, or let your password alone "
                                   "protect what is saved here.") },
  [WATTLE_VAULT_KEYRING_AWAY] = { WATTLE_ERROR_UNSUPPORTED,
                                  N_("The keyring with the key to the records saved on this computer does not answer. "
                                     "Nothing is lost and nothing was changed: start the keyring and try again.") },
  [WATTLE_VAULT_KEY_LOST] = { WATTLE_ERROR_KEY_LOST,
                              N_("The key to the records saved on this computer is gone from the keyring. The records "
                                 "are still here but cannot be read. They can be set aside, and everything the server "
                                 "has can be fetched again; changes that were not sent yet stay in what is set "
                                 "aside.") },
  [WATTLE_VAULT_OTHER_KEY] = { WATTLE_ERROR_KEY_LOST,
                               N_("The keyring holds another key than the one that the records saved on this computer "
                                  "were sealed with. If a backup of the keyring was put back, put back the newer one "
                                  "and try again. Otherwise the records can be set aside and fetched again; changes "
                                  "that were not sent yet stay in what is set aside.") },
  [WATTLE_VAULT_KEY_DAMAGED] = { WATTLE_ERROR_KEY_LOST,
                                 N_("The file cache.meta, which holds half of the key to the records saved on this "
                                    "computer, is damaged. It was left as it is: put it back from a backup, or set the "
                                    "records aside and fetch again what the server has; changes that were not sent "
                                    "yet stay in what is set aside.") },
  [WATTLE_VAULT_WRONG_PASSWORD] = { WATTLE_ERROR_UNAUTHENTICATED,
                                    N_("This password does not open the records saved on this computer. If it was "
                                       "changed elsewhere, enter the one you used here last.") },
};

/**
 * wattle_vault_state_sentence:
 * @state: a state
 *
 * Returns: (transfer none): what the screen says about it, translated
 */
const char *
wattle_vault_state_sentence (WattleVaultState state)
{
  g_return_val_if_fail (state < WATTLE_VAULT_N_STATES, NULL);
  return _(states[state].sentence);
}

/**
 * wattle_vault_state_is_lost:
 * @state: a state
 *
 * Returns: whether no password opens the records: they can be set aside and fetched again
 */
gboolean
wattle_vault_state_is_lost (WattleVaultState state)
{
  g_return_val_if_fail (state < WATTLE_VAULT_N_STATES, FALSE);
  return states[state].code == WATTLE_ERROR_KEY_LOST;
}

static gboolean
set_state_error (WattleVaultState state, GError **error)
{
  const char *field = state == WATTLE_VAULT_WRONG_PASSWORD ? "password"
                      : state == WATTLE_VAULT_NO_SERVICE   ? "keyring"
                      : state == WATTLE_VAULT_KEYRING_AWAY ? "keyring_away"
                                                           : NULL;

  wattle_set_field_error (error, states[state].code, field, "%s", _(states[state].sentence));
  return FALSE;
}

static char *
path_in (WattleVault *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static void
set_state (WattleVault *self, WattleVaultState state)
{
  g_mutex_lock (&self->mutex);
  if (state != WATTLE_VAULT_READY)
    g_clear_pointer (&self->key, sodium_free);
  self->state = state;
  g_mutex_unlock (&self->mutex);
}

static gboolean
set_ready (WattleVault *self, const guint8 *key, GError **error)
{
  guint8 *kept = sodium_malloc (WATTLE_VAULT_KEY_BYTES);

  if (kept == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL,
                              _("There is not enough memory to hold the key. Close other programs and try again."));
      return FALSE;
    }

  memcpy (kept, key, WATTLE_VAULT_KEY_BYTES);
  sodium_mprotect_readonly (kept);
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->key, sodium_free);
  self->key = kept;
  self->state = WATTLE_VAULT_READY;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static WattleKeyringItem
item_of (WattleVault *self, const WattleVaultFile *file)
{
  return (WattleKeyringItem){ self->server, self->account, file->id };
}

/**
 * wattle_vault_has_records:
 * @self: the vault
 *
 * Returns: whether anything sealed is, or may be, saved for this account on this computer: what cannot be looked at
 *   counts as something
 */
gboolean
wattle_vault_has_records (WattleVault *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, &error);
  const char *name;

  if (dir == NULL)
    return !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = path_in (self, name);
      GStatBuf status;

      if (!g_str_has_prefix (name, KEY_FILE) && (g_stat (path, &status) != 0 ? errno != ENOENT : status.st_size > 0))
        return TRUE;
    }
  return FALSE;
}

/* Asks the keyring for the other half. A NULL from it counts only while it is
 * open, and that is asked before and after. */
static gboolean
look_up (WattleVault *self, Found *found, WattleVaultState *state, GCancellable *cancellable, GError **error)
{
  WattleKeyringItem item = item_of (self, found->file);
  WattleKeyringStatus status;

  if (!wattle_keyring_lookup (self->keyring, &item, &found->secret, cancellable, error))
    return FALSE;
  if (found->secret != NULL)
    {
      *state = wattle_vault_file_has_secret (found->file, found->secret) ? WATTLE_VAULT_CLOSED : WATTLE_VAULT_OTHER_KEY;
      return TRUE;
    }

  if (!wattle_keyring_status (self->keyring, &status, cancellable, error))
    return FALSE;
  *state = status == WATTLE_KEYRING_OPEN     ? WATTLE_VAULT_KEY_LOST
           : status == WATTLE_KEYRING_LOCKED ? WATTLE_VAULT_LOCKED
                                             : WATTLE_VAULT_KEYRING_AWAY;
  return TRUE;
}

/* Decides the state from the files and the keyring; changes nothing. */
static gboolean
examine (WattleVault *self, Found *found, WattleVaultState *state, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = path_in (self, KEY_FILE);
  g_autoptr (GError) local = NULL;
  WattleKeyringStatus status;
  gboolean corrupt;

  found->file = wattle_vault_file_load (path, &local);
  corrupt = g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
  if (found->file == NULL && !corrupt && !g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (found->file == NULL && (corrupt || wattle_vault_has_records (self)))
    {
      *state = corrupt ? WATTLE_VAULT_KEY_DAMAGED : WATTLE_VAULT_KEY_LOST;
      return TRUE;
    }
  if (found->file != NULL && strcmp (found->file->backend, WATTLE_VAULT_PASSPHRASE) == 0)
    {
      *state = WATTLE_VAULT_CLOSED;
      return TRUE;
    }

  if (!wattle_keyring_status (self->keyring, &status, cancellable, error))
    return FALSE;
  if (status == WATTLE_KEYRING_LOCKED)
    *state = WATTLE_VAULT_LOCKED;
  else if (status == WATTLE_KEYRING_ABSENT)
    *state = found->file == NULL ? WATTLE_VAULT_NO_SERVICE : WATTLE_VAULT_KEYRING_AWAY;
  else if (found->file == NULL)
    *state = WATTLE_VAULT_FIRST_RUN;
  else if (strcmp (found->file->backend, wattle_keyring_get_id (self->keyring)) != 0)
    *state = WATTLE_VAULT_KEYRING_AWAY;
  else
    return look_up (self, found, state, cancellable, error);
  return TRUE;
}

/* A secret counts as kept only when the keyring gives it back. */
static gboolean
keep_new_secret (WattleVault *self, const WattleKeyringItem *item, char **secret, GCancellable *cancellable,
                 GError **error)
{
  guint8 random[WATTLE_VAULT_KEY_BYTES];
  char *back = NULL;
  gboolean same;

  randombytes_buf (random, sizeof random);
  *secret = g_base64_encode (random, sizeof random);
  sodium_memzero (random, sizeof random);

  if (!wattle_keyring_store (self->keyring, item, *secret, cancellable, error)
      || !wattle_keyring_lookup (self->keyring, item, &back, cancellable, error))
    return FALSE;
  same = g_strcmp0 (*secret, back) == 0;
  wattle_keyring_wipe_text (back);
  if (!same)
    wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                            _("The keyring of this computer did not keep the key. Nothing was saved; try again."));
  return same;
}

/* The new folder and the one above it, before anything is put in. */
static gboolean
sync_folder (WattleVault *self, GError **error)
{
  g_autofree char *above = g_path_get_dirname (self->folder);

  return wattle_file_sync_dir (self->folder, error) && wattle_file_sync_dir (above, error);
}

static gboolean
make_key (WattleVault *self, WattleVaultMode mode, const char *password, GCancellable *cancellable, GError **error)
{
  gboolean alone = mode == WATTLE_VAULT_WITH_PASSPHRASE;
  const char *backend = alone ? WATTLE_VAULT_PASSPHRASE : wattle_keyring_get_id (self->keyring);
  g_autoptr (WattleVaultFile) file = wattle_vault_file_new (backend);
  g_autofree char *path = path_in (self, KEY_FILE);
  WattleKeyringItem item = item_of (self, file);
  guint8 key[WATTLE_VAULT_KEY_BYTES];
  char *secret = NULL;
  gboolean made;

  if (alone && (password == NULL || g_utf8_strlen (password, -1) < WATTLE_VAULT_MIN_PASSPHRASE))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "password",
                              _("A passphrase that alone protects the saved records needs at least %d characters."),
                              WATTLE_VAULT_MIN_PASSPHRASE);
      return FALSE;
    }

  randombytes_buf (key, sizeof key);
  made = sync_folder (self, error)
         && (alone || keep_new_secret (self, &item, &secret, cancellable, error))
         && wattle_vault_file_wrap (file, secret, password, key, error)
         && wattle_vault_file_save (file, path, error)
         && set_ready (self, key, error);
  sodium_memzero (key, sizeof key);
  wattle_keyring_wipe_text (secret);
  return made;
}

static gboolean
open_key (WattleVault *self, const Found *found, const char *password, GError **error)
{
  g_autoptr (GError) local = NULL;
  guint8 key[WATTLE_VAULT_KEY_BYTES];
  gboolean opened;

  if (!wattle_vault_file_unwrap (found->file, found->secret, password, key, &local))
    {
      if (!g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      set_state (self, WATTLE_VAULT_WRONG_PASSWORD);
      return set_state_error (WATTLE_VAULT_WRONG_PASSWORD, error);
    }
  opened = set_ready (self, key, error);
  sodium_memzero (key, sizeof key);
  return opened;
}

/* Two programs that meet a new account at once must not make two keys. */
static int
hold_folder (WattleVault *self, GError **error)
{
  g_autofree char *path = path_in (self, LOCK_FILE);
  int fd = -1;

  if (g_mkdir_with_parents (self->folder, 0700) == 0)
    fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || flock (fd, LOCK_EX) != 0)
    {
      wattle_set_errno (error, errno, path, "open");
      if (fd >= 0)
        close (fd);
      return -1;
    }
  return fd;
}

/**
 * wattle_vault_probe_sync:
 * @self: the vault
 * @cancellable: (nullable): to stop waiting
 * @error: where to put an error
 *
 * Finds out the state without a password, so that the screen can say what it
 * needs. Makes and changes nothing. Locks the vault.
 *
 * Returns: whether the state is known
 */
gboolean
wattle_vault_probe_sync (WattleVault *self, GCancellable *cancellable, GError **error)
{
  g_auto (Found) found = { 0 };
  WattleVaultState state;

  if (!examine (self, &found, &state, cancellable, error))
    return FALSE;
  set_state (self, state);
  return TRUE;
}

/**
 * wattle_vault_open_sync:
 * @self: the vault
 * @mode: with the keyring, or with a passphrase alone
 * @password: (nullable): what the person signed in with; %NULL where another
 *   system does that and the keyring is all there is
 * @cancellable: (nullable): to stop waiting
 * @error: the sentence of the state it stopped in
 *
 * Opens the key of this account. A key is made in one case only: nothing is
 * saved, and the keyring is there and open (or the person chose a passphrase
 * because there is no keyring). Takes at least 0.1 s: call it off the main thread.
 *
 * Returns: whether the vault is %WATTLE_VAULT_READY
 */
gboolean
wattle_vault_open_sync (WattleVault *self, WattleVaultMode mode, const char *password, GCancellable *cancellable,
                        GError **error)
{
  g_auto (Found) found = { 0 };
  WattleVaultState state;
  gboolean opened;
  int fd = hold_folder (self, error);

  if (fd < 0)
    return FALSE;
  opened = examine (self, &found, &state, cancellable, error);
  if (opened)
    {
      set_state (self, state);
      if (state == WATTLE_VAULT_CLOSED)
        opened = open_key (self, &found, password, error);
      else if (state == WATTLE_VAULT_FIRST_RUN && mode == WATTLE_VAULT_WITH_KEYRING)
        opened = make_key (self, mode, password, cancellable, error);
      else if (state == WATTLE_VAULT_NO_SERVICE && mode == WATTLE_VAULT_WITH_PASSPHRASE)
        opened = make_key (self, mode, password, cancellable, error);
      else
        opened = set_state_error (state, error);
    }
  close (fd);
  return opened;
}

/**
 * wattle_vault_unlock_sync:
 * @self: a vault that is %WATTLE_VAULT_LOCKED
 * @cancellable: (nullable): to stop waiting for the person
 * @error: %WATTLE_ERROR_LOCKED when the person said no
 *
 * Has the desktop ask for the password of the keyring, then probes again.
 *
 * Returns: whether the keyring is open and the state known
 */
gboolean
wattle_vault_unlock_sync (WattleVault *self, GCancellable *cancellable, GError **error)
{
  return wattle_keyring_unlock (self->keyring, cancellable, error)
         && wattle_vault_probe_sync (self, cancellable, error);
}

/**
 * wattle_vault_change_password_sync:
 * @self: a vault that is ready
 * @password: (nullable): the new password
 * @cancellable: (nullable): to stop waiting
 * @error: the failure; the old password then still holds
 *
 * Wraps the same key anew. The records are not touched.
 *
 * Returns: whether the new password holds
 */
gboolean
wattle_vault_change_password_sync (WattleVault *self, const char *password, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = path_in (self, KEY_FILE);
  g_auto (Found) found = { 0 };
  guint8 key[WATTLE_VAULT_KEY_BYTES];
  WattleVaultState state;
  gboolean changed;

  if (!examine (self, &found, &state, cancellable, error))
    return FALSE;
  if (state != WATTLE_VAULT_CLOSED)
    return set_state_error (state, error);
  if (found.secret == NULL && (password == NULL || g_utf8_strlen (password, -1) < WATTLE_VAULT_MIN_PASSPHRASE))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "password",
                              _("A passphrase that alone protects the saved records needs at least %d characters."),
                              WATTLE_VAULT_MIN_PASSPHRASE);
      return FALSE;
    }

  g_mutex_lock (&self->mutex);
  state = self->state;
  if (self->key != NULL)
    memcpy (key, self->key, sizeof key);
  g_mutex_unlock (&self->mutex);
  if (state != WATTLE_VAULT_READY)
    return set_state_error (state, error);

  changed = wattle_vault_file_wrap (found.file, found.secret, password, key, error)
            && wattle_vault_file_save (found.file, path, error);
  sodium_memzero (key, sizeof key);
  return changed;
}

/**
 * wattle_vault_lock:
 * @self: the vault
 *
 * Forgets the key. Close the databases with wattle_vfs_close() before.
 */
void
wattle_vault_lock (WattleVault *self)
{
  set_state (self, WATTLE_VAULT_CLOSED);
}

/**
 * wattle_vault_quarantine_sync:
 * @self: a vault whose records cannot be opened
 * @error: the failure; nothing was moved then
 *
 * Sets the whole folder of this account aside under another name, so that a
 * new key can be made. Nothing is deleted: put back with its keyring item, the
 * folder opens again.
 *
 * Returns: (transfer full) (nullable): where it is now
 */
char *
wattle_vault_quarantine_sync (WattleVault *self, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");

  wattle_vault_lock (self);
  for (guint i = 1; i < 1000; i++)
    {
      g_autofree char *aside = g_strdup_printf ("%s.kept-%s-%u", self->folder, stamp, i);

      if (g_file_test (aside, G_FILE_TEST_EXISTS))
        continue;
      if (g_rename (self->folder, aside) != 0)
        {
          wattle_set_errno (error, errno, self->folder, "rename");
          return NULL;
        }
      return wattle_file_sync_dir (aside, error) ? g_steal_pointer (&aside) : NULL;
    }
  wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                          _("The saved records could not be set aside. Nothing was changed; try again."));
  return NULL;
}

static gboolean
remove_folder (WattleVault *self, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = path_in (self, name);

      if (g_unlink (path) != 0)
        {
          wattle_set_errno (error, errno, path, "remove");
          return FALSE;
        }
    }
  if (g_rmdir (self->folder) != 0 && errno != ENOENT)
    {
      wattle_set_errno (error, errno, self->folder, "remove");
      return FALSE;
    }
  return TRUE;
}

/* A locked keyring also forgets nothing without saying so. */
static gboolean
clear_item (WattleVault *self, const WattleVaultFile *file, GCancellable *cancellable, GError **error)
{
  WattleKeyringItem item = item_of (self, file);
  WattleKeyringStatus status;

  if (!wattle_keyring_status (self->keyring, &status, cancellable, error))
    return FALSE;
  if (status == WATTLE_KEYRING_OPEN)
    return wattle_keyring_clear (self->keyring, &item, cancellable, error);
  wattle_set_field_error (error, WATTLE_ERROR_LOCKED, NULL,
                          _("The saved records were destroyed. One entry of Wattle stays in the keyring, which was "
                            "locked or away; it opens nothing any more and can be removed there."));
  return FALSE;
}

/**
 * wattle_vault_wipe_sync:
 * @self: the vault; its databases are closed
 * @cancellable: (nullable): to stop waiting for the keyring
 * @error: what could not be removed
 *
 * Destroys the key, both halves, then removes the files: from the first step
 * on nothing of them can be read. The files go even when the keyring does not
 * answer.
 *
 * Returns: whether both halves and all files are gone
 */
gboolean
wattle_vault_wipe_sync (WattleVault *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = path_in (self, KEY_FILE);
  g_autoptr (WattleVaultFile) file = wattle_vault_file_load (path, NULL);
  gboolean cleared = TRUE;

  wattle_vault_lock (self);
  if (file != NULL)
    {
      WattleVaultFile blank = *file;

      /* Before the keyring is asked, which can take its time. */
      memset (blank.wrapped, 0, sizeof blank.wrapped);
      memset (blank.salt, 0, sizeof blank.salt);
      wattle_vault_file_save (&blank, path, NULL);
    }
  if (file != NULL && strcmp (file->backend, WATTLE_VAULT_PASSPHRASE) != 0)
    cleared = clear_item (self, file, cancellable, error);
  return remove_folder (self, cleared ? error : NULL) && cleared;
}

/* One key per use, so that a page of one database is nothing in another. */
static gboolean
derive (WattleVault *self, const char *name, guint8 out[WATTLE_VAULT_KEY_BYTES], GError **error)
{
  WattleVaultState state;

  g_mutex_lock (&self->mutex);
  state = self->state;
  if (self->key != NULL)
    crypto_generichash (out, WATTLE_VAULT_KEY_BYTES, (const guint8 *) name, strlen (name), self->key,
                        WATTLE_VAULT_KEY_BYTES);
  g_mutex_unlock (&self->mutex);
  return state == WATTLE_VAULT_READY || set_state_error (state, error);
}

/**
 * wattle_vault_copy_database_key:
 * @self: a vault that is ready
 * @name: file name of the database, such as "outbox.db"
 * @key: (out): %WATTLE_VFS_KEY_BYTES bytes for wattle_vfs_open(); wipe with
 *   sodium_memzero() after use
 * @error: the sentence of the state when the vault is not ready
 *
 * Returns: whether @key is set
 */
gboolean
wattle_vault_copy_database_key (WattleVault *self, const char *name, guint8 *key, GError **error)
{
  return derive (self, name, key, error);
}

/**
 * wattle_vault_open_database:
 * @self: a vault that is ready
 * @name: file name of the database, such as "cache.db"
 * @full_sync: as for wattle_vfs_open_wal()
 * @db: (out): the connection
 * @error: where to put an error
 *
 * Returns: whether it is open
 */
gboolean
wattle_vault_open_database (WattleVault *self, const char *name, gboolean full_sync, sqlite3 **db, GError **error)
{
  g_autofree char *path = path_in (self, name);
  guint8 key[WATTLE_VFS_KEY_BYTES];
  gboolean opened;

  if (!derive (self, name, key, error))
    return FALSE;
  opened = wattle_vfs_open_wal (path, key, full_sync, db, error);
  sodium_memzero (key, sizeof key);
  return opened;
}

/**
 * wattle_vault_store_secret:
 * @self: a vault that is ready
 * @name: such as "device-key" or "refresh-token"
 * @secret: (nullable): the bytes; %NULL forgets it
 * @error: the failure; what was kept before is then still kept
 *
 * Returns: %TRUE once it is on the disk, sealed
 */
gboolean
wattle_vault_store_secret (WattleVault *self, const char *name, GBytes *secret, GError **error)
{
  g_autofree char *path = path_in (self, SECRETS_FILE);
  guint8 key[WATTLE_VAULT_KEY_BYTES];
  gboolean stored;

  if (!derive (self, SECRETS_NAME, key, error))
    return FALSE;
  stored = wattle_vault_secrets_put (path, key, name, secret, error);
  sodium_memzero (key, sizeof key);
  return stored;
}

/**
 * wattle_vault_lookup_secret:
 * @self: a vault that is ready
 * @name: such as "device-key"
 * @error: %WATTLE_ERROR_NOT_FOUND when none of that name is kept
 *
 * Returns: (transfer full) (nullable): the bytes, overwritten when freed
 */
GBytes *
wattle_vault_lookup_secret (WattleVault *self, const char *name, GError **error)
{
  g_autofree char *path = path_in (self, SECRETS_FILE);
  guint8 key[WATTLE_VAULT_KEY_BYTES];
  GBytes *secret;

  if (!derive (self, SECRETS_NAME, key, error))
    return NULL;
  secret = wattle_vault_secrets_get (path, key, name, error);
  sodium_memzero (key, sizeof key);
  return secret;
}

/**
 * wattle_vault_harden_process:
 *
 * Keeps what this process has in memory out of core dumps and from other
 * processes of the same user. Call it first in main().
 */
void
wattle_vault_harden_process (void)
{
  const struct rlimit none = { 0, 0 };

  setrlimit (RLIMIT_CORE, &none);
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void
wattle_vault_finalize (GObject *object)
{
  WattleVault *self = WATTLE_VAULT (object);

  g_clear_pointer (&self->key, sodium_free);
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->account, g_free);
  g_clear_pointer (&self->folder, g_free);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (wattle_vault_parent_class)->finalize (object);
}

static void
wattle_vault_class_init (WattleVaultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_vault_finalize;
}

static void
wattle_vault_init (WattleVault *self)
{
  g_mutex_init (&self->mutex);
}

/**
 * wattle_vault_new:
 * @keyring: where the other half of the key is kept
 * @data_dir: folder of the program's data; the account gets one of its own in it
 * @server: URL of the server
 * @account: who signs in there
 *
 * The folder's name tells neither server nor account.
 *
 * Returns: (transfer full): a closed vault
 */
WattleVault *
wattle_vault_new (WattleKeyring *keyring, const char *data_dir, const char *server, const char *account)
{
  WattleVault *self = g_object_new (WATTLE_TYPE_VAULT, NULL);
  g_autofree char *both = g_strjoin ("\n", server, account, NULL);
  g_autofree char *name = g_compute_checksum_for_string (G_CHECKSUM_SHA256, both, -1);

  if (sodium_init () < 0)
    g_error ("libsodium did not start");
  name[32] = '\0';
  self->keyring = g_object_ref (keyring);
  self->server = g_strdup (server);
  self->account = g_strdup (account);
  self->folder = g_build_filename (data_dir, "accounts", name, NULL);
  return self;
}

/**
 * wattle_vault_get_state:
 * @self: the vault
 *
 * Returns: the state, as the last call left it
 */
WattleVaultState
wattle_vault_get_state (WattleVault *self)
{
  WattleVaultState state;

  g_mutex_lock (&self->mutex);
  state = self->state;
  g_mutex_unlock (&self->mutex);
  return state;
}

/**
 * wattle_vault_get_folder:
 * @self: the vault
 *
 * Returns: (transfer none): where the files of this account are
 */
const char *
wattle_vault_get_folder (WattleVault *self)
{
  return self->folder;
}
