/* diary-ghost.c: what is being made, moved or lengthened in the diary
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-grid-private.h"

#include <glib/gi18n-lib.h>

#include "base/civil-text.h"
#include "base/civil.h"

static gboolean
is_taken (WattleDiaryGrid *self)
{
  const WattleGhost *ghost = &self->ghost;
  guint person = ghost->lane % self->diary->people->len;

  for (guint i = 0; i < self->diary->visits->len; i++)
    {
      const WattleDiaryVisit *visit = g_ptr_array_index (self->diary->visits, i);

      if (visit->person == person && (WATTLE_APPOINTMENT_BUSY_MASK >> visit->status & 1) != 0
          && visit->starts < ghost->ends && visit->ends > ghost->starts && g_strcmp0 (visit->id, ghost->id) != 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * wattle_grid_label_ghost:
 * @self: the grid
 *
 * Returns: (transfer full): when the ghost would be, and whether that is taken
 */
char *
wattle_grid_label_ghost (WattleDiaryGrid *self)
{
  g_autofree char *times = NULL;

  if (!self->ghost.possible)
    return g_strdup (_("Not on the clock that day"));
  times = wattle_diary_visit_times (self->diary, self->ghost.starts, self->ghost.ends);
  return self->ghost.taken ? g_strdup_printf (_("%s · taken"), times) : g_steal_pointer (&times);
}

/**
 * wattle_grid_say:
 * @self: the grid
 * @text: what a screen reader says of it from now on
 */
void
wattle_grid_say (WattleDiaryGrid *self, const char *text)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/**
 * wattle_grid_describe:
 * @self: the grid
 * @lane: a column
 * @text: a time of its day
 *
 * Returns: (transfer full): the day, the time and whose it is
 */
char *
wattle_grid_describe (WattleDiaryGrid *self, guint lane, const char *text)
{
  g_autofree char *date = wattle_date_display_long (self->diary->axis.days[wattle_grid_day_of (self, lane)].date);

  return g_strdup_printf ("%s, %s, %s", date, text, wattle_grid_person_of (self, lane)->name);
}

/**
 * wattle_grid_update_ghost:
 * @self: the grid
 *
 * Works out from lane and positions what the ghost would be as a visit.
 */
void
wattle_grid_update_ghost (WattleDiaryGrid *self)
{
  WattleGhost *ghost = &self->ghost;
  const WattleDiaryAxis *axis = &self->diary->axis;
  guint day = wattle_grid_day_of (self, ghost->lane);

  ghost->possible = wattle_diary_axis_instant (axis, day, ghost->from, &ghost->starts);
  if (ghost->mode == WATTLE_GHOST_MOVE)
    {
      ghost->ends = ghost->starts + ghost->length;
      ghost->to = ghost->possible ? (int) wattle_diary_axis_position (axis, day, ghost->ends)
                                  : ghost->from + (int) (ghost->length / WATTLE_MINUTE);
    }
  else
    ghost->possible =
      ghost->possible && wattle_diary_axis_instant (axis, day, ghost->to, &ghost->ends) && ghost->ends > ghost->starts;
  ghost->taken = ghost->possible && is_taken (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (ghost->by_keys)
    {
      g_autofree char *label = wattle_grid_label_ghost (self);
      g_autofree char *text = wattle_grid_describe (self, ghost->lane, label);

      wattle_grid_say (self, text);
      g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_HINT], 0,
                     ghost->mode == WATTLE_GHOST_MOVE
                       ? _("Arrows move the visit, Shift by five minutes. Enter keeps it there, Esc leaves it.")
                       : _("+ and − change the length. Enter keeps it, Esc leaves it."));
    }
}

/**
 * wattle_grid_scroll_to:
 * @self: the grid
 * @from: minutes from the top
 * @to: likewise
 *
 * Brings that part of the column of the ghost, or of the cursor, into view.
 */
void
wattle_grid_scroll_to (WattleDiaryGrid *self, int from, int to)
{
  GtkWidget *scrolled = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  GtkScrolledWindow *window = GTK_SCROLLED_WINDOW (scrolled);
  float left, right;

  if (scrolled == NULL)
    return;
  wattle_grid_lane_bounds (self, self->ghost.mode != WATTLE_GHOST_NONE ? self->ghost.lane : self->cursor_lane, &left,
                           &right);
  gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (window), wattle_diary_grid_y_of (self, from) - 8,
                             wattle_diary_grid_y_of (self, to) + 8);
  gtk_adjustment_clamp_page (gtk_scrolled_window_get_hadjustment (window), left, right);
}

/**
 * wattle_grid_dim_held:
 * @self: the grid
 * @id: (nullable): the visit that is being moved away
 */
void
wattle_grid_dim_held (WattleDiaryGrid *self, const char *id)
{
  for (guint i = 0; i < self->boxes->len; i++)
    {
      WattleVisitBox *box = g_ptr_array_index (self->boxes, i);

      wattle_visit_box_dim (box, id != NULL && g_str_equal (wattle_visit_box_box (box)->visit->id, id));
    }
}

/**
 * wattle_grid_drop_ghost:
 * @self: the grid
 *
 * Leaves all as it was.
 */
void
wattle_grid_drop_ghost (WattleDiaryGrid *self)
{
  if (self->ghost.mode == WATTLE_GHOST_NONE)
    return;
  if (self->ghost.by_keys)
    g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_HINT], 0, NULL);
  g_clear_pointer (&self->ghost.id, g_free);
  g_clear_pointer (&self->ghost.who, g_free);
  self->ghost = (WattleGhost){ 0 };
  wattle_grid_dim_held (self, NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * wattle_grid_take_ghost:
 * @self: the grid
 * @mode: what shall be done
 * @box: (nullable): the visit to which; %NULL for a new one
 * @by_keys: whether the keys do it, and each step is told
 */
void
wattle_grid_take_ghost (WattleDiaryGrid *self, WattleGhostMode mode, const WattleDiaryBox *box, gboolean by_keys)
{
  WattleGhost *ghost = &self->ghost;

  wattle_grid_drop_ghost (self);
  ghost->mode = mode;
  ghost->by_keys = by_keys;
  if (box == NULL)
    return;
  ghost->id = g_strdup (box->visit->id);
  ghost->who = g_strdup (box->visit->who);
  ghost->length = box->visit->ends - box->visit->starts;
  ghost->lane = box->lane;
  ghost->from = (int) box->place.start;
  ghost->to = (int) box->place.end;
  wattle_grid_dim_held (self, ghost->id);
  wattle_grid_update_ghost (self);
}

/**
 * wattle_grid_keep_ghost:
 * @self: the grid
 *
 * Asks for what the ghost shows to be done.
 */
void
wattle_grid_keep_ghost (WattleDiaryGrid *self)
{
  g_autofree char *id = g_strdup (self->ghost.id);
  const char *person = wattle_grid_person_of (self, self->ghost.lane)->id;
  WattleGhost ghost = self->ghost;

  if (!ghost.possible)
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      if (!ghost.by_keys)
        wattle_grid_drop_ghost (self);
      return;
    }
  wattle_grid_drop_ghost (self);
  if (ghost.mode == WATTLE_GHOST_NEW)
    g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_BOOK], 0, person, ghost.starts, ghost.ends);
  else
    g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_MOVE], 0, id, ghost.starts, ghost.ends, person);
}
