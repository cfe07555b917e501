/* diary-keys.c: the keys in the diary: the selection, and the ghost by arrows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-grid-private.h"

#include <glib/gi18n-lib.h>

#include "app/schedule/diary-paint.h"
#include "app/widgets/display.h"

static void
begin_selection (WattleDiaryGrid *self)
{
  int day = wattle_diary_axis_find_day (&self->diary->axis, self->now);
  double at = day >= 0 ? wattle_diary_axis_position (&self->diary->axis, (guint) day, self->now) : self->diary->opens;

  self->cursor_lane = MIN ((guint) MAX (day, 0) * self->diary->people->len, wattle_grid_n_lanes (self) - 1);
  self->cursor_at = (int) at / self->slot_minutes * self->slot_minutes;
}

static void
step_selection (WattleDiaryGrid *self, int across, int down)
{
  WattleVisitBox *box = wattle_grid_focused_box (self);
  int lane, at;

  if (self->cursor_at < 0)
    {
      begin_selection (self);
      across = down = 0;
    }
  lane = (int) self->cursor_lane + across;
  at = self->cursor_at + down * self->slot_minutes;
  if (box != NULL && down != 0)
    {
      const WattleDiaryPlacement *place = &wattle_visit_box_box (box)->place;

      at = down > 0 ? (int) place->end : ((int) place->start - 1) / self->slot_minutes * self->slot_minutes;
    }
  if (lane < 0 || lane >= (int) wattle_grid_n_lanes (self))
    {
      self->cursor_lane = across < 0 ? wattle_grid_n_lanes (self) - 1 : 0;
      g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_PAGE], 0, across);
      return;
    }
  wattle_grid_select_at (self, (guint) lane, CLAMP (at, 0, self->diary->axis.length - self->slot_minutes));
}

static void
step_ghost (WattleDiaryGrid *self, int across, int minutes)
{
  WattleGhost *ghost = &self->ghost;
  int lane = (int) ghost->lane + across;

  if (ghost->mode != WATTLE_GHOST_MOVE)
    return;
  if (lane < 0 || lane >= (int) wattle_grid_n_lanes (self))
    {
      ghost->lane = across < 0 ? wattle_grid_n_lanes (self) - 1 : 0;
      g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_PAGE], 0, across);
      return;
    }
  ghost->lane = (guint) lane;
  ghost->from = CLAMP (ghost->from + minutes, 0, self->diary->axis.length - WATTLE_GRID_SNAP);
  wattle_grid_update_ghost (self);
  wattle_grid_scroll_to (self, ghost->from, ghost->to);
}

static void
lengthen (WattleDiaryGrid *self, int minutes)
{
  WattleVisitBox *box = wattle_grid_focused_box (self);
  WattleGhost *ghost = &self->ghost;

  if (ghost->mode == WATTLE_GHOST_NONE && box != NULL && self->may_book && wattle_visit_box_box (box)->visit->movable)
    wattle_grid_take_ghost (self, WATTLE_GHOST_LENGTHEN, wattle_visit_box_box (box), TRUE);
  if (ghost->mode != WATTLE_GHOST_LENGTHEN)
    return;
  ghost->to = CLAMP (ghost->to + minutes, ghost->from + WATTLE_GRID_SNAP, self->diary->axis.length);
  wattle_grid_update_ghost (self);
  wattle_grid_scroll_to (self, ghost->from, ghost->to);
}

static gboolean
ghost_key (WattleDiaryGrid *self, guint key, gboolean shift)
{
  int step = shift ? WATTLE_GRID_SNAP : self->slot_minutes;

  switch (key)
    {
    case GDK_KEY_Up:
      step_ghost (self, 0, -step);
      return TRUE;
    case GDK_KEY_Down:
      step_ghost (self, 0, step);
      return TRUE;
    case GDK_KEY_Left:
      step_ghost (self, -1, 0);
      return TRUE;
    case GDK_KEY_Right:
      step_ghost (self, 1, 0);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      wattle_grid_keep_ghost (self);
      return TRUE;
    case GDK_KEY_Escape:
      wattle_grid_drop_ghost (self);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
visit_key (WattleDiaryGrid *self, guint key, const WattleDiaryBox *box)
{
  if (box == NULL)
    return FALSE;
  if (key == GDK_KEY_m && self->may_book && box->visit->movable)
    {
      wattle_grid_take_ghost (self, WATTLE_GHOST_MOVE, box, TRUE);
      return TRUE;
    }
  if ((key == GDK_KEY_Delete || key == GDK_KEY_KP_Delete) && self->may_book && box->visit->movable)
    {
      g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_CANCEL], 0, box->visit);
      return TRUE;
    }
  return FALSE;
}

static gboolean
grid_key (WattleDiaryGrid *self, guint key)
{
  WattleVisitBox *box = wattle_grid_focused_box (self);

  switch (key)
    {
    case GDK_KEY_Up:
      step_selection (self, 0, -1);
      return TRUE;
    case GDK_KEY_Down:
      step_selection (self, 0, 1);
      return TRUE;
    case GDK_KEY_Left:
      step_selection (self, -1, 0);
      return TRUE;
    case GDK_KEY_Right:
      step_selection (self, 1, 0);
      return TRUE;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_PAGE], 0, -1);
      return TRUE;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_PAGE], 0, 1);
      return TRUE;
    case GDK_KEY_n:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      if (self->cursor_at < 0)
        begin_selection (self);
      /* On a visit, what comes behind it is meant. */
      wattle_grid_book_at (self, self->cursor_lane,
                           box != NULL ? (int) wattle_visit_box_box (box)->place.end : self->cursor_at);
      return TRUE;
    default:
      return FALSE;
    }
}

