/* thread.h: the thread that steps an engine: when to push, pull and listen, and how long to wait
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/engine.h"

G_BEGIN_DECLS

/**
 * WattleThreadReport:
 * @step: how the last step ended
 * @error: (nullable): why it failed
 * @data: what was given
 *
 * Called on the thread.
 */
typedef void (*WattleThreadReport) (WattleStep step, const GError *error, gpointer data);

/**
 * WattleThreadTyping:
 * @conversation: id of a conversation
 * @user: id of who writes in it now
 * @data: what was given
 *
 * Called on the thread.
 */
typedef void (*WattleThreadTyping) (const char *conversation, const char *user, gpointer data);

/* Somebody came into a video room or left it; called on the thread. */
typedef void (*WattleThreadRooms) (gpointer data);

typedef struct _WattleThread WattleThread;

WattleThread *wattle_thread_start (WattleEngine *engine,
                                   WattleSession *session,
                                   WattleThreadReport report,
                                   WattleThreadTyping typing,
                                   WattleThreadRooms rooms,
                                   gpointer data);
void wattle_thread_tell_typing (WattleThread *self, const char *conversation);
void wattle_thread_stop (WattleThread *self);
void wattle_thread_kick (WattleThread *self, gboolean now);

G_END_DECLS
