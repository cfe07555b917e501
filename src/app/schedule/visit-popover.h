/* visit-popover.h: a visit at a glance, and what can be done with it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"
#include "app/schedule/diary-data.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_VISIT_POPOVER (wattle_visit_popover_get_type ())
G_DECLARE_FINAL_TYPE (WattleVisitPopover, wattle_visit_popover, WATTLE, VISIT_POPOVER, GtkPopover)

/* Signals "move" (string id): let the keys move it; "again" (string id): book another such visit. */

GtkWidget *wattle_visit_popover_new  (void);
const char *wattle_visit_popover_visit (WattleVisitPopover    *self);
void wattle_visit_popover_show (WattleVisitPopover *self,
                                WattleContext *context,
                                WattleDiary *diary,
                                const WattleDiaryVisit *visit,
                                GtkWidget *anchor,
                                GtkPositionType side);

G_END_DECLS
