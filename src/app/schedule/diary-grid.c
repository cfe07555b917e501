/* diary-grid.c: days and practitioners side by side, drawn, with their visits
 *
 * The ground (hours, closed times, holidays, the line of now) is a handful of
 * render nodes; the visits are light children that are kept and used again from
 * page to page. What is being moved, made or lengthened is a ghost above them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-grid.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/schedule/diary-paint.h"
#include "app/schedule/visit-box.h"
#include "app/widgets/display.h"
#include "base/civil-text.h"
#include "base/civil.h"

/* Lines of text in an hour, before zooming. */
#define HOUR_LINES 4.0
/* Narrower than so many lines are high a name cannot be read, and the diary scrolls sideways. */
#define MIN_LANE_OF_DAY 6
#define MIN_LANE_OF_WEEK 3.5
#define SNAP 5
/* How near the lower edge of a visit one takes hold of it, and how near that of the window it scrolls. */
#define EDGE 7
#define SCROLL_EDGE 28
#define GAP 2

typedef enum
{
  GHOST_NONE,
  GHOST_NEW,
  GHOST_MOVE,
  GHOST_LENGTHEN,
} GhostMode;

/* What is being made, moved or lengthened, as it would be if let go now. */
typedef struct
{
  GhostMode mode;
  gboolean by_keys;
  char *id;
  char *who;
  gint64 length;
  guint lane;
  int from;
  int to;
  int grab; /* minutes between the top of the visit and the pointer */
  gboolean possible;
  gboolean taken;
  gint64 starts;
  gint64 ends;
} Ghost;

struct _WattleDiaryGrid
{
  GtkWidget parent;
  WattleDiary *diary;
  int slot_minutes;
  gboolean may_book;
  gint64 now;
  double zoom;
  GPtrArray *boxes; /* those that are shown, in the order of the diary */
  GPtrArray *pool;  /* those that wait, hidden, for other visits */
  Ghost ghost;
  GtkGesture *drag;
  char *held; /* id of the visit that the pointer went down on; boxes come and go meanwhile */
  gboolean dragging;
  double pointer_x;
  double pointer_y;
  guint scroller;
  guint cursor_lane;
  int cursor_at; /* position; -1 before there is one */
};

enum
{
  OPEN,
  BOOK,
  MOVE,
  CANCEL,
  PAGE,
  HINT,
  ZOOMED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleDiaryGrid, wattle_diary_grid, GTK_TYPE_WIDGET)

static guint
n_lanes (WattleDiaryGrid *self)
{
  return self->diary->axis.n_days * self->diary->people->len;
}

static guint
day_of (WattleDiaryGrid *self, guint lane)
{
  return lane / self->diary->people->len;
}

static const WattleDiaryPerson *
person_of (WattleDiaryGrid *self, guint lane)
{
  return g_ptr_array_index (self->diary->people, lane % self->diary->people->len);
}

static gboolean
is_empty (WattleDiaryGrid *self)
{
  return self->diary == NULL || self->diary->people->len == 0;
}

static double
pixels_per_minute (WattleDiaryGrid *self)
{
  return wattle_diary_line_height (GTK_WIDGET (self)) * HOUR_LINES * self->zoom / 60;
}

static double
y_of (WattleDiaryGrid *self, double position)
{
  return round (position * pixels_per_minute (self));
}

static double
position_at (WattleDiaryGrid *self, double y)
{
  return CLAMP (y / pixels_per_minute (self), 0, self->diary->axis.length);
}

static guint
lane_at (WattleDiaryGrid *self, double x)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int lane = (int) (x * n_lanes (self) / MAX (width, 1));

  return (guint) CLAMP (lane, 0, (int) n_lanes (self) - 1);
}

static void
lane_bounds (WattleDiaryGrid *self, guint lane, float *left, float *right)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));

  *left = wattle_diary_lane_x (width, lane, n_lanes (self));
  *right = wattle_diary_lane_x (width, lane + 1, n_lanes (self));
}

static WattleVisitBox *
focused_box (WattleDiaryGrid *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !WATTLE_IS_VISIT_BOX (focus) || gtk_widget_get_parent (focus) != GTK_WIDGET (self))
    return NULL;
  return WATTLE_VISIT_BOX (focus);
}

