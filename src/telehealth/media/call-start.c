/* call-start.c: the own side of a call, from its first order on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/call-private.h"

#include <sys/mman.h>
#include <unistd.h>

#include "telehealth/media/servers.h"
#include "telehealth/picture.h"

#define TICK_MS 250
/* How loud somebody must be to count as speaking, of 32767. */
#define SPEAKS 200

static void
packet_cb (gboolean video, GstBuffer *packet, gpointer data)
{
  WattleCall *call = data;

  g_mutex_lock (&call->mutex);
  for (guint i = 0; i < call->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (call->peers, i);

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
    g_atomic_int_add (&((WattleCall *) data)->coded, (int) gst_buffer_get_size (buffer));
  wattle_recorder_put (((WattleCall *) data)->recorder, 0, video, buffer);
}

static void
view_cb (GstSample *sample, gpointer data)
{
  wattle_ring_put (((WattleCall *) data)->own, sample, 0);
}

static void
camera_trouble_cb (const char *kind, const char *sentence, gpointer data)
{
  wattle_call_say_texts (data, "trouble", "kind", kind, "sentence", sentence, NULL);
}

static void
microphone_trouble_cb (const char *sentence, gpointer data)
{
  wattle_call_say_texts (data, "trouble", "kind", "microphone", "sentence", sentence, NULL);
}

static void
speaker_trouble_cb (const char *sentence, gpointer data)
{
  wattle_call_say_texts (data, "trouble", "kind", "speaker", "sentence", sentence, NULL);
}

static void
level_cb (guint thousandths, gpointer data)
{
  wattle_call_say (data, "{\"is\":\"level\",\"thousandths\":%u}", thousandths);
}

static const WattleCameraEvents camera_events = { { packet_cb, coded_cb }, view_cb, camera_trouble_cb };
static const WattleMicrophoneEvents microphone_events = { { packet_cb, coded_cb }, level_cb, microphone_trouble_cb };

/* Who is clearly louder than who spoke before speaks now. */
static void
find_speaker (WattleCall *call)
{
  const char *loudest = NULL;
  guint most = SPEAKS;
  guint before = 0;

  g_mutex_lock (&call->mutex);
  for (guint i = 0; i < call->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (call->peers, i);

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
  wattle_call_say_texts (call, "speaker", "peer", loudest, NULL);
}

/* Each quarter of a second. */
static gboolean
tick_cb (gpointer data)
{
  WattleCall *call = data;
  gint64 now = g_get_monotonic_time ();
  guint latency = 0;

  call->ticks++;
  for (guint i = 0; i < call->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (call->peers, i);

      if (peer->line != NULL)
        wattle_line_tick (peer->line, now);
      if (peer->next != NULL)
        wattle_line_tick (peer->next, now);
      if (peer->line != NULL)
        latency = MAX (latency, wattle_line_latency (peer->line));
      if (call->ticks % 4 == 0 && peer->line != NULL && wattle_line_state (peer->line) == WATTLE_CALL_PEER_VERIFIED)
        wattle_call_say_stats (call, peer->line);
    }
  call->used = (call->used * 3 + (guint) g_atomic_int_exchange (&call->coded, 0) * 8 / TICK_MS) / 4;
  wattle_playback_set_latency (call->playback, latency);
  wattle_call_tick_test (call, now);
  wattle_call_fit_sending (call);
  find_speaker (call);
  /* A sign of life, whatever else is silent. */
  if (call->ticks % 8 == 0)
    wattle_call_say (call, "{\"is\":\"alive\"}");
  return G_SOURCE_CONTINUE;
}

/* A number of an order, at most @most; @fallback when there is none. */
guint
wattle_call_bounded (WattleJsonNode order, const char *name, guint fallback, guint most)
{
  gint64 value = wattle_json_member_integer (order, name, 0);

  return value > 0 ? (guint) MIN (value, most) : fallback;
}

/* Which relays the next lines use. */
void
wattle_call_take_servers (WattleCall *call, WattleJsonNode order)
{
  g_clear_pointer (&call->lines.stun, g_free);
  g_clear_pointer (&call->lines.turns, g_strfreev);
  call->lines.relay_only = wattle_json_member_boolean (order, "relay_only");
  call->lines.turns = wattle_servers_take (wattle_json_member (order, "servers"), call->authorities, call->ways,
                                           &call->lines.stun);
}

/* (nullable): where bytes can be read as a file; the library takes nothing else. */
static char *
keep_file (GBytes *bytes)
{
  gsize length = 0;
  gconstpointer data = g_bytes_get_data (bytes, &length);
  int fd = memfd_create ("authorities", MFD_CLOEXEC);

  if (fd < 0 || write (fd, data, length) != (gssize) length)
    return NULL;
  return g_strdup_printf ("/proc/self/fd/%d", fd);
}

/* The first order. */
void
wattle_call_start (WattleCall *call, WattleJsonNode order, GBytes *authorities)
{
  WattleCameraSettings settings = { call->clock, call->base_time, NULL, FALSE, call->lines.ssrc[1], 0, 0 };

  if (call->started)
    return;
  call->started = TRUE;
  call->authorities = authorities != NULL ? keep_file (authorities) : NULL;
  wattle_call_take_servers (call, order);
  call->lines.h264 = g_strcmp0 (wattle_json_member_string (order, "codec"), "h264") == 0;
  call->size[0] = wattle_call_bounded (order, "width", 1280, WATTLE_PICTURE_MAX_WIDTH) & ~1U;
  call->size[1] = wattle_call_bounded (order, "height", 720, WATTLE_PICTURE_MAX_HEIGHT) & ~1U;
  call->devices = wattle_devices_new (wattle_call_say_devices, call);
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
  wattle_camera_set_veil (call->camera, wattle_json_member_boolean (order, "veil"));
  wattle_camera_use (call->camera, wattle_json_member_string (order, "camera"));
  wattle_camera_set_on (call->camera, wattle_json_member_boolean (order, "camera_on"));
  g_timeout_add (TICK_MS, tick_cb, call);
  wattle_call_say_devices (call);
  wattle_call_say (call, "{\"is\":\"ready\"}");
}
