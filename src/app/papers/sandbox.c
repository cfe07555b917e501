/* sandbox.c: a PDF or a picture from elsewhere, drawn by a worker that can reach nothing
 *
 * A file in a chart may come from anybody, and programs that read such files have had
 * holes. So another process without network, home or rights turns it into plain
 * pixels, and these become a PDF of our own, which is what is shown and printed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/papers/sandbox.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/papers/picture-worker.h"
#include "base/error.h"
#include "domain/messaging.h"

/* What the worker may make: pages, and pixels along the longer side. */
#define MAX_PAGES 40
#define MAX_SIDE WATTLE_PICTURE_MAX_SIDE
/* "P6", two numbers of at most five digits and 255, with the ends of lines. */
#define MAX_HEAD 20
/* Seconds by the clock: what sleeps uses no processor time. */
#define MAX_WAIT "120"
/* Points of that side on paper: A4. */
#define PAPER_SIDE 842.0

/* Up to the first "--" what opens the sandbox, up to the second what bounds the worker in it. */
static const char *const bare_sandbox[] = { "bwrap",
                                            "--unshare-all",
                                            "--die-with-parent",
                                            "--new-session",
                                            "--cap-drop",
                                            "ALL",
                                            "--clearenv",
                                            "--ro-bind",
                                            "/usr",
                                            "/usr",
                                            "--symlink",
                                            "usr/lib",
                                            "/lib",
                                            "--symlink",
                                            "usr/lib64",
                                            "/lib64",
                                            "--ro-bind-try",
                                            "/etc/fonts",
                                            "/etc/fonts",
                                            "--ro-bind-try",
                                            WATTLE_PICTURE_PROGRAM,
                                            "/picture",
                                            "--proc",
                                            "/proc",
                                            "--dev",
                                            "/dev",
                                            "--tmpfs",
                                            "/tmp",
                                            "--",
                                            "/usr/bin/timeout",
                                            "--signal=KILL",
                                            MAX_WAIT,
                                            "/usr/bin/prlimit",
                                            "--as=536870912",
                                            "--cpu=10",
                                            "--fsize=0",
                                            "--core=0",
                                            "--",
                                            NULL };

/* Within a Flatpak nothing may make namespaces; its portal opens a sandbox that has less than the program. */
static const char *const flatpak_sandbox[] = { "flatpak-spawn",
                                               "--sandbox",
                                               "--no-network",
                                               "--clear-env",
                                               "--watch-bus",
                                               "--directory=/",
                                               "--",
                                               "timeout",
                                               "--signal=KILL",
                                               MAX_WAIT,
                                               "prlimit",
                                               "--as=536870912",
                                               "--cpu=10",
                                               "--fsize=0",
                                               "--core=0",
                                               "--",
                                               NULL };

static const char *const draw_pdf[] = {
  "pdftoppm", "-q", "-l", G_STRINGIFY (MAX_PAGES), "-scale-to", G_STRINGIFY (WATTLE_PICTURE_MAX_SIDE), "-", NULL
};

static gboolean
is_flatpak (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

static const char *const *
get_sandbox (void)
{
  return is_flatpak () ? flatpak_sandbox : bare_sandbox;
}

static void
add_all (GPtrArray *arguments, const char *const *more)
{
  for (guint i = 0; more[i] != NULL; i++)
    g_ptr_array_add (arguments, (char *) more[i]);
}

/* What is run for bytes of this kind; NULL for any other kind. */
static GPtrArray *
worker_for (const char *media)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  const char *picture[] = { is_flatpak () ? WATTLE_PICTURE_PROGRAM : "/picture", NULL, NULL };

  add_all (arguments, get_sandbox ());
  if (g_strcmp0 (media, "application/pdf") == 0)
    add_all (arguments, draw_pdf);
  else if (g_strcmp0 (media, "image/png") == 0 || g_strcmp0 (media, "image/jpeg") == 0)
    {
      picture[1] = media + strlen ("image/");
      add_all (arguments, picture);
    }
  else
    return NULL;
  g_ptr_array_add (arguments, NULL);
  return g_steal_pointer (&arguments);
}

static cairo_status_t
write_cb (gpointer data, const unsigned char *bytes, unsigned int size)
{
  g_byte_array_append (data, bytes, size);
  return CAIRO_STATUS_SUCCESS;
}

/* The head of one picture: "P6", width, height, 255, each on its own line. FALSE at the end, and where it is none. */
static gboolean
read_head (GInputStream *in, int *width, int *height, GCancellable *cancellable)
{
  char head[MAX_HEAD + 1] = "";
  int length = 0;
  guint lines = 0;

  for (guint i = 0; i < MAX_HEAD && lines < 3; i++)
    {
      if (g_input_stream_read (in, head + i, 1, cancellable, NULL) != 1)
        return FALSE;
      lines += head[i] == '\n';
    }
  if (lines < 3 || sscanf (head, "P6 %5d %5d 255%n", width, height, &length) != 2 || length == 0
      || head[length] != '\n')
    return FALSE;
  return *width >= 1 && *height >= 1 && *width <= MAX_SIDE && *height <= MAX_SIDE;
}

static void
draw_page (cairo_surface_t *out, cairo_t *cr, const guint8 *pixels, int width, int height)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  double scale = PAPER_SIDE / MAX (width, height);
  guint8 *to = cairo_image_surface_get_data (image);

  for (int y = 0; to != NULL && y < height; y++)
    for (int x = 0; x < width; x++, pixels += 3)
      ((guint32 *) (to + y * cairo_image_surface_get_stride (image)))[x] = pixels[0] << 16 | pixels[1] << 8 | pixels[2];
  cairo_surface_mark_dirty (image);
  cairo_pdf_surface_set_size (out, width * scale, height * scale);
  cairo_save (cr);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, image, 0, 0);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_show_page (cr);
  cairo_surface_destroy (image);
}

