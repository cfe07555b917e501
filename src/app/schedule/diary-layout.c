/* diary-layout.c: where the moments of a diary stand on the screen; no toolkit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-layout.h"

#include <math.h>

#include "base/civil.h"

static int
offset_at (GTimeZone *zone, gint64 instant)
{
  gint64 date;
  int second;
  int offset;

  wattle_zone_to_local (instant, zone, &date, &second, &offset);
  return offset;
}

/* The minute at which the offset of the morning ends; changes of the clocks are on whole minutes. */
static gint64
find_change (GTimeZone *zone, gint64 start, gint64 end)
{
  int before = offset_at (zone, start);
  gint64 low = 0;
  gint64 high = (end - start) / WATTLE_MINUTE;

  while (high - low > 1)
    {
      gint64 middle = (low + high) / 2;

      if (offset_at (zone, start + middle * WATTLE_MINUTE) == before)
        low = middle;
      else
        high = middle;
    }
  return start + high * WATTLE_MINUTE;
}

static void
init_day (WattleDiaryDay *day, GTimeZone *zone, gint64 date)
{
  *day = (WattleDiaryDay){ .date = date };
  wattle_zone_day_bounds (zone, date, &day->start, &day->end);
  if (day->end - day->start == WATTLE_DAY)
    return;
  day->delta = (int) ((WATTLE_DAY - (day->end - day->start)) / WATTLE_MINUTE);
  day->change = find_change (zone, day->start, day->end);
}

static gboolean
has_fold (const WattleDiaryAxis *self, const WattleDiaryDay *day)
{
  return self->fold > 0 && day->delta == -self->fold;
}

static int
minutes_in (const WattleDiaryDay *day, gint64 instant)
{
  return (int) ((instant - day->start) / WATTLE_MINUTE);
}

/**
 * wattle_diary_axis_init:
 * @self: (out): the scale
 * @zone: whose wall clock
 * @first: the first date
 * @n_days: how many days, at most %WATTLE_DIARY_MAX_DAYS
 */
void
wattle_diary_axis_init (WattleDiaryAxis *self, GTimeZone *zone, gint64 first, guint n_days)
{
  *self = (WattleDiaryAxis){ .n_days = MIN (n_days, WATTLE_DIARY_MAX_DAYS) };
  for (guint i = 0; i < self->n_days; i++)
    {
      WattleDiaryDay *day = &self->days[i];

      init_day (day, zone, first + i);
      if (day->delta < 0)
        {
          self->fold = -day->delta;
          self->fold_at = minutes_in (day, day->change);
        }
    }
  self->length = 24 * 60 + self->fold;
}

/**
 * wattle_diary_axis_position:
 * @self: the scale
 * @day: which of its days
 * @instant: a moment
 *
 * Returns: minutes from the top; the nearest end for a moment of another day
 */
double
wattle_diary_axis_position (const WattleDiaryAxis *self, guint day, gint64 instant)
{
  const WattleDiaryDay *which = &self->days[day];
  double minutes = (double) (instant - which->start) / (double) WATTLE_MINUTE;

  if (instant <= which->start)
    return 0;
  if (instant >= which->end)
    return self->length;
  if (has_fold (self, which))
    return minutes;
  if (which->delta > 0 && instant >= which->change)
    minutes += which->delta;
  return self->fold > 0 && minutes >= self->fold_at ? minutes + self->fold : minutes;
}

/**
 * wattle_diary_axis_instant:
 * @self: the scale
 * @day: which of its days
 * @position: minutes from the top
 * @instant: (out): the moment that stands there
 *
 * Returns: %FALSE where the day has no such moment, so that nothing can be booked
 */
gboolean
wattle_diary_axis_instant (const WattleDiaryAxis *self, guint day, int position, gint64 *instant)
{
  const WattleDiaryDay *which = &self->days[day];
  int minute = position;
  int from;
  int to;

  if (position < 0 || position > self->length)
    return FALSE;
  if (wattle_diary_axis_missing (self, day, &from, &to) && position >= from && position < to)
    return FALSE;
  if (!has_fold (self, which) && self->fold > 0 && position >= self->fold_at + self->fold)
    minute -= self->fold;
  if (which->delta > 0 && minute >= minutes_in (which, which->change))
    minute -= which->delta;
  *instant = which->start + minute * WATTLE_MINUTE;
  return TRUE;
}

