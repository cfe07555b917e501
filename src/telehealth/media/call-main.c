/* call-main.c: wattle-call, the program that sees and hears: started by a window, and gone with it
 *
 * It has no window, no records and no network but the media's. It does what comes over the link (engine.c has the other
 * end) and says what happens.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <gst/gst.h>

#include "telehealth/media/camera.h"
#include "telehealth/media/certificate.h"
#include "telehealth/media/confine.h"
#include "telehealth/media/line.h"
#include "telehealth/media/microphone.h"
#include "telehealth/media/playback.h"
#include "telehealth/media/player.h"
#include "telehealth/media/recorder.h"
#include "telehealth/media/ring.h"
#include "telehealth/media/servers.h"
#include "telehealth/picture.h"

#define TICK_MS 250
#define LINK_FD 3
#define TEST_MS 9000
/* Sound for captions: how much of it in one message, and how many may wait for the window. */
#define SOUND_SAMPLES 16000
/* How loud somebody must be to count as speaking, of 32767. */
#define SPEAKS 200
#define MAX_SOUNDS_WAITING 100
/* How long lines have to end at the very end. */
#define EXIT_MS 250

/* Somebody else. The line shown, and the one that is to take its place. */
typedef struct
{
  char *name;
  guint place; /* from 1, for the recording */
  WattleLine *line;
  WattleLine *next;
  WattleRing *ring;
  guint view[2];
  guint loud; /* how loud they are, slowly falling; under the mutex */
} Peer;

typedef struct
{
  GMainLoop *loop;
  WattleLink *link;
  GstClock *clock;
  GstClockTime base_time;
  gboolean started;
  WattleLineSettings lines;
  char *authorities;
  GPtrArray *ways; /* WattleTls */
  WattleDevices *devices;
  WattlePlayback *playback;
  WattleCamera *camera;
  WattleMicrophone *microphone;
  WattleRecorder *recorder;
  WattlePlayer *player; /* (nullable) */
  gint listens;         /* atomic: somebody writes down what is said */
  char *microphone_device;
  guint limit;
  guint size[2];
  guint next_ring;
  guint ticks;
  int coded; /* bytes of own pictures since the last tick; atomic */
  guint used; /* kilobits a second of them, smoothed */
  char *speaker; /* (nullable): who spoke last */
  WattleLine *test[2];
  gint64 test_begun;
  GMutex mutex; /* for what follows */
  GPtrArray *peers;
  WattleRing *own;
} Call;

static void
say (Call *call, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  wattle_link_send (call->link, text, NULL, -1);
}

/* A message with text in it; members are name and value, ended by NULL. */
static void
say_texts (Call *call, const char *what, ...)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);
  const char *name = NULL;
  va_list args;

  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", what);
  va_start (args, what);
  while ((name = va_arg (args, const char *)) != NULL)
    wattle_json_pair_string (&json, name, va_arg (args, const char *));
  va_end (args);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
}

static void
say_state (Call *call, const char *peer, guint generation, WattleCallPeerState state, const char *sentence)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", "state");
  wattle_json_pair_string (&json, "peer", peer);
  wattle_json_pair_integer (&json, "generation", generation);
  wattle_json_pair_string (&json, "state", wattle_call_peer_state_nick (state));
  wattle_json_pair_string (&json, "sentence", sentence);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
}

/* Peers. */

static Peer *
find_peer (Call *call, const char *name)
{
  for (guint i = 0; name != NULL && i < call->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (call->peers, i);

      if (g_str_equal (peer->name, name))
        return peer;
    }
  return NULL;
}

static Peer *
peer_of (Call *call, WattleLine *line)
{
  return find_peer (call, wattle_line_peer (line));
}

static void
drop_line (Call *call, WattleLine *line)
{
  if (line == NULL)
    return;
  wattle_line_close (line);
  wattle_playback_remove (call->playback, line);
  wattle_line_unref (line);
}

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_clear_pointer (&peer->ring, wattle_ring_unref);
  g_free (peer->name);
  g_free (peer);
}

static Peer *
make_peer (Call *call, const char *name)
{
  Peer *peer = g_new0 (Peer, 1);
  guint taken = 0;

  for (guint i = 0; i < call->peers->len; i++)
    taken |= 1U << ((Peer *) g_ptr_array_index (call->peers, i))->place;
  for (peer->place = 1; (taken & (1U << peer->place)) != 0; peer->place++)
    continue;
  peer->name = g_strdup (name);
  peer->ring = wattle_ring_new (name, call->next_ring++, call->link);
  g_mutex_lock (&call->mutex);
  g_ptr_array_add (call->peers, peer);
  g_mutex_unlock (&call->mutex);
  return peer;
}

