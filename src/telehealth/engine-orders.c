/* engine-orders.c: what the process of a call's media is told to do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/engine-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "telehealth/sdp.h"

/* The largest piece of a recording in one message. */
#define PLAY_BYTES (64 * 1024)

/**
 * wattle_order_begin:
 * @what: is to be done
 *
 * Returns: an order to which members are added, and which is then sent
 */
WattleOrder
wattle_order_begin (const char *what)
{
  WattleOrder order = { g_string_new (NULL), { NULL, FALSE } };

  order.json = wattle_json_writer (order.text);
  wattle_json_begin_object (&order.json);
  wattle_json_pair_string (&order.json, "do", what);
  return order;
}

/**
 * wattle_order_send:
 * @self: an engine
 * @order: what was begun; it is used up
 * @bytes: (nullable): goes with it
 * @fd: goes with it, or -1
 *
 * Returns: whether there is a process that it was passed on to
 */
gboolean
wattle_order_send (WattleCallEngine *self, WattleOrder *order, GBytes *bytes, int fd)
{
  g_autofree char *text = NULL;

  wattle_json_end_object (&order->json);
  text = g_string_free (order->text, FALSE);
  return self->link != NULL && wattle_link_send (self->link, text, bytes, fd);
}

/* Tells how large the pictures of @peer are drawn, where that is known. */
void
wattle_order_view (WattleCallEngine *self, const char *peer)
{
  const WattleViewSize *size = g_hash_table_lookup (self->sizes, peer);
  WattleOrder order;

  if (size == NULL)
    return;
  order = wattle_order_begin ("view");
  wattle_json_pair_string (&order.json, "peer", peer);
  wattle_json_pair_integer (&order.json, "width", size->width);
  wattle_json_pair_integer (&order.json, "height", size->height);
  wattle_order_send (self, &order, NULL, -1);
}

static gboolean
good_peer (const char *peer)
{
  gsize length = peer != NULL ? strlen (peer) : 0;

  return length > 0 && length <= WATTLE_CALL_MAX_PEER_NAME
         && strspn (peer, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == length;
}

static gboolean
check_running (WattleCallEngine *self, const char *peer, GError **error)
{
  if (self->link == NULL)
    wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, _("The media engine is not running."));
  else if (!good_peer (peer))
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "peer", _("This is not the name of a participant."));
  else
    return TRUE;
  return FALSE;
}

/**
 * wattle_order_put_servers:
 * @json: an order's members
 * @servers: (array length=n_servers): relays
 * @n_servers: how many
 * @relay_only: see #WattleCallSettings
 */
void
wattle_order_put_servers (WattleJsonWriter *json, const WattleCallServer *servers, gsize n_servers, gboolean relay_only)
{
  wattle_json_pair_boolean (json, "relay_only", relay_only);
  wattle_json_name (json, "servers");
  wattle_json_begin_array (json);
  for (gsize i = 0; i < n_servers; i++)
    {
      wattle_json_begin_object (json);
      wattle_json_pair_string (json, "uri", servers[i].uri);
      wattle_json_pair_string (json, "username", servers[i].username);
      wattle_json_pair_string (json, "credential", servers[i].credential);
      wattle_json_end_object (json);
    }
  wattle_json_end_array (json);
}

static void
put_switch (WattleCallEngine *self, const char *what, gboolean on)
{
  WattleOrder order = wattle_order_begin (what);

  wattle_json_pair_boolean (&order.json, "on", on);
  wattle_order_send (self, &order, NULL, -1);
}

static void
put_device (WattleCallEngine *self, const char *kind, const char *device)
{
  WattleOrder order = wattle_order_begin ("use");

  wattle_json_pair_string (&order.json, "kind", kind);
  wattle_json_pair_string (&order.json, "device", device);
  wattle_order_send (self, &order, NULL, -1);
}

/**
 * wattle_call_engine_set_servers:
 * @self: an engine
 * @servers: (array length=n_servers): up to eight relays
 * @n_servers: how many
 * @relay_only: see #WattleCallSettings
 *
 * For the generations that come; a password of a relay ends after some minutes.
 */
