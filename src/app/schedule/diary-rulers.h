/* diary-rulers.h: what stands above and beside the diary: days and practitioners, and hours
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "app/schedule/diary-data.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DIARY_HEAD (wattle_diary_head_get_type ())
G_DECLARE_FINAL_TYPE (WattleDiaryHead, wattle_diary_head, WATTLE, DIARY_HEAD, GtkWidget)

/* Signal "day-activated" (int64 date): somebody wants to see that day alone. */

void wattle_diary_head_set  (WattleDiaryHead  *self,
                             WattleDiary      *diary,
                             gint64            today,
                             int               min_width);

#define WATTLE_TYPE_DIARY_HOURS (wattle_diary_hours_get_type ())
G_DECLARE_FINAL_TYPE (WattleDiaryHours, wattle_diary_hours, WATTLE, DIARY_HOURS, GtkWidget)

void wattle_diary_hours_set (WattleDiaryHours *self,
                             WattleDiary      *diary,
                             gint64            now,
                             int               height);

G_END_DECLS
