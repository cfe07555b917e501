/* call-chat.h: what is written beside the picture
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/telehealth/call-session.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CALL_CHAT (wattle_call_chat_get_type ())
G_DECLARE_FINAL_TYPE (WattleCallChat, wattle_call_chat, WATTLE, CALL_CHAT, AdwBin)

const char *wattle_call_chat_unsent (WattleCallChat *self);
void wattle_call_chat_set_session (WattleCallChat *self, WattleCallSession *session);

G_END_DECLS
