/* engine.c: the media of a call, which run in a process of their own
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/engine.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "telehealth/link.h"
#include "telehealth/picture.h"
#include "telehealth/sdp.h"

/* How long an engine that was told to stop has for it, and how long a living one may be mute. */
#define STOP_MS 3000
#define MUTE_SECONDS 10
/* What an engine may say of devices. */
#define MAX_DEVICES 64
/* How many pictures a recording has at most. */
#define PLAY_TRACKS 4
/* The largest piece of a recording in one message. */
#define PLAY_BYTES (64 * 1024)

enum
{
  SIGNAL_READY,
  SIGNAL_DESCRIPTION,
  SIGNAL_CANDIDATE,
  SIGNAL_PEER_STATE,
  SIGNAL_FRAME,
  SIGNAL_LEVEL,
  SIGNAL_STATS,
  SIGNAL_TEXT,
  SIGNAL_RECORDING,
  SIGNAL_PLAY,
  SIGNAL_SOUND,
  SIGNAL_SPEAKER,
  SIGNAL_TROUBLE,
  SIGNAL_NETWORK,
  SIGNAL_DEVICES,
  SIGNAL_DIED,
  N_SIGNALS
};

struct _WattleCallEngine
{
  GObject parent;
  char *program;
  GSubprocess *process;
  WattleLink *link;
  GHashTable *pictures; /* char *peer: WattlePictures */
  GPtrArray *devices;   /* WattleCallDevice */
  guint watch;
  gint64 heard;
};

static guint signals[N_SIGNALS];

static const char *const state_nicks[WATTLE_CALL_N_PEER_STATES] = {
  [WATTLE_CALL_PEER_CONNECTING] = "connecting", [WATTLE_CALL_PEER_VERIFIED] = "verified",
  [WATTLE_CALL_PEER_SILENT] = "silent",         [WATTLE_CALL_PEER_FAILED] = "failed",
  [WATTLE_CALL_PEER_FORGED] = "forged",         [WATTLE_CALL_PEER_CLOSED] = "closed",
};

G_DEFINE_FINAL_TYPE (WattleCallEngine, wattle_call_engine, G_TYPE_OBJECT)

/* A message being written: begin_order(), its members, send_order(). */
typedef struct
{
  GString *text;
  WattleJsonWriter json;
} Order;

static Order
begin_order (const char *what)
{
  Order order = { g_string_new (NULL), { NULL, FALSE } };

  order.json = wattle_json_writer (order.text);
  wattle_json_begin_object (&order.json);
  wattle_json_pair_string (&order.json, "do", what);
  return order;
}

static gboolean
send_order (WattleCallEngine *self, Order *order, GBytes *bytes, int fd)
{
  g_autofree char *text = NULL;

  wattle_json_end_object (&order->json);
  text = g_string_free (order->text, FALSE);
  return self->link != NULL && wattle_link_send (self->link, text, bytes, fd);
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

static void
device_free (gpointer data)
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
  g_signal_emit (self, signals[SIGNAL_READY], 0);
}

static void
take_description (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");
  const char *kind = wattle_json_member_string (message, "kind");
  g_autofree char *sdp = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;

  if (peer != NULL && kind != NULL && sdp != NULL && g_utf8_validate (sdp, -1, NULL))
    g_signal_emit (self, signals[SIGNAL_DESCRIPTION], 0, peer,
                   (guint) wattle_json_member_integer (message, "generation", 0), kind, sdp);
}