/* Before the box that has the focus sees the key: Enter keeps what is moved and opens nothing. */
static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, WattleDiaryGrid *self)
{
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;
  WattleVisitBox *box = wattle_grid_focused_box (self);
  guint plain = gdk_keyval_to_lower (key);

  if (wattle_diary_is_mirrored (GTK_WIDGET (self)) && (plain == GDK_KEY_Left || plain == GDK_KEY_Right))
    plain = plain == GDK_KEY_Left ? GDK_KEY_Right : GDK_KEY_Left;
  if (wattle_grid_is_empty (self) || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  gtk_window_set_focus_visible (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), TRUE);
  if (plain == GDK_KEY_plus || plain == GDK_KEY_KP_Add || plain == GDK_KEY_equal)
    lengthen (self, WATTLE_GRID_SNAP);
  else if (plain == GDK_KEY_minus || plain == GDK_KEY_KP_Subtract)
    lengthen (self, -WATTLE_GRID_SNAP);
  else if (self->ghost.mode != WATTLE_GHOST_NONE)
    return ghost_key (self, plain, shift);
  else if (!visit_key (self, plain, box != NULL ? wattle_visit_box_box (box) : NULL))
    {
      /* A visit opens by itself. */
      if (box != NULL && (plain == GDK_KEY_Return || plain == GDK_KEY_KP_Enter || plain == GDK_KEY_space))
        return GDK_EVENT_PROPAGATE;
      return grid_key (self, plain);
    }
  return GDK_EVENT_STOP;
}

static void
focus_cb (WattleDiaryGrid *self)
{
  WattleVisitBox *box = wattle_grid_focused_box (self);

  if (box != NULL)
    {
      self->cursor_lane = wattle_visit_box_box (box)->lane;
      self->cursor_at = (int) wattle_visit_box_box (box)->place.start;
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * wattle_grid_book_at:
 * @self: the grid
 * @lane: a column
 * @position: minutes from the top
 *
 * Asks for a visit to be made there.
 */
void
wattle_grid_book_at (WattleDiaryGrid *self, guint lane, int position)
{
  gint64 starts;

  if (!self->may_book)
    return;
  if (wattle_diary_axis_instant (&self->diary->axis, wattle_grid_day_of (self, lane), position, &starts))
    g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_BOOK], 0, wattle_grid_person_of (self, lane)->id, starts,
                   G_GINT64_CONSTANT (0));
  else
    gtk_widget_error_bell (GTK_WIDGET (self));
}

/**
 * wattle_grid_select_at:
 * @self: the grid
 * @lane: a column
 * @position: minutes from the top
 *
 * Puts the selection on a visit when there is one, else on the free slot.
 */
void
wattle_grid_select_at (WattleDiaryGrid *self, guint lane, int position)
{
  WattleVisitBox *box = wattle_grid_box_on (self, lane, position);

  self->cursor_lane = lane;
  self->cursor_at = position;
  if (box != NULL)
    {
      const WattleDiaryPlacement *place = &wattle_visit_box_box (box)->place;

      gtk_widget_grab_focus (GTK_WIDGET (box));
      wattle_grid_scroll_to (self, (int) place->start, (int) place->end);
    }
  else
    {
      gint64 at;
      g_autofree char *time =
        wattle_diary_axis_instant (&self->diary->axis, wattle_grid_day_of (self, lane), position, &at)
          ? wattle_display_time (at, self->diary->zone)
          : g_strdup (_("Not on the clock that day"));
      g_autofree char *text = wattle_grid_describe (self, lane, time);

      gtk_widget_grab_focus (GTK_WIDGET (self));
      wattle_grid_scroll_to (self, position, position + self->slot_minutes);
      wattle_grid_say (self, text);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * wattle_grid_focus:
 * @widget: the grid
 * @direction: where the focus comes from
 *
 * One stop for Tab: the arrows go from visit to visit.
 *
 * Returns: whether the focus is here now
 */
gboolean
wattle_grid_focus (GtkWidget *widget, GtkDirectionType direction)
{
  WattleDiaryGrid *self = WATTLE_DIARY_GRID (widget);

  if (wattle_grid_is_empty (self) || wattle_grid_focused_box (self) != NULL || gtk_widget_is_focus (widget))
    return FALSE;
  if (self->cursor_at < 0 || self->cursor_lane >= wattle_grid_n_lanes (self))
    begin_selection (self);
  wattle_grid_select_at (self, self->cursor_lane, self->cursor_at);
  return TRUE;
}

/**
 * wattle_grid_add_keys:
 * @self: the grid
 *
 * Lets it answer the keys and follow the focus.
 */
void
wattle_grid_add_keys (WattleDiaryGrid *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (focus_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
