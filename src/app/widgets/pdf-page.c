/* pdf-page.c: one page of a PDF, drawn off the main thread when it comes into sight
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/pdf-page.h"

#include <glib/gi18n-lib.h>
#include <poppler.h>

/* Pixels a point at 100 %: a screen of 96 dots an inch. */
#define PIXELS (96.0 / 72.0)

/* No page is drawn larger than this, however far one zooms into however large a sheet. */
#define MAX_PIXELS 8000

struct _WattlePdfPage
{
  GObject parent;
  GBytes *pdf;
  int number;
  double width;
  double height;
  double zoom;
  int scale_factor;
  char *description;
  GdkPaintable *empty;
  GdkTexture *texture;
  GCancellable *drawing;
};

enum
{
  PROP_0,
  PROP_PAINTABLE,
  PROP_DESCRIPTION,
  PROP_WIDTH,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WattlePdfPage, wattle_pdf_page, G_TYPE_OBJECT)

typedef struct
{
  GBytes *pdf;
  int number;
  double scale;
} Drawing;

static void
drawing_free (gpointer data)
{
  Drawing *self = data;

  g_bytes_unref (self->pdf);
  g_free (self);
}

static GdkTexture *
texture_from_surface (cairo_surface_t *surface)
{
  int height = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  g_autoptr (GBytes) pixels
    = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), (gsize) stride * height,
                                  (GDestroyNotify) cairo_surface_destroy, cairo_surface_reference (surface));

  return gdk_memory_texture_new (cairo_image_surface_get_width (surface), height, GDK_MEMORY_DEFAULT, pixels, stride);
}

static GdkTexture *
draw_page (PopplerPage *page, double scale)
{
  GdkTexture *texture;
  cairo_surface_t *surface;
  cairo_t *cr;
  double width;
  double height;

  poppler_page_get_size (page, &width, &height);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, CLAMP (width * scale, 1, MAX_PIXELS),
                                        CLAMP (height * scale, 1, MAX_PIXELS));
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_scale (cr, scale, scale);
  poppler_page_render (page, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  texture = texture_from_surface (surface);
  cairo_surface_destroy (surface);
  return texture;
}

static void
draw (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Drawing *drawing = data;
  g_autoptr (GError) error = NULL;
  PopplerDocument *document;
  PopplerPage *page;

  if (g_task_return_error_if_cancelled (task))
    return;
  document = poppler_document_new_from_bytes (drawing->pdf, NULL, &error);
  page = document != NULL ? poppler_document_get_page (document, drawing->number) : NULL;
  if (page != NULL)
    g_task_return_pointer (task, draw_page (page, drawing->scale), g_object_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s", _("This page cannot be drawn."));
  g_clear_object (&page);
  g_clear_object (&document);
}

static void
drawn_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  WattlePdfPage *self = WATTLE_PDF_PAGE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->drawing)
    return;
  g_clear_object (&self->drawing);
  if (texture == NULL)
    return;
  g_set_object (&self->texture, texture);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAINTABLE]);
}

static void
begin_drawing (WattlePdfPage *self)
{
  Drawing *drawing;
  g_autoptr (GTask) task = NULL;

  if (self->drawing != NULL)
    return;
  self->drawing = g_cancellable_new ();
  drawing = g_new0 (Drawing, 1);
  drawing->pdf = g_bytes_ref (self->pdf);
  drawing->number = self->number;
  drawing->scale = MIN (self->zoom * PIXELS * self->scale_factor, MAX_PIXELS / MAX (self->width, self->height));
  task = g_task_new (self, self->drawing, drawn_cb, NULL);
  g_task_set_task_data (task, drawing, drawing_free);
  g_task_run_in_thread (task, draw);
}

static void
stop_drawing (WattlePdfPage *self)
{
  g_cancellable_cancel (self->drawing);
  g_clear_object (&self->drawing);
}

static void
wattle_pdf_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WattlePdfPage *self = WATTLE_PDF_PAGE (object);

  if (id == PROP_DESCRIPTION)
    g_value_set_string (value, self->description);
  else if (id == PROP_WIDTH)
    g_value_set_int (value, self->zoom * self->width * PIXELS);
  else if (self->texture != NULL)
    g_value_set_object (value, self->texture);
  else
    {
      g_value_set_object (value, self->empty);
      begin_drawing (self);
    }
}

static void
wattle_pdf_page_dispose (GObject *object)
{
  WattlePdfPage *self = WATTLE_PDF_PAGE (object);

  stop_drawing (self);
  g_clear_object (&self->texture);
  g_clear_object (&self->empty);
  g_clear_pointer (&self->pdf, g_bytes_unref);
  G_OBJECT_CLASS (wattle_pdf_page_parent_class)->dispose (object);
}

static void
wattle_pdf_page_finalize (GObject *object)
{
  g_free (WATTLE_PDF_PAGE (object)->description);
  G_OBJECT_CLASS (wattle_pdf_page_parent_class)->finalize (object);
}

static void
wattle_pdf_page_class_init (WattlePdfPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wattle_pdf_page_get_property;
  object_class->dispose = wattle_pdf_page_dispose;
  object_class->finalize = wattle_pdf_page_finalize;
  properties[PROP_PAINTABLE] = g_param_spec_object ("paintable", NULL, NULL, GDK_TYPE_PAINTABLE, flags);
  properties[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL, flags);
  properties[PROP_WIDTH] = g_param_spec_int ("width", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wattle_pdf_page_init (WattlePdfPage *self)
{
  self->zoom = 1;
  self->scale_factor = 1;
}

/**
 * wattle_pdf_page_new:
 * @pdf: the document
 * @number: which page, from 0
 * @n_pages: how many there are
 * @width: in points
 * @height: in points
 * @text: (nullable): what stands on it
 *
 * Returns: (transfer full): the page, not drawn yet
 */
WattlePdfPage *
wattle_pdf_page_new (GBytes *pdf, int number, int n_pages, double width, double height, const char *text)
{
  WattlePdfPage *self = g_object_new (WATTLE_TYPE_PDF_PAGE, NULL);
  g_autofree char *page = g_strdup_printf (_("Page %d of %d"), number + 1, n_pages);

  self->pdf = g_bytes_ref (pdf);
  self->number = number;
  self->width = width;
  self->height = height;
  self->description = text != NULL && *text != '\0' ? g_strdup_printf ("%s: %s", page, text) : g_strdup (page);
  self->empty = gdk_paintable_new_empty (width * PIXELS, height * PIXELS);
  return self;
}

/**
 * wattle_pdf_page_set_zoom:
 * @self: a page
 * @zoom: 1 for its size on paper
 * @scale_factor: of the screen
 */
void
wattle_pdf_page_set_zoom (WattlePdfPage *self, double zoom, int scale_factor)
{
  if (self->zoom == zoom && self->scale_factor == scale_factor)
    return;
  self->zoom = zoom;
  self->scale_factor = scale_factor;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WIDTH]);
  stop_drawing (self);
  if (self->texture != NULL)
    begin_drawing (self);
}

/**
 * wattle_pdf_page_forget:
 * @self: a page out of sight
 *
 * Lets go of its picture, which is drawn again when it is seen.
 */
void
wattle_pdf_page_forget (WattlePdfPage *self)
{
  stop_drawing (self);
  g_clear_object (&self->texture);
}

/**
 * wattle_pdf_page_is_drawn:
 * @self: a page
 *
 * Returns: whether it has its picture
 */
gboolean
wattle_pdf_page_is_drawn (WattlePdfPage *self)
{
  return self->texture != NULL;
}
