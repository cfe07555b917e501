/* engine.h: the media of a call, which run in a process of their own
 *
 * The facade of the program wattle-call: it is started here, told what to do and asked for what it sees and hears.
 * Everything happens on the thread of the default main context and nothing blocks. A media engine that crashes or is
 * killed is a signal here, #WattleCallEngine::died, and nothing worse; wattle_call_engine_start() starts another.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A mesh of four: three others. */
#define WATTLE_CALL_MAX_PEERS 3
/* The longest name of a peer, in bytes: letters, digits, "-" and "_". */
#define WATTLE_CALL_MAX_PEER_NAME 64
/* The longest message of wattle_call_engine_send_text(), in bytes. */
#define WATTLE_CALL_MAX_TEXT 16384

/**
 * WattleCallPeerState:
 * @WATTLE_CALL_PEER_CONNECTING: descriptions and candidates are exchanged; nothing is sent or shown yet
 * @WATTLE_CALL_PEER_VERIFIED: connected, and the other side holds the key its description named: media flow
 * @WATTLE_CALL_PEER_SILENT: nothing has arrived for two seconds: ask for a new generation
 * @WATTLE_CALL_PEER_FAILED: this generation cannot carry media any more; the sentence says why
 * @WATTLE_CALL_PEER_FORGED: the other side holds another key than its description named: someone stands between. The
 *   peer is closed already; end the call and write it into the audit trail
 * @WATTLE_CALL_PEER_CLOSED: removed, here or there
 */
typedef enum
{
  WATTLE_CALL_PEER_CONNECTING,
  WATTLE_CALL_PEER_VERIFIED,
  WATTLE_CALL_PEER_SILENT,
  WATTLE_CALL_PEER_FAILED,
  WATTLE_CALL_PEER_FORGED,
  WATTLE_CALL_PEER_CLOSED,
  WATTLE_CALL_N_PEER_STATES
} WattleCallPeerState;

/**
 * WattleCallServer:
 * @uri: `stun:host:port`, `turn:host:port?transport=udp`, `turn:host:port?transport=tcp` or `turns:host:port`
 *   (TLS with a checked certificate)
 * @username: (nullable): the user name that the server of the practice made for this call
 * @credential: (nullable): its password
 */
typedef struct
{
  const char *uri;
  const char *username;
  const char *credential;
} WattleCallServer;

/**
 * WattleCallSettings:
 * @servers: (array length=n_servers): up to eight relays
 * @n_servers: how many
 * @relay_only: the other side does not learn our address: only relayed candidates are used and told
 * @codec: (nullable): "vp8", which is also what %NULL means, or "h264"
 * @camera: (nullable): "camera:ID" of a listed device, "test" or "none"; %NULL is the default device
 * @microphone: (nullable): "microphone:ID", "test" or "none"; %NULL is the default device
 * @speaker: (nullable): "speaker:ID" or "none"; %NULL is the default device
 * @camera_on: whether the camera is opened at once; a closed one has its light off and sends black
 * @microphone_on: whether the microphone is heard at once; its level is told either way
 * @width: the largest picture sent, in pixels; 0 is 1280
 * @height: likewise; 0 is 720
 * @authorities: (nullable): a file of certificates that a `turns:` server may be signed by, beside the system's
 *
 * What a call needs to know beforehand. Zero everywhere is a sensible start: default devices, both off.
 */
typedef struct
{
  const WattleCallServer *servers;
  gsize n_servers;
  gboolean relay_only;
  const char *codec;
  const char *camera;
  const char *microphone;
  const char *speaker;
  gboolean camera_on;
  gboolean microphone_on;
  guint width;
  guint height;
  const char *authorities;
} WattleCallSettings;

/**
 * WattleVideoFrame:
 * @width: in pixels
 * @height: in pixels
 * @stride: bytes from one line to the next
 * @age: microseconds since the frame was due to be shown, when it was told
 * @pixels: the picture: blue, green, red, 255 in each pixel, which is GDK_MEMORY_B8G8R8A8_PREMULTIPLIED. It lies in
 *   memory shared with the engine and goes back to it with the last reference, so do not hoard frames: an engine
 *   whose six places are all held drops what comes next. A texture made of @pixels copies nothing.
 *
 * One picture of a peer, or of the own camera.
 */
