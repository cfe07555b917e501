/* driver.c: a fuzz target over the files of its corpus, in an ordinary build
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Usage: fuzz-TARGET FOLDER. What ever made a target fail is a file there.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerInitialize (int *argc, char ***argv) __attribute__ ((weak));

static void
run_file (gconstpointer data)
{
  const char *path = data;
  g_autofree char *content = NULL;
  g_autofree uint8_t *exact = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  /* Of its exact size, so that a sanitizer sees one byte too many. */
  exact = g_malloc (MAX (length, 1));
  memcpy (exact, content, length);
  LLVMFuzzerTestOneInput (exact, length);
}

int
main (int argc, char **argv)
{
  const char *folder = argc > 1 ? argv[argc - 1] : "";
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  if (LLVMFuzzerInitialize != NULL)
    LLVMFuzzerInitialize (&argc, &argv);
  dir = g_dir_open (folder, 0, NULL);
  if (dir == NULL)
    {
      fprintf (stderr, "There is no folder %s\n", folder);
      return 2;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *test = g_strconcat ("/", name, NULL);

      g_test_add_data_func_full (test, g_build_filename (folder, name, NULL), run_file, g_free);
    }
  return g_test_run ();
}
