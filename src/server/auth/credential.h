/* credential.h: what a user proves who they are with; kept apart from the record, on the server alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/auth/keys.h"
#include "store/store.h"

G_BEGIN_DECLS

#define WATTLE_RECOVERY_CODES 10

/**
 * WattleCredential:
 * @user: id of the user
 * @hash: of the password
 * @disabled: after too many failures in a row, until somebody sets a new password
 * @totp: (nullable): the sealed secret of the second factor
 * @totp_pending: (nullable): a sealed secret that was shown and not confirmed yet
 * @totp_step: step of the last code that was taken
 * @recovery: (element-type utf8): keyed hashes of recovery codes that are left
 */
typedef struct
{
  char *user;
  char *hash;
  gboolean disabled;
  char *totp;
  char *totp_pending;
  gint64 totp_step;
  GPtrArray *recovery;
} WattleCredential;

WattlePrivateRow *
wattle_private_find (WattleTransaction *transaction, const char *kind, const char *key, GError **error);
WattleCredential *wattle_credential_new (const char *user, const char *hash);
void wattle_credential_free (WattleCredential *self);
WattleCredential *wattle_credential_load (WattleTransaction *transaction, const char *user, GError **error);
gboolean wattle_credential_save (WattleCredential *self, WattleTransaction *transaction, GError **error);
gboolean
wattle_credential_use_code (WattleCredential *self, WattleKeys *keys, const char *code, gint64 now, GError **error);
GPtrArray *wattle_credential_new_recovery (WattleCredential *self, WattleKeys *keys);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleCredential, wattle_credential_free)

G_END_DECLS
