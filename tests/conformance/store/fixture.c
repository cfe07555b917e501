/* fixture.c: a fresh SQLite store for each case
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fixture.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/id.h"

static char *folder;

/* A file in a folder of its own. */
WattleStore *
fixture_open (WattleStoreSide side)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  WattleStore *store;
  WattleStoreOptions options = { .side = side };

  folder = g_dir_make_tmp ("wattle-store-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (folder, "practice.db", NULL);
  options.path = path;
  store = wattle_store_open (&options, &error);
  g_assert_no_error (error);
  return store;
}

void
fixture_close (WattleStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  wattle_store_close (store, &error);
  g_assert_no_error (error);
  g_object_unref (store);
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

WattleTransaction *
fixture_read (WattleStore *store)
{
  g_autoptr (GError) error = NULL;
  WattleTransaction *transaction = wattle_store_begin_read (store, &error);

  g_assert_no_error (error);
  return transaction;
}

WattleTransaction *
fixture_write (WattleStore *store)
{
  g_autoptr (GError) error = NULL;
  WattleTransaction *transaction = wattle_store_begin_write (store, &error);

  g_assert_no_error (error);
  return transaction;
}

/* Commits and frees. */
void
fixture_commit (WattleTransaction *transaction)
{
  g_autoptr (GError) error = NULL;

  wattle_transaction_commit (transaction, &error);
  g_assert_no_error (error);
  wattle_transaction_free (transaction);
}

static WattleRecord *
new_record (WattleRecordType type)
{
  WattleRecord *record = wattle_record_new (type);
  g_autofree char *id = wattle_id_new ();

  wattle_record_set_id (record, id);
  return record;
}

WattleRecord *
fixture_patient (const char *given_names, const char *family_name)
{
  WattleRecord *patient = new_record (WATTLE_RECORD_PATIENT);

  wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, given_names);
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, family_name);
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
  return patient;
}

WattleRecord *
fixture_appointment (const char *practitioner, const char *room, gint64 starts_at, gint64 ends_at)
{
  WattleRecord *appointment = new_record (WATTLE_RECORD_APPOINTMENT);

  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_PATIENT, FIXTURE_PATIENT);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_PRACTITIONER, practitioner);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_LOCATION, FIXTURE_LOCATION);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_ROOM, room);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_MODALITY, WATTLE_MODALITY_IN_PERSON);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT, starts_at);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT, ends_at);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_ZONE, "Australia/Sydney");
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STATUS, WATTLE_APPOINTMENT_STATUS_BOOKED);
  return appointment;
}

WattleRecord *
fixture_setting (const char *key, const char *value)
{
  WattleRecord *setting = new_record (WATTLE_RECORD_SETTING);

  wattle_record_set_string (setting, WATTLE_SETTING_KEY, key);
  wattle_record_set_string (setting, WATTLE_SETTING_VALUE, value);
  return setting;
}

/* Puts and commits. */
void
fixture_put (WattleStore *store, WattleRecord *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (store, &error);

  g_assert_no_error (error);
  wattle_transaction_put (transaction, record, &error);
  g_assert_no_error (error);
  wattle_transaction_commit (transaction, &error);
  g_assert_no_error (error);
}

/* Expects that a put is refused. */
void
fixture_refuse (WattleStore *store, WattleRecord *record, int code, const char *field)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (store, &error);

  g_assert_no_error (error);
  g_assert_false (wattle_transaction_put (transaction, record, &error));
  g_assert_error (error, WATTLE_ERROR, code);
  g_assert_cmpstr (wattle_error_get_field (error), ==, field);
}
