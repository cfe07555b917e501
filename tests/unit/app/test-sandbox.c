/* test-sandbox.c: pictures and PDFs from elsewhere are drawn in the sandbox, what they are not is refused
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/papers/sandbox.h"

#include <cairo.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <poppler.h>
#include <string.h>

#include "base/error.h"

static gboolean
sandbox_opens (void)
{
  const char *argv[]
    = { "bwrap", "--unshare-all", "--ro-bind", "/", "/", "--", "/usr/bin/true", NULL };
  int status = 0;

  return g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                       NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

/* Red on the left, transparent on the right. */
static GBytes *
picture (const char *kind, int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, strcmp (kind, "png") == 0, 8, width, height);
  g_autoptr (GError) error = NULL;
  char *bytes;
  gsize size;

  gdk_pixbuf_fill (pixbuf, 0xffffff00);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width / 2; x++)
      memcpy (gdk_pixbuf_get_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf)
                + x * gdk_pixbuf_get_n_channels (pixbuf),
              "\xff\0\0\xff", gdk_pixbuf_get_n_channels (pixbuf));
  gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &size, kind, &error, NULL);
  g_assert_no_error (error);
  return g_bytes_new_take (bytes, size);
}

/* The first page as it would be on a screen. */
static cairo_surface_t *
look (GBytes *pdf, double *width, double *height)
{
  g_autoptr (GError) error = NULL;
  PopplerDocument *document = poppler_document_new_from_bytes (pdf, NULL, &error);
  PopplerPage *page;
  cairo_surface_t *surface;
  cairo_t *cr;

  g_assert_no_error (error);
  g_assert_cmpint (poppler_document_get_n_pages (document), ==, 1);
  page = poppler_document_get_page (document, 0);
  poppler_page_get_size (page, width, height);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, *width, *height);
  cr = cairo_create (surface);
  poppler_page_render (page, cr);
  cairo_destroy (cr);
  g_object_unref (page);
  g_object_unref (document);
  return surface;
}

static guint32
colour_at (cairo_surface_t *surface, int x, int y)
{
  return ((guint32 *) (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface)))[x]
         & 0xffffff;
}

static void
test_picture (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = picture (kind, 3000, 1500);
  g_autoptr (GBytes) drawn = NULL;
  cairo_surface_t *surface;
  double width, height;

  if (!sandbox_opens ())
    {
      g_test_skip ("bubblewrap is refused here");
      return;
    }
  drawn = wattle_sandbox_redraw (file, NULL, &error);
  g_assert_no_error (error);
  surface = look (drawn, &width, &height);
  g_assert_cmpfloat (width / height, >, 1.9);
  g_assert_cmpuint (colour_at (surface, width / 4, height / 2) >> 16, >, 0xf0);
  g_assert_cmpuint (colour_at (surface, width / 4, height / 2) & 0xff, <, 0x20);
  if (strcmp (kind, "png") == 0)
    g_assert_cmphex (colour_at (surface, width * 3 / 4, height / 2), ==, 0xffffff);
  cairo_surface_destroy (surface);
}

static void
expect (GBytes *file, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) drawn = wattle_sandbox_redraw (file, NULL, &error);

  g_assert_null (drawn);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_refused (void)
{
  static const guint8 bomb[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x10\6\0\0\0\0\0\0\0";
  g_autoptr (GBytes) gif = g_bytes_new_static ("GIF89a\1\0\1\0", 10);
  g_autoptr (GBytes) junk = g_bytes_new_static ("\x89PNG\r\n\x1a\nthis is no picture at all", 33);
  g_autoptr (GBytes) large = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 sum;

  expect (gif, "no PDF, PNG or JPEG");
  if (!sandbox_opens ())
    return;
  expect (junk, "not a picture");
  /* A head that promises 65536 by 65536 pixels, with its checksum (PNG s 5.5). */
  g_byte_array_append (bytes, bomb, 29);
  sum = 0xffffffff;
  for (guint i = 12; i < 29; i++)
    {
      sum ^= bytes->data[i];
      for (int bit = 0; bit < 8; bit++)
        sum = (sum >> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
  sum = GUINT32_TO_BE (~sum);
  g_byte_array_append (bytes, (guint8 *) &sum, 4);
  g_byte_array_append (bytes, (guint8 *) "\0\0\0\0IDAT\0\0\0\0", 12);
  large = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  expect (large, "more than 40 million pixels");
}

/* A worker that somebody has taken over says what it likes: it is believed in pages, and in forty of them. */
static void
test_taken_over (void)
{
  static const struct
  {
    const char *says;
    int n_pages;
  } tries[] = {
    { "while printf 'P6\\n1 1\\n255\\nabc'; do :; done", 40 },
    { "while printf P6; do :; done", 0 },
    { "while printf '\\n'; do :; done", 0 },
    { "printf 'P6\\n99999 99999\\n255\\n'", 0 },
    { "printf 'P6\\n0 5\\n255\\n'", 0 },
    { "printf 'P6\\n2 2\\n255\\nabc'", 0 },
    { "printf 'P6\\n1 1\\n255\\nabcP6\\n9 9\\n255\\n'", 1 },
  };
  g_autofree char *folder = g_dir_make_tmp ("wattle-sandbox-XXXXXX", NULL);
  g_autofree char *fake = g_build_filename (folder, "bwrap", NULL);
  g_autofree char *before = g_strdup (g_getenv ("PATH"));
  g_autofree char *path = g_strdup_printf ("%s:%s", folder, before);
  g_autoptr (GBytes) file = picture ("png", 10, 10);

  g_setenv ("PATH", path, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autofree char *script = g_strdup_printf ("#!/bin/sh\ncase \"$*\" in *true) exit;; esac\n%s\n", tries[i].says);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) drawn = NULL;
      PopplerDocument *document;

      g_assert_true (g_file_set_contents_full (fake, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, &error));
      drawn = wattle_sandbox_redraw (file, NULL, &error);
      if (tries[i].n_pages == 0)
        {
          g_assert_null (drawn);
          g_assert_nonnull (strstr (error->message, "not a picture"));
          continue;
        }
      g_assert_no_error (error);
      document = poppler_document_new_from_bytes (drawn, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (poppler_document_get_n_pages (document), ==, tries[i].n_pages);
      g_object_unref (document);
    }
  g_setenv ("PATH", before, TRUE);
  g_remove (fake);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sandbox/png", "png", test_picture);
  g_test_add_data_func ("/sandbox/jpeg", "jpeg", test_picture);
  g_test_add_func ("/sandbox/refused", test_refused);
  g_test_add_func ("/sandbox/taken-over", test_taken_over);
  return g_test_run ();
}
