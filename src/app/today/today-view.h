/* today-view.h: what the person needs now
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_TODAY_VIEW (wattle_today_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleTodayView, wattle_today_view, WATTLE, TODAY_VIEW, WattleView)

G_END_DECLS
