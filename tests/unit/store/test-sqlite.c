/* test-sqlite.c: what only a SQLite file can suffer: tampering, foreign and newer files, a new schema, a bulk load
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "fixture.h"

typedef struct
{
  char *folder;
  char *path;
} File;

static void
set_up (File *file, gconstpointer data)
{
  file->folder = g_dir_make_tmp ("wattle-sqlite-XXXXXX", NULL);
  file->path = g_build_filename (file->folder, "practice.db", NULL);
}

static void
tear_down (File *file, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (file->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (file->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (file->folder);
  g_free (file->folder);
  g_free (file->path);
}

static WattleStore *
open_file (File *file, WattleStoreSide side)
{
  WattleStoreOptions options = { .side = side, .path = file->path };
  g_autoptr (GError) error = NULL;
  WattleStore *store = wattle_store_open (&options, &error);

  g_assert_no_error (error);
  return store;
}

static void
close_store (WattleStore *store)
{
  g_autoptr (GError) error = NULL;

  wattle_store_close (store, &error);
  g_assert_no_error (error);
  g_object_unref (store);
}

/* As somebody with the file in hand and a SQLite shell would. */
static int
meddle (File *file, const char *sql)
{
  sqlite3 *db = NULL;
  int rc;

  g_assert_cmpint (sqlite3_open (file->path, &db), ==, SQLITE_OK);
  /* lint: allow sql-exec: the cases are constant text */
  rc = sqlite3_exec (db, sql, NULL, NULL, NULL);
  sqlite3_close (db);
  return rc;
}

static char *
findings_of (WattleStore *store)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  wattle_store_check (store, findings, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (findings, NULL);
  return g_strjoinv ("\n", (char **) findings->pdata);
}

static void
audit_some (WattleStore *store, guint n)
{
  WattleTransaction *transaction = fixture_write (store);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WattleRecord) event = wattle_record_new (WATTLE_RECORD_AUDIT_EVENT);
      g_autoptr (GError) error = NULL;

      wattle_record_set_string (event, WATTLE_AUDIT_EVENT_ACTION, "patient.read");
      wattle_record_set_string (event, WATTLE_AUDIT_EVENT_OUTCOME, "ok");
      wattle_transaction_audit (transaction, event, &error);
      g_assert_no_error (error);
    }
  fixture_commit (transaction);
}

