/* engine-news.c: what the process of a call's media says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/engine-private.h"

#include <unistd.h>

#include "telehealth/picture.h"

/* What an engine may say of devices. */
#define MAX_DEVICES 64
/* How many pictures a recording has at most. */
#define PLAY_TRACKS 4

static const char *const state_nicks[WATTLE_CALL_N_PEER_STATES] = {
  [WATTLE_CALL_PEER_CONNECTING] = "connecting", [WATTLE_CALL_PEER_VERIFIED] = "verified",
  [WATTLE_CALL_PEER_SILENT] = "silent",         [WATTLE_CALL_PEER_FAILED] = "failed",
  [WATTLE_CALL_PEER_FORGED] = "forged",         [WATTLE_CALL_PEER_CLOSED] = "closed",
};

/**
 * WattleCallEngine::ready:
 *
 * The process runs and takes orders; orders given before wait for it.
 */
/**
 * WattleCallEngine::description:
 * @peer: for whom
 * @generation: of the connection
 * @kind: "offer" or "answer"
 * @sdp: to be sealed and sent
 */
/**
 * WattleCallEngine::candidate:
 * @peer: for whom
 * @generation: of the connection
 * @mline: the section it belongs to
 * @candidate: to be sealed and sent; empty when there will be no more
 */
/**
 * WattleCallEngine::peer-state:
 * @peer: whose
 * @generation: of the connection
 * @state: a #WattleCallPeerState
 * @sentence: (nullable): what happened, for a person
 */
/**
 * WattleCallEngine::frame:
 * @peer: whose picture; "" is the own camera
 * @frame: a #WattleVideoFrame; copy it to keep it
 */
/**
 * WattleCallEngine::level:
 * @level: how loud the microphone is, 0 to 1, ten times a second, also while it is muted
 */
/**
 * WattleCallEngine::stats:
 * @peer: of the connection to whom
 * @figures: a{sv}, numbers as int64: "generation", "round_trip" (milliseconds), "loss" and "loss_out" (thousandths),
 *   "jitter" (milliseconds), "asked" and "repaired" (packets asked for again, and come), "kilobits_in",
 *   "kilobits_out", "target" (kilobit a second), "frames" (shown so far), "frames_a_second", "width", "height" (of
 *   what arrives), "frozen" (thousandths of the time since the first
 *   picture), "freezes", "audio_packets"; and the words "path" ("direct", "relay" or "") and "quality" ("good",
 *   "fair", "poor")
 *
 * Each second for a verified peer.
 */
/**
 * WattleCallEngine::text:
 * @peer: who sent it
 * @text: a #GBytes of at most %WATTLE_CALL_MAX_TEXT, not checked in any way
 */
/**
 * WattleCallEngine::recording:
 * @chunk: the next piece of a Matroska file, in order; at most a second of the call
 * @last: whether the file ends here
 *
 * The pieces joined are a file that plays up to its last whole piece wherever it is cut.
 */
/**
 * WattleCallEngine::sound:
 * @peer: who speaks
 * @sound: a #GBytes of 16 kHz, one channel, signed 16 bit, some milliseconds of it
 *
 * While wattle_call_engine_listen() is on.
 */
/**
 * WattleCallEngine::speaker:
 * @peer: who speaks now, and did not before
 */
/**
 * WattleCallEngine::play:
 * @what: "more": give the next bytes, "at": where it is, four times a second, "done": it was played to its end
 * @milliseconds: since the beginning of the recording
 */
/**
 * WattleCallEngine::trouble:
 * @kind: "camera", "microphone", "speaker", "screen" or "recording"
 * @sentence: (nullable): what is wrong with it, for a person; %NULL when it works (again)
 *
 * The call goes on without it.
 */
/**
 * WattleCallEngine::network:
 * @works: whether media reach the relay and come back
 * @milliseconds: how long that took, joining included
 * @sentence: (nullable): what to do when it does not
 *
 * The answer to wattle_call_engine_test_network().
 */
/**
 * WattleCallEngine::devices:
 *
 * wattle_call_engine_list_devices() answers something else now.
 */
/**
 * WattleCallEngine::died:
 * @sentence: what happened, for a person
 *
 * The process is gone and every peer with it. Start again, and connect as a new generation.
 */
/* Of what is listed. */
void
wattle_call_device_free (gpointer data)
{
  WattleCallDevice *device = data;

  g_free (device->kind);
  g_free (device->id);
  g_free (device->name);
  g_free (device);
}

/* What the engine said, one function a kind of message. */

static void
take_ready (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  g_signal_emit_by_name (self, "ready");
}

