/* diary-paint.c: colours and strokes that the drawn parts of the diary share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-paint.h"

#include <math.h>

/* Width of a stripe and of the gap behind it. */
#define HATCH 8

static void
look_up (GtkStyleContext *style, const char *name, const char *otherwise, GdkRGBA *colour)
{
  if (!gtk_style_context_lookup_color (style, name, colour))
    gdk_rgba_parse (colour, otherwise);
}

static float
lightness (const GdkRGBA *colour)
{
  return 0.299f * colour->red + 0.587f * colour->green + 0.114f * colour->blue;
}

/**
 * wattle_diary_theme_read:
 * @self: (out): the colours
 * @widget: what is drawn
 */
void
wattle_diary_theme_read (WattleDiaryTheme *self, GtkWidget *widget)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  gtk_style_context_get_color (style, &self->text);
  look_up (style, "view_bg_color", "#ffffff", &self->base);
  look_up (style, "accent_bg_color", "#3584e4", &self->accent);
  look_up (style, "accent_color", "#1c71d8", &self->accent_text);
  look_up (style, "success_color", "#26a269", &self->success);
  look_up (style, "error_color", "#c01c28", &self->error);
  self->dark = lightness (&self->text) > lightness (&self->base);
}

/**
 * wattle_diary_fade:
 * @colour: a colour
 * @alpha: how much of it, 0 to 1
 *
 * Returns: the colour, seen through
 */
GdkRGBA
wattle_diary_fade (const GdkRGBA *colour, float alpha)
{
  return (GdkRGBA){ colour->red, colour->green, colour->blue, colour->alpha * alpha };
}

/**
 * wattle_diary_mix:
 * @colour: a colour
 * @base: what it lies on
 * @share: how much of @colour, 0 to 1
 *
 * Returns: an opaque colour between them
 */
GdkRGBA
wattle_diary_mix (const GdkRGBA *colour, const GdkRGBA *base, float share)
{
  return (GdkRGBA){ colour->red * share + base->red * (1 - share), colour->green * share + base->green * (1 - share),
                    colour->blue * share + base->blue * (1 - share), 1 };
}

void
wattle_diary_draw_rect (GtkSnapshot *snapshot, const GdkRGBA *colour, float x, float y, float width, float height)
{
  if (width > 0 && height > 0)
    gtk_snapshot_append_color (snapshot, colour, &GRAPHENE_RECT_INIT (x, y, width, height));
}

/**
 * wattle_diary_draw_hatch:
 * @snapshot: what is drawn to
 * @colour: of the stripes
 * @area: where
 *
 * Slanting stripes, for what is not there or not certain yet.
 */
void
wattle_diary_draw_hatch (GtkSnapshot *snapshot, const GdkRGBA *colour, const graphene_rect_t *area)
{
  const GdkRGBA nothing = wattle_diary_fade (colour, 0);
  const GskColorStop stops[] = { { 0, *colour }, { 0.5, *colour }, { 0.5, nothing }, { 1, nothing } };

  gtk_snapshot_append_repeating_linear_gradient (
    snapshot, area, &GRAPHENE_POINT_INIT (area->origin.x, area->origin.y),
    &GRAPHENE_POINT_INIT (area->origin.x + HATCH, area->origin.y + HATCH), stops, G_N_ELEMENTS (stops));
}

/**
 * wattle_diary_draw_icon:
 * @snapshot: what is drawn to
 * @widget: whose theme and scale
 * @name: symbolic icon
 * @colour: its colour
 * @x: left
 * @y: top
 * @size: width and height
 */
void
wattle_diary_draw_icon (GtkSnapshot *snapshot,
                        GtkWidget *widget,
                        const char *name,
                        const GdkRGBA *colour,
                        float x,
                        float y,
                        int size)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  g_autoptr (GtkIconPaintable) icon
    = gtk_icon_theme_lookup_icon (theme, name, NULL, size, gtk_widget_get_scale_factor (widget),
                                  gtk_widget_get_direction (widget), GTK_ICON_LOOKUP_FORCE_SYMBOLIC);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, colour, 1);
  gtk_snapshot_restore (snapshot);
}