static void
test_audit_tampered (File *file, gconstpointer data)
{
  static const struct
  {
    const char *sql;
    gint64 first_bad;
  } cases[] = {
    { "UPDATE audit SET body = replace (body, 'read', 'lost') WHERE sequence = 7", 7 },
    { "UPDATE audit SET hash = zeroblob (32) WHERE sequence = 3", 3 },
    { "UPDATE audit SET id = zeroblob (16) WHERE sequence = 4", 4 },
    { "DELETE FROM audit WHERE sequence = 5", 5 },
    { "DELETE FROM audit WHERE sequence = 1", 1 },
    { "DELETE FROM audit WHERE sequence > 8", 9 },
    { "DELETE FROM audit", 1 },
    { "DELETE FROM audit WHERE sequence = 5; UPDATE audit SET sequence = sequence - 1 WHERE sequence > 5", 5 },
    { "INSERT INTO audit SELECT 11, x'00112233445566778899aabbccddeeff', body, hash FROM audit WHERE sequence = 10",
      11 },
    { "UPDATE audit SET body = body || ' ' WHERE sequence = 10", 10 },
  };
  g_autofree char *bytes = NULL;
  gsize length;
  WattleStore *store = open_file (file, WATTLE_STORE_SERVER);

  audit_some (store, 10);
  close_store (store);
  g_assert_true (g_file_get_contents (file->path, &bytes, &length, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *sql = g_strconcat ("DROP TRIGGER audit_no_gap; DROP TRIGGER audit_no_update;"
                                          " DROP TRIGGER audit_no_delete;", cases[i].sql, NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *found = NULL;
      WattleTransaction *transaction;
      gint64 first_bad = 0;

      g_assert_true (g_file_set_contents (file->path, bytes, length, NULL));
      g_assert_cmpint (meddle (file, sql), ==, SQLITE_OK);
      store = open_file (file, WATTLE_STORE_SERVER);
      transaction = fixture_read (store);
      g_assert_false (wattle_transaction_audit_verify (transaction, &first_bad, NULL, &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
      g_test_message ("%s", cases[i].sql);
      g_assert_cmpint (first_bad, ==, cases[i].first_bad);
      wattle_transaction_free (transaction);
      found = findings_of (store);
      g_assert_nonnull (strstr (found, "audit"));
      close_store (store);
    }
}

static void
test_audit_triggers (File *file, gconstpointer data)
{
  static const char *const attempts[] = {
    "UPDATE audit SET body = '{}' WHERE sequence = 2", "DELETE FROM audit WHERE sequence = 10",
    "INSERT OR REPLACE INTO audit SELECT 2, id, '{}', hash FROM audit WHERE sequence = 2",
    "REPLACE INTO audit SELECT * FROM audit WHERE sequence = 10",
    "INSERT INTO audit VALUES (12, x'00112233445566778899aabbccddeeff', '{}', zeroblob (32))",
    "INSERT INTO audit VALUES (NULL, x'00112233445566778899aabbccddeeff', '{}', zeroblob (32))",
  };
  WattleStore *store = open_file (file, WATTLE_STORE_SERVER);
  WattleTransaction *transaction;

  audit_some (store, 10);
  close_store (store);
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++)
    {
      g_test_message ("%s", attempts[i]);
      g_assert_cmpint (meddle (file, attempts[i]), ==, SQLITE_CONSTRAINT);
    }
  store = open_file (file, WATTLE_STORE_SERVER);
  transaction = fixture_read (store);
  g_assert_true (wattle_transaction_audit_verify (transaction, NULL, NULL, NULL));
  wattle_transaction_free (transaction);
  close_store (store);
}

static void
expect_refusal (File *file, int code)
{
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = file->path };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize length_before, length_after;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (file->path, &before, &length_before, NULL));
  g_assert_null (wattle_store_open (&options, &error));
  g_assert_error (error, WATTLE_ERROR, code);
  g_assert_nonnull (strstr (error->message, "practice.db"));
  g_assert_true (g_file_get_contents (file->path, &after, &length_after, NULL));
  g_assert_cmpmem (before, length_before, after, length_after);
}

static void
test_foreign (File *file, gconstpointer data)
{
  g_autofree char *garbage = g_strnfill (8192, 'x');
  WattleStore *store;
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = file->path, .read_only = TRUE };
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file->path, garbage, -1, NULL));
  expect_refusal (file, WATTLE_ERROR_CORRUPT);
  g_unlink (file->path);
  g_assert_cmpint (meddle (file, "CREATE TABLE theirs (a)"), ==, SQLITE_OK);
  expect_refusal (file, WATTLE_ERROR_CORRUPT);
  g_unlink (file->path);
  store = open_file (file, WATTLE_STORE_SERVER);
  close_store (store);
  g_assert_cmpint (meddle (file, "PRAGMA user_version = 99"), ==, SQLITE_OK);
  expect_refusal (file, WATTLE_ERROR_UNSUPPORTED);
  store = wattle_store_open (&options, &error);
  g_assert_no_error (error);
  g_assert_null (wattle_store_begin_write (store, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_FORBIDDEN);
  close_store (store);
}

static void
fill (WattleStore *store, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("Name%u", i);
      g_autoptr (WattleRecord) patient = fixture_patient ("Kim", name);

      wattle_record_set_deleted (patient, i % 7 == 6);
      fixture_put (store, patient);
    }
}

static gint64
count_named (WattleStore *store, const char *typed)
{
  WattleTransaction *transaction = fixture_read (store);
  g_autoptr (GPtrArray) hits = wattle_transaction_search (transaction, 1ull << WATTLE_RECORD_PATIENT, typed, 100, NULL);
  gint64 n = hits->len;

  wattle_transaction_free (transaction);
  return n;
}

