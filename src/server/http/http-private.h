/* http-private.h: what the files of the HTTP engine share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <microhttpd.h>

#include "server/http/engine.h"

G_BEGIN_DECLS

#define WATTLE_HTTP_MAX_BODY      (1024 * 1024)
#define WATTLE_HTTP_MAX_DRAIN     (8 * 1024 * 1024)
#define WATTLE_HTTP_MAX_HEADERS   100
#define WATTLE_HTTP_MAX_HEAD      16384
#define WATTLE_HTTP_MAX_URI       8192
#define WATTLE_HTTP_MAX_SEGMENTS  12
#define WATTLE_HTTP_MAX_PARAMS    4
#define WATTLE_HTTP_MAX_PARAM     256
#define WATTLE_HTTP_MAX_QUERIES   32
#define WATTLE_HTTP_STREAM_BLOCK  65536
#define WATTLE_SOCKET_MAX_MESSAGE 65536
#define WATTLE_SOCKET_MAX_STRANGER 4096 /* until wattle_socket_set_ready() */

/* Something the worker pool runs; embedded in what it works on. */
typedef struct
{
  void (*run) (gpointer data);
  gpointer data;
} WattleJob;

/* One accepted TCP or Unix connection, from accept to close. */
typedef struct
{
  GList  link;
  int    fd;
  gint64 deadline; /* monotonic microseconds; 0 while the server has the turn */
  gint64 patience; /* the same when the server is crowded; 0 while it is not the client who keeps us waiting */
} WattleConnection;

typedef struct
{
  char  *segments[WATTLE_HTTP_MAX_SEGMENTS]; /* decoded; a route's "{name}" loses its braces */
  guint  n_segments;
  guint  parameters;                         /* of a route: bit i says that segment i is a parameter */
} WattlePath;

/* The latest bucket is unbounded. Milliseconds. */
#define WATTLE_STATS_BUCKETS 11
extern const guint wattle_stats_bounds[WATTLE_STATS_BUCKETS - 1];

typedef struct
{
  guint64 answers[6]; /* by hundreds of the status; [0] is "never answered" */
} WattleRouteStats;

typedef struct
{
  WattleRouteStats *routes; /* one more than there are routes: the last is "none" */
  guint64           buckets[WATTLE_STATS_BUCKETS];
  guint64           microseconds;
  guint64           bytes_in;
  guint64           bytes_out;
  guint64           accepted;
  guint64           timed_out;
  guint64           sockets_opened;
  guint64           messages_in;
  guint64           messages_out;
  guint64           sockets_kicked;
} WattleStats;

struct _WattleEngine
{
  WattleEngineConfig  config;
  const WattleRoute  *routes;
  gsize               n_routes;
  WattlePath         *paths;
  gpointer            user_data;
  struct MHD_Daemon  *daemon;
  int                 listen_fd;
  guint16             port;
  GThreadPool        *pool;
  GThread            *thread;
  GMainContext       *context;
  GMainLoop          *loop;
  GSource            *events_source;
  GSource            *tick_source;
  int                 epoll_fd;
  GQueue              sockets; /* WattleSocket, socket thread only */
  GQueue              doomed;  /* WattleSocket to tear down after the events of this turn, socket thread only */
  guint               n_sockets;

  GMutex              lock;    /* guards what follows */
  GCond               changed;
  gboolean            stopping;
  gboolean            pool_closed;
  gboolean            sockets_closed;
  GQueue              in_flight;   /* WattleRequest */
  GQueue              connections; /* WattleConnection */
  gsize               body_bytes;
  gsize stranger_bytes; /* of them, of senders not known */
  WattleStats         stats;
};

