/* test-vfs.c: sealed databases: nothing readable on disk, damage and foreign files refused, no commit lost
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/error.h"
#include "store/vfs/vfs.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const guint8 right_key[WATTLE_VFS_KEY_BYTES] = "the right key, thirty-two bytes";
static const guint8 wrong_key[WATTLE_VFS_KEY_BYTES] = "another key of thirty-two bytes";
static const char canary[] = "Quokkalina Jacarandason";

typedef struct
{
  char *folder;
  char *path;
  char *wal;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("wattle-vfs-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "cache.db", NULL);
  fixture->wal = g_strconcat (fixture->path, "-wal", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->wal);
}

static sqlite3 *
open_database (const char *path)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  wattle_vfs_open_wal (path, right_key, TRUE, &db, &error);
  g_assert_no_error (error);
  return db;
}

/* Runs each statement of @sql, with the numbers @a and @b where it asks for ?1 and ?2. */
static int
try_with (sqlite3 *db, const char *sql, gint64 a, gint64 b)
{
  int rc = SQLITE_OK;

  while (rc == SQLITE_OK && *sql != '\0')
    {
      sqlite3_stmt *statement = NULL;

      rc = sqlite3_prepare_v2 (db, sql, -1, &statement, &sql);
      if (sqlite3_bind_parameter_count (statement) > 0)
        sqlite3_bind_int64 (statement, 1, a);
      if (sqlite3_bind_parameter_count (statement) > 1)
        sqlite3_bind_int64 (statement, 2, b);
      while (rc == SQLITE_OK && (rc = sqlite3_step (statement)) == SQLITE_ROW)
        rc = SQLITE_OK;
      rc = rc == SQLITE_DONE || statement == NULL ? SQLITE_OK : rc;
      sqlite3_finalize (statement);
    }
  return rc & 0xff;
}

static void
run_with (sqlite3 *db, const char *sql, gint64 a, gint64 b)
{
  if (try_with (db, sql, a, b) != SQLITE_OK)
    g_error ("%s: %s (%d)", sql, sqlite3_errmsg (db), sqlite3_extended_errcode (db));
}

static void
run (sqlite3 *db, const char *sql)
{
  run_with (db, sql, 0, 0);
}

/* The first value of a query, or -1 when it cannot be answered. */
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

static char *
ask_text (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  char *value = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step (statement) == SQLITE_ROW)
    value = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  return value;
}

static void
assert_sound (sqlite3 *db)
{
  g_autofree char *answer = ask_text (db, "PRAGMA integrity_check");
  g_assert_cmpstr (answer, ==, "ok");
}

static void
load (const char *path, char **bytes, gsize *length)
{
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, bytes, length, &error);
  g_assert_no_error (error);
}

/* In place, so that mode and inode stay as they are. */
static void
save (const char *path, const char *bytes, gsize length)
{
  FILE *file = fopen (path, "wb");
  g_assert_cmpuint (fwrite (bytes, 1, length, file), ==, length);
  fclose (file);
}

/* Counts how often @needle is in any file of the folder. */
static guint
hits (Fixture *fixture, const char *needle)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  guint n = 0;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      load (path, &bytes, &length);
      if (memmem (bytes, length, needle, strlen (needle)) != NULL)
        n++;
    }
  return n;
}

static void
fill (sqlite3 *db, guint rows)
{
  run (db, "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, body BLOB) STRICT;"
           "CREATE INDEX person_name ON person (name);"
           "CREATE VIRTUAL TABLE person_text USING fts5 (name, tokenize = 'trigram')");
  run_with (db,
            "INSERT INTO person WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1) "
            "SELECT i, 'Quokkalina Jacarandason ' || i, zeroblob (iif (i % 50, 20, 9000)) FROM n;"
            "INSERT INTO person_text (rowid, name) SELECT id, name FROM person",
            rows, 0);
}