/* Whether anything must be encoded, and how much of it. */
static void
fit_sending (Call *call)
{
  guint target = G_MAXUINT;

  for (guint i = 0; i < call->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (call->peers, i);
      guint own = peer->line != NULL ? wattle_line_target (peer->line) : 0;
      guint next = peer->next != NULL ? wattle_line_target (peer->next) : 0;

      if (MAX (own, next) > 0)
        target = MIN (target, MAX (own, next));
    }
  wattle_camera_set_sending (call->camera, target != G_MAXUINT && call->limit > 0);
  if (target != G_MAXUINT && call->limit > 0)
    wattle_camera_set_target (call->camera, MIN (target, call->limit), call->used);
}

/* What a line tells. */

static void
line_description_cb (WattleLine *line, const char *kind, const char *sdp, gpointer data)
{
  Call *call = data;
  g_autofree char *text =
    g_strdup_printf ("{\"is\":\"description\",\"peer\":\"%s\",\"generation\":%u,\"kind\":\"%s\"}",
                     wattle_line_peer (line), wattle_line_generation (line), kind);
  g_autoptr (GBytes) bytes = g_bytes_new (sdp, strlen (sdp));

  wattle_link_send (call->link, text, bytes, -1);
}

static void
line_candidate_cb (WattleLine *line, guint mline, const char *candidate, gpointer data)
{
  Call *call = data;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", "candidate");
  wattle_json_pair_string (&json, "peer", wattle_line_peer (line));
  wattle_json_pair_integer (&json, "generation", wattle_line_generation (line));
  wattle_json_pair_integer (&json, "mline", mline);
  wattle_json_pair_string (&json, "candidate", candidate);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
}

/* The new generation takes over: the old one goes. */
static void
promote (Call *call, WattleLine *line)
{
  Peer *peer = peer_of (call, line);
  WattleLine *old = NULL;

  if (peer == NULL || peer->next != line)
    return;
  g_mutex_lock (&call->mutex);
  old = g_steal_pointer (&peer->line);
  peer->line = g_steal_pointer (&peer->next);
  g_mutex_unlock (&call->mutex);
  drop_line (call, old);
}

static void
line_state_cb (WattleLine *line, WattleCallPeerState state, const char *sentence, gpointer data)
{
  Call *call = data;
  Peer *peer = peer_of (call, line);

  if (state == WATTLE_CALL_PEER_VERIFIED)
    wattle_playback_add (call->playback, line);
  say_state (call, wattle_line_peer (line), wattle_line_generation (line), state, sentence);
  /* A line that shows nothing need not be kept until the new one does. */
  if (state == WATTLE_CALL_PEER_VERIFIED && peer != NULL && peer->line != NULL
      && wattle_line_state (peer->line) != WATTLE_CALL_PEER_VERIFIED)
    promote (call, line);
  fit_sending (call);
}

static void
line_text_cb (WattleLine *line, GBytes *bytes, gpointer data)
{
  Call *call = data;
  g_autofree char *text = g_strdup_printf ("{\"is\":\"text\",\"peer\":\"%s\"}", wattle_line_peer (line));

  wattle_link_send (call->link, text, bytes, -1);
}

static void
line_first_picture_cb (WattleLine *line, gpointer data)
{
  promote (data, line);
}

static void
line_picture_cb (WattleLine *line, GstSample *sample, gpointer data)
{
  Call *call = data;
  WattleRing *ring = NULL;
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstClockTime now = gst_clock_get_time (call->clock) - call->base_time;
  Peer *peer = NULL;

  g_mutex_lock (&call->mutex);
  peer = peer_of (call, line);
  if (peer != NULL && (line == peer->line || line == peer->next))
    ring = wattle_ring_ref (peer->ring);
  g_mutex_unlock (&call->mutex);
  if (ring == NULL)
    return;
  wattle_ring_put (ring, sample, ((gint64) now - (gint64) GST_BUFFER_PTS (buffer)) / 1000);
  wattle_ring_unref (ring);
}

