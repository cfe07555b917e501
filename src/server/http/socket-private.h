/* socket-private.h: what the files of the WebSocket share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/http/frame.h"
#include "server/http/http-private.h"

G_BEGIN_DECLS

typedef enum
{
  WATTLE_SOCKET_OPEN,
  WATTLE_SOCKET_CLOSING, /* a close frame is sent or queued */
  WATTLE_SOCKET_DEAD,    /* to be torn down by the socket thread */
} WattleSocketState;

struct _WattleSocket
{
  gatomicrefcount references;
  GList link; /* in engine->sockets */
  WattleEngine *engine;
  struct MHD_UpgradeResponseHandle *handle;
  WattleSocketEvents events;
  gpointer user_data;
  GDestroyNotify destroy;
  char *peer;
  char *network;
  char *request_id;
  gpointer user;
  GDestroyNotify user_destroy;
  GByteArray *early; /* what was read behind the handshake */

  /* socket thread only */
  WattleFrameReader reader;
  gboolean is_deaf; /* what still comes is dropped */
  gboolean is_doomed;
  guint close_code;
  gint64 window_began;
  guint window_messages;
  guint window_frames;
  guint max_messages; /* a second */
  gint64 opened_at;
  gint64 heard_at;
  gint64 pinged_at;

  GMutex lock; /* guards what follows */
  int fd;
  WattleSocketState state;
  gboolean is_ready;
  GQueue output; /* GBytes: frames */
  gsize output_bytes;
  gsize output_sent; /* of the first frame */
  gboolean wants_out;
  gboolean last_word; /* shut our side when the output is sent, then await theirs */
  gint64 close_deadline;
};

/* websocket.c */
void wattle_socket_flush_locked (WattleSocket *self);
void wattle_socket_push_locked (WattleSocket *self, WattleOpcode opcode, const void *data, gsize length);
gboolean wattle_socket_fail (WattleSocket *self, guint code, const char *reason);
void wattle_socket_receive (WattleSocket *self, const guint8 *data, gsize length, gint64 now);

/* socket-thread.c */
void wattle_socket_upgraded (void *cls,
                             struct MHD_Connection *connection,
                             void *context,
                             const char *extra,
                             size_t extra_size,
                             MHD_socket fd,
                             struct MHD_UpgradeResponseHandle *handle);

G_END_DECLS
