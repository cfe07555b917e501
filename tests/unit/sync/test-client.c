/* test-client.c: a client and a practice in one process, with a network that can be made to fail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fixture.h"

#include "base/error.h"

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
  g_assert_cmpuint (fake_transport_calls (self->one.transport, "/snapshot"), >=, 4);
  g_assert_cmpstr (wattle_record_id (wattle_client_user (self->one.client)), ==, fake_server_user (self->server));
  g_assert_cmpint (wattle_client_actor (self->one.client)->role, ==, WATTLE_ROLE_CLINICIAN);
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
  g_assert_cmpuint (fake_transport_calls (self->one.transport, "/operations"), >=, 2);
  g_assert_cmpuint (fake_server_done (self->server), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define add(path, func) g_test_add ("/client/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  add ("first-sync", test_first_sync);
  add ("two-desks", test_two_desks);
  add ("offline", test_offline);
  add ("lost-answer", test_lost_answer);
#undef add
  return g_test_run ();
}