/* What is played, at a third of its rate and in one channel, for what writes it down. */
static void
say_sound (Call *call, const char *peer, GstBuffer *buffer)
{
  g_autofree char *text = g_strdup_printf ("{\"is\":\"sound\",\"peer\":\"%s\"}", peer);
  g_autoptr (GBytes) bytes = NULL;
  GstMapInfo map;
  gint16 *out;
  gsize n;

  if (wattle_link_waits (call->link) > MAX_SOUNDS_WAITING || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  n = MIN (map.size / (6 * sizeof (gint16)), SOUND_SAMPLES);
  out = g_new (gint16, n);
  for (gsize i = 0; i < n; i++)
    {
      const gint16 *in = (const gint16 *) map.data + i * 6;

      out[i] = (gint16) ((in[0] + in[1] + in[2] + in[3] + in[4] + in[5]) / 6);
    }
  gst_buffer_unmap (buffer, &map);
  bytes = g_bytes_new_take (out, n * sizeof (gint16));
  wattle_link_send (call->link, text, bytes, -1);
}

/* The mean of what is played, from some of it. */
static guint
loudness_of (GstBuffer *buffer)
{
  GstMapInfo map;
  guint64 sum = 0;
  gsize n = 0;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return 0;
  for (gsize i = 0; i + 1 < map.size / sizeof (gint16); i += 16, n++)
    sum += (guint64) ABS ((int) ((const gint16 *) map.data)[i]);
  gst_buffer_unmap (buffer, &map);
  return n > 0 ? (guint) (sum / n) : 0;
}

static void
note_loudness (Call *call, WattleLine *line, guint loud)
{
  Peer *peer = NULL;

  g_mutex_lock (&call->mutex);
  peer = peer_of (call, line);
  if (peer != NULL)
    peer->loud = MAX (loud, peer->loud - peer->loud / 16);
  g_mutex_unlock (&call->mutex);
}

static void
line_sound_cb (WattleLine *line, GstBuffer *buffer, gpointer data)
{
  Call *call = data;

  wattle_playback_push (call->playback, line, buffer);
  note_loudness (call, line, loudness_of (buffer));
  if (g_atomic_int_get (&call->listens))
    say_sound (call, wattle_line_peer (line), buffer);
}

static void
line_coded_cb (WattleLine *line, gboolean video, GstBuffer *buffer, gpointer data)
{
  Call *call = data;
  guint place = 0;
  Peer *peer = NULL;

  g_mutex_lock (&call->mutex);
  peer = peer_of (call, line);
  if (peer != NULL && line == peer->line)
    place = peer->place;
  g_mutex_unlock (&call->mutex);
  if (place > 0)
    wattle_recorder_put (call->recorder, place, video, buffer);
}

static void
line_keyframe_cb (WattleLine *line, gpointer data)
{
  wattle_camera_keyframe (((Call *) data)->camera);
}

static const WattleLineEvents line_events = {
  line_description_cb, line_candidate_cb, line_state_cb, line_text_cb,     line_first_picture_cb,
  line_picture_cb,     line_sound_cb,     line_coded_cb, line_keyframe_cb,
};

/* What the own side makes. */

static void
packet_cb (gboolean video, GstBuffer *packet, gpointer data)
{
  Call *call = data;

  g_mutex_lock (&call->mutex);
  for (guint i = 0; i < call->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (call->peers, i);

      if (peer->line != NULL)
        wattle_line_send (peer->line, video, packet);
      if (peer->next != NULL)
        wattle_line_send (peer->next, video, packet);
    }
  g_mutex_unlock (&call->mutex);
}

static void
coded_cb (gboolean video, GstBuffer *buffer, gpointer data)
{
  if (video)
    g_atomic_int_add (&((Call *) data)->coded, (int) gst_buffer_get_size (buffer));
  wattle_recorder_put (((Call *) data)->recorder, 0, video, buffer);
}

static void
view_cb (GstSample *sample, gpointer data)
{
  wattle_ring_put (((Call *) data)->own, sample, 0);
}

static void
camera_trouble_cb (const char *kind, const char *sentence, gpointer data)
{
  say_texts (data, "trouble", "kind", kind, "sentence", sentence, NULL);
}

static void
microphone_trouble_cb (const char *sentence, gpointer data)
{
  say_texts (data, "trouble", "kind", "microphone", "sentence", sentence, NULL);
}

static void
speaker_trouble_cb (const char *sentence, gpointer data)
{
  say_texts (data, "trouble", "kind", "speaker", "sentence", sentence, NULL);
}

static void
level_cb (guint thousandths, gpointer data)
{
  say (data, "{\"is\":\"level\",\"thousandths\":%u}", thousandths);
}

static const WattleCameraEvents camera_events = { { packet_cb, coded_cb }, view_cb, camera_trouble_cb };
static const WattleMicrophoneEvents microphone_events = { { packet_cb, coded_cb }, level_cb, microphone_trouble_cb };

static void
devices_cb (gpointer data)
{
  Call *call = data;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", "devices");
  wattle_json_name (&json, "devices");
  wattle_devices_put (call->devices, &json);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
  if (call->camera != NULL)
    wattle_camera_seek (call->camera);
}

/* The test of the network: a line to oneself. */

static void
end_test (Call *call, gboolean works, const char *sentence)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  for (guint i = 0; i < 2; i++)
    {
      wattle_line_close (call->test[i]);
      g_clear_pointer (&call->test[i], wattle_line_unref);
    }
  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", "network");
  wattle_json_pair_boolean (&json, "works", works);
  wattle_json_pair_integer (&json, "milliseconds", (g_get_monotonic_time () - call->test_begun) / 1000);
  wattle_json_pair_string (&json, "sentence", sentence);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
}

