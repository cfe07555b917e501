/* test-client.c: a client and a practice in one process, with a network that can be made to fail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fixture.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"

static void
test_first_sync (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) patients = g_ptr_array_new_with_free_func (g_object_unref);
  double progress;

  for (guint i = 0; i < 25; i++)
    g_ptr_array_add (patients, fixture_patient (self, "Ada", "Byron"));
  self->one.faults->page_limit = 7;
  desk_start (&self->one);
  for (guint i = 0; i < patients->len; i++)
    {
      g_autofree char *name =
        desk_text (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (g_ptr_array_index (patients, i)),
                   WATTLE_PATIENT_FAMILY_NAME);
      g_assert_cmpstr (name, ==, "Byron");
    }
  g_object_get (self->one.client, "progress", &progress, NULL);
  g_assert_cmpfloat (progress, ==, -1);
  g_assert_cmpuint (fake_transport_calls (FAKE_TRANSPORT (self->one.transport), "/snapshot"), >=, 4);
  g_assert_cmpstr (wattle_record_id (wattle_client_user (self->one.client)), ==, fake_server_user (self->server));
  g_assert_cmpint (wattle_client_actor (self->one.client)->role, ==, WATTLE_ROLE_CLINICIAN);
}

/* Days without the server close what is saved here, whatever the clock says afterwards; nothing of it is lost. */
static void
test_offline_days (Fixture *self, gconstpointer data)
{
  gint64 start = 1790000000 * WATTLE_SECOND;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleRecord) there = NULL;

  wattle_clock_fix (start);
  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wattle_clock_fix (start + 6 * WATTLE_DAY);
  wattle_client_lock (self->one.client);
  g_assert_true (desk_unlock (&self->one, PASSWORD, &error));
  g_assert_no_error (error);
  /* while it is open */
  wattle_clock_fix (start + 8 * WATTLE_DAY);
  wattle_client_sync_now (self->one.client);
  wait_until (wattle_client_state (self->one.client) == WATTLE_CLIENT_SIGNED_OUT);
  g_assert_null (wattle_client_store (self->one.client));
  /* turned back, and begun again */
  wattle_clock_fix (start + WATTLE_DAY);
  desk_reopen (&self->one);
  g_assert_false (desk_sign_in (&self->one, LOGIN, PASSWORD, NULL, &error));
  g_assert_cmpstr (wattle_error_get_field (error), ==, "offline_days");
  g_clear_error (&error);
  self->one.faults->offline = FALSE;
  g_assert_true (desk_sign_in (&self->one, LOGIN, PASSWORD, NULL, &error));
  g_assert_no_error (error);
  wait_until (desk_is_idle (&self->one));
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_nonnull (there);
  wattle_clock_fix (0);
}

static void
test_two_desks (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autoptr (WattleRecord) at_once = NULL;
  g_autoptr (WattleRecord) there = NULL;

  desk_start (&self->one);
  desk_start (&self->two);
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  at_once = desk_get (&self->one, WATTLE_RECORD_PATIENT, id);
  g_assert_nonnull (at_once);
  wait_until (desk_is_idle (&self->one));
  g_assert_cmpuint (fake_server_done (self->server), ==, 1);
  fake_server_poke (self->server);
  wait_until ((there = desk_get (&self->two, WATTLE_RECORD_PATIENT, id)) != NULL);
  g_assert_cmpint (wattle_record_revision (there), >, 0);
}

static void
test_offline (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *change = NULL;
  g_autofree char *status = NULL;
  g_autofree char *name = NULL;
  g_autoptr (WattleRecord) there = NULL;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  change = desk_change (&self->one, id, "given_names", "\"Grace\"", "\"Grace Brewster\"");
  wait_until (desk_pending (&self->one) == 2);
  status = desk_status (&self->one, change);
  g_assert_cmpstr (status, ==, "waiting");
  name = desk_text (&self->one, WATTLE_RECORD_PATIENT, id, WATTLE_PATIENT_GIVEN_NAMES);
  g_assert_cmpstr (name, ==, "Grace Brewster");
  self->one.faults->offline = FALSE;
  wattle_client_sync_now (self->one.client);
  wait_until (desk_is_idle (&self->one));
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_cmpstr (wattle_record_get_string (there, WATTLE_PATIENT_GIVEN_NAMES), ==, "Grace Brewster");
}

static void
test_lost_answer (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;

  desk_start (&self->one);
  self->one.faults->lose_answers = 1;
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until (fake_server_done (self->server) == 1 && desk_is_idle (&self->one));
  g_assert_cmpuint (fake_transport_calls (FAKE_TRANSPORT (self->one.transport), "/operations"), >=, 2);
  g_assert_cmpuint (fake_server_done (self->server), ==, 1);
}

