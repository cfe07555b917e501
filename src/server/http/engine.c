/* engine.c: the listener's callbacks, the worker pool, start and graceful stop
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three kinds of threads. The listener's own thread runs every callback here and never blocks. Workers run handlers
 * and fill streams while the connection sleeps. One socket thread runs all WebSockets and the deadlines.
 */
#include "server/http/http-private.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* 16 KiB for the head of a request, which is ours to refuse, and room for the library's own and for the head of the
 * answer. Every connection that was used once, sockets included, keeps this much. */
#define CONNECTION_MEMORY (32 * 1024)
/* A client that takes less than this many bytes a millisecond of an answer is cut off. */
#define LEAST_BYTES_PER_MS 4
#define STRANGERS_PART 8 /* of the budget of bodies */

gboolean
wattle_engine_submit (WattleEngine *self, WattleJob *job, gboolean bounded)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->pool_closed || (bounded && g_thread_pool_unprocessed (self->pool) >= self->config.queue))
    return FALSE;
  return g_thread_pool_push (self->pool, job, NULL);
}

static void
run_job (gpointer data, gpointer user_data)
{
  WattleJob *job = data;

  job->run (job->data);
}

static void
run_handler (gpointer data)
{
  g_autoptr (WattleRequest) request = data;
  gboolean is_forgotten;

  request->route->handler (request, request->engine->user_data);
  g_mutex_lock (&request->lock);
  is_forgotten = !request->held && !request->answered;
  g_mutex_unlock (&request->lock);
  if (is_forgotten)
    wattle_request_respond_failure (request, 0, WATTLE_ERROR_FAILED, NULL, "The server has no answer to this.");
}

static void *
line_read_cb (void *cls, const char *uri, struct MHD_Connection *connection)
{
  WattleEngine *self = cls;
  WattleRequest *request = wattle_request_new (self, connection, uri);

  wattle_limits_await_head (self, request->socket, self->config.header_ms);
  return request;
}

/* Percent codes are decoded once, by our router. */
static size_t
unescape_cb (void *cls, struct MHD_Connection *connection, char *text)
{
  return strlen (text);
}

static enum MHD_Result
send_answer (WattleRequest *request, gboolean close_after)
{
  WattleEngine *self = request->engine;
  gboolean is_stopping;

  g_mutex_lock (&self->lock);
  is_stopping = self->stopping;
  g_mutex_unlock (&self->lock);
  if ((close_after || is_stopping) && request->status != MHD_HTTP_SWITCHING_PROTOCOLS)
    MHD_add_response_header (request->response, "Connection", "close");
  wattle_limits_set_deadline (self, request->socket,
                              self->config.idle_ms + MIN (request->answer_size / LEAST_BYTES_PER_MS, G_MAXINT / 2));
  return MHD_queue_response (request->connection, request->status, request->response);
}

/* The head is here. What is refused with a body too long to be worth reading is answered at once. */
static enum MHD_Result
begin_request (WattleRequest *request, const char *url, const char *method, const char *version)
{
  WattleEngine *self = request->engine;
  gboolean chunked;
  guint64 length;

  request->headers_seen = TRUE;
  wattle_request_admit (request, method, url, version);
  g_mutex_lock (&self->lock);
  g_queue_push_tail_link (&self->in_flight, &request->link);
  g_mutex_unlock (&self->lock);
  length = wattle_request_body_length (request, &chunked);
  if (request->is_tainted || (request->discard && (length > WATTLE_HTTP_MAX_DRAIN ||
                                                   wattle_request_get_header (request, "Expect") != NULL)))
    return send_answer (request, TRUE);
  wattle_limits_set_deadline (self, request->socket, self->config.body_ms);
  return MHD_YES;
}

/* Everything is here: the connection sleeps until some thread answers. */
static enum MHD_Result
dispatch (WattleRequest *request)
{
  WattleEngine *self = request->engine;
  gboolean is_stopping, is_answered;

  request->body = request->received != NULL ? g_byte_array_free_to_bytes (g_steal_pointer (&request->received))
                                            : g_bytes_new_static ("", 0);
  g_mutex_lock (&self->lock);
  is_stopping = self->stopping;
  g_mutex_unlock (&self->lock);
  if (is_stopping)
    {
      wattle_request_respond_busy (request);
      return send_answer (request, TRUE);
    }
  wattle_limits_set_deadline (self, request->socket, 0);
  MHD_suspend_connection (request->connection);
  g_mutex_lock (&request->lock);
  is_answered = request->answered;
  request->suspended = !is_answered;
  g_mutex_unlock (&request->lock);
  if (is_answered)
    {
      MHD_resume_connection (request->connection);
      return MHD_YES;
    }
  request->job = (WattleJob){ run_handler, wattle_request_ref (request) };
  if (!wattle_engine_submit (self, &request->job, TRUE))
    {
      wattle_request_respond_busy (request);
      wattle_request_unref (request);
    }
  return MHD_YES;
}

