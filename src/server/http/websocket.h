/* websocket.h: one WebSocket of a client: RFC 6455 text messages with bounded size, rate and queue
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/http/request.h"

G_BEGIN_DECLS

typedef struct _WattleSocket WattleSocket;

/* Close codes of RFC 6455 s 7.4.1 */
#define WATTLE_SOCKET_CLOSE_NORMAL     1000
#define WATTLE_SOCKET_CLOSE_GOING_AWAY 1001
#define WATTLE_SOCKET_CLOSE_PROTOCOL   1002
#define WATTLE_SOCKET_CLOSE_BINARY     1003
#define WATTLE_SOCKET_CLOSE_ABNORMAL   1006
#define WATTLE_SOCKET_CLOSE_NOT_UTF8   1007
#define WATTLE_SOCKET_CLOSE_POLICY     1008
#define WATTLE_SOCKET_CLOSE_TOO_LARGE  1009

/**
 * WattleSocketEvents:
 * @opened: (nullable): the upgrade is done, sending is possible
 * @message: a whole text message, valid UTF-8, NUL-terminated
 * @closed: the last call for this socket; @code is the peer's or our close code, 1006 when the connection just ended
 *
 * All are called on the engine's one socket thread and must not block.
 */
typedef struct
{
  void (*opened)  (WattleSocket *socket, gpointer user_data);
  void (*message) (WattleSocket *socket, const char *text, gsize length, gpointer user_data);
  void (*closed)  (WattleSocket *socket, guint code, gpointer user_data);
} WattleSocketEvents;

void          wattle_request_accept_socket  (WattleRequest            *self,
                                             const WattleSocketEvents *events,
                                             gpointer                  user_data,
                                             GDestroyNotify            destroy);

WattleSocket *wattle_socket_ref             (WattleSocket *self);
void          wattle_socket_unref           (WattleSocket *self);
gboolean      wattle_socket_send_text       (WattleSocket *self, const char *text, gssize length);
void          wattle_socket_close           (WattleSocket *self, guint code, const char *reason);
void          wattle_socket_set_ready       (WattleSocket *self);
void wattle_socket_set_rate (WattleSocket *self, guint messages);
const char   *wattle_socket_get_peer        (WattleSocket *self);
const char *wattle_socket_get_network (WattleSocket *self);
const char   *wattle_socket_get_request_id  (WattleSocket *self);
void          wattle_socket_set_user        (WattleSocket *self, gpointer user, GDestroyNotify destroy);
gpointer      wattle_socket_get_user        (WattleSocket *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSocket, wattle_socket_unref)

G_END_DECLS
