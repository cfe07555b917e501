/* test-stream-file.c: a sealed file that is cut, damaged, opened with another key, and found after a crash
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "vault/stream-file.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

#define NAME "0193b2a0-7c1e-7a11-8a11-0123456789ab"
#define ABOUT "{\"visit\":\"v\"}"
#define SECRET "what Wren said "
#define PIECES 5

static const guint8 key[WATTLE_STREAM_KEY_BYTES] = { 1, 2, 3 };

typedef struct
{
  char *folder;
  char *path;
} File;

static void
set_up (File *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("wattle-stream-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, NAME ".recording", NULL);
}

static void
tear_down (File *self, gconstpointer data)
{
  g_unlink (self->path);
  g_rmdir (self->folder);
  g_free (self->path);
  g_free (self->folder);
}

static char *
piece_text (guint i)
{
  return g_strdup_printf (SECRET "%u", i);
}

static void
add_pieces (WattleStreamWriter *writer)
{
  for (guint i = 0; i < PIECES; i++)
    {
      g_autofree char *text = piece_text (i);

      g_assert_true (wattle_stream_writer_add (writer, text, strlen (text), NULL));
    }
}

static void
write_file (File *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleStreamWriter) writer = wattle_stream_writer_new (self->path, NAME, key, ABOUT, &error);

  g_assert_no_error (error);
  add_pieces (writer);
  g_assert_true (wattle_stream_writer_end (writer, NULL));
}

/* How many pieces come out, in order and as they went in. */
static guint
count_pieces (WattleStreamReader *reader, GError **error)
{
  guint n = 0;
  GBytes *piece;

  while ((piece = wattle_stream_reader_next (reader, error)) != NULL)
    {
      g_autofree char *text = piece_text (n++);

      g_assert_cmpmem (g_bytes_get_data (piece, NULL), g_bytes_get_size (piece), text, strlen (text));
      g_bytes_unref (piece);
    }
  return n;
}

static void
test_whole (File *self, gconstpointer data)
{
  g_autoptr (WattleStreamReader) reader = NULL;
  g_autofree char *about = NULL;
  g_autofree char *bytes = NULL;
  char hash[WATTLE_STREAM_HASH_SIZE], wanted[WATTLE_STREAM_HASH_SIZE];
  g_autoptr (GString) all = g_string_new (NULL);
  guint8 digest[32];
  guint64 size = 0;
  gsize length;

  write_file (self);
  for (guint i = 0; i < PIECES; i++)
    g_string_append_printf (all, SECRET "%u", i);
  crypto_generichash (digest, sizeof digest, (const guint8 *) all->str, all->len, NULL, 0);
  sodium_bin2hex (wanted, sizeof wanted, digest, sizeof digest);
  reader = wattle_stream_reader_new (self->path, NAME, key, NULL);
  g_assert_cmpstr (wattle_stream_reader_about (reader), ==, ABOUT);
  g_assert_cmpuint (count_pieces (reader, NULL), ==, PIECES);
  g_assert_true (wattle_stream_reader_whole (reader));
  g_assert_true (wattle_stream_measure (self->path, NAME, key, &size, hash, &about, NULL));
  g_assert_cmpstr (hash, ==, wanted);
  g_assert_cmpuint (size, ==, PIECES * strlen (SECRET "0"));
  g_assert_true (g_file_get_contents (self->path, &bytes, &length, NULL));
  g_assert_null (g_strstr_len (bytes, length, "Wren"));
  g_assert_null (g_strstr_len (bytes, length, "visit"));
}

/* Wherever it is cut, what was whole before the cut comes out, and nobody takes it for all. */
static void
test_cut (File *self, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize length;
  guint before = 0;

  write_file (self);
  g_assert_true (g_file_get_contents (self->path, &bytes, &length, NULL));
  for (gsize cut = 0; cut < length; cut++)
    {
      g_autoptr (WattleStreamReader) reader = NULL;
      g_autoptr (GError) error = NULL;
      guint n;

      g_assert_true (g_file_set_contents (self->path, bytes, (gssize) cut, NULL));
      reader = wattle_stream_reader_new (self->path, NAME, key, &error);
      if (reader == NULL)
        {
          g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
          g_assert_cmpuint (before, ==, 0);
          continue;
        }
      n = count_pieces (reader, &error);
      g_assert_no_error (error);
      g_assert_false (wattle_stream_reader_whole (reader));
      g_assert_cmpuint (n, >=, before);
      before = n;
    }
  g_assert_cmpuint (before, ==, PIECES);
}

