/* known-devices.h: whose code was compared once on this computer, and need not be again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/client.h"
#include "telehealth/consult.h"

G_BEGIN_DECLS

void wattle_known_devices_follow (WattleClient *client, WattleConsult *consult);

G_END_DECLS
