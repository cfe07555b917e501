/* diary-grid.c: days and practitioners side by side, drawn, with their visits
 *
 * The ground (hours, closed times, holidays, the line of now) is a handful of
 * render nodes; the visits are light children that are kept and used again from
 * page to page. What is being moved, made or lengthened is a ghost above them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-grid-private.h"

#include "app/schedule/diary-paint.h"

guint wattle_grid_signals[WATTLE_GRID_N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleDiaryGrid, wattle_diary_grid, GTK_TYPE_WIDGET)

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
  gboolean mirrored = wattle_diary_is_mirrored (widget);

  for (guint i = 0; i < self->boxes->len; i++)
    {
      GtkWidget *child = g_ptr_array_index (self->boxes, i);
      const WattleDiaryPlacement *place = &wattle_visit_box_box (WATTLE_VISIT_BOX (child))->place;
      guint lane = wattle_visit_box_box (WATTLE_VISIT_BOX (child))->lane;
      guint column = mirrored ? place->columns - 1 - place->column : place->column;
      float left, right;
      int top = (int) wattle_diary_grid_y_of (self, place->start);
      int bottom = (int) wattle_diary_grid_y_of (self, place->end);
      int x, end;

      wattle_grid_lane_bounds (self, lane, &left, &right);
      right -= left + 2 * WATTLE_GRID_GAP;
      left += WATTLE_GRID_GAP;
      x = (int) left + (int) (right * column / place->columns);
      end = (int) left + (int) (right * (column + 1) / place->columns);
      gtk_widget_size_allocate (child,
                                &(GtkAllocation){ x, top + 1, MAX (end - x - (place->columns > 1), 1),
                                                  MAX (bottom - top - 1, least) },
                                -1);
    }
}

static void
clicked_cb (WattleVisitBox *box, WattleDiaryGrid *self)
{
  const WattleDiaryBox *what = wattle_visit_box_box (box);

  self->cursor_lane = what->lane;
  self->cursor_at = (int) what->place.start;
  g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_OPEN], 0, what->visit, box);
}

static void
wattle_diary_grid_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (wattle_diary_grid_parent_class)->css_changed (widget, change);
  gtk_widget_queue_resize (widget);
  gtk_widget_queue_draw (widget);
  g_signal_emit (widget, wattle_grid_signals[WATTLE_GRID_ZOOMED], 0);
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
  wattle_grid_signals[WATTLE_GRID_OPEN] = g_signal_new ("open", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                        G_TYPE_NONE, 2, G_TYPE_POINTER, GTK_TYPE_WIDGET);
  wattle_grid_signals[WATTLE_GRID_BOOK] = g_signal_new ("book", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                        G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_INT64, G_TYPE_INT64);
  wattle_grid_signals[WATTLE_GRID_MOVE] =
    g_signal_new ("move", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_INT64,
                  G_TYPE_INT64, G_TYPE_STRING);
  wattle_grid_signals[WATTLE_GRID_CANCEL] =
    g_signal_new ("cancel", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  wattle_grid_signals[WATTLE_GRID_PAGE] =
    g_signal_new ("page", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  wattle_grid_signals[WATTLE_GRID_HINT] =
    g_signal_new ("hint", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  wattle_grid_signals[WATTLE_GRID_ZOOMED] =
    g_signal_new ("zoomed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_diary_grid_class_init (WattleDiaryGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wattle_diary_grid_dispose;
  object_class->finalize = wattle_diary_grid_finalize;
  widget_class->snapshot = wattle_grid_snapshot;
  widget_class->measure = wattle_diary_grid_measure;
  widget_class->size_allocate = wattle_diary_grid_size_allocate;
  widget_class->css_changed = wattle_diary_grid_css_changed;
  widget_class->focus = wattle_grid_focus;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (widget_class, "diary");
  install_signals (WATTLE_TYPE_DIARY_GRID);
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
  wattle_grid_add_pointer (self);
  wattle_grid_add_keys (self);
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
  WattleVisitBox *focused = wattle_grid_focused_box (self);
  g_autofree char *focused_id = focused != NULL ? g_strdup (wattle_visit_box_box (focused)->visit->id) : NULL;
  GPtrArray *boxes = match_boxes (self, diary);

  g_ptr_array_unref (self->boxes);
  self->boxes = boxes;
  self->slot_minutes = CLAMP (slot_minutes, WATTLE_GRID_SNAP, 60);
  self->may_book = may_book;
  wattle_diary_ref (diary);
  g_clear_pointer (&self->diary, wattle_diary_unref);
  self->diary = diary;
  if (focused_id != NULL
      && (g_strcmp0 (wattle_visit_box_box (focused)->visit->id, focused_id) != 0
          || g_ptr_array_find (self->pool, focused, NULL)))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  hide_pool (self);
  if (!wattle_grid_is_empty (self))
    {
      self->cursor_lane = MIN (self->cursor_lane, wattle_grid_n_lanes (self) - 1);
      self->ghost.lane = MIN (self->ghost.lane, wattle_grid_n_lanes (self) - 1);
      if (self->ghost.mode != WATTLE_GHOST_NONE)
        {
          wattle_grid_dim_held (self, self->ghost.id);
          wattle_grid_update_ghost (self);
        }
    }
  else
    wattle_grid_drop_ghost (self);
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
  g_signal_emit (self, wattle_grid_signals[WATTLE_GRID_ZOOMED], 0);
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
  WattleVisitBox *box = wattle_grid_focused_box (self);

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

  wattle_grid_select_at (self, what->lane, (int) what->place.start);
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
  wattle_grid_take_ghost (self, WATTLE_GHOST_MOVE, wattle_visit_box_box (WATTLE_VISIT_BOX (box)), TRUE);
}