static void
draw_lane_ground (WattleDiaryGrid *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, guint lane)
{
  const GdkRGBA shade = wattle_diary_fade (&theme->text, theme->dark ? 0.075f : 0.055f);
  const GdkRGBA hatch = wattle_diary_fade (&theme->text, 0.12f);
  const GArray *closed = g_ptr_array_index (self->diary->closed, lane);
  guint day = day_of (self, lane);
  float left, right;
  int from, to;

  lane_bounds (self, lane, &left, &right);
  for (guint i = 0; i < closed->len; i++)
    {
      const WattleSpan *span = &g_array_index (closed, WattleSpan, i);
      double top = y_of (self, wattle_diary_axis_position (&self->diary->axis, day, span->start));
      double bottom = y_of (self, wattle_diary_axis_position (&self->diary->axis, day, span->end));

      wattle_diary_draw_rect (snapshot, &shade, left, top, right - left, bottom - top);
    }
  if (wattle_diary_axis_missing (&self->diary->axis, day, &from, &to))
    wattle_diary_draw_hatch (snapshot, &hatch,
                             &GRAPHENE_RECT_INIT (left, y_of (self, from), right - left,
                                                  y_of (self, to) - y_of (self, from)));
}

static void
draw_holiday (WattleDiaryGrid *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, guint day, float left,
              float width)
{
  const GdkRGBA tint = wattle_diary_fade (&(GdkRGBA){ 0.9f, 0.38f, 0, 1 }, theme->dark ? 0.1f : 0.07f);
  double top;

  if (self->diary->holiday_from[day] < 0)
    return;
  top = y_of (self, wattle_diary_axis_of_wall (&self->diary->axis, self->diary->holiday_from[day]));
  wattle_diary_draw_rect (snapshot, &tint, left, top, width, gtk_widget_get_height (GTK_WIDGET (self)) - top);
}

static void
draw_lines (WattleDiaryGrid *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme)
{
  const GdkRGBA hour = wattle_diary_fade (&theme->text, 0.13f);
  const GdkRGBA half = wattle_diary_fade (&theme->text, 0.055f);
  const GdkRGBA between = wattle_diary_fade (&theme->text, 0.09f);
  const GdkRGBA edge = wattle_diary_fade (&theme->text, 0.2f);
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));

  for (int position = 15; position < self->diary->axis.length; position += 15)
    {
      int minute = wattle_diary_axis_wall (&self->diary->axis, position);

      if (minute % 30 == 0)
        wattle_diary_draw_rect (snapshot, minute % 60 == 0 ? &hour : &half, 0, y_of (self, position), width, 1);
    }
  for (guint lane = 0; lane < n_lanes (self); lane++)
    {
      float left = wattle_diary_lane_x (width, lane, n_lanes (self));
      gboolean new_day = lane % self->diary->people->len == 0;

      wattle_diary_draw_rect (snapshot, new_day ? &edge : &between, left, 0, 1, height);
    }
}

static void
draw_now (WattleDiaryGrid *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, float alpha)
{
  const GdkRGBA ink = wattle_diary_fade (&theme->error, alpha);
  int day = wattle_diary_axis_find_day (&self->diary->axis, self->now);
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  float left, right;
  double y;
  GskRoundedRect dot;

  if (day < 0)
    return;
  y = y_of (self, wattle_diary_axis_position (&self->diary->axis, (guint) day, self->now));
  left = wattle_diary_lane_x (width, (guint) day, self->diary->axis.n_days);
  right = wattle_diary_lane_x (width, (guint) day + 1, self->diary->axis.n_days);
  wattle_diary_draw_rect (snapshot, &ink, left, y - 1, right - left, 2);
  if (alpha == 1)
    return;
  gsk_rounded_rect_init_from_rect (&dot, &GRAPHENE_RECT_INIT (left, y - 5, 10, 10), 5);
  gtk_snapshot_push_rounded_clip (snapshot, &dot);
  gtk_snapshot_append_color (snapshot, &theme->error, &dot.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
draw_cursor (WattleDiaryGrid *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme)
{
  float left, right;
  GskRoundedRect outline;
  double top, bottom;

  if (self->cursor_at < 0 || !gtk_widget_has_visible_focus (GTK_WIDGET (self)) || self->ghost.mode != GHOST_NONE)
    return;
  lane_bounds (self, self->cursor_lane, &left, &right);
  top = y_of (self, self->cursor_at);
  bottom = y_of (self, MIN (self->cursor_at + self->slot_minutes, self->diary->axis.length));
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (left + 1, top, right - left - 1, bottom - top + 1),
                                   4);
  gtk_snapshot_append_border (
    snapshot, &outline, (float[4]){ 2, 2, 2, 2 },
    (GdkRGBA[4]){ theme->accent_text, theme->accent_text, theme->accent_text, theme->accent_text });
}

static char *
label_ghost (WattleDiaryGrid *self)
{
  g_autofree char *times = NULL;

  if (!self->ghost.possible)
    return g_strdup (_("Not on the clock that day"));
  times = wattle_diary_visit_times (self->diary, self->ghost.starts, self->ghost.ends);
  return self->ghost.taken ? g_strdup_printf (_("%s · taken"), times) : g_steal_pointer (&times);
}

static void
draw_ghost (WattleDiaryGrid *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme)
{
  const Ghost *ghost = &self->ghost;
  const GdkRGBA *ink = ghost->possible && !ghost->taken ? &theme->accent : &theme->error;
  const GdkRGBA ground = wattle_diary_mix (ink, &theme->base, 0.3f);
  g_autofree char *label = NULL;
  g_autoptr (PangoLayout) times = NULL;
  float left, right;
  double top, bottom;
  GskRoundedRect outline;

  if (ghost->mode == GHOST_NONE)
    return;
  lane_bounds (self, ghost->lane, &left, &right);
  top = y_of (self, ghost->from);
  bottom = MAX (y_of (self, ghost->to), top + wattle_diary_line_height (GTK_WIDGET (self)));
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (left + GAP, top, right - left - 2 * GAP,
                                                                  bottom - top), 6);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &ground, &outline.bounds);
  label = label_ghost (self);
  times = wattle_diary_layout (GTK_WIDGET (self), label, 0.9, TRUE, MAX ((int) (right - left) - 12, 1));
  wattle_diary_draw_layout (snapshot, times, &theme->text, left + 8, top + 2);
  if (ghost->who != NULL)
    {
      g_autoptr (PangoLayout) who
        = wattle_diary_layout (GTK_WIDGET (self), ghost->who, 0.9, FALSE, MAX ((int) (right - left) - 12, 1));

      wattle_diary_draw_layout (snapshot, who, &theme->text, left + 8,
                                top + 2 + wattle_diary_line_height (GTK_WIDGET (self)));
    }
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 2, 2, 2, 2 }, (GdkRGBA[4]){ *ink, *ink, *ink, *ink });
}