static void
take_description (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");
  const char *kind = wattle_json_member_string (message, "kind");
  g_autofree char *sdp = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;

  if (peer != NULL && kind != NULL && sdp != NULL && g_utf8_validate (sdp, -1, NULL))
    g_signal_emit_by_name (self, "description", peer,
                   (guint) wattle_json_member_integer (message, "generation", 0), kind, sdp);
}

static void
take_candidate (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");
  const char *text = wattle_json_member_string (message, "candidate");

  if (peer != NULL && text != NULL)
    g_signal_emit_by_name (self, "candidate", peer,
                   (guint) wattle_json_member_integer (message, "generation", 0),
                   (guint) wattle_json_member_integer (message, "mline", 0), text);
}

static void
take_state (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");
  const char *nick = wattle_json_member_string (message, "state");

  for (int i = 0; peer != NULL && i < WATTLE_CALL_N_PEER_STATES; i++)
    if (g_strcmp0 (nick, state_nicks[i]) == 0)
      {
        if (i == WATTLE_CALL_PEER_CLOSED)
          g_hash_table_remove (self->pictures, peer);
        g_signal_emit_by_name (self, "peer-state", peer,
                       (guint) wattle_json_member_integer (message, "generation", 0), i,
                       wattle_json_member_string (message, "sentence"));
        return;
      }
}

static void
take_ring (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");
  g_autoptr (GError) error = NULL;
  WattlePictures *pictures =
    wattle_pictures_new (dup (fd), (guint) wattle_json_member_integer (message, "ring", 0), self->link, &error);

  if (pictures == NULL || peer == NULL || g_hash_table_size (self->pictures) > WATTLE_CALL_MAX_PEERS + 1 + PLAY_TRACKS)
    {
      g_debug ("no memory for pictures: %s", error != NULL ? error->message : "too many");
      g_clear_pointer (&pictures, wattle_pictures_unref);
      return;
    }
  g_hash_table_replace (self->pictures, g_strdup (peer), pictures);
  wattle_order_view (self, peer);
}

static void
take_frame (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");
  WattlePictures *pictures = peer != NULL ? g_hash_table_lookup (self->pictures, peer) : NULL;
  g_autoptr (WattleVideoFrame) frame = NULL;

  if (pictures == NULL || wattle_json_member_integer (message, "ring", -1) != wattle_pictures_number (pictures))
    return;
  frame = wattle_pictures_take (pictures, message);
  if (frame != NULL)
    g_signal_emit_by_name (self, "frame", peer, frame);
}

static void
take_level (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  gint64 level = CLAMP (wattle_json_member_integer (message, "thousandths", 0), 0, 1000);

  g_signal_emit_by_name (self, "level", (double) level / 1000);
}

static void
take_stats (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");
  WattleJsonIter iter = wattle_json_iter (wattle_json_member (message, "figures"));
  WattleJsonNode value;
  const char *name = NULL;
  GVariantBuilder builder;
  g_autoptr (GVariant) figures = NULL;
  g_autofree char *text = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  while (wattle_json_next (&iter, &name, &value))
    {
      gint64 number = 0;

      if (wattle_json_integer (value, &number))
        g_variant_builder_add (&builder, "{sv}", name, g_variant_new_int64 (number));
      else if (wattle_json_string (value) != NULL)
        g_variant_builder_add (&builder, "{sv}", name, g_variant_new_string (wattle_json_string (value)));
    }
  figures = g_variant_ref_sink (g_variant_builder_end (&builder));
  text = g_variant_print (figures, FALSE);
  g_debug ("a line fares: %s", text);
  if (peer != NULL)
    g_signal_emit_by_name (self, "stats", peer, figures);
}

static void
take_text (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");

  if (peer != NULL && bytes != NULL && g_bytes_get_size (bytes) <= WATTLE_CALL_MAX_TEXT)
    g_signal_emit_by_name (self, "text", peer, bytes);
}

static void
take_recording (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  g_autoptr (GBytes) chunk = bytes != NULL ? g_bytes_ref (bytes) : g_bytes_new (NULL, 0);

  g_signal_emit_by_name (self, "recording", chunk, wattle_json_member_boolean (message, "last"));
}

static void
take_speaker (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");

  if (peer != NULL)
    g_signal_emit_by_name (self, "speaker", peer);
}

static void
take_sound (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");

  if (peer != NULL && bytes != NULL)
    g_signal_emit_by_name (self, "sound", peer, bytes);
}

static void
take_play (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *what = wattle_json_member_string (message, "what");

  if (what != NULL)
    g_signal_emit_by_name (self, "play", what,
                   (guint) CLAMP (wattle_json_member_integer (message, "milliseconds", 0), 0, G_MAXINT32));
}

