/* fuzz-vfs.c: damage to a sealed database and its log gives an error or an earlier state, never a wrong answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/vfs/vfs.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define ROWS_IN_FILE 12
#define ROWS_IN_LOG 10

static const guint8 key[WATTLE_VFS_KEY_BYTES] = "the right key, thirty-two bytes";
static char *path;
static char *wal_path;
static char *shm_path;
static GByteArray *file;
static GByteArray *wal;

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static GByteArray *
load (const char *name)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (name, &content, &length, NULL));
  return g_byte_array_append (bytes, (guint8 *) content, length);
}

static void
save (const char *name, const GByteArray *bytes)
{
  FILE *out = fopen (name, "wb");

  g_assert_cmpuint (fwrite (bytes->data, 1, bytes->len, out), ==, bytes->len);
  fclose (out);
}

static void
add_rows (sqlite3 *db, guint from, guint to)
{
  sqlite3_stmt *insert = NULL;

  sqlite3_prepare_v2 (db, "INSERT INTO note VALUES (?1, hex (zeroblob (?1 * 371 % 5000)))", -1, &insert, NULL);
  for (guint id = from; id <= to; id++)
    {
      sqlite3_bind_int64 (insert, 1, id);
      g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
      sqlite3_reset (insert);
    }
  sqlite3_finalize (insert);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autofree char *folder = g_dir_make_tmp ("wattle-fuzz-XXXXXX", NULL);
  sqlite3 *db = NULL;

  path = g_build_filename (folder, "f.db", NULL);
  wal_path = g_strconcat (path, "-wal", NULL);
  shm_path = g_strconcat (path, "-shm", NULL);
  g_assert_true (wattle_vfs_register (NULL));
  g_assert_true (wattle_vfs_open_wal (path, key, FALSE, &db, NULL));
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)", NULL, NULL, NULL), ==, 0);
  add_rows (db, 1, ROWS_IN_FILE);
  sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  add_rows (db, ROWS_IN_FILE + 1, ROWS_IN_FILE + ROWS_IN_LOG);
  file = load (path);
  wal = load (wal_path);
  sqlite3_close (db);
  return 0;
}

/* Reads the damage off the input: eight bytes an act. */
static void
damage (const uint8_t *data, size_t size, GByteArray *images[2])
{
  for (; size >= 8; data += 8, size -= 8)
    {
      GByteArray *image = images[data[0] & 1];
      guint at = (data[1] | data[2] << 8 | data[3] << 16) % (image->len + 1);
      guint other = (data[4] | data[5] << 8 | data[6] << 16) % (image->len + 1);
      guint unit = data[0] & 1 ? WATTLE_WAL_FRAME : WATTLE_PAGE_SIZE;
      guint base = data[0] & 1 ? WATTLE_WAL_HEADER : 0;
      guint n_units = image->len > base ? (image->len - base) / unit : 0;

      switch (data[0] >> 1 & 3)
        {
        case 0:
          if (at < image->len)
            image->data[at] ^= data[7];
          break;
        case 1:
          g_byte_array_set_size (image, at);
          break;
        case 2:
          if (n_units > 0)
            memmove (image->data + base + at % n_units * unit, image->data + base + other % n_units * unit, unit);
          break;
        default:
          memmove (image->data + at, image->data + other, MIN (data[7], image->len - MAX (at, other)));
          break;
        }
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GByteArray) changed = g_byte_array_new ();
  g_autoptr (GByteArray) changed_wal = g_byte_array_new ();
  GByteArray *images[2] = { changed, changed_wal };
  sqlite3_stmt *statement = NULL;
  sqlite3 *db = NULL;

  if (size > 512)
    return -1;
  g_byte_array_append (changed, file->data, file->len);
  g_byte_array_append (changed_wal, wal->data, wal->len);
  damage (data, size, images);
  save (path, changed);
  save (wal_path, changed_wal);
  g_unlink (shm_path);

  if (!wattle_vfs_open_wal (path, key, FALSE, &db, NULL))
    return 0;
  sqlite3_prepare_v2 (db, "SELECT count (*), max (id), sum (body = hex (zeroblob (id * 371 % 5000))) FROM note", -1,
                      &statement, NULL);
  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    {
      gint64 rows = sqlite3_column_int64 (statement, 0);

      if (rows < ROWS_IN_FILE || rows > ROWS_IN_FILE + ROWS_IN_LOG || sqlite3_column_int64 (statement, 1) != rows
          || sqlite3_column_int64 (statement, 2) != rows)
        g_error ("a wrong answer: %" G_GINT64_FORMAT " rows", rows);
    }
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return 0;
}