static void
test_sign_in (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->one.faults->offline = TRUE;
  g_assert_false (desk_sign_in (&self->one, "coded", PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_OFFLINE);
  g_clear_error (&error);
  self->one.faults->offline = FALSE;
  g_assert_false (desk_sign_in (&self->one, "coded", "wrong", NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED);
  g_assert_null (wattle_error_get_field (error));
  g_clear_error (&error);
  /* A password that the server refused made no key. */
  g_assert_cmpuint (wattle_keyring_memory_stores (WATTLE_KEYRING_MEMORY (self->one.keyring)), ==, 0);
  g_assert_false (desk_sign_in (&self->one, "coded", PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED);
  g_assert_cmpstr (wattle_error_get_field (error), ==, "code");
  g_clear_error (&error);
  g_assert_true (desk_sign_in (&self->one, "coded", PASSWORD, "123456", &error));
  g_assert_no_error (error);
  g_assert_nonnull (wattle_client_store (self->one.client));
}

static void
test_keyring (Fixture *self, gconstpointer data)
{
  WattleKeyringMemory *keyring = WATTLE_KEYRING_MEMORY (self->one.keyring);
  g_autoptr (GError) error = NULL;

  wattle_keyring_memory_set_status (keyring, WATTLE_KEYRING_ABSENT);
  g_assert_false (desk_sign_in (&self->one, "nguyen", PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  wattle_client_set_vault_mode (self->one.client, WATTLE_VAULT_WITH_PASSPHRASE);
  desk_start (&self->one);
  desk_sign_out (&self->one, TRUE);
  wattle_keyring_memory_set_status (keyring, WATTLE_KEYRING_OPEN);
  wattle_client_set_vault_mode (self->one.client, WATTLE_VAULT_WITH_KEYRING);
  desk_start (&self->one);
  desk_sign_out (&self->one, FALSE);
  wattle_keyring_memory_forget (keyring);
  g_assert_false (desk_sign_in (&self->one, "nguyen", PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEY_LOST);
}

static void
test_lock (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *found = NULL;
  g_autofree char *operation = NULL;
  g_autoptr (GError) error = NULL;

  desk_start (&self->one);
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until (desk_is_idle (&self->one));
  wattle_client_lock (self->one.client);
  g_assert_cmpint (wattle_client_state (self->one.client), ==, WATTLE_CLIENT_LOCKED);
  g_assert_null (wattle_client_store (self->one.client));
  operation = desk_perform (&self->one, "record.create", "{}", &error);
  g_assert_null (operation);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_false (desk_unlock (&self->one, "wrong", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED);
  g_assert_cmpint (wattle_client_state (self->one.client), ==, WATTLE_CLIENT_LOCKED);
  g_clear_error (&error);
  g_assert_true (desk_unlock (&self->one, PASSWORD, &error));
  g_assert_no_error (error);
  found = desk_text (&self->one, WATTLE_RECORD_PATIENT, id, WATTLE_PATIENT_FAMILY_NAME);
  g_assert_cmpstr (found, ==, "Hopper");
  wait_until (desk_is_idle (&self->one));
}

static void
test_offline_sign_in (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *found = NULL;
  g_autoptr (WattleRecord) there = NULL;
  g_autoptr (GError) error = NULL;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  desk_reopen (&self->one);
  g_assert_false (desk_sign_in (&self->one, "nguyen", "wrong", NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED);
  g_clear_error (&error);
  g_assert_true (desk_sign_in (&self->one, " Nguyen", PASSWORD, NULL, &error));
  g_assert_no_error (error);
  found = desk_text (&self->one, WATTLE_RECORD_PATIENT, id, WATTLE_PATIENT_FAMILY_NAME);
  g_assert_cmpstr (found, ==, "Hopper");
  g_assert_cmpuint (desk_pending (&self->one), ==, 1);
  self->one.faults->offline = FALSE;
  wattle_client_sync_now (self->one.client);
  wait_until (desk_is_idle (&self->one));
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_nonnull (there);
}

static char *
book (Fixture *self, Desk *desk, const char *patient, const char *id, GError **error)
{
  g_autofree char *args = g_strdup_printf (
    "{\"appointment\":{\"type\":\"appointment\",\"id\":\"%s\",\"patient\":\"%s\",\"practitioner\":\"%s\","
    "\"location\":\"%s\",\"modality\":\"in_person\",\"starts_at\":\"2026-11-23T00:00:00Z\","
    "\"ends_at\":\"2026-11-23T00:50:00Z\",\"zone\":\"Australia/Sydney\",\"status\":\"booked\"}}",
    id, patient, fake_server_practitioner (self->server), fake_server_location (self->server));

  return desk_perform (desk, "appointment.book", args, error);
}

static void
count_settled (WattleClient *client, WattleOutboxItem *item, guint *settled)
{
  (*settled)++;
}

static void
test_lost_race (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleRecord) patient = fixture_patient (self, "Ada", "Byron");
  const char *first = "01jd0000000000000000000001", *second = "01jd0000000000000000000002";
  g_autofree char *winner = NULL;
  g_autofree char *loser = NULL;
  g_autofree char *status = NULL;
  g_autofree char *alternatives = NULL;
  g_autofree char *message = NULL;
  g_autoptr (WattleOutboxItem) item = NULL;
  g_autoptr (GError) error = NULL;
  guint settled = 0;

  desk_start (&self->one);
  desk_start (&self->two);
  g_signal_connect (self->two.client, "operation-settled", G_CALLBACK (count_settled), &settled);
  self->two.faults->offline = TRUE;
  wattle_client_sync_now (self->two.client);
  wait_until (!wattle_client_is_online (self->two.client));
  winner = book (self, &self->one, wattle_record_id (patient), first, &error);
  g_assert_no_error (error);
  wait_until (desk_is_idle (&self->one));
  loser = book (self, &self->two, wattle_record_id (patient), second, &error);
  g_assert_no_error (error);
  g_assert_true (desk_has (&self->two, WATTLE_RECORD_APPOINTMENT, second));
  self->two.faults->offline = FALSE;
  wattle_client_sync_now (self->two.client);
  wait_until (settled == 1 && desk_is_idle (&self->two));
  status = desk_status (&self->two, loser);
  g_assert_cmpstr (status, ==, "conflict");
  item = g_list_model_get_item (wattle_client_outbox (self->two.client), 0);
  g_object_get (item, "alternatives", &alternatives, "message", &message, NULL);
  g_assert_nonnull (strstr (alternatives, "starts_at"));
  g_assert_nonnull (message);
  g_assert_false (desk_has (&self->two, WATTLE_RECORD_APPOINTMENT, second));
  g_assert_true (desk_has (&self->two, WATTLE_RECORD_APPOINTMENT, first));
  g_assert_true (desk_discard (&self->two, loser, &error));
  g_assert_no_error (error);
  wait_until (g_list_model_get_n_items (wattle_client_outbox (self->two.client)) == 0);
}

static void
resolve (Desk *desk, gboolean use_mine)
{
  g_autoptr (WattleConflictItem) item = g_list_model_get_item (wattle_client_conflicts (desk->client), 0);

  wattle_client_resolve_async (desk->client, item, use_mine, NULL, NULL, NULL);
  wait_until (desk_conflicts (desk) == 0);
}

static void
test_field_conflict (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleRecord) patient = fixture_patient (self, "Ada", "Byron");
  const char *id = wattle_record_id (patient);
  g_autofree char *changed = NULL;
  g_autofree char *mine = NULL;
  g_autofree char *theirs = NULL;
  g_autofree char *label = NULL;
  g_autofree char *now = NULL;
  g_autoptr (WattleConflictItem) item = NULL;
  g_autoptr (WattleRecord) there = NULL;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  wattle_record_set_string (patient, WATTLE_PATIENT_SUBURB, "Newtown");
  wattle_record_set_string (patient, WATTLE_PATIENT_ADDRESS_LINE, "1 King St");
  fake_server_put (self->server, patient);
  changed = desk_change (&self->one, id, "suburb", "null", "\"Enmore\"");
  self->one.faults->offline = FALSE;
  wattle_client_sync_now (self->one.client);
  wait_until (desk_conflicts (&self->one) == 1 && desk_is_idle (&self->one));
  item = g_list_model_get_item (wattle_client_conflicts (self->one.client), 0);
  g_object_get (item, "mine", &mine, "theirs", &theirs, "label", &label, NULL);
  g_assert_cmpstr (mine, ==, "Enmore");
  g_assert_cmpstr (theirs, ==, "Newtown");
  g_assert_cmpstr (label, ==, "Suburb");
  now = desk_text (&self->one, WATTLE_RECORD_PATIENT, id, WATTLE_PATIENT_SUBURB);
  g_assert_cmpstr (now, ==, "Newtown");
  resolve (&self->one, TRUE);
  wait_until (desk_is_idle (&self->one));
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_cmpstr (wattle_record_get_string (there, WATTLE_PATIENT_SUBURB), ==, "Enmore");
  g_assert_cmpstr (wattle_record_get_string (there, WATTLE_PATIENT_ADDRESS_LINE), ==, "1 King St");
}

static void
test_withdraw (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *change = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  change = desk_change (&self->one, id, "given_names", "\"Grace\"", "\"Brewster\"");
  g_assert_true (desk_withdraw (&self->one, change, &error));
  name = desk_text (&self->one, WATTLE_RECORD_PATIENT, id, WATTLE_PATIENT_GIVEN_NAMES);
  g_assert_cmpstr (name, ==, "Grace");
  g_assert_false (desk_withdraw (&self->one, change, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
}

/* A change of a patient who was taken away meanwhile. */
static char *
get_refused (Fixture *self, char **patient)
{
  g_autoptr (WattleRecord) there = NULL;
  char *change;

  desk_start (&self->one);
  *patient = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until (desk_is_idle (&self->one));
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, *patient);
  wattle_record_set_deleted (there, TRUE);
  fake_server_put (self->server, there);
  change = desk_change (&self->one, *patient, "alert", "null", "\"Afraid of needles\"");
  self->one.faults->offline = FALSE;
  wattle_client_sync_now (self->one.client);
  wait_until (desk_is_idle (&self->one));
  return change;
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *change = get_refused (self, &id);
  g_autofree char *name = NULL;
  g_autofree char *status = NULL;
  g_autofree char *args = NULL;
  g_autofree char *words = NULL;
  g_autofree char *message = NULL;
  g_autoptr (WattleOutboxItem) item = NULL;
  g_autoptr (GError) error = NULL;

  /* The words are there also after the program was closed, and no mistake throws them away. */
  desk_reopen (&self->one);
  g_assert_true (desk_sign_in (&self->one, LOGIN, PASSWORD, NULL, &error));
  wait_until (desk_is_idle (&self->one));
  g_assert_false (desk_withdraw (&self->one, change, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CONFLICT);
  g_clear_error (&error);
  item = desk_item (&self->one, change);
  g_object_get (item, "name", &name, "status", &status, "args", &args, "words", &words, "message", &message, NULL);
  g_assert_cmpstr (name, ==, "record.change");
  g_assert_cmpstr (status, ==, "refused");
  g_assert_nonnull (strstr (args, "Afraid of needles"));
  g_assert_cmpstr (words, ==, "Alert: Afraid of needles\n");
  g_assert_nonnull (message);
  g_assert_true (desk_discard (&self->one, change, &error));
  g_assert_no_error (error);
  wait_until (desk_item (&self->one, change) == NULL);
}

static gboolean
is_deleted (Desk *desk, const char *patient)
{
  g_autoptr (WattleRecord) record = desk_get (desk, WATTLE_RECORD_PATIENT, patient);

  return record == NULL || wattle_record_is_deleted (record);
}

static void
test_send_again (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *change = get_refused (self, &id);
  g_autofree char *again = NULL;
  g_autofree char *mended = NULL;
  g_autoptr (WattleRecord) there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_autoptr (GError) error = NULL;

  /* What the rules here refuse leaves the first one as it was. */
  again = desk_send_again (&self->one, change, NULL, &error);
  g_assert_null (again);
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_object_unref (desk_item (&self->one, change));

  wattle_record_set_deleted (there, FALSE);
  fake_server_put (self->server, there);
  wattle_client_sync_now (self->one.client);
  wait_until (!is_deleted (&self->one, id));
  mended = g_strdup_printf ("{\"type\":\"patient\",\"id\":\"%s\",\"changes\":{\"alert\":{\"old\":null,"
                            "\"new\":\"Very afraid of needles\"}}}",
                            id);
  again = desk_send_again (&self->one, change, mended, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, !=, change);
  wait_until (desk_is_idle (&self->one) && g_list_model_get_n_items (wattle_client_outbox (self->one.client)) == 0);
  g_object_unref (there);
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_cmpstr (wattle_record_get_string (there, WATTLE_PATIENT_ALERT), ==, "Very afraid of needles");
  g_assert_false (desk_discard (&self->one, again, &error));
}

/* What the server wants later holds up what is to be sent, and nothing else; the words say why. */
static void
test_put_off (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *change = NULL;
  g_autofree char *message = NULL;
  g_autoptr (WattleOutboxItem) item = NULL;
  g_autoptr (WattleRecord) other = NULL;
  g_autoptr (WattleRecord) here = NULL;
  g_autoptr (GError) error = NULL;

  desk_start (&self->one);
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until (desk_is_idle (&self->one));
  self->one.faults->put_off = TRUE;
  change = desk_change (&self->one, id, "alert", "null", "\"Afraid of needles\"");
  item = desk_item (&self->one, change);
  g_assert_nonnull (item);
  wait_until ((g_object_get (item, "message", &message, NULL), message != NULL));
  other = fixture_patient (self, "Mary", "Jackson");
  fake_server_poke (self->server);
  wait_until ((here = desk_get (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (other))) != NULL);
  g_assert_cmpuint (desk_pending (&self->one), ==, 1);
  g_assert_true (wattle_client_is_online (self->one.client));
  /* The server answered that it did nothing, but a copy may still be under way. */
  g_assert_false (desk_withdraw (&self->one, change, &error));
  self->one.faults->put_off = FALSE;
  wait_until (desk_is_idle (&self->one));
  g_clear_object (&other);
  other = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_cmpstr (wattle_record_get_string (other, WATTLE_PATIENT_ALERT), ==, "Afraid of needles");
}

/* A home that was restored counts from where it was: nothing is lost, nothing is refused, the order stays. */
static void
test_numbers_behind (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (WattleRecord) there = NULL;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  first = desk_change (&self->one, id, "given_names", "\"Grace\"", "\"Grace Brewster\"");
  second = desk_change (&self->one, id, "given_names", "\"Grace Brewster\"", "\"Amazing Grace\"");
  self->one.faults->used_numbers = 2;
  self->one.faults->offline = FALSE;
  wattle_client_sync_now (self->one.client);
  wait_until (desk_is_idle (&self->one));
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_cmpstr (wattle_record_get_string (there, WATTLE_PATIENT_GIVEN_NAMES), ==, "Amazing Grace");
  g_assert_cmpuint (desk_conflicts (&self->one), ==, 0);
  g_assert_cmpuint (fake_server_done (self->server), ==, 3);
}

/* What a proxy says of a request is not what the server says of an operation. */
static void
test_stranger (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autoptr (WattleRecord) there = NULL;

  desk_start (&self->one);
  self->one.faults->strangers = 2;
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until (self->one.faults->strangers == 0);
  wait_until ((there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id)) != NULL);
}

static void
test_bad_pages (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleRecord) patient = fixture_patient (self, "Ada", "Byron");
  g_autoptr (WattleRecord) later = NULL;
  g_autoptr (WattleRecord) found = NULL;
  g_autofree char *sentence = NULL;

  for (guint i = 0; i < 20; i++)
    g_object_unref (fixture_patient (self, "Ada", "Byron"));
  self->one.faults->page_limit = 5;
  self->one.faults->tear_pages = 2;
  desk_start (&self->one);
  g_assert_true (desk_has (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (patient)));
  self->one.faults->damage_pages = 2;
  later = fixture_patient (self, "Grace", "Hopper");
  wattle_client_sync_now (self->one.client);
  wait_until ((found = desk_get (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (later))) != NULL);
  g_assert_cmpstr (wattle_record_get_string (found, WATTLE_PATIENT_FAMILY_NAME), ==, "Hopper");
  self->one.faults->garbage = "<html>Please log in to this network</html>";
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  g_object_get (self->one.client, "last-error", &sentence, NULL);
  g_assert_nonnull (sentence);
  g_assert_true (desk_has (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (patient)));
  self->one.faults->garbage = NULL;
  wattle_client_sync_now (self->one.client);
  wait_until (desk_is_idle (&self->one));
}

/* A row that is nonsense behind good ones: nothing of the page may stay. */
static void
test_half_page (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleRecord) patient = NULL;
  g_autoptr (WattleRecord) found = NULL;

  desk_start (&self->one);
  patient = fixture_patient (self, "Ada", "Byron");
  fake_server_say (self->server, "{\"put\":{\"type\":\"patient\",\"id\":\"nonsense\"},\"scope\":\"practice\"}");
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  g_assert_false (desk_has (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (patient)));
  wattle_client_sync_now (self->one.client);
  wait_until ((found = desk_get (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (patient))) != NULL);
}

static void
test_restored (Fixture *self, gconstpointer data)
{
  g_autofree char *kept = NULL;
  g_autofree char *waiting = NULL;
  g_autoptr (WattleRecord) extra = NULL;
  g_autoptr (WattleRecord) back = NULL;
  guint done;

  desk_start (&self->one);
  kept = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until (desk_is_idle (&self->one));
  extra = fixture_patient (self, "Ada", "Byron");
  wattle_client_sync_now (self->one.client);
  wait_until ((back = desk_get (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (extra))) != NULL);
  g_clear_object (&back);
  done = fake_server_done (self->server);
  g_assert_cmpuint (done, ==, 1);
  fake_server_restore (self->server);
  wattle_client_sync_now (self->one.client);
  /* The operation that the restored server lost is done again there; the patient that nobody sent is gone. */
  wait_until ((back = fake_server_get (self->server, WATTLE_RECORD_PATIENT, kept)) != NULL);
  wait_until (desk_is_idle (&self->one) && !desk_has (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (extra)));
  g_assert_true (desk_has (&self->one, WATTLE_RECORD_PATIENT, kept));
  waiting = desk_add_patient (&self->one, "Mary", "Jackson");
  wait_until (desk_is_idle (&self->one));
}

/* The cache is set aside and the server restored meanwhile: the outbox alone remembers which server had what. */
static void
test_restored_without_cache (Fixture *self, gconstpointer data)
{
  g_autofree char *kept = NULL;
  g_autoptr (WattleRecord) back = NULL;

  desk_start (&self->one);
  kept = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until (desk_is_idle (&self->one));
  wattle_client_lock (self->one.client);
  desk_reopen (&self->one);
  desk_damage_file (&self->one, "cache.db");
  fake_server_restore (self->server);
  desk_start (&self->one);
  wait_until ((back = fake_server_get (self->server, WATTLE_RECORD_PATIENT, kept)) != NULL);
}

/* What a person chose once is not asked again when everything is sent again. */
static void
test_resolved_once (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleRecord) patient = fixture_patient (self, "Ada", "Byron");
  g_autofree char *changed = NULL;
  guint calls;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  wattle_record_set_string (patient, WATTLE_PATIENT_SUBURB, "Newtown");
  fake_server_put (self->server, patient);
  changed = desk_change (&self->one, wattle_record_id (patient), "suburb", "null", "\"Enmore\"");
  self->one.faults->offline = FALSE;
  wattle_client_sync_now (self->one.client);
  wait_until (desk_conflicts (&self->one) == 1 && desk_is_idle (&self->one));
  resolve (&self->one, FALSE);
  calls = fake_transport_calls (FAKE_TRANSPORT (self->one.transport), "/operations");
  fake_server_set_epoch (self->server);
  wattle_client_sync_now (self->one.client);
  wait_until (fake_transport_calls (FAKE_TRANSPORT (self->one.transport), "/operations") > calls
              && desk_is_idle (&self->one));
  g_assert_cmpuint (desk_conflicts (&self->one), ==, 0);
}

/* Bytes that the server did not take stay in the queue; they are offered again later, or after the next start. */
static void
test_refused_blob (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("%PDF-1.7", 8);
  g_autofree char *hash = NULL;

  desk_start (&self->one);
  self->one.faults->refuse_blobs = 1;
  hash = desk_put_blob (&self->one, bytes);
  wattle_client_sync_now (self->one.client);
  wait_until (self->one.faults->refuse_blobs == 0 && desk_is_idle (&self->one));
  g_assert_false (fake_server_has_blob (self->server, hash));
  g_assert_cmpuint (desk_count_files (&self->one, ".blob"), ==, 1);
  desk_reopen (&self->one);
  desk_start (&self->one);
  wait_until (fake_server_has_blob (self->server, hash));
}

static WattleRecord *
put_document (Fixture *self, WattleRecord *patient, const char *hash)
{
  g_autofree char *id = wattle_id_new ();
  WattleRecord *document = wattle_record_new (WATTLE_RECORD_DOCUMENT);

  wattle_record_set_id (document, id);
  wattle_record_set_string (document, WATTLE_DOCUMENT_PATIENT, wattle_record_id (patient));
  wattle_record_set_string (document, WATTLE_DOCUMENT_HASH, hash);
  fake_server_put (self->server, document);
  return document;
}

/* A document that left sight without a line for it takes its bytes along. */
static void
test_swept_blob (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleRecord) patient = fixture_patient (self, "Ada", "Byron");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("%PDF-1.7", 8);
  g_autofree char *hash = NULL;
  g_autoptr (WattleRecord) document = NULL;
  g_autoptr (WattleRecord) here = NULL;

  desk_start (&self->one);
  desk_start (&self->two);
  hash = desk_put_blob (&self->two, bytes);
  document = put_document (self, patient, hash);
  wattle_client_sync_now (self->one.client);
  wait_until ((here = desk_get (&self->one, WATTLE_RECORD_DOCUMENT, wattle_record_id (document))) != NULL);
  g_free (desk_put_blob (&self->one, bytes));
  wattle_client_sync_now (self->one.client);
  wait_until (fake_server_has_blob (self->server, hash) && desk_is_idle (&self->one));
  g_assert_cmpuint (desk_count_files (&self->one, ".blob"), ==, 1);
  fake_server_hide (self->server, wattle_record_id (document));
  fake_server_poke (self->server);
  wait_until (!desk_has (&self->one, WATTLE_RECORD_DOCUMENT, wattle_record_id (document)));
  g_assert_cmpuint (desk_count_files (&self->one, ".blob"), ==, 0);
}

/* What a person may do is known at once, not when the tokens happen to end. */
static void
test_identity (Fixture *self, gconstpointer data)
{
  desk_start (&self->one);
  wait_until (desk_is_idle (&self->one));
  fake_server_rename_user (self->server, "Professor Nguyen");
  fake_server_poke (self->server);
  wait_until (g_strcmp0 (wattle_record_get_string (wattle_client_user (self->one.client), WATTLE_USER_DISPLAY_NAME),
                         "Professor Nguyen")
              == 0);
}

static gboolean
says (Desk *desk, const char *patient, const char *words)
{
  g_autoptr (WattleRecord) here = desk_get (desk, WATTLE_RECORD_PATIENT, patient);
  g_autofree char *text = here != NULL ? wattle_record_to_json (here) : NULL;

  return text != NULL && strstr (text, words) != NULL;
}

/* A server of a newer version: types and fields that this one does not know, then a schema that it may not write. */
static void
test_newer_server (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleRecord) patient = fixture_patient (self, "Ada", "Byron");
  g_autofree char *row = wattle_record_to_json (patient);
  g_autofree char *put = NULL;
  g_autofree char *change = NULL;
  g_autoptr (WattleRecord) here = NULL;
  g_autoptr (WattleRecord) there = NULL;

  desk_start (&self->one);
  row[strlen (row) - 1] = '\0';
  put = g_strdup_printf ("{\"put\":%s,\"aura\":\"green\"},\"scope\":\"practice\"}", row);
  fake_server_say (self->server, "{\"put\":{\"type\":\"horoscope\",\"id\":\"01jd0000000000000000000001\"},"
                                 "\"scope\":\"practice\"}");
  fake_server_say (self->server, put);
  wattle_client_sync_now (self->one.client);
  wait_until (says (&self->one, wattle_record_id (patient), "\"aura\":\"green\""));
  fake_server_set_minimum_schema (self->server, WATTLE_SCHEMA_VERSION + 1);
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  change = desk_change (&self->one, wattle_record_id (patient), "alert", "null", "\"Afraid of needles\"");
  self->one.faults->offline = FALSE;
  wattle_client_sync_now (self->one.client);
  wait_until (wattle_client_state (self->one.client) == WATTLE_CLIENT_READ_ONLY);
  /* Reading goes on, and what waits is kept, also over a start. */
  desk_reopen (&self->one);
  g_assert_true (desk_sign_in (&self->one, LOGIN, PASSWORD, NULL, NULL));
  wait_until (wattle_client_state (self->one.client) == WATTLE_CLIENT_READ_ONLY);
  g_assert_cmpuint (desk_pending (&self->one), ==, 1);
  here = desk_get (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (patient));
  g_assert_cmpstr (wattle_record_get_string (here, WATTLE_PATIENT_ALERT), ==, "Afraid of needles");
  g_assert_cmpuint (fake_server_done (self->server), ==, 0);
  fake_server_set_minimum_schema (self->server, WATTLE_SCHEMA_VERSION);
  wattle_client_sync_now (self->one.client);
  wait_until (desk_is_idle (&self->one));
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, wattle_record_id (patient));
  g_assert_cmpstr (wattle_record_get_string (there, WATTLE_PATIENT_ALERT), ==, "Afraid of needles");
}

static void
test_scopes (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleRecord) patient = fixture_patient (self, "Ada", "Byron");
  const char *id = wattle_record_id (patient);
  g_autofree char *lost = g_strdup_printf ("{\"lost\":\"patient:%s\"}", id);
  g_autofree char *gained = g_strdup_printf ("{\"gained\":\"patient:%s\"}", id);
  g_autofree char *row = wattle_record_to_json (patient);
  g_autofree char *put = g_strdup_printf ("{\"put\":%s,\"scope\":\"patient:%s\"}", row, id);
  guint snapshots;
  g_autoptr (WattleRecord) back = NULL;

  desk_start (&self->one);
  g_assert_true (desk_has (&self->one, WATTLE_RECORD_PATIENT, id));
  fake_server_say (self->server, lost);
  wattle_client_sync_now (self->one.client);
  wait_until (!desk_has (&self->one, WATTLE_RECORD_PATIENT, id));
  snapshots = fake_transport_calls (FAKE_TRANSPORT (self->one.transport), "/snapshot");
  fake_server_say (self->server, gained);
  fake_server_say (self->server, put);
  wattle_client_sync_now (self->one.client);
  wait_until ((back = desk_get (&self->one, WATTLE_RECORD_PATIENT, id)) != NULL);
  wait_until (desk_is_idle (&self->one));
  g_assert_cmpuint (fake_transport_calls (FAKE_TRANSPORT (self->one.transport), "/snapshot"), ==, snapshots);
}

