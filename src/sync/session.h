/* session.h: who is signed in at the server: device key, tokens, and calls made with them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"
#include "domain/operation.h"
#include "sync/transport.h"
#include "vault/vault.h"

G_BEGIN_DECLS

/**
 * WattleIdentity:
 * @actor: what the rules are given; its texts belong to this structure
 * @user: record of the user
 * @practice: record of the practice
 * @device: id of the device
 * @epoch: of the server at the time of the answer
 * @approved: whether the device may be used
 *
 * What the server said of the person at the last sign-in. Never changes; a
 * newer answer makes a new one.
 */
typedef struct
{
  WattleActor actor;
  WattleRecord *user;
  WattleRecord *practice;
  char *device;
  char *epoch;
  gboolean approved;
} WattleIdentity;

WattleIdentity *wattle_identity_ref (WattleIdentity *self);
void wattle_identity_unref (WattleIdentity *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleIdentity, wattle_identity_unref)

typedef struct _WattleSession WattleSession;

/**
 * WattleBrowser:
 * @open: shows a web page to the person; called on the thread that signs in
 * @data: for @open
 */
typedef struct
{
  void (*open) (const char *url, gpointer data);
  gpointer data;
} WattleBrowser;

WattleSession *wattle_session_new (WattleTransport *transport);
void wattle_session_free (WattleSession *self);
gboolean wattle_session_load (WattleSession *self, WattleVault *vault, GError **error);
gboolean wattle_session_keep (WattleSession *self, WattleVault *vault, GError **error);
void wattle_session_drop_vault (WattleSession *self);
WattleTransport *wattle_session_transport (WattleSession *self);
WattleIdentity *wattle_session_identity (WattleSession *self);
gboolean wattle_session_is_signed_in (WattleSession *self);
gboolean wattle_session_has_ended (WattleSession *self);
void wattle_session_expire (WattleSession *self);
gint64 wattle_session_wait (WattleSession *self);
char *wattle_session_token (WattleSession *self, GCancellable *cancellable, GError **error);
char *wattle_session_vouch (WattleSession *self, const char *statement);

gboolean wattle_session_sign_in (WattleSession *self,
                                 const char *login,
                                 const char *password,
                                 const char *code,
                                 GCancellable *cancellable,
                                 GError **error);
gboolean wattle_session_sign_in_provider (
  WattleSession *self, const char *login, const WattleBrowser *browser, GCancellable *cancellable, GError **error);
gboolean wattle_session_check_password (WattleSession *self,
                                        const char *login,
                                        const char *password,
                                        GCancellable *cancellable);
gboolean wattle_session_set_role (WattleSession *self, int role, GCancellable *cancellable, GError **error);
gboolean wattle_session_sign_out (WattleSession *self, GCancellable *cancellable, GError **error);
gboolean
wattle_session_say_wiped (WattleSession *self, const char *set_aside, GCancellable *cancellable, GError **error);
char *wattle_session_fingerprint (WattleSession *self);
void wattle_session_set_enrolment_code (WattleSession *self, const char *code);

gboolean wattle_session_send (WattleSession *self,
                              const WattleRequest *request,
                              WattleResponse *response,
                              GCancellable *cancellable,
                              GError **error);
WattleJson *wattle_session_call (WattleSession *self,
                                 const char *method,
                                 const char *path,
                                 const char *body,
                                 GCancellable *cancellable,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSession, wattle_session_free)

G_END_DECLS
