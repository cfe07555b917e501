/* diary-layout.h: where the moments of a diary stand on the screen; no toolkit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/scheduling.h"

G_BEGIN_DECLS

#define WATTLE_DIARY_MAX_DAYS 7

/**
 * WattleDiaryDay:
 * @date: the date
 * @start: instant of its first moment
 * @end: instant behind its last
 * @change: instant at which the clocks change on it
 * @delta: by how many minutes they go forward (back when negative); 0 when they do not
 */
typedef struct
{
  gint64 date;
  gint64 start;
  gint64 end;
  gint64 change;
  int delta;
} WattleDiaryDay;

/**
 * WattleDiaryAxis:
 * @days: the days that stand side by side; @n_days of them
 * @fold_at: the position at which an hour is lived again
 * @fold: how long that is; 0 when no day has one
 * @length: minutes from top to bottom
 *
 * One scale of wall-clock minutes for all days. When the clocks go back on one
 * of them the scale has that hour twice, and the other days have nothing there;
 * when they go forward that day has nothing in the hour that is left out. A day
 * of 25 hours so has 25, one of 23 has 23, and 9 am stands at one height.
 */
typedef struct
{
  WattleDiaryDay days[WATTLE_DIARY_MAX_DAYS];
  guint n_days;
  int fold_at;
  int fold;
  int length;
} WattleDiaryAxis;

/**
 * WattleDiaryPlacement:
 * @start: instant or position
 * @end: behind @start
 * @column: (out): which of the columns, from 0
 * @columns: (out): how many share the width
 */
typedef struct
{
  gint64 start;
  gint64 end;
  guint column;
  guint columns;
} WattleDiaryPlacement;

void     wattle_diary_axis_init     (WattleDiaryAxis       *self,
                                     GTimeZone             *zone,
                                     gint64                 first,
                                     guint                  n_days);
double   wattle_diary_axis_position (const WattleDiaryAxis *self,
                                     guint                  day,
                                     gint64                 instant);
gboolean wattle_diary_axis_instant  (const WattleDiaryAxis *self,
                                     guint                  day,
                                     int                    position,
                                     gint64                *instant);
gboolean wattle_diary_axis_missing  (const WattleDiaryAxis *self,
                                     guint                  day,
                                     int                   *from,
                                     int                   *to);
int      wattle_diary_axis_wall     (const WattleDiaryAxis *self,
                                     int                    position);
int      wattle_diary_axis_of_wall  (const WattleDiaryAxis *self,
                                     int                    minute);
int      wattle_diary_axis_find_day (const WattleDiaryAxis *self,
                                     gint64                 instant);
int      wattle_diary_snap          (double                 position,
                                     int                    step);
void     wattle_diary_place         (WattleDiaryPlacement  *items,
                                     guint                  n_items);
GArray  *wattle_diary_common        (GArray                *spans,
                                     GArray                *others);

G_END_DECLS
