/* typing.h: that somebody is writing, passed on to the others of a conversation and kept nowhere
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/server.h"

G_BEGIN_DECLS

void wattle_typing_take (WattleServer *server, WattleSocket *socket, const char *thread);
void wattle_typing_hear (const char *thread, const char *user, gpointer server);

G_END_DECLS
