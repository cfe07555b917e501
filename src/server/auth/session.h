/* session.h: who is calling: opaque tokens, their rotation and their end
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleSession:
 * @actor: who calls; its texts live as long as the session
 * @family: what all tokens of one sign-in share
 * @expires_at: end of the access token
 * @pending: the device waits for approval
 * @parting: the device sends what waits there and then destroys what it keeps
 * @missing_factor: the practice wants a second factor and there is none yet
 *
 * Immutable; shared between threads.
 */
typedef struct
{
  WattleActor actor;
  char *family;
  gint64 expires_at;
  gboolean pending;
  gboolean parting;
  gboolean missing_factor;
  gboolean has_factor;
  guint generation;
  gatomicrefcount references;
} WattleSession;

/**
 * WattleTokens:
 *
 * What a client is given; only hashes of it are kept.
 */
typedef struct
{
  char *access;
  char *refresh;
  gint64 access_expires_at;
  gint64 refresh_expires_at;
} WattleTokens;

WattleSession *wattle_session_ref (WattleSession *self);
void wattle_session_unref (WattleSession *self);
void wattle_tokens_clear (WattleTokens *tokens);

WattleSession *wattle_session_find (WattleTransaction *transaction, const char *token, gint64 now, GError **error);
gboolean wattle_session_open (WattleTransaction *transaction,
                              WattleRecord *user,
                              const char *device,
                              int role,
                              const char *family,
                              gint64 now,
                              WattleTokens *tokens,
                              GError **error);

/**
 * WattleRefresh:
 * @user: whose
 * @device: of which device
 * @family: of which sign-in
 * @role: role in use
 * @reused: the token was spent before: the family has ended, commit and refuse
 * @tokens: the successor
 */
typedef struct
{
  char *user;
  char *device;
  char *family;
  int role;
  gboolean reused;
  WattleTokens tokens;
} WattleRefresh;

void wattle_refresh_clear (WattleRefresh *self);
gboolean wattle_session_refresh (WattleTransaction *transaction,
                                 const char *token,
                                 const char *device,
                                 gint64 now,
                                 WattleRefresh *refresh,
                                 GError **error);

/**
 * WattleSessionEnd:
 * @user: whose sessions end
 * @device: (nullable): only those of this device
 * @family: (nullable): only this sign-in
 * @except: (nullable): but not this sign-in
 */
typedef struct
{
  const char *user;
  const char *device;
  const char *family;
  const char *except;
} WattleSessionEnd;

gboolean wattle_session_end (WattleTransaction *transaction, const WattleSessionEnd *which, GError **error);
guint wattle_scope_counter (WattleTransaction *transaction, const char *user);
guint wattle_scope_revision (WattleTransaction *transaction, const WattleActor *actor);
gboolean wattle_scope_count (WattleTransaction *transaction, const char *user, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSession, wattle_session_unref)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WattleTokens, wattle_tokens_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WattleRefresh, wattle_refresh_clear)

G_END_DECLS
