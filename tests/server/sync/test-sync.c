/* test-sync.c: the real client against the real server over loopback
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "practice.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/id.h"
#include "sync/feed.h"
#include "sync/recordings.h"
#include "sync/session.h"

typedef struct
{
  Practice practice;
  Desk one;
  Desk two;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleTransport) one = NULL;
  g_autoptr (WattleTransport) two = NULL;

  practice_open (&self->practice);
  one = wattle_transport_soup_new (self->practice.proxy_url);
  two = wattle_transport_soup_new (self->practice.url);
  desk_open (&self->one, self->practice.proxy_url, one);
  desk_open (&self->two, self->practice.url, two);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  desk_close (&self->one);
  desk_close (&self->two);
  practice_close (&self->practice);
}

static void
test_two_desks (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autoptr (WattleRecord) there = NULL;

  desk_start (&self->one);
  desk_start (&self->two);
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  /* Nobody asks: the poke of the server brings it. */
  wait_until ((there = desk_get (&self->two, WATTLE_RECORD_PATIENT, id)) != NULL);
  g_assert_cmpint (wattle_record_revision (there), >, 0);
  wait_until (desk_is_idle (&self->one));
}

static void
go_offline (Fixture *self)
{
  practice_cut (&self->practice, TRUE);
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
}

static void
go_online (Fixture *self)
{
  practice_cut (&self->practice, FALSE);
  wattle_client_sync_now (self->one.client);
}

static void
test_offline (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *change = NULL;
  g_autoptr (WattleRecord) there = NULL;

  desk_start (&self->one);
  desk_start (&self->two);
  go_offline (self);
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  change = desk_change (&self->one, id, "given_names", "\"Grace\"", "\"Grace Brewster\"");
  g_assert_cmpuint (desk_pending (&self->one), ==, 2);
  go_online (self);
  wait_until (desk_is_idle (&self->one));
  wait_until ((there = desk_get (&self->two, WATTLE_RECORD_PATIENT, id)) != NULL);
  wait_until (desk_is_idle (&self->two));
  g_clear_object (&there);
  there = desk_get (&self->two, WATTLE_RECORD_PATIENT, id);
  g_assert_cmpstr (wattle_record_get_string (there, WATTLE_PATIENT_GIVEN_NAMES), ==, "Grace Brewster");
}

static gint64
count_patients (Desk *desk)
{
  WattleStore *store = wattle_client_store (desk->client);
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (store, NULL);
  WattleQuery query = wattle_query (WATTLE_RECORD_PATIENT);

  return wattle_reader_count (wattle_transaction_reader (transaction), &query, NULL);
}

/* Answers are lost under way, again and again: everything is done once. */
static void
test_lost_answers (Fixture *self, gconstpointer data)
{
  desk_start (&self->one);
  desk_start (&self->two);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *id = NULL;

      g_mutex_lock (&self->practice.mutex);
      self->practice.lose_answers = 1 + i % 2;
      g_mutex_unlock (&self->practice.mutex);
      id = desk_add_patient (&self->one, "Grace", "Hopper");
      wattle_client_sync_now (self->one.client);
      wait_until (desk_is_idle (&self->one));
    }
  wait_until (count_patients (&self->two) == 5);
  g_assert_cmpint (count_patients (&self->one), ==, 5);
}

static char *
book (Desk *desk, const char *patient, const char *id, const char *modality)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (wattle_client_store (desk->client), NULL);
  WattleQuery query = wattle_query (WATTLE_RECORD_LOCATION);
  g_autoptr (WattleRecord) location = wattle_reader_find (wattle_transaction_reader (transaction), &query, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *args = g_strdup_printf (
      "{\"appointment\":{\"type\":\"appointment\",\"id\":\"%s\",\"patient\":\"%s\",\"practitioner\":\"%s\","
      "\"location\":\"%s\",\"modality\":\"%s\",\"starts_at\":\"2031-11-24T00:00:00Z\","
      "\"ends_at\":\"2031-11-24T00:50:00Z\",\"zone\":\"Australia/Sydney\",\"status\":\"booked\"}}",
      id, patient, wattle_client_actor (desk->client)->practitioner, wattle_record_id (location), modality);
  char *operation = desk_perform (desk, "appointment.book", args, &error);

  g_assert_no_error (error);
  return operation;
}

