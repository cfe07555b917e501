/* server.c: everything that the calls of wattled share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/server.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "server/api/room-relay.h"
#include "server/api/rooms.h"
#include "server/api/routes.h"
#include "server/api/typing.h"
#include "server/auth/tokens.h"

#define MAX_SESSIONS 20000 /* kept in memory; others are read from their rows */
#define MAX_RATES 20000
#define SLOW_THREADS 4
#define OUTSIDE_THREADS 2 /* an identity provider that hangs keeps these busy, and no others */
#define ASKER_THREADS 2
#define DRAIN_MS 5000

static void
ask_cb (gpointer data, gpointer server)
{
  WattleAsk *ask = data;

  ask->run (ask, server);
}

static void
ended_cb (const WattleSessionEnd *which, gpointer rooms)
{
  wattle_rooms_sign_out (rooms, which);
}

/**
 * wattle_server_new:
 * @data_dir: the data directory
 * @store: the practice's store
 * @keys: (transfer full): the server's key
 * @limits: how often one may call
 *
 * Returns: (transfer full): a server that does not listen yet
 */
WattleServer *
wattle_server_new (const char *data_dir, WattleStore *store, WattleKeys *keys, const WattleLimits *limits)
{
  WattleServer *self = g_new0 (WattleServer, 1);

  self->data_dir = g_strdup (data_dir);
  self->limits = *limits;
  self->store = g_object_ref (store);
  self->keys = keys;
  self->rates = wattle_rates_new (MAX_RATES);
  self->hub = wattle_hub_new ();
  self->rooms = wattle_rooms_new (self);
  self->relay = wattle_relay_new (self->rooms, self);
  wattle_hub_set_ended (self->hub, ended_cb, self->rooms);
  wattle_hub_set_typing (self->hub, wattle_typing_hear, self);
  self->writer = wattle_writer_new (store, wattle_hub_moved, self->hub);
  self->slow = g_thread_pool_new (wattle_call_run_slow, self, SLOW_THREADS, FALSE, NULL);
  self->outside = g_thread_pool_new (wattle_call_run_slow, self, OUTSIDE_THREADS, FALSE, NULL);
  self->askers = g_thread_pool_new (ask_cb, self, ASKER_THREADS, FALSE, NULL);
  g_mutex_init (&self->lock);
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) wattle_session_unref);
  self->downloads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->started_at = wattle_clock_now ();
  return self;
}

static WattleRouteFlags
engine_flags (WattleCallFlags flags)
{
  return (flags & WATTLE_CALL_PUBLIC ? WATTLE_ROUTE_PUBLIC : 0)
         | (flags & WATTLE_CALL_NO_BODY ? WATTLE_ROUTE_NO_BODY : 0)
         | (flags & WATTLE_CALL_SOCKET ? WATTLE_ROUTE_WEBSOCKET : 0)
         | (flags & WATTLE_CALL_GZIP ? WATTLE_ROUTE_GZIP : 0);
}

static gsize
max_body (WattleCallFlags flags)
{
  if (flags & WATTLE_CALL_BYTES)
    return WATTLE_BLOB_PIECE;
  return flags & WATTLE_CALL_PUBLIC ? WATTLE_MAX_PUBLIC_BODY : WATTLE_MAX_BODY;
}