static void
wattle_diary_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WattleDiaryGrid *self = WATTLE_DIARY_GRID (widget);
  int width = gtk_widget_get_width (widget);
  WattleDiaryTheme theme;

  if (is_empty (self))
    return;
  wattle_diary_theme_read (&theme, widget);
  wattle_diary_draw_rect (snapshot, &theme.base, 0, 0, width, gtk_widget_get_height (widget));
  for (guint lane = 0; lane < n_lanes (self); lane++)
    draw_lane_ground (self, snapshot, &theme, lane);
  for (guint day = 0; day < self->diary->axis.n_days; day++)
    {
      float left = wattle_diary_lane_x (width, day, self->diary->axis.n_days);

      draw_holiday (self, snapshot, &theme, day, left,
                    wattle_diary_lane_x (width, day + 1, self->diary->axis.n_days) - left);
    }
  draw_lines (self, snapshot, &theme);
  draw_cursor (self, snapshot, &theme);
  draw_now (self, snapshot, &theme, 1);
  for (guint i = 0; i < self->boxes->len; i++)
    gtk_widget_snapshot_child (widget, g_ptr_array_index (self->boxes, i), snapshot);
  draw_now (self, snapshot, &theme, 0.3f);
  draw_ghost (self, snapshot, &theme);
}

static void
wattle_diary_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  WattleDiaryGrid *self = WATTLE_DIARY_GRID (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? wattle_diary_grid_min_width (self)
                                                                  : wattle_diary_grid_height (self);
}

static void
wattle_diary_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WattleDiaryGrid *self = WATTLE_DIARY_GRID (widget);
  int least = wattle_diary_line_height (widget) * 2 / 3;

  for (guint i = 0; i < self->boxes->len; i++)
    {
      GtkWidget *child = g_ptr_array_index (self->boxes, i);
      const WattleDiaryPlacement *place = &wattle_visit_box_box (WATTLE_VISIT_BOX (child))->place;
      guint lane = wattle_visit_box_box (WATTLE_VISIT_BOX (child))->lane;
      float left, right;
      int top = (int) y_of (self, place->start);
      int bottom = (int) y_of (self, place->end);
      int x, end;

      lane_bounds (self, lane, &left, &right);
      x = (int) left + GAP + (int) ((right - left - 2 * GAP) * place->column / place->columns);
      end = (int) left + GAP + (int) ((right - left - 2 * GAP) * (place->column + 1) / place->columns);
      gtk_widget_size_allocate (child,
                                &(GtkAllocation){ x, top + 1, MAX (end - x - (place->columns > 1), 1),
                                                  MAX (bottom - top - 1, least) },
                                -1);
    }
}

