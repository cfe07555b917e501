/* test-consult.c: a consult from the green room to its end: waiting, generations, the ladder, minutes, bad messages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "hall.h"
#include "telehealth/sealing.h"

static void
assert_state (Guest *guest, WattleConsultState state)
{
  g_assert_cmpint (wattle_consult_state (guest->consult), ==, state);
}

static void
assert_log (Guest *guest, const char *expected)
{
  g_autofree char *log = fake_engine_take_log (guest->engine);

  g_assert_cmpstr (log, ==, expected);
}

static gboolean
has_heard (Guest *guest, const char *what)
{
  gboolean found = strstr (guest->heard->str, what) != NULL;

  g_string_truncate (guest->heard, 0);
  return found;
}

static const WattleConsultPerson *
first (Guest *guest)
{
  return wattle_consult_person (guest->consult, 0);
}

static void
test_green_room (Hall *hall, gconstpointer data)
{
  hall_wait (hall, 120);
  assert_state (&hall->patient, WATTLE_CONSULT_GREEN_ROOM);
  assert_log (&hall->patient, "");
  g_assert_false (wattle_consult_camera (hall->patient.consult));
  g_assert_true (g_queue_is_empty (&hall->letters));
  g_assert_null (wattle_consult_report (hall->patient.consult, "x", "y", "z"));
}

static void
test_meet (Hall *hall, gconstpointer data)
{
  const WattleConsultPerson *patient, *clinician;

  wattle_consult_enter (hall->clinician.consult, HALL_ROOM, "Dr Ng");
  assert_state (&hall->clinician, WATTLE_CONSULT_ENTERING);
  hall_run (hall);
  assert_state (&hall->clinician, WATTLE_CONSULT_ALONE);
  wattle_consult_enter (hall->patient.consult, HALL_ROOM, "Ada");
  hall_run (hall);
  assert_state (&hall->patient, WATTLE_CONSULT_WAITING);
  g_assert_cmpstr (wattle_consult_note (hall->patient.consult), ==, "Soon");
  assert_state (&hall->clinician, WATTLE_CONSULT_ALONE);
  g_assert_true (first (&hall->clinician)->waiting);
  assert_log (&hall->clinician, "servers 1 relay\n");
  wattle_consult_admit (hall->clinician.consult, 2);
  hall_run (hall);
  assert_state (&hall->clinician, WATTLE_CONSULT_CONNECTING);
  assert_state (&hall->patient, WATTLE_CONSULT_CONNECTING);
  assert_log (&hall->clinician, "connect p1 1 offers\nanswer p1 1\ncandidate p1 1\n");
  assert_log (&hall->patient, "servers 1 relay\nconnect p1 1\noffer p1 1\n");
  patient = first (&hall->clinician);
  clinician = first (&hall->patient);
  g_assert_cmpstr (patient->name, ==, "Ada");
  g_assert_cmpstr (clinician->name, ==, "Dr Ng");
  g_assert_nonnull (patient->code);
  g_assert_cmpstr (patient->code, ==, clinician->code);
  g_assert_false (patient->verified);
  hall_link (hall, 1);
  assert_state (&hall->patient, WATTLE_CONSULT_CONNECTED);
  wattle_consult_confirm_code (hall->clinician.consult, "p1", TRUE);
  g_assert_true (first (&hall->clinician)->verified);
}

static void
test_no_token (Hall *hall, gconstpointer data)
{
  hall->patient.no_token = TRUE;
  wattle_consult_enter (hall->patient.consult, HALL_ROOM, NULL);
  hall_wait (hall, 5);
  assert_state (&hall->patient, WATTLE_CONSULT_ENTERING);
  g_assert_true (wattle_consult_server_is_silent (hall->patient.consult));
  hall->patient.no_token = FALSE;
  hall_wait (hall, 10);
  assert_state (&hall->patient, WATTLE_CONSULT_WAITING);
}

/* The side that offers builds anew: at once, then after 1, 2, 4, 8 seconds, besides the patience with each. */
static void
test_silence (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  g_free (fake_engine_take_log (hall->clinician.engine));
  g_free (fake_engine_take_log (hall->patient.engine));
  fake_engine_tell (hall->clinician.engine, "p1", 1, WATTLE_CALL_PEER_SILENT);
  assert_state (&hall->clinician, WATTLE_CONSULT_RECONNECTING);
  hall_wait (hall, 0.25);
  assert_log (&hall->clinician, "connect p1 2 offers\nanswer p1 2\ncandidate p1 2\n");
  /* The other side still hears the first generation, and follows all the same. */
  assert_state (&hall->patient, WATTLE_CONSULT_CONNECTED);
  assert_log (&hall->patient, "connect p1 2\noffer p1 2\n");
  hall_link (hall, 2);
  assert_state (&hall->clinician, WATTLE_CONSULT_CONNECTED);
  /* What an older generation says late changes nothing. */
  fake_engine_tell (hall->clinician.engine, "p1", 1, WATTLE_CALL_PEER_FAILED);
  assert_state (&hall->clinician, WATTLE_CONSULT_CONNECTED);
}

