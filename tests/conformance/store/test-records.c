/* test-records.c: keeping and finding records
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "fixture.h"

static void
test_put_get (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) patient = fixture_patient ("Mai", "Tran");
  g_autoptr (WattleRecord) found = NULL;
  g_autoptr (GError) error = NULL;
  WattleTransaction *transaction;

  fixture_put (store, patient);
  g_assert_cmpint (wattle_record_revision (patient), ==, 1);
  wattle_record_set_string (patient, WATTLE_PATIENT_SUBURB, "Newtown");
  fixture_put (store, patient);
  g_assert_cmpint (wattle_record_revision (patient), ==, 2);

  transaction = fixture_read (store);
  found = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_PATIENT,
                             wattle_record_id (patient), &error);
  g_assert_no_error (error);
  g_assert_cmpint (wattle_record_revision (found), ==, 2);
  g_assert_cmpint (wattle_transaction_revision (transaction), ==, 2);
  g_assert_cmpstr (wattle_record_get_string (found, WATTLE_PATIENT_SUBURB), ==, "Newtown");
  g_assert_null (wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_APPOINTMENT,
                                    wattle_record_id (patient), &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_PATIENT, "' OR 1", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
  wattle_transaction_free (transaction);
  fixture_close (store);
}

static void
test_refusals (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) nameless = wattle_record_new (WATTLE_RECORD_PATIENT);
  g_autoptr (WattleRecord) event = wattle_record_new (WATTLE_RECORD_AUDIT_EVENT);
  g_autoptr (WattleRecord) ownerless = fixture_appointment (FIXTURE_PRACTITIONER, NULL, 1, 2);
  g_autoptr (WattleRecord) patient = fixture_patient ("Mai", "Tran");
  g_autoptr (WattleRecord) impostor = fixture_setting ("a", "b");
  g_autoptr (GError) error = NULL;
  WattleTransaction *transaction;

  fixture_refuse (store, nameless, WATTLE_ERROR_INVALID, "id");
  wattle_record_set_id (event, FIXTURE_PATIENT);
  fixture_refuse (store, event, WATTLE_ERROR_INVALID, "type");
  wattle_record_unset (ownerless, WATTLE_APPOINTMENT_PATIENT);
  fixture_refuse (store, ownerless, WATTLE_ERROR_INVALID, "patient");
  fixture_put (store, patient);
  wattle_record_set_id (impostor, wattle_record_id (patient));
  fixture_refuse (store, impostor, WATTLE_ERROR_CONFLICT, "id");
  transaction = fixture_read (store);
  g_assert_false (wattle_transaction_put (transaction, patient, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_FORBIDDEN);
  wattle_transaction_free (transaction);
  fixture_close (store);
}

/* A client keeps the server's revision and refuses nothing that the server allowed. */
static void
test_client (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_CLIENT);
  g_autoptr (WattleRecord) first = fixture_appointment (FIXTURE_PRACTITIONER, "1", 0, 100);
  g_autoptr (WattleRecord) second = fixture_appointment (FIXTURE_PRACTITIONER, "1", 50, 150);
  g_autoptr (WattleRecord) row = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  static const char json[] =
    "{\"type\":\"setting\",\"id\":\"01900000000000000000000st1\",\"revision\":77,\"key\":\"a\","
    "\"value\":\"b\",\"from_the_future\":[1, 2]}";
  WattleTransaction *transaction;

  wattle_record_set_revision (first, 41);
  fixture_put (store, first);
  g_assert_cmpint (wattle_record_revision (first), ==, 41);
  fixture_put (store, second);
  g_assert_cmpint (wattle_record_revision (second), ==, 0);
  transaction = fixture_write (store);
  g_assert_false (wattle_transaction_overlap (transaction, second, &id, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CONFLICT);
  g_assert_cmpstr (id, ==, wattle_record_id (first));
  g_clear_error (&error);
  wattle_transaction_put_feed_row (transaction, WATTLE_RECORD_SETTING, json, sizeof json - 1, &row, &error);
  g_assert_no_error (error);
  g_assert_cmpint (wattle_record_revision (row), ==, 77);
  g_assert_false (wattle_transaction_put_feed_row (transaction, WATTLE_RECORD_PATIENT, json, sizeof json - 1, NULL,
                                                   &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
  fixture_commit (transaction);
  transaction = fixture_read (store);
  g_assert_cmpint (wattle_transaction_revision (transaction), ==, 77);
  wattle_transaction_free (transaction);
  fixture_close (store);
}

static char *
family_names (WattleStore *store, const WattleQuery *query)
{
  WattleTransaction *transaction = fixture_read (store);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = wattle_reader_query (wattle_transaction_reader (transaction), query, &error);
  GString *names = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "",
                            wattle_record_get_string (found->pdata[i], WATTLE_PATIENT_FAMILY_NAME));
  if (query->limit == 0 && query->offset == 0)
    g_assert_cmpint (wattle_reader_count (wattle_transaction_reader (transaction), query, NULL), ==, found->len);
  wattle_transaction_free (transaction);
  return g_string_free (names, FALSE);
}

#define assert_names(store, query, names)                     \
  G_STMT_START                                                \
  {                                                           \
    g_autofree char *found_ = family_names (store, query);    \
    g_assert_cmpstr (found_, ==, names);                      \
  }                                                           \
  G_STMT_END

static void
fill_five (WattleStore *store)
{
  static const char *const names[] = { "Abe", "de Souza", "Chen", "Zhang", "Baker" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (WattleRecord) patient = fixture_patient ("Kim", names[i]);

      wattle_record_set_integer (patient, WATTLE_PATIENT_BIRTH_DATE, i * 10);
      if (i == 3)
        {
          wattle_record_unset (patient, WATTLE_PATIENT_BIRTH_DATE);
          wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_DECEASED);
        }
      if (i == 4)
        {
          wattle_record_set_string (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER, FIXTURE_PRACTITIONER);
          wattle_record_set_deleted (patient, TRUE);
        }
      fixture_put (store, patient);
    }
}