/* What may be seen changed as a whole, with no line in the feed for each row: by a choice of the practice, say. */
static void
test_sight (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleRecord) patient = fixture_patient (self, "Ada", "Byron");
  const char *id = wattle_record_id (patient);

  desk_start (&self->one);
  g_assert_true (desk_has (&self->one, WATTLE_RECORD_PATIENT, id));
  fake_server_hide (self->server, id);
  fake_server_poke (self->server);
  wait_until (!desk_has (&self->one, WATTLE_RECORD_PATIENT, id));
}

/* The same while the first snapshot is on its way: a row of its first page has to go again. */
static void
test_sight_in_snapshot (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) patients = g_ptr_array_new_with_free_func (g_object_unref);
  const char *first;

  for (guint i = 0; i < 25; i++)
    g_ptr_array_add (patients, fixture_patient (self, "Ada", "Byron"));
  first = wattle_record_id (g_ptr_array_index (patients, 0));
  self->one.faults->page_limit = 7;
  fake_server_hide_in_snapshot (self->server, first);
  desk_start (&self->one);
  g_assert_true (desk_has (&self->one, WATTLE_RECORD_PATIENT, wattle_record_id (g_ptr_array_index (patients, 24))));
  g_assert_false (desk_has (&self->one, WATTLE_RECORD_PATIENT, first));
}

