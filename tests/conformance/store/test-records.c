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
  g_autoptr (WattleTransaction) transaction = NULL;

  fixture_put (store, patient);
  g_assert_cmpint (wattle_record_revision (patient), ==, 1);
  wattle_record_set_string (patient, WATTLE_PATIENT_SUBURB, "Newtown");
  fixture_put (store, patient);
  g_assert_cmpint (wattle_record_revision (patient), ==, 2);

  transaction = wattle_store_begin_read (store, &error);
  g_assert_no_error (error);
  found = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_PATIENT,
                             wattle_record_id (patient), &error);
  g_assert_no_error (error);
  g_assert_cmpint (wattle_record_revision (found), ==, 2);
  g_assert_cmpint (wattle_transaction_revision (transaction), ==, 2);
  g_assert_cmpstr (wattle_record_get_string (found, WATTLE_PATIENT_SUBURB), ==, "Newtown");
  g_assert_null (wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_APPOINTMENT,
                                    wattle_record_id (patient), &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
  g_clear_pointer (&transaction, wattle_transaction_free);
  fixture_close (store);
}

static void
test_overlap (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) first = fixture_appointment (FIXTURE_PRACTITIONER, NULL, 10 * WATTLE_HOUR, 11 * WATTLE_HOUR);
  g_autoptr (WattleRecord) meets = fixture_appointment (FIXTURE_PRACTITIONER, NULL, 10 * WATTLE_HOUR + WATTLE_MINUTE,
                                                        12 * WATTLE_HOUR);
  g_autoptr (WattleRecord) touches = fixture_appointment (FIXTURE_PRACTITIONER, NULL, 11 * WATTLE_HOUR, 12 * WATTLE_HOUR);

  fixture_put (store, first);
  fixture_refuse (store, meets, WATTLE_ERROR_CONFLICT, "starts_at");
  fixture_put (store, touches);
  fixture_close (store);
}

static void
test_search (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) patient = fixture_patient ("Siobhán", "O’Brien");
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = NULL;
  static const char *const typed[] = { "obrien", "o'bri", "siobhan", "brien siob", "obr sio", "obrein" };

  wattle_record_set_string (patient, WATTLE_PATIENT_MOBILE, "+61491570006");
  fixture_put (store, patient);
  transaction = wattle_store_begin_read (store, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_autoptr (GPtrArray) hits = wattle_transaction_search (transaction, G_MAXUINT64, typed[i], 20, &error);

      g_assert_no_error (error);
      g_test_message ("%s: %u", typed[i], hits->len);
    }
  g_clear_pointer (&transaction, wattle_transaction_free);
  fixture_close (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/put-get", test_put_get);
  g_test_add_func ("/store/overlap", test_overlap);
  g_test_add_func ("/store/search", test_search);
  return g_test_run ();
}