static void
test_queries (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  WattleQuery all = wattle_query (WATTLE_RECORD_PATIENT);
  WattleQuery query = all;

  fill_five (store);
  assert_names (store, &all, "Abe de Souza Chen Zhang");
  all.with_deleted = TRUE;
  assert_names (store, &all, "Abe de Souza Chen Zhang Baker");
  wattle_query_order_by (&all, WATTLE_PATIENT_FAMILY_NAME, TRUE);
  assert_names (store, &all, "Zhang de Souza Chen Baker Abe");
  all.limit = 2;
  all.offset = 1;
  assert_names (store, &all, "de Souza Chen");

  wattle_query_where (&query, WATTLE_PATIENT_BIRTH_DATE, WATTLE_COMPARE_AT_LEAST, 10);
  assert_names (store, &query, "de Souza Chen");
  query.conditions[0].compare = WATTLE_COMPARE_GREATER;
  assert_names (store, &query, "Chen");
  query.conditions[0].compare = WATTLE_COMPARE_LESS;
  assert_names (store, &query, "Abe");
  query.conditions[0].compare = WATTLE_COMPARE_EQUAL;
  assert_names (store, &query, "de Souza");
  query.conditions[0].compare = WATTLE_COMPARE_MISSING;
  assert_names (store, &query, "Zhang");

  query = wattle_query (WATTLE_RECORD_PATIENT);
  wattle_query_where (&query, WATTLE_PATIENT_STATUS, WATTLE_COMPARE_ONE_OF, 1 << WATTLE_PATIENT_STATUS_DECEASED);
  assert_names (store, &query, "Zhang");
  query.conditions[0].number |= 1 << WATTLE_PATIENT_STATUS_ACTIVE;
  assert_names (store, &query, "Abe de Souza Chen Zhang");
  query.conditions[0].number = 0;
  assert_names (store, &query, "");
  query.conditions[0].compare = WATTLE_COMPARE_EQUAL;
  query.conditions[0].number = WATTLE_PATIENT_STATUS_DECEASED;
  assert_names (store, &query, "Zhang");
  fixture_close (store);
}

/* An empty scope is nothing, never all. */
static void
test_empty_scope (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  static const char *const values[] = { NULL, "", "not an id", "01900000000000000000000xx1" };

  fill_five (store);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      WattleQuery query = wattle_query (WATTLE_RECORD_PATIENT);

      query.with_deleted = TRUE;
      wattle_query_where_text (&query, WATTLE_PATIENT_PRIMARY_PRACTITIONER, values[i]);
      assert_names (store, &query, "");
      query.conditions[0].field = WATTLE_PATIENT_FAMILY_NAME;
      assert_names (store, &query, "");
    }
  fixture_close (store);
}