struct _WattleRequest
{
  gatomicrefcount        references;
  GList                  link; /* in engine->in_flight */
  WattleEngine          *engine;
  struct MHD_Connection *connection;
  WattleConnection      *socket;
  const WattleRoute     *route;
  WattleJob              job;
  char                  *uri;
  const char            *method; /* of the static table of methods */
  WattlePath             path;
  char                  *plain_path;
  GPtrArray             *queries; /* name, value, name, value */
  GPtrArray             *headers; /* name, value, name, value */
  GPtrArray             *answer_headers;
  GByteArray            *received;
  GBytes                *body;
  gsize                  body_reserved;
  gsize                  body_limit;
  gboolean is_known; /* its sender, see wattle_request_set_known() */
  char                  *peer;
  char *network;
  char                  *id;
  gint64                 began;
  gboolean               headers_seen;
  gboolean               finished; /* counted, and out of engine->in_flight */
  WattleSocket          *upgrade;
  gboolean               is_tainted; /* its head may mean two things: nothing after it is read */
  gboolean               discard; /* the answer is decided, the rest of the body is read and dropped */

  GMutex                 lock; /* guards what follows */
  gboolean               held;
  gboolean               suspended;
  gboolean               answered;
  guint                  status;
  guint64                answer_size;
  struct MHD_Response   *response;
  gpointer               user;
  GDestroyNotify         user_destroy;
};

/* engine.c */
gboolean       wattle_engine_submit            (WattleEngine *self, WattleJob *job, gboolean bounded);

void           wattle_engine_finish            (WattleEngine *self, WattleRequest *request);

/* limits.c */
void           wattle_limits_apply_defaults    (WattleEngineConfig *config);
void wattle_limits_raise_descriptors (WattleEngineConfig *config);
int            wattle_limits_listen            (const WattleEngineConfig *config, guint16 *port, GError **error);
void           wattle_limits_connection        (void *cls, struct MHD_Connection *connection, void **context,
                                                enum MHD_ConnectionNotificationCode code);
void           wattle_limits_set_deadline      (WattleEngine *self, WattleConnection *connection, guint milliseconds);
void wattle_limits_await_head (WattleEngine *self, WattleConnection *connection, guint milliseconds);
guint          wattle_limits_tick_ms           (const WattleEngineConfig *config);
void           wattle_limits_tick              (WattleEngine *self, gint64 now);

/* router.c */
gboolean       wattle_router_compile           (WattleEngine *self, GError **error);
void           wattle_router_clear             (WattleEngine *self);
const char    *wattle_router_method            (const char *method);
gboolean       wattle_path_parse               (WattlePath *path, const char *raw, gsize length, gboolean is_route,
                                                GError **error);
void           wattle_path_clear               (WattlePath *path);
const WattleRoute *wattle_router_find          (WattleEngine *self, const char *method, const WattlePath *path,
                                                GString *allow);
const char    *wattle_router_param             (WattleEngine *self, const WattleRoute *route, const WattlePath *path,
                                                const char *name);
char          *wattle_percent_decode           (const char *text, gsize length, gboolean plus_is_space, GError **error);
GPtrArray     *wattle_query_parse              (const char *text, GError **error);

/* request.c */
WattleRequest *wattle_request_new              (WattleEngine *engine, struct MHD_Connection *connection,
                                                const char *uri);
void           wattle_request_admit            (WattleRequest *self, const char *method, const char *url,
                                                const char *version);
guint64        wattle_request_body_length      (WattleRequest *self, gboolean *chunked);

/* response.c */
void           wattle_request_deliver          (WattleRequest *self, guint status, struct MHD_Response *response,
                                                guint64 size);
void           wattle_request_respond_busy     (WattleRequest *self);

/* stats.c */
void           wattle_stats_count              (WattleEngine *self, WattleRequest *request);

/* handshake.c */
gboolean       wattle_socket_check_handshake   (WattleRequest *self);

/* socket-thread.c */
void           wattle_sockets_start            (WattleEngine *self);
void           wattle_sockets_goodbye          (WattleEngine *self, const char *text);
void           wattle_sockets_stop             (WattleEngine *self);
void           wattle_sockets_tick             (WattleEngine *self, gint64 now);

G_END_DECLS
