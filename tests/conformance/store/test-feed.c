/* test-feed.c: the feed, operations, sequences and private rows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/error.h"
#include "base/id.h"
#include "fixture.h"

typedef struct
{
  gint64 last;
  GHashTable *ids;
  guint rows;
  guint stop_after;
  GString *text;
} Fed;

static gboolean
feed_cb (const WattleFeedRow *row, gpointer data, GError **error)
{
  Fed *fed = data;
  g_autoptr (WattleRecord) record = wattle_record_from_text (row->json, row->json_length, error);

  g_assert_nonnull (record);
  g_assert_cmpint (row->revision, >, fed->last);
  g_assert_cmpint (wattle_record_revision (record), ==, row->revision);
  g_assert_cmpstr (wattle_record_id (record), ==, row->id);
  g_assert_cmpstr (wattle_record_scope_id (record), ==, row->scope);
  g_assert_cmpint (wattle_record_is_deleted (record), ==, row->deleted);
  g_assert_true (g_hash_table_add (fed->ids, g_strdup (row->id)));
  fed->last = row->revision;
  fed->rows++;
  if (fed->stop_after > 0 && fed->rows == fed->stop_after)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CANCELLED, NULL, "Enough.");
      return FALSE;
    }
  return TRUE;
}

static Fed *
fed_new (void)
{
  Fed *fed = g_new0 (Fed, 1);

  fed->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return fed;
}

static void
fed_free (Fed *fed)
{
  g_hash_table_unref (fed->ids);
  g_free (fed);
}

/* One row a record, in the order of the last changes, whatever was changed how often. */
static void
test_order (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  WattleRecord *records[20];
  WattleTransaction *transaction;
  g_autoptr (GError) error = NULL;
  Fed *fed = fed_new ();

  for (guint i = 0; i < G_N_ELEMENTS (records); i++)
    {
      g_autofree char *key = g_strdup_printf ("key%u", i);
      records[i] = i % 2 ? fixture_patient ("Mai", "Tran") : fixture_setting (key, "x");
    }
  for (guint i = 0; i < 200; i++)
    {
      WattleRecord *record = records[i < 20 ? i : (guint) g_rand_int_range (rand, 0, 20)];

      if (i >= 20)
        wattle_record_set_deleted (record, g_rand_boolean (rand));
      fixture_put (store, record);
    }
  transaction = fixture_read (store);
  wattle_transaction_feed (transaction, 0, 0, feed_cb, fed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fed->rows, ==, 20);
  g_assert_cmpint (fed->last, ==, 200);
  fed_free (fed);

  fed = fed_new ();
  wattle_transaction_feed (transaction, 0, 7, feed_cb, fed, &error);
  g_assert_cmpuint (fed->rows, ==, 7);
  wattle_transaction_feed (transaction, fed->last, 100, feed_cb, fed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fed->rows, ==, 20);
  wattle_transaction_feed (transaction, 200, 100, feed_cb, fed, &error);
  g_assert_cmpuint (fed->rows, ==, 20);
  fed_free (fed);

  fed = fed_new ();
  fed->stop_after = 3;
  g_assert_false (wattle_transaction_feed (transaction, 0, 0, feed_cb, fed, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED);
  g_assert_cmpuint (fed->rows, ==, 3);
  fed_free (fed);
  wattle_transaction_free (transaction);
  for (guint i = 0; i < G_N_ELEMENTS (records); i++)
    g_object_unref (records[i]);
  fixture_close (store);
}

static guint
rows_of (WattleStore *store, const char *scope)
{
  WattleTransaction *transaction = fixture_read (store);
  g_autoptr (GError) error = NULL;
  Fed *fed = fed_new ();
  guint rows;

  wattle_transaction_scope_rows (transaction, scope, feed_cb, fed, &error);
  g_assert_no_error (error);
  rows = fed->rows;
  fed_free (fed);
  wattle_transaction_free (transaction);
  return rows;
}

static void
test_scope (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) patient = fixture_patient ("Mai", "Tran");
  g_autoptr (WattleRecord) visit = fixture_appointment (FIXTURE_PRACTITIONER, NULL, 0, 10);
  g_autoptr (WattleRecord) other = fixture_patient ("Other", "Person");
  g_autoptr (WattleRecord) setting = fixture_setting ("a", "b");

  wattle_record_set_string (visit, WATTLE_APPOINTMENT_PATIENT, wattle_record_id (patient));
  fixture_put (store, patient);
  fixture_put (store, visit);
  fixture_put (store, other);
  fixture_put (store, setting);
  g_assert_cmpuint (rows_of (store, wattle_record_id (patient)), ==, 2);
  g_assert_cmpuint (rows_of (store, wattle_record_id (other)), ==, 1);
  g_assert_cmpuint (rows_of (store, WATTLE_SCOPE_OF_PRACTICE), ==, 1);
  g_assert_cmpuint (rows_of (store, NULL), ==, 0);
  g_assert_cmpuint (rows_of (store, ""), ==, 0);
  g_assert_cmpuint (rows_of (store, "%"), ==, 0);
  fixture_close (store);
}