/* The pictures that the worker writes after each other, a page each, and no more of them than it was asked for; the
 * number of pages. */
static guint
draw_pages (GInputStream *worker, GByteArray *out, GCancellable *cancellable)
{
  g_autoptr (GInputStream) in = g_buffered_input_stream_new (worker);
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (write_cb, out, PAPER_SIDE, PAPER_SIDE);
  cairo_t *cr = cairo_create (surface);
  guint n_pages = 0;
  int width;
  int height;

  while (n_pages < MAX_PAGES && read_head (in, &width, &height, cancellable))
    {
      gsize size = (gsize) width * height * 3;
      g_autofree guint8 *pixels = g_malloc (size);
      gsize read;

      if (!g_input_stream_read_all (in, pixels, size, &read, cancellable, NULL) || read < size)
        break;
      draw_page (surface, cr, pixels, width, height);
      n_pages++;
    }
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  return n_pages;
}

/* The file as something to read from that is on no disk. */
static int
open_in_memory (GBytes *file)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (file, &size);
  int fd = memfd_create ("wattle-file", MFD_CLOEXEC);

  for (gsize at = 0; fd >= 0 && at < size;)
    {
      ssize_t n = pwrite (fd, bytes + at, size - at, (off_t) at);

      if (n > 0)
        at += (gsize) n;
      else if (n == 0 || errno != EINTR)
        {
          close (fd);
          fd = -1;
        }
    }
  return fd;
}

/* A kernel or a container may refuse the sandbox as such; then nothing is known about the file. */
static gboolean
sandbox_opens (GCancellable *cancellable)
{
  const char *const *sandbox = get_sandbox ();
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;

  for (guint i = 0; i == 0 || !g_str_equal (sandbox[i - 1], "--"); i++)
    g_ptr_array_add (arguments, (char *) sandbox[i]);
  g_ptr_array_add (arguments, (char *) "true");
  g_ptr_array_add (arguments, NULL);
  process = g_subprocess_newv ((const char *const *) arguments->pdata, G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  return process != NULL && g_subprocess_wait_check (process, cancellable, NULL);
}

static void
set_problem (GSubprocess *process, const char *media, GError **error)
{
  gboolean large = process != NULL && g_subprocess_get_if_exited (process)
                   && g_subprocess_get_exit_status (process) == WATTLE_PICTURE_TOO_LARGE;

  wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, "%s",
                          large ? _("This picture has more than 40 million pixels and is not opened. The file is kept "
                                     "as it is.")
                          : g_strcmp0 (media, "application/pdf") == 0
                            ? _("This file is not a PDF that can be shown. It was kept as it is.")
                            : _("This file is not a picture that can be shown. It was kept as it is."));
}

static GSubprocess *
start (GPtrArray *worker, GBytes *file)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  int fd = open_in_memory (file);

  if (fd < 0)
    return NULL;
  g_subprocess_launcher_take_stdin_fd (launcher, fd);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *) worker->pdata, NULL);
}

/**
 * wattle_sandbox_redraw:
 * @file: bytes that are said to be a PDF, a PNG or a JPEG: their own first bytes decide which
 * @cancellable: (nullable): ends the worker
 * @error: the failure; the file itself is as it was
 *
 * Blocks, at most the ten seconds of processor time and the two minutes that the worker has; a page at a time is in
 * memory, and what it says beyond forty pages is not read.
 *
 * Returns: (transfer full): a PDF of the picture, or of pictures of the first forty pages
 */
GBytes *
wattle_sandbox_redraw (GBytes *file, GCancellable *cancellable, GError **error)
{
  gsize size;
  const char *media = wattle_attachment_media (g_bytes_get_data (file, &size), g_bytes_get_size (file));
  g_autoptr (GPtrArray) worker = worker_for (media);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint n_pages = 0;

  if (worker == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, "%s",
                              _("This file is no PDF, PNG or JPEG, and is not opened. It is kept as it is."));
      return NULL;
    }
  process = start (worker, file);
  if (process != NULL)
    {
      n_pages = draw_pages (g_subprocess_get_stdout_pipe (process), out, cancellable);
      /* Whoever has more to say finds nobody listening. */
      g_input_stream_close (g_subprocess_get_stdout_pipe (process), NULL, NULL);
      g_subprocess_wait (process, cancellable, NULL);
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      if (process != NULL)
        g_subprocess_force_exit (process);
      return NULL;
    }
  if (n_pages == 0 && !sandbox_opens (cancellable))
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, NULL, "%s",
                              _("This computer lacks the sandbox (bubblewrap) in which files from elsewhere are "
                                 "opened. The file is kept; save it to open it with another program."));
      return NULL;
    }
  if (n_pages == 0)
    {
      set_problem (process, media, error);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static void
redraw (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  GBytes *drawn = wattle_sandbox_redraw (data, cancellable, &error);

  if (drawn != NULL)
    g_task_return_pointer (task, drawn, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * wattle_sandbox_redraw_async:
 * @file: as for wattle_sandbox_redraw()
 * @cancellable: (nullable): ends the worker
 * @callback: told when it is drawn
 * @data: for @callback
 */
void
wattle_sandbox_redraw_async (GBytes *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);

  g_task_set_task_data (task, g_bytes_ref (file), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, redraw);
}

/**
 * wattle_sandbox_redraw_finish:
 * @result: of wattle_sandbox_redraw_async()
 * @error: the failure
 *
 * Returns: (transfer full): what wattle_sandbox_redraw() returns
 */
GBytes *
wattle_sandbox_redraw_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