static gboolean
is_taken (WattleDiaryGrid *self)
{
  const Ghost *ghost = &self->ghost;
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

static void
say (WattleDiaryGrid *self, const char *text)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static char *
describe (WattleDiaryGrid *self, guint lane, const char *text)
{
  g_autofree char *date = wattle_date_display_long (self->diary->axis.days[day_of (self, lane)].date);

  return g_strdup_printf ("%s, %s, %s", date, text, person_of (self, lane)->name);
}

/* Works out from lane and positions what the ghost would be as a visit. */
static void
update_ghost (WattleDiaryGrid *self)
{
  Ghost *ghost = &self->ghost;
  const WattleDiaryAxis *axis = &self->diary->axis;
  guint day = day_of (self, ghost->lane);

  ghost->possible = wattle_diary_axis_instant (axis, day, ghost->from, &ghost->starts);
  if (ghost->mode == GHOST_MOVE)
    {
      ghost->ends = ghost->starts + ghost->length;
      ghost->to = ghost->possible ? (int) wattle_diary_axis_position (axis, day, ghost->ends)
                                  : ghost->from + (int) (ghost->length / WATTLE_MINUTE);
    }
  else
    ghost->possible = ghost->possible && wattle_diary_axis_instant (axis, day, ghost->to, &ghost->ends)
                      && ghost->ends > ghost->starts;
  ghost->taken = ghost->possible && is_taken (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (ghost->by_keys)
    {
      g_autofree char *label = label_ghost (self);
      g_autofree char *text = describe (self, ghost->lane, label);

      say (self, text);
      g_signal_emit (self, signals[HINT], 0,
                     ghost->mode == GHOST_MOVE
                       ? _("Arrows move the visit, Shift by five minutes. Enter keeps it there, Esc leaves it.")
                       : _("+ and − change the length. Enter keeps it, Esc leaves it."));
    }
}

static void
scroll_to (WattleDiaryGrid *self, int from, int to)
{
  GtkWidget *scrolled = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  GtkScrolledWindow *window = GTK_SCROLLED_WINDOW (scrolled);
  float left, right;

  if (scrolled == NULL)
    return;
  lane_bounds (self, self->ghost.mode != GHOST_NONE ? self->ghost.lane : self->cursor_lane, &left, &right);
  gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (window), y_of (self, from) - 8, y_of (self, to) + 8);
  gtk_adjustment_clamp_page (gtk_scrolled_window_get_hadjustment (window), left, right);
}

static void
dim_held (WattleDiaryGrid *self, const char *id)
{
  for (guint i = 0; i < self->boxes->len; i++)
    {
      WattleVisitBox *box = g_ptr_array_index (self->boxes, i);

      wattle_visit_box_dim (box, id != NULL && g_str_equal (wattle_visit_box_box (box)->visit->id, id));
    }
}

static void
drop_ghost (WattleDiaryGrid *self)
{
  if (self->ghost.mode == GHOST_NONE)
    return;
  if (self->ghost.by_keys)
    g_signal_emit (self, signals[HINT], 0, NULL);
  g_clear_pointer (&self->ghost.id, g_free);
  g_clear_pointer (&self->ghost.who, g_free);
  self->ghost = (Ghost){ 0 };
  dim_held (self, NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
take_ghost (WattleDiaryGrid *self, GhostMode mode, const WattleDiaryBox *box, gboolean by_keys)
{
  Ghost *ghost = &self->ghost;

  drop_ghost (self);
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
  dim_held (self, ghost->id);
  update_ghost (self);
}

static void
keep_ghost (WattleDiaryGrid *self)
{
  g_autofree char *id = g_strdup (self->ghost.id);
  const char *person = person_of (self, self->ghost.lane)->id;
  Ghost ghost = self->ghost;

  if (!ghost.possible)
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      if (!ghost.by_keys)
        drop_ghost (self);
      return;
    }
  drop_ghost (self);
  if (ghost.mode == GHOST_NEW)
    g_signal_emit (self, signals[BOOK], 0, person, ghost.starts, ghost.ends);
  else
    g_signal_emit (self, signals[MOVE], 0, id, ghost.starts, ghost.ends, person);
}

static void
update_drag (WattleDiaryGrid *self)
{
  Ghost *ghost = &self->ghost;
  double position = position_at (self, self->pointer_y);
  int last = self->diary->axis.length;

  switch (ghost->mode)
    {
    case GHOST_MOVE:
      ghost->lane = lane_at (self, self->pointer_x);
      ghost->from = CLAMP (wattle_diary_snap (position - ghost->grab, SNAP), 0, last - SNAP);
      break;
    case GHOST_LENGTHEN:
      ghost->to = CLAMP (wattle_diary_snap (position, SNAP), ghost->from + SNAP, last);
      break;
    case GHOST_NEW:
      ghost->from = MIN (ghost->grab, wattle_diary_snap (position - SNAP, SNAP));
      ghost->to = MAX (ghost->grab + SNAP, wattle_diary_snap (position, SNAP));
      ghost->from = CLAMP (ghost->from, 0, last - SNAP);
      ghost->to = CLAMP (ghost->to, ghost->from + SNAP, last);
      break;
    case GHOST_NONE:
    default:
      return;
    }
  update_ghost (self);
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

static WattleVisitBox *
box_at (WattleDiaryGrid *self, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  return widget != NULL && WATTLE_IS_VISIT_BOX (widget) ? WATTLE_VISIT_BOX (widget) : NULL;
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
      take_ghost (self, GHOST_NEW, NULL, FALSE);
      self->ghost.lane = lane_at (self, x);
      self->ghost.grab = (int) floor (position_at (self, y) / self->slot_minutes) * self->slot_minutes;
      return;
    }
  take_ghost (self, is_at_edge (self, held, y) ? GHOST_LENGTHEN : GHOST_MOVE, box, FALSE);
  self->ghost.grab = (int) (position_at (self, y) - (double) box->place.start);
}

static void
drag_begin_cb (GtkGestureDrag *drag, double x, double y, WattleDiaryGrid *self)
{
  WattleVisitBox *box;

  if (is_empty (self))
    {
      gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  if (self->ghost.mode != GHOST_NONE)
    drop_ghost (self);
  box = box_at (self, x, y);
  g_free (self->held);
  self->held = box != NULL ? g_strdup (wattle_visit_box_box (box)->visit->id) : NULL;
  self->dragging = FALSE;
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
book_at (WattleDiaryGrid *self, guint lane, int position)
{
  gint64 starts;

  if (!self->may_book)
    return;
  if (wattle_diary_axis_instant (&self->diary->axis, day_of (self, lane), position, &starts))
    g_signal_emit (self, signals[BOOK], 0, person_of (self, lane)->id, starts, G_GINT64_CONSTANT (0));
  else
    gtk_widget_error_bell (GTK_WIDGET (self));
}

static void
drag_end_cb (GtkGestureDrag *drag, double dx, double dy, WattleDiaryGrid *self)
{
  double x, y;

  if (is_empty (self))
    return;
  if (self->dragging)
    {
      self->dragging = FALSE;
      if (self->ghost.mode != GHOST_NONE && !self->ghost.by_keys)
        keep_ghost (self);
      return;
    }
  if (self->held != NULL || ABS (dx) + ABS (dy) > 12)
    return;
  gtk_gesture_drag_get_start_point (drag, &x, &y);
  self->cursor_lane = lane_at (self, x);
  self->cursor_at = (int) floor (position_at (self, y) / self->slot_minutes) * self->slot_minutes;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  book_at (self, self->cursor_lane, self->cursor_at);
}

static void
drag_cancel_cb (GtkGesture *gesture, GdkEventSequence *sequence, WattleDiaryGrid *self)
{
  self->dragging = FALSE;
  if (!self->ghost.by_keys)
    drop_ghost (self);
}

static void
motion_cb (GtkEventControllerMotion *motion, double x, double y, WattleDiaryGrid *self)
{
  WattleVisitBox *box;

  if (self->dragging || is_empty (self))
    return;
  box = box_at (self, x, y);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self),
                                   box != NULL && self->may_book && wattle_visit_box_box (box)->visit->movable
                                       && is_at_edge (self, box, y)
                                     ? "ns-resize"
                                     : NULL);
}

static void
clicked_cb (WattleVisitBox *box, WattleDiaryGrid *self)
{
  const WattleDiaryBox *what = wattle_visit_box_box (box);

  self->cursor_lane = what->lane;
  self->cursor_at = (int) what->place.start;
  g_signal_emit (self, signals[OPEN], 0, what->visit, box);
}

static WattleVisitBox *
box_on (WattleDiaryGrid *self, guint lane, int position)
{
  for (guint i = 0; i < self->boxes->len; i++)
    {
      const WattleDiaryBox *box = wattle_visit_box_box (g_ptr_array_index (self->boxes, i));

      if (box->lane == lane && position >= box->place.start && position < box->place.end)
        return g_ptr_array_index (self->boxes, i);
    }
  return NULL;
}

/* Puts the selection on a visit when there is one, else on the free slot. */
static void
select_at (WattleDiaryGrid *self, guint lane, int position)
{
  WattleVisitBox *box = box_on (self, lane, position);

  self->cursor_lane = lane;
  self->cursor_at = position;
  if (box != NULL)
    {
      const WattleDiaryPlacement *place = &wattle_visit_box_box (box)->place;

      gtk_widget_grab_focus (GTK_WIDGET (box));
      scroll_to (self, (int) place->start, (int) place->end);
    }
  else
    {
      gint64 at;
      g_autofree char *time
        = wattle_diary_axis_instant (&self->diary->axis, day_of (self, lane), position, &at)
            ? wattle_display_time (at, self->diary->zone)
            : g_strdup (_("Not on the clock that day"));
      g_autofree char *text = describe (self, lane, time);

      gtk_widget_grab_focus (GTK_WIDGET (self));
      scroll_to (self, position, position + self->slot_minutes);
      say (self, text);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
begin_selection (WattleDiaryGrid *self)
{
  int day = wattle_diary_axis_find_day (&self->diary->axis, self->now);
  double at = day >= 0 ? wattle_diary_axis_position (&self->diary->axis, (guint) day, self->now) : self->diary->opens;

  self->cursor_lane = MIN ((guint) MAX (day, 0) * self->diary->people->len, n_lanes (self) - 1);
  self->cursor_at = (int) at / self->slot_minutes * self->slot_minutes;
}

static void
step_selection (WattleDiaryGrid *self, int across, int down)
{
  WattleVisitBox *box = focused_box (self);
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
  if (lane < 0 || lane >= (int) n_lanes (self))
    {
      self->cursor_lane = across < 0 ? n_lanes (self) - 1 : 0;
      g_signal_emit (self, signals[PAGE], 0, across);
      return;
    }
  select_at (self, (guint) lane, CLAMP (at, 0, self->diary->axis.length - self->slot_minutes));
}

static void
step_ghost (WattleDiaryGrid *self, int across, int minutes)
{
  Ghost *ghost = &self->ghost;
  int lane = (int) ghost->lane + across;

  if (ghost->mode != GHOST_MOVE)
    return;
  if (lane < 0 || lane >= (int) n_lanes (self))
    {
      ghost->lane = across < 0 ? n_lanes (self) - 1 : 0;
      g_signal_emit (self, signals[PAGE], 0, across);
      return;
    }
  ghost->lane = (guint) lane;
  ghost->from = CLAMP (ghost->from + minutes, 0, self->diary->axis.length - SNAP);
  update_ghost (self);
  scroll_to (self, ghost->from, ghost->to);
}

static void
lengthen (WattleDiaryGrid *self, int minutes)
{
  WattleVisitBox *box = focused_box (self);
  Ghost *ghost = &self->ghost;

  if (ghost->mode == GHOST_NONE && box != NULL && self->may_book && wattle_visit_box_box (box)->visit->movable)
    take_ghost (self, GHOST_LENGTHEN, wattle_visit_box_box (box), TRUE);
  if (ghost->mode != GHOST_LENGTHEN)
    return;
  ghost->to = CLAMP (ghost->to + minutes, ghost->from + SNAP, self->diary->axis.length);
  update_ghost (self);
  scroll_to (self, ghost->from, ghost->to);
}

static gboolean
ghost_key (WattleDiaryGrid *self, guint key, gboolean shift)
{
  int step = shift ? SNAP : self->slot_minutes;

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
      keep_ghost (self);
      return TRUE;
    case GDK_KEY_Escape:
      drop_ghost (self);
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
      take_ghost (self, GHOST_MOVE, box, TRUE);
      return TRUE;
    }
  if ((key == GDK_KEY_Delete || key == GDK_KEY_KP_Delete) && self->may_book && box->visit->movable)
    {
      g_signal_emit (self, signals[CANCEL], 0, box->visit);
      return TRUE;
    }
  return FALSE;
}

static gboolean
grid_key (WattleDiaryGrid *self, guint key)
{
  WattleVisitBox *box = focused_box (self);

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
      g_signal_emit (self, signals[PAGE], 0, -1);
      return TRUE;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      g_signal_emit (self, signals[PAGE], 0, 1);
      return TRUE;
    case GDK_KEY_n:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      if (self->cursor_at < 0)
        begin_selection (self);
      /* On a visit, what comes behind it is meant. */
      book_at (self, self->cursor_lane,
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
  WattleVisitBox *box = focused_box (self);
  guint plain = gdk_keyval_to_lower (key);

  if (is_empty (self) || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  gtk_window_set_focus_visible (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), TRUE);
  if (plain == GDK_KEY_plus || plain == GDK_KEY_KP_Add || plain == GDK_KEY_equal)
    lengthen (self, SNAP);
  else if (plain == GDK_KEY_minus || plain == GDK_KEY_KP_Subtract)
    lengthen (self, -SNAP);
  else if (self->ghost.mode != GHOST_NONE)
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
  WattleVisitBox *box = focused_box (self);

  if (box != NULL)
    {
      self->cursor_lane = wattle_visit_box_box (box)->lane;
      self->cursor_at = (int) wattle_visit_box_box (box)->place.start;
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
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

/* One stop for Tab: the arrows go from visit to visit. */
static gboolean
wattle_diary_grid_focus (GtkWidget *widget, GtkDirectionType direction)
{
  WattleDiaryGrid *self = WATTLE_DIARY_GRID (widget);

  if (is_empty (self) || focused_box (self) != NULL || gtk_widget_is_focus (widget))
    return FALSE;
  if (self->cursor_at < 0 || self->cursor_lane >= n_lanes (self))
    begin_selection (self);
  select_at (self, self->cursor_lane, self->cursor_at);
  return TRUE;
}

static void
wattle_diary_grid_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (wattle_diary_grid_parent_class)->css_changed (widget, change);
  gtk_widget_queue_resize (widget);
  gtk_widget_queue_draw (widget);
  g_signal_emit (widget, signals[ZOOMED], 0);
}

static void
wattle_diary_grid_dispose (GObject *object)
{
  WattleDiaryGrid *self = WATTLE_DIARY_GRID (object);
  GtkWidget *child;

  g_ptr_array_set_size (self->boxes, 0);
  g_ptr_array_set_size (self->pool, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->held, g_free);
  g_clear_pointer (&self->ghost.id, g_free);
  g_clear_pointer (&self->ghost.who, g_free);
  g_clear_pointer (&self->diary, wattle_diary_unref);
  G_OBJECT_CLASS (wattle_diary_grid_parent_class)->dispose (object);
}

static void
wattle_diary_grid_finalize (GObject *object)
{
  WattleDiaryGrid *self = WATTLE_DIARY_GRID (object);

  g_ptr_array_unref (self->boxes);
  g_ptr_array_unref (self->pool);
  G_OBJECT_CLASS (wattle_diary_grid_parent_class)->finalize (object);
}

static void
install_signals (GType type)
{
  signals[OPEN] = g_signal_new ("open", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER,
                                GTK_TYPE_WIDGET);
  signals[BOOK] = g_signal_new ("book", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING,
                                G_TYPE_INT64, G_TYPE_INT64);
  signals[MOVE] = g_signal_new ("move", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_STRING,
                                G_TYPE_INT64, G_TYPE_INT64, G_TYPE_STRING);
  signals[CANCEL] = g_signal_new ("cancel", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_POINTER);
  signals[PAGE] = g_signal_new ("page", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[HINT] = g_signal_new ("hint", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ZOOMED] = g_signal_new ("zoomed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_diary_grid_class_init (WattleDiaryGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wattle_diary_grid_dispose;
  object_class->finalize = wattle_diary_grid_finalize;
  widget_class->snapshot = wattle_diary_grid_snapshot;
  widget_class->measure = wattle_diary_grid_measure;
  widget_class->size_allocate = wattle_diary_grid_size_allocate;
  widget_class->css_changed = wattle_diary_grid_css_changed;
  widget_class->focus = wattle_diary_grid_focus;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (widget_class, "diary");
  install_signals (WATTLE_TYPE_DIARY_GRID);
}

static void
add_controllers (WattleDiaryGrid *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  self->drag = gtk_gesture_drag_new ();
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (self->drag), GTK_PHASE_CAPTURE);
  g_signal_connect (self->drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (self->drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (self->drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect (self->drag, "cancel", G_CALLBACK (drag_cancel_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (self->drag));
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (focus_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
}

static void
wattle_diary_grid_init (WattleDiaryGrid *self)
{
  self->boxes = g_ptr_array_new ();
  self->pool = g_ptr_array_new ();
  self->slot_minutes = 15;
  self->zoom = 1;
  self->cursor_at = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  add_controllers (self);
}

/* Boxes of visits that stay are kept; the others are given the new visits, and the rest waits hidden. */
static GPtrArray *
match_boxes (WattleDiaryGrid *self, WattleDiary *diary)
{
  GPtrArray *boxes = g_ptr_array_sized_new (diary->boxes->len);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  GtkWidget *before = NULL;

  for (guint i = 0; i < self->boxes->len; i++)
    g_hash_table_insert (by_id, wattle_visit_box_box (g_ptr_array_index (self->boxes, i))->visit->id,
                         g_ptr_array_index (self->boxes, i));
  g_ptr_array_set_size (boxes, (int) diary->boxes->len);
  for (guint i = 0; i < diary->boxes->len; i++)
    {
      const WattleDiaryBox *box = &g_array_index (diary->boxes, WattleDiaryBox, i);
      WattleVisitBox *old = g_hash_table_lookup (by_id, box->visit->id);

      if (old != NULL && wattle_visit_box_matches (old, box) && g_ptr_array_remove_fast (self->boxes, old))
        g_ptr_array_index (boxes, i) = old;
    }
  g_ptr_array_extend (self->pool, self->boxes, NULL, NULL);
  for (guint i = 0; i < boxes->len; i++)
    {
      GtkWidget *widget = g_ptr_array_index (boxes, i);

      if (widget == NULL && self->pool->len > 0)
        widget = g_ptr_array_steal_index_fast (self->pool, self->pool->len - 1);
      if (widget == NULL)
        {
          widget = wattle_visit_box_new ();
          g_signal_connect (widget, "clicked", G_CALLBACK (clicked_cb), self);
          gtk_widget_insert_after (widget, GTK_WIDGET (self), before);
        }
      else if (gtk_widget_get_prev_sibling (widget) != before)
        gtk_widget_insert_after (widget, GTK_WIDGET (self), before);
      gtk_widget_set_visible (widget, TRUE);
      wattle_visit_box_set (WATTLE_VISIT_BOX (widget), diary, &g_array_index (diary->boxes, WattleDiaryBox, i));
      g_ptr_array_index (boxes, i) = before = widget;
    }
  return boxes;
}

/* Those that are not needed wait, hidden: a screen reader that still asks for one must find it. */
static void
hide_pool (WattleDiaryGrid *self)
{
  for (guint i = 0; i < self->pool->len; i++)
    gtk_widget_set_visible (g_ptr_array_index (self->pool, i), FALSE);
}

/**
 * wattle_diary_grid_set:
 * @self: the grid
 * @diary: what is shown from now on
 * @slot_minutes: the step of the selection
 * @may_book: whether visits can be made and moved
 */
void
wattle_diary_grid_set (WattleDiaryGrid *self, WattleDiary *diary, int slot_minutes, gboolean may_book)
{
  WattleVisitBox *focused = focused_box (self);
  g_autofree char *focused_id = focused != NULL ? g_strdup (wattle_visit_box_box (focused)->visit->id) : NULL;
  GPtrArray *boxes = match_boxes (self, diary);

  g_ptr_array_unref (self->boxes);
  self->boxes = boxes;
  self->slot_minutes = CLAMP (slot_minutes, SNAP, 60);
  self->may_book = may_book;
  wattle_diary_ref (diary);
  g_clear_pointer (&self->diary, wattle_diary_unref);
  self->diary = diary;
  if (focused_id != NULL
      && (g_strcmp0 (wattle_visit_box_box (focused)->visit->id, focused_id) != 0
          || g_ptr_array_find (self->pool, focused, NULL)))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  hide_pool (self);
  if (!is_empty (self))
    {
      self->cursor_lane = MIN (self->cursor_lane, n_lanes (self) - 1);
      self->ghost.lane = MIN (self->ghost.lane, n_lanes (self) - 1);
      if (self->ghost.mode != GHOST_NONE)
        {
          dim_held (self, self->ghost.id);
          update_ghost (self);
        }
    }
  else
    drop_ghost (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * wattle_diary_grid_set_now:
 * @self: the grid
 * @now: instant
 */
void
wattle_diary_grid_set_now (WattleDiaryGrid *self, gint64 now)
{
  self->now = now;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * wattle_diary_grid_zoom:
 * @self: the grid
 * @factor: how much higher an hour becomes; 0 for the usual height
 */
void
wattle_diary_grid_zoom (WattleDiaryGrid *self, double factor)
{
  self->zoom = factor > 0 ? CLAMP (self->zoom * factor, 0.5, 4) : 1;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[ZOOMED], 0);
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

  if (is_empty (self))
    return 0;
  lines = self->diary->axis.n_days == 1 ? MIN_LANE_OF_DAY : MIN_LANE_OF_WEEK;
  return (int) (n_lanes (self) * lines * wattle_diary_line_height (GTK_WIDGET (self)));
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
  return self->diary != NULL ? (int) y_of (self, self->diary->axis.length) : 0;
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
  return y_of (self, position);
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

/**
 * wattle_diary_grid_selected:
 * @self: the grid
 *
 * Returns: (transfer none) (nullable): the visit that has the focus
 */
WattleDiaryVisit *
wattle_diary_grid_selected (WattleDiaryGrid *self)
{
  WattleVisitBox *box = focused_box (self);

  return box != NULL ? wattle_visit_box_box (box)->visit : NULL;
}

/**
 * wattle_diary_grid_select:
 * @self: the grid
 * @box: from wattle_diary_grid_find()
 *
 * Gives a visit the focus and brings it into view.
 */
void
wattle_diary_grid_select (WattleDiaryGrid *self, GtkWidget *box)
{
  const WattleDiaryBox *what = wattle_visit_box_box (WATTLE_VISIT_BOX (box));

  select_at (self, what->lane, (int) what->place.start);
}

/**
 * wattle_diary_grid_begin_move:
 * @self: the grid
 * @id: of a visit that is shown
 *
 * Lets the arrow keys move it.
 */
void
wattle_diary_grid_begin_move (WattleDiaryGrid *self, const char *id)
{
  GtkWidget *box = wattle_diary_grid_find (self, id);

  if (box == NULL)
    return;
  gtk_widget_grab_focus (box);
  take_ghost (self, GHOST_MOVE, wattle_visit_box_box (WATTLE_VISIT_BOX (box)), TRUE);
}