static void
test_asks_for_offer (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  g_free (fake_engine_take_log (hall->patient.engine));
  hall_wait (hall, 1);
  fake_engine_tell (hall->patient.engine, "p1", 1, WATTLE_CALL_PEER_SILENT);
  hall_wait (hall, 0.5);
  assert_log (&hall->patient, "connect p1 2\noffer p1 2\n");
}

static guint
count (const char *text, const char *word)
{
  guint n = 0;

  for (const char *at = strstr (text, word); at != NULL; at = strstr (at + 1, word))
    n++;
  return n;
}

static void
test_backoff (Hall *hall, gconstpointer data)
{
  g_autofree char *log = NULL;

  hall_meet (hall);
  hall_link (hall, 1);
  g_free (fake_engine_take_log (hall->clinician.engine));
  fake_engine_tell (hall->clinician.engine, "p1", 1, WATTLE_CALL_PEER_SILENT);
  hall_wait (hall, 60);
  log = fake_engine_take_log (hall->clinician.engine);
  g_assert_cmpuint (count (log, "connect"), >=, 5);
  g_assert_cmpuint (count (log, "connect"), <=, 8);
  g_assert_true (wattle_consult_offers_telephone (hall->clinician.consult));
  g_assert_cmpint (wattle_consult_means (hall->clinician.consult), ==, WATTLE_CALL_TEXT);
  wattle_consult_use_telephone (hall->clinician.consult);
  g_assert_cmpint (wattle_consult_means (hall->clinician.consult), ==, WATTLE_CALL_TELEPHONE);
}

/* Media go on without the server, and the stay is resumed. */
static void
test_server_gone (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  hall->down = TRUE;
  hall_cut (&hall->clinician);
  hall_cut (&hall->patient);
  hall_wait (hall, 30);
  assert_state (&hall->clinician, WATTLE_CONSULT_CONNECTED);
  g_assert_true (wattle_consult_server_is_silent (hall->clinician.consult));
  hall->down = FALSE;
  hall_wait (hall, 10);
  g_assert_false (wattle_consult_server_is_silent (hall->clinician.consult));
  g_free (fake_engine_take_log (hall->patient.engine));
  fake_engine_tell (hall->clinician.engine, "p1", 1, WATTLE_CALL_PEER_SILENT);
  hall_wait (hall, 1);
  assert_log (&hall->patient, "connect p1 2\noffer p1 2\n");
}

/* What was said while the line was broken is said again, once. */
static void
test_said_again (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_run (hall);
  g_string_truncate (hall->patient.heard, 0);
  hall_cut (&hall->clinician);
  g_assert_false (wattle_consult_chat (hall->clinician.consult, "lost?", NULL));
  wattle_consult_write_note (hall->clinician.consult, 2, "A word");
  hall_wait (hall, 2);
  g_assert_cmpuint (count (hall->clinician.heard->str, "to server: note"), ==, 1);
  g_assert_true (wattle_consult_chat (hall->clinician.consult, "again", NULL));
  hall_run (hall);
  g_assert_true (has_heard (&hall->patient, "chat: again\n"));
}

/* A server that began anew counts from one, and so do we; the keys are the same, so nothing is rebuilt. */
static void
test_restart (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  hall_wait (hall, 5);
  g_free (fake_engine_take_log (hall->clinician.engine));
  hall->restarted = TRUE;
  hall_cut (&hall->clinician);
  wattle_consult_write_note (hall->clinician.consult, 2, "A word");
  hall_cut (&hall->patient);
  hall_wait (hall, 3);
  assert_state (&hall->clinician, WATTLE_CONSULT_CONNECTED);
  assert_log (&hall->clinician, "servers 1 relay\n");
  g_assert_cmpuint (count (hall->clinician.heard->str, "to server: note"), ==, 1);
  g_free (fake_engine_take_log (hall->patient.engine));
  fake_engine_tell (hall->clinician.engine, "p1", 1, WATTLE_CALL_PEER_SILENT);
  hall_wait (hall, 1);
  assert_log (&hall->patient, "connect p1 2\noffer p1 2\n");
}

