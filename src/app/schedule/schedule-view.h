/* schedule-view.h: the diary of the practice, by day and by week
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SCHEDULE_VIEW (wattle_schedule_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleScheduleView, wattle_schedule_view, WATTLE, SCHEDULE_VIEW, WattleView)

G_END_DECLS
