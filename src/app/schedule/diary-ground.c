/* diary-ground.c: draws hours, closed times, holidays, the line of now and the ghost of the diary
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-grid-private.h"

#include "app/schedule/diary-paint.h"
#include "base/civil.h"

static void
draw_lane_ground (WattleDiaryGrid *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, guint lane)
{
  const GdkRGBA shade = wattle_diary_fade (&theme->text, theme->dark ? 0.075f : 0.055f);
  const GdkRGBA hatch = wattle_diary_fade (&theme->text, 0.12f);
  const GArray *closed = g_ptr_array_index (self->diary->closed, lane);
  guint day = wattle_grid_day_of (self, lane);
  float left, right;
  int from, to;

  wattle_grid_lane_bounds (self, lane, &left, &right);
  for (guint i = 0; i < closed->len; i++)
    {
      const WattleSpan *span = &g_array_index (closed, WattleSpan, i);
      double top = wattle_diary_grid_y_of (self, wattle_diary_axis_position (&self->diary->axis, day, span->start));
      double bottom = wattle_diary_grid_y_of (self, wattle_diary_axis_position (&self->diary->axis, day, span->end));

      wattle_diary_draw_rect (snapshot, &shade, left, top, right - left, bottom - top);
    }
  if (wattle_diary_axis_missing (&self->diary->axis, day, &from, &to))
    wattle_diary_draw_hatch (
      snapshot, &hatch,
      &GRAPHENE_RECT_INIT (left, wattle_diary_grid_y_of (self, from), right - left,
                           wattle_diary_grid_y_of (self, to) - wattle_diary_grid_y_of (self, from)));
}

static void
draw_holiday (
  WattleDiaryGrid *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, guint day, float left, float width)
{
  const GdkRGBA tint = wattle_diary_fade (&(GdkRGBA){ 0.9f, 0.38f, 0, 1 }, theme->dark ? 0.1f : 0.07f);
  double top;

  if (self->diary->holiday_from[day] < 0)
    return;
  top = wattle_diary_grid_y_of (self, wattle_diary_axis_of_wall (&self->diary->axis, self->diary->holiday_from[day]));
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

  for (int position = 15; position < self->diary->axis.length; position += 15)
    {
      int minute = wattle_diary_axis_wall (&self->diary->axis, position);

      if (minute % 30 == 0)
        wattle_diary_draw_rect (snapshot, minute % 60 == 0 ? &hour : &half, 0, wattle_diary_grid_y_of (self, position),
                                width, 1);
    }
  for (guint lane = 0; lane < wattle_grid_n_lanes (self); lane++)
    wattle_diary_draw_border (snapshot, GTK_WIDGET (self), lane % self->diary->people->len == 0 ? &edge : &between,
                              lane, wattle_grid_n_lanes (self));
}

static void
draw_now (WattleDiaryGrid *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, float alpha)
{
  const GdkRGBA ink = wattle_diary_fade (&theme->error, alpha);
  int day = wattle_diary_axis_find_day (&self->diary->axis, self->now);
  float left, right;
  double y;
  GskRoundedRect dot;

  if (day < 0)
    return;
  y = wattle_diary_grid_y_of (self, wattle_diary_axis_position (&self->diary->axis, (guint) day, self->now));
  wattle_diary_lane_bounds (GTK_WIDGET (self), (guint) day, self->diary->axis.n_days, &left, &right);
  wattle_diary_draw_rect (snapshot, &ink, left, y - 1, right - left, 2);
  if (alpha == 1)
    return;
  if (wattle_diary_is_mirrored (GTK_WIDGET (self)))
    left = right - 10;
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

  if (self->cursor_at < 0 || !gtk_widget_has_visible_focus (GTK_WIDGET (self)) || self->ghost.mode != WATTLE_GHOST_NONE)
    return;
  wattle_grid_lane_bounds (self, self->cursor_lane, &left, &right);
  top = wattle_diary_grid_y_of (self, self->cursor_at);
  bottom = wattle_diary_grid_y_of (self, MIN (self->cursor_at + self->slot_minutes, self->diary->axis.length));
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (left + 1, top, right - left - 1, bottom - top + 1),
                                   4);
  gtk_snapshot_append_border (
    snapshot, &outline, (float[4]){ 2, 2, 2, 2 },
    (GdkRGBA[4]){ theme->accent_text, theme->accent_text, theme->accent_text, theme->accent_text });
}

static void
draw_ghost (WattleDiaryGrid *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme)
{
  const WattleGhost *ghost = &self->ghost;
  const GdkRGBA *ink = ghost->possible && !ghost->taken ? &theme->accent : &theme->error;
  const GdkRGBA ground = wattle_diary_mix (ink, &theme->base, 0.3f);
  g_autofree char *label = NULL;
  g_autoptr (PangoLayout) times = NULL;
  float left, right;
  double top, bottom;
  GskRoundedRect outline;

  if (ghost->mode == WATTLE_GHOST_NONE)
    return;
  wattle_grid_lane_bounds (self, ghost->lane, &left, &right);
  top = wattle_diary_grid_y_of (self, ghost->from);
  bottom = MAX (wattle_diary_grid_y_of (self, ghost->to), top + wattle_diary_line_height (GTK_WIDGET (self)));
  gsk_rounded_rect_init_from_rect (
    &outline, &GRAPHENE_RECT_INIT (left + WATTLE_GRID_GAP, top, right - left - 2 * WATTLE_GRID_GAP, bottom - top), 6);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &ground, &outline.bounds);
  label = wattle_grid_label_ghost (self);
  times = wattle_diary_layout (GTK_WIDGET (self), label, 0.9, TRUE, MAX ((int) (right - left) - 16, 1));
  wattle_diary_draw_layout (snapshot, times, &theme->text, left + 8, top + 2);
  if (ghost->who != NULL)
    {
      g_autoptr (PangoLayout) who =
        wattle_diary_layout (GTK_WIDGET (self), ghost->who, 0.9, FALSE, MAX ((int) (right - left) - 16, 1));

      wattle_diary_draw_layout (snapshot, who, &theme->text, left + 8,
                                top + 2 + wattle_diary_line_height (GTK_WIDGET (self)));
    }
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 2, 2, 2, 2 }, (GdkRGBA[4]){ *ink, *ink, *ink, *ink });
}

/**
 * wattle_grid_snapshot:
 * @widget: the grid
 * @snapshot: what is drawn into
 *
 * The ground, the visits, and the ghost above them.
 */
void
wattle_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WattleDiaryGrid *self = WATTLE_DIARY_GRID (widget);
  int width = gtk_widget_get_width (widget);
  WattleDiaryTheme theme;

  if (wattle_grid_is_empty (self))
    return;
  wattle_diary_theme_read (&theme, widget);
  wattle_diary_draw_rect (snapshot, &theme.base, 0, 0, width, gtk_widget_get_height (widget));
  for (guint lane = 0; lane < wattle_grid_n_lanes (self); lane++)
    draw_lane_ground (self, snapshot, &theme, lane);
  for (guint day = 0; day < self->diary->axis.n_days; day++)
    {
      float left, right;

      wattle_diary_lane_bounds (widget, day, self->diary->axis.n_days, &left, &right);
      draw_holiday (self, snapshot, &theme, day, left, right - left);
    }
  draw_lines (self, snapshot, &theme);
  draw_cursor (self, snapshot, &theme);
  draw_now (self, snapshot, &theme, 1);
  for (guint i = 0; i < self->boxes->len; i++)
    gtk_widget_snapshot_child (widget, g_ptr_array_index (self->boxes, i), snapshot);
  draw_now (self, snapshot, &theme, 0.3f);
  draw_ghost (self, snapshot, &theme);
}