typedef struct
{
  guint width;
  guint height;
  gsize stride;
  gint64 age;
  GBytes *pixels;
} WattleVideoFrame;

#define WATTLE_TYPE_VIDEO_FRAME (wattle_video_frame_get_type ())
GType wattle_video_frame_get_type (void);
WattleVideoFrame *wattle_video_frame_copy (const WattleVideoFrame *self);
void wattle_video_frame_free (WattleVideoFrame *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleVideoFrame, wattle_video_frame_free)

/**
 * WattleCallDevice:
 * @kind: "camera", "microphone" or "speaker"
 * @id: what wattle_call_engine_use_camera() and its sisters take: "camera:..."
 * @name: for a person
 */
typedef struct
{
  char *kind;
  char *id;
  char *name;
} WattleCallDevice;

#define WATTLE_TYPE_CALL_ENGINE (wattle_call_engine_get_type ())
G_DECLARE_FINAL_TYPE (WattleCallEngine, wattle_call_engine, WATTLE, CALL_ENGINE, GObject)

WattleCallEngine *wattle_call_engine_new (const char *program);
gboolean wattle_call_engine_start (WattleCallEngine *self, const WattleCallSettings *settings, GError **error);
void wattle_call_engine_stop (WattleCallEngine *self);
gboolean wattle_call_engine_is_running (WattleCallEngine *self);
void wattle_call_engine_set_servers (WattleCallEngine *self,
                                     const WattleCallServer *servers,
                                     gsize n_servers,
                                     gboolean relay_only);
gboolean wattle_call_engine_connect_peer (
  WattleCallEngine *self, const char *peer, guint generation, gboolean offers, GError **error);
void wattle_call_engine_remove_peer (WattleCallEngine *self, const char *peer);
gboolean wattle_call_engine_take_description (
  WattleCallEngine *self, const char *peer, guint generation, const char *kind, const char *sdp, GError **error);
gboolean wattle_call_engine_take_candidate (
  WattleCallEngine *self, const char *peer, guint generation, guint mline, const char *candidate, GError **error);
void wattle_call_engine_set_microphone (WattleCallEngine *self, gboolean on);
void wattle_call_engine_set_camera (WattleCallEngine *self, gboolean on);
void wattle_call_engine_use_microphone (WattleCallEngine *self, const char *device);
void wattle_call_engine_use_camera (WattleCallEngine *self, const char *device);
void wattle_call_engine_open_cameras (WattleCallEngine *self, int fd);
void wattle_call_engine_use_speaker (WattleCallEngine *self, const char *device);
void wattle_call_engine_share_screen (WattleCallEngine *self, int fd, guint32 node);
void wattle_call_engine_set_veil (WattleCallEngine *self, gboolean on);
void wattle_call_engine_set_view_size (WattleCallEngine *self, const char *peer, guint width, guint height);
void wattle_call_engine_set_video_limit (WattleCallEngine *self, guint kilobits);
gboolean wattle_call_engine_send_text (WattleCallEngine *self, const char *peer, GBytes *text, GError **error);
void wattle_call_engine_record (WattleCallEngine *self, gboolean on);
void wattle_call_engine_listen (WattleCallEngine *self, gboolean on);
void wattle_call_engine_play (WattleCallEngine *self, gboolean on);
void wattle_call_engine_play_bytes (WattleCallEngine *self, GBytes *bytes);
void wattle_call_engine_pause (WattleCallEngine *self, gboolean on);
void wattle_call_engine_test_speaker (WattleCallEngine *self);
void wattle_call_engine_test_network (WattleCallEngine *self);
GPtrArray *wattle_call_engine_list_devices (WattleCallEngine *self);
const char *wattle_call_peer_state_nick (WattleCallPeerState state);

G_END_DECLS
