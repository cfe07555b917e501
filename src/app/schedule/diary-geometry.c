/* diary-geometry.c: where in the diary a time, a column and a visit are
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-grid-private.h"

#include <math.h>

#include "app/schedule/diary-paint.h"

/* Lines of text in an hour, before zooming. */
#define HOUR_LINES 4.0
/* Narrower than so many lines are high a name cannot be read, and the diary scrolls sideways. */
#define MIN_LANE_OF_DAY 6
#define MIN_LANE_OF_WEEK 3.5

static double
pixels_per_minute (WattleDiaryGrid *self)
{
  return wattle_diary_line_height (GTK_WIDGET (self)) * HOUR_LINES * self->zoom / 60;
}

/**
 * wattle_grid_n_lanes:
 * @self: the grid
 *
 * Returns: how many columns there are: one for each practitioner of each day
 */
guint
wattle_grid_n_lanes (WattleDiaryGrid *self)
{
  return self->diary->axis.n_days * self->diary->people->len;
}

/**
 * wattle_grid_day_of:
 * @self: the grid
 * @lane: a column
 *
 * Returns: the day that it belongs to, from 0
 */
guint
wattle_grid_day_of (WattleDiaryGrid *self, guint lane)
{
  return lane / self->diary->people->len;
}

/**
 * wattle_grid_person_of:
 * @self: the grid
 * @lane: a column
 *
 * Returns: (transfer none): whose it is
 */
const WattleDiaryPerson *
wattle_grid_person_of (WattleDiaryGrid *self, guint lane)
{
  return g_ptr_array_index (self->diary->people, lane % self->diary->people->len);
}

/**
 * wattle_grid_is_empty:
 * @self: the grid
 *
 * Returns: whether there is nothing to show or to point at
 */
gboolean
wattle_grid_is_empty (WattleDiaryGrid *self)
{
  return self->diary == NULL || self->diary->people->len == 0;
}

/**
 * wattle_grid_position_at:
 * @self: the grid
 * @y: pixels from the top
 *
 * Returns: minutes from the top
 */
double
wattle_grid_position_at (WattleDiaryGrid *self, double y)
{
  return CLAMP (y / pixels_per_minute (self), 0, self->diary->axis.length);
}

/**
 * wattle_grid_lane_at:
 * @self: the grid
 * @x: pixels from the left
 *
 * Returns: the column there, or the nearest
 */
guint
wattle_grid_lane_at (WattleDiaryGrid *self, double x)
{
  return wattle_diary_lane_at (GTK_WIDGET (self), x, wattle_grid_n_lanes (self));
}

/**
 * wattle_grid_lane_bounds:
 * @self: the grid
 * @lane: a column
 * @left: (out): its left side, in pixels
 * @right: (out): its right side
 */
void
wattle_grid_lane_bounds (WattleDiaryGrid *self, guint lane, float *left, float *right)
{
  wattle_diary_lane_bounds (GTK_WIDGET (self), lane, wattle_grid_n_lanes (self), left, right);
}

/**
 * wattle_grid_focused_box:
 * @self: the grid
 *
 * Returns: (transfer none) (nullable): the visit that has the focus
 */
WattleVisitBox *
wattle_grid_focused_box (WattleDiaryGrid *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !WATTLE_IS_VISIT_BOX (focus) || gtk_widget_get_parent (focus) != GTK_WIDGET (self))
    return NULL;
  return WATTLE_VISIT_BOX (focus);
}

/**
 * wattle_grid_box_at:
 * @self: the grid
 * @x: pixels from the left
 * @y: pixels from the top
 *
 * Returns: (transfer none) (nullable): the visit there
 */
WattleVisitBox *
wattle_grid_box_at (WattleDiaryGrid *self, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  return widget != NULL && WATTLE_IS_VISIT_BOX (widget) ? WATTLE_VISIT_BOX (widget) : NULL;
}

/**
 * wattle_grid_box_on:
 * @self: the grid
 * @lane: a column
 * @position: minutes from the top
 *
 * Returns: (transfer none) (nullable): the visit then
 */
WattleVisitBox *
wattle_grid_box_on (WattleDiaryGrid *self, guint lane, int position)
{
  for (guint i = 0; i < self->boxes->len; i++)
    {
      const WattleDiaryBox *box = wattle_visit_box_box (g_ptr_array_index (self->boxes, i));

      if (box->lane == lane && position >= box->place.start && position < box->place.end)
        return g_ptr_array_index (self->boxes, i);
    }
  return NULL;
}

/**
 * wattle_diary_grid_min_width:
 * @self: the grid
 *
 * Returns: pixels below which it scrolls sideways
 */
int
wattle_diary_grid_min_width (WattleDiaryGrid *self)
{
  double lines;

  if (wattle_grid_is_empty (self))
    return 0;
  lines = self->diary->axis.n_days == 1 ? MIN_LANE_OF_DAY : MIN_LANE_OF_WEEK;
  return (int) (wattle_grid_n_lanes (self) * lines * wattle_diary_line_height (GTK_WIDGET (self)));
}

/**
 * wattle_diary_grid_height:
 * @self: the grid
 *
 * Returns: pixels from midnight to midnight
 */
int
wattle_diary_grid_height (WattleDiaryGrid *self)
{
  return self->diary != NULL ? (int) wattle_diary_grid_y_of (self, self->diary->axis.length) : 0;
}

/**
 * wattle_diary_grid_y_of:
 * @self: the grid
 * @position: minutes from the top
 *
 * Returns: pixels from the top
 */
double
wattle_diary_grid_y_of (WattleDiaryGrid *self, double position)
{
  return round (position * pixels_per_minute (self));
}

/**
 * wattle_diary_grid_find:
 * @self: the grid
 * @id: of a visit
 *
 * Returns: (transfer none) (nullable): the box that shows it
 */
GtkWidget *
wattle_diary_grid_find (WattleDiaryGrid *self, const char *id)
{
  for (guint i = 0; i < self->boxes->len; i++)
    if (g_str_equal (wattle_visit_box_box (g_ptr_array_index (self->boxes, i))->visit->id, id))
      return g_ptr_array_index (self->boxes, i);
  return NULL;
}
