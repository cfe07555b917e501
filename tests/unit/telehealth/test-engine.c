/* test-engine.c: two engines see, hear and write to each other, and what goes wrong is said
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <signal.h>
#include <string.h>

#include <glib/gstdio.h>

#include "two.h"

#include "base/error.h"

typedef struct
{
  TestSide *clinician;
  TestSide *patient;
} Pair;

static void
set_up (Pair *pair, gconstpointer data)
{
  pair->clinician = test_side_new ("clinician");
  pair->patient = test_side_new ("patient");
  test_join (pair->clinician, pair->patient);
  test_side_start (pair->clinician, &test_settings);
  test_side_start (pair->patient, &test_settings);
}

static void
tear_down (Pair *pair, gconstpointer data)
{
  test_side_free (pair->clinician);
  test_side_free (pair->patient);
}

static void
wait_for_media (Pair *pair)
{
  guint clinician = pair->clinician->frames;
  guint patient = pair->patient->frames;

  test_wait (pair->clinician->frames > clinician + 15 && pair->patient->frames > patient + 15);
}

/* Both see, hear and write; a peer that leaves is told. */
static void
test_call (Pair *pair, gconstpointer data)
{
  g_autoptr (GBytes) hello = g_bytes_new_static ("hello", 5);
  g_autoptr (GBytes) answer = g_bytes_new_static ("good morning", 12);
  gint64 begun = 0;
  gsize most = 0;

  test_wait (pair->clinician->own_frames > 0 && pair->patient->own_frames > 0);
  begun = g_get_monotonic_time ();
  test_meet (pair->clinician, pair->patient);
  g_assert_true (wattle_call_engine_send_text (pair->clinician->engine, "patient", hello, NULL));
  test_wait (pair->clinician->frames > 0 && pair->patient->frames > 0);
  g_test_message ("both see each other after %" G_GINT64_FORMAT " ms", (g_get_monotonic_time () - begun) / 1000);
  wait_for_media (pair);
  test_wait (pair->patient->width == 320 && pair->patient->height == 180 && pair->patient->brightness > 128);
  test_wait (pair->patient->texts->len > 0);
  g_assert_cmpstr (pair->patient->texts->str, ==, "hello|");
  g_assert_true (wattle_call_engine_send_text (pair->patient->engine, "clinician", answer, NULL));
  test_wait (g_str_equal (pair->clinician->texts->str, "good morning|"));
  /* A side that writes without end does not keep the window busy. */
  begun = g_get_monotonic_time ();
  for (guint i = 0; i < 10000; i++)
    g_assert_true (wattle_call_engine_send_text (pair->patient->engine, "clinician", hello, NULL));
  test_wait (pair->clinician->texts->len > 200);
  wait_for_media (pair);
  most = 200 * (2 + (gsize) ((g_get_monotonic_time () - begun) / G_USEC_PER_SEC));
  g_assert_cmpuint (pair->clinician->texts->len, <, strlen ("hello|") * most);
  test_wait (test_figure (pair->clinician, "audio_packets") > 40 && test_figure (pair->patient, "audio_packets") > 40);
  test_wait (test_figure (pair->patient, "kilobits_in") > 0 && test_figure (pair->patient, "frames") > 15);
  g_assert_cmpstr (pair->patient->path, ==, "direct");
  g_assert_cmpuint (pair->clinician->levels, >, 0);
  wattle_call_engine_remove_peer (pair->clinician->engine, "patient");
  test_wait (pair->clinician->state == WATTLE_CALL_PEER_CLOSED);
  test_wait (pair->patient->state == WATTLE_CALL_PEER_SILENT || pair->patient->state == WATTLE_CALL_PEER_FAILED);
}

/* A key that the description did not name: nothing is shown, and it is said. Each time. */
static void
test_forged (Pair *pair, gconstpointer data)
{
  guint rounds = g_strcmp0 (g_getenv ("WATTLE_FAULTS"), "long") == 0 ? 100 : 3;

  for (guint i = 0; i < rounds; i++)
    {
      pair->clinician->forge = i % 2 == 0;
      pair->patient->forge = !pair->clinician->forge;
      TestSide *deceived = pair->clinician->forge ? pair->patient : pair->clinician;

      test_deceive (pair->clinician, pair->patient);
      g_assert_nonnull (deceived->sentence);
    }
  /* The honest side got nothing either. */
  g_assert_cmpuint (pair->patient->frames, ==, 0);
  g_assert_cmpuint (pair->clinician->frames, ==, 0);
  pair->clinician->forge = pair->patient->forge = FALSE;
  test_meet (pair->clinician, pair->patient);
  wait_for_media (pair);
  g_test_message ("%u of %u refused", rounds, rounds);
}

