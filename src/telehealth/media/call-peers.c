/* call-peers.c: the others, and what their lines tell
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/call-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "telehealth/picture.h"

/* Sound for captions: how much of it in one message, and how many may wait for the window. */
#define SOUND_SAMPLES 16000
#define MAX_SOUNDS_WAITING 100

/* (nullable): by name. */
WattlePeer *
wattle_call_find_peer (WattleCall *call, const char *name)
{
  for (guint i = 0; name != NULL && i < call->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (call->peers, i);

      if (g_str_equal (peer->name, name))
        return peer;
    }
  return NULL;
}

static WattlePeer *
peer_of (WattleCall *call, WattleLine *line)
{
  return wattle_call_find_peer (call, wattle_line_peer (line));
}

/* A line that is no longer used; it may be %NULL. */
void
wattle_call_drop_line (WattleCall *call, WattleLine *line)
{
  if (line == NULL)
    return;
  wattle_line_close (line);
  wattle_playback_remove (call->playback, line);
  wattle_line_unref (line);
}

/* Somebody without lines. */
void
wattle_call_free_peer (gpointer data)
{
  WattlePeer *peer = data;

  g_clear_pointer (&peer->ring, wattle_ring_unref);
  g_free (peer->name);
  g_free (peer);
}

static WattlePeer *
make_peer (WattleCall *call, const char *name)
{
  WattlePeer *peer = g_new0 (WattlePeer, 1);
  guint taken = 0;

  for (guint i = 0; i < call->peers->len; i++)
    taken |= 1U << ((WattlePeer *) g_ptr_array_index (call->peers, i))->place;
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
void
wattle_call_fit_sending (WattleCall *call)
{
  guint target = G_MAXUINT;

  for (guint i = 0; i < call->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (call->peers, i);
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
  WattleCall *call = data;
  g_autofree char *text =
    g_strdup_printf ("{\"is\":\"description\",\"peer\":\"%s\",\"generation\":%u,\"kind\":\"%s\"}",
                     wattle_line_peer (line), wattle_line_generation (line), kind);
  g_autoptr (GBytes) bytes = g_bytes_new (sdp, strlen (sdp));

  wattle_link_send (call->link, text, bytes, -1);
}

static void
line_candidate_cb (WattleLine *line, guint mline, const char *candidate, gpointer data)
{
  WattleCall *call = data;
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
promote (WattleCall *call, WattleLine *line)
{
  WattlePeer *peer = peer_of (call, line);
  WattleLine *old = NULL;

  if (peer == NULL || peer->next != line)
    return;
  g_mutex_lock (&call->mutex);
  old = g_steal_pointer (&peer->line);
  peer->line = g_steal_pointer (&peer->next);
  g_mutex_unlock (&call->mutex);
  wattle_call_drop_line (call, old);
}

static void
line_state_cb (WattleLine *line, WattleCallPeerState state, const char *sentence, gpointer data)
{
  WattleCall *call = data;
  WattlePeer *peer = peer_of (call, line);

  if (state == WATTLE_CALL_PEER_VERIFIED)
    wattle_playback_add (call->playback, line);
  wattle_call_say_state (call, wattle_line_peer (line), wattle_line_generation (line), state, sentence);
  /* A line that shows nothing need not be kept until the new one does. */
  if (state == WATTLE_CALL_PEER_VERIFIED && peer != NULL && peer->line != NULL
      && wattle_line_state (peer->line) != WATTLE_CALL_PEER_VERIFIED)
    promote (call, line);
  wattle_call_fit_sending (call);
}

static void
line_text_cb (WattleLine *line, GBytes *bytes, gpointer data)
{
  WattleCall *call = data;
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
  WattleCall *call = data;
  WattleRing *ring = NULL;
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstClockTime now = gst_clock_get_time (call->clock) - call->base_time;
  WattlePeer *peer = NULL;

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
say_sound (WattleCall *call, const char *peer, GstBuffer *buffer)
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
note_loudness (WattleCall *call, WattleLine *line, guint loud)
{
  WattlePeer *peer = NULL;

  g_mutex_lock (&call->mutex);
  peer = peer_of (call, line);
  if (peer != NULL)
    peer->loud = MAX (loud, peer->loud - peer->loud / 16);
  g_mutex_unlock (&call->mutex);
}

static void
line_sound_cb (WattleLine *line, GstBuffer *buffer, gpointer data)
{
  WattleCall *call = data;

  wattle_playback_push (call->playback, line, buffer);
  note_loudness (call, line, loudness_of (buffer));
  if (g_atomic_int_get (&call->listens))
    say_sound (call, wattle_line_peer (line), buffer);
}

static void
line_coded_cb (WattleLine *line, gboolean video, GstBuffer *buffer, gpointer data)
{
  WattleCall *call = data;
  guint place = 0;
  WattlePeer *peer = NULL;

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
  wattle_camera_keyframe (((WattleCall *) data)->camera);
}

static void
fit_cb (gpointer data)
{
  wattle_call_fit_sending (data);
}

/* Much less may be sent: each picture that is still as large as before is too much. */
static void
line_narrower_cb (WattleLine *line, gpointer data)
{
  g_idle_add_once (fit_cb, data);
}

static const WattleLineEvents line_events = {
  line_description_cb, line_candidate_cb, line_state_cb, line_text_cb,     line_first_picture_cb,
  line_picture_cb,     line_sound_cb,     line_coded_cb, line_keyframe_cb, line_narrower_cb,
};

/* (nullable): the line of a new generation; there is none when it is not new. */
WattleLine *
wattle_call_connect_peer (WattleCall *call, const char *name, guint generation, gboolean offers)
{
  WattlePeer *peer = wattle_call_find_peer (call, name);
  WattleLine *line = NULL;
  WattleLine *dropped = NULL;

  if (peer == NULL && call->peers->len >= WATTLE_CALL_MAX_PEERS)
    {
      wattle_call_say_state (call, name, generation, WATTLE_CALL_PEER_FAILED,
                             _("A call has at most four participants."));
      return NULL;
    }
  if (peer == NULL)
    peer = make_peer (call, name);
  if ((peer->line != NULL && wattle_line_generation (peer->line) >= generation)
      || (peer->next != NULL && wattle_line_generation (peer->next) >= generation))
    return NULL;
  wattle_call_say_state (call, name, generation, WATTLE_CALL_PEER_CONNECTING, NULL);
  line = wattle_line_new (name, generation, offers, &call->lines, &line_events, call);
  g_mutex_lock (&call->mutex);
  dropped = g_steal_pointer (&peer->next);
  if (peer->line == NULL)
    peer->line = line;
  else
    peer->next = line;
  g_mutex_unlock (&call->mutex);
  wattle_call_drop_line (call, dropped);
  return line;
}
