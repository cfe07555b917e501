/* test-releases.c: what every released version wrote is opened, brought up to date and whole
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "store/store.h"

typedef struct
{
  char *folder;
  char *path;
} Scratch;

static void
set_up (Scratch *self, gconstpointer name)
{
  g_autofree char *packed = g_strconcat (g_getenv ("WATTLE_RELEASES"), "/0.1/", name, ".gz", NULL);
  g_autoptr (GZlibDecompressor) unzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GFile) from = g_file_new_for_path (packed);
  g_autoptr (GFile) to = NULL;
  g_autoptr (GInputStream) file = NULL;
  g_autoptr (GInputStream) in = NULL;
  g_autoptr (GOutputStream) out = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("wattle-release-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "store.db", NULL);
  to = g_file_new_for_path (self->path);
  file = G_INPUT_STREAM (g_file_read (from, NULL, &error));
  g_assert_no_error (error);
  in = g_converter_input_stream_new (file, G_CONVERTER (unzip));
  out = G_OUTPUT_STREAM (g_file_create (to, G_FILE_CREATE_PRIVATE, NULL, &error));
  g_assert_no_error (error);
  g_output_stream_splice (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Scratch *self, gconstpointer name)
{
  static const char *const parts[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = g_strconcat (self->path, parts[i], NULL);
      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static WattleStore *
open_store (Scratch *self, WattleStoreSide side, const guint8 *key)
{
  WattleStoreOptions options = { .side = side, .path = self->path, .key = key };
  g_autoptr (GError) error = NULL;
  WattleStore *store = wattle_store_open (&options, &error);

  g_assert_no_error (error);
  return store;
}

static gint64
count (WattleTransaction *transaction, WattleRecordType type)
{
  WattleQuery query = wattle_query (type);

  return wattle_reader_count (wattle_transaction_reader (transaction), &query, NULL);
}

static void
assert_found (WattleTransaction *transaction, const char *typed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = wattle_transaction_search (transaction, G_MAXUINT64, typed, 5, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (hits->len, ==, 1);
}

static void
close_store (WattleStore *store)
{
  g_autoptr (GError) error = NULL;

  wattle_store_close (store, &error);
  g_assert_no_error (error);
  g_object_unref (store);
}

static void
test_server (Scratch *self, gconstpointer name)
{
  WattleStore *store = open_store (self, WATTLE_STORE_SERVER, NULL);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  WattleTransaction *transaction;
  g_autoptr (WattleRecord) patient = NULL;
  g_autofree char *practice = NULL;

  wattle_store_check (store, findings, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (findings->len, ==, 0);
  transaction = wattle_store_begin_write (store, &error);
  g_assert_cmpint (count (transaction, WATTLE_RECORD_PATIENT), ==, 6);
  g_assert_cmpint (count (transaction, WATTLE_RECORD_APPOINTMENT), ==, 388);
  g_assert_cmpint (count (transaction, WATTLE_RECORD_AUDIT_EVENT), ==, 2);
  practice = wattle_transaction_meta (transaction, "practice", NULL);
  g_assert_cmpstr (practice, ==, "01m7ras0r0fz29kxj3tebpeq5s");
  g_assert_cmpint (wattle_transaction_revision (transaction), ==, 495);
  g_assert_true (wattle_transaction_audit_verify (transaction, NULL, NULL, &error));
  assert_found (transaction, "hughes 29/12/1954");
  patient = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_PATIENT,
                               "01m7tx5qr0ezxa1djbxf0p1sw6", &error);
  g_assert_no_error (error);
  wattle_record_set_string (patient, WATTLE_PATIENT_SUBURB, "Enmore");
  g_assert_true (wattle_transaction_put (transaction, patient, &error));
  g_assert_true (wattle_transaction_commit (transaction, &error));
  wattle_transaction_free (transaction);
  close_store (store);
}

/* A schema that changed never wipes a cache, nor what waits in it. */
static void
test_client (Scratch *self, gconstpointer name)
{
  guint8 key[32];
  WattleStore *store;
  WattleTransaction *transaction;
  g_autoptr (WattlePrivateRow) draft = NULL;
  g_autofree char *cursor = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < sizeof key; i++)
    key[i] = i;
  store = open_store (self, WATTLE_STORE_CLIENT, key);
  transaction = wattle_store_begin_read (store, &error);
  g_assert_cmpint (count (transaction, WATTLE_RECORD_PATIENT), ==, 6);
  g_assert_cmpint (count (transaction, WATTLE_RECORD_AVAILABILITY), ==, 20);
  cursor = wattle_transaction_meta (transaction, "cursor", NULL);
  g_assert_cmpstr (cursor, ==, "4711");
  draft = wattle_transaction_private (transaction, "draft", "note:1", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (draft->value, ==, "a word that was not yet sent");
  assert_found (transaction, "hughes dar");
  wattle_transaction_free (transaction);
  close_store (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/releases/0.1/server", Scratch, "wattle.db", set_up, test_server, tear_down);
  g_test_add ("/store/releases/0.1/client", Scratch, "cache.db", set_up, test_client, tear_down);
  return g_test_run ();
}