/* A new generation takes over without a gap worth speaking of; an old one's words are not heard. */
static void
test_rebuild (Pair *pair, gconstpointer data)
{
  test_meet (pair->clinician, pair->patient);
  wait_for_media (pair);
  pair->clinician->longest_gap = pair->patient->longest_gap = 0;
  for (guint i = 0; i < 3; i++)
    {
      guint generation = test_meet (pair->clinician, pair->patient);

      test_wait (test_figure (pair->clinician, "generation") == generation
                 && test_figure (pair->patient, "generation") == generation);
      wait_for_media (pair);
    }
  g_test_message ("longest gap over three rebuilds: %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " ms",
                  pair->clinician->longest_gap / 1000, pair->patient->longest_gap / 1000);
}

/* A closed camera sends black, an open one its picture; a muted microphone still shows its level. */
static void
test_switches (Pair *pair, gconstpointer data)
{
  guint own = 0, frames = 0, generation;

  test_meet (pair->clinician, pair->patient);
  wait_for_media (pair);
  generation = pair->patient->generation;
  wattle_call_engine_set_camera (pair->clinician->engine, FALSE);
  test_wait (pair->patient->brightness < 40);
  frames = pair->patient->frames;
  test_wait (pair->patient->frames > frames + 3);
  own = pair->clinician->own_frames;
  frames = pair->patient->frames;
  test_wait (pair->patient->frames > frames + 3);
  g_assert_cmpuint (pair->clinician->own_frames, <=, own + 1);
  wattle_call_engine_set_camera (pair->clinician->engine, TRUE);
  test_wait (pair->patient->brightness > 128);
  wattle_call_engine_set_microphone (pair->clinician->engine, FALSE);
  pair->clinician->level = 0;
  test_wait (pair->clinician->level > 0.3);
  wattle_call_engine_use_camera (pair->clinician->engine, "camera:/no/such");
  test_wait (pair->clinician->trouble != NULL && strstr (pair->clinician->trouble, "camera") != NULL);
  test_wait (pair->patient->brightness < 40);
  wattle_call_engine_use_camera (pair->clinician->engine, "test");
  test_wait (pair->patient->brightness > 128);
  /* One that is pulled out in the call: another one takes its place, and it is said. */
  wattle_call_engine_use_camera (pair->clinician->engine, "test:brief");
  test_wait (pair->clinician->trouble != NULL && strstr (pair->clinician->trouble, "another one") != NULL);
  test_wait (pair->patient->brightness > 128);
  wait_for_media (pair);
  wattle_call_engine_use_microphone (pair->clinician->engine, "none");
  wattle_call_engine_set_view_size (pair->patient->engine, "clinician", 160, 120);
  test_wait (pair->patient->width == 160 && pair->patient->height == 90);
  test_wait (pair->patient->state == WATTLE_CALL_PEER_VERIFIED);
  g_assert_cmpuint (pair->patient->generation, ==, generation);
}