/**
 * wattle_diary_axis_missing:
 * @self: the scale
 * @day: which of its days
 * @from: (out): where it begins
 * @to: (out): where it ends
 *
 * Returns: whether there is a stretch of the scale that the day does not have
 */
gboolean
wattle_diary_axis_missing (const WattleDiaryAxis *self, guint day, int *from, int *to)
{
  const WattleDiaryDay *which = &self->days[day];

  if (which->delta > 0)
    {
      *from = minutes_in (which, which->change);
      *to = *from + which->delta;
      return TRUE;
    }
  if (self->fold == 0 || has_fold (self, which))
    return FALSE;
  *from = self->fold_at;
  *to = self->fold_at + self->fold;
  return TRUE;
}

/**
 * wattle_diary_axis_wall:
 * @self: the scale
 * @position: minutes from the top
 *
 * Returns: the minute of the day that a wall clock shows there
 */
int
wattle_diary_axis_wall (const WattleDiaryAxis *self, int position)
{
  return self->fold > 0 && position >= self->fold_at ? position - self->fold : position;
}

/**
 * wattle_diary_axis_of_wall:
 * @self: the scale
 * @minute: a minute of the day by the wall clock
 *
 * Returns: where it stands; the second of two
 */
int
wattle_diary_axis_of_wall (const WattleDiaryAxis *self, int minute)
{
  return self->fold > 0 && minute >= self->fold_at - self->fold ? minute + self->fold : minute;
}

/**
 * wattle_diary_axis_find_day:
 * @self: the scale
 * @instant: a moment
 *
 * Returns: which of its days it is in, or -1
 */
int
wattle_diary_axis_find_day (const WattleDiaryAxis *self, gint64 instant)
{
  for (guint i = 0; i < self->n_days; i++)
    if (instant >= self->days[i].start && instant < self->days[i].end)
      return (int) i;
  return -1;
}

/**
 * wattle_diary_snap:
 * @position: minutes
 * @step: minutes between two lines of the grid
 *
 * Returns: the nearest line
 */
int
wattle_diary_snap (double position, int step)
{
  return (int) floor (position / step + 0.5) * step;
}

/**
 * wattle_diary_place:
 * @items: in the order of their starts
 * @n_items: how many
 *
 * Gives those that overlap, directly or through others, columns of equal width
 * side by side, as few as will do.
 */
void
wattle_diary_place (WattleDiaryPlacement *items, guint n_items)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 group_end = G_MININT64;
  guint group = 0;

  for (guint i = 0; i <= n_items; i++)
    {
      guint column = 0;

      if (i == n_items || items[i].start >= group_end)
        {
          for (; group < i; group++)
            items[group].columns = ends->len;
          g_array_set_size (ends, 0);
          if (i == n_items)
            return;
        }
      while (column < ends->len && g_array_index (ends, gint64, column) > items[i].start)
        column++;
      if (column == ends->len)
        g_array_append_val (ends, items[i].end);
      else
        g_array_index (ends, gint64, column) = items[i].end;
      items[i].column = column;
      group_end = MAX (group_end, items[i].end);
    }
}

/**
 * wattle_diary_common:
 * @spans: (element-type WattleSpan): in order, apart from each other
 * @others: (element-type WattleSpan): likewise
 *
 * Returns: (transfer full) (element-type WattleSpan): what is in both
 */
GArray *
wattle_diary_common (GArray *spans, GArray *others)
{
  GArray *common = g_array_new (FALSE, FALSE, sizeof (WattleSpan));
  guint i = 0;
  guint j = 0;

  while (i < spans->len && j < others->len)
    {
      const WattleSpan *a = &g_array_index (spans, WattleSpan, i);
      const WattleSpan *b = &g_array_index (others, WattleSpan, j);
      WattleSpan both = { MAX (a->start, b->start), MIN (a->end, b->end) };

      if (both.end > both.start)
        g_array_append_val (common, both);
      if (a->end < b->end)
        i++;
      else
        j++;
    }
  return common;
}
