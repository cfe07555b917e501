/* page.c: drawing text and rules on the pages of a PDF
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "documents/page.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"

/* So many texts are kept laid out: a letterhead, the labels and two long pages. */
#define KEPT_TEXTS 400
#define MAX_TOGETHER 256

/* What a thread keeps between documents. Most of a page is on every page: labels, letterhead, names of services, and
 * what was measured is drawn next. */
typedef struct
{
  PangoContext *context;
  PangoAttrList *attributes;
  GHashTable *texts; /* Text to itself */
} Shop;

/* Letters of one font; they stand relative to the top left corner of the text. */
typedef struct
{
  cairo_scaled_font_t *font;
  cairo_glyph_t *glyphs;
  int n_glyphs;
} Run;

typedef struct
{
  WattleTextStyle style;
  WattleTextAlign align; /* of the lines between themselves */
  int limit;             /* where lines break, in Pango units; -1 for nowhere */
  char *string;
  double width;
  double height;
  GArray *runs;        /* of Run */
  PangoLayout *layout; /* (nullable): for scripts that are more than letters side by side */
} Text;

struct _WattlePages
{
  const WattlePagesInfo *info;
  cairo_t *cr;
  Shop *shop;
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

static guint
text_hash (gconstpointer data)
{
  const Text *text = data;

  return g_str_hash (text->string) * 31 + text->limit + text->style * 7 + text->align;
}

static gboolean
text_equal (gconstpointer a, gconstpointer b)
{
  const Text *x = a, *y = b;

  return x->style == y->style && x->align == y->align && x->limit == y->limit && strcmp (x->string, y->string) == 0;
}

static void
run_clear (gpointer data)
{
  Run *self = data;

  cairo_scaled_font_destroy (self->font);
  g_free (self->glyphs);
}

static void
text_free (gpointer data)
{
  Text *self = data;

  g_clear_object (&self->layout);
  g_array_unref (self->runs);
  g_free (self->string);
  g_free (self);
}

static void
shop_free (gpointer data)
{
  Shop *self = data;

  g_hash_table_unref (self->texts);
  pango_attr_list_unref (self->attributes);
  g_object_unref (self->context);
  g_free (self);
}

/* Paper has no pixels: letters stand where the font says, not on a grid. Ligatures would put a font more into the
 * file, and what is searched for in it would not be found. */
static Shop *
shop_open (void)
{
  static GPrivate of_thread = G_PRIVATE_INIT (shop_free);
  Shop *self = g_private_get (&of_thread);
  cairo_font_options_t *options;

  if (self != NULL)
    return self;
  self = g_new0 (Shop, 1);
  self->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  options = cairo_font_options_create ();
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  pango_cairo_context_set_font_options (self->context, options);
  cairo_font_options_destroy (options);
  pango_context_set_round_glyph_positions (self->context, FALSE);
  self->attributes = pango_attr_list_new ();
  pango_attr_list_insert (self->attributes, pango_attr_font_features_new ("liga=0"));
  self->texts = g_hash_table_new_full (text_hash, text_equal, NULL, text_free);
  g_private_set (&of_thread, self);
  return self;
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
  WattlePages pages = { .info = info, .cr = cr, .shop = shop_open (), .number = 1, .total = total };
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
  draw (&pages, data);
  cairo_show_page (cr);
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

static PangoLayout *
make_layout (Shop *self, const Text *text)
{
  static const PangoAlignment alignments[] = { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT };
  PangoLayout *layout = pango_layout_new (self->context);

  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_attributes (layout, self->attributes);
  pango_layout_set_font_description (layout, font_of (text->style));
  pango_layout_set_width (layout, text->limit);
  pango_layout_set_alignment (layout, alignments[text->align]);
  pango_layout_set_text (layout, text->string, -1);
  return layout;
}

/* One glyph a letter, from left to right: then a reader of the file knows the text by the font alone. */
static gboolean
is_plain (const char *string)
{
  for (const char *at = string; *at != '\0'; at = g_utf8_next_char (at))
    if (g_utf8_get_char (at) >= 0x0300)
      return FALSE;
  return TRUE;
}

static gboolean
add_run (GArray *runs, PangoLayoutIter *iter, PangoLayoutRun *run)
{
  Run made = { NULL, g_new (cairo_glyph_t, run->glyphs->num_glyphs), 0 };
  PangoRectangle place;
  int x, baseline = pango_layout_iter_get_baseline (iter);

  pango_layout_iter_get_run_extents (iter, NULL, &place);
  x = place.x;
  made.font =
    cairo_scaled_font_reference (pango_cairo_font_get_scaled_font (PANGO_CAIRO_FONT (run->item->analysis.font)));
  for (int i = 0; i < run->glyphs->num_glyphs; i++)
    {
      const PangoGlyphInfo *glyph = &run->glyphs->glyphs[i];

      if (glyph->glyph & PANGO_GLYPH_UNKNOWN_FLAG)
        break;
      if (glyph->glyph != PANGO_GLYPH_EMPTY)
        made.glyphs[made.n_glyphs++] =
          (cairo_glyph_t){ glyph->glyph, (double) (x + glyph->geometry.x_offset) / PANGO_SCALE,
                           (double) (baseline + glyph->geometry.y_offset) / PANGO_SCALE };
      x += glyph->geometry.width;
    }
  g_array_append_val (runs, made);
  return x == place.x + place.width;
}

/* Takes the letters of a plain text out of its layout. */
static void
set_glyphs (Text *self)
{
  PangoLayoutIter *iter;
  gboolean all = is_plain (self->string);

  if (!all)
    return;
  iter = pango_layout_get_iter (self->layout);
  do
    {
      PangoLayoutRun *run = pango_layout_iter_get_run_readonly (iter);

      all = run == NULL || add_run (self->runs, iter, run);
    }
  while (all && pango_layout_iter_next_run (iter));
  pango_layout_iter_free (iter);
  if (all)
    g_clear_object (&self->layout);
  else
    g_array_set_size (self->runs, 0);
}

static Text *
keep (Shop *self, const Text *wanted)
{
  Text *text = g_memdup2 (wanted, sizeof *wanted);
  int width, height;

  if (g_hash_table_size (self->texts) >= KEPT_TEXTS)
    g_hash_table_remove_all (self->texts);
  text->string = g_strdup (wanted->string);
  text->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  g_array_set_clear_func (text->runs, run_clear);
  text->layout = make_layout (self, text);
  pango_layout_get_size (text->layout, &width, &height);
  text->width = (double) width / PANGO_SCALE;
  text->height = (double) height / PANGO_SCALE;
  set_glyphs (text);
  g_hash_table_add (self->texts, text);
  return text;
}

/* Owned by the thread; good until the next one is asked for. A line that fits is laid out once for every column. */
static const Text *
lay_out (WattlePages *self, WattleTextStyle style, double width, WattleTextAlign align, const char *string)
{
  Text wanted = { style, WATTLE_ALIGN_START, -1, (char *) string };
  gboolean one_line = strchr (string, '\n') == NULL && is_plain (string);
  const Text *text = NULL;

  if (one_line)
    {
      text = g_hash_table_lookup (self->shop->texts, &wanted);
      if (text == NULL)
        text = keep (self->shop, &wanted);
    }
  if (text != NULL && (width <= 0 || text->width <= width))
    return text;
  wanted.align = align;
  wanted.limit = width > 0 ? (int) (width * PANGO_SCALE) : -1;
  text = g_hash_table_lookup (self->shop->texts, &wanted);
  return text != NULL ? text : keep (self->shop, &wanted);
}

static void
show_run (WattlePages *self, const Run *run, double x, double y)
{
  cairo_glyph_t *glyphs = g_newa (cairo_glyph_t, MAX_TOGETHER);

  cairo_set_scaled_font (self->cr, run->font);
  for (int from = 0; from < run->n_glyphs; from += MAX_TOGETHER)
    {
      int n = MIN (MAX_TOGETHER, run->n_glyphs - from);

      for (int i = 0; i < n; i++)
        glyphs[i] =
          (cairo_glyph_t){ run->glyphs[from + i].index, run->glyphs[from + i].x + x, run->glyphs[from + i].y + y };
      cairo_show_glyphs (self->cr, glyphs, n);
    }
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
  const Text *laid_out;

  if (text == NULL || *text == '\0')
    return 0;
  laid_out = lay_out (self, style, width, align, text);
  cairo_set_source_rgb (self->cr, styles[style].grey, styles[style].grey, styles[style].grey);
  /* The lines of a text with a limit are aligned between themselves already. */
  if (laid_out->limit < 0 && width > 0)
    x += (width - laid_out->width) * align / WATTLE_ALIGN_END;
  if (laid_out->layout == NULL)
    for (guint i = 0; i < laid_out->runs->len; i++)
      show_run (self, &g_array_index (laid_out->runs, Run, i), x, y);
  else
    {
      cairo_move_to (self->cr, x, y);
      pango_cairo_show_layout (self->cr, laid_out->layout);
    }
  return laid_out->height;
}

double
wattle_pages_measure (WattlePages *self, WattleTextStyle style, double width, const char *text)
{
  return text != NULL && *text != '\0' ? lay_out (self, style, width, WATTLE_ALIGN_START, text)->height : 0;
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