static void
test_lost_race (Fixture *self, gconstpointer data)
{
  g_autofree char *patient = NULL;
  g_autofree char *first = wattle_id_new ();
  g_autofree char *second = wattle_id_new ();
  g_autofree char *winner = NULL;
  g_autofree char *loser = NULL;
  g_autofree char *status = NULL;
  g_autofree char *message = NULL;
  g_autoptr (WattleRecord) here = NULL;
  g_autoptr (WattleOutboxItem) item = NULL;

  desk_start (&self->one);
  desk_start (&self->two);
  patient = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until ((here = desk_get (&self->two, WATTLE_RECORD_PATIENT, patient)) != NULL);
  go_offline (self);
  loser = book (&self->one, patient, second, "in_person");
  winner = book (&self->two, patient, first, "in_person");
  wait_until (desk_is_idle (&self->two));
  go_online (self);
  wait_until (desk_is_idle (&self->one));
  status = desk_status (&self->one, loser);
  g_assert_cmpstr (status, ==, "conflict");
  item = g_list_model_get_item (wattle_client_outbox (self->one.client), 0);
  g_object_get (item, "message", &message, NULL);
  g_assert_nonnull (message);
  g_assert_false (desk_has (&self->one, WATTLE_RECORD_APPOINTMENT, second));
  g_clear_object (&here);
  wait_until ((here = desk_get (&self->one, WATTLE_RECORD_APPOINTMENT, first)) != NULL);
}

static void
test_field_conflict (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *mine = NULL;
  g_autofree char *theirs = NULL;
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  g_autofree char *now = NULL;
  g_autoptr (WattleRecord) here = NULL;
  g_autoptr (WattleConflictItem) item = NULL;

  desk_start (&self->one);
  desk_start (&self->two);
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until (desk_is_idle (&self->one));
  wait_until ((here = desk_get (&self->two, WATTLE_RECORD_PATIENT, id)) != NULL);
  go_offline (self);
  a = desk_change (&self->one, id, "suburb", "null", "\"Enmore\"");
  b = desk_change (&self->two, id, "suburb", "null", "\"Newtown\"");
  wait_until (desk_is_idle (&self->two));
  go_online (self);
  wait_until (desk_conflicts (&self->one) == 1 && desk_is_idle (&self->one));
  item = g_list_model_get_item (wattle_client_conflicts (self->one.client), 0);
  g_object_get (item, "mine", &mine, "theirs", &theirs, NULL);
  g_assert_cmpstr (mine, ==, "Enmore");
  g_assert_cmpstr (theirs, ==, "Newtown");
  wattle_client_resolve_async (self->one.client, item, TRUE, NULL, NULL, NULL);
  wait_until (desk_conflicts (&self->one) == 0 && desk_is_idle (&self->one));
  wait_until (g_strcmp0 (now, "Enmore") == 0
              || (g_free (now), now = desk_text (&self->two, WATTLE_RECORD_PATIENT, id, WATTLE_PATIENT_SUBURB), FALSE));
}

static void
test_server_killed (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autoptr (WattleRecord) there = NULL;

  desk_start (&self->one);
  desk_start (&self->two);
  practice_kill (&self->practice);
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until (!wattle_client_is_online (self->one.client) && !wattle_client_is_online (self->two.client));
  practice_start (&self->practice);
  /* Nobody asks: both come back by themselves. */
  wait_until ((there = desk_get (&self->two, WATTLE_RECORD_PATIENT, id)) != NULL);
  wait_until (desk_is_idle (&self->one) && desk_is_idle (&self->two));
}

static void
test_blobs (Fixture *self, gconstpointer data)
{
  g_autofree char *patient = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *args = NULL;
  g_autofree char *operation = NULL;
  g_autofree char *document = wattle_id_new ();
  g_autofree guint8 *noise = g_malloc (3000000);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) back = NULL;
  g_autoptr (WattleRecord) there = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3000000; i++)
    noise[i] = g_test_rand_int ();
  bytes = g_bytes_new_take (g_steal_pointer (&noise), 3000000);
  desk_start (&self->one);
  desk_start (&self->two);
  patient = desk_add_patient (&self->one, "Grace", "Hopper");
  hash = desk_put_blob (&self->one, bytes);
  args = g_strdup_printf ("{\"document\":{\"type\":\"document\",\"id\":\"%s\",\"patient\":\"%s\",\"kind\":\"letter\","
                          "\"title\":\"Referral\",\"document_date\":\"2026-11-20\",\"media_type\":\"application/pdf\","
                          "\"size\":3000000,\"hash\":\"%s\"}}",
                          document, patient, hash);
  operation = desk_perform (&self->one, "document.file", args, &error);
  g_assert_no_error (error);
  wait_until ((there = desk_get (&self->two, WATTLE_RECORD_DOCUMENT, document)) != NULL);
  back = desk_get_blob (&self->two, hash);
  g_assert_true (g_bytes_equal (bytes, back));
  g_assert_cmpuint (desk_search_files (&self->two, "Referral"), ==, 0);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static WattleStreamWriter *
