/* page.c: drawing text and rules on the pages of a PDF
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "documents/page.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "base/civil.h"
#include "base/error.h"

struct _WattlePages
{
  const WattlePagesInfo *info;
  cairo_t *cr;
  PangoLayout *layout;
  guint number;
  guint total;
};

typedef struct
{
  const char *font;
  double grey;
} Style;

/* Any script in a name finds a font behind the first. */
static const Style styles[WATTLE_N_STYLES] = {
  [WATTLE_STYLE_TITLE] = { "Cantarell, Noto Sans, DejaVu Sans, Sans Bold 19", 0.13 },
  [WATTLE_STYLE_NAME] = { "Cantarell, Noto Sans, DejaVu Sans, Sans Bold 13", 0.13 },
  [WATTLE_STYLE_HEADING] = { "Cantarell, Noto Sans, DejaVu Sans, Sans Bold 10.5", 0.13 },
  [WATTLE_STYLE_STRONG] = { "Cantarell, Noto Sans, DejaVu Sans, Sans Bold 9.5", 0.13 },
  [WATTLE_STYLE_BODY] = { "Cantarell, Noto Sans, DejaVu Sans, Sans 9.5", 0.13 },
  [WATTLE_STYLE_SMALL] = { "Cantarell, Noto Sans, DejaVu Sans, Sans 8", 0.35 },
  [WATTLE_STYLE_LABEL] = { "Cantarell, Noto Sans, DejaVu Sans, Sans 8", 0.42 },
};

static gpointer
load_fonts (gpointer data)
{
  static PangoFontDescription *fonts[WATTLE_N_STYLES];

  for (guint i = 0; i < WATTLE_N_STYLES; i++)
    fonts[i] = pango_font_description_from_string (styles[i].font);
  return fonts;
}

static const PangoFontDescription *
font_of (WattleTextStyle style)
{
  static GOnce once = G_ONCE_INIT;
  PangoFontDescription *const *fonts = g_once (&once, load_fonts, NULL);
  return fonts[style];
}

static cairo_status_t
collect (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* Draws the document once. total is what "of N" says. */
static GBytes *
print_once (
  const WattlePagesInfo *info, WattleDrawFunc draw, gconstpointer data, guint total, guint *n_pages, GError **error)
{
  GByteArray *bytes = g_byte_array_sized_new (48 * 1024);
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (collect, bytes, info->width, info->height);
  cairo_t *cr = cairo_create (surface);
  WattlePages pages = { .info = info, .cr = cr, .number = 1, .total = total };
  char date[WATTLE_DATE_SIZE];
  g_autofree char *stamp = NULL;
  cairo_status_t status;

  wattle_date_print (info->date, date);
  stamp = g_strconcat (date, "T00:00:00Z", NULL);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, info->title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_AUTHOR, info->author);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Wattle");
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, stamp);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_MOD_DATE, stamp);
  pages.layout = pango_cairo_create_layout (cr);
  pango_layout_set_wrap (pages.layout, PANGO_WRAP_WORD_CHAR);
  draw (&pages, data);
  cairo_show_page (cr);
  g_object_unref (pages.layout);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  *n_pages = pages.number;
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_byte_array_unref (bytes);
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, "The PDF could not be made: %s.",
                              cairo_status_to_string (status));
      return NULL;
    }
  return g_byte_array_free_to_bytes (bytes);
}

/**
 * wattle_pages_print:
 * @info: the paper and the document's properties
 * @draw: draws the pages
 * @data: for @draw
 * @error: %WATTLE_ERROR_FAILED
 *
 * May run on any thread.
 *
 * Returns: (transfer full) (nullable): a PDF
 */
GBytes *
wattle_pages_print (const WattlePagesInfo *info, WattleDrawFunc draw, gconstpointer data, GError **error)
{
  guint n_pages;
  g_autoptr (GBytes) first = print_once (info, draw, data, 1, &n_pages, error);

  if (first == NULL || n_pages == 1)
    return g_steal_pointer (&first);
  return print_once (info, draw, data, n_pages, &n_pages, error);
}

double
wattle_pages_left (WattlePages *self)
{
  return self->info->margin;
}

double
wattle_pages_right (WattlePages *self)
{
  return self->info->width - self->info->margin;
}

double
wattle_pages_top (WattlePages *self)
{
  return self->info->margin;
}

/**
 * wattle_pages_bottom:
 * @self: the pages
 *
 * Returns: where contents end, above the footer
 */
double
wattle_pages_bottom (WattlePages *self)
{
  return self->info->height - self->info->margin - 22;
}

guint
wattle_pages_number (WattlePages *self)
{
  return self->number;
}

guint
wattle_pages_total (WattlePages *self)
{
  return self->total;
}

void
wattle_pages_next (WattlePages *self)
{
  cairo_show_page (self->cr);
  self->number++;
}

static double
lay_out (WattlePages *self, WattleTextStyle style, double width, const char *text)
{
  int height;

  pango_layout_set_font_description (self->layout, font_of (style));
  pango_layout_set_width (self->layout, width > 0 ? (int) (width * PANGO_SCALE) : -1);
  pango_layout_set_text (self->layout, text, -1);
  pango_layout_get_size (self->layout, NULL, &height);
  return (double) height / PANGO_SCALE;
}

/**
 * wattle_pages_text:
 * @self: the pages
 * @style: how it looks
 * @x: left edge, in points
 * @y: top edge, in points
 * @width: of the column, in points; longer text wraps
 * @align: within the column
 * @text: (nullable): UTF-8 text
 *
 * Returns: the height drawn, in points; 0 for no text
 */
double
wattle_pages_text (
  WattlePages *self, WattleTextStyle style, double x, double y, double width, WattleTextAlign align, const char *text)
{
  static const PangoAlignment alignments[] = { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT };
  double height;

  if (text == NULL || *text == '\0')
    return 0;
  pango_layout_set_alignment (self->layout, alignments[align]);
  height = lay_out (self, style, width, text);
  cairo_set_source_rgb (self->cr, styles[style].grey, styles[style].grey, styles[style].grey);
  cairo_move_to (self->cr, x, y);
  pango_cairo_show_layout (self->cr, self->layout);
  return height;
}

double
wattle_pages_measure (WattlePages *self, WattleTextStyle style, double width, const char *text)
{
  return text != NULL && *text != '\0' ? lay_out (self, style, width, text) : 0;
}

void
wattle_pages_rule (WattlePages *self, double x1, double x2, double y, double thickness)
{
  cairo_set_source_rgb (self->cr, 0.72, 0.75, 0.74);
  cairo_set_line_width (self->cr, thickness);
  cairo_move_to (self->cr, x1, y);
  cairo_line_to (self->cr, x2, y);
  cairo_stroke (self->cr);
}

/**
 * wattle_pages_box:
 * @self: the pages
 * @x: left edge
 * @y: top edge
 * @width: in points
 * @height: in points
 *
 * Fills a quiet panel behind what is drawn next.
 */
void
wattle_pages_box (WattlePages *self, double x, double y, double width, double height)
{
  cairo_set_source_rgb (self->cr, 0.945, 0.96, 0.95);
  cairo_rectangle (self->cr, x, y, width, height);
  cairo_fill (self->cr);
}
