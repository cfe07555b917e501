/* fixture.c: a fresh SQLite store for each case
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "store/postgresql/postgresql.h"

static char *folder;
static char *database; /* (nullable): that was opened last */
static GSubprocess *cluster;
static guint databases;

static char *
read_line (void)
{
  GInputStream *out = g_subprocess_get_stdout_pipe (cluster);
  GString *line = g_string_new (NULL);
  char c;

  while (g_input_stream_read (out, &c, 1, NULL, NULL) == 1 && c != '\n')
    g_string_append_c (line, c);
  return g_string_free (line, FALSE);
}

/* A new database in the PostgreSQL of this program, which ends with it. */
char *
fixture_database (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("case%u\n", ++databases);

  if (cluster == NULL)
    {
      g_autofree char *started = NULL;

      cluster = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                  "/usr/bin/python3", g_getenv ("WATTLE_POSTGRESQL"), "serve", NULL);
      g_assert_no_error (error);
      started = read_line ();
      g_assert_cmpstr (started, !=, "");
    }
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (cluster), name, strlen (name), NULL, NULL, &error);
  g_assert_no_error (error);
  return read_line ();
}

static WattleStore *
open_store (WattleStoreSide side)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "practice.db", NULL);
  WattleStoreOptions options = { .side = side, .path = path, .database = database };
  WattleStore *store = wattle_store_open (&options, &error);

  g_assert_no_error (error);
  return store;
}

/* A file in a folder of its own; WATTLE_TEST_DATABASE=postgresql asks for a database there, for a server's store. */
WattleStore *
fixture_open (WattleStoreSide side)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&database, g_free);
  folder = g_dir_make_tmp ("wattle-store-XXXXXX", &error);
  g_assert_no_error (error);
  if (side == WATTLE_STORE_SERVER && g_strcmp0 (g_getenv ("WATTLE_TEST_DATABASE"), "postgresql") == 0)
    {
      wattle_postgresql_use ();
      database = fixture_database ();
    }
  return open_store (side);
}

/* The same records once more, as another server process has them; closed by wattle_store_close(). */
WattleStore *
fixture_open_again (void)
{
  return open_store (WATTLE_STORE_SERVER);
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