/* After a change of the field tables the index is built again, from rows that stay as they were. */
static void
test_rebuild (File *file, gconstpointer data)
{
  WattleStore *store = open_file (file, WATTLE_STORE_SERVER);
  g_autofree char *found = NULL;

  fill (store, 20);
  audit_some (store, 3);
  close_store (store);
  g_assert_cmpint (meddle (file, "UPDATE meta SET value = 'older' WHERE name = 'index'; DROP TABLE index_patient;"
                                 " DROP TABLE search_patient; CREATE TABLE index_of_old_times (a);"
                                 " DELETE FROM search_row; DELETE FROM index_setting"), ==, SQLITE_OK);
  store = open_file (file, WATTLE_STORE_SERVER);
  g_assert_cmpint (count_named (store, "kim"), ==, 18);
  g_assert_cmpint (count_named (store, "name13"), ==, 0);
  g_assert_cmpint (count_named (store, "name12"), ==, 1);
  found = findings_of (store);
  g_assert_cmpstr (found, ==, "");
  close_store (store);
}

static void
test_check (File *file, gconstpointer data)
{
  static const char *const damages[][2] = {
    { "DELETE FROM index_patient WHERE family_name = 'Name3'", "missing from the index" },
    { "DELETE FROM record WHERE number = 2", "too many" },
    { "UPDATE record SET body = 'x' WHERE number = 4", "cannot be read" },
    { "UPDATE record SET deleted = 1 WHERE number = 5", "in one place" },
  };
  WattleStore *store = open_file (file, WATTLE_STORE_SERVER);

  fill (store, 20);
  close_store (store);
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autofree char *found = NULL;

      g_assert_cmpint (meddle (file, damages[i][0]), ==, SQLITE_OK);
      store = open_file (file, WATTLE_STORE_SERVER);
      found = findings_of (store);
      g_test_message ("%s", found);
      g_assert_nonnull (strstr (found, damages[i][1]));
      close_store (store);
    }
}

static void
put_all (WattleStore *store, GPtrArray *records, gboolean bulk)
{
  WattleTransaction *transaction = fixture_write (store);
  g_autoptr (GError) error = NULL;

  if (bulk)
    g_assert_true (wattle_transaction_bulk_begin (transaction, &error));
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (WattleRecord) record = wattle_record_copy (records->pdata[i]);

      wattle_transaction_put (transaction, record, &error);
      g_assert_no_error (error);
      if (i % 1000 == 500)
        {
          fixture_commit (transaction);
          transaction = fixture_write (store);
        }
    }
  if (bulk)
    g_assert_true (wattle_transaction_bulk_end (transaction, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  fixture_commit (transaction);
}

static GPtrArray *
many_records (void)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *name = g_strdup_printf ("Name%c%c", 'a' + i % 26, 'a' + i / 26 % 26);
      WattleRecord *patient = fixture_patient ("Kim", name);
      WattleRecord *visit = fixture_appointment (FIXTURE_PRACTITIONER, "1", i * 100, i * 100 + 100);

      wattle_record_set_string (visit, WATTLE_APPOINTMENT_PATIENT, wattle_record_id (patient));
      g_ptr_array_add (records, patient);
      g_ptr_array_add (records, visit);
      if (i % 3 == 0)
        {
          WattleRecord *changed = wattle_record_copy (patient);
          wattle_record_set_string (changed, WATTLE_PATIENT_FAMILY_NAME, "Changed");
          wattle_record_set_deleted (changed, i % 6 == 0);
          g_ptr_array_add (records, changed);
        }
    }
  return records;
}

static char *
dump (File *file, const char *sql)
{
  GString *out = g_string_new (NULL);
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_open (file->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    for (int i = 0; i < sqlite3_column_count (statement); i++)
      g_string_append_printf (out, "%s|", sqlite3_column_text (statement, i));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return g_string_free (out, FALSE);
}

/* A bulk load leaves what single puts leave: rows, index rows, indexes and search rows. */
static void
test_bulk_is_the_same (File *file, gconstpointer data)
{
  static const char *const parts[] = {
    "SELECT hex (id), type, hex (scope), revision, deleted, body FROM record ORDER BY id",
    "SELECT hex (id), deleted, family_name FROM index_patient ORDER BY id",
    "SELECT hex (id), deleted, status, starts_at FROM index_appointment ORDER BY id",
    "SELECT number, type, sort FROM search_row ORDER BY number", "SELECT type, variant, word FROM spelling",
    "SELECT name, sql FROM sqlite_schema WHERE type <> 'table' OR name LIKE 'index%' ORDER BY name",
    "SELECT value FROM counter WHERE name = 'revision'",
  };
  g_autoptr (GPtrArray) records = many_records ();
  char *singly[G_N_ELEMENTS (parts)];
  g_autofree char *found = NULL;
  WattleStore *store = open_file (file, WATTLE_STORE_SERVER);

  put_all (store, records, FALSE);
  close_store (store);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    singly[i] = dump (file, parts[i]);
  g_unlink (file->path);

  store = open_file (file, WATTLE_STORE_SERVER);
  put_all (store, records, TRUE);
  found = findings_of (store);
  g_assert_cmpstr (found, ==, "");
  g_assert_cmpint (count_named (store, "nameab"), >, 0);
  close_store (store);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *in_bulk = dump (file, parts[i]);

      g_assert_cmpuint (strlen (in_bulk), >, 0);
      g_assert_cmpstr (in_bulk, ==, singly[i]);
      g_free (singly[i]);
    }
}