static void
take_trouble (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *kind = wattle_json_member_string (message, "kind");

  if (kind != NULL)
    g_signal_emit_by_name (self, "trouble", kind, wattle_json_member_string (message, "sentence"));
}

static void
take_network (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  g_signal_emit_by_name (self, "network", wattle_json_member_boolean (message, "works"),
                 (guint) CLAMP (wattle_json_member_integer (message, "milliseconds", 0), 0, G_MAXINT32),
                 wattle_json_member_string (message, "sentence"));
}

static void
take_devices (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  WattleJsonIter iter = wattle_json_iter (wattle_json_member (message, "devices"));
  WattleJsonNode value;

  g_ptr_array_set_size (self->devices, 0);
  while (wattle_json_next (&iter, NULL, &value) && self->devices->len < MAX_DEVICES)
    {
      const char *kind = wattle_json_member_string (value, "kind");
      const char *id = wattle_json_member_string (value, "id");
      const char *name = wattle_json_member_string (value, "name");
      WattleCallDevice *device = NULL;

      if (kind == NULL || id == NULL || name == NULL)
        continue;
      device = g_new0 (WattleCallDevice, 1);
      device->kind = g_strdup (kind);
      device->id = g_strdup (id);
      device->name = g_strdup (name);
      g_ptr_array_add (self->devices, device);
    }
  g_signal_emit_by_name (self, "devices");
}

static const struct
{
  const char *name;
  void (*take) (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd);
} messages[] = {
  { "frame", take_frame },
  { "level", take_level },
  { "stats", take_stats },
  { "candidate", take_candidate },
  { "description", take_description },
  { "state", take_state },
  { "ring", take_ring },
  { "text", take_text },
  { "recording", take_recording },
  { "play", take_play },
  { "sound", take_sound },
  { "speaker", take_speaker },
  { "trouble", take_trouble },
  { "network", take_network },
  { "devices", take_devices },
  { "ready", take_ready },
};

/**
 * wattle_call_engine_take:
 * @self: an engine
 * @message: what its process says
 * @bytes: (nullable): came with it
 * @fd: came with it, or -1; stays the caller's
 */
void
wattle_call_engine_take (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *name = wattle_json_member_string (message, "is");

  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    if (g_strcmp0 (messages[i].name, name) == 0)
      {
        messages[i].take (self, message, bytes, fd);
        return;
      }
}

/* Once, with the class. */
void
wattle_call_engine_add_signals (void)
{
  const struct
  {
    const char *name;
    guint n;
    GType types[4];
  } made[] = {
    { "ready", 0, { 0 } },
    { "description", 4, { G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING } },
    { "candidate", 4, { G_TYPE_STRING, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_STRING } },
    { "peer-state", 4, { G_TYPE_STRING, G_TYPE_UINT, G_TYPE_INT, G_TYPE_STRING } },
    { "frame", 2, { G_TYPE_STRING, WATTLE_TYPE_VIDEO_FRAME } },
    { "level", 1, { G_TYPE_DOUBLE } },
    { "stats", 2, { G_TYPE_STRING, G_TYPE_VARIANT } },
    { "text", 2, { G_TYPE_STRING, G_TYPE_BYTES } },
    { "recording", 2, { G_TYPE_BYTES, G_TYPE_BOOLEAN } },
    { "sound", 2, { G_TYPE_STRING, G_TYPE_BYTES } },
    { "speaker", 1, { G_TYPE_STRING } },
    { "play", 2, { G_TYPE_STRING, G_TYPE_UINT } },
    { "trouble", 2, { G_TYPE_STRING, G_TYPE_STRING } },
    { "network", 3, { G_TYPE_BOOLEAN, G_TYPE_UINT, G_TYPE_STRING } },
    { "devices", 0, { 0 } },
    { "died", 1, { G_TYPE_STRING } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    g_signal_newv (made[i].name, WATTLE_TYPE_CALL_ENGINE, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL, G_TYPE_NONE,
                   made[i].n, (GType *) made[i].types);
}

/**
 * wattle_call_engine_list_devices:
 * @self: an engine
 *
 * Returns: (transfer none) (element-type WattleCallDevice): what there is to see, hear and speak with; empty before
 *   the first #WattleCallEngine::devices
 */
GPtrArray *
wattle_call_engine_list_devices (WattleCallEngine *self)
{
  return self->devices;
}

/**
 * wattle_call_peer_state_nick:
 * @state: a state
 *
 * Returns: its word, such as "verified"
 */
const char *
wattle_call_peer_state_nick (WattleCallPeerState state)
{
  g_return_val_if_fail ((guint) state < WATTLE_CALL_N_PEER_STATES, "failed");
  return state_nicks[state];
}
