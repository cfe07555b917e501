/* diary-pointer.c: the pointer in the diary: drags, clicks on free times, zooming
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-grid-private.h"

#include <math.h>

/* How near the lower edge of a visit one takes hold of it, and how near that of the window it scrolls. */
#define EDGE 7
#define SCROLL_EDGE 28

static void
update_drag (WattleDiaryGrid *self)
{
  WattleGhost *ghost = &self->ghost;
  double position = wattle_grid_position_at (self, self->pointer_y);
  int last = self->diary->axis.length;

  switch (ghost->mode)
    {
    case WATTLE_GHOST_MOVE:
      ghost->lane = wattle_grid_lane_at (self, self->pointer_x);
      ghost->from = CLAMP (wattle_diary_snap (position - ghost->grab, WATTLE_GRID_SNAP), 0, last - WATTLE_GRID_SNAP);
      break;
    case WATTLE_GHOST_LENGTHEN:
      ghost->to = CLAMP (wattle_diary_snap (position, WATTLE_GRID_SNAP), ghost->from + WATTLE_GRID_SNAP, last);
      break;
    case WATTLE_GHOST_NEW:
      ghost->from = MIN (ghost->grab, wattle_diary_snap (position - WATTLE_GRID_SNAP, WATTLE_GRID_SNAP));
      ghost->to = MAX (ghost->grab + WATTLE_GRID_SNAP, wattle_diary_snap (position, WATTLE_GRID_SNAP));
      ghost->from = CLAMP (ghost->from, 0, last - WATTLE_GRID_SNAP);
      ghost->to = CLAMP (ghost->to, ghost->from + WATTLE_GRID_SNAP, last);
      break;
    case WATTLE_GHOST_NONE:
    default:
      return;
    }
  wattle_grid_update_ghost (self);
}

/* While the pointer is near the edge of the window the diary goes on below it. */
static gboolean
scroll_tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  WattleDiaryGrid *self = WATTLE_DIARY_GRID (widget);
  GtkWidget *scrolled = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment;
  double top, bottom, step;

  if (scrolled == NULL || !self->dragging)
    {
      self->scroller = 0;
      return G_SOURCE_REMOVE;
    }
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  top = gtk_adjustment_get_value (adjustment);
  bottom = top + gtk_adjustment_get_page_size (adjustment);
  step = self->pointer_y < top + SCROLL_EDGE ? -6 : self->pointer_y > bottom - SCROLL_EDGE ? 6 : 0;
  if (step != 0)
    {
      gtk_adjustment_set_value (adjustment, top + step);
      self->pointer_y += gtk_adjustment_get_value (adjustment) - top;
      update_drag (self);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
is_at_edge (WattleDiaryGrid *self, WattleVisitBox *box, double y)
{
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (GTK_WIDGET (box), GTK_WIDGET (self), &bounds)
         && y > bounds.origin.y + bounds.size.height - MIN (EDGE, bounds.size.height / 3);
}

static void
begin_drag (WattleDiaryGrid *self, WattleVisitBox *held, double x, double y)
{
  const WattleDiaryBox *box = held != NULL ? wattle_visit_box_box (held) : NULL;

  if (box == NULL)
    {
      wattle_grid_take_ghost (self, WATTLE_GHOST_NEW, NULL, FALSE);
      self->ghost.lane = wattle_grid_lane_at (self, x);
      self->ghost.grab = (int) floor (wattle_grid_position_at (self, y) / self->slot_minutes) * self->slot_minutes;
      return;
    }
  wattle_grid_take_ghost (self, is_at_edge (self, held, y) ? WATTLE_GHOST_LENGTHEN : WATTLE_GHOST_MOVE, box, FALSE);
  self->ghost.grab = (int) (wattle_grid_position_at (self, y) - (double) box->place.start);
}

static gboolean
may_drag (WattleDiaryGrid *self, WattleVisitBox *held)
{
  GdkDevice *device = gtk_gesture_get_device (self->drag);

  /* A finger scrolls. */
  return self->may_book && gdk_device_get_source (device) != GDK_SOURCE_TOUCHSCREEN
         && (self->held == NULL || (held != NULL && wattle_visit_box_box (held)->visit->movable));
}

static void
drag_begin_cb (GtkGestureDrag *drag, double x, double y, WattleDiaryGrid *self)
{
  WattleVisitBox *box;

  if (wattle_grid_is_empty (self))
    {
      gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  if (self->ghost.mode != WATTLE_GHOST_NONE)
    wattle_grid_drop_ghost (self);
  box = wattle_grid_box_at (self, x, y);
  g_free (self->held);
  self->held = box != NULL ? g_strdup (wattle_visit_box_box (box)->visit->id) : NULL;
  self->dragging = FALSE;
}

static void
drag_update_cb (GtkGestureDrag *drag, double dx, double dy, WattleDiaryGrid *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (drag, &x, &y);
  if (!self->dragging)
    {
      GtkWidget *found = self->held != NULL ? wattle_diary_grid_find (self, self->held) : NULL;
      WattleVisitBox *held = found != NULL ? WATTLE_VISIT_BOX (found) : NULL;

      if (!gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) dx, (int) dy))
        return;
      if (!may_drag (self, held))
        {
          gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
          return;
        }
      gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
      gtk_widget_grab_focus (held != NULL ? GTK_WIDGET (held) : GTK_WIDGET (self));
      self->dragging = TRUE;
      begin_drag (self, held, x, y);
      self->scroller = gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_tick_cb, NULL, NULL);
    }
  self->pointer_x = x + dx;
  self->pointer_y = y + dy;
  update_drag (self);
}

