/* test-vfs-faults.c: sealed databases without memory, with failing disks, full disks and power cuts
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/error.h"
#include "faulty-vfs.h"
#include "store/vfs/vfs-private.h"

#include <glib/gstdio.h>
#include <string.h>

static const guint8 key[WATTLE_VFS_KEY_BYTES] = "the right key, thirty-two bytes";

static char *folder;
static char *path;
static char *wal;
static char *cut_path;
static char *cut_wal;
static gint64 acknowledged;

static gboolean
is_long (void)
{
  return g_strcmp0 (g_getenv ("WATTLE_FAULTS"), "long") == 0;
}

/* Memory that fails on command, below SQLite only. */

static sqlite3_mem_methods real_memory;
static gint64 memory_fail_after = -1;
static gboolean memory_failed;

static gboolean
memory_fails (void)
{
  if (memory_fail_after < 0 || memory_fail_after-- > 0)
    return FALSE;
  memory_failed = TRUE;
  return TRUE;
}

static void *
failing_malloc (int size)
{
  return memory_fails () ? NULL : real_memory.xMalloc (size);
}

static void *
failing_realloc (void *memory, int size)
{
  return memory_fails () ? NULL : real_memory.xRealloc (memory, size);
}

static void
use_failing_memory (void)
{
  sqlite3_mem_methods failing;

  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_GETMALLOC, &real_memory), ==, SQLITE_OK);
  failing = real_memory;
  failing.xMalloc = failing_malloc;
  failing.xRealloc = failing_realloc;
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_MALLOC, &failing), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_LOOKASIDE, 0, 0), ==, SQLITE_OK);
}

static void
no_more_faults (void)
{
  memory_fail_after = -1;
  memory_failed = FALSE;
  faulty_plan = (FaultyPlan){ .fail_after = -1, .room = -1 };
  faulty_moment = NULL;
}

static void
remove_files (const char *database)
{
  static const char *const endings[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *name = g_strconcat (database, endings[i], NULL);
      g_unlink (name);
    }
}

static gint64
ask (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64 value = -1;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

static sqlite3 *
open_sound (const char *database)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;
  sqlite3_stmt *check = NULL;

  wattle_vfs_open_wal (database, key, TRUE, &db, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &check, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (check), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (check, 0), ==, "ok");
  sqlite3_finalize (check);
  return db;
}

static void
start_anew (void)
{
  sqlite3 *db;

  no_more_faults ();
  remove_files (path);
  db = open_sound (path);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE note (id INTEGER PRIMARY KEY, body BLOB);"
                                     "INSERT INTO note VALUES (1, randomblob (9000))", NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_true (wattle_vfs_close (db, NULL));
  acknowledged = 1;
}

/* Adds rows one commit each; counts those that were said to be saved. */
static int
add_rows (sqlite3 *db, guint n)
{
  sqlite3_stmt *insert = NULL;
  int rc = sqlite3_prepare_v2 (db, "INSERT INTO note VALUES (?1, randomblob (?1 * 131 % 9000))", -1, &insert, NULL);

  for (guint i = 0; i < n && rc == SQLITE_OK; i++)
    {
      sqlite3_bind_int64 (insert, 1, acknowledged + 1);
      if ((rc = sqlite3_step (insert)) == SQLITE_DONE)
        {
          acknowledged++;
          rc = SQLITE_OK;
        }
      sqlite3_reset (insert);
    }
  sqlite3_finalize (insert);
  return rc;
}

/* Opens, saves three rows, checkpoints, reads all and closes, whatever fails. */
static gboolean
work (void)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;
  int rc;

  if (!wattle_vfs_open_wal (path, key, TRUE, &db, &error))
    {
      g_assert_nonnull (error);
      return FALSE;
    }
  rc = add_rows (db, 3);
  if (rc == SQLITE_OK)
    rc = sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  if (rc == SQLITE_OK && ask (db, "SELECT sum (length (body)) FROM note") < 0)
    rc = SQLITE_ERROR;
  sqlite3_close (db);
  return rc == SQLITE_OK;
}

