/* portal-today.h: what a patient needs now: the next visit, and what waits
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/portal/portal-view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PORTAL_TODAY (wattle_portal_today_get_type ())
G_DECLARE_FINAL_TYPE (WattlePortalToday, wattle_portal_today, WATTLE, PORTAL_TODAY, WattlePortalView)

G_END_DECLS