/* Who was away for so long that the server forgot them has another number, and is reached all the same. */
static void
test_renumbered (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  hall->restarted = TRUE;
  hall->patient.number = 3;
  hall_cut (&hall->patient);
  hall_cut (&hall->clinician);
  hall_wait (hall, 3);
  g_free (fake_engine_take_log (hall->patient.engine));
  fake_engine_tell (hall->clinician.engine, "p1", 1, WATTLE_CALL_PEER_SILENT);
  hall_wait (hall, 1);
  assert_log (&hall->patient, "connect p1 2\noffer p1 2\n");
}

/* Who was sent to the room of another visit comes back there, as often as the socket breaks. */
static void
test_moved (Hall *hall, gconstpointer data)
{
  wattle_consult_enter (hall->patient.consult, HALL_ROOM, NULL);
  hall_run (hall);
  hall_send (&hall->patient, "{\"type\":\"moved\",\"room\":\"" HALL_OTHER "\",\"pass\":\"signed\"}");
  hall_run (hall);
  g_assert_true (has_heard (&hall->patient, "pass: signed\n"));
  assert_state (&hall->patient, WATTLE_CONSULT_WAITING);
  for (guint i = 0; i < 2; i++)
    {
      hall_cut (&hall->patient);
      hall_wait (hall, 3);
      g_assert_true (has_heard (&hall->patient, "pass: signed\n"));
    }
}

static void
see_waiting (Hall *hall, guint number, const char *name)
{
  WattleSealKey *key = wattle_seal_key_new ();
  g_autofree char *text = wattle_seal_key_text (key);
  g_autofree char *here = g_strdup_printf (
    "{\"type\":\"waiting\",\"what\":\"here\",\"n\":%u,\"role\":\"observer\",\"key\":\"%s\"%s%s%s}", number, text,
    name != NULL ? ",\"name\":\"" : "", name != NULL ? name : "", name != NULL ? "\"" : "");

  hall_send (&hall->clinician, here);
  hall_run (hall);
  wattle_seal_key_unref (key);
}

/* Somebody who comes and goes for ever hides nobody who comes after them. */
static void
test_many_come (Hall *hall, gconstpointer data)
{
  wattle_consult_enter (hall->clinician.consult, HALL_ROOM, NULL);
  hall_run (hall);
  for (guint n = 10; n < 100; n++)
    {
      g_autofree char *gone =
        g_strdup_printf ("{\"type\":\"waiting\",\"what\":\"gone\",\"n\":%u,\"role\":\"observer\"}", n);

      see_waiting (hall, n, NULL);
      hall_send (&hall->clinician, gone);
      hall_run (hall);
    }
  see_waiting (hall, 100, "Wren");
  for (guint i = 0; i < wattle_consult_n_people (hall->clinician.consult); i++)
    if (wattle_consult_person (hall->clinician.consult, i)->number == 100)
      return;
  g_test_fail_printf ("the last of many is not seen");
}

/* A guest is called what the staff typed, whatever they call themselves. */
static void
test_name_by_staff (Hall *hall, gconstpointer data)
{
  g_autofree char *key = wattle_consult_key (hall->patient.consult);
  g_autofree char *join = g_strdup_printf (
    "{\"type\":\"peer\",\"what\":\"state\",\"n\":2,\"role\":\"patient\",\"key\":\"%s\",\"name\":\"Ines\"}", key);

  hall_meet (hall);
  g_assert_cmpstr (first (&hall->clinician)->name, ==, "Ada");
  hall_send (&hall->clinician, join);
  hall_run (hall);
  g_assert_cmpstr (first (&hall->clinician)->name, ==, "Ines");
  hall->restarted = TRUE;
  hall->patient.number = 3;
  hall_cut (&hall->patient);
  hall_cut (&hall->clinician);
  hall_wait (hall, 3);
  g_assert_cmpstr (first (&hall->clinician)->name, ==, "Ines");
}