/* Every row that was said to be saved is there; at most the one whose answer
 * was an error may be there besides. */
static void
assert_nothing_lost (void)
{
  sqlite3 *db = open_sound (path);
  gint64 rows = ask (db, "SELECT count (*) FROM note");

  g_assert_cmpint (rows, >=, acknowledged);
  g_assert_cmpint (rows, <=, acknowledged + 1);
  g_assert_cmpint (ask (db, "SELECT max (id) FROM note"), ==, rows);
  acknowledged = rows;
  g_assert_cmpint (add_rows (db, 1), ==, SQLITE_OK);
  g_assert_true (wattle_vfs_close (db, NULL));
}

static void
test_memory (void)
{
  guint points = 0;
  gboolean done = FALSE;

  start_anew ();
  while (!done)
    {
      memory_fail_after = points;
      memory_failed = FALSE;
      done = work ();
      done = done && !memory_failed;
      no_more_faults ();
      if (points++ % 10 == 0 || done)
        assert_nothing_lost ();
      if (acknowledged > 200)
        start_anew ();
    }
  g_test_message ("%u points of failure", points);
  g_assert_cmpuint (points, >, 100);
}

/* The n-th call of the file layer fails, once or from then on. */
static void
test_disk (gconstpointer data)
{
  static const int codes[] = { SQLITE_IOERR_WRITE, SQLITE_FULL };
  gboolean for_good = GPOINTER_TO_INT (data);
  guint points = 0;

  for (guint code = 0; code < G_N_ELEMENTS (codes); code++)
    {
      gboolean done = FALSE;

      start_anew ();
      for (guint n = 0; !done; n++, points++)
        {
          faulty_plan = (FaultyPlan){ n, for_good, codes[code], FALSE, -1, FALSE, FALSE };
          work ();
          done = !faulty_plan.failed;
          no_more_faults ();
          assert_nothing_lost ();
          if (acknowledged > 200)
            start_anew ();
        }
    }
  g_test_message ("%u points of failure", points);
  g_assert_cmpuint (points, >, 100);
}

static void
test_full (void)
{
  for (guint i = 0; i < (is_long () ? 500 : 40); i++)
    {
      g_autoptr (GError) error = NULL;
      sqlite3 *db;

      start_anew ();
      db = open_sound (path);
      faulty_plan.room = g_test_rand_int_range (0, 300000);
      g_assert_cmpint (add_rows (db, 1000) & 0xff, ==, SQLITE_FULL);
      g_assert_cmpint (ask (db, "SELECT count (*) FROM note"), ==, acknowledged);

      /* The same connection goes on when there is room again. */
      faulty_plan.room = -1;
      g_assert_cmpint (add_rows (db, 5), ==, SQLITE_OK);
      sqlite3_close (db);
      assert_nothing_lost ();
    }

  remove_files (path);
  faulty_plan.room = 0;
  {
    g_autoptr (GError) error = NULL;
    sqlite3 *db = NULL;

    g_assert_false (wattle_vfs_open_wal (path, key, TRUE, &db, &error));
    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_DISK_FULL);
  }
  no_more_faults ();
}

static guint cuts_wanted;
static guint cuts_made;
static gint64 lost;

/* Power goes: what is on the disk opens, is sound, and has every row that was
 * said to be saved. */
static void
cut_cb (void)
{
  static gboolean inside;
  sqlite3 *db;
  gint64 rows;

  if (inside || cuts_made >= cuts_wanted || g_test_rand_int_range (0, 4) != 0)
    return;
  inside = TRUE;
  faulty_plan.track = FALSE;
  remove_files (cut_path);
  faulty_vfs_cut (path, cut_path);
  faulty_vfs_cut (wal, cut_wal);

  db = open_sound (cut_path);
  rows = ask (db, "SELECT count (*) FROM note");
  lost += MAX (0, acknowledged - rows);
  g_assert_cmpint (rows, <=, acknowledged + 1);
  if (rows > 0)
    g_assert_cmpint (ask (db, "SELECT max (id) FROM note"), ==, rows);
  g_assert_true (wattle_vfs_close (db, NULL));
  cuts_made++;
  faulty_plan.track = TRUE;
  inside = FALSE;
}

