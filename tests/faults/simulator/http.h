/* http.h: a request that comes from the same process, in place of the HTTP room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server.h"
#include "server/api/call.h"

G_BEGIN_DECLS

WattleRequest *sim_request_new (const SimCall *call);
void sim_request_wait (WattleRequest *self, SimAnswer *answer);

G_END_DECLS