/* A side that writes without end keeps nobody from drawing, and it is said once. */
static void
test_flood (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  for (guint i = 0; i < 5000; i++)
    fake_engine_text (hall->clinician.engine, "p1", "{\"kind\":\"chat\",\"text\":\"x\"}");
  g_assert_cmpuint (count (hall->clinician.heard->str, "chat: x"), >=, 20);
  g_assert_cmpuint (count (hall->clinician.heard->str, "chat: x"), <=, 40);
  g_assert_cmpuint (count (hall->clinician.heard->str, "said: Somebody in this call sends"), ==, 1);
  hall_wait (hall, 2);
  fake_engine_text (hall->clinician.engine, "p1", "{\"kind\":\"chat\",\"text\":\"calm\"}");
  g_assert_true (has_heard (&hall->clinician, "chat: calm"));
}

static void
test_chat (Hall *hall, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *much = g_strnfill (WATTLE_CONSULT_MAX_CHAT + 1, 'x');

  hall->twice = TRUE;
  hall_meet (hall);
  /* By the server, sealed, and never twice. */
  g_assert_true (wattle_consult_chat (hall->patient.consult, "Hello", NULL));
  hall_run (hall);
  g_assert_cmpuint (count (hall->clinician.heard->str, "chat: Hello"), ==, 1);
  hall_link (hall, 1);
  g_free (fake_engine_take_log (hall->patient.engine));
  g_assert_true (wattle_consult_chat (hall->patient.consult, "Now", NULL));
  assert_log (&hall->patient, "text p1 {\"kind\":\"chat\",\"text\":\"Now\"}\n");
  g_assert_false (wattle_consult_chat (hall->patient.consult, much, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_TOO_LARGE);
}

static void
test_forged (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  fake_engine_tell (hall->clinician.engine, "p1", 1, WATTLE_CALL_PEER_FORGED);
  hall_run (hall);
  assert_state (&hall->clinician, WATTLE_CONSULT_ENDED);
  g_assert_cmpstr (wattle_consult_end_reason (hall->clinician.consult), ==, "forged");
  g_assert_nonnull (strstr (wattle_consult_end_sentence (hall->clinician.consult), "ended"));
}

static void
test_codes_differ (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  wattle_consult_confirm_code (hall->patient.consult, "p1", FALSE);
  assert_state (&hall->patient, WATTLE_CONSULT_ENDED);
}

static void
test_died (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  g_free (fake_engine_take_log (hall->clinician.engine));
  fake_engine_die (hall->clinician.engine);
  assert_state (&hall->clinician, WATTLE_CONSULT_RECONNECTING);
  g_assert_true (has_heard (&hall->clinician, "said: The media engine"));
  wattle_consult_engine_started (hall->clinician.consult);
  hall_wait (hall, 1);
  assert_log (&hall->clinician, "connect p1 2 offers\nanswer p1 2\ncandidate p1 2\n");
}

/* The minutes stand still while nothing arrives, and two seconds of silence are not counted. */
static void
test_minutes (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_wait (hall, 30);
  g_assert_cmpint (wattle_consult_connected_seconds (hall->clinician.consult), ==, 0);
  hall_link (hall, 1);
  hall_wait (hall, 60);
  g_assert_cmpint (wattle_consult_connected_seconds (hall->clinician.consult), ==, 60);
  fake_engine_tell (hall->clinician.engine, "p1", 1, WATTLE_CALL_PEER_SILENT);
  hall_wait (hall, 20);
  g_assert_cmpint (wattle_consult_connected_seconds (hall->clinician.consult), ==, 58);
  fake_engine_tell (hall->clinician.engine, "p1", 2, WATTLE_CALL_PEER_VERIFIED);
  hall_wait (hall, 60);
  g_assert_cmpint (wattle_consult_connected_seconds (hall->clinician.consult), ==, 118);
}

static void
test_ladder (Hall *hall, gconstpointer data)
{
  WattleConsult *consult = hall->clinician.consult;

  hall_meet (hall);
  hall_link (hall, 1);
  g_assert_cmpint (wattle_consult_means (consult), ==, WATTLE_CALL_AUDIO);
  wattle_consult_set_camera (consult, TRUE);
  g_assert_cmpint (wattle_consult_means (consult), ==, WATTLE_CALL_VIDEO);
  g_free (fake_engine_take_log (hall->clinician.engine));
  fake_engine_tell_quality (hall->clinician.engine, "p1", "poor");
  hall_wait (hall, 9);
  g_assert_true (wattle_consult_camera_is_paused (consult));
  g_assert_cmpint (wattle_consult_means (consult), ==, WATTLE_CALL_AUDIO);
  assert_log (&hall->clinician, "limit 0\n"
              "text p1 {\"kind\":\"state\",\"microphone\":true,\"camera\":false,\"screen\":false}\n");
  fake_engine_tell_quality (hall->clinician.engine, "p1", "good");
  hall_wait (hall, 15);
  g_assert_true (wattle_consult_camera_is_paused (consult));
  hall_wait (hall, 6);
  g_assert_false (wattle_consult_camera_is_paused (consult));
  fake_engine_tell_quality (hall->clinician.engine, "p1", "poor");
  hall_wait (hall, 9);
  fake_engine_tell_quality (hall->clinician.engine, "p1", "good");
  hall_wait (hall, 30);
  g_assert_true (wattle_consult_camera_is_paused (consult)); /* twice as long, the second time */
}

static void
test_report (Hall *hall, gconstpointer data)
{
  g_autofree char *report = NULL;
  g_autoptr (WattleJson) json = NULL;
  WattleJsonNode record;

  hall_meet (hall);
  hall_link (hall, 1);
  fake_engine_tell_quality (hall->clinician.engine, "p1", "good");
  g_string_truncate (hall->clinician.heard, 0);
  hall_wait (hall, 125);
  g_assert_cmpuint (count (hall->clinician.heard->str, "report"), ==, 2);
  wattle_consult_leave (hall->clinician.consult, TRUE);
  hall_run (hall);
  g_assert_true (has_heard (&hall->clinician, "report"));
  report = wattle_consult_report (hall->clinician.consult, "ID", "VISIT", "PATIENT");
  json = wattle_json_parse (report, -1, NULL, NULL);
  record = wattle_json_member (wattle_json_root (json), "report");
  g_assert_cmpstr (wattle_json_member_string (record, "appointment"), ==, "VISIT");
  g_assert_cmpint (wattle_json_member_integer (record, "connected_seconds", -1), ==, 125);
  g_assert_nonnull (strstr (wattle_json_member_string (record, "steps"), "audio"));
  g_assert_nonnull (strstr (wattle_json_member_string (record, "participants"), "patient 2026"));
  g_assert_nonnull (strstr (wattle_json_member_string (record, "participants"), "relay"));
  g_assert_nonnull (wattle_json_member_string (record, "ended_at"));
}

/* The clock on the wall may be set back in the middle: what is filed still makes sense. */
static void
test_clock_set_back (Hall *hall, gconstpointer data)
{
  g_autofree char *report = NULL;
  g_autoptr (WattleJson) json = NULL;
  WattleJsonNode record;
  gint64 started, ended;

  hall_meet (hall);
  hall_link (hall, 1);
  hall_wait (hall, 600);
  wattle_clock_fix (hall->now - 8 * WATTLE_MINUTE);
  wattle_consult_leave (hall->clinician.consult, TRUE);
  report = wattle_consult_report (hall->clinician.consult, "ID", "VISIT", "PATIENT");
  json = wattle_json_parse (report, -1, NULL, NULL);
  record = wattle_json_member (wattle_json_root (json), "report");
  g_assert_true (wattle_instant_parse (wattle_json_member_string (record, "started_at"), &started, NULL));
  g_assert_true (wattle_instant_parse (wattle_json_member_string (record, "ended_at"), &ended, NULL));
  g_assert_cmpint (wattle_json_member_integer (record, "connected_seconds", -1), ==, 600);
  g_assert_cmpint (ended - started, >=, 600 * WATTLE_SECOND);
}

/* Nothing that a stranger, or the server, puts on the line does anything. */
static void
test_garbage (Hall *hall, gconstpointer data)
{
  static const char *const garbage[] = {
    "{\"type\":\"peer\"}",
    "{\"type\":\"peer\",\"what\":\"join\",\"n\":-4,\"role\":\"patient\"}",
    "{\"type\":\"peer\",\"what\":\"join\",\"n\":7,\"role\":\"patient\",\"key\":\"AAAA\"}",
    "{\"type\":\"peer\",\"what\":\"leave\",\"n\":99,\"role\":\"patient\"}",
    "{\"type\":\"sealed\",\"from\":2,\"gen\":1,\"blob\":\"AAAA\"}",
    "{\"type\":\"sealed\",\"from\":2,\"gen\":-1}",
    "{\"type\":\"sealed\",\"from\":55,\"gen\":1,\"blob\":\"\"}",
    "{\"type\":\"need-offer\",\"from\":2,\"gen\":1000000}",
    "{\"type\":\"need-offer\",\"from\":2,\"gen\":0}",
    "{\"type\":\"unheard-of\"}",
    "{\"type\":7}",
    "{\"turn\":[]}",
  };

  hall_meet (hall);
  hall_link (hall, 1);
  g_free (fake_engine_take_log (hall->clinician.engine));
  for (gsize i = 0; i < G_N_ELEMENTS (garbage); i++)
    hall_send (&hall->clinician, garbage[i]);
  hall_wait (hall, 5);
  fake_engine_text (hall->clinician.engine, "p1", "not json");
  fake_engine_text (hall->clinician.engine, "p1", "{\"kind\":\"offer\",\"sdp\":\"the offer\"}");
  assert_state (&hall->clinician, WATTLE_CONSULT_CONNECTED);
  assert_log (&hall->clinician, "");
}

static void
test_bye (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  hall_send (&hall->patient, "{\"type\":\"bye\",\"why\":\"ended\",\"message\":\"The visit is over.\"}");
  hall_run (hall);
  assert_state (&hall->patient, WATTLE_CONSULT_ENDED);
  g_assert_cmpstr (wattle_consult_end_sentence (hall->patient.consult), ==, "The visit is over.");
  g_assert_true (has_heard (&hall->patient, "report"));
  hall_wait (hall, 60);
  assert_state (&hall->patient, WATTLE_CONSULT_ENDED);
}

/* A server whose database rests for a moment ends nobody's call. */
static void
test_failed (Hall *hall, gconstpointer data)
{
  hall_meet (hall);
  hall_link (hall, 1);
  hall_send (&hall->patient, "{\"type\":\"bye\",\"why\":\"failed\",\"message\":\"Not now.\"}");
  hall_run (hall);
  assert_state (&hall->patient, WATTLE_CONSULT_CONNECTED);
  g_assert_true (wattle_consult_server_is_silent (hall->patient.consult));
  hall_wait (hall, 5);
  g_assert_false (wattle_consult_server_is_silent (hall->patient.consult));
}

static void
test_elsewhere (Hall *hall, gconstpointer data)
{
  g_autofree char *report = NULL;

  wattle_consult_enter (hall->clinician.consult, HALL_ROOM, NULL);
  hall_run (hall);
  hall_send (&hall->clinician, "{\"type\":\"bye\",\"why\":\"elsewhere\",\"message\":\"You are in it elsewhere.\"}");
  hall_run (hall);
  assert_state (&hall->clinician, WATTLE_CONSULT_ENDED);
  hall_wait (hall, 5);
  wattle_consult_replace (hall->clinician.consult);
  hall_run (hall);
  assert_state (&hall->clinician, WATTLE_CONSULT_ALONE);
  report = wattle_consult_report (hall->clinician.consult, "ID", "VISIT", "PATIENT");
  g_assert_null (strstr (report, "ended_at"));
}

/* What one side told over the connection reaches the other. */
static void
pass_on (Guest *from, Guest *to)
{
  g_autofree char *log = fake_engine_take_log (from->engine);
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "text p1 "))
      fake_engine_text (to->engine, "p1", lines[i] + strlen ("text p1 "));
}

