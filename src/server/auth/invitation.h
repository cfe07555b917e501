/* invitation.h: the link and the code with which an invited person opens their account, once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/auth/keys.h"
#include "store/store.h"

G_BEGIN_DECLS

#define WATTLE_INVITATION_TRIES 5
#define WATTLE_INVITATION_LIFE (72 * 3600) /* seconds */

/**
 * WattleInvitation:
 * @user: whose
 * @tries: wrong dates of birth so far
 */
typedef struct
{
  char *user;
  char *token_key;
  char *code_key;
  guint tries;
  gint64 expires_at;
} WattleInvitation;

void wattle_invitation_free (WattleInvitation *self);
gboolean wattle_invitation_make (WattleTransaction *transaction,
                                 WattleKeys *keys,
                                 const char *user,
                                 gint64 expires_at,
                                 char **token,
                                 char **code,
                                 GError **error);
WattleInvitation *wattle_invitation_find (
  WattleTransaction *transaction, WattleKeys *keys, const char *secret, gint64 now, GError **error);
gboolean wattle_invitation_failed (WattleInvitation *self, WattleTransaction *transaction, GError **error);
gboolean wattle_invitation_end (WattleTransaction *transaction, const char *user, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleInvitation, wattle_invitation_free)

G_END_DECLS