static void
take_candidate (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");
  const char *text = wattle_json_member_string (message, "candidate");

  if (peer != NULL && text != NULL)
    g_signal_emit (self, signals[SIGNAL_CANDIDATE], 0, peer,
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
        g_signal_emit (self, signals[SIGNAL_PEER_STATE], 0, peer,
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
    g_signal_emit (self, signals[SIGNAL_FRAME], 0, peer, frame);
}

static void
take_level (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  gint64 level = CLAMP (wattle_json_member_integer (message, "thousandths", 0), 0, 1000);

  g_signal_emit (self, signals[SIGNAL_LEVEL], 0, (double) level / 1000);
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
  if (peer != NULL)
    g_signal_emit (self, signals[SIGNAL_STATS], 0, peer, figures);
}

static void
take_text (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");

  if (peer != NULL && bytes != NULL && g_bytes_get_size (bytes) <= WATTLE_CALL_MAX_TEXT)
    g_signal_emit (self, signals[SIGNAL_TEXT], 0, peer, bytes);
}

static void
take_recording (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  g_autoptr (GBytes) chunk = bytes != NULL ? g_bytes_ref (bytes) : g_bytes_new (NULL, 0);

  g_signal_emit (self, signals[SIGNAL_RECORDING], 0, chunk, wattle_json_member_boolean (message, "last"));
}

static void
take_speaker (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");

  if (peer != NULL)
    g_signal_emit (self, signals[SIGNAL_SPEAKER], 0, peer);
}

static void
take_sound (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *peer = wattle_json_member_string (message, "peer");

  if (peer != NULL && bytes != NULL)
    g_signal_emit (self, signals[SIGNAL_SOUND], 0, peer, bytes);
}

static void
take_play (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *what = wattle_json_member_string (message, "what");

  if (what != NULL)
    g_signal_emit (self, signals[SIGNAL_PLAY], 0, what,
                   (guint) CLAMP (wattle_json_member_integer (message, "milliseconds", 0), 0, G_MAXINT32));
}

static void
take_trouble (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  const char *kind = wattle_json_member_string (message, "kind");

  if (kind != NULL)
    g_signal_emit (self, signals[SIGNAL_TROUBLE], 0, kind, wattle_json_member_string (message, "sentence"));
}

static void
take_network (WattleCallEngine *self, WattleJsonNode message, GBytes *bytes, int fd)
{
  g_signal_emit (self, signals[SIGNAL_NETWORK], 0, wattle_json_member_boolean (message, "works"),
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
  g_signal_emit (self, signals[SIGNAL_DEVICES], 0);
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

static void
forget_process (WattleCallEngine *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  if (self->link != NULL)
    wattle_link_close (self->link);
  g_clear_pointer (&self->link, wattle_link_unref);
  g_clear_object (&self->process);
  g_hash_table_remove_all (self->pictures);
}

static void
died (WattleCallEngine *self, const char *sentence)
{
  g_autoptr (WattleCallEngine) kept = g_object_ref (self);

  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  forget_process (self);
  g_signal_emit (self, signals[SIGNAL_DIED], 0, sentence);
}

static void
message_cb (WattleJsonNode message, GBytes *bytes, int fd, gpointer data)
{
  WattleCallEngine *self = data;
  g_autoptr (WattleCallEngine) kept = g_object_ref (self);
  const char *name = wattle_json_member_string (message, "is");

  self->heard = g_get_monotonic_time ();
  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    if (g_strcmp0 (messages[i].name, name) == 0)
      {
        messages[i].take (self, message, bytes, fd);
        break;
      }
  if (fd >= 0)
    close (fd);
}

static void
closed_cb (gpointer data)
{
  died (data, _("Picture and sound have stopped: the media engine ended unexpectedly. Nothing that was written is "
                 "lost; the call can be joined again."));
}

static gboolean
watch_cb (gpointer data)
{
  WattleCallEngine *self = data;

  if (g_get_monotonic_time () - self->heard < MUTE_SECONDS * G_USEC_PER_SEC)
    return G_SOURCE_CONTINUE;
  self->watch = 0;
  died (self, _("Picture and sound have stopped: the media engine does not answer and was ended. Nothing that was "
                 "written is lost; the call can be joined again."));
  return G_SOURCE_REMOVE;
}

static gboolean
kill_cb (gpointer data)
{
  g_subprocess_force_exit (data);
  return G_SOURCE_REMOVE;
}

static char *
find_program (WattleCallEngine *self)
{
  const char *chosen = self->program != NULL ? self->program : g_getenv ("WATTLE_CALL");

  return g_strdup (chosen != NULL ? chosen : WATTLE_CALL_PROGRAM);
}

static void
put_servers (WattleJsonWriter *json, const WattleCallServer *servers, gsize n_servers, gboolean relay_only)
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
  Order order = begin_order (what);

  wattle_json_pair_boolean (&order.json, "on", on);
  send_order (self, &order, NULL, -1);
}

static void
put_device (WattleCallEngine *self, const char *kind, const char *device)
{
  Order order = begin_order ("use");

  wattle_json_pair_string (&order.json, "kind", kind);
  wattle_json_pair_string (&order.json, "device", device);
  send_order (self, &order, NULL, -1);
}

static void
wattle_call_engine_dispose (GObject *object)
{
  wattle_call_engine_stop (WATTLE_CALL_ENGINE (object));
  G_OBJECT_CLASS (wattle_call_engine_parent_class)->dispose (object);
}

static void
wattle_call_engine_finalize (GObject *object)
{
  WattleCallEngine *self = WATTLE_CALL_ENGINE (object);

  g_free (self->program);
  g_hash_table_unref (self->pictures);
  g_ptr_array_unref (self->devices);
  G_OBJECT_CLASS (wattle_call_engine_parent_class)->finalize (object);
}

static void
wattle_call_engine_class_init (WattleCallEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = WATTLE_TYPE_CALL_ENGINE;

  object_class->dispose = wattle_call_engine_dispose;
  object_class->finalize = wattle_call_engine_finalize;

  /**
   * WattleCallEngine::ready:
   *
   * The process runs and takes orders; orders given before wait for it.
   */
  signals[SIGNAL_READY] = g_signal_new ("ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * WattleCallEngine::description:
   * @peer: for whom
   * @generation: of the connection
   * @kind: "offer" or "answer"
   * @sdp: to be sealed and sent
   */
  signals[SIGNAL_DESCRIPTION] = g_signal_new ("description", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                              4, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * WattleCallEngine::candidate:
   * @peer: for whom
   * @generation: of the connection
   * @mline: the section it belongs to
   * @candidate: to be sealed and sent; empty when there will be no more
   */
  signals[SIGNAL_CANDIDATE] = g_signal_new ("candidate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                                            G_TYPE_STRING, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * WattleCallEngine::peer-state:
   * @peer: whose
   * @generation: of the connection
   * @state: a #WattleCallPeerState
   * @sentence: (nullable): what happened, for a person
   */
  signals[SIGNAL_PEER_STATE] = g_signal_new ("peer-state", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                                             G_TYPE_STRING, G_TYPE_UINT, G_TYPE_INT, G_TYPE_STRING);
  /**
   * WattleCallEngine::frame:
   * @peer: whose picture; "" is the own camera
   * @frame: a #WattleVideoFrame; copy it to keep it
   */
  signals[SIGNAL_FRAME] = g_signal_new ("frame", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                        G_TYPE_STRING, WATTLE_TYPE_VIDEO_FRAME);
  /**
   * WattleCallEngine::level:
   * @level: how loud the microphone is, 0 to 1, ten times a second, also while it is muted
   */
  signals[SIGNAL_LEVEL] =
    g_signal_new ("level", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
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
  signals[SIGNAL_STATS] =
    g_signal_new ("stats", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_VARIANT);
  /**
   * WattleCallEngine::text:
   * @peer: who sent it
   * @text: a #GBytes of at most %WATTLE_CALL_MAX_TEXT, not checked in any way
   */
  signals[SIGNAL_TEXT] =
    g_signal_new ("text", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BYTES);
  /**
   * WattleCallEngine::recording:
   * @chunk: the next piece of a Matroska file, in order; at most a second of the call
   * @last: whether the file ends here
   *
   * The pieces joined are a file that plays up to its last whole piece wherever it is cut.
   */
  signals[SIGNAL_RECORDING] = g_signal_new ("recording", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                            G_TYPE_BYTES, G_TYPE_BOOLEAN);
  /**
   * WattleCallEngine::sound:
   * @peer: who speaks
   * @sound: a #GBytes of 16 kHz, one channel, signed 16 bit, some milliseconds of it
   *
   * While wattle_call_engine_listen() is on.
   */
  signals[SIGNAL_SOUND] =
    g_signal_new ("sound", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BYTES);
  /**
   * WattleCallEngine::speaker:
   * @peer: who speaks now, and did not before
   */
  signals[SIGNAL_SPEAKER] =
    g_signal_new ("speaker", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * WattleCallEngine::play:
   * @what: "more": give the next bytes, "at": where it is, four times a second, "done": it was played to its end
   * @milliseconds: since the beginning of the recording
   */
  signals[SIGNAL_PLAY] =
    g_signal_new ("play", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  /**
   * WattleCallEngine::trouble:
   * @kind: "camera", "microphone", "speaker", "screen" or "recording"
   * @sentence: (nullable): what is wrong with it, for a person; %NULL when it works (again)
   *
   * The call goes on without it.
   */
  signals[SIGNAL_TROUBLE] = g_signal_new ("trouble", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                          G_TYPE_STRING, G_TYPE_STRING);
  /**
   * WattleCallEngine::network:
   * @works: whether media reach the relay and come back
   * @milliseconds: how long that took, joining included
   * @sentence: (nullable): what to do when it does not
   *
   * The answer to wattle_call_engine_test_network().
   */
  signals[SIGNAL_NETWORK] = g_signal_new ("network", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                          G_TYPE_BOOLEAN, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * WattleCallEngine::devices:
   *
   * wattle_call_engine_list_devices() answers something else now.
   */
  signals[SIGNAL_DEVICES] = g_signal_new ("devices", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * WattleCallEngine::died:
   * @sentence: what happened, for a person
   *
   * The process is gone and every peer with it. Start again, and connect as a new generation.
   */
  signals[SIGNAL_DIED] =
    g_signal_new ("died", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wattle_call_engine_init (WattleCallEngine *self)
{
  self->pictures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) wattle_pictures_unref);
  self->devices = g_ptr_array_new_with_free_func (device_free);
}

/**
 * wattle_call_engine_new:
 * @program: (nullable): the engine's program; %NULL is the installed one, or what the variable WATTLE_CALL names
 *
 * Returns: (transfer full): an engine that does not run yet
 */
WattleCallEngine *
wattle_call_engine_new (const char *program)
{
  WattleCallEngine *self = g_object_new (WATTLE_TYPE_CALL_ENGINE, NULL);

  self->program = g_strdup (program);
  return self;
}

/**
 * wattle_call_engine_start:
 * @self: an engine
 * @settings: what the call needs; copied
 * @error: (out) (optional): FAILED when there is no program
 *
 * Starts the process, or another one after #WattleCallEngine::died. Nothing is sent to anybody before
 * wattle_call_engine_connect_peer(); no camera is opened unless @settings say so.
 *
 * Returns: whether it was started; %TRUE also when it runs already
 */
gboolean
wattle_call_engine_start (WattleCallEngine *self, const WattleCallSettings *settings, GError **error)
{
  g_autofree char *program = find_program (self);
  const char *argv[] = { program, NULL };
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) failure = NULL;
  int ends[2] = { -1, -1 };
  Order order;

  if (self->link != NULL)
    return TRUE;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, _("The media engine could not be started."));
      return FALSE;
    }
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_subprocess_launcher_take_fd (launcher, ends[1], 3);
  self->process = g_subprocess_launcher_spawnv (launcher, argv, &failure);
  if (self->process == NULL)
    {
      close (ends[0]);
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                              _("The media engine could not be started: %s. Wattle may not be completely installed."),
                              failure->message);
      return FALSE;
    }
  self->link = wattle_link_new (ends[0], message_cb, closed_cb, self);
  self->heard = g_get_monotonic_time ();
  self->watch = g_timeout_add_seconds (2, watch_cb, self);

  order = begin_order ("start");
  put_servers (&order.json, settings->servers, settings->n_servers, settings->relay_only);
  wattle_json_pair_string (&order.json, "codec", settings->codec);
  wattle_json_pair_string (&order.json, "camera", settings->camera);
  wattle_json_pair_string (&order.json, "microphone", settings->microphone);
  wattle_json_pair_string (&order.json, "speaker", settings->speaker);
  wattle_json_pair_boolean (&order.json, "camera_on", settings->camera_on);
  wattle_json_pair_boolean (&order.json, "microphone_on", settings->microphone_on);
  wattle_json_pair_integer (&order.json, "width", settings->width);
  wattle_json_pair_integer (&order.json, "height", settings->height);
  wattle_json_pair_string (&order.json, "authorities", settings->authorities);
  send_order (self, &order, NULL, -1);
  return TRUE;
}

/**
 * wattle_call_engine_stop:
 * @self: an engine
 *
 * Ends all connections and the process; devices are released. #WattleCallEngine::died is not emitted. A recording is
 * ended first, with wattle_call_engine_record(), and its last piece waited for: none comes after this.
 */
void
wattle_call_engine_stop (WattleCallEngine *self)
{
  if (self->link != NULL)
    {
      Order order = begin_order ("stop");

      send_order (self, &order, NULL, -1);
      g_timeout_add_full (G_PRIORITY_DEFAULT, STOP_MS, kill_cb, g_object_ref (self->process), g_object_unref);
    }
  forget_process (self);
}

/**
 * wattle_call_engine_is_running:
 * @self: an engine
 *
 * Returns: whether there is a process
 */
gboolean
wattle_call_engine_is_running (WattleCallEngine *self)
{
  return self->link != NULL;
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
  Order order = begin_order ("servers");

  put_servers (&order.json, servers, n_servers, relay_only);
  send_order (self, &order, NULL, -1);
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
  Order order;

  if (!check_running (self, peer, error))
    return FALSE;
  order = begin_order ("connect");
  wattle_json_pair_string (&order.json, "peer", peer);
  wattle_json_pair_integer (&order.json, "generation", generation);
  wattle_json_pair_boolean (&order.json, "offers", offers);
  return send_order (self, &order, NULL, -1);
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
  Order order = begin_order ("remove");

  wattle_json_pair_string (&order.json, "peer", peer);
  send_order (self, &order, NULL, -1);
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
  Order order;

  if (!check_running (self, peer, error) || !wattle_sdp_parse (sdp, strlen (sdp), &parsed, error))
    return FALSE;
  if (g_strcmp0 (kind, "offer") != 0 && g_strcmp0 (kind, "answer") != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "kind", _("A description is an offer or an answer."));
      return FALSE;
    }
  order = begin_order ("description");
  wattle_json_pair_string (&order.json, "peer", peer);
  wattle_json_pair_integer (&order.json, "generation", generation);
  wattle_json_pair_string (&order.json, "kind", kind);
  bytes = g_bytes_new (sdp, strlen (sdp));
  return send_order (self, &order, bytes, -1);
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
  Order order;

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
  order = begin_order ("candidate");
  wattle_json_pair_string (&order.json, "peer", peer);
  wattle_json_pair_integer (&order.json, "generation", generation);
  wattle_json_pair_integer (&order.json, "mline", mline);
  wattle_json_pair_string (&order.json, "candidate", candidate);
  return send_order (self, &order, NULL, -1);
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
  Order order = begin_order ("cameras");

  send_order (self, &order, NULL, fd);
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
  Order order = begin_order ("screen");

  wattle_json_pair_boolean (&order.json, "on", fd >= 0);
  wattle_json_pair_integer (&order.json, "node", node);
  send_order (self, &order, NULL, fd);
}

/**
 * wattle_call_engine_set_veil:
 * @self: an engine
 * @on: whether the own picture is made coarse, so that nobody is recognised
 */
void
wattle_call_engine_set_veil (WattleCallEngine *self, gboolean on)
{
  put_switch (self, "veil", on);
}

/**
 * wattle_call_engine_set_view_size:
 * @self: an engine
 * @peer: whose picture; "" is the own camera
 * @width: of the place where it is drawn, in device pixels; 0 when it is not drawn: no frames come then
 * @height: likewise
 *
 * The pictures of @peer are not larger than that and keep their proportion.
 */
void
wattle_call_engine_set_view_size (WattleCallEngine *self, const char *peer, guint width, guint height)
{
  Order order = begin_order ("view");

  wattle_json_pair_string (&order.json, "peer", peer);
  wattle_json_pair_integer (&order.json, "width", width);
  wattle_json_pair_integer (&order.json, "height", height);
  send_order (self, &order, NULL, -1);
}

/**
 * wattle_call_engine_set_video_limit:
 * @self: an engine
 * @kilobits: the most that may be sent of a picture in a second; 0 sends sound alone
 */
void
wattle_call_engine_set_video_limit (WattleCallEngine *self, guint kilobits)
{
  Order order = begin_order ("limit");

  wattle_json_pair_integer (&order.json, "kilobits", kilobits);
  send_order (self, &order, NULL, -1);
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
  Order order;

  if (!check_running (self, peer, error))
    return FALSE;
  if (g_bytes_get_size (text) > WATTLE_CALL_MAX_TEXT)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, "text", _("This message is too long to be sent."));
      return FALSE;
    }
  order = begin_order ("text");
  wattle_json_pair_string (&order.json, "peer", peer);
  return send_order (self, &order, text, -1);
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
      Order order = begin_order ("play-bytes");
      gsize n = MIN (length - at, PLAY_BYTES);
      g_autoptr (GBytes) piece = n > 0 ? g_bytes_new_from_bytes (bytes, at, n) : NULL;

      send_order (self, &order, piece, -1);
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
  Order order = begin_order ("test-speaker");

  send_order (self, &order, NULL, -1);
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
  Order order = begin_order ("test-network");

  send_order (self, &order, NULL, -1);
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
