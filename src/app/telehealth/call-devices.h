/* call-devices.h: rows to choose a camera, a microphone or a speaker from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/telehealth/call-session.h"

G_BEGIN_DECLS

guint wattle_call_devices_fill (AdwComboRow *row, WattleCallSession *session, const char *kind);
void wattle_call_devices_pick (AdwComboRow *row, WattleCallSession *session);
GMenu *wattle_call_devices_menu (WattleCallSession *session);

G_END_DECLS
