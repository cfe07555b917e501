/* picture-worker.c: wattle-picture, which turns a PNG or JPEG into plain pixels: only ever run in a sandbox
 *
 * Reads the file from its input, writes one picture "P6" to its output, and ends with one of the words of
 * papers/picture-worker.h. What it runs in has no network, no files and little memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/papers/picture-worker.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdio.h>
#include <string.h>

#define CHUNK 65536

static int refused;

/* Before a pixel is decoded: the head of a file may promise more than any computer has. */
static void
size_cb (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  double scale = (double) WATTLE_PICTURE_MAX_SIDE / MAX (width, height);

  if (width < 1 || height < 1 || (gint64) width * height > WATTLE_PICTURE_MAX_PIXELS)
    refused = WATTLE_PICTURE_TOO_LARGE;
  if (refused != 0)
    gdk_pixbuf_loader_set_size (loader, 0, 0);
  else if (scale < 1)
    gdk_pixbuf_loader_set_size (loader, MAX (1, width * scale), MAX (1, height * scale));
}

static GdkPixbuf *
load (const char *kind)
{
  GdkPixbufLoader *loader = gdk_pixbuf_loader_new_with_type (kind, NULL);
  GdkPixbuf *picture = NULL;
  guint8 *chunk = g_malloc (CHUNK);
  gsize length = 0;
  gboolean good = loader != NULL;

  if (loader != NULL)
    g_signal_connect (loader, "size-prepared", G_CALLBACK (size_cb), NULL);
  while (good && refused == 0 && (length = fread (chunk, 1, CHUNK, stdin)) > 0)
    good = gdk_pixbuf_loader_write (loader, chunk, length, NULL);
  if (loader != NULL && gdk_pixbuf_loader_close (loader, NULL) && good && refused == 0)
    picture = gdk_pixbuf_apply_embedded_orientation (gdk_pixbuf_loader_get_pixbuf (loader));
  g_clear_object (&loader);
  g_free (chunk);
  return picture;
}

/* What is transparent lies on white, as on paper. */
static int
write_pixels (GdkPixbuf *picture)
{
  int width = gdk_pixbuf_get_width (picture), height = gdk_pixbuf_get_height (picture);
  GdkPixbuf *flat = gdk_pixbuf_composite_color_simple (picture, width, height, GDK_INTERP_NEAREST, 255, 8, 0xffffff,
                                                       0xffffff);
  gboolean alpha = flat != NULL && gdk_pixbuf_get_has_alpha (flat);
  guint8 *line = g_malloc ((gsize) width * 3);

  if (flat == NULL)
    return WATTLE_PICTURE_BROKEN;
  printf ("P6\n%d %d\n255\n", width, height);
  for (int y = 0; y < height; y++)
    {
      const guint8 *from = gdk_pixbuf_read_pixels (flat) + (gsize) y * gdk_pixbuf_get_rowstride (flat);

      for (int x = 0; x < width; x++)
        memcpy (line + 3 * x, from + (alpha ? 4 : 3) * x, 3);
      if (fwrite (line, 3, width, stdout) != (size_t) width)
        return WATTLE_PICTURE_BROKEN;
    }
  return fflush (stdout) == 0 ? WATTLE_PICTURE_DRAWN : WATTLE_PICTURE_BROKEN;
}

int
main (int argc, char **argv)
{
  GdkPixbuf *picture = NULL;

  /* These two and no other of what the library can read. */
  if (argc == 2 && (strcmp (argv[1], "png") == 0 || strcmp (argv[1], "jpeg") == 0))
    picture = load (argv[1]);
  if (picture == NULL)
    return refused != 0 ? refused : WATTLE_PICTURE_BROKEN;
  return write_pixels (picture);
}