static void
test_bulk_rules (File *file, gconstpointer data)
{
  WattleStore *store = open_file (file, WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) a = fixture_appointment (FIXTURE_PRACTITIONER, NULL, 0, 100);
  g_autoptr (WattleRecord) b = fixture_appointment (FIXTURE_PRACTITIONER, NULL, 50, 150);
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  WattleQuery all = wattle_query (WATTLE_RECORD_APPOINTMENT);
  WattleTransaction *transaction = fixture_write (store);

  g_assert_true (wattle_transaction_bulk_begin (transaction, &error));
  g_assert_true (wattle_transaction_put (transaction, a, &error));
  g_assert_true (wattle_transaction_put (transaction, b, &error));
  g_assert_false (wattle_transaction_bulk_end (transaction, NULL, NULL, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CONFLICT);
  g_clear_error (&error);
  wattle_transaction_free (transaction);
  fixture_put (store, a);
  fixture_refuse (store, b, WATTLE_ERROR_CONFLICT, "starts_at");

  transaction = fixture_write (store);
  g_assert_true (wattle_transaction_bulk_begin (transaction, &error));
  g_cancellable_cancel (cancellable);
  g_assert_false (wattle_transaction_bulk_end (transaction, cancellable, NULL, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED);
  wattle_transaction_free (transaction);
  transaction = fixture_read (store);
  g_assert_cmpint (wattle_reader_count (wattle_transaction_reader (transaction), &all, NULL), ==, 1);
  wattle_transaction_free (transaction);
  close_store (store);
}

/* A load that ended in its middle: everything that was committed is there and found after the next start. */
static void
test_bulk_interrupted (File *file, gconstpointer data)
{
  WattleStore *store = open_file (file, WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) patient = fixture_patient ("Mai", "Tran");
  g_autofree char *found = NULL;
  WattleTransaction *transaction = fixture_write (store);

  g_assert_true (wattle_transaction_bulk_begin (transaction, NULL));
  g_assert_true (wattle_transaction_put (transaction, patient, NULL));
  fixture_commit (transaction);
  close_store (store);
  store = open_file (file, WATTLE_STORE_SERVER);
  g_assert_cmpint (count_named (store, "tran"), ==, 1);
  found = findings_of (store);
  g_assert_cmpstr (found, ==, "");
  close_store (store);
}

static void
test_sealed (File *file, gconstpointer data)
{
  static const guint8 key[32] = "thirty-two bytes to seal it with";
  static const guint8 wrong[32] = "another thirty-two bytes, wrong!";
  WattleStoreOptions options = { .side = WATTLE_STORE_CLIENT, .path = file->path, .key = key };
  g_autofree char *wal = g_strconcat (file->path, "-wal", NULL);
  g_autofree char *bytes = NULL;
  g_autofree char *log = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;
  WattleStore *store = wattle_store_open (&options, &error);

  g_assert_no_error (error);
  fill (store, 50);
  g_assert_cmpint (count_named (store, "name49"), ==, 1);
  g_assert_true (g_file_get_contents (wal, &log, &length, NULL));
  g_assert_null (memmem (log, length, "Name4", 5));
  g_assert_null (memmem (log, length, "name4", 5));
  close_store (store);
  g_assert_true (g_file_get_contents (file->path, &bytes, &length, NULL));
  g_assert_cmpuint (length, >, 4096);
  g_assert_null (memmem (bytes, length, "ame4", 4));
  options.key = wrong;
  g_assert_null (wattle_store_open (&options, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEY_LOST);
  options.key = key;
  store = wattle_store_open (&options, NULL);
  g_assert_cmpint (count_named (store, "name49"), ==, 1);
  close_store (store);
}

static void
test_memory (void)
{
  WattleStoreOptions options = { .side = WATTLE_STORE_CLIENT, .path = ":memory:" };
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleStore) store = wattle_store_open (&options, &error);

  g_assert_no_error (error);
  fill (store, 10);
  g_assert_cmpint (count_named (store, "kim"), ==, 9);
}

/* How many of the folder's files have these bytes, in any letters. */
static guint
files_with (File *file, const char *word)
{
  g_autoptr (GDir) dir = g_dir_open (file->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (file->folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      for (gsize i = 0; i < length; i++)
        bytes[i] = g_ascii_tolower (bytes[i]);
      n += memmem (bytes, length, word, strlen (word)) != NULL;
    }
  return n;
}

static void
put_chart (WattleStore *store, const char *patient_id, const char *note_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (store, &error);
  g_autoptr (WattleRecord) patient = wattle_record_new (WATTLE_RECORD_PATIENT);
  g_autoptr (WattleRecord) note = wattle_record_new (WATTLE_RECORD_PROGRESS_NOTE);
  g_autoptr (GString) body = g_string_new ("Dreams of zanzibar again.");

  /* Longer than a page, so that it has pages of its own to leave behind. */
  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (body, " word%u", i);
  g_string_append (body, " And of madagascar.");
  wattle_record_set_id (patient, patient_id);
  wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, "Ottoline");
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, "Quillfeather");
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
  wattle_record_set_id (note, note_id);
  wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_PATIENT, patient_id);
  wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_BODY, body->str);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_KIND, WATTLE_NOTE_KIND_FREE);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_STATUS, WATTLE_NOTE_STATUS_DRAFT);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_NOTE_DATE, 20000);
  g_assert_true (wattle_transaction_put (transaction, patient, &error));
  g_assert_no_error (error);
  g_assert_true (wattle_transaction_put (transaction, note, &error));
  g_assert_no_error (error);
  g_assert_true (wattle_transaction_commit (transaction, &error));
}