static void
test_no_plain_text (Fixture *fixture, gconstpointer data)
{
  sqlite3 *db = open_database (fixture->path);
  struct stat status;

  fill (db, 400);
  g_assert_cmpuint (hits (fixture, canary), ==, 0);
  g_assert_cmpuint (hits (fixture, "CREATE TABLE"), ==, 0);
  g_assert_cmpuint (hits (fixture, "SQLite format 3"), ==, 0);
  g_assert_true (g_file_test (fixture->wal, G_FILE_TEST_EXISTS));
  run (db, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_cmpuint (hits (fixture, canary), ==, 0);
  g_assert_cmpuint (hits (fixture, "CREATE TABLE"), ==, 0);

  /* The rollback journal too: left behind in the middle of a transaction. */
  run (db, "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 5; BEGIN; UPDATE person SET name = name || ' again'");
  g_assert_cmpuint (hits (fixture, canary), ==, 0);
  run (db, "ROLLBACK");
  assert_sound (db);

  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 077, ==, 0);
  g_assert_true (wattle_vfs_close (db, NULL));
}

static void
test_features (Fixture *fixture, gconstpointer data)
{
  g_autofree char *copy_path = g_build_filename (fixture->folder, "copy.db", NULL);
  sqlite3 *db = open_database (fixture->path);
  sqlite3 *reader = open_database (fixture->path);
  sqlite3 *copy;
  sqlite3_backup *backup;

  fill (db, 600);
  g_assert_cmpint (ask (reader, "SELECT count (*) FROM person"), ==, 600);
  g_assert_cmpint (ask (reader, "SELECT count (*) FROM person_text WHERE person_text MATCH 'caran'"), ==, 600);
  g_assert_cmpint (ask (db, "INSERT INTO person (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = 'y' "
                            "RETURNING json_array_length ('[1,2,3]')"), ==, 3);

  run (db, "DELETE FROM person WHERE id % 3 = 0");
  run (db, "VACUUM");
  assert_sound (db);
  g_assert_cmpint (ask (reader, "SELECT count (*) FROM person"), ==, 400);

  /* A sort and a savepoint larger than the memory SQLite gives them first. */
  run (db, "PRAGMA cache_size = 10");
  run (db, "CREATE TABLE big AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
           "SELECT i, hex (randomblob (200)) AS t FROM n ORDER BY t");
  run (db, "BEGIN; SAVEPOINT s; UPDATE big SET t = t || 'x'; ROLLBACK TO s; COMMIT");
  g_assert_cmpint (ask (db, "SELECT count (*) FROM big WHERE length (t) = 400"), ==, 5000);

  copy = open_database (copy_path);
  backup = sqlite3_backup_init (copy, "main", db, "main");
  g_assert_nonnull (backup);
  g_assert_cmpint (sqlite3_backup_step (backup, -1), ==, SQLITE_DONE);
  g_assert_cmpint (sqlite3_backup_finish (backup), ==, SQLITE_OK);
  assert_sound (copy);
  g_assert_cmpint (ask (copy, "SELECT count (*) FROM person"), ==, 400);
  g_assert_true (wattle_vfs_close (copy, NULL));

  run (db, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_true (wattle_vfs_close (reader, NULL));
  g_assert_true (wattle_vfs_close (db, NULL));
  g_assert_false (g_file_test (fixture->wal, G_FILE_TEST_EXISTS));

  db = open_database (fixture->path);
  assert_sound (db);
  g_assert_cmpint (ask (db, "SELECT count (*) FROM person_text WHERE person_text MATCH 'Jacaranda'"), ==, 600);
  g_assert_cmpint (ask (db, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (ask (db, "PRAGMA secure_delete"), ==, 1);
  g_assert_cmpuint (hits (fixture, canary), ==, 0);
  g_assert_true (wattle_vfs_close (db, NULL));
}

/* What newer versions of SQLite ask for: the used part of an overflow page, past their cache. */
static void
test_part_of_a_page (Fixture *fixture, gconstpointer data)
{
  sqlite3 *db = open_database (fixture->path);
  sqlite3_file *file = NULL;
  guint8 whole[4096], part[4096];
  sqlite3_int64 size = 0;

  fill (db, 100);
  run (db, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_cmpint (sqlite3_file_control (db, "main", SQLITE_FCNTL_FILE_POINTER, &file), ==, SQLITE_OK);
  g_assert_cmpint (file->pMethods->xFileSize (file, &size), ==, SQLITE_OK);
  g_assert_cmpint (size, >, 8 * sizeof whole);
  for (gint64 offset = sizeof whole; offset < size; offset += sizeof whole)
    {
      g_assert_cmpint (file->pMethods->xRead (file, whole, sizeof whole, offset), ==, SQLITE_OK);
      for (int amount = 8; amount <= 4056; amount += 1012)
        {
          g_assert_cmpint (file->pMethods->xRead (file, part, amount, offset), ==, SQLITE_OK);
          g_assert_cmpmem (part, amount, whole, amount);
        }
    }

  /* Never a part of a page in the other direction: it would be written in plain. */
  g_assert_cmpint (file->pMethods->xWrite (file, part, 4056, sizeof whole), ==, SQLITE_IOERR_WRITE);
  assert_sound (db);
  g_assert_true (wattle_vfs_close (db, NULL));
}

/* Random work, then a backup: it reads every page, so none may lack a tag. */
static void
test_every_page_is_sealed (Fixture *fixture, gconstpointer data)
{
  sqlite3 *db = open_database (fixture->path);
  g_autofree char *bytes = NULL;
  g_autoptr (WattlePageKeys) keys = wattle_page_keys_new (right_key);
  gsize length;

  run (db, "CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB); PRAGMA cache_size = 5");
  for (guint i = 0; i < 300; i++)
    {
      static const char *const endings[] = { "ROLLBACK TO s", "DELETE FROM t WHERE id > 9", "RELEASE s" };
      guint bytes_per_row = g_test_rand_int_range (1, 40000);

      run_with (db, "BEGIN; INSERT INTO t VALUES (?1, randomblob (?2)); SAVEPOINT s", i * 2, bytes_per_row);
      run_with (db, "INSERT INTO t VALUES (?1, randomblob (?2))", i * 2 + 1, bytes_per_row);
      run (db, endings[i % G_N_ELEMENTS (endings)]);
      run_with (db, "COMMIT; DELETE FROM t WHERE id = ?1", (gint64) i * 2 - g_test_rand_int_range (0, 20), 0);
      if (i % 17 == 0)
        run (db, "PRAGMA wal_checkpoint (TRUNCATE)");
    }
  assert_sound (db);
  g_assert_true (wattle_vfs_close (db, NULL));

  load (fixture->path, &bytes, &length);
  g_assert_cmpuint (length % WATTLE_PAGE_SIZE, ==, 0);
  for (gsize at = 0; at < length; at += WATTLE_PAGE_SIZE)
    {
      guint8 page[WATTLE_PAGE_SIZE];
      g_assert_true (wattle_page_open (keys, WATTLE_PAGE_MAIN, at, NULL, (guint8 *) bytes + at, page));
    }
}

static void
assert_refused (Fixture *fixture, const guint8 *key, int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *wal_before = NULL;
  g_autofree char *wal_after = NULL;
  gboolean has_wal = g_file_test (fixture->wal, G_FILE_TEST_EXISTS);
  gsize n_before, n_after, n_wal_before = 0, n_wal_after = 0;
  sqlite3 *db = NULL;

  load (fixture->path, &before, &n_before);
  if (has_wal)
    load (fixture->wal, &wal_before, &n_wal_before);
  g_assert_false (wattle_vfs_open_wal (fixture->path, key, TRUE, &db, &error));
  g_assert_error (error, WATTLE_ERROR, code);
  g_assert_null (db);
  load (fixture->path, &after, &n_after);
  g_assert_cmpmem (before, n_before, after, n_after);
  if (has_wal)
    load (fixture->wal, &wal_after, &n_wal_after);
  g_assert_cmpmem (wal_before, n_wal_before, wal_after, n_wal_after);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *wal = NULL;
  gsize n, n_wal;
  sqlite3 *db = NULL;

  db = open_database (fixture->path);
  fill (db, 50);
  load (fixture->path, &bytes, &n);
  load (fixture->wal, &wal, &n_wal);
  g_assert_true (wattle_vfs_close (db, NULL));
  assert_refused (fixture, wrong_key, WATTLE_ERROR_KEY_LOST);

  /* With a log left by a crash, which a wrong key must not shorten. */
  save (fixture->path, bytes, n);
  save (fixture->wal, wal, n_wal);
  assert_refused (fixture, wrong_key, WATTLE_ERROR_KEY_LOST);
  save (fixture->path, "", 0);
  assert_refused (fixture, right_key, WATTLE_ERROR_CORRUPT);
  save (fixture->path, bytes, n);
  db = open_database (fixture->path);
  g_assert_cmpint (ask (db, "SELECT count (*) FROM person"), ==, 50);
  g_assert_true (wattle_vfs_close (db, NULL));

  save (fixture->path, "not a database", 14);
  assert_refused (fixture, right_key, WATTLE_ERROR_KEY_LOST);

  g_unlink (fixture->path);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  run (db, "CREATE TABLE plain (a)");
  sqlite3_close (db);
  assert_refused (fixture, right_key, WATTLE_ERROR_CORRUPT);

  /* No key in the slot of this thread: nothing opens, also not by ATTACH. */
  db = NULL;
  g_assert_cmpint (sqlite3_open_v2 (fixture->path, &db, SQLITE_OPEN_READWRITE, WATTLE_VFS_NAME), ==, SQLITE_CANTOPEN);
  sqlite3_close (db);
  g_unlink (fixture->path);
  db = open_database (fixture->path);
  g_assert_cmpint (try_with (db, "ATTACH '/tmp/other.db' AS other", 0, 0), ==, SQLITE_CANTOPEN);
  run (db, "PRAGMA temp_store = FILE; PRAGMA cache_size = 5");
  g_assert_cmpint (try_with (db,
                             "CREATE TEMP TABLE t AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                             "WHERE i < ?1) SELECT i, 'some text to spill' FROM n",
                             200000, 0),
                   ==, SQLITE_CANTOPEN);
  g_assert_true (wattle_vfs_close (db, NULL));

  db = NULL;
  g_assert_false (wattle_vfs_open_wal ("/nonexistent/cache.db", right_key, TRUE, &db, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
}

/* What a reader can learn from a database, as one number, or -1. */
static gint64
answer (Fixture *fixture)
{
  sqlite3 *db = NULL;
  gint64 value = -1;

  if (!wattle_vfs_open_wal (fixture->path, right_key, TRUE, &db, NULL))
    return -1;
  value = ask (db, "SELECT sum (id * 7 + length (name) + length (body) + length (replace (hex (body), '00', ''))) "
                   "FROM person");
  sqlite3_close (db);
  return value;
}

static void
test_bit_flips (Fixture *fixture, gconstpointer data)
{
  sqlite3 *db = open_database (fixture->path);
  g_autofree char *bytes = NULL;
  guint detected = 0;
  gint64 truth;
  gsize n;

  fill (db, 300);
  g_assert_true (wattle_vfs_close (db, NULL));
  load (fixture->path, &bytes, &n);
  truth = answer (fixture);
  g_assert_cmpint (truth, >, 0);

  for (guint i = 0; i < 200; i++)
    {
      gsize at = g_test_rand_int_range (0, n);
      char bit = 1 << g_test_rand_int_range (0, 8);
      gint64 value;

      bytes[at] ^= bit;
      save (fixture->path, bytes, n);
      value = answer (fixture);
      g_assert_true (value == -1 || value == truth);
      detected += value == -1;
      bytes[at] ^= bit;
    }
  g_assert_cmpuint (detected, >, 50);

  /* Two pages of the same file exchanged, and pages of a shorter file. */
  for (guint i = 2; i < 12; i++)
    {
      g_autofree char *swapped = g_memdup2 (bytes, n);
      gint64 value;

      memcpy (swapped + (gsize) i * WATTLE_PAGE_SIZE, bytes + (gsize) (i + 1) * WATTLE_PAGE_SIZE, WATTLE_PAGE_SIZE);
      memcpy (swapped + (gsize) (i + 1) * WATTLE_PAGE_SIZE, bytes + (gsize) i * WATTLE_PAGE_SIZE, WATTLE_PAGE_SIZE);
      save (fixture->path, swapped, n);
      value = answer (fixture);
      g_assert_true (value == -1 || value == truth);

      save (fixture->path, bytes, n - i * 1500);
      value = answer (fixture);
      g_assert_true (value == -1 || value == truth);
    }
}

/* A log cut or damaged anywhere gives a prefix of what was committed. */
static void
test_torn_wal (Fixture *fixture, gconstpointer data)
{
  sqlite3 *db = open_database (fixture->path);
  g_autofree char *bytes = NULL;
  g_autofree char *wal = NULL;
  gsize n, n_wal;

  run (db, "PRAGMA wal_autocheckpoint = 0; CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)");
  for (guint i = 1; i <= 60; i++)
    run_with (db, "INSERT INTO note VALUES (?1, hex (zeroblob (?2)))", i, i * 37 % 5000);
  load (fixture->path, &bytes, &n);
  load (fixture->wal, &wal, &n_wal);
  g_assert_true (wattle_vfs_close (db, NULL));

  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *shm = g_strconcat (fixture->path, "-shm", NULL);
      gsize length = g_test_rand_int_range (WATTLE_WAL_HEADER, n_wal + 1);
      gint64 count, last;

      save (fixture->path, bytes, n);
      g_unlink (shm);
      if (i % 2)
        {
          save (fixture->wal, wal, length);
        }
      else
        {
          g_autofree char *flipped = g_memdup2 (wal, n_wal);
          flipped[length - 1] ^= 1 << g_test_rand_int_range (0, 8);
          save (fixture->wal, flipped, n_wal);
        }

      db = open_database (fixture->path);
      assert_sound (db);
      count = ask (db, "SELECT count (*) FROM note");
      last = ask (db, "SELECT coalesce (max (id), 0) FROM note WHERE length (body) = 2 * (id * 37 % 5000)");
      g_assert_true (count == last || count == -1);
      g_assert_true (wattle_vfs_close (db, NULL));
    }
}

/* A frame of the log that says it is another page does not pass, even with
 * checksums that fit: SQLite's are not keyed. */
static void
test_wal_page_number_is_bound (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WattlePageKeys) keys = wattle_page_keys_new (right_key);
  guint8 number[4] = { 0, 0, 0, 7 };
  guint8 plain[WATTLE_PAGE_SIZE] = "content";
  guint8 sealed[WATTLE_PAGE_SIZE];
  guint8 back[WATTLE_PAGE_SIZE];

  g_assert_true (wattle_page_seal (keys, WATTLE_PAGE_WAL, 56, number, plain, sealed));
  g_assert_true (wattle_page_open (keys, WATTLE_PAGE_WAL, 56, number, sealed, back));
  g_assert_cmpmem (plain, sizeof plain, back, sizeof back);
  g_assert_false (wattle_page_open (keys, WATTLE_PAGE_WAL, 4176, number, sealed, back));
  g_assert_false (wattle_page_open (keys, WATTLE_PAGE_MAIN, 56, number, sealed, back));
  number[3] = 8;
  g_assert_false (wattle_page_open (keys, WATTLE_PAGE_WAL, 56, number, sealed, back));
  g_assert_true (sodium_is_zero (back, sizeof back));

  plain[WATTLE_PAGE_CONTENT] = 1;
  g_assert_false (wattle_page_seal (keys, WATTLE_PAGE_MAIN, 0, NULL, plain, sealed));
}

/* The writer commits one row after the other and says so after each commit. */
static void
write_until_killed (const char *path, int out)
{
  sqlite3 *db = open_database (path);
  sqlite3_stmt *insert = NULL;
  gint64 id = ask (db, "SELECT coalesce (max (id), 0) FROM note");

  run (db, "PRAGMA wal_autocheckpoint = 20");
  sqlite3_prepare_v2 (db, "INSERT INTO note VALUES (?1, randomblob (?1 * 131 % 9000))", -1, &insert, NULL);
  while (TRUE)
    {
      sqlite3_bind_int64 (insert, 1, ++id);
      if (sqlite3_step (insert) != SQLITE_DONE)
        _exit (3);
      sqlite3_reset (insert);
      if (write (out, &id, sizeof id) != sizeof id)
        _exit (4);
    }
}

static void
test_kill (Fixture *fixture, gconstpointer data)
{
  const char *tier = g_getenv ("WATTLE_FAULTS");
  guint rounds = g_strcmp0 (tier, "long") == 0 ? 1000 : 60;
  sqlite3 *db = open_database (fixture->path);
  gint64 acknowledged = 0;
  gint64 total = 0;

  run (db, "CREATE TABLE note (id INTEGER PRIMARY KEY, body BLOB)");
  g_assert_true (wattle_vfs_close (db, NULL));

  for (guint i = 0; i < rounds; i++)
    {
      guint wanted = g_test_rand_int_range (1, 30);
      int ends[2];
      int status;
      gint64 id;
      pid_t child;

      g_assert_cmpint (pipe (ends), ==, 0);
      if ((child = fork ()) == 0)
        write_until_killed (fixture->path, ends[1]);
      close (ends[1]);
      for (guint n = 0; read (ends[0], &id, sizeof id) == sizeof id; n++)
        {
          acknowledged = id;
          if (n == wanted)
            kill (child, SIGKILL);
        }
      close (ends[0]);
      waitpid (child, &status, 0);
      g_assert_true (WIFSIGNALED (status));

      db = open_database (fixture->path);
      assert_sound (db);
      g_assert_cmpint (ask (db, "SELECT count (*) FROM note WHERE length (body) = max (id * 131 % 9000, 1)"),
                       >=, acknowledged);
      g_assert_cmpint (ask (db, "SELECT max (id) - count (*) FROM note"), ==, 0);
      if (acknowledged > 3000)
        {
          run (db, "DELETE FROM note");
          total += acknowledged;
          acknowledged = 0;
        }
      /* Half of the rounds leave the log for the next writer to recover. */
      if (i % 2)
        g_assert_true (wattle_vfs_close (db, NULL));
      else
        g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
    }
  g_test_message ("%u kills, %" G_GINT64_FORMAT " acknowledged commits, none lost", rounds,
                  total + acknowledged);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);

  /* Others may use SQLite before us. */
  g_assert_cmpint (sqlite3_initialize (), ==, SQLITE_OK);
  wattle_vfs_register (&error);
  g_assert_no_error (error);

#define ADD(name, function) g_test_add ("/vfs/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("no-plain-text", test_no_plain_text);
  ADD ("features", test_features);
  ADD ("part-of-a-page", test_part_of_a_page);
  ADD ("every-page-is-sealed", test_every_page_is_sealed);
  ADD ("refusals", test_refusals);
  ADD ("bit-flips", test_bit_flips);
  ADD ("torn-wal", test_torn_wal);
  ADD ("wal-page-number-is-bound", test_wal_page_number_is_bound);
  ADD ("kill", test_kill);
  return g_test_run ();
}