static void
test_read_only (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *waiting = NULL;
  g_autofree char *refused = NULL;
  g_autoptr (WattleRecord) there = NULL;
  g_autoptr (GError) error = NULL;

  desk_start (&self->one);
  id = desk_add_patient (&self->one, "Ada", "Lovelace");
  wait_until (desk_is_idle (&self->one));
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  waiting = desk_add_patient (&self->one, "Grace", "Hopper");
  fake_server_set_minimum_schema (self->server, WATTLE_SCHEMA_VERSION + 1);
  self->one.faults->offline = FALSE;
  wattle_client_sync_now (self->one.client);
  wait_until (wattle_client_state (self->one.client) == WATTLE_CLIENT_READ_ONLY);
  /* It reads, and keeps what waits; nothing new is taken. */
  g_assert_true (desk_has (&self->one, WATTLE_RECORD_PATIENT, id));
  g_assert_true (desk_has (&self->one, WATTLE_RECORD_PATIENT, waiting));
  g_assert_cmpuint (desk_pending (&self->one), ==, 1);
  refused = desk_perform (&self->one, "setting.set", "{\"key\":\"slot_minutes\",\"value\":\"20\"}", &error);
  g_assert_null (refused);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "update Wattle"));
  fake_server_set_minimum_schema (self->server, 1);
  wattle_client_sync_now (self->one.client);
  wait_until (wattle_client_state (self->one.client) == WATTLE_CLIENT_READY);
  wait_until (desk_is_idle (&self->one));
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, waiting);
  g_assert_nonnull (there);
}

