/* test-file.c: a file is replaced whole or not at all, for its owner alone, and read within bounds
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("wattle-file-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "a file", NULL);
}

static guint
count_files (Fixture *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  g_free (self->path);
}

static void
expect_contents (Fixture *self, const char *data, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = wattle_file_read (self->path, length, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), data, length);
}

static void
test_replace (Fixture *self, gconstpointer data)
{
  g_autofree char *large = g_strnfill (3000000, 'x');
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_true (wattle_file_replace (self->path, "one\0two", 7, &error));
  g_assert_no_error (error);
  expect_contents (self, "one\0two", 7);
  g_assert_true (wattle_file_replace (self->path, large, strlen (large), &error));
  expect_contents (self, large, strlen (large));
  g_assert_true (wattle_file_replace (self->path, "", 0, &error));
  expect_contents (self, "", 0);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpuint (count_files (self), ==, 1);
}

/* What cannot be written leaves what was there, and nothing beside it. */
static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (self->folder, "no", "such", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (wattle_file_replace (missing, "x", 1, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  g_assert_false (wattle_file_replace (self->path, "x", 1, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (count_files (self), ==, 1);
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
}

static void
test_bounds (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (wattle_file_replace (self->path, "12345", 5, NULL));
  bytes = wattle_file_read (self->path, 4, &error);
  g_assert_null (bytes);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_unlink (self->path);
  bytes = wattle_file_read (self->path, 4, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, self->path));
  g_clear_error (&error);
  bytes = wattle_file_read (self->folder, 4096, &error);
  g_assert_null (bytes);
  g_assert_nonnull (error);
}

/* A full disk has its own code: the person can do something about it. */
static void
test_errno (Fixture *self, gconstpointer data)
{
  static const struct
  {
    int number;
    WattleErrorCode code;
  } cases[] = { { ENOSPC, WATTLE_ERROR_DISK_FULL },
                { ENOENT, WATTLE_ERROR_NOT_FOUND },
                { EACCES, WATTLE_ERROR_FORBIDDEN },
                { EROFS, WATTLE_ERROR_FORBIDDEN },
                { EIO, WATTLE_ERROR_FAILED } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      wattle_set_errno (&error, cases[i].number, "/some/where", "write");
      g_assert_error (error, WATTLE_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, "/some/where"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/file/replace", Fixture, NULL, set_up, test_replace, tear_down);
  g_test_add ("/file/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/file/bounds", Fixture, NULL, set_up, test_bounds, tear_down);
  g_test_add ("/file/errno", Fixture, NULL, set_up, test_errno, tear_down);
  return g_test_run ();
}
