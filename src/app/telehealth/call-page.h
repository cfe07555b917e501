/* call-page.h: the call itself: pictures, what stands beside them, and the buttons below
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/telehealth/call-session.h"
#include "app/telehealth/video-view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CALL_PAGE (wattle_call_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleCallPage, wattle_call_page, WATTLE, CALL_PAGE, AdwBin)

void wattle_call_page_set_session (WattleCallPage *self, WattleCallSession *session);
void wattle_call_page_show_panel (WattleCallPage *self, const char *panel);
void wattle_call_page_set_desk (WattleCallPage *self, gboolean desk);
void wattle_call_page_set_self_view (WattleCallPage *self, const char *place);
void wattle_call_page_set_layout (WattleCallPage *self, const char *layout);
WattleVideoView *wattle_call_page_main_view (WattleCallPage *self);
const char *wattle_call_page_unsent (WattleCallPage *self);
void wattle_call_page_say (WattleCallPage *self, const char *sentence);

G_END_DECLS
