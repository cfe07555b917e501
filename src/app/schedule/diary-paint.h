/* diary-paint.h: colours and strokes that the drawn parts of the diary share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WattleDiaryTheme:
 * @text: the colour of text
 * @base: what is drawn upon
 * @accent: the accent as a background
 * @accent_text: the accent as a text
 * @success: what has arrived
 * @error: what cannot be
 * @dark: whether text is lighter than @base
 *
 * The colours of the theme as they are for a widget now.
 */
typedef struct
{
  GdkRGBA text;
  GdkRGBA base;
  GdkRGBA accent;
  GdkRGBA accent_text;
  GdkRGBA success;
  GdkRGBA error;
  gboolean dark;
} WattleDiaryTheme;

void     wattle_diary_theme_read   (WattleDiaryTheme      *self,
                                    GtkWidget             *widget);
GdkRGBA  wattle_diary_fade         (const GdkRGBA         *colour,
                                    float                  alpha);
GdkRGBA  wattle_diary_mix          (const GdkRGBA         *colour,
                                    const GdkRGBA         *base,
                                    float                  share);
void     wattle_diary_draw_rect    (GtkSnapshot           *snapshot,
                                    const GdkRGBA         *colour,
                                    float                  x,
                                    float                  y,
                                    float                  width,
                                    float                  height);
void     wattle_diary_draw_hatch   (GtkSnapshot           *snapshot,
                                    const GdkRGBA         *colour,
                                    const graphene_rect_t *area);
void     wattle_diary_draw_icon    (GtkSnapshot           *snapshot,
                                    GtkWidget             *widget,
                                    const char            *name,
                                    const GdkRGBA         *colour,
                                    float                  x,
                                    float                  y,
                                    int                    size);
void     wattle_diary_draw_layout  (GtkSnapshot           *snapshot,
                                    PangoLayout           *layout,
                                    const GdkRGBA         *colour,
                                    float                  x,
                                    float                  y);
PangoLayout *wattle_diary_layout   (GtkWidget             *widget,
                                    const char            *text,
                                    double                 scale,
                                    gboolean               bold,
                                    int                    width);
int      wattle_diary_line_height  (GtkWidget             *widget);
gboolean wattle_diary_is_mirrored (GtkWidget *widget);
float wattle_diary_place_x (GtkWidget *widget, float start, float width);
void wattle_diary_lane_bounds (GtkWidget *widget, guint lane, guint n_lanes, float *left, float *right);
guint wattle_diary_lane_at (GtkWidget *widget, double x, guint n_lanes);
void
wattle_diary_draw_border (GtkSnapshot *snapshot, GtkWidget *widget, const GdkRGBA *colour, guint lane, guint n_lanes);

G_END_DECLS