static void
pass_all (Hall *hall)
{
  for (guint i = 0; i < 4; i++)
    {
      pass_on (&hall->clinician, &hall->patient);
      pass_on (&hall->patient, &hall->clinician);
    }
}

static void
record_cb (WattleConsult *consult, gboolean on, int *recording)
{
  *recording = on;
}

static void
ask_to_record (Hall *hall, int *recording)
{
  hall_meet (hall);
  hall_link (hall, 1);
  pass_all (hall);
  g_signal_connect (hall->clinician.consult, "record", G_CALLBACK (record_cb), recording);
  wattle_consult_record (hall->patient.consult, TRUE, "May I?");
  g_assert_cmpint (wattle_consult_recording (hall->patient.consult), ==, WATTLE_CONSULT_NOT_RECORDING);
  wattle_consult_record (hall->clinician.consult, TRUE, "May I?");
  pass_all (hall);
  g_assert_cmpint (*recording, ==, FALSE);
  g_assert_cmpint (wattle_consult_recording (hall->clinician.consult), ==, WATTLE_CONSULT_ASKING);
  g_assert_cmpint (wattle_consult_recorder (hall->patient.consult)->recording, ==, WATTLE_CONSULT_ASKING);
  g_assert_cmpstr (wattle_consult_recorder (hall->patient.consult)->recording_words, ==, "May I?");
}