void
wattle_call_engine_set_servers (WattleCallEngine *self,
                                const WattleCallServer *servers,
                                gsize n_servers,
                                gboolean relay_only)
{
  WattleOrder order = wattle_order_begin ("servers");

  wattle_order_put_servers (&order.json, servers, n_servers, relay_only);
  wattle_order_send (self, &order, NULL, -1);
}

/**
 * wattle_call_engine_connect_peer:
 * @self: an engine
 * @peer: the participant
 * @generation: of the connection: larger than any before with @peer
 * @offers: whether this side offers; exactly one does
 * @error: (out) (optional): INVALID or FAILED
 *
 * Makes a connection. A side that offers emits #WattleCallEngine::description at once; the other waits for
 * wattle_call_engine_take_description(). When there is an older generation it goes on showing its picture until the
 * first one of the new arrives, and is closed then.
 *
 * Returns: whether it was asked for
 */
gboolean
wattle_call_engine_connect_peer (
  WattleCallEngine *self, const char *peer, guint generation, gboolean offers, GError **error)
{
  WattleOrder order;

  if (!check_running (self, peer, error))
    return FALSE;
  order = wattle_order_begin ("connect");
  wattle_json_pair_string (&order.json, "peer", peer);
  wattle_json_pair_integer (&order.json, "generation", generation);
  wattle_json_pair_boolean (&order.json, "offers", offers);
  return wattle_order_send (self, &order, NULL, -1);
}

/**
 * wattle_call_engine_remove_peer:
 * @self: an engine
 * @peer: the participant
 *
 * Closes every generation. Its last state is "closed".
 */
void
wattle_call_engine_remove_peer (WattleCallEngine *self, const char *peer)
{
  WattleOrder order = wattle_order_begin ("remove");

  wattle_json_pair_string (&order.json, "peer", peer);
  wattle_order_send (self, &order, NULL, -1);
}

/**
 * wattle_call_engine_take_description:
 * @self: an engine
 * @peer: who sent it
 * @generation: of which connection
 * @kind: "offer" or "answer"
 * @sdp: what came out of the seal. Its fingerprint is what the other side is held to.
 * @error: (out) (optional): INVALID or TOO_LARGE when it is not a description that we understand
 *
 * An offer for a generation that is not there makes it. A second description of the same kind is ignored.
 *
 * Returns: whether it was good and passed on
 */
gboolean
wattle_call_engine_take_description (
  WattleCallEngine *self, const char *peer, guint generation, const char *kind, const char *sdp, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  WattleSdp parsed;
  WattleOrder order;

  if (!check_running (self, peer, error) || !wattle_sdp_parse (sdp, strlen (sdp), &parsed, error))
    return FALSE;
  if (g_strcmp0 (kind, "offer") != 0 && g_strcmp0 (kind, "answer") != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "kind", _("A description is an offer or an answer."));
      return FALSE;
    }
  order = wattle_order_begin ("description");
  wattle_json_pair_string (&order.json, "peer", peer);
  wattle_json_pair_integer (&order.json, "generation", generation);
  wattle_json_pair_string (&order.json, "kind", kind);
  bytes = g_bytes_new (sdp, strlen (sdp));
  return wattle_order_send (self, &order, bytes, -1);
}

/**
 * wattle_call_engine_take_candidate:
 * @self: an engine
 * @peer: who sent it
 * @generation: of which connection
 * @mline: of which section
 * @candidate: "candidate:..."; an empty one means that there will be no more
 * @error: (out) (optional): INVALID or TOO_LARGE
 *
 * May come before the description; it is kept until then.
 *
 * Returns: whether it was good and passed on
 */
