/* sweep.h: what the clock ends: accesses, and visits that no longer make a patient one's own
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/server.h"

G_BEGIN_DECLS

#define WATTLE_SWEEP_SECONDS 5

void wattle_sweep_rooms (WattleServer *server);
void wattle_sweep (WattleServer *server);

G_END_DECLS
