/* server.c: wattled without sockets: its real calls, writer, feed and store, asked from the same thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server.h"

#include "database.h"
#include "http.h"
#include "base/id.h"
#include "server/auth/account.h"
#include "store/postgresql/postgresql.h"

#define PATIENTS 6

struct _SimServer
{
  WattleStore *store;
  WattleServer *server;
};

static const char practice[] =
  "{\"practice\":{\"name\":\"Banksia Street\",\"zone\":\"Australia/Sydney\"},\"administrator\":{\"login\":\"mara\","
  "\"display_name\":\"Mara\",\"practitioner\":{\"given_names\":\"Mara\",\"family_name\":\"Quill\",\"profession\":"
  "\"general_practitioner\",\"prescriber_number\":\"2425739\"}}}";

static const char *const staff[] = {
  "{\"login\":\"noel\",\"display_name\":\"Noel\",\"roles\":[\"clinician\"],\"practitioner\":{\"given_names\":\"Noel\","
  "\"family_name\":\"Tern\",\"profession\":\"psychologist\"}}",
  "{\"login\":\"rita\",\"display_name\":\"Rita\",\"roles\":[\"reception\"]}",
  "{\"login\":\"max\",\"display_name\":\"Max\",\"roles\":[\"manager\"]}",
};

void
sim_answer_clear (SimAnswer *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
}

static void
put_hours (WattleTransaction *transaction, WattleRecord *practitioner)
{
  for (int day = 0; day < 7; day++)
    {
      g_autoptr (WattleRecord) hours = wattle_record_new (WATTLE_RECORD_AVAILABILITY);
      g_autofree char *id = wattle_id_new ();
      g_autoptr (GError) error = NULL;

      wattle_record_set_id (hours, id);
      wattle_record_set_string (hours, WATTLE_AVAILABILITY_PRACTITIONER, wattle_record_id (practitioner));
      wattle_record_set_integer (hours, WATTLE_AVAILABILITY_KIND, WATTLE_AVAILABILITY_KIND_HOURS);
      wattle_record_set_integer (hours, WATTLE_AVAILABILITY_WEEKDAY, day);
      wattle_record_set_integer (hours, WATTLE_AVAILABILITY_STARTS, 7 * 60);
      wattle_record_set_integer (hours, WATTLE_AVAILABILITY_ENDS, 20 * 60);
      wattle_record_set_integer (hours, WATTLE_AVAILABILITY_FROM_DATE, 20000);
      wattle_account_put (transaction, hours, NULL, &error);
      g_assert_no_error (error);
    }
}

static void
put_patient (WattleTransaction *transaction, WattleRecord *practitioner)
{
  g_autoptr (WattleRecord) patient = wattle_record_new (WATTLE_RECORD_PATIENT);
  g_autofree char *id = wattle_id_new ();
  g_autoptr (GError) error = NULL;

  wattle_record_set_id (patient, id);
  wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, "Robin");
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, "Example");
  wattle_record_set_string (patient, WATTLE_PATIENT_ADDRESS_LINE, "1 Example Street");
  wattle_record_set_string (patient, WATTLE_PATIENT_SUBURB, "Sydney");
  wattle_record_set_integer (patient, WATTLE_PATIENT_BIRTH_DATE, 3000);
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
  wattle_record_set_string (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER, wattle_record_id (practitioner));
  wattle_account_put (transaction, patient, NULL, &error);
  g_assert_no_error (error);
}

static void
found_practice (WattleStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (store, &error);
  g_autoptr (WattleJson) wanted = wattle_json_parse (practice, -1, NULL, &error);
  g_autoptr (WattleRecord) founder =
    wattle_account_setup (transaction, wattle_json_root (wanted), SIM_PASSWORD, &error);
  WattleQuery query = wattle_query (WATTLE_RECORD_PRACTITIONER);
  g_autoptr (GPtrArray) practitioners = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (staff); i++)
    {
      g_autoptr (WattleJson) person = wattle_json_parse (staff[i], -1, NULL, &error);
      g_autoptr (WattleRecord) user =
        wattle_account_create (transaction, NULL, wattle_json_root (person), SIM_PASSWORD, &error);

      g_assert_no_error (error);
    }
  practitioners = wattle_reader_query (wattle_transaction_reader (transaction), &query, &error);
  for (guint i = 0; i < practitioners->len; i++)
    put_hours (transaction, practitioners->pdata[i]);
  for (guint i = 0; i < PATIENTS; i++)
    put_patient (transaction, practitioners->pdata[i % practitioners->len]);
  wattle_transaction_commit (transaction, &error);
  g_assert_no_error (error);
}

/* Opens the server of a folder; an empty folder gets a practice. */
SimServer *
sim_server_new (const char *dir)
{
  SimServer *self = g_new0 (SimServer, 1);
  g_autofree char *path = g_build_filename (dir, "wattle.db", NULL);
  g_autofree char *key = g_build_filename (dir, "server-key", NULL);
  gboolean fresh = sim_database_is_used () ? sim_database_make () : !g_file_test (path, G_FILE_TEST_EXISTS);
  g_autofree char *database = sim_database_is_used () ? sim_database_address () : NULL;
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = path, .database = database, .readers = 1 };
  WattleLimits limits = { 0 };
  g_autoptr (GError) error = NULL;
  WattleKeys *keys = wattle_keys_open (key, TRUE, &error);

  g_assert_no_error (error);
  if (database != NULL)
    wattle_postgresql_use ();
  self->store = wattle_store_open (&options, &error);
  g_assert_no_error (error);
  if (fresh)
    found_practice (self->store);
  self->server = wattle_server_new (dir, self->store, keys, &limits);
  self->server->version = "simulated";
  self->server->max_blob = 1024 * 1024;
  return self;
}

void
sim_server_free (SimServer *self)
{
  g_autoptr (GError) error = NULL;

  wattle_server_free (self->server);
  wattle_store_close (self->store, &error);
  g_assert_no_error (error);
  g_object_unref (self->store);
  g_free (self);
}

/* One call, from its head to the last effect of its answer. */
void
sim_server_ask (SimServer *self, const SimCall *call, SimAnswer *answer)
{
  WattleRequest *request = sim_request_new (call);

  wattle_call_dispatch (request, self->server);
  sim_request_wait (request, answer);
}

WattleStore *
sim_server_store (SimServer *self)
{
  return self->store;
}
