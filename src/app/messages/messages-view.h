/* messages-view.h: the place of conversations: a list, and the one that is open
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_MESSAGES_VIEW (wattle_messages_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleMessagesView, wattle_messages_view, WATTLE, MESSAGES_VIEW, WattleView)

G_END_DECLS