static void
answer (Hall *hall, gboolean agrees)
{
  wattle_consult_answer_recording (hall->patient.consult, agrees);
  pass_all (hall);
}

static void
assert_recorded_as (Hall *hall, const char *words)
{
  g_autofree char *report = wattle_consult_report (hall->clinician.consult, "i", "a", "p");
  g_autoptr (WattleJson) json = wattle_json_parse (report, -1, NULL, NULL);
  const char *lines = wattle_json_member_string (wattle_json_member (wattle_json_root (json), "report"), "recording");
  g_autoptr (GRegex) instants = g_regex_new ("[0-9TZ:.-]+ ", 0, 0, NULL);
  g_autofree char *found = g_regex_replace_literal (instants, lines, -1, 0, "", 0, NULL);

  g_assert_cmpstr (found, ==, words);
}

/* Nothing is recorded before all agreed; who withdraws ends it at once. */
static void
test_record (Hall *hall, gconstpointer data)
{
  int recording = FALSE;

  ask_to_record (hall, &recording);
  answer (hall, TRUE);
  g_assert_cmpint (recording, ==, TRUE);
  g_assert_cmpint (wattle_consult_recorder (hall->patient.consult)->recording, ==, WATTLE_CONSULT_RECORDING);
  /* A new connection tells it again. */
  fake_engine_tell (hall->clinician.engine, "p1", 1, WATTLE_CALL_PEER_VERIFIED);
  pass_all (hall);
  g_assert_cmpint (recording, ==, TRUE);
  answer (hall, FALSE);
  g_assert_cmpint (recording, ==, FALSE);
  g_assert_null (wattle_consult_recorder (hall->patient.consult));
  g_assert_true (has_heard (&hall->clinician, "withdrew"));
  assert_recorded_as (hall, "asked\ngiven patient\nstarted\nwithdrawn patient\nstopped");
}

