/* green-room.h: where one looks at oneself, listens and tries the network before anything is sent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/telehealth/call-session.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_GREEN_ROOM (wattle_green_room_get_type ())
G_DECLARE_FINAL_TYPE (WattleGreenRoom, wattle_green_room, WATTLE, GREEN_ROOM, AdwBin)

/* Signal: "join": the person said so. */

void wattle_green_room_set_session (WattleGreenRoom *self, WattleCallSession *session);
void wattle_green_room_show_reason (WattleGreenRoom *self, const char *sentence, const char *verb);

G_END_DECLS
