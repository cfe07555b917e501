/* room-monitor.h: the window of active sessions: which video rooms are in use, and by whom
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

void wattle_room_monitor_add_actions (GtkApplication *application, WattleContext *context);

G_END_DECLS
