/* portal-tasks.h: what the patient was asked to do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/portal/portal-view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PORTAL_TASKS (wattle_portal_tasks_get_type ())
G_DECLARE_FINAL_TYPE (WattlePortalTasks, wattle_portal_tasks, WATTLE, PORTAL_TASKS, WattlePortalView)

G_END_DECLS
