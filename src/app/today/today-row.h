/* today-row.h: a visit, note or invoice in the lists of Today
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"
#include "app/today/today-data.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_TODAY_ROW_WIDGET (wattle_today_row_widget_get_type ())
G_DECLARE_FINAL_TYPE (WattleTodayRowWidget, wattle_today_row_widget, WATTLE, TODAY_ROW_WIDGET, AdwActionRow)

GtkWidget *wattle_today_row_widget_new (WattleContext        *context,
                                        const WattleTodayRow *row);
void       wattle_today_visit_step     (GtkWidget            *widget,
                                        WattleContext        *context,
                                        const char           *id,
                                        int                   status);
const char *wattle_today_join_verb     (WattleContext        *context);
const char *wattle_today_visit_verb    (WattleContext        *context,
                                        int                   status);

G_END_DECLS