begin_recording (Desk *desk, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  WattleStreamWriter *writer;

  wattle_client_begin_recording_async (desk->client, id, "{\"about\":\"Wombat\"}", NULL, keep_result, &result);
  wait_until (result != NULL);
  writer = wattle_client_begin_recording_finish (desk->client, result, &error);
  g_assert_no_error (error);
  return writer;
}

static GPtrArray *
find_recordings (Desk *desk)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *found;

  wattle_client_find_recordings_async (desk->client, NULL, keep_result, &result);
  wait_until (result != NULL);
  found = wattle_client_find_recordings_finish (desk->client, result, &error);
  g_assert_no_error (error);
  return found;
}

static GBytes *
read_recording (Desk *desk, const char *id, const char *hash)
{
  GByteArray *all = g_byte_array_new ();

  for (;;)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) part = NULL;

      wattle_client_read_recording_async (desk->client, id, hash, all->len, NULL, keep_result, &result);
      wait_until (result != NULL);
      part = wattle_client_read_recording_finish (desk->client, result, &error);
      g_assert_no_error (error);
      if (g_bytes_get_size (part) == 0)
        return g_byte_array_free_to_bytes (all);
      g_byte_array_append (all, g_bytes_get_data (part, NULL), (guint) g_bytes_get_size (part));
    }
}

/* Cut off while it was recorded: it is found, filed, sent, read by another, and then no more on the first computer. */
/* It stays here, sealed, and its bytes do not go to the server. */
static void
refuse_without_consent (Fixture *self, const char *args, const WattleRecordingFile *file)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (desk_perform (&self->one, "recording.file", args, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_FORBIDDEN);
  g_assert_cmpstr (wattle_error_get_field (error), ==, "consent");
  wattle_client_hold_recording (self->one.client, file->hash);
  wait_until (desk_is_idle (&self->one));
  g_assert_cmpuint (desk_count_files (&self->one, ".recording"), ==, 1);
}

static void
agree_as_guardian (Fixture *self, const char *visit, const char *patient)
{
  g_autofree char *id = wattle_id_new ();
  g_autofree char *args =
    g_strdup_printf ("{\"report\":{\"type\":\"call_report\",\"id\":\"%s\",\"patient\":\"%s\","
                     "\"appointment\":\"%s\",\"started_at\":\"2026-11-20T01:00:00Z\",\"connected_seconds\":60,"
                     "\"recording\":\"2026-11-20T01:59:00Z asked\\n2026-11-20T01:59:30Z given guardian\"}}",
                     id, patient, visit);
  g_autofree char *operation = NULL;
  g_autoptr (GError) error = NULL;

  operation = desk_perform (&self->one, "call.report", args, &error);
  g_assert_no_error (error);
}

static GPtrArray *
found_again (Desk *desk, GPtrArray *before)
{
  GPtrArray *found = find_recordings (desk);

  g_assert_cmpuint (found->len, ==, before->len);
  g_ptr_array_unref (before);
  return found;
}

