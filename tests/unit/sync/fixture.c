/* fixture.c: one practice in this process, and two desks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fixture.h"

#include "base/id.h"

static void
open_desk (Desk *desk, FakeServer *server)
{
  g_autoptr (FakeTransport) transport = fake_transport_new (server);

  desk_open (desk, "https://clinic.test", WATTLE_TRANSPORT (transport));
  desk->faults = fake_transport_faults (transport);
}

void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->server = fake_server_new ();
  open_desk (&self->one, self->server);
  open_desk (&self->two, self->server);
}

void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  desk_close (&self->one);
  desk_close (&self->two);
  g_object_unref (self->server);
}

WattleRecord *
fixture_patient (Fixture *self, const char *given, const char *family)
{
  g_autofree char *id = wattle_id_new ();
  WattleRecord *patient = wattle_record_new (WATTLE_RECORD_PATIENT);

  wattle_record_set_id (patient, id);
  wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, given);
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, family);
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
  wattle_record_set_string (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER, fake_server_practitioner (self->server));
  fake_server_put (self->server, patient);
  return patient;
}
