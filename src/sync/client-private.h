/* client-private.h: what is open while somebody is signed in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/client.h"
#include "sync/contact.h"
#include "sync/engine.h"
#include "sync/thread.h"

G_BEGIN_DECLS

/**
 * WattleCore:
 *
 * Everything that is opened with the password and closed with the lock. Made,
 * used and freed on the worker of the client, one job after the other.
 */
typedef struct
{
  WattleTransport *transport;
  WattleVault *vault;
  WattleSession *session;
  WattleStore *cache;
  WattleOutbox *outbox;
  WattleEngine *engine;
  WattleThread *thread;
  WattleContact contact;     /* before the thread starts the worker's, then the thread's */
  gboolean heard;            /* the server, since it was signed in or unlocked */
  gboolean aside;            /* the cache was damaged: it is kept aside and another was begun */
  GCancellable *cancellable; /* of calls that other threads make */
} WattleCore;

/**
 * WattleSignIn:
 * @login: who
 * @password: what the server takes; with @browser, what opens what is saved on this computer alone
 * @code: (nullable): second factor
 * @old_password: (nullable): what opens the records saved here, when that is another one
 * @afresh: set what is saved here aside, since it cannot be opened any more
 * @browser: (nullable): where the practice's identity provider is asked, instead of the server with a password
 */
typedef struct
{
  const char *login;
  const char *password;
  const char *code;
  const char *old_password;
  gboolean afresh;
  const WattleBrowser *browser;
} WattleSignIn;

WattleCore *wattle_core_new (
  WattleKeyring *keyring, WattleTransport *transport, const char *data_dir, const char *server_url, const char *login);
void wattle_core_free (WattleCore *self);
gboolean wattle_core_sign_in (WattleCore *self,
                              WattleVaultMode mode,
                              const WattleSignIn *given,
                              GCancellable *cancellable,
                              GError **error);
gboolean wattle_core_unlock (WattleCore *self, const char *password, GCancellable *cancellable, GError **error);
gboolean wattle_core_change_password (WattleCore *self, const char *old, const char *new, GError **error);
gboolean wattle_core_start (WattleCore *self, const WattleEngineListener *listener, GError **error);
gboolean wattle_core_note_contact (WattleCore *self, gboolean heard, GError **error);
gboolean wattle_core_check_sent (WattleCore *self, GError **error);
void wattle_core_close (WattleCore *self);
gboolean wattle_core_wipe (WattleCore *self, GCancellable *cancellable, GError **error);
gboolean wattle_error_is_wipe (const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleCore, wattle_core_free)

G_END_DECLS