/* Keeps a piece of the body. What came counts against the budget, not what was announced: announcing is free. Senders
 * who are not known share a part of it, so that they cannot keep the others from saving. */
static enum MHD_Result
take_body (WattleRequest *request, const char *data, gsize size)
{
  WattleEngine *self = request->engine;
  gboolean has_room;

  if (request->body_reserved + size > request->body_limit)
    return MHD_NO;
  g_mutex_lock (&self->lock);
  has_room = self->body_bytes + size <= self->config.body_budget
             && (request->is_known || self->stranger_bytes + size <= self->config.body_budget / STRANGERS_PART);
  if (has_room)
    {
      self->body_bytes += size;
      self->stranger_bytes += request->is_known ? 0 : size;
      request->body_reserved += size;
    }
  g_mutex_unlock (&self->lock);
  if (has_room)
    {
      if (request->received == NULL)
        request->received = g_byte_array_new ();
      g_byte_array_append (request->received, (const guint8 *) data, size);
    }
  else
    {
      request->discard = TRUE;
      wattle_request_respond_busy (request);
    }
  return MHD_YES;
}

static enum MHD_Result
access_cb (void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
           const char *upload_data, size_t *upload_data_size, void **context)
{
  WattleRequest *request = *context;
  gboolean is_answered;

  if (!request->headers_seen)
    return begin_request (request, url, method, version);
  if (*upload_data_size > 0)
    {
      if (!request->discard && take_body (request, upload_data, *upload_data_size) == MHD_NO)
        return MHD_NO;
      *upload_data_size = 0;
      return MHD_YES;
    }
  g_mutex_lock (&request->lock);
  is_answered = request->answered;
  g_mutex_unlock (&request->lock);
  return is_answered ? send_answer (request, FALSE) : dispatch (request);
}

/* Once for a request, on the listener's thread: it is over, or has become a socket. */
void
wattle_engine_finish (WattleEngine *self, WattleRequest *request)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!request->headers_seen || request->finished)
    return;
  request->finished = TRUE;
  g_queue_unlink (&self->in_flight, &request->link);
  self->body_bytes -= request->body_reserved;
  if (!request->is_known)
    self->stranger_bytes -= request->body_reserved;
  wattle_stats_count (self, request);
  g_cond_broadcast (&self->changed);
}

static void
completed_cb (void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
  WattleEngine *self = cls;
  WattleRequest *request = *context;

  if (request == NULL)
    return;
  g_mutex_lock (&request->lock);
  request->answered = TRUE;
  request->suspended = FALSE;
  g_mutex_unlock (&request->lock);

  wattle_engine_finish (self, request);
  wattle_limits_await_head (self, request->socket, self->config.idle_ms);
  wattle_request_unref (request);
  *context = NULL;
}

static void
log_cb (void *cls, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);

  g_debug ("libmicrohttpd: %s", g_strchomp (text));
}

/**
 * wattle_engine_new:
 * @config: limits; copied, its strings too
 * @routes: the route table, which must outlive the engine
 * @n_routes: its length
 * @user_data: for the handlers
 *
 * Returns: (transfer full): an engine that does not listen yet
 */
WattleEngine *
wattle_engine_new (const WattleEngineConfig *config, const WattleRoute *routes, gsize n_routes, gpointer user_data)
{
  WattleEngine *self = g_new0 (WattleEngine, 1);

  self->config = *config;
  self->config.address = g_strdup (config->address);
  self->config.unix_path = g_strdup (config->unix_path);
  self->config.origin = g_strdup (config->origin);
  wattle_limits_apply_defaults (&self->config);
  self->routes = routes;
  self->n_routes = n_routes;
  self->user_data = user_data;
  self->listen_fd = -1;
  self->stats.routes = g_new0 (WattleRouteStats, n_routes + 1);
  self->context = g_main_context_new ();
  /* The sockets' thread makes this one when it starts, and GLib aborts if no descriptor is left by then. */
  g_main_context_default ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  return self;
}

/**
 * wattle_engine_free:
 * @self: (transfer full): an engine; stopped at once if it still runs
 */
