/* hub.h: the open sockets of signed-in devices, and what they are told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/auth/session.h"
#include "server/http/websocket.h"

G_BEGIN_DECLS

typedef struct _WattleHub WattleHub;

/**
 * WattleHubTell:
 * @words: for wattle_hub_hear() of every other server of the practice
 * @data: what the caller gave
 *
 * From any thread; must not wait.
 */
typedef void (*WattleHubTell) (const char *words, gpointer data);

/* Called when sessions ended, here or at another server; from any thread. */
typedef void (*WattleHubEnded) (const WattleSessionEnd *which, gpointer data);

/* Somebody writes in a conversation, as another server found; from any thread. */
typedef void (*WattleHubTyping) (const char *thread, const char *user, gpointer data);

WattleHub *wattle_hub_new (void);
void wattle_hub_free (WattleHub *self);
void wattle_hub_set_context (WattleHub *self, GMainContext *context);
gboolean wattle_hub_add (WattleHub *self, WattleSocket *socket, WattleSession *session);
void wattle_hub_remove (WattleHub *self, WattleSocket *socket);
void wattle_hub_set_tell (WattleHub *self, WattleHubTell tell, gpointer data);
void wattle_hub_set_ended (WattleHub *self, WattleHubEnded ended, gpointer data);
void wattle_hub_set_typing (WattleHub *self, WattleHubTyping typing, gpointer data);
WattleSession *wattle_hub_session (WattleHub *self, WattleSocket *socket);
GPtrArray *wattle_hub_sessions (WattleHub *self);
void wattle_hub_send (WattleHub *self, WattleSession *session, const char *text);
void wattle_hub_typing (WattleHub *self, const char *thread, const char *user);
void wattle_hub_rooms (WattleHub *self);
void wattle_hub_hear (WattleHub *self, const char *words);
void wattle_hub_start_again (WattleHub *self);
void wattle_hub_seen (WattleHub *self, gint64 head);
void wattle_hub_moved (gint64 head, gpointer hub);
void wattle_hub_at (WattleHub *self, WattleSocket *socket, gint64 cursor);
void wattle_hub_scope (WattleHub *self, const char *user, const char *practitioner);
void wattle_hub_sign_out (WattleHub *self, const WattleSessionEnd *which);
guint wattle_hub_size (WattleHub *self);

G_END_DECLS