/* Makes the cache what a version before this one left: without rows of a type that it did not know. */
static void
age_cache (Desk *desk, const char *unknown)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (wattle_client_store (desk->client), &error);

  wattle_transaction_forget (transaction, unknown, &error);
  g_assert_no_error (error);
  wattle_transaction_set_meta (transaction, "schema", "1", &error);
  g_assert_no_error (error);
  wattle_transaction_commit (transaction, &error);
  g_assert_no_error (error);
}

/* After an upgrade the rows that the older version passed over arrive, though they are older than what the cache has;
 * once, and not at every start. */
static void
test_upgrade (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleRecord) before = wattle_record_new (WATTLE_RECORD_PATIENT);
  g_autofree char *before_id = wattle_id_new ();
  g_autofree char *after_id = NULL;
  g_autoptr (WattleRecord) there = NULL;
  guint snapshots;

  wattle_record_set_id (before, before_id);
  wattle_record_set_string (before, WATTLE_PATIENT_FAMILY_NAME, "Before");
  wattle_record_set_integer (before, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
  wattle_record_set_string (before, WATTLE_PATIENT_PRIMARY_PRACTITIONER, fake_server_practitioner (self->server));
  desk_start (&self->one);
  fake_server_put (self->server, before);
  fake_server_poke (self->server);
  wait_until ((there = desk_get (&self->one, WATTLE_RECORD_PATIENT, before_id)) != NULL);
  g_clear_object (&there);
  after_id = desk_add_patient (&self->one, "Grace", "Hopper");
  wait_until (desk_is_idle (&self->one));
  age_cache (&self->one, before_id);
  g_assert_false (desk_has (&self->one, WATTLE_RECORD_PATIENT, before_id));
  desk_sign_out (&self->one, FALSE);
  desk_start (&self->one);
  wait_until ((there = desk_get (&self->one, WATTLE_RECORD_PATIENT, before_id)) != NULL);
  g_assert_true (desk_has (&self->one, WATTLE_RECORD_PATIENT, after_id));
  wait_until (desk_is_idle (&self->one));
  snapshots = fake_transport_calls (FAKE_TRANSPORT (self->one.transport), "/snapshot");
  desk_sign_out (&self->one, FALSE);
  desk_start (&self->one);
  wait_until (desk_is_idle (&self->one));
  g_assert_cmpuint (fake_transport_calls (FAKE_TRANSPORT (self->one.transport), "/snapshot"), ==, snapshots);
}

