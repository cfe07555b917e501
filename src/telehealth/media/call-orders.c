/* call-orders.c: what the window orders
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/call-private.h"

#include <unistd.h>

static WattleLine *
line_of (WattleCall *call, WattleJsonNode order)
{
  WattlePeer *peer = wattle_call_find_peer (call, wattle_json_member_string (order, "peer"));
  gint64 generation = wattle_json_member_integer (order, "generation", -1);

  if (peer != NULL && peer->next != NULL && wattle_line_generation (peer->next) == generation)
    return peer->next;
  if (peer != NULL && peer->line != NULL && wattle_line_generation (peer->line) == generation)
    return peer->line;
  return NULL;
}

static void
do_connect (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  const char *name = wattle_json_member_string (order, "peer");

  if (name != NULL)
    wattle_call_connect_peer (call, name, (guint) wattle_json_member_integer (order, "generation", 0),
                  wattle_json_member_boolean (order, "offers"));
}

static void
do_remove (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  WattlePeer *peer = wattle_call_find_peer (call, wattle_json_member_string (order, "peer"));
  guint generation = 0;

  if (peer == NULL)
    return;
  g_mutex_lock (&call->mutex);
  g_ptr_array_remove (call->peers, peer);
  g_mutex_unlock (&call->mutex);
  if (peer->line != NULL)
    generation = wattle_line_generation (peer->line);
  wattle_call_drop_line (call, peer->line);
  wattle_call_drop_line (call, peer->next);
  wattle_call_say_state (call, peer->name, generation, WATTLE_CALL_PEER_CLOSED, NULL);
  wattle_call_free_peer (peer);
  wattle_call_fit_sending (call);
}

static void
do_description (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  const char *kind = wattle_json_member_string (order, "kind");
  const char *name = wattle_json_member_string (order, "peer");
  WattleLine *line = line_of (call, order);

  if (kind == NULL || bytes == NULL || name == NULL)
    return;
  if (line == NULL && g_str_equal (kind, "offer"))
    line = wattle_call_connect_peer (call, name, (guint) wattle_json_member_integer (order, "generation", 0), FALSE);
  if (line != NULL)
    wattle_line_take_description (line, kind, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
do_candidate (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  WattleLine *line = line_of (call, order);
  const char *text = wattle_json_member_string (order, "candidate");

  if (line != NULL && text != NULL)
    wattle_line_take_candidate (line, (guint) wattle_json_member_integer (order, "mline", 0), text);
}

static void
do_microphone (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_microphone_set_on (call->microphone, wattle_json_member_boolean (order, "on"));
}

static void
do_camera (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_camera_set_on (call->camera, wattle_json_member_boolean (order, "on"));
}

static void
do_use (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
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
do_cameras (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  if (fd < 0)
    return;
  wattle_devices_open_remote (call->devices, fd);
  wattle_call_say_devices (call);
}

static void
do_screen (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_camera_share (call->camera, wattle_json_member_boolean (order, "on") ? fd : -1,
                       (guint) wattle_json_member_integer (order, "node", 0));
}

static void
do_veil (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_camera_set_veil (call->camera, wattle_json_member_boolean (order, "on"));
}

static void
do_view (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  const char *name = wattle_json_member_string (order, "peer");
  WattlePeer *peer = wattle_call_find_peer (call, name);
  guint width = wattle_call_bounded (order, "width", 0, G_MAXINT16);
  guint height = wattle_call_bounded (order, "height", 0, G_MAXINT16);
  WattleRing *ring = peer != NULL ? peer->ring : name != NULL && *name == '\0' ? call->own : NULL;

  if (ring != NULL)
    wattle_ring_set_size (ring, width, height);
  else if (call->player != NULL && name != NULL)
    wattle_player_set_size (call->player, name, width, height);
}

static void
do_limit (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  call->limit = wattle_call_bounded (order, "kilobits", 0, 100000);
  wattle_call_fit_sending (call);
}

static void
do_text (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  WattlePeer *peer = wattle_call_find_peer (call, wattle_json_member_string (order, "peer"));
  WattleLine *line = peer != NULL ? peer->next : NULL;

  if (peer == NULL || bytes == NULL)
    return;
  if (line == NULL || wattle_line_state (line) != WATTLE_CALL_PEER_VERIFIED)
    line = peer->line;
  if (line != NULL)
    wattle_line_send_text (line, bytes);
}

static void
do_record (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
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
      WattlePeer *peer = g_ptr_array_index (call->peers, i);

      if (peer->line != NULL)
        wattle_line_ask_keyframe (peer->line);
    }
}

static void
do_listen (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  g_atomic_int_set (&call->listens, wattle_json_member_boolean (order, "on"));
}

/* Plays a recording from its beginning on, or no more. */
static void
do_play (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  g_clear_pointer (&call->player, wattle_player_free);
  if (!wattle_json_member_boolean (order, "on"))
    return;
  call->player = wattle_player_new (call->clock, call->base_time, call->playback, call->next_ring, call->link);
  call->next_ring += WATTLE_PLAYER_RINGS;
}

static void
do_play_bytes (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  if (call->player != NULL && bytes != NULL)
    wattle_player_push (call->player, bytes);
  else if (call->player != NULL)
    wattle_player_end (call->player);
}

static void
do_pause (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  if (call->player != NULL)
    wattle_player_pause (call->player, wattle_json_member_boolean (order, "on"));
}

static void
do_test_speaker (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_playback_tone (call->playback);
}

static void
do_test_network (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_call_begin_test (call);
}

static void
do_release (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  guint number = (guint) wattle_json_member_integer (order, "ring", 0);
  guint place = (guint) wattle_json_member_integer (order, "place", 0);

  if (call->player != NULL)
    wattle_player_release (call->player, number, place);
  if (wattle_ring_number (call->own) == number)
    wattle_ring_release (call->own, place);
  for (guint i = 0; i < call->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (call->peers, i);

      if (wattle_ring_number (peer->ring) == number)
        wattle_ring_release (peer->ring, place);
    }
}

static void
do_stop (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  g_main_loop_quit (call->loop);
}

static void
do_servers (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd)
{
  wattle_call_take_servers (call, order);
}

static const struct
{
  const char *name;
  void (*run) (WattleCall *call, WattleJsonNode order, GBytes *bytes, int fd);
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

/* What comes over the link. */
void
wattle_call_take_order (WattleJsonNode message, GBytes *bytes, int fd, gpointer data)
{
  WattleCall *call = data;
  const char *name = wattle_json_member_string (message, "do");

  if (g_strcmp0 (name, "start") == 0)
    wattle_call_start (call, message, bytes);
  else if (g_strcmp0 (name, "stop") == 0)
    do_stop (call, message, bytes, fd);
  for (gsize i = 0; call->started && i < G_N_ELEMENTS (orders); i++)
    if (g_strcmp0 (orders[i].name, name) == 0)
      orders[i].run (call, message, bytes, fd);
  if (fd >= 0)
    close (fd);
}