static WattleLine *
other_test (Call *call, WattleLine *line)
{
  return line == call->test[0] ? call->test[1] : call->test[0];
}

static void
test_description_cb (WattleLine *line, const char *kind, const char *sdp, gpointer data)
{
  wattle_line_take_description (other_test (data, line), kind, sdp, strlen (sdp));
}

static void
test_candidate_cb (WattleLine *line, guint mline, const char *candidate, gpointer data)
{
  wattle_line_take_candidate (other_test (data, line), mline, candidate);
}

static gboolean
test_verified_cb (gpointer data)
{
  Call *call = data;

  if (call->test[0] != NULL)
    end_test (call, TRUE, NULL);
  return G_SOURCE_REMOVE;
}

static void
test_state_cb (WattleLine *line, WattleCallPeerState state, const char *sentence, gpointer data)
{
  Call *call = data;

  if (state == WATTLE_CALL_PEER_VERIFIED && wattle_line_state (other_test (call, line)) == state)
    g_idle_add (test_verified_cb, call);
}

static void
test_text_cb (WattleLine *line, GBytes *bytes, gpointer data)
{
}

static void
test_nothing_cb (WattleLine *line, gpointer data)
{
}

static void
test_picture_cb (WattleLine *line, GstSample *sample, gpointer data)
{
}

static void
test_sound_cb (WattleLine *line, GstBuffer *buffer, gpointer data)
{
}

static void
test_coded_cb (WattleLine *line, gboolean video, GstBuffer *buffer, gpointer data)
{
}

static const WattleLineEvents test_events = {
  test_description_cb, test_candidate_cb, test_state_cb, test_text_cb,    test_nothing_cb,
  test_picture_cb,     test_sound_cb,     test_coded_cb, test_nothing_cb,
};

static void
tick_test (Call *call, gint64 now)
{
  if (call->test[0] == NULL)
    return;
  wattle_line_tick (call->test[0], now);
  wattle_line_tick (call->test[1], now);
  if (now - call->test_begun > TEST_MS * 1000)
    end_test (call, FALSE,
              call->lines.turns != NULL && call->lines.turns[0] != NULL
                ? _("No picture and sound come through: this network lets nothing reach the relay of the practice. Try "
                    "another network, or the telephone.")
                : _("No picture and sound come through on this computer."));
}

/* Each quarter of a second. */

static void
say_stats (Call *call, WattleLine *line)
{
  WattleLineFigures figures;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  wattle_line_measure (line, &figures);
  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", "stats");
  wattle_json_pair_string (&json, "peer", wattle_line_peer (line));
  wattle_json_name (&json, "figures");
  wattle_json_begin_object (&json);
  wattle_json_pair_integer (&json, "generation", wattle_line_generation (line));
  wattle_json_pair_integer (&json, "round_trip", figures.round_trip);
  wattle_json_pair_integer (&json, "loss", figures.loss);
  wattle_json_pair_integer (&json, "loss_out", figures.loss_out);
  wattle_json_pair_integer (&json, "jitter", figures.jitter);
  wattle_json_pair_integer (&json, "asked", figures.asked);
  wattle_json_pair_integer (&json, "repaired", figures.repaired);
  wattle_json_pair_integer (&json, "kilobits_in", figures.kilobits_in);
  wattle_json_pair_integer (&json, "kilobits_out", figures.kilobits_out);
  wattle_json_pair_integer (&json, "target", figures.target);
  wattle_json_pair_integer (&json, "frames", figures.frames);
  wattle_json_pair_integer (&json, "frames_a_second", figures.frames_a_second);
  wattle_json_pair_integer (&json, "width", figures.width);
  wattle_json_pair_integer (&json, "height", figures.height);
  wattle_json_pair_integer (&json, "frozen", figures.frozen);
  wattle_json_pair_integer (&json, "freezes", figures.freezes);
  wattle_json_pair_integer (&json, "audio_packets", figures.audio_packets);
  wattle_json_pair_integer (&json, "concealed", figures.concealed);
  wattle_json_pair_string (&json, "path", figures.path);
  wattle_json_pair_string (&json, "quality", figures.quality);
  wattle_json_end_object (&json);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
}

