/* call-window.h: a video visit from its green room to the sentence of what was filed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/telehealth/call-session.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CALL_WINDOW (wattle_call_window_get_type ())
G_DECLARE_FINAL_TYPE (WattleCallWindow, wattle_call_window, WATTLE, CALL_WINDOW, AdwApplicationWindow)

void wattle_call_window_open (GtkApplication *application, WattleCallSession *session);
gboolean wattle_call_window_find (GtkApplication *application, const char *visit, WattleGuestPass *pass);

G_END_DECLS