/* On the listener's thread, before the body: only what is in memory says who somebody is. */
static gboolean
admit (WattleRequest *request, gpointer data)
{
  WattleServer *self = data;
  const char *token = wattle_call_bearer (request);
  char hash[WATTLE_TOKEN_HASH_SIZE] = "";
  WattleSession *session;

  if (token == NULL)
    return TRUE;
  wattle_token_hash (token, hash);
  g_mutex_lock (&self->lock);
  session = g_hash_table_lookup (self->sessions, hash);
  if (session != NULL && session->expires_at > wattle_clock_now ())
    wattle_request_set_known (request);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/**
 * wattle_server_start:
 * @self: a server
 * @config: of the engine
 * @error: the address cannot be listened on
 */
gboolean
wattle_server_start (WattleServer *self, const WattleEngineConfig *config, GError **error)
{
  guint n;
  const WattleApiRoute *routes = wattle_api_routes (&n);
  static WattleRoute table[96]; /* the engine does not copy it */
  WattleEngineConfig with_admit = *config;

  g_assert (n <= G_N_ELEMENTS (table));
  for (guint i = 0; i < n; i++)
    table[i] = (WattleRoute){ .method = routes[i].method,
                              .path = routes[i].path,
                              .name = routes[i].name,
                              .flags = engine_flags (routes[i].flags),
                              .max_body = max_body (routes[i].flags),
                              .consumes = routes[i].flags & WATTLE_CALL_BYTES ? "*" : NULL,
                              .handler = wattle_call_dispatch,
                              .data = &routes[i],
                              .summary = routes[i].summary };
  with_admit.admit = admit;
  self->engine = wattle_engine_new (&with_admit, table, n, self);
  if (!wattle_engine_start (self->engine, error))
    return FALSE;
  wattle_hub_set_context (self->hub, wattle_engine_get_socket_context (self->engine));
  wattle_rooms_start (self->rooms, wattle_engine_get_socket_context (self->engine));
  wattle_relay_start (self->relay, wattle_engine_get_socket_context (self->engine));
  return TRUE;
}

/**
 * wattle_server_stop:
 * @self: a server
 *
 * Answers what is under way, commits what was submitted and says goodbye.
 */
void
wattle_server_stop (WattleServer *self)
{
  if (self->writer != NULL)
    wattle_relay_stop (self->relay);
  if (self->engine != NULL)
    wattle_engine_stop (self->engine, DRAIN_MS, "{\"goodbye\":\"restart\",\"retry_ms\":500}");
  if (self->slow != NULL)
    g_thread_pool_free (self->slow, FALSE, TRUE);
  self->slow = NULL;
  if (self->outside != NULL)
    g_thread_pool_free (self->outside, FALSE, TRUE);
  self->outside = NULL;
  if (self->askers != NULL)
    g_thread_pool_free (self->askers, FALSE, TRUE);
  self->askers = NULL;
  g_clear_pointer (&self->mailer, wattle_mailer_free);
  g_clear_pointer (&self->writer, wattle_writer_free);
}

void
wattle_server_free (WattleServer *self)
{
  if (self == NULL)
    return;
  wattle_server_stop (self);
  g_clear_pointer (&self->engine, wattle_engine_free);
  wattle_relay_free (self->relay);
  wattle_rooms_free (self->rooms);
  wattle_hub_free (self->hub);
  wattle_rates_free (self->rates);
  wattle_oidc_free (self->oidc);
  wattle_turn_clear (&self->turn);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->downloads);
  g_mutex_clear (&self->lock);
  wattle_keys_free (self->keys);
  g_object_unref (self->store);
  g_free (self->data_dir);
  g_free (self);
}

/**
 * wattle_server_known_session:
 * @self: a server
 * @token: (nullable): an access token
 *
 * What this server knows without asking its store: of several servers another
 * may have ended it a moment ago.
 *
 * Returns: (transfer full) (nullable): the session
 */
WattleSession *
wattle_server_known_session (WattleServer *self, const char *token)
{
  guint generation = g_atomic_int_get (&self->generation);
  char hash[WATTLE_TOKEN_HASH_SIZE] = "";
  WattleSession *session;

  wattle_token_hash (token, hash);
  g_mutex_lock (&self->lock);
  session = g_hash_table_lookup (self->sessions, hash);
  if (session != NULL && session->generation == generation && session->expires_at > wattle_clock_now ())
    wattle_session_ref (session);
  else
    session = NULL;
  g_mutex_unlock (&self->lock);
  return session;
}

/**
 * wattle_server_find_session:
 * @self: a server
 * @token: (nullable): an access token
 * @error: %WATTLE_ERROR_UNAUTHENTICATED
 *
 * From any thread. The rows are read once, and again after each change of
 * users, devices and settings; of several servers each reads them every time,
 * so that what ended at one has ended at all.
 *
 * Returns: (transfer full) (nullable): the session
 */
WattleSession *
wattle_server_find_session (WattleServer *self, const char *token, GError **error)
{
  guint generation = g_atomic_int_get (&self->generation);
  char hash[WATTLE_TOKEN_HASH_SIZE] = "";
  g_autoptr (WattleTransaction) transaction = NULL;
  WattleSession *session = self->is_one_of_many ? NULL : wattle_server_known_session (self, token);

  if (session != NULL)
    return session;
  transaction = wattle_store_begin_read (self->store, error);
  if (transaction == NULL)
    return NULL;
  session = wattle_session_find (transaction, token, wattle_clock_now (), error);
  if (session == NULL)
    return NULL;
  session->generation = generation;
  wattle_token_hash (token, hash);
  g_mutex_lock (&self->lock);
  if (g_hash_table_size (self->sessions) >= MAX_SESSIONS)
    g_hash_table_remove_all (self->sessions);
  g_hash_table_replace (self->sessions, g_strdup (hash), wattle_session_ref (session));
  g_mutex_unlock (&self->lock);
  return session;
}

/**
 * wattle_server_forget_sessions:
 * @self: a server
 *
 * After a commit that changed a user, a device, a session or a setting: every
 * session is read again at its next call.
 */
void
wattle_server_forget_sessions (WattleServer *self)
{
  g_atomic_int_inc (&self->generation);
}

/**
 * wattle_server_setup_code_path:
 * @self: a server
 *
 * Returns: (transfer full): the file that holds the code for `POST /v1/setup`
 */
char *
wattle_server_setup_code_path (WattleServer *self)
{
  return g_build_filename (self->data_dir, "setup-code", NULL);
}