/* Who is clearly louder than who spoke before speaks now. */
static void
find_speaker (Call *call)
{
  const char *loudest = NULL;
  guint most = SPEAKS;
  guint before = 0;

  g_mutex_lock (&call->mutex);
  for (guint i = 0; i < call->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (call->peers, i);

      if (g_strcmp0 (peer->name, call->speaker) == 0)
        before = peer->loud;
      if (peer->loud > most)
        {
          most = peer->loud;
          loudest = peer->name;
        }
    }
  g_mutex_unlock (&call->mutex);
  if (loudest == NULL || g_strcmp0 (loudest, call->speaker) == 0 || most < before * 2)
    return;
  g_free (call->speaker);
  call->speaker = g_strdup (loudest);
  say_texts (call, "speaker", "peer", loudest, NULL);
}

static gboolean
tick_cb (gpointer data)
{
  Call *call = data;
  gint64 now = g_get_monotonic_time ();
  guint latency = 0;

  call->ticks++;
  for (guint i = 0; i < call->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (call->peers, i);

      if (peer->line != NULL)
        wattle_line_tick (peer->line, now);
      if (peer->next != NULL)
        wattle_line_tick (peer->next, now);
      if (peer->line != NULL)
        latency = MAX (latency, wattle_line_latency (peer->line));
      if (call->ticks % 4 == 0 && peer->line != NULL && wattle_line_state (peer->line) == WATTLE_CALL_PEER_VERIFIED)
        say_stats (call, peer->line);
    }
  call->used = (call->used * 3 + (guint) g_atomic_int_exchange (&call->coded, 0) * 8 / TICK_MS) / 4;
  wattle_playback_set_latency (call->playback, latency);
  tick_test (call, now);
  fit_sending (call);
  find_speaker (call);
  /* A sign of life, whatever else is silent. */
  if (call->ticks % 8 == 0)
    say (call, "{\"is\":\"alive\"}");
  return G_SOURCE_CONTINUE;
}

/* Orders. */

static void
do_servers (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  g_clear_pointer (&call->lines.stun, g_free);
  g_clear_pointer (&call->lines.turns, g_strfreev);
  call->lines.relay_only = wattle_json_member_boolean (order, "relay_only");
  call->lines.turns = wattle_servers_take (wattle_json_member (order, "servers"), call->authorities, call->ways,
                                           &call->lines.stun);
}

static guint
bounded (WattleJsonNode order, const char *name, guint fallback, guint most)
{
  gint64 value = wattle_json_member_integer (order, name, 0);

  return value > 0 ? (guint) MIN (value, most) : fallback;
}

static void
do_start (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  WattleCameraSettings settings = { call->clock, call->base_time, NULL, FALSE, call->lines.ssrc[1], 0, 0 };

  if (call->started)
    return;
  call->started = TRUE;
  call->authorities = g_strdup (wattle_json_member_string (order, "authorities"));
  do_servers (call, order, NULL, -1);
  call->lines.h264 = g_strcmp0 (wattle_json_member_string (order, "codec"), "h264") == 0;
  call->size[0] = bounded (order, "width", 1280, WATTLE_PICTURE_MAX_WIDTH) & ~1U;
  call->size[1] = bounded (order, "height", 720, WATTLE_PICTURE_MAX_HEIGHT) & ~1U;
  call->devices = wattle_devices_new (devices_cb, call);
  call->playback = wattle_playback_new (call->clock, call->base_time, call->devices, speaker_trouble_cb, call);
  settings.devices = call->devices;
  settings.h264 = call->lines.h264;
  settings.width = call->size[0];
  settings.height = call->size[1];
  call->camera = wattle_camera_new (&settings, &camera_events, call);
  call->microphone = wattle_microphone_new (call->clock, call->base_time, call->devices, call->lines.ssrc[0],
                                            &microphone_events, call);
  if (call->camera == NULL || call->microphone == NULL)
    g_error ("the media library lacks a codec");
  wattle_playback_use (call->playback, wattle_json_member_string (order, "speaker"));
  call->microphone_device = g_strdup (wattle_json_member_string (order, "microphone"));
  wattle_microphone_use (call->microphone, call->microphone_device, wattle_playback_echoes (call->playback));
  wattle_microphone_set_on (call->microphone, wattle_json_member_boolean (order, "microphone_on"));
  wattle_camera_use (call->camera, wattle_json_member_string (order, "camera"));
  wattle_camera_set_on (call->camera, wattle_json_member_boolean (order, "camera_on"));
  g_timeout_add (TICK_MS, tick_cb, call);
  devices_cb (call);
  say (call, "{\"is\":\"ready\"}");
}