static void
test_record_declined (Hall *hall, gconstpointer data)
{
  int recording = FALSE;

  ask_to_record (hall, &recording);
  answer (hall, FALSE);
  g_assert_cmpint (recording, ==, FALSE);
  g_assert_true (has_heard (&hall->clinician, "does not agree"));
  g_assert_null (wattle_consult_recorder (hall->patient.consult));
  /* The next question is another: the answer to the first is none to it. */
  wattle_consult_record (hall->clinician.consult, TRUE, "May I?");
  pass_all (hall);
  g_assert_cmpint (wattle_consult_consent (hall->patient.consult), ==, WATTLE_CONSULT_NO_ANSWER);
  answer (hall, TRUE);
  g_assert_cmpint (recording, ==, TRUE);
  wattle_consult_record (hall->clinician.consult, FALSE, NULL);
  pass_all (hall);
  g_assert_cmpint (recording, ==, FALSE);
  g_assert_null (wattle_consult_recorder (hall->patient.consult));
  assert_recorded_as (hall, "asked\ndeclined patient\nasked\ngiven patient\nstarted\nstopped");
}

/* An answer to another question, and a question of one who may not ask, are nothing. */
static void
test_record_forged (Hall *hall, gconstpointer data)
{
  int recording = FALSE;

  ask_to_record (hall, &recording);
  fake_engine_text (hall->clinician.engine, "p1",
                    "{\"kind\":\"state\",\"consent\":\"given\","
                    "\"consent_to\":\"0193b2a0-7c1e-7a11-8a11-0123456789ab\"}");
  fake_engine_text (hall->clinician.engine, "p1", "{\"kind\":\"state\",\"consent\":\"given\"}");
  fake_engine_text (hall->clinician.engine, "p1",
                    "{\"kind\":\"state\",\"recording\":\"on\","
                    "\"recording_id\":\"0193b2a0-7c1e-7a11-8a11-0123456789ab\"}");
  g_assert_cmpint (recording, ==, FALSE);
  g_assert_null (wattle_consult_recorder (hall->clinician.consult));
}

/* Who is left alone is not recorded. */
static void
test_record_left (Hall *hall, gconstpointer data)
{
  int recording = FALSE;

  ask_to_record (hall, &recording);
  answer (hall, TRUE);
  g_assert_cmpint (recording, ==, TRUE);
  hall_send (&hall->clinician, "{\"type\":\"peer\",\"what\":\"leave\",\"n\":2,\"role\":\"patient\"}");
  hall_run (hall);
  fake_engine_tell (hall->clinician.engine, "p1", 1, WATTLE_CALL_PEER_SILENT);
  hall_wait (hall, 30);
  g_assert_cmpint (recording, ==, FALSE);
}