static void
test_operations (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = wattle_id_new ();
  g_autofree char *lost = wattle_id_new ();
  g_autofree char *answer = NULL;
  WattleTransaction *transaction = fixture_write (store);

  g_assert_true (wattle_transaction_keep_operation (transaction, lost, "device", 9, "{}", &error));
  wattle_transaction_free (transaction);
  transaction = fixture_write (store);
  g_assert_null (wattle_transaction_operation (transaction, lost, &error));
  g_assert_no_error (error);
  g_assert_cmpint (wattle_transaction_last_number (transaction, "device", &error), ==, 0);
  g_assert_true (wattle_transaction_keep_operation (transaction, id, "device", 4, "{\"ok\":1}", &error));
  g_assert_false (wattle_transaction_keep_operation (transaction, id, "device", 5, "{\"ok\":2}", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CONFLICT);
  fixture_commit (transaction);
  transaction = fixture_read (store);
  answer = wattle_transaction_operation (transaction, id, NULL);
  g_assert_cmpstr (answer, ==, "{\"ok\":1}");
  g_assert_cmpint (wattle_transaction_last_number (transaction, "device", NULL), ==, 4);
  g_assert_cmpint (wattle_transaction_last_number (transaction, "other", NULL), ==, 0);
  wattle_transaction_free (transaction);
  fixture_close (store);
}

/* A number of a transaction that was undone is given again. */
static void
test_sequences (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  gint64 expected = 1;

  for (guint i = 0; i < 30; i++)
    {
      WattleTransaction *transaction = fixture_write (store);

      g_assert_cmpint (wattle_transaction_next_in_sequence (transaction, "invoice", NULL), ==, expected);
      if (i % 3 == 0)
        {
          wattle_transaction_free (transaction);
          continue;
        }
      g_assert_true (wattle_transaction_savepoint (transaction, NULL));
      g_assert_cmpint (wattle_transaction_next_in_sequence (transaction, "invoice", NULL), ==, expected + 1);
      g_assert_true (wattle_transaction_rollback_to (transaction, NULL));
      g_assert_cmpint (wattle_transaction_next_in_sequence (transaction, "receipt", NULL), >, 0);
      fixture_commit (transaction);
      expected++;
    }
  fixture_close (store);
}

static void
test_private (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) of_owner = NULL;
  g_autoptr (GPtrArray) holding = NULL;
  g_autoptr (WattlePrivateRow) row = NULL;
  WattleTransaction *transaction = fixture_write (store);

  g_assert_true (wattle_transaction_keep_private (transaction, "session", "b", "mai", "old", 50, &error));
  g_assert_true (wattle_transaction_keep_private (transaction, "session", "b", "mai", "two", 200, &error));
  g_assert_true (wattle_transaction_keep_private (transaction, "session", "a", "mai", "one", 100, &error));
  g_assert_true (wattle_transaction_keep_private (transaction, "session", "c", NULL, "three", 0, &error));
  g_assert_true (wattle_transaction_keep_private (transaction, "draft", "a", "kim", "text", 0, &error));
  row = wattle_transaction_private (transaction, "session", "b", &error);
  g_assert_cmpstr (row->value, ==, "two");
  g_assert_cmpstr (row->owner, ==, "mai");
  g_assert_cmpint (row->expires_at, ==, 200);
  of_owner = wattle_transaction_privates (transaction, "session", "mai", 0, &error);
  g_assert_cmpuint (of_owner->len, ==, 2);
  g_assert_cmpstr (((WattlePrivateRow *) of_owner->pdata[0])->key, ==, "a");
  holding = wattle_transaction_privates_holding (transaction, "session", "wo", &error);
  g_assert_cmpuint (holding->len, ==, 1);
  g_assert_cmpstr (holding->pdata[0], ==, "b");
  g_assert_true (wattle_transaction_expire_private (transaction, 100, &error));
  g_assert_null (wattle_transaction_private (transaction, "session", "a", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (wattle_transaction_expire_private (transaction, G_MAXINT64, &error));
  rows = wattle_transaction_privates (transaction, "session", NULL, 0, &error);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_true (wattle_transaction_drop_private (transaction, "session", "c", &error));
  g_assert_true (wattle_transaction_drop_private (transaction, "session", "c", &error));
  g_assert_null (wattle_transaction_private (transaction, "session", "c", NULL));
  fixture_commit (transaction);
  fixture_close (store);
}

static void
test_meta (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  WattleTransaction *transaction = fixture_write (store);
  g_autoptr (GError) error = NULL;
  g_autofree char *value = NULL;

  g_assert_null (wattle_transaction_meta (transaction, "epoch", &error));
  g_assert_no_error (error);
  g_assert_true (wattle_transaction_set_meta (transaction, "epoch", "1", &error));
  g_assert_true (wattle_transaction_set_meta (transaction, "epoch", "2", &error));
  fixture_commit (transaction);
  transaction = fixture_write (store);
  value = wattle_transaction_meta (transaction, "epoch", &error);
  g_assert_cmpstr (value, ==, "2");
  g_assert_true (wattle_transaction_set_meta (transaction, "epoch", NULL, &error));
  g_assert_null (wattle_transaction_meta (transaction, "epoch", &error));
  wattle_transaction_free (transaction);
  fixture_close (store);
}

static void
test_audit (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  WattleQuery of_patient = wattle_query (WATTLE_RECORD_AUDIT_EVENT);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  WattleTransaction *transaction;
  gint64 first_bad = -1;

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (WattleRecord) event = wattle_record_new (WATTLE_RECORD_AUDIT_EVENT);

      transaction = fixture_write (store);
      wattle_record_set_string (event, WATTLE_AUDIT_EVENT_ACTION, "patient.read");
      wattle_record_set_string (event, WATTLE_AUDIT_EVENT_OUTCOME, "ok");
      wattle_record_set_string (event, WATTLE_AUDIT_EVENT_PATIENT, FIXTURE_PATIENT);
      g_assert_true (wattle_transaction_audit (transaction, event, &error));
      g_assert_no_error (error);
      if (i % 4 == 1)
        wattle_transaction_free (transaction);
      else
        fixture_commit (transaction);
    }
  transaction = fixture_read (store);
  g_assert_true (wattle_transaction_audit_verify (transaction, &first_bad, NULL, &error));
  g_assert_cmpint (first_bad, ==, 0);
  wattle_query_where_text (&of_patient, WATTLE_AUDIT_EVENT_PATIENT, FIXTURE_PATIENT);
  wattle_query_order_by (&of_patient, WATTLE_AUDIT_EVENT_SEQUENCE, FALSE);
  found = wattle_reader_query (wattle_transaction_reader (transaction), &of_patient, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 15);
  for (guint i = 0; i < found->len; i++)
    {
      g_assert_cmpint (wattle_record_get_integer (found->pdata[i], WATTLE_AUDIT_EVENT_SEQUENCE), ==, i + 1);
      if (i > 0)
        g_assert_cmpstr (wattle_record_get_string (found->pdata[i], WATTLE_AUDIT_EVENT_PREVIOUS_HASH), ==,
                         wattle_record_get_string (found->pdata[i - 1], WATTLE_AUDIT_EVENT_HASH));
    }
  g_assert_cmpuint (rows_of (store, WATTLE_SCOPE_OF_PRACTICE), ==, 0);
  wattle_transaction_free (transaction);
  fixture_close (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/feed/order", test_order);
  g_test_add_func ("/store/feed/scope", test_scope);
  g_test_add_func ("/store/feed/operations", test_operations);
  g_test_add_func ("/store/feed/sequences", test_sequences);
  g_test_add_func ("/store/feed/private", test_private);
  g_test_add_func ("/store/feed/meta", test_meta);
  g_test_add_func ("/store/feed/audit", test_audit);
  return g_test_run ();
}