static void
test_query_of_other_fields (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  WattleTransaction *transaction = fixture_read (store);
  WattleQuery query = wattle_query (WATTLE_RECORD_PATIENT);
  g_autoptr (GError) error = NULL;

  query.n_conditions = 1;
  query.conditions[0].field = WATTLE_PATIENT_ALERT;
  g_assert_null (wattle_reader_query (wattle_transaction_reader (transaction), &query, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
  g_clear_error (&error);
  query.conditions[0].field = WATTLE_APPOINTMENT_STATUS;
  g_assert_cmpint (wattle_reader_count (wattle_transaction_reader (transaction), &query, &error), ==, -1);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
  wattle_transaction_free (transaction);
  fixture_close (store);
}

static void
test_unique (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) first = fixture_setting ("look", "plain");
  g_autoptr (WattleRecord) second = fixture_setting ("look", "dark");

  fixture_put (store, first);
  fixture_put (store, first);
  fixture_refuse (store, second, WATTLE_ERROR_CONFLICT, "key");
  wattle_record_set_deleted (first, TRUE);
  fixture_put (store, first);
  fixture_put (store, second);
  wattle_record_set_deleted (first, FALSE);
  fixture_refuse (store, first, WATTLE_ERROR_CONFLICT, "key");
  fixture_close (store);
}

static void
test_rollback (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) a = fixture_patient ("A", "Kept");
  g_autoptr (WattleRecord) b = fixture_patient ("B", "Undone");
  g_autoptr (WattleRecord) c = fixture_patient ("C", "Released");
  WattleQuery all = wattle_query (WATTLE_RECORD_PATIENT);
  g_autoptr (GError) error = NULL;
  WattleTransaction *transaction = fixture_write (store);

  g_assert_true (wattle_transaction_put (transaction, b, &error));
  wattle_transaction_free (transaction);
  assert_names (store, &all, "");

  transaction = fixture_write (store);
  g_assert_true (wattle_transaction_put (transaction, a, &error));
  g_assert_true (wattle_transaction_savepoint (transaction, &error));
  g_assert_true (wattle_transaction_put (transaction, b, &error));
  g_assert_true (wattle_transaction_savepoint (transaction, &error));
  g_assert_true (wattle_transaction_rollback_to (transaction, &error));
  g_assert_true (wattle_transaction_rollback_to (transaction, &error));
  g_assert_true (wattle_transaction_savepoint (transaction, &error));
  g_assert_true (wattle_transaction_put (transaction, c, &error));
  g_assert_true (wattle_transaction_release (transaction, &error));
  g_assert_false (wattle_transaction_release (transaction, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_FAILED);
  fixture_commit (transaction);
  assert_names (store, &all, "Kept Released");
  g_assert_cmpint (wattle_record_revision (a), ==, 1);
  g_assert_cmpint (wattle_record_revision (c), ==, 2);
  fixture_close (store);
}

static void
assert_look (WattleTransaction *transaction, const char *id, const char *value)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_SETTING);
  g_autoptr (WattleRecord) found = NULL;
  g_autoptr (WattleRecord) got = NULL;

  wattle_query_where_text (&query, WATTLE_SETTING_KEY, "look");
  found = wattle_reader_find (wattle_transaction_reader (transaction), &query, NULL);
  got = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_SETTING, id, NULL);
  g_assert_cmpstr (wattle_record_get_string (found, WATTLE_SETTING_VALUE), ==, value);
  g_assert_cmpstr (wattle_record_get_string (got, WATTLE_SETTING_VALUE), ==, value);
  /* what a caller does with its record is its own */
  wattle_record_set_string (found, WATTLE_SETTING_VALUE, "scribbled");
  wattle_record_set_string (got, WATTLE_SETTING_VALUE, "scribbled");
}

static void
put_look (WattleTransaction *transaction, WattleRecord *setting, const char *value)
{
  wattle_record_set_string (setting, WATTLE_SETTING_VALUE, value);
  g_assert_true (wattle_transaction_put (transaction, setting, NULL));
}

/* What the writer remembers is what is kept, whoever wrote it and whatever was undone. */
static void
test_memory (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER), *other = fixture_open_again ();
  g_autoptr (WattleRecord) setting = fixture_setting ("look", "plain");
  const char *id = wattle_record_id (setting);
  WattleTransaction *transaction;

  fixture_put (store, setting);
  transaction = fixture_write (store);
  assert_look (transaction, id, "plain");
  assert_look (transaction, id, "plain");
  put_look (transaction, setting, "dark");
  assert_look (transaction, id, "dark");
  g_assert_true (wattle_transaction_savepoint (transaction, NULL));
  put_look (transaction, setting, "loud");
  assert_look (transaction, id, "loud");
  g_assert_true (wattle_transaction_rollback_to (transaction, NULL));
  assert_look (transaction, id, "dark");
  fixture_commit (transaction);

  transaction = fixture_write (store);
  put_look (transaction, setting, "undone");
  assert_look (transaction, id, "undone");
  wattle_transaction_free (transaction);
  transaction = fixture_write (store);
  assert_look (transaction, id, "dark");
  fixture_commit (transaction);

  transaction = fixture_write (other);
  assert_look (transaction, id, "dark");
  put_look (transaction, setting, "theirs");
  fixture_commit (transaction);
  transaction = fixture_write (store);
  assert_look (transaction, id, "theirs");
  fixture_commit (transaction);
  wattle_store_close (other, NULL);
  g_object_unref (other);
  fixture_close (store);
}