static void
note_reason (WattleClient *client, const char *reason, char **kept)
{
  *kept = g_strdup (reason);
}

static void
test_ended (Fixture *self, gconstpointer data)
{
  g_autofree char *reason = NULL;

  desk_start (&self->one);
  self->one.faults->refuse_tokens = 1;
  wattle_client_sync_now (self->one.client);
  wait_until (self->one.faults->refuse_tokens == 0 && desk_is_idle (&self->one));
  g_signal_connect (self->one.client, "signed-out", G_CALLBACK (note_reason), &reason);
  fake_server_end_sessions (self->server);
  wattle_client_sync_now (self->one.client);
  wait_until (reason != NULL);
  g_assert_cmpint (wattle_client_state (self->one.client), ==, WATTLE_CLIENT_SIGNED_OUT);
  g_assert_null (wattle_client_store (self->one.client));
  desk_start (&self->one);
}

static void
type_last_words (WattleClient *client)
{
  wattle_client_keep_draft_async (client, "note:1", "{\"body\":\"Last words\"}", NULL, NULL, NULL);
}

/* What was typed within the pause before somebody signs out is asked to be kept then, and is there the next time. */
static void
test_draft_at_sign_out (Fixture *self, gconstpointer data)
{
  g_autofree char *found = NULL;

  desk_start (&self->one);
  g_signal_connect (self->one.client, "signing-out", G_CALLBACK (type_last_words), NULL);
  desk_sign_out (&self->one, FALSE);
  desk_start (&self->one);
  found = desk_find_draft (&self->one, "note:1");
  g_assert_cmpstr (found, ==, "{\"body\":\"Last words\"}");
}

/* The same when the window is locked, whoever or whatever does that. */
static void
test_draft_at_lock (Fixture *self, gconstpointer data)
{
  g_autofree char *found = NULL;

  desk_start (&self->one);
  g_signal_connect (self->one.client, "signing-out", G_CALLBACK (type_last_words), NULL);
  wattle_client_lock (self->one.client);
  g_assert_true (desk_unlock (&self->one, PASSWORD, NULL));
  found = desk_find_draft (&self->one, "note:1");
  g_assert_cmpstr (found, ==, "{\"body\":\"Last words\"}");
}

static void
test_drafts (Fixture *self, gconstpointer data)
{
  g_autofree char *found = NULL;
  g_autofree char *gone = NULL;

  desk_start (&self->one);
  desk_keep_draft (&self->one, "note:1", "{\"body\":\"Sleeps better\"}");
  desk_reopen (&self->one);
  desk_start (&self->one);
  found = desk_find_draft (&self->one, "note:1");
  g_assert_cmpstr (found, ==, "{\"body\":\"Sleeps better\"}");
  wattle_client_drop_draft_async (self->one.client, "note:1");
  gone = desk_find_draft (&self->one, "note:1");
  g_assert_null (gone);
}

/* What is on the disk says nothing, and is gone after "forget". */
static void
test_sealed (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  guint files;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  id = desk_add_patient (&self->one, "Xanthippe", "Quillfeather");
  desk_keep_draft (&self->one, "note:1", "{\"body\":\"Quillfeather sleeps\"}");
  wattle_client_lock (self->one.client);
  files = desk_search_files (&self->one, "Quillfeather");
  g_assert_cmpuint (files, ==, 0);
  desk_sign_out (&self->one, TRUE);
  g_assert_cmpuint (wattle_keyring_memory_count (WATTLE_KEYRING_MEMORY (self->one.keyring)), ==, 0);
}

