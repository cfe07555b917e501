/* request.h: the static route table, a received request and the ways to answer it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "base/error.h"

G_BEGIN_DECLS

typedef struct _WattleEngine  WattleEngine;
typedef struct _WattleRequest WattleRequest;

/**
 * WattleRouteFlags:
 * @WATTLE_ROUTE_PUBLIC: said by the owner of the table: no session is needed. The engine only stores it.
 * @WATTLE_ROUTE_WEBSOCKET: a GET that must be a valid WebSocket handshake; its handler calls
 *   wattle_request_accept_socket()
 * @WATTLE_ROUTE_NO_BODY: a body is refused whatever the method (GET and HEAD never take one)
 * @WATTLE_ROUTE_GZIP: answers given as bytes over 1 KiB are compressed when the client accepts it; the work is
 *   done on the thread that answers
 */
typedef enum
{
  WATTLE_ROUTE_PUBLIC = 1 << 0,
  WATTLE_ROUTE_WEBSOCKET = 1 << 1,
  WATTLE_ROUTE_NO_BODY = 1 << 2,
  WATTLE_ROUTE_GZIP = 1 << 3,
} WattleRouteFlags;

/**
 * WattleRouteHandler:
 * @request: the request, its body complete
 * @user_data: what wattle_engine_new() was given
 *
 * Runs on a worker thread and may block. It answers, or calls
 * wattle_request_hold() and answers later from any thread; returning without
 * either gives the client a 500.
 */
typedef void (*WattleRouteHandler) (WattleRequest *request, gpointer user_data);

/**
 * WattleRoute:
 * @method: GET, HEAD, POST, PUT, PATCH or DELETE; a GET route also answers HEAD
 * @path: such as "/v1/blobs/{hash}"; a parameter fills a whole segment, at most four of them
 * @name: a short unique name for figures and documents
 * @flags: see #WattleRouteFlags
 * @max_body: largest body in bytes; 0 means 1 MiB
 * @consumes: (nullable): content type of a body; %NULL is application/json, "*" is any
 * @handler: what answers
 * @data: (nullable): of the owner of the table (its policy row)
 * @summary: (nullable): a sentence for the documents
 *
 * One row of the table given to wattle_engine_new(). The table is not copied.
 */
typedef struct
{
  const char         *method;
  const char         *path;
  const char         *name;
  WattleRouteFlags    flags;
  gsize               max_body;
  const char         *consumes;
  WattleRouteHandler  handler;
  gconstpointer       data;
  const char         *summary;
} WattleRoute;

/**
 * WattlePull:
 * @data: given with the stream
 * @buffer: where to put the next bytes
 * @size: room in @buffer; 64 KiB
 * @error: set when -1 is returned
 *
 * Runs on a worker thread, one call at a time for a stream, only when the
 * client has taken what came before.
 *
 * Returns: bytes written, 0 at the end, -1 on failure: the connection is then
 * torn so that the client sees that the answer is not whole
 */
typedef gssize (*WattlePull) (gpointer data, char *buffer, gsize size, GError **error);

WattleRequest     *wattle_request_ref               (WattleRequest *self);
void               wattle_request_unref             (WattleRequest *self);
WattleRequest     *wattle_request_hold              (WattleRequest *self);

const WattleRoute *wattle_request_get_route         (WattleRequest *self);
void wattle_request_set_known (WattleRequest *self);
const char        *wattle_request_get_method        (WattleRequest *self);
const char        *wattle_request_get_path          (WattleRequest *self);
const char        *wattle_request_get_param         (WattleRequest *self, const char *name);
const char        *wattle_request_get_query         (WattleRequest *self, const char *name);
guint              wattle_request_get_n_queries     (WattleRequest *self);
const char        *wattle_request_get_query_at      (WattleRequest *self, guint index, const char **name);
const char        *wattle_request_get_header        (WattleRequest *self, const char *name);
GBytes            *wattle_request_get_body          (WattleRequest *self);
const char        *wattle_request_get_peer          (WattleRequest *self);
const char *wattle_request_get_network (WattleRequest *self);
const char        *wattle_request_get_id            (WattleRequest *self);
void               wattle_request_set_user          (WattleRequest *self, gpointer user, GDestroyNotify destroy);
gpointer           wattle_request_get_user          (WattleRequest *self);

void               wattle_request_set_header        (WattleRequest *self, const char *name, const char *value);
void               wattle_request_respond           (WattleRequest *self, guint status, const char *content_type,
                                                     GBytes *body);
void               wattle_request_respond_text      (WattleRequest *self, guint status, const char *content_type,
                                                     const char *text);
void               wattle_request_respond_error     (WattleRequest *self, const GError *error);
void               wattle_request_respond_failure   (WattleRequest *self, guint status, WattleErrorCode code,
                                                     const char *field, const char *message);
void               wattle_request_respond_stream    (WattleRequest *self, guint status, const char *content_type,
                                                     gint64 size, WattlePull pull, gpointer data,
                                                     GDestroyNotify destroy);
void               wattle_request_respond_fd        (WattleRequest *self, const char *content_type, int fd,
                                                     guint64 size);
guint              wattle_error_code_status         (WattleErrorCode code);

/**
 * WattleRange:
 * @WATTLE_RANGE_NONE: no usable Range header: send everything with 200
 * @WATTLE_RANGE_PART: send the part with 206
 * @WATTLE_RANGE_OUTSIDE: answer 416
 */
typedef enum
{
  WATTLE_RANGE_NONE,
  WATTLE_RANGE_PART,
  WATTLE_RANGE_OUTSIDE,
} WattleRange;

WattleRange        wattle_range_parse               (const char *header, guint64 size, guint64 *offset,
                                                     guint64 *length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleRequest, wattle_request_unref)

G_END_DECLS