void
wattle_engine_free (WattleEngine *self)
{
  wattle_engine_stop (self, 0, NULL);
  wattle_router_clear (self);
  g_main_context_unref (self->context);
  g_free (self->stats.routes);
  g_free ((char *) self->config.address);
  g_free ((char *) self->config.unix_path);
  g_free ((char *) self->config.origin);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

static struct MHD_Daemon *
start_daemon (WattleEngine *self)
{
  guint flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE | MHD_USE_ITC |
                MHD_USE_ERROR_LOG;
  struct MHD_OptionItem options[] = {
    { MHD_OPTION_EXTERNAL_LOGGER, (intptr_t) log_cb, NULL },
    { MHD_OPTION_LISTEN_SOCKET, self->listen_fd, NULL },
    { MHD_OPTION_CONNECTION_LIMIT, self->config.max_connections, NULL },
    { MHD_OPTION_PER_IP_CONNECTION_LIMIT, self->config.unix_path == NULL ? self->config.max_per_address : 0, NULL },
    { MHD_OPTION_CONNECTION_TIMEOUT, 0, NULL },
    { MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
    { MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
    { MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL },
    { MHD_OPTION_NOTIFY_CONNECTION, (intptr_t) wattle_limits_connection, self },
    { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t) completed_cb, self },
    { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t) line_read_cb, self },
    { MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t) unescape_cb, NULL },
    { MHD_OPTION_END, 0, NULL },
  };

  return MHD_start_daemon (flags, 0, NULL, NULL, access_cb, self, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/**
 * wattle_engine_start:
 * @self: an engine
 * @error: set when %FALSE: a bad route table, an address in use
 *
 * Takes the address and begins to answer.
 *
 * Returns: %TRUE when it listens
 */
gboolean
wattle_engine_start (WattleEngine *self, GError **error)
{
  if (!wattle_router_compile (self, error))
    return FALSE;
  wattle_limits_raise_descriptors (&self->config);
  signal (SIGPIPE, SIG_IGN);
  self->listen_fd = wattle_limits_listen (&self->config, &self->port, error);
  if (self->listen_fd < 0)
    return FALSE;
  self->pool = g_thread_pool_new (run_job, self, self->config.threads, FALSE, NULL);
  wattle_sockets_start (self);
  self->daemon = start_daemon (self);
  if (self->daemon == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, "The HTTP listener cannot be started.");
      wattle_engine_stop (self, 0, NULL);
      return FALSE;
    }
  return TRUE;
}

/* Waits for the answers under way, then gives the rest a 503 so that no connection is left asleep. */
static void
drain (WattleEngine *self, guint drain_ms)
{
  gint64 until = g_get_monotonic_time () + (gint64) drain_ms * 1000;
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_request_unref);

  g_mutex_lock (&self->lock);
  while ((self->in_flight.length > 0 || g_atomic_int_get (&self->n_sockets) > 0) &&
         g_cond_wait_until (&self->changed, &self->lock, until))
    ;
  for (GList *l = self->in_flight.head; l != NULL; l = l->next)
    g_ptr_array_add (left, wattle_request_ref (l->data));
  self->pool_closed = TRUE;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < left->len; i++)
    wattle_request_respond_busy (left->pdata[i]);
}

/**
 * wattle_engine_stop:
 * @self: an engine
 * @drain_ms: how long answers under way may still take
 * @goodbye: (nullable): a last text for every socket, before its close with 1001
 *
 * Accepts no more, lets requests under way finish, answers 503 to the rest and
 * ends all threads. Blocks. An answer given to a request afterwards is dropped.
 */
void
wattle_engine_stop (WattleEngine *self, guint drain_ms, const char *goodbye)
{
  GThreadPool *pool;

  if (self->pool == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_mutex_unlock (&self->lock);
  /* The listener's thread may still look at the descriptor: it is shut here, and closed when the thread is gone. */
  if (self->daemon != NULL)
    MHD_quiesce_daemon (self->daemon);
  shutdown (self->listen_fd, SHUT_RDWR);
  if (self->config.unix_path != NULL)
    unlink (self->config.unix_path);
  wattle_sockets_goodbye (self, goodbye);
  drain (self, drain_ms);
  g_mutex_lock (&self->lock);
  pool = g_steal_pointer (&self->pool);
  g_mutex_unlock (&self->lock);
  g_thread_pool_free (pool, FALSE, TRUE);
  wattle_sockets_stop (self);
  if (self->daemon != NULL)
    MHD_stop_daemon (self->daemon);
  self->daemon = NULL;
  close (self->listen_fd);
  self->listen_fd = -1;
}

/**
 * wattle_engine_get_port:
 * @self: a started engine
 *
 * Returns: the TCP port it listens on, 0 for a Unix socket
 */
guint16
wattle_engine_get_port (WattleEngine *self)
{
  return self->port;
}

/**
 * wattle_engine_get_socket_context:
 * @self: an engine
 *
 * Returns: (transfer none): the context of the socket thread, for timers that concern sockets
 */
GMainContext *
wattle_engine_get_socket_context (WattleEngine *self)
{
  return self->context;
}