static void
drag_end_cb (GtkGestureDrag *drag, double dx, double dy, WattleDiaryGrid *self)
{
  double x, y;

  if (wattle_grid_is_empty (self))
    return;
  if (self->dragging)
    {
      self->dragging = FALSE;
      if (self->ghost.mode != WATTLE_GHOST_NONE && !self->ghost.by_keys)
        wattle_grid_keep_ghost (self);
      return;
    }
  if (self->held != NULL || ABS (dx) + ABS (dy) > 12)
    return;
  gtk_gesture_drag_get_start_point (drag, &x, &y);
  self->cursor_lane = wattle_grid_lane_at (self, x);
  self->cursor_at = (int) floor (wattle_grid_position_at (self, y) / self->slot_minutes) * self->slot_minutes;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  wattle_grid_book_at (self, self->cursor_lane, self->cursor_at);
}

static void
drag_cancel_cb (GtkGesture *gesture, GdkEventSequence *sequence, WattleDiaryGrid *self)
{
  self->dragging = FALSE;
  if (!self->ghost.by_keys)
    wattle_grid_drop_ghost (self);
}

static void
motion_cb (GtkEventControllerMotion *motion, double x, double y, WattleDiaryGrid *self)
{
  WattleVisitBox *box;

  if (self->dragging || wattle_grid_is_empty (self))
    return;
  box = wattle_grid_box_at (self, x, y);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), box != NULL && self->may_book
                                                          && wattle_visit_box_box (box)->visit->movable
                                                          && is_at_edge (self, box, y)
                                                        ? "ns-resize"
                                                        : NULL);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, WattleDiaryGrid *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if ((state & GDK_CONTROL_MASK) == 0)
    return GDK_EVENT_PROPAGATE;
  wattle_diary_grid_zoom (self, dy < 0 ? 1.1 : 1 / 1.1);
  return GDK_EVENT_STOP;
}

/**
 * wattle_grid_add_pointer:
 * @self: the grid
 *
 * Lets it answer the pointer.
 */
void
wattle_grid_add_pointer (WattleDiaryGrid *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  self->drag = gtk_gesture_drag_new ();
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (self->drag), GTK_PHASE_CAPTURE);
  g_signal_connect (self->drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (self->drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (self->drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect (self->drag, "cancel", G_CALLBACK (drag_cancel_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (self->drag));
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
}