gboolean
wattle_call_engine_take_candidate (
  WattleCallEngine *self, const char *peer, guint generation, guint mline, const char *candidate, GError **error)
{
  WattleCandidate parsed;
  WattleOrder order;

  if (!check_running (self, peer, error))
    return FALSE;
  if (*candidate != '\0' && !wattle_candidate_parse (candidate, strlen (candidate), &parsed, error))
    return FALSE;
  if (mline >= WATTLE_SDP_MAX_SECTIONS)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "mline",
                              _("A candidate names a section that is not there."));
      return FALSE;
    }
  order = wattle_order_begin ("candidate");
  wattle_json_pair_string (&order.json, "peer", peer);
  wattle_json_pair_integer (&order.json, "generation", generation);
  wattle_json_pair_integer (&order.json, "mline", mline);
  wattle_json_pair_string (&order.json, "candidate", candidate);
  return wattle_order_send (self, &order, NULL, -1);
}

/**
 * wattle_call_engine_set_microphone:
 * @self: an engine
 * @on: whether the others hear it; silence is sent otherwise
 */
void
wattle_call_engine_set_microphone (WattleCallEngine *self, gboolean on)
{
  put_switch (self, "microphone", on);
}

/**
 * wattle_call_engine_set_camera:
 * @self: an engine
 * @on: whether the camera is open; a closed one has its light off, and two black pictures a second are sent
 */
void
wattle_call_engine_set_camera (WattleCallEngine *self, gboolean on)
{
  put_switch (self, "camera", on);
}

/**
 * wattle_call_engine_use_microphone:
 * @self: an engine
 * @device: (nullable): see #WattleCallSettings
 *
 * Changes the device in the middle of a call; the others notice nothing.
 */
void
wattle_call_engine_use_microphone (WattleCallEngine *self, const char *device)
{
  put_device (self, "microphone", device);
}

/**
 * wattle_call_engine_use_camera:
 * @self: an engine
 * @device: (nullable): see #WattleCallSettings
 */
void
wattle_call_engine_use_camera (WattleCallEngine *self, const char *device)
{
  put_device (self, "camera", device);
}

/**
 * wattle_call_engine_open_cameras:
 * @self: an engine
 * @fd: where the camera portal lets us find cameras; copied, the caller closes its own
 *
 * They are listed with the others; "devices" follows.
 */
void
wattle_call_engine_open_cameras (WattleCallEngine *self, int fd)
{
  WattleOrder order = wattle_order_begin ("cameras");

  wattle_order_send (self, &order, NULL, fd);
}

/**
 * wattle_call_engine_use_speaker:
 * @self: an engine
 * @device: (nullable): see #WattleCallSettings
 */
void
wattle_call_engine_use_speaker (WattleCallEngine *self, const char *device)
{
  put_device (self, "speaker", device);
}

/**
 * wattle_call_engine_share_screen:
 * @self: an engine
 * @fd: what the screen portal opened, or -1 to end sharing; copied, the caller closes its own
 * @node: the screen's number there
 *
 * The screen takes the place of the camera's picture.
 */
void
wattle_call_engine_share_screen (WattleCallEngine *self, int fd, guint32 node)
{
  WattleOrder order = wattle_order_begin ("screen");

  wattle_json_pair_boolean (&order.json, "on", fd >= 0);
  wattle_json_pair_integer (&order.json, "node", node);
  wattle_order_send (self, &order, NULL, fd);
}

/**
 * wattle_call_engine_set_veil:
 * @self: an engine
 * @on: whether the own picture is made coarse, so that nobody is recognised
 *
 * It stays so when the process has died and another is started: no picture of that one is without.
 */
void
wattle_call_engine_set_veil (WattleCallEngine *self, gboolean on)
{
  self->veil = on;
  put_switch (self, "veil", on);
}

/**
 * wattle_call_engine_set_view_size:
 * @self: an engine
 * @peer: whose picture; "" is the own camera
 * @width: of the place where it is drawn, in device pixels; 0 when it is not drawn: no frames come then
 * @height: likewise
 *
 * The pictures of @peer are not larger than that and keep their proportion. It holds for somebody who is not connected
 * yet, too, and for every process that is started.
 */
void
wattle_call_engine_set_view_size (WattleCallEngine *self, const char *peer, guint width, guint height)
{
  WattleViewSize *size = g_new (WattleViewSize, 1);

  *size = (WattleViewSize){ width, height };
  g_hash_table_replace (self->sizes, g_strdup (peer), size);
  wattle_order_view (self, peer);
}

