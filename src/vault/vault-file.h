/* vault-file.h: the small file beside a database that holds its wrapped key
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_VAULT_KEY_BYTES 32
#define WATTLE_VAULT_CHECK_BYTES 16
#define WATTLE_VAULT_SALT_BYTES 16
#define WATTLE_VAULT_WRAPPED_BYTES (24 + WATTLE_VAULT_KEY_BYTES + 16)

#define WATTLE_VAULT_PASSPHRASE "passphrase"

/**
 * WattleVaultFile:
 * @backend: which kind of keyring has the other half, or %WATTLE_VAULT_PASSPHRASE for none
 * @id: random; names the item in the keyring
 * @has_password: whether a password is part of the wrapping
 * @operations: argon2id passes
 * @memory: argon2id memory, in bytes
 * @salt: of argon2id
 * @check: tells the right keyring secret from another one
 * @fingerprint: tells the right key from another one
 * @wrapped: nonce, sealed key, tag
 */
typedef struct
{
  char    *backend;
  char    *id;
  gboolean has_password;
  gint64   operations;
  gint64   memory;
  guint8   salt[WATTLE_VAULT_SALT_BYTES];
  guint8   check[WATTLE_VAULT_CHECK_BYTES];
  guint8   fingerprint[WATTLE_VAULT_CHECK_BYTES];
  guint8   wrapped[WATTLE_VAULT_WRAPPED_BYTES];
} WattleVaultFile;

WattleVaultFile *wattle_vault_file_new        (const char            *backend);
WattleVaultFile *wattle_vault_file_load       (const char            *path,
                                               GError               **error);
gboolean         wattle_vault_file_save       (const WattleVaultFile *self,
                                               const char            *path,
                                               GError               **error);
void             wattle_vault_file_free       (WattleVaultFile       *self);

gboolean         wattle_vault_file_wrap       (WattleVaultFile       *self,
                                               const char            *secret,
                                               const char            *password,
                                               const guint8          *key,
                                               GError               **error);
gboolean         wattle_vault_file_has_secret (const WattleVaultFile *self,
                                               const char            *secret);
gboolean         wattle_vault_file_unwrap     (const WattleVaultFile *self,
                                               const char            *secret,
                                               const char            *password,
                                               guint8                *key,
                                               GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleVaultFile, wattle_vault_file_free)

G_END_DECLS