/* An engine that is killed is a sentence; another one takes its place, and shows nothing that was veiled before. */
static void
test_killed (Pair *pair, gconstpointer data)
{
  g_autofree char *children = NULL;
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", getpid (), getpid ());
  g_auto (GStrv) ids = NULL;
  guint killed = 0;
  guint detail = 0;

  wattle_call_engine_use_camera (pair->clinician->engine, "test:busy");
  wattle_call_engine_set_view_size (pair->patient->engine, "clinician", 240, 240);
  test_meet (pair->clinician, pair->patient);
  wait_for_media (pair);
  g_assert_cmpuint (pair->patient->width, ==, 240);
  detail = pair->patient->detail;
  g_assert_cmpuint (detail, >, 40);
  wattle_call_engine_set_veil (pair->clinician->engine, TRUE);
  g_assert_true (g_file_get_contents (path, &children, NULL, NULL));
  ids = g_strsplit (g_strstrip (children), " ", -1);
  for (char **id = ids; *id != NULL; id++)
    {
      g_autofree char *status_path = g_build_filename ("/proc", *id, "status", NULL);
      g_autofree char *status = NULL;

      /* It runs confined (test-confine.c). */
      g_assert_true (g_file_get_contents (status_path, &status, NULL, NULL));
      g_assert_nonnull (strstr (status, "Seccomp:\t2"));
      killed += kill ((pid_t) g_ascii_strtoll (*id, NULL, 10), SIGKILL) == 0 ? 1 : 0;
    }
  g_assert_cmpuint (killed, >=, 2);
  test_wait (pair->clinician->died != NULL && pair->patient->died != NULL);
  g_assert_false (wattle_call_engine_is_running (pair->clinician->engine));
  pair->patient->detail = 0;
  pair->patient->width = 0;
  test_side_start (pair->clinician, &test_settings);
  wattle_call_engine_use_camera (pair->clinician->engine, "test:busy");
  test_side_start (pair->patient, &test_settings);
  test_meet (pair->clinician, pair->patient);
  wait_for_media (pair);
  g_assert_cmpuint (pair->patient->detail * 3, <, detail * 2);
  g_assert_cmpuint (pair->patient->width, ==, 240);
  wattle_call_engine_set_veil (pair->clinician->engine, FALSE);
  test_wait (pair->patient->detail * 3 > detail * 2);
}

