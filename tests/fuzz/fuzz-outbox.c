/* fuzz-outbox.c: damage to a sealed outbox: it opens with what it held, or says that it does not open, and stays
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "store/vfs/vfs.h"
#include "sync/outbox.h"

static const guint8 key[WATTLE_VFS_KEY_BYTES] = "the right key, thirty-two bytes";
static char *path;
static char *wal;
static char *shm;
static char *good;
static gsize good_length;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autofree char *folder = g_dir_make_tmp ("wattle-fuzz-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  WattleOutbox *outbox;

  if (sodium_init () < 0)
    return 1;
  path = g_build_filename (folder, "outbox.db", NULL);
  wal = g_strconcat (path, "-wal", NULL);
  shm = g_strconcat (path, "-shm", NULL);
  outbox = wattle_outbox_open (path, key, &error);
  g_assert_no_error (error);
  g_assert_true (wattle_outbox_keep (outbox, "draft", "one", "words", 1, &error));
  g_assert_true (wattle_outbox_close (outbox, &error));
  g_assert_true (g_file_get_contents (path, &good, &good_length, NULL));
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *bad = g_memdup2 (good, good_length);
  gsize length = good_length;
  g_autoptr (GError) error = NULL;
  WattleOutbox *outbox;

  if (size > 512)
    return -1;
  for (; size >= 4; data += 4, size -= 4)
    if (data[0] & 1)
      length = MIN (length, (gsize) (data[1] | data[2] << 8 | data[3] << 16));
    else
      bad[(data[1] | data[2] << 8) % good_length] ^= data[3];
  g_unlink (wal);
  g_unlink (shm);
  g_assert_true (g_file_set_contents_full (path, bad, length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  outbox = wattle_outbox_open (path, key, &error);
  g_assert_true ((outbox == NULL) == (error != NULL));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  if (outbox != NULL)
    {
      g_autofree char *kept = wattle_outbox_kept (outbox, "draft", "one", NULL);

      g_assert_true (kept == NULL || strcmp (kept, "words") == 0);
      wattle_outbox_close (outbox, NULL);
    }
  return 0;
}