static void
test_recording (Fixture *self, gconstpointer data)
{
  g_autofree char *id = wattle_id_new ();
  g_autofree char *visit = wattle_id_new ();
  g_autofree char *patient = NULL;
  g_autofree char *booked = NULL;
  g_autofree char *args = NULL;
  g_autofree char *operation = NULL;
  g_autofree guint8 *noise = g_malloc (5 * 1024 * 1024);
  g_autoptr (GBytes) all = g_bytes_new_static (noise, 5 * 1024 * 1024);
  g_autoptr (GBytes) here = NULL;
  g_autoptr (GBytes) back = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (WattleRecord) there = NULL;
  g_autoptr (GError) error = NULL;
  WattleStreamWriter *writer;
  const WattleRecordingFile *file;

  for (guint i = 0; i < 5 * 1024 * 1024; i++)
    noise[i] = g_test_rand_int ();
  desk_start (&self->one);
  desk_start (&self->two);
  patient = desk_add_patient (&self->one, "Grace", "Hopper");
  booked = book (&self->one, patient, visit, "video");
  writer = begin_recording (&self->one, id);
  for (guint i = 0; i < 5 * 16; i++)
    g_assert_true (wattle_stream_writer_add (writer, noise + i * 65536, 65536, NULL));
  found = find_recordings (&self->one);
  g_assert_cmpuint (found->len, ==, 0);
  g_ptr_array_unref (found);
  wattle_stream_writer_free (writer);
  g_assert_cmpuint (desk_search_files (&self->one, "Wombat"), ==, 0);
  found = find_recordings (&self->one);
  g_assert_cmpuint (found->len, ==, 1);
  file = found->pdata[0];
  g_assert_cmpstr (file->id, ==, id);
  g_assert_cmpstr (file->about, ==, "{\"about\":\"Wombat\"}");
  g_assert_cmpuint (file->size, ==, g_bytes_get_size (all));
  here = read_recording (&self->one, id, file->hash);
  g_assert_true (g_bytes_equal (all, here));
  args = g_strdup_printf ("{\"appointment\":\"%s\",\"started_at\":\"2026-11-20T02:00:00Z\","
                          "\"document\":{\"type\":\"document\",\"id\":\"%s\","
                          "\"patient\":\"%s\",\"kind\":\"recording\",\"title\":\"Recording\","
                          "\"document_date\":\"2026-11-20\",\"media_type\":\"video/x-matroska\","
                          "\"size\":%" G_GUINT64_FORMAT ",\"hash\":\"%s\"}}",
                          visit, id, patient, file->size, file->hash);
  refuse_without_consent (self, args, file);
  agree_as_guardian (self, visit, patient);
  found = found_again (&self->one, found);
  file = found->pdata[0];
  operation = desk_perform (&self->one, "recording.file", args, &error);
  g_assert_no_error (error);
  wait_until ((there = desk_get (&self->two, WATTLE_RECORD_DOCUMENT, id)) != NULL);
  back = read_recording (&self->two, id, file->hash);
  g_assert_true (g_bytes_equal (all, back));
  wait_until (desk_is_idle (&self->one));
  g_assert_cmpuint (desk_count_files (&self->one, ".recording"), ==, 1);
  g_ptr_array_unref (found);
  found = find_recordings (&self->one);
  g_assert_cmpuint (found->len, ==, 0);
  g_assert_cmpuint (desk_count_files (&self->one, ".recording"), ==, 0);
}

/* Kills a client again and again while it works; what it said was safe is at the server in the end. */
static void
test_client_killed (Fixture *self, gconstpointer data)
{
  g_autofree char *dir = g_dir_make_tmp ("wattle-child-XXXXXX", NULL);
  const char *argv[] = { g_getenv ("SYNC_CHILD"), self->practice.url, dir, NULL };
  g_autoptr (GHashTable) safe = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer id;

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) child = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
      g_autoptr (GDataInputStream) lines = NULL;
      guint wanted = g_test_rand_int_range (1, 40);
      char *line;

      g_assert_no_error (error);
      lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
      for (guint n = 0; n < wanted; n++)
        {
          line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
          g_assert_no_error (error);
          g_assert_nonnull (line);
          g_hash_table_add (safe, line);
        }
      g_subprocess_send_signal (child, SIGKILL);
      while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
        if (strlen (line) == WATTLE_ID_LENGTH)
          g_hash_table_add (safe, line);
        else
          g_free (line);
      g_subprocess_wait (child, NULL, NULL);
    }
  desk_without_keyring (&self->two, dir);
  desk_start (&self->two);
  desk_start (&self->one);
  g_hash_table_iter_init (&iter, safe);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_assert_true (desk_has (&self->one, WATTLE_RECORD_PATIENT, id));
  g_test_message ("%u operations were said to be safe over 5 kills; the server has %" G_GINT64_FORMAT,
                  g_hash_table_size (safe), count_patients (&self->one));
}