void
wattle_diary_draw_layout (GtkSnapshot *snapshot, PangoLayout *layout, const GdkRGBA *colour, float x, float y)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

/**
 * wattle_diary_layout:
 * @widget: whose font
 * @text: a text
 * @scale: size, as a share of the font's
 * @bold: whether it is bold
 * @width: pixels behind which it is cut with an ellipsis, or -1
 *
 * Returns: (transfer full): a layout of one line
 */
PangoLayout *
wattle_diary_layout (GtkWidget *widget, const char *text, double scale, gboolean bold, int width)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attributes = pango_attr_list_new ();
  gboolean mirrored = wattle_diary_is_mirrored (widget);

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  if (bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_auto_dir (layout, mirrored);
  if (width >= 0)
    {
      pango_layout_set_width (layout, MAX (width, 0) * PANGO_SCALE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    }
  /* Pango swaps the sides of a text that is read the other way than the window. */
  if (mirrored)
    pango_layout_set_alignment (layout, pango_layout_get_line_readonly (layout, 0)->resolved_dir == PANGO_DIRECTION_RTL
                                          ? PANGO_ALIGN_RIGHT
                                          : PANGO_ALIGN_LEFT);
  return layout;
}

/**
 * wattle_diary_line_height:
 * @widget: whose font
 *
 * Returns: the height of a line in pixels; it grows with the person's text size
 */
int
wattle_diary_line_height (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int height = pango_font_metrics_get_height (metrics);

  pango_font_metrics_unref (metrics);
  return PANGO_PIXELS_CEIL (height);
}

/**
 * wattle_diary_is_mirrored:
 * @widget: what is drawn
 *
 * Returns: whether it begins at the right, as where the language is read from there
 */
gboolean
wattle_diary_is_mirrored (GtkWidget *widget)
{
  return gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
}

/**
 * wattle_diary_place_x:
 * @widget: what is drawn
 * @start: pixels from the side at which one begins to read
 * @width: of what stands there
 *
 * Returns: pixels between that and the left side
 */
float
wattle_diary_place_x (GtkWidget *widget, float start, float width)
{
  return wattle_diary_is_mirrored (widget) ? gtk_widget_get_width (widget) - start - width : start;
}

/**
 * wattle_diary_lane_bounds:
 * @widget: what is as wide as all lanes
 * @lane: one of them, from the side at which one begins to read
 * @n_lanes: how many
 * @left: (out): its left side, on a whole pixel
 * @right: (out): its right side
 */
void
wattle_diary_lane_bounds (GtkWidget *widget, guint lane, guint n_lanes, float *left, float *right)
{
  double width = gtk_widget_get_width (widget);

  if (wattle_diary_is_mirrored (widget))
    lane = n_lanes - 1 - lane;
  *left = (float) floor (width * lane / n_lanes);
  *right = (float) floor (width * (lane + 1) / n_lanes);
}

/**
 * wattle_diary_lane_at:
 * @widget: what is as wide as all lanes
 * @x: pixels from the left
 * @n_lanes: how many; at least one
 *
 * Returns: the lane there, or the nearest
 */
guint
wattle_diary_lane_at (GtkWidget *widget, double x, guint n_lanes)
{
  int lane = CLAMP ((int) (x * n_lanes / MAX (gtk_widget_get_width (widget), 1)), 0, (int) n_lanes - 1);

  return wattle_diary_is_mirrored (widget) ? n_lanes - 1 - (guint) lane : (guint) lane;
}

/**
 * wattle_diary_draw_border:
 * @snapshot: what is drawn to
 * @widget: what is as wide and high as all lanes
 * @colour: of the line
 * @lane: the lane that begins at it
 * @n_lanes: how many
 */
void
wattle_diary_draw_border (GtkSnapshot *snapshot, GtkWidget *widget, const GdkRGBA *colour, guint lane, guint n_lanes)
{
  float left, right;

  wattle_diary_lane_bounds (widget, lane, n_lanes, &left, &right);
  wattle_diary_draw_rect (snapshot, colour, wattle_diary_is_mirrored (widget) ? right - 1 : left, 0, 1,
                          gtk_widget_get_height (widget));
}