/* Whichever byte is flipped, nothing false comes out, and it is never taken for whole. */
static void
test_flipped (File *self, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize length;

  write_file (self);
  g_assert_true (g_file_get_contents (self->path, &bytes, &length, NULL));
  for (gsize at = 0; at < length; at++)
    {
      g_autoptr (WattleStreamReader) reader = NULL;

      bytes[at] ^= 0x10;
      g_assert_true (g_file_set_contents (self->path, bytes, (gssize) length, NULL));
      bytes[at] ^= 0x10;
      reader = wattle_stream_reader_new (self->path, NAME, key, NULL);
      if (reader == NULL)
        continue;
      g_assert_cmpuint (count_pieces (reader, NULL), <=, PIECES);
      g_assert_false (wattle_stream_reader_whole (reader));
    }
}

static void
test_stranger (File *self, gconstpointer data)
{
  static const guint8 other[WATTLE_STREAM_KEY_BYTES] = { 3, 2, 1 };
  g_autoptr (GError) error = NULL;

  write_file (self);
  g_assert_null (wattle_stream_reader_new (self->path, NAME, other, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_null (wattle_stream_reader_new (self->path, "another name", key, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_null (wattle_stream_writer_new (self->path, NAME, key, ABOUT, &error));
  g_assert_nonnull (error);
}

/* The disk is full in the middle of a piece: what came before is good, and no other bytes are ever sealed in its place,
 * also when there is room again. */
static void
test_full (File *self, gconstpointer data)
{
  g_autoptr (WattleStreamWriter) writer = wattle_stream_writer_new (self->path, NAME, key, ABOUT, NULL);
  g_autoptr (WattleStreamReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (8192, 'x');
  struct rlimit limit, small;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_true (wattle_stream_writer_add (writer, SECRET "0", strlen (SECRET "0"), NULL));
  getrlimit (RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = 1024;
  setrlimit (RLIMIT_FSIZE, &small);
  g_assert_false (wattle_stream_writer_add (writer, large, 8192, &error));
  setrlimit (RLIMIT_FSIZE, &limit);
  g_assert_nonnull (error);
  reader = wattle_stream_reader_new (self->path, NAME, key, NULL);
  g_assert_cmpuint (count_pieces (reader, NULL), ==, 1);
  g_clear_pointer (&reader, wattle_stream_reader_free);
  g_assert_false (wattle_stream_writer_add (writer, SECRET "1", strlen (SECRET "1"), NULL));
  g_assert_false (wattle_stream_writer_end (writer, NULL));
  reader = wattle_stream_reader_new (self->path, NAME, key, NULL);
  g_assert_cmpuint (count_pieces (reader, NULL), ==, 1);
  g_assert_false (wattle_stream_reader_whole (reader));
}

/* Killed while it writes: all that it said is on the disk is there, and the file is nobody's any more. */
static void
test_killed (File *self, gconstpointer data)
{
  g_autoptr (WattleStreamReader) reader = NULL;
  int ready[2], status;
  char byte;
  pid_t child;

  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  if (child == 0)
    {
      WattleStreamWriter *writer = wattle_stream_writer_new (self->path, NAME, key, ABOUT, NULL);

      for (guint i = 0; i < PIECES; i++)
        {
          g_autofree char *text = piece_text (i);

          wattle_stream_writer_add (writer, text, strlen (text), NULL);
        }
      (void) !write (ready[1], "x", 1);
      pause ();
      _exit (0);
    }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  g_assert_true (wattle_stream_is_written (self->path));
  kill (child, SIGKILL);
  waitpid (child, &status, 0);
  g_assert_false (wattle_stream_is_written (self->path));
  reader = wattle_stream_reader_new (self->path, NAME, key, NULL);
  g_assert_cmpuint (count_pieces (reader, NULL), ==, PIECES);
  g_assert_false (wattle_stream_reader_whole (reader));
  close (ready[0]);
  close (ready[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add ("/stream-file/" name, File, NULL, set_up, function, tear_down)
  TEST ("whole", test_whole);
  TEST ("cut", test_cut);
  TEST ("flipped", test_flipped);
  TEST ("stranger", test_stranger);
  TEST ("full", test_full);
  TEST ("killed", test_killed);
#undef TEST
  return g_test_run ();
}