static WattleLine *
line_of (Call *call, WattleJsonNode order)
{
  Peer *peer = find_peer (call, wattle_json_member_string (order, "peer"));
  gint64 generation = wattle_json_member_integer (order, "generation", -1);

  if (peer != NULL && peer->next != NULL && wattle_line_generation (peer->next) == generation)
    return peer->next;
  if (peer != NULL && peer->line != NULL && wattle_line_generation (peer->line) == generation)
    return peer->line;
  return NULL;
}

static WattleLine *
connect_peer (Call *call, const char *name, guint generation, gboolean offers)
{
  Peer *peer = find_peer (call, name);
  WattleLine *line = NULL;
  WattleLine *dropped = NULL;

  if (peer == NULL && call->peers->len >= WATTLE_CALL_MAX_PEERS)
    {
      say_state (call, name, generation, WATTLE_CALL_PEER_FAILED, _("A call has at most four participants."));
      return NULL;
    }
  if (peer == NULL)
    peer = make_peer (call, name);
  if ((peer->line != NULL && wattle_line_generation (peer->line) >= generation)
      || (peer->next != NULL && wattle_line_generation (peer->next) >= generation))
    return NULL;
  say_state (call, name, generation, WATTLE_CALL_PEER_CONNECTING, NULL);
  line = wattle_line_new (name, generation, offers, &call->lines, &line_events, call);
  g_mutex_lock (&call->mutex);
  dropped = g_steal_pointer (&peer->next);
  if (peer->line == NULL)
    peer->line = line;
  else
    peer->next = line;
  g_mutex_unlock (&call->mutex);
  drop_line (call, dropped);
  return line;
}

static void
do_connect (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  const char *name = wattle_json_member_string (order, "peer");

  if (name != NULL)
    connect_peer (call, name, (guint) wattle_json_member_integer (order, "generation", 0),
                  wattle_json_member_boolean (order, "offers"));
}

static void
do_remove (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  Peer *peer = find_peer (call, wattle_json_member_string (order, "peer"));
  guint generation = 0;

  if (peer == NULL)
    return;
  g_mutex_lock (&call->mutex);
  g_ptr_array_remove (call->peers, peer);
  g_mutex_unlock (&call->mutex);
  if (peer->line != NULL)
    generation = wattle_line_generation (peer->line);
  drop_line (call, peer->line);
  drop_line (call, peer->next);
  say_state (call, peer->name, generation, WATTLE_CALL_PEER_CLOSED, NULL);
  peer_free (peer);
  fit_sending (call);
}