static void
cut_power (guint cuts, gboolean lying_sync)
{
  cuts_wanted = cuts;
  cuts_made = 0;
  lost = 0;
  while (cuts_made < cuts && (!lying_sync || lost == 0))
    {
      sqlite3 *db;

      start_anew ();
      faulty_vfs_forget ();
      faulty_plan.track = TRUE;
      faulty_plan.lying_sync = lying_sync;
      db = open_sound (path);
      g_assert_cmpint (sqlite3_exec (db, "PRAGMA wal_autocheckpoint = 12", NULL, NULL, NULL), ==, SQLITE_OK);
      faulty_moment = cut_cb;
      g_assert_cmpint (add_rows (db, 60), ==, SQLITE_OK);
      faulty_moment = NULL;
      sqlite3_close (db);
      no_more_faults ();
      faulty_vfs_forget ();
    }
}

static void
test_power (void)
{
  cut_power (is_long () ? 20000 : 1000, FALSE);
  g_test_message ("%u cuts, %" G_GINT64_FORMAT " rows lost", cuts_made, lost);
  g_assert_cmpint (lost, ==, 0);
}

/* The check has teeth: when the disk lies about being synced, rows do get lost. */
static void
test_power_control (void)
{
  sqlite3 *db;

  start_anew ();
  faulty_vfs_forget ();
  faulty_plan.track = TRUE;
  db = open_sound (path);
  faulty_plan.lying_sync = TRUE;
  g_assert_cmpint (add_rows (db, 10), ==, SQLITE_OK);
  lost = 0;
  for (guint i = 0; i < 50 && lost == 0; i++)
    {
      sqlite3 *after = NULL;

      faulty_plan.track = FALSE;
      remove_files (cut_path);
      faulty_vfs_cut (path, cut_path);
      faulty_vfs_cut (wal, cut_wal);
      after = open_sound (cut_path);
      lost = acknowledged - ask (after, "SELECT count (*) FROM note");
      g_assert_true (wattle_vfs_close (after, NULL));
      faulty_plan.track = TRUE;
    }
  sqlite3_close (db);
  no_more_faults ();
  faulty_vfs_forget ();
  g_assert_cmpint (lost, >, 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int failed;

  g_test_init (&argc, &argv, NULL);
  use_failing_memory ();
  wattle_vfs_register (&error);
  g_assert_no_error (error);
  faulty_vfs_register ();
  g_assert_true (wattle_vfs_stand_on ("faulty"));

  folder = g_dir_make_tmp ("wattle-faults-XXXXXX", NULL);
  path = g_build_filename (folder, "outbox.db", NULL);
  wal = g_strconcat (path, "-wal", NULL);
  cut_path = g_build_filename (folder, "cut.db", NULL);
  cut_wal = g_strconcat (cut_path, "-wal", NULL);

  g_test_add_func ("/vfs-faults/memory", test_memory);
  g_test_add_data_func ("/vfs-faults/disk/once", GINT_TO_POINTER (FALSE), test_disk);
  g_test_add_data_func ("/vfs-faults/disk/for-good", GINT_TO_POINTER (TRUE), test_disk);
  g_test_add_func ("/vfs-faults/full", test_full);
  g_test_add_func ("/vfs-faults/power", test_power);
  g_test_add_func ("/vfs-faults/power-control", test_power_control);
  failed = g_test_run ();

  remove_files (path);
  remove_files (cut_path);
  g_rmdir (folder);
  return failed;
}