/**
 * wattle_call_engine_set_video_limit:
 * @self: an engine
 * @kilobits: the most that may be sent of a picture in a second; 0 sends sound alone
 */
void
wattle_call_engine_set_video_limit (WattleCallEngine *self, guint kilobits)
{
  WattleOrder order = wattle_order_begin ("limit");

  wattle_json_pair_integer (&order.json, "kilobits", kilobits);
  wattle_order_send (self, &order, NULL, -1);
}

/**
 * wattle_call_engine_send_text:
 * @self: an engine
 * @peer: to whom
 * @text: at most %WATTLE_CALL_MAX_TEXT
 * @error: (out) (optional): TOO_LARGE, INVALID or FAILED
 *
 * Over the data channel, reliably and in order while a generation lives. What is sent before it is open waits for it.
 *
 * Returns: whether it was passed on
 */
gboolean
wattle_call_engine_send_text (WattleCallEngine *self, const char *peer, GBytes *text, GError **error)
{
  WattleOrder order;

  if (!check_running (self, peer, error))
    return FALSE;
  if (g_bytes_get_size (text) > WATTLE_CALL_MAX_TEXT)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, "text", _("This message is too long to be sent."));
      return FALSE;
    }
  order = wattle_order_begin ("text");
  wattle_json_pair_string (&order.json, "peer", peer);
  return wattle_order_send (self, &order, text, -1);
}

/**
 * wattle_call_engine_record:
 * @self: an engine
 * @on: whether the call is recorded from now on
 *
 * Own and others' picture and sound come out as #WattleCallEngine::recording, as they were sent: nothing is encoded
 * twice. Nothing is written to any disk here.
 */
void
wattle_call_engine_record (WattleCallEngine *self, gboolean on)
{
  put_switch (self, "record", on);
}

/* Whether what the others say comes out as #WattleCallEngine::sound, for captions. */
void
wattle_call_engine_listen (WattleCallEngine *self, gboolean on)
{
  put_switch (self, "listen", on);
}

/**
 * wattle_call_engine_play:
 * @self: an engine that runs, with neither camera nor microphone
 * @on: whether a recording is played from now on, from its beginning
 *
 * Its pictures come as #WattleCallEngine::frame of "t1" (who recorded) to "t4"; "play" asks for more of it, says where
 * it is, and that it is done.
 */
void
wattle_call_engine_play (WattleCallEngine *self, gboolean on)
{
  put_switch (self, "play", on);
}

/* The next bytes of the recording; none at its end. */
void
wattle_call_engine_play_bytes (WattleCallEngine *self, GBytes *bytes)
{
  gsize length = g_bytes_get_size (bytes);
  gsize at = 0;

  do
    {
      WattleOrder order = wattle_order_begin ("play-bytes");
      gsize n = MIN (length - at, PLAY_BYTES);
      g_autoptr (GBytes) piece = n > 0 ? g_bytes_new_from_bytes (bytes, at, n) : NULL;

      wattle_order_send (self, &order, piece, -1);
      at += n;
    }
  while (at < length);
}

/* Holds it where it is. */
void
wattle_call_engine_pause (WattleCallEngine *self, gboolean on)
{
  put_switch (self, "pause", on);
}

/**
 * wattle_call_engine_test_speaker:
 * @self: an engine
 *
 * Plays a short tone.
 */
void
wattle_call_engine_test_speaker (WattleCallEngine *self)
{
  WattleOrder order = wattle_order_begin ("test-speaker");

  wattle_order_send (self, &order, NULL, -1);
}

/**
 * wattle_call_engine_test_network:
 * @self: an engine
 *
 * Connects to itself through the relays of its settings; without relays, directly. #WattleCallEngine::network answers
 * within ten seconds.
 */
void
wattle_call_engine_test_network (WattleCallEngine *self)
{
  WattleOrder order = wattle_order_begin ("test-network");

  wattle_order_send (self, &order, NULL, -1);
}