static void
do_description (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  const char *kind = wattle_json_member_string (order, "kind");
  const char *name = wattle_json_member_string (order, "peer");
  WattleLine *line = line_of (call, order);

  if (kind == NULL || bytes == NULL || name == NULL)
    return;
  if (line == NULL && g_str_equal (kind, "offer"))
    line = connect_peer (call, name, (guint) wattle_json_member_integer (order, "generation", 0), FALSE);
  if (line != NULL)
    wattle_line_take_description (line, kind, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
do_candidate (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  WattleLine *line = line_of (call, order);
  const char *text = wattle_json_member_string (order, "candidate");

  if (line != NULL && text != NULL)
    wattle_line_take_candidate (line, (guint) wattle_json_member_integer (order, "mline", 0), text);
}

static void
do_microphone (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_microphone_set_on (call->microphone, wattle_json_member_boolean (order, "on"));
}

static void
do_camera (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_camera_set_on (call->camera, wattle_json_member_boolean (order, "on"));
}

static void
do_use (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  const char *kind = wattle_json_member_string (order, "kind");
  const char *device = wattle_json_member_string (order, "device");

  if (g_strcmp0 (kind, "camera") == 0)
    wattle_camera_use (call->camera, device);
  else if (g_strcmp0 (kind, "speaker") == 0)
    {
      wattle_playback_use (call->playback, device);
      wattle_microphone_use (call->microphone, call->microphone_device, wattle_playback_echoes (call->playback));
    }
  else if (g_strcmp0 (kind, "microphone") == 0)
    {
      g_free (call->microphone_device);
      call->microphone_device = g_strdup (device);
      wattle_microphone_use (call->microphone, device, wattle_playback_echoes (call->playback));
    }
}

static void
do_cameras (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  if (fd < 0)
    return;
  wattle_devices_open_remote (call->devices, fd);
  devices_cb (call);
}

static void
do_screen (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_camera_share (call->camera, wattle_json_member_boolean (order, "on") ? fd : -1,
                       (guint) wattle_json_member_integer (order, "node", 0));
}

static void
do_veil (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_camera_set_veil (call->camera, wattle_json_member_boolean (order, "on"));
}

static void
do_view (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  const char *name = wattle_json_member_string (order, "peer");
  Peer *peer = find_peer (call, name);
  WattleRing *ring = peer != NULL ? peer->ring : name != NULL && *name == '\0' ? call->own : NULL;

  if (ring != NULL)
    wattle_ring_set_size (ring, bounded (order, "width", 0, G_MAXINT16), bounded (order, "height", 0, G_MAXINT16));
  else if (call->player != NULL && name != NULL)
    wattle_player_set_size (call->player, name, bounded (order, "width", 0, G_MAXINT16),
                            bounded (order, "height", 0, G_MAXINT16));
}

static void
do_limit (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  call->limit = bounded (order, "kilobits", 0, 100000);
  fit_sending (call);
}

static void
do_text (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  Peer *peer = find_peer (call, wattle_json_member_string (order, "peer"));
  WattleLine *line = peer != NULL ? peer->next : NULL;

  if (peer == NULL || bytes == NULL)
    return;
  if (line == NULL || wattle_line_state (line) != WATTLE_CALL_PEER_VERIFIED)
    line = peer->line;
  if (line != NULL)
    wattle_line_send_text (line, bytes);
}

static void
do_record (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  if (!wattle_json_member_boolean (order, "on"))
    {
      wattle_recorder_stop (call->recorder);
      return;
    }
  wattle_recorder_start (call->recorder, !call->lines.h264, call->size[0], call->size[1]);
  wattle_camera_keyframe (call->camera);
  for (guint i = 0; i < call->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (call->peers, i);

      if (peer->line != NULL)
        wattle_line_ask_keyframe (peer->line);
    }
}

static void
do_listen (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  g_atomic_int_set (&call->listens, wattle_json_member_boolean (order, "on"));
}

/* Plays a recording from its beginning on, or no more. */
static void
do_play (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  g_clear_pointer (&call->player, wattle_player_free);
  if (!wattle_json_member_boolean (order, "on"))
    return;
  call->player = wattle_player_new (call->clock, call->base_time, call->playback, call->next_ring, call->link);
  call->next_ring += WATTLE_PLAYER_RINGS;
}

static void
do_play_bytes (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  if (call->player != NULL && bytes != NULL)
    wattle_player_push (call->player, bytes);
  else if (call->player != NULL)
    wattle_player_end (call->player);
}

static void
do_pause (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  if (call->player != NULL)
    wattle_player_pause (call->player, wattle_json_member_boolean (order, "on"));
}

static void
do_test_speaker (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_playback_tone (call->playback);
}

static void
do_test_network (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  static WattleLineSettings settings;

  if (call->test[0] != NULL)
    return;
  settings = call->lines;
  settings.relay_only = settings.turns != NULL && settings.turns[0] != NULL;
  call->test_begun = g_get_monotonic_time ();
  call->test[1] = wattle_line_new ("test", 1, FALSE, &settings, &test_events, call);
  call->test[0] = wattle_line_new ("test", 1, TRUE, &settings, &test_events, call);
}

static void
do_release (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  guint number = (guint) wattle_json_member_integer (order, "ring", 0);
  guint place = (guint) wattle_json_member_integer (order, "place", 0);

  if (call->player != NULL)
    wattle_player_release (call->player, number, place);
  if (wattle_ring_number (call->own) == number)
    wattle_ring_release (call->own, place);
  for (guint i = 0; i < call->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (call->peers, i);

      if (wattle_ring_number (peer->ring) == number)
        wattle_ring_release (peer->ring, place);
    }
}

static void
do_stop (Call *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  g_main_loop_quit (call->loop);
}

static const struct
{
  const char *name;
  void (*run) (Call *call, WattleJsonNode order, GBytes *bytes, int fd);
} orders[] = {
  { "camera", do_camera },
  { "cameras", do_cameras },
  { "candidate", do_candidate },
  { "connect", do_connect },
  { "description", do_description },
  { "limit", do_limit },
  { "listen", do_listen },
  { "microphone", do_microphone },
  { "pause", do_pause },
  { "play", do_play },
  { "play-bytes", do_play_bytes },
  { "record", do_record },
  { "release", do_release },
  { "remove", do_remove },
  { "screen", do_screen },
  { "servers", do_servers },
  { "test-network", do_test_network },
  { "test-speaker", do_test_speaker },
  { "text", do_text },
  { "use", do_use },
  { "veil", do_veil },
  { "view", do_view },
};

static void
order_cb (WattleJsonNode message, GBytes *bytes, int fd, gpointer data)
{
  Call *call = data;
  const char *name = wattle_json_member_string (message, "do");

  if (g_strcmp0 (name, "start") == 0)
    do_start (call, message, bytes, fd);
  else if (g_strcmp0 (name, "stop") == 0)
    do_stop (call, message, bytes, fd);
  for (gsize i = 0; call->started && i < G_N_ELEMENTS (orders); i++)
    if (g_strcmp0 (orders[i].name, name) == 0)
      orders[i].run (call, message, bytes, fd);
  if (fd >= 0)
    close (fd);
}

static void
closed_cb (gpointer data)
{
  g_main_loop_quit (((Call *) data)->loop);
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
end (Call *call)
{
  /* The camera's light first. */
  g_clear_pointer (&call->camera, wattle_camera_free);
  g_clear_pointer (&call->microphone, wattle_microphone_free);
  g_clear_pointer (&call->player, wattle_player_free);
  wattle_recorder_stop (call->recorder);
  for (guint i = 0; i < call->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (call->peers, i);

      if (peer->line != NULL)
        wattle_line_close (peer->line);
      if (peer->next != NULL)
        wattle_line_close (peer->next);
    }
  g_timeout_add (EXIT_MS, quit_cb, call->loop);
  g_main_loop_run (call->loop);
}

/* The library makes a key of its own with its first connection, which takes long; ours is used instead. */
static gpointer
warm_thread (gpointer data)
{
  gst_object_unref (gst_object_ref_sink (gst_element_factory_make ("dtlsdec", NULL)));
  return NULL;
}

int
main (int argc, char **argv)
{
  static Call call;
  g_autoptr (GError) error = NULL;

  /* Those of the desktop are in the home, which is not there. */
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  gst_init (&argc, &argv);
  if (!wattle_confine ())
    g_message ("this kernel cannot confine the media engine; it runs with the rights of the user");
  /* A new namespace forgets both. Whoever started this and is gone already has closed the link, too. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prctl (PR_SET_DUMPABLE, 0);

  call.loop = g_main_loop_new (NULL, FALSE);
  call.peers = g_ptr_array_new ();
  call.ways = g_ptr_array_new ();
  call.limit = G_MAXUINT;
  call.clock = gst_system_clock_obtain ();
  call.base_time = gst_clock_get_time (call.clock);
  call.lines.clock = call.clock;
  call.lines.base_time = call.base_time;
  call.lines.ssrc[0] = g_random_int ();
  call.lines.ssrc[1] = g_random_int ();
  call.lines.pem = wattle_certificate_make (call.lines.fingerprint, &error);
  if (call.lines.pem == NULL)
    g_error ("%s", error->message);
  g_mutex_init (&call.mutex);
  call.link = wattle_link_new (LINK_FD, order_cb, closed_cb, &call);
  call.own = wattle_ring_new ("", call.next_ring++, call.link);
  call.recorder = wattle_recorder_new (call.clock, call.base_time, call.link);
  g_thread_unref (g_thread_new ("warm", warm_thread, NULL));
  g_main_loop_run (call.loop);
  if (call.started)
    end (&call);
  /* The library's threads are not waited for. */
  _exit (0);
}
