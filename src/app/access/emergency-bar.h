/* emergency-bar.h: says in a chart that it is open in an emergency, and for how long
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_EMERGENCY_BAR (wattle_emergency_bar_get_type ())
G_DECLARE_FINAL_TYPE (WattleEmergencyBar, wattle_emergency_bar, WATTLE, EMERGENCY_BAR, AdwBin)

void wattle_emergency_bar_follow (WattleEmergencyBar *self, WattleContext *context, const char *patient);

G_END_DECLS
