/* engine.h: the HTTP engine of wattled: a listener for untrusted clients, its limits, its threads
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/http/request.h"
#include "server/http/websocket.h"

G_BEGIN_DECLS

/**
 * WattleEngineConfig:
 * @address: (nullable): address to listen on; %NULL is 127.0.0.1
 * @port: TCP port; 0 takes a free one, see wattle_engine_get_port()
 * @unix_path: (nullable): listen on this Unix socket instead; a stale socket file there is replaced
 * @threads: workers that run handlers; 0 is 8
 * @queue: requests that may wait for a worker before new ones get 503; 0 is 1024
 * @max_connections: open connections in all, sockets included; 0 is 4096
 * @max_per_address: open connections of one address (not over a Unix socket); 0 is no limit, which is right
 *   behind a proxy, that counts for itself
 * @max_sockets: open WebSockets; 0 is 3072
 * @body_budget: bytes of request bodies held at one time; over it new bodies get 503; 0 is 64 MiB. An eighth of it is
 *   for senders that @admit did not declare known
 * @header_ms: from the first byte (or accept) to the end of the headers; 0 is 10 s, and 1 s when three of four
 *   connections are in use
 * @body_ms: for the whole body; 0 is 30 s
 * @idle_ms: between two requests of a kept connection, and for a client that takes nothing of an answer; 0 is 60 s
 * @handler_ms: after which a held request without answer gets 503; 0 is 60 s
 * @socket_ready_ms: for a new socket to be declared good by wattle_socket_set_ready(); 0 is 5 s
 * @socket_ping_ms: between pings; a peer silent for two of them is dropped; 0 is 30 s
 * @socket_messages: messages a second one peer may send; 0 is 20
 * @socket_queue: messages waiting to be sent to one peer; one more and it is dropped; 0 is 256
 * @trust_forwarded: take the last X-Forwarded-For address when the peer is loopback or a Unix socket
 * @origin: (nullable): the one Origin a browser may open a WebSocket from; %NULL refuses every Origin
 * @admit: (nullable): a last word before the body is read, such as a rate limit by address: it runs on the listener's
 *   thread, must not block, and returns %FALSE after it has answered
 *
 * Limits of one engine; an all-zero struct is a good start. Times are milliseconds.
 */
typedef struct
{
  const char *address;
  guint16     port;
  const char *unix_path;
  guint       threads;
  guint       queue;
  guint       max_connections;
  guint       max_per_address;
  guint       max_sockets;
  gsize       body_budget;
  guint       header_ms;
  guint       body_ms;
  guint       idle_ms;
  guint       handler_ms;
  guint       socket_ready_ms;
  guint       socket_ping_ms;
  guint       socket_messages;
  guint       socket_queue;
  gboolean    trust_forwarded;
  const char *origin;
  gboolean  (*admit) (WattleRequest *request, gpointer user_data);
} WattleEngineConfig;

/*
 * A whole server:
 *
 *   static void
 *   hello (WattleRequest *request, gpointer user_data)
 *   {
 *     wattle_request_respond_text (request, 200, "text/plain", wattle_request_get_param (request, "name"));
 *   }
 *
 *   static const WattleRoute routes[] = {
 *     { "GET", "/v1/hello/{name}", "hello", WATTLE_ROUTE_PUBLIC, .handler = hello },
 *   };
 *
 *   WattleEngineConfig config = { .port = 8480 };
 *   WattleEngine *engine = wattle_engine_new (&config, routes, G_N_ELEMENTS (routes), NULL);
 *   if (!wattle_engine_start (engine, &error)) ...
 *   g_main_loop_run (loop);
 *   wattle_engine_stop (engine, 5000, "{\"goodbye\":true,\"retry\":2000}");
 *   wattle_engine_free (engine);
 */
WattleEngine *wattle_engine_new                (const WattleEngineConfig *config,
                                                const WattleRoute        *routes,
                                                gsize                     n_routes,
                                                gpointer                  user_data);
void          wattle_engine_free               (WattleEngine             *self);
gboolean      wattle_engine_start              (WattleEngine             *self,
                                                GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
void          wattle_engine_stop               (WattleEngine             *self,
                                                guint                     drain_ms,
                                                const char               *goodbye);
guint16       wattle_engine_get_port           (WattleEngine             *self);
GMainContext *wattle_engine_get_socket_context (WattleEngine             *self);
void          wattle_engine_append_metrics     (WattleEngine             *self,
                                                GString                  *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleEngine, wattle_engine_free)

G_END_DECLS