static void
test_damaged_cache (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  g_autoptr (WattleRecord) there = NULL;
  g_autoptr (GError) error = NULL;
  double progress = -1;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wattle_client_lock (self->one.client);
  desk_reopen (&self->one);
  desk_damage_file (&self->one, "cache.db");

  /* without the server nothing is claimed of what is not there: it is said why, and still to be fetched */
  g_assert_true (desk_sign_in (&self->one, LOGIN, PASSWORD, NULL, &error));
  g_assert_no_error (error);
  g_object_get (self->one.client, "progress", &progress, "progress-text", &text, NULL);
  g_assert_cmpfloat (progress, ==, 0);
  g_assert_nonnull (strstr (text, "kept aside"));

  self->one.faults->offline = FALSE;
  wattle_client_sync_now (self->one.client);
  wait_until (desk_is_idle (&self->one));
  g_object_get (self->one.client, "progress", &progress, NULL);
  g_assert_cmpfloat (progress, ==, -1);
  name = desk_text (&self->one, WATTLE_RECORD_PATIENT, id, WATTLE_PATIENT_FAMILY_NAME);
  g_assert_cmpstr (name, ==, "Hopper");
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_nonnull (there);
}

/* What waits is nowhere else, so a person decides: it is said which file it is, and that is kept at a new beginning. */
static void
test_damaged_file (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  desk_start (&self->one);
  wattle_client_lock (self->one.client);
  desk_reopen (&self->one);
  desk_damage_file (&self->one, data);
  g_assert_false (desk_sign_in (&self->one, LOGIN, PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
  g_assert_cmpstr (wattle_error_get_field (error), ==, "saved_records");
  g_assert_nonnull (strstr (error->message, "is damaged"));
  g_assert_cmpuint (desk_count_files (&self->one, data), ==, 1);
  g_clear_error (&error);

  g_assert_true (desk_sign_in_anew (&self->one, PASSWORD, NULL, &error));
  g_assert_no_error (error);
  wait_until (desk_is_idle (&self->one));
  g_assert_cmpuint (desk_count_files (&self->one, data), ==, 2);
}

/* Pages that something else changes while the program runs: the person is told, and what waits is sent all the same. */
static void
test_flipped_page (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;
  g_autofree char *reason = NULL;
  g_autoptr (WattleRecord) there = NULL;
  g_autoptr (GError) error = NULL;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wattle_client_lock (self->one.client);
  g_assert_true (desk_unlock (&self->one, PASSWORD, &error));
  g_assert_no_error (error);
  g_signal_connect (self->one.client, "signed-out", G_CALLBACK (note_reason), &reason);
  desk_flip_file (&self->one, "cache.db");
  self->one.faults->offline = FALSE;
  wattle_client_sync_now (self->one.client);
  wait_until (reason != NULL);
  g_assert_nonnull (strstr (reason, "is damaged"));
  g_assert_nonnull (strstr (reason, "is safe"));
  g_assert_cmpint (wattle_client_state (self->one.client), ==, WATTLE_CLIENT_LOCKED);
  g_assert_cmpuint (desk_count_files (&self->one, "cache.db-damaged"), ==, 1);

  g_assert_true (desk_unlock (&self->one, PASSWORD, &error));
  g_assert_no_error (error);
  wait_until (desk_is_idle (&self->one));
  g_assert_cmpuint (desk_pending (&self->one), ==, 0);
  name = desk_text (&self->one, WATTLE_RECORD_PATIENT, id, WATTLE_PATIENT_FAMILY_NAME);
  g_assert_cmpstr (name, ==, "Hopper");
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_nonnull (there);
  g_assert_cmpuint (desk_count_files (&self->one, "cache.db-damaged"), ==, 0);
}

static void
test_role (Fixture *self, gconstpointer data)
{
  desk_start (&self->one);
  wattle_client_set_role_async (self->one.client, WATTLE_ROLE_MANAGER, NULL, NULL, NULL);
  wait_until (wattle_client_actor (self->one.client)->role == WATTLE_ROLE_MANAGER);
  wait_until (fake_transport_calls (FAKE_TRANSPORT (self->one.transport), "/snapshot") >= 2
              && desk_is_idle (&self->one));
}

static void
note_role_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GError **error = data;

  g_assert_false (wattle_client_set_role_finish (WATTLE_CLIENT (source), result, error));
}

/* What was done in one role is not sent in another, where the server would refuse it. */
static void
test_role_waits (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wattle_client_set_role_async (self->one.client, WATTLE_ROLE_MANAGER, NULL, note_role_cb, &error);
  wait_until (error != NULL);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_BUSY);
  g_assert_cmpuint (fake_transport_calls (FAKE_TRANSPORT (self->one.transport), "/sessions/role"), ==, 0);
}

/* The cache and the outbox are those of a role: signing in again goes on in it. */
static void
test_role_stays (Fixture *self, gconstpointer data)
{
  desk_start (&self->one);
  wattle_client_set_role_async (self->one.client, WATTLE_ROLE_MANAGER, NULL, NULL, NULL);
  wait_until (wattle_client_actor (self->one.client)->role == WATTLE_ROLE_MANAGER);
  wait_until (desk_is_idle (&self->one));
  desk_sign_out (&self->one, FALSE);
  desk_start (&self->one);
  g_assert_cmpint (wattle_client_actor (self->one.client)->role, ==, WATTLE_ROLE_MANAGER);
}

static void
test_many (Fixture *self, gconstpointer data)
{
  g_autofree char *last = NULL;

  desk_start (&self->one);
  self->one.faults->offline = TRUE;
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  for (guint i = 0; i < 600; i++)
    {
      g_free (last);
      last = desk_add_patient (&self->one, "Grace", "Hopper");
    }
  self->one.faults->offline = FALSE;
  self->one.faults->lose_answers = 1;
  wattle_client_sync_now (self->one.client);
  wait_until (desk_is_idle (&self->one));
  g_assert_cmpuint (fake_server_done (self->server), ==, 600);
}

#define NEW_PASSWORD "fourteen louder parrots"

static void
go_offline (Desk *desk)
{
  desk->faults->offline = TRUE;
  wattle_client_sync_now (desk->client);
  wait_until (!wattle_client_is_online (desk->client));
}

/* A server that was restored to a time before this computer: the person signs in, and what waited arrives. */
static void
test_unknown_device (Fixture *self, gconstpointer data)
{
  g_autofree char *device = NULL;
  g_autofree char *id = NULL;
  g_autofree char *draft = NULL;
  g_autoptr (WattleRecord) there = NULL;

  desk_start (&self->one);
  device = g_strdup (wattle_client_actor (self->one.client)->device);
  go_offline (&self->one);
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  desk_keep_draft (&self->one, "note:1", "{\"body\":\"Sleeps better\"}");
  desk_reopen (&self->one);
  fake_server_forget_devices (self->server);
  fake_server_end_sessions (self->server);
  self->one.faults->offline = FALSE;
  desk_start (&self->one);
  g_assert_cmpstr (wattle_client_actor (self->one.client)->device, !=, device);
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_nonnull (there);
  draft = desk_find_draft (&self->one, "note:1");
  g_assert_nonnull (draft);
  /* The new device is the one that is kept. */
  g_free (device);
  device = g_strdup (wattle_client_actor (self->one.client)->device);
  desk_reopen (&self->one);
  desk_start (&self->one);
  g_assert_cmpstr (wattle_client_actor (self->one.client)->device, ==, device);
}