/* Writes down how much it heard of whom. */
#define TEST_TYPE_CAPTIONS (test_captions_get_type ())
G_DECLARE_FINAL_TYPE (TestCaptions, test_captions, TEST, CAPTIONS, GObject)

struct _TestCaptions
{
  GObject parent;
  gsize heard;
};

static void
test_captions_hear (WattleCaptions *captions, const char *speaker, GBytes *sound)
{
  TestCaptions *self = TEST_CAPTIONS (captions);
  g_autofree char *text = NULL;

  self->heard += g_bytes_get_size (sound);
  text = g_strdup_printf ("%" G_GSIZE_FORMAT " bytes", self->heard);
  g_signal_emit_by_name (self, "caption", speaker, text);
}

static void
test_captions_stop (WattleCaptions *captions)
{
  TEST_CAPTIONS (captions)->heard = 0;
}

static void
test_captions_iface_init (WattleCaptionsInterface *iface)
{
  iface->hear = test_captions_hear;
  iface->stop = test_captions_stop;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestCaptions,
                               test_captions,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WATTLE_TYPE_CAPTIONS, test_captions_iface_init))

static void
test_captions_class_init (TestCaptionsClass *klass)
{
}

static void
test_captions_init (TestCaptions *self)
{
}

static void
caption_cb (WattleConsult *consult, const char *person, const char *text, GString *seen)
{
  g_string_append_printf (seen, "%s: %s\n", person, text);
}

/* Nothing is heard before they are on, nor after; who is not in the room has none. */
static void
test_captions (Hall *hall, gconstpointer data)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GBytes) sound = g_bytes_new_static ("12345678", 8);

  g_assert_true (wattle_consult_can_caption (hall->clinician.consult));
  hall_meet (hall);
  hall_link (hall, 1);
  g_free (fake_engine_take_log (hall->clinician.engine));
  g_signal_connect (hall->clinician.consult, "caption", G_CALLBACK (caption_cb), seen);
  g_signal_emit_by_name (hall->clinician.engine, "sound", "p1", sound);
  wattle_consult_set_captions (hall->clinician.consult, TRUE);
  g_signal_emit_by_name (hall->clinician.engine, "sound", "p1", sound);
  g_signal_emit_by_name (hall->clinician.engine, "sound", "p1", sound);
  g_signal_emit_by_name (hall->clinician.engine, "sound", "p7", sound);
  wattle_consult_set_captions (hall->clinician.consult, FALSE);
  g_signal_emit_by_name (hall->clinician.engine, "sound", "p1", sound);
  g_assert_cmpstr (seen->str, ==, "p1: 8 bytes\np1: 16 bytes\n");
  assert_log (&hall->clinician, "listen 1\nlisten 0\n");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*test) (Hall *hall, gconstpointer data);
  } tests[] = {
    { "green-room", test_green_room },
    { "meet", test_meet },
    { "no-token", test_no_token },
    { "silence", test_silence },
    { "asks", test_asks_for_offer },
    { "backoff", test_backoff },
    { "server-gone", test_server_gone },
    { "said-again", test_said_again },
    { "restart", test_restart },
    { "renumbered", test_renumbered },
    { "moved", test_moved },
    { "many-come", test_many_come },
    { "name-by-staff", test_name_by_staff },
    { "flood", test_flood },
    { "chat", test_chat },
    { "forged", test_forged },
    { "codes-differ", test_codes_differ },
    { "died", test_died },
    { "minutes", test_minutes },
    { "ladder", test_ladder },
    { "report", test_report },
    { "clock-set-back", test_clock_set_back },
    { "garbage", test_garbage },
    { "bye", test_bye },
    { "failed", test_failed },
    { "elsewhere", test_elsewhere },
    { "record", test_record },
    { "record-declined", test_record_declined },
    { "record-forged", test_record_forged },
    { "record-left", test_record_left },
    { "captions", test_captions },
  };

  g_test_init (&argc, &argv, NULL);
  wattle_captions_set_provider (TEST_TYPE_CAPTIONS);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/consult/", tests[i].name, NULL);

      g_test_add (path, Hall, NULL, hall_set_up, tests[i].test, hall_tear_down);
    }
  return g_test_run ();
}