/* What a device may no longer see is gone from every byte of its file: rows, free pages, the index of words and the
 * words that a slip of the pen is compared with. Looked at in a file that is not sealed. */
static void
test_forgotten_bytes (File *file, gconstpointer data)
{
  static const char *const words[] = { "quillfeather", "ottoline", "zanzibar", "madagascar", "word1234" };
  g_autofree char *patient = wattle_id_new ();
  g_autofree char *note = wattle_id_new ();
  g_autoptr (GError) error = NULL;
  WattleStore *store = open_file (file, WATTLE_STORE_CLIENT);
  WattleTransaction *transaction;

  fill (store, 30);
  put_chart (store, patient, note);
  close_store (store);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmpuint (files_with (file, words[i]), ==, 1);
  store = open_file (file, WATTLE_STORE_CLIENT);
  transaction = wattle_store_begin_write (store, &error);
  g_assert_true (wattle_transaction_forget (transaction, note, &error));
  g_assert_true (wattle_transaction_forget (transaction, patient, &error));
  g_assert_true (wattle_transaction_commit (transaction, &error));
  wattle_transaction_free (transaction);
  close_store (store);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (files_with (file, words[i]) != 0)
      g_error ("“%s” is left", words[i]);
}

#define ADD(name, func) g_test_add ("/sqlite/" name, File, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("audit-tampered", test_audit_tampered);
  ADD ("audit-triggers", test_audit_triggers);
  ADD ("foreign", test_foreign);
  ADD ("rebuild", test_rebuild);
  ADD ("check", test_check);
  ADD ("bulk-is-the-same", test_bulk_is_the_same);
  ADD ("bulk-rules", test_bulk_rules);
  ADD ("bulk-interrupted", test_bulk_interrupted);
  ADD ("sealed", test_sealed);
  ADD ("forgotten-bytes", test_forgotten_bytes);
  g_test_add_func ("/sqlite/memory", test_memory);
  return g_test_run ();
}