static void
test_password_changed_elsewhere (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autoptr (WattleRecord) there = NULL;
  g_autoptr (GError) error = NULL;

  desk_start (&self->one);
  go_offline (&self->one);
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  desk_reopen (&self->one);
  fake_server_set_password (self->server, NEW_PASSWORD);
  self->one.faults->offline = FALSE;
  g_assert_false (desk_sign_in (&self->one, LOGIN, "neither of the two", NULL, &error));
  g_assert_cmpstr (wattle_error_get_field (error), ==, "password");
  g_clear_error (&error);
  g_assert_false (desk_sign_in (&self->one, LOGIN, NEW_PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED);
  g_assert_cmpstr (wattle_error_get_field (error), ==, "old_password");
  g_clear_error (&error);
  g_assert_false (desk_sign_in_anew (&self->one, NEW_PASSWORD, "neither of the two", &error));
  g_assert_cmpstr (wattle_error_get_field (error), ==, "old_password");
  g_clear_error (&error);
  g_assert_true (desk_sign_in_anew (&self->one, NEW_PASSWORD, PASSWORD, &error));
  wait_until (desk_is_idle (&self->one));
  there = fake_server_get (self->server, WATTLE_RECORD_PATIENT, id);
  g_assert_nonnull (there);
  desk_reopen (&self->one);
  self->one.faults->offline = TRUE;
  g_assert_true (desk_sign_in (&self->one, LOGIN, NEW_PASSWORD, NULL, &error));
}

static guint
count_folders (const char *path, const char *part)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      n += strstr (name, part) != NULL;
      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        n += count_folders (child, part);
    }
  return n;
}

/* The old password is forgotten: what is saved is set aside whole, for a person whom the server knows. */
static void
test_set_aside (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  desk_start (&self->one);
  go_offline (&self->one);
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  desk_reopen (&self->one);
  fake_server_set_password (self->server, NEW_PASSWORD);
  g_assert_false (desk_sign_in_anew (&self->one, NEW_PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_OFFLINE);
  g_clear_error (&error);
  self->one.faults->offline = FALSE;
  g_assert_false (desk_sign_in_anew (&self->one, "neither of the two", NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED);
  g_clear_error (&error);
  g_assert_cmpuint (count_folders (self->one.dir, ".kept-"), ==, 0);
  g_assert_true (desk_sign_in_anew (&self->one, NEW_PASSWORD, NULL, &error));
  g_assert_no_error (error);
  wait_until (desk_is_idle (&self->one));
  g_assert_cmpuint (count_folders (self->one.dir, ".kept-"), ==, 1);
  g_assert_cmpuint (count_folders (self->one.dir, "outbox.db"), >=, 2);
}

static void
test_change_password (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  desk_start (&self->one);
  g_assert_false (desk_change_password (&self->one, "neither of the two", NEW_PASSWORD, &error));
  g_assert_cmpstr (wattle_error_get_field (error), ==, "old");
  g_clear_error (&error);
  g_assert_true (desk_change_password (&self->one, PASSWORD, NEW_PASSWORD, &error));
  g_assert_no_error (error);
  wattle_client_lock (self->one.client);
  g_assert_false (desk_unlock (&self->one, PASSWORD, &error));
  g_clear_error (&error);
  g_assert_true (desk_unlock (&self->one, NEW_PASSWORD, &error));
  desk_reopen (&self->one);
  g_assert_true (desk_sign_in (&self->one, LOGIN, NEW_PASSWORD, NULL, &error));
}

/* A server that says when to come back is left alone until then. */
static void
test_retry_after (Fixture *self, gconstpointer data)
{
  gint64 began;

  desk_start (&self->one);
  began = g_get_monotonic_time ();
  self->one.faults->busy = 1;
  wattle_client_sync_now (self->one.client);
  wait_until (self->one.faults->busy == 0 && !wattle_client_is_online (self->one.client));
  wait_until (wattle_client_is_online (self->one.client));
  g_assert_cmpint (g_get_monotonic_time () - began, >=, G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define add_with(path, func, data) g_test_add ("/client/" path, Fixture, data, fixture_set_up, func, fixture_tear_down)
#define add(path, func) add_with (path, func, NULL)
  add ("first-sync", test_first_sync);
  add ("two-desks", test_two_desks);
  add ("offline", test_offline);
  add ("offline-days", test_offline_days);
  add ("lost-answer", test_lost_answer);
  add ("sign-in", test_sign_in);
  add ("keyring", test_keyring);
  add ("lock", test_lock);
  add ("offline-sign-in", test_offline_sign_in);
  add ("lost-race", test_lost_race);
  add ("field-conflict", test_field_conflict);
  add ("withdraw", test_withdraw);
  add ("refused", test_refused);
  add ("send-again", test_send_again);
  add ("put-off", test_put_off);
  add ("numbers-behind", test_numbers_behind);
  add ("restored-without-cache", test_restored_without_cache);
  add ("resolved-once", test_resolved_once);
  add ("refused-blob", test_refused_blob);
  add ("swept-blob", test_swept_blob);
  add ("identity", test_identity);
  add ("newer-server", test_newer_server);
  add ("stranger", test_stranger);
  add ("bad-pages", test_bad_pages);
  add ("half-page", test_half_page);
  add ("restored", test_restored);
  add ("scopes", test_scopes);
  add ("sight", test_sight);
  add ("sight-in-snapshot", test_sight_in_snapshot);
  add ("read-only", test_read_only);
  add ("upgrade", test_upgrade);
  add ("ended", test_ended);
  add ("drafts", test_drafts);
  add ("draft-at-sign-out", test_draft_at_sign_out);
  add ("draft-at-lock", test_draft_at_lock);
  add ("sealed", test_sealed);
  add ("damaged-cache", test_damaged_cache);
  add_with ("damaged-outbox", test_damaged_file, "outbox.db");
  add_with ("damaged-sign-in", test_damaged_file, "secrets");
  add ("flipped-page", test_flipped_page);
  add ("unknown-device", test_unknown_device);
  add ("password-changed-elsewhere", test_password_changed_elsewhere);
  add ("set-aside", test_set_aside);
  add ("change-password", test_change_password);
  add ("retry-after", test_retry_after);
  add ("role", test_role);
  add ("role-waits", test_role_waits);
  add ("role-stays", test_role_stays);
  add ("many", test_many);
#undef add
  return g_test_run ();
}