/* Garbage is refused before it leaves this process, and does no harm to the call. */
static void
test_garbage (Pair *pair, gconstpointer data)
{
  static const char *const bad[] = { "", "v=0", "hello", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" };
  g_autofree char *large = g_strnfill (100 * 1024, 'a');

  test_meet (pair->clinician, pair->patient);
  wait_for_media (pair);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (
        wattle_call_engine_take_description (pair->patient->engine, "clinician", 2, "offer", bad[i], &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
    }
  g_assert_false (wattle_call_engine_take_description (pair->patient->engine, "clinician", 2, "offer", large, NULL));
  g_assert_false (wattle_call_engine_take_candidate (pair->patient->engine, "clinician", 1, 0, "candidate:x", NULL));
  g_assert_false (wattle_call_engine_connect_peer (pair->patient->engine, "not a name", 1, TRUE, NULL));
  wait_for_media (pair);
  g_assert_null (pair->patient->died);
}

static guint
count (const char *text, const char *word)
{
  guint found = 0;

  for (const char *at = strstr (text, word); at != NULL; at = strstr (at + 1, word))
    found++;
  return found;
}

typedef struct
{
  WattleCallEngine *engine;
  GByteArray *recording;
  guint given;
  guint pictures[2];
  guint at;
  gboolean done;
} Playing;

static void
play_cb (WattleCallEngine *engine, const char *what, guint milliseconds, Playing *playing)
{
  guint n = MIN (playing->recording->len - playing->given, 20000);
  g_autoptr (GBytes) bytes = g_bytes_new (playing->recording->data + playing->given, n);

  playing->at = milliseconds;
  playing->done = playing->done || g_str_equal (what, "done");
  if (!g_str_equal (what, "more"))
    return;
  playing->given += n;
  wattle_call_engine_play_bytes (engine, bytes);
}

static void
played_frame_cb (WattleCallEngine *engine, const char *peer, WattleVideoFrame *frame, Playing *playing)
{
  for (guint i = 0; i < 2; i++)
    if (g_str_equal (peer, i == 0 ? "t1" : "t2"))
      playing->pictures[i]++;
}

/* Its pictures come out of the engine again, those of both. */
static void
play_again (WattleCallEngine *engine, GByteArray *recording)
{
  Playing playing = { engine, recording };
  gulong more = g_signal_connect (engine, "play", G_CALLBACK (play_cb), &playing);
  gulong frame = g_signal_connect (engine, "frame", G_CALLBACK (played_frame_cb), &playing);

  wattle_call_engine_play (engine, TRUE);
  wattle_call_engine_set_view_size (engine, "t1", 320, 180);
  wattle_call_engine_set_view_size (engine, "t2", 320, 180);
  test_wait (playing.done);
  g_test_message ("%u and %u pictures in %u ms", playing.pictures[0], playing.pictures[1], playing.at);
  g_assert_cmpuint (playing.pictures[0], >, 3);
  g_assert_cmpuint (playing.pictures[1], >, 3);
  g_assert_cmpuint (playing.at, >, 0);
  wattle_call_engine_play (engine, FALSE);
  g_signal_handler_disconnect (engine, more);
  g_signal_handler_disconnect (engine, frame);
}

/* What was recorded is a file with pictures and sound of both. */
static void
test_recording (Pair *pair, gconstpointer data)
{
  static const char *const sinks[] = { "chain   ******* (own:sink)", "chain   ******* (voice:sink)",
                                       "chain   ******* (other:sink)", "chain   ******* (answer:sink)" };
  g_autofree char *path = NULL;
  g_autofree char *told = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *command = NULL;
  int status = 0;
  guint own = 0, frames = 0;

  test_meet (pair->clinician, pair->patient);
  wait_for_media (pair);
  wattle_call_engine_record (pair->clinician->engine, TRUE);
  own = pair->clinician->own_frames;
  frames = pair->clinician->frames;
  test_wait (pair->clinician->recording->len > 120000 && pair->clinician->own_frames > own + 60
             && pair->clinician->frames > frames + 60);
  wattle_call_engine_record (pair->clinician->engine, FALSE);
  test_wait (pair->clinician->recording_ended);
  path = g_build_filename (g_get_tmp_dir (), "wattle-recording-XXXXXX", NULL);
  close (g_mkstemp (path));
  /* Cut short: it plays all the same. */
  g_file_set_contents (path, (const char *) pair->clinician->recording->data, pair->clinician->recording->len - 7000,
                       &error);
  g_assert_no_error (error);
  command = g_strdup_printf ("gst-launch-1.0 -v filesrc location=%s ! matroskademux name=d "
                             "d.video_0 ! vp8dec ! fakesink name=own silent=false sync=false async=false "
                             "d.audio_0 ! opusdec ! fakesink name=voice silent=false sync=false async=false "
                             "d.video_1 ! vp8dec ! fakesink name=other silent=false sync=false async=false "
                             "d.audio_1 ! opusdec ! fakesink name=answer silent=false sync=false async=false",
                             path);
  g_spawn_command_line_sync (command, &told, NULL, &status, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (sinks); i++)
    {
      g_test_message ("%s: %u", sinks[i], count (told, sinks[i]));
      g_assert_cmpuint (count (told, sinks[i]), >, 20);
    }
  g_byte_array_set_size (pair->clinician->recording, pair->clinician->recording->len - 7000);
  play_again (pair->clinician->engine, pair->clinician->recording);
  g_unlink (path);
}

/* The test of the network without relays goes through this computer. */
static void
test_network (Pair *pair, gconstpointer data)
{
  wattle_call_engine_test_speaker (pair->clinician->engine);
  /* It gives up after nine seconds, in which a busy machine does not get through. */
  for (guint i = 0; i < 6 && !pair->clinician->network_works; i++)
    {
      pair->clinician->network_told = FALSE;
      wattle_call_engine_test_network (pair->clinician->engine);
      test_wait (pair->clinician->network_told);
    }
  g_assert_true (pair->clinician->network_works);
  g_assert_cmpuint (pair->clinician->devices, >, 0);
}

/* Three in a mesh see each other. */
static void
test_mesh (Pair *pair, gconstpointer data)
{
  TestSide *guardian = test_side_new ("guardian");

  test_join (pair->clinician, guardian);
  test_join (pair->patient, guardian);
  test_side_start (guardian, &test_settings);
  test_meet (pair->clinician, pair->patient);
  test_meet (pair->clinician, guardian);
  test_meet (pair->patient, guardian);
  test_wait (pair->clinician->frames_of[0] > 15 && pair->clinician->frames_of[1] > 15);
  test_wait (pair->patient->frames_of[0] > 15 && pair->patient->frames_of[1] > 15);
  test_wait (guardian->frames_of[0] > 15 && guardian->frames_of[1] > 15);
  test_side_free (guardian);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Pair, NULL, set_up, function, tear_down)
  ADD ("/engine/call", test_call);
  ADD ("/engine/forged", test_forged);
  ADD ("/engine/rebuild", test_rebuild);
  ADD ("/engine/switches", test_switches);
  ADD ("/engine/killed", test_killed);
  ADD ("/engine/garbage", test_garbage);
  ADD ("/engine/recording", test_recording);
  ADD ("/engine/network", test_network);
  ADD ("/engine/mesh", test_mesh);
#undef ADD
  return g_test_run ();
}
