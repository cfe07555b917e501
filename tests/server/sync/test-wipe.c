/* test-wipe.c: a device that was removed: what waits is sent or sealed, then nothing of it can be read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "practice.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "base/json.h"

typedef struct
{
  Practice practice;
  Desk one; /* through the cutter; the one that is wiped */
  Desk two;
  char *reason; /* why it was signed out */
} Fixture;

static void
signed_out_cb (WattleClient *client, const char *reason, Fixture *self)
{
  g_free (self->reason);
  self->reason = g_strdup (reason);
}

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
  desk_start (&self->one);
  desk_start (&self->two);
  g_signal_connect (self->one.client, "signed-out", G_CALLBACK (signed_out_cb), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  desk_close (&self->one);
  desk_close (&self->two);
  practice_close (&self->practice);
  g_free (self->reason);
}

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
wipe (Fixture *self, const char *body)
{
  const char *device = wattle_client_actor (self->one.client)->device;
  g_autofree char *path = g_strdup_printf ("/devices/%s/wipe", device);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = NULL;

  wattle_client_call_async (self->two.client, "POST", path, body, NULL, keep_cb, &result);
  wait_until (result != NULL);
  answer = wattle_client_call_finish (self->two.client, result, &error);
  g_assert_no_error (error);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
assert_gone (Fixture *self)
{
  g_autofree char *accounts = g_build_filename (self->one.dir, "accounts", NULL);
  g_autofree char *set_aside = g_build_filename (self->one.dir, "set-aside", NULL);

  g_assert_nonnull (strstr (self->reason, "destroyed"));
  g_assert_cmpint (wattle_client_state (self->one.client), ==, WATTLE_CLIENT_SIGNED_OUT);
  g_assert_cmpuint (count_files (accounts), ==, 0);
  g_assert_cmpuint (count_files (set_aside), ==, 0);
}

/* What the server was handed over, opened with its key by its administrator. */
static char *
read_set_aside (Fixture *self)
{
  g_autofree char *data = g_build_filename (self->practice.dir, "data", NULL);
  const char *argv[] = { g_getenv ("WATTLECTL"), "set-aside", "--data", data, NULL };
  char *text = NULL;
  g_autofree char *complaint = NULL;
  int status;

  practice_kill (&self->practice);
  g_assert_true (
    g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &text, &complaint, &status, NULL));
  if (status != 0)
    g_error ("%s", complaint);
  return text;
}

/* Lost: it may not send any more, and what waits there is sealed for the practice before the key goes. */
static void
test_lost (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) picture = g_bytes_new_static ("a picture that waits", 20);
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;
  g_autofree char *hash = NULL;

  practice_cut (&self->practice, TRUE);
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  desk_keep_draft (&self->one, "note:x", "{\"subjective\":\"slept well\"}");
  hash = desk_put_blob (&self->one, picture);
  wipe (self, NULL);
  practice_cut (&self->practice, FALSE);
  wattle_client_sync_now (self->one.client);
  wait_until (self->reason != NULL);
  assert_gone (self);
  g_assert_false (desk_has (&self->two, WATTLE_RECORD_PATIENT, id));
  text = read_set_aside (self);
  g_assert_nonnull (strstr (text, "Hopper"));
  g_assert_nonnull (strstr (text, "slept well"));
  g_assert_nonnull (strstr (text, hash));
}

/* Given back: it sends what waits, and then nothing is left there. */
static void
test_returned (Fixture *self, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;
  g_autoptr (WattleRecord) there = NULL;

  practice_cut (&self->practice, TRUE);
  wattle_client_sync_now (self->one.client);
  wait_until (!wattle_client_is_online (self->one.client));
  id = desk_add_patient (&self->one, "Grace", "Hopper");
  wipe (self, "{\"send_first\":true}");
  practice_cut (&self->practice, FALSE);
  wattle_client_sync_now (self->one.client);
  wait_until (self->reason != NULL);
  assert_gone (self);
  wait_until ((there = desk_get (&self->two, WATTLE_RECORD_PATIENT, id)) != NULL);
  text = read_set_aside (self);
  g_assert_cmpstr (text, ==, "");
}

/* It was switched off meanwhile: the next sign-in destroys what it keeps. */
static void
test_at_sign_in (Fixture *self, gconstpointer data)
{
  g_autofree char *accounts = g_build_filename (self->one.dir, "accounts", NULL);
  g_autofree char *device = g_strdup (wattle_client_actor (self->one.client)->device);
  g_autoptr (GError) error = NULL;

  practice_cut (&self->practice, TRUE);
  wipe (self, NULL);
  g_signal_handlers_disconnect_by_data (self->one.client, self);
  desk_reopen (&self->one);
  practice_cut (&self->practice, FALSE);
  g_assert_false (desk_sign_in (&self->one, LOGIN, PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED);
  g_assert_nonnull (strstr (error->message, "destroyed"));
  g_assert_cmpuint (count_files (accounts), ==, 0);
  g_clear_error (&error);
  /* The person may still work with the practice; this computer begins anew. */
  g_assert_true (desk_sign_in (&self->one, LOGIN, PASSWORD, NULL, &error));
  g_assert_cmpstr (wattle_client_actor (self->one.client)->device, !=, device);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define add(path, func) g_test_add ("/wipe/" path, Fixture, NULL, set_up, func, tear_down)
  add ("lost", test_lost);
  add ("returned", test_returned);
  add ("at-sign-in", test_at_sign_in);
#undef add
  return g_test_run ();
}