/* A reader sees one moment, whatever is committed meanwhile. */
static void
test_reader_sees_one_moment (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) patient = fixture_patient ("Mai", "Tran");
  WattleTransaction *before = fixture_read (store);
  WattleTransaction *after;
  WattleQuery all = wattle_query (WATTLE_RECORD_PATIENT);

  fixture_put (store, patient);
  g_assert_cmpint (wattle_reader_count (wattle_transaction_reader (before), &all, NULL), ==, 0);
  after = fixture_read (store);
  g_assert_cmpint (wattle_reader_count (wattle_transaction_reader (after), &all, NULL), ==, 1);
  wattle_transaction_free (before);
  wattle_transaction_free (after);
  fixture_close (store);
}

static gpointer
write_many (gpointer data)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (WattleRecord) patient = fixture_patient ("Mai", "Tran");
      fixture_put (data, patient);
    }
  return NULL;
}

static void
test_many_writers (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  GThread *threads[4];
  WattleTransaction *transaction;
  WattleQuery all = wattle_query (WATTLE_RECORD_PATIENT);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("writer", write_many, store);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  transaction = fixture_read (store);
  g_assert_cmpint (wattle_transaction_revision (transaction), ==, 200);
  g_assert_cmpint (wattle_reader_count (wattle_transaction_reader (transaction), &all, NULL), ==, 200);
  wattle_transaction_free (transaction);
  transaction = fixture_write (store);
  {
    g_autoptr (GError) error = NULL;
    g_assert_null (wattle_store_begin_write (store, &error));
    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_BUSY);
  }
  wattle_transaction_free (transaction);
  fixture_close (store);
}

static void
test_forget (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_CLIENT);
  g_autoptr (WattleRecord) gone = fixture_patient ("Quokkalina", "Jacarandason");
  g_autoptr (WattleRecord) stays = fixture_patient ("Mai", "Tran");
  g_autoptr (GError) error = NULL;
  WattleQuery all = wattle_query (WATTLE_RECORD_PATIENT);
  WattleTransaction *transaction;

  fixture_put (store, gone);
  fixture_put (store, stays);
  transaction = fixture_write (store);
  g_assert_true (wattle_transaction_forget (transaction, wattle_record_id (gone), &error));
  g_assert_true (wattle_transaction_forget (transaction, wattle_record_id (gone), &error));
  fixture_commit (transaction);
  assert_names (store, &all, "Tran");
  transaction = fixture_read (store);
  {
    g_autoptr (GPtrArray) hits = wattle_transaction_search (transaction, G_MAXUINT64, "jacarandasno", 10, &error);
    g_assert_cmpuint (hits->len, ==, 0);
  }
  wattle_transaction_free (transaction);
  fixture_close (store);
}

static void
changed_cb (WattleStore *store, guint64 types, gpointer data)
{
  *(guint64 *) data = types;
}

static gpointer
count_in_thread (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattleQuery all = wattle_query (WATTLE_RECORD_PATIENT);
  gint64 *count = g_new (gint64, 1);

  *count = wattle_reader_count (wattle_transaction_reader (transaction), &all, error);
  return count;
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *count = wattle_store_run_finish (WATTLE_STORE (source), result, &error);

  g_assert_no_error (error);
  *(gint64 *) data = *count;
}

static void
test_news (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) patient = fixture_patient ("Mai", "Tran");
  g_autoptr (WattleRecord) setting = fixture_setting ("a", "b");
  guint64 types = 0;
  gint64 count = -1;

  g_signal_connect (store, "changed", G_CALLBACK (changed_cb), &types);
  fixture_put (store, patient);
  fixture_put (store, setting);
  while (types == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmphex (types, ==, 1ull << WATTLE_RECORD_PATIENT | 1ull << WATTLE_RECORD_SETTING);
  wattle_store_run_async (store, count_in_thread, NULL, NULL, g_free, NULL, counted_cb, &count);
  while (count < 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (count, ==, 1);
  fixture_close (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/records/put-get", test_put_get);
  g_test_add_func ("/store/records/refusals", test_refusals);
  g_test_add_func ("/store/records/client", test_client);
  g_test_add_func ("/store/records/queries", test_queries);
  g_test_add_func ("/store/records/empty-scope", test_empty_scope);
  g_test_add_func ("/store/records/query-of-other-fields", test_query_of_other_fields);
  g_test_add_func ("/store/records/unique", test_unique);
  g_test_add_func ("/store/records/rollback", test_rollback);
  g_test_add_func ("/store/records/memory", test_memory);
  g_test_add_func ("/store/records/reader-sees-one-moment", test_reader_sees_one_moment);
  g_test_add_func ("/store/records/many-writers", test_many_writers);
  g_test_add_func ("/store/records/forget", test_forget);
  g_test_add_func ("/store/records/news", test_news);
  return g_test_run ();
}