/* Puts many people and visits into the server's own file while it is not running. */
static void
fill_practice (Fixture *self, guint patients)
{
  g_autofree char *path = g_build_filename (self->practice.dir, "data", "wattle.db", NULL);
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = path };
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleStore) store = NULL;
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (WattleRecord) practitioner = NULL;
  g_autoptr (WattleRecord) location = NULL;
  WattleQuery who = wattle_query (WATTLE_RECORD_PRACTITIONER), where = wattle_query (WATTLE_RECORD_LOCATION);

  practice_kill (&self->practice);
  store = wattle_store_open (&options, &error);
  g_assert_no_error (error);
  transaction = wattle_store_begin_write (store, &error);
  g_assert_true (wattle_transaction_bulk_begin (transaction, &error));
  practitioner = wattle_reader_find (wattle_transaction_reader (transaction), &who, &error);
  location = wattle_reader_find (wattle_transaction_reader (transaction), &where, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < patients; i++)
    {
      g_autoptr (WattleRecord) patient = wattle_record_new (WATTLE_RECORD_PATIENT);
      g_autoptr (WattleRecord) visit = wattle_record_new (WATTLE_RECORD_APPOINTMENT);
      g_autofree char *patient_id = wattle_id_new ();
      g_autofree char *visit_id = wattle_id_new ();
      g_autofree char *family = g_strdup_printf ("Family%u", i % 5000);
      g_autofree char *mobile = g_strdup_printf ("04%08u", i);
      gint64 start = G_GINT64_CONSTANT (1700000000000000) + i * G_GINT64_CONSTANT (3600000000);

      wattle_record_set_id (patient, patient_id);
      wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, i % 2 ? "Grace Brewster" : "Ada");
      wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, family);
      wattle_record_set_string (patient, WATTLE_PATIENT_MOBILE, mobile);
      wattle_record_set_string (patient, WATTLE_PATIENT_ADDRESS_LINE, "12 Banksia Street");
      wattle_record_set_string (patient, WATTLE_PATIENT_SUBURB, "Newtown");
      wattle_record_set_string (patient, WATTLE_PATIENT_POSTCODE, "2042");
      wattle_record_set_integer (patient, WATTLE_PATIENT_BIRTH_DATE, (gint64) (i % 30000) - 10000);
      wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
      wattle_record_set_string (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER, wattle_record_id (practitioner));
      wattle_record_set_id (visit, visit_id);
      wattle_record_set_string (visit, WATTLE_APPOINTMENT_PATIENT, patient_id);
      wattle_record_set_string (visit, WATTLE_APPOINTMENT_PRACTITIONER, wattle_record_id (practitioner));
      wattle_record_set_string (visit, WATTLE_APPOINTMENT_LOCATION, wattle_record_id (location));
      wattle_record_set_integer (visit, WATTLE_APPOINTMENT_MODALITY, WATTLE_MODALITY_IN_PERSON);
      wattle_record_set_integer (visit, WATTLE_APPOINTMENT_STARTS_AT, start);
      wattle_record_set_integer (visit, WATTLE_APPOINTMENT_ENDS_AT, start + G_GINT64_CONSTANT (3000000000));
      wattle_record_set_string (visit, WATTLE_APPOINTMENT_ZONE, "Australia/Sydney");
      wattle_record_set_integer (visit, WATTLE_APPOINTMENT_STATUS, WATTLE_APPOINTMENT_STATUS_COMPLETED);
      g_assert_true (wattle_transaction_put (transaction, patient, &error));
      g_assert_true (wattle_transaction_put (transaction, visit, &error));
    }
  g_assert_true (wattle_transaction_bulk_end (transaction, NULL, NULL, NULL, &error));
  g_assert_true (wattle_transaction_commit (transaction, &error));
  g_clear_pointer (&transaction, wattle_transaction_free);
  g_assert_true (wattle_store_close (store, &error));
  practice_start (&self->practice);
}

