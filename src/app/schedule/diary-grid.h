/* diary-grid.h: days and practitioners side by side, drawn, with their visits
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "app/schedule/diary-data.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DIARY_GRID (wattle_diary_grid_get_type ())
G_DECLARE_FINAL_TYPE (WattleDiaryGrid, wattle_diary_grid, WATTLE, DIARY_GRID, GtkWidget)

/* Signals:
 * "open" (WattleDiaryVisit, GtkWidget box): a visit was clicked;
 * "book" (string practitioner, int64 starts, int64 ends or 0): a time was chosen;
 * "move" (string id, int64 starts, int64 ends, string practitioner): a visit was put elsewhere;
 * "cancel" (WattleDiaryVisit): Delete was pressed on one;
 * "page" (int direction): the selection went over the edge;
 * "hint" (string, nullable): what the keys do while a visit is moved by them;
 * "zoomed": an hour is higher or lower than before. */

void              wattle_diary_grid_set        (WattleDiaryGrid *self,
                                                WattleDiary     *diary,
                                                int              slot_minutes,
                                                gboolean         may_book);
void              wattle_diary_grid_set_now    (WattleDiaryGrid *self,
                                                gint64           now);
void              wattle_diary_grid_zoom       (WattleDiaryGrid *self,
                                                double           factor);
int               wattle_diary_grid_min_width  (WattleDiaryGrid *self);
int               wattle_diary_grid_height     (WattleDiaryGrid *self);
double            wattle_diary_grid_y_of       (WattleDiaryGrid *self,
                                                double           position);
GtkWidget        *wattle_diary_grid_find       (WattleDiaryGrid *self,
                                                const char      *id);
WattleDiaryVisit *wattle_diary_grid_selected   (WattleDiaryGrid *self);
void              wattle_diary_grid_select     (WattleDiaryGrid *self,
                                                GtkWidget       *box);
void              wattle_diary_grid_begin_move (WattleDiaryGrid *self,
                                                const char      *id);

G_END_DECLS
