/* vault.h: the key of one account's saved records, and what to tell a person when it is out of reach
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "vault/keyring.h"

G_BEGIN_DECLS

/**
 * WattleVaultState:
 * @WATTLE_VAULT_CLOSED: a key is kept; the password opens it
 * @WATTLE_VAULT_READY: the key is in memory
 * @WATTLE_VAULT_FIRST_RUN: nothing saved and an open keyring: opening makes a key, and only here
 * @WATTLE_VAULT_LOCKED: the keyring has to be unlocked first
 * @WATTLE_VAULT_NO_SERVICE: nothing saved and no keyring: a passphrase alone may be chosen
 * @WATTLE_VAULT_KEYRING_AWAY: a key is kept in a keyring that is not here
 * @WATTLE_VAULT_KEY_LOST: records without the key to them
 * @WATTLE_VAULT_OTHER_KEY: the keyring has another key than that of the records
 * @WATTLE_VAULT_KEY_DAMAGED: the file beside the records that holds their wrapped key is damaged
 * @WATTLE_VAULT_WRONG_PASSWORD: as closed, after a password that did not fit
 */
typedef enum
{
  WATTLE_VAULT_CLOSED,
  WATTLE_VAULT_READY,
  WATTLE_VAULT_FIRST_RUN,
  WATTLE_VAULT_LOCKED,
  WATTLE_VAULT_NO_SERVICE,
  WATTLE_VAULT_KEYRING_AWAY,
  WATTLE_VAULT_KEY_LOST,
  WATTLE_VAULT_OTHER_KEY,
  WATTLE_VAULT_KEY_DAMAGED,
  WATTLE_VAULT_WRONG_PASSWORD,
  WATTLE_VAULT_N_STATES
} WattleVaultState;

/**
 * WattleVaultMode:
 * @WATTLE_VAULT_WITH_KEYRING: keyring and password
 * @WATTLE_VAULT_WITH_PASSPHRASE: where there is no keyring, a passphrase alone,
 *   because the person chose so
 */
typedef enum
{
  WATTLE_VAULT_WITH_KEYRING,
  WATTLE_VAULT_WITH_PASSPHRASE
} WattleVaultMode;

#define WATTLE_VAULT_MIN_PASSPHRASE 12

#define WATTLE_TYPE_VAULT (wattle_vault_get_type ())
G_DECLARE_FINAL_TYPE (WattleVault, wattle_vault, WATTLE, VAULT, GObject)

WattleVault     *wattle_vault_new                  (WattleKeyring       *keyring,
                                                    const char          *data_dir,
                                                    const char          *server,
                                                    const char          *account);
WattleVaultState wattle_vault_get_state            (WattleVault         *self);
const char      *wattle_vault_state_sentence       (WattleVaultState     state);
gboolean         wattle_vault_state_is_lost        (WattleVaultState     state);
const char      *wattle_vault_get_folder           (WattleVault         *self);
gboolean         wattle_vault_has_records          (WattleVault         *self);

gboolean         wattle_vault_probe_sync           (WattleVault         *self,
                                                    GCancellable        *cancellable,
                                                    GError             **error);
void             wattle_vault_probe_async          (WattleVault         *self,
                                                    GCancellable        *cancellable,
                                                    GAsyncReadyCallback  callback,
                                                    gpointer             user_data);
gboolean         wattle_vault_probe_finish         (WattleVault         *self,
                                                    GAsyncResult        *result,
                                                    GError             **error);

gboolean         wattle_vault_open_sync            (WattleVault         *self,
                                                    WattleVaultMode      mode,
                                                    const char          *password,
                                                    GCancellable        *cancellable,
                                                    GError             **error);
void             wattle_vault_open_async           (WattleVault         *self,
                                                    WattleVaultMode      mode,
                                                    const char          *password,
                                                    GCancellable        *cancellable,
                                                    GAsyncReadyCallback  callback,
                                                    gpointer             user_data);
gboolean         wattle_vault_open_finish          (WattleVault         *self,
                                                    GAsyncResult        *result,
                                                    GError             **error);

gboolean         wattle_vault_unlock_sync          (WattleVault         *self,
                                                    GCancellable        *cancellable,
                                                    GError             **error);
void             wattle_vault_unlock_async         (WattleVault         *self,
                                                    GCancellable        *cancellable,
                                                    GAsyncReadyCallback  callback,
                                                    gpointer             user_data);
gboolean         wattle_vault_unlock_finish        (WattleVault         *self,
                                                    GAsyncResult        *result,
                                                    GError             **error);

gboolean         wattle_vault_change_password_sync (WattleVault         *self,
                                                    const char          *password,
                                                    GCancellable        *cancellable,
                                                    GError             **error);
void             wattle_vault_lock                 (WattleVault         *self);
char            *wattle_vault_quarantine_sync      (WattleVault         *self,
                                                    GError             **error);
gboolean         wattle_vault_wipe_sync            (WattleVault         *self,
                                                    GCancellable        *cancellable,
                                                    GError             **error);
void             wattle_vault_wipe_async           (WattleVault         *self,
                                                    GCancellable        *cancellable,
                                                    GAsyncReadyCallback  callback,
                                                    gpointer             user_data);
gboolean         wattle_vault_wipe_finish          (WattleVault         *self,
                                                    GAsyncResult        *result,
                                                    GError             **error);

gboolean         wattle_vault_copy_database_key    (WattleVault         *self,
                                                    const char          *name,
                                                    guint8              *key,
                                                    GError             **error);
gboolean         wattle_vault_open_database        (WattleVault         *self,
                                                    const char          *name,
                                                    gboolean             full_sync,
                                                    sqlite3            **db,
                                                    GError             **error);

gboolean         wattle_vault_store_secret         (WattleVault         *self,
                                                    const char          *name,
                                                    GBytes              *secret,
                                                    GError             **error);
GBytes          *wattle_vault_lookup_secret        (WattleVault         *self,
                                                    const char          *name,
                                                    GError             **error);

void             wattle_vault_harden_process       (void);

G_END_DECLS