/* The same bytes and rows with a loop that does nothing else. Returns seconds. */
static double
bare_loop (Fixture *self, guint *rows)
{
  g_autoptr (WattleTransport) transport = wattle_transport_soup_new (self->practice.url);
  g_autoptr (WattleSession) session = wattle_session_new (transport);
  g_autofree char *path = g_build_filename (self->practice.dir, "bare.db", NULL);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;
  sqlite3_stmt *insert = NULL;
  gint64 begun;

  wattle_session_sign_in (session, LOGIN, PASSWORD, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db,
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                "CREATE TABLE record (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL)",
                NULL, NULL, NULL);
  sqlite3_prepare_v2 (db, "INSERT INTO record (id, body) VALUES (?1, ?2)", -1, &insert, NULL);
  begun = g_get_monotonic_time ();
  *rows = 0;
  do
    {
      g_autofree char *escaped = after != NULL ? g_uri_escape_string (after, NULL, FALSE) : NULL;
      g_autofree char *call = escaped != NULL ? g_strconcat ("/snapshot?limit=5000&after=", escaped, NULL)
                                              : g_strdup ("/snapshot?limit=5000");
      WattleRequest request = { .method = "GET", .path = call, .max_bytes = 128 * 1024 * 1024 };
      g_auto (WattleResponse) response = { 0 };
      g_auto (WattleFeedPage) page = { 0 };
      const char *text, *end;
      gsize length;

      wattle_session_send (session, &request, &response, NULL, &error);
      g_assert_no_error (error);
      wattle_feed_check (response.body, &page, &error);
      g_assert_no_error (error);
      text = g_bytes_get_data (response.body, &length);
      sqlite3_exec (db, "BEGIN", NULL, NULL, NULL);
      for (; (end = memchr (text, '\n', length)) != NULL; length -= end + 1 - text, text = end + 1)
        {
          const char *id = memmem (text, end - text, "\"id\":\"", 6);

          if (id == NULL || strncmp (text, "{\"put\"", 6) != 0)
            continue;
          sqlite3_bind_text (insert, 1, id + 6, WATTLE_ID_LENGTH, SQLITE_STATIC);
          sqlite3_bind_text (insert, 2, text, end - text, SQLITE_STATIC);
          g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
          sqlite3_reset (insert);
          (*rows)++;
        }
      sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
      g_free (after);
      after = g_strdup (page.after);
    }
  while (after != NULL);
  sqlite3_finalize (insert);
  sqlite3_close (db);
  return (g_get_monotonic_time () - begun) / (double) G_USEC_PER_SEC;
}

/* Processor time of this process, in seconds: steadier than the clock on a busy machine. */
static double
cpu_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
note_progress (WattleClient *client, GParamSpec *pspec, gint64 *times)
{
  double progress;

  g_object_get (client, "progress", &progress, NULL);
  if (progress >= 0 && times[0] == 0)
    times[0] = g_get_monotonic_time ();
  if (progress < 0)
    times[1] = g_get_monotonic_time ();
}

static void
test_first_sync (Fixture *self, gconstpointer data)
{
  const char *size = g_getenv ("SYNC_PATIENTS");
  guint patients = size != NULL ? g_ascii_strtoull (size, NULL, 10) : 5000;
  gint64 times[2] = { 0, 0 };
  double bare, ours, bare_cpu, ours_cpu;
  guint rows;

  fill_practice (self, patients);
  bare_cpu = -cpu_time ();
  bare = bare_loop (self, &rows);
  bare_cpu += cpu_time ();
  ours_cpu = -cpu_time ();
  g_signal_connect (self->two.client, "notify::progress", G_CALLBACK (note_progress), times);
  desk_start (&self->two);
  ours_cpu += cpu_time ();
  g_assert_cmpint (count_patients (&self->two), ==, patients);
  ours = (times[1] - times[0]) / (double) G_USEC_PER_SEC;
  g_test_message ("first sync of %u rows: %.2f s (%.2f s of processor), a bare loop %.2f s (%.2f s), ratio %.2f", rows,
                  ours, ours_cpu, bare, bare_cpu, ours / bare);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define add(path, func) g_test_add ("/sync/" path, Fixture, NULL, set_up, func, tear_down)
  add ("two-desks", test_two_desks);
  add ("offline", test_offline);
  add ("lost-answers", test_lost_answers);
  add ("lost-race", test_lost_race);
  add ("field-conflict", test_field_conflict);
  add ("server-killed", test_server_killed);
  add ("blobs", test_blobs);
  add ("recording", test_recording);
  add ("client-killed", test_client_killed);
  add ("first-sync", test_first_sync);
#undef add
  return g_test_run ();
}
