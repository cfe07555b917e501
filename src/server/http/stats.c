/* stats.c: figures of the engine, in the text format that Prometheus reads
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/http/http-private.h"

const guint wattle_stats_bounds[WATTLE_STATS_BUCKETS - 1] = { 1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000 };

/* Called once for a request that is over, with the engine's lock held. */
void
wattle_stats_count (WattleEngine *self, WattleRequest *request)
{
  WattleStats *stats = &self->stats;
  gsize route = request->route != NULL ? (gsize) (request->route - self->routes) : self->n_routes;
  gint64 took = g_get_monotonic_time () - request->began;
  guint bucket = 0;

  while (bucket < WATTLE_STATS_BUCKETS - 1 && took > (gint64) wattle_stats_bounds[bucket] * 1000)
    bucket++;
  stats->routes[route].answers[MIN (request->status / 100, 5)]++;
  stats->buckets[bucket]++;
  stats->microseconds += took;
  stats->bytes_in += request->body != NULL ? g_bytes_get_size (request->body) : 0;
  stats->bytes_out += request->answer_size;
}

static void
append (GString *text, const char *name, const char *kind, guint64 value)
{
  g_string_append_printf (text, "# TYPE wattle_http_%s %s\nwattle_http_%s %" G_GUINT64_FORMAT "\n", name, kind, name,
                          value);
}

/**
 * wattle_engine_append_metrics:
 * @self: the engine
 * @text: where to append
 *
 * Writes requests by route and hundred of status, time, bytes, connections,
 * sockets and queue depth. Holds route names only, nothing of a request.
 */
void
wattle_engine_append_metrics (WattleEngine *self, GString *text)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  WattleStats *stats = &self->stats;
  guint64 count = 0;

  g_string_append (text, "# TYPE wattle_http_requests_total counter\n");
  for (gsize i = 0; i <= self->n_routes; i++)
    for (guint hundred = 0; hundred < G_N_ELEMENTS (stats->routes[i].answers); hundred++)
      if (stats->routes[i].answers[hundred] > 0)
        g_string_append_printf (text,
                                "wattle_http_requests_total{route=\"%s\",status=\"%uxx\"} %" G_GUINT64_FORMAT "\n",
                                i < self->n_routes ? self->routes[i].name : "none", hundred,
                                stats->routes[i].answers[hundred]);
  g_string_append (text, "# TYPE wattle_http_request_seconds histogram\n");
  for (guint i = 0; i < WATTLE_STATS_BUCKETS; i++)
    {
      count += stats->buckets[i];
      if (i < WATTLE_STATS_BUCKETS - 1)
        g_string_append_printf (text, "wattle_http_request_seconds_bucket{le=\"%u.%03u\"} %" G_GUINT64_FORMAT "\n",
                                wattle_stats_bounds[i] / 1000, wattle_stats_bounds[i] % 1000, count);
      else
        g_string_append_printf (text, "wattle_http_request_seconds_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT "\n", count);
    }
  g_string_append_printf (text, "wattle_http_request_seconds_sum %" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT "\n"
                          "wattle_http_request_seconds_count %" G_GUINT64_FORMAT "\n",
                          stats->microseconds / G_USEC_PER_SEC, stats->microseconds % G_USEC_PER_SEC, count);
  append (text, "body_bytes_in_total", "counter", stats->bytes_in);
  append (text, "body_bytes_out_total", "counter", stats->bytes_out);
  append (text, "connections_accepted_total", "counter", stats->accepted);
  append (text, "connections_timed_out_total", "counter", stats->timed_out);
  append (text, "connections", "gauge", self->connections.length);
  append (text, "requests_in_flight", "gauge", self->in_flight.length);
  append (text, "queue", "gauge", self->pool != NULL ? g_thread_pool_unprocessed (self->pool) : 0);
  append (text, "body_bytes_held", "gauge", self->body_bytes);
  append (text, "sockets", "gauge", g_atomic_int_get (&self->n_sockets));
  append (text, "sockets_opened_total", "counter", stats->sockets_opened);
  append (text, "sockets_kicked_total", "counter", stats->sockets_kicked);
  append (text, "socket_messages_in_total", "counter", stats->messages_in);
  append (text, "socket_messages_out_total", "counter", stats->messages_out);
}
