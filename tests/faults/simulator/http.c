/* http.c: a request that comes from the same process, in place of the HTTP room
 *
 * It defines what the rooms above call of HTTP, and a password hash that costs
 * nothing; so the linker takes neither the library nor its sockets.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "http.h"

#include <string.h>

#include "server/auth/passwords.h"

struct _WattleRequest
{
  const SimCall *call;
  WattleRoute route;
  char *bearer;
  char *offset;
  char *length;
  GBytes *body;
  GHashTable *query;
  GHashTable *params;
  GHashTable *answer_headers;

  GMutex lock;
  GCond changed;
  guint references;
  gboolean answered;
  guint status;
  GBytes *answer;
  gpointer user;
  GDestroyNotify user_destroy;
};

/* Whether the path fits the pattern of a route; "{name}" takes a part. */
static gboolean
fits (const char *pattern, const char *path, GHashTable *params)
{
  g_auto (GStrv) wanted = g_strsplit (pattern, "/", -1);
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  if (g_strv_length (wanted) != g_strv_length (parts))
    return FALSE;
  for (guint i = 0; wanted[i] != NULL; i++)
    if (wanted[i][0] == '{')
      g_hash_table_insert (params, g_strndup (wanted[i] + 1, strlen (wanted[i]) - 2), g_strdup (parts[i]));
    else if (strcmp (wanted[i], parts[i]) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
find_route (WattleRequest *self, const char *path)
{
  guint n;
  const WattleApiRoute *routes = wattle_api_routes (&n);

  for (guint i = 0; i < n; i++)
    {
      g_hash_table_remove_all (self->params);
      if (strcmp (routes[i].method, self->call->method) != 0 || !fits (routes[i].path, path, self->params))
        continue;
      self->route =
        (WattleRoute){ .method = routes[i].method, .path = routes[i].path, .name = routes[i].name, .data = &routes[i] };
      return TRUE;
    }
  return FALSE;
}

/* NULL when there is no such route. */
WattleRequest *
sim_request_new (const SimCall *call)
{
  WattleRequest *self = g_new0 (WattleRequest, 1);
  g_auto (GStrv) parts = g_strsplit (call->path, "?", 2);
  g_autofree char *path = g_strconcat ("/v1", parts[0], NULL);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->references = 1;
  self->call = call;
  self->bearer = call->token != NULL ? g_strconcat ("Bearer ", call->token, NULL) : NULL;
  self->offset = g_strdup_printf ("%" G_GINT64_FORMAT, call->upload_offset);
  self->length = g_strdup_printf ("%" G_GINT64_FORMAT, call->upload_length);
  self->body = call->body != NULL ? g_bytes_ref (call->body) : g_bytes_new_static ("", 0);
  self->query = g_uri_parse_params (parts[1] != NULL ? parts[1] : "", -1, "&", G_URI_PARAMS_NONE, NULL);
  self->params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->answer_headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_assert_true (find_route (self, path));
  return self;
}

/* Waits until the last thread is done with the request, and frees it. */
void
sim_request_wait (WattleRequest *self, SimAnswer *answer)
{
  const char *retry, *offset;

  g_mutex_lock (&self->lock);
  while (!self->answered || self->references > 1)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  retry = g_hash_table_lookup (self->answer_headers, "Retry-After");
  offset = g_hash_table_lookup (self->answer_headers, "Upload-Offset");
  *answer = (SimAnswer){ .status = self->status,
                         .body = self->answer,
                         .retry_after = retry != NULL ? g_ascii_strtoull (retry, NULL, 10) : 0,
                         .upload_offset = offset != NULL ? g_ascii_strtoll (offset, NULL, 10) : -1 };
  if (self->user_destroy != NULL)
    self->user_destroy (self->user);
  g_hash_table_unref (self->query);
  g_hash_table_unref (self->params);
  g_hash_table_unref (self->answer_headers);
  g_bytes_unref (self->body);
  g_free (self->bearer);
  g_free (self->offset);
  g_free (self->length);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

WattleRequest *
wattle_request_hold (WattleRequest *self)
{
  g_mutex_lock (&self->lock);
  self->references++;
  g_mutex_unlock (&self->lock);
  return self;
}

void
wattle_request_unref (WattleRequest *self)
{
  g_mutex_lock (&self->lock);
  self->references--;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

const WattleRoute *
wattle_request_get_route (WattleRequest *self)
{
  return &self->route;
}

const char *
wattle_request_get_param (WattleRequest *self, const char *name)
{
  return g_hash_table_lookup (self->params, name);
}

const char *
wattle_request_get_query (WattleRequest *self, const char *name)
{
  return g_hash_table_lookup (self->query, name);
}

const char *
wattle_request_get_header (WattleRequest *self, const char *name)
{
  if (strcmp (name, "Authorization") == 0)
    return self->bearer;
  if (self->call->upload_length > 0 && strcmp (name, "Upload-Offset") == 0)
    return self->offset;
  if (self->call->upload_length > 0 && strcmp (name, "Upload-Length") == 0)
    return self->length;
  return strcmp (name, "Wattle-Schema") == 0 ? "1" : NULL;
}

GBytes *
wattle_request_get_body (WattleRequest *self)
{
  return self->body;
}

const char *
wattle_request_get_peer (WattleRequest *self)
{
  return "127.0.0.1";
}

const char *
wattle_request_get_network (WattleRequest *self)
{
  return "127.0.0.1";
}

const char *
wattle_request_get_id (WattleRequest *self)
{
  return "simulated";
}

void
wattle_request_set_header (WattleRequest *self, const char *name, const char *value)
{
  g_hash_table_replace (self->answer_headers, g_strdup (name), g_strdup (value));
}

void
wattle_request_set_known (WattleRequest *self)
{
}

void
wattle_request_set_user (WattleRequest *self, gpointer user, GDestroyNotify destroy)
{
  self->user = user;
  self->user_destroy = destroy;
}

/* Only the first answer counts. */
void
wattle_request_respond (WattleRequest *self, guint status, const char *content_type, GBytes *body)
{
  g_mutex_lock (&self->lock);
  if (!self->answered)
    {
      self->status = status;
      self->answer = body != NULL ? g_bytes_ref (body) : g_bytes_new_static ("", 0);
      self->answered = TRUE;
    }
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
wattle_request_respond_text (WattleRequest *self, guint status, const char *content_type, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, text != NULL ? strlen (text) : 0);

  wattle_request_respond (self, status, content_type, bytes);
}

static guint
status_of (WattleErrorCode code)
{
  static const guint statuses[WATTLE_N_ERRORS] = {
    [WATTLE_ERROR_INVALID] = 400,   [WATTLE_ERROR_NOT_FOUND] = 404,       [WATTLE_ERROR_CONFLICT] = 409,
    [WATTLE_ERROR_FORBIDDEN] = 403, [WATTLE_ERROR_UNAUTHENTICATED] = 401, [WATTLE_ERROR_RATE_LIMITED] = 429,
    [WATTLE_ERROR_TOO_LARGE] = 413, [WATTLE_ERROR_UNSUPPORTED] = 400,     [WATTLE_ERROR_CORRUPT] = 409,
    [WATTLE_ERROR_BUSY] = 503,      [WATTLE_ERROR_DISK_FULL] = 507,
  };

  return statuses[code] != 0 ? statuses[code] : 500;
}

void
wattle_request_respond_failure (
  WattleRequest *self, guint status, WattleErrorCode code, const char *field, const char *message)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "error");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "code", wattle_error_code_nick (code));
  if (field != NULL)
    wattle_json_pair_string (&writer, "field", field);
  wattle_json_pair_string (&writer, "message", message);
  wattle_json_end_object (&writer);
  wattle_json_end_object (&writer);
  wattle_request_respond_text (self, status != 0 ? status : status_of (code), "application/json", text->str);
}

void
wattle_request_respond_error (WattleRequest *self, const GError *error)
{
  wattle_request_respond_failure (self, 0, wattle_error_get_code (error), wattle_error_get_field (error),
                                  error->message);
}

/* A stream is read to its end at once. */
void
wattle_request_respond_stream (WattleRequest *self,
                               guint status,
                               const char *content_type,
                               gint64 size,
                               WattlePull pull,
                               gpointer data,
                               GDestroyNotify destroy)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  guint8 buffer[65536];
  gssize n;

  while ((n = pull (data, (char *) buffer, sizeof buffer, NULL)) > 0)
    g_byte_array_append (all, buffer, n);
  if (destroy != NULL)
    destroy (data);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&all));
  wattle_request_respond (self, n < 0 ? 500 : status, content_type, bytes);
}

WattleRange
wattle_range_parse (const char *header, guint64 size, guint64 *offset, guint64 *length)
{
  *offset = 0;
  *length = size;
  return WATTLE_RANGE_NONE;
}

/* There are no sockets: pokes are the simulation's own. */
void
wattle_request_accept_socket (WattleRequest *self,
                              const WattleSocketEvents *events,
                              gpointer user_data,
                              GDestroyNotify destroy)
{
  g_assert_not_reached ();
}

WattleSocket *
wattle_socket_ref (WattleSocket *self)
{
  return self;
}

void
wattle_socket_unref (WattleSocket *self)
{
}

gboolean
wattle_socket_send_text (WattleSocket *self, const char *text, gssize length)
{
  return FALSE;
}

void
wattle_socket_close (WattleSocket *self, guint code, const char *reason)
{
}

void
wattle_socket_set_ready (WattleSocket *self)
{
}

void
wattle_engine_stop (WattleEngine *self, guint drain_ms, const char *goodbye)
{
}

GMainContext *
wattle_engine_get_socket_context (WattleEngine *self)
{
  return NULL;
}

void
wattle_engine_append_metrics (WattleEngine *self, GString *text)
{
}

gboolean
wattle_password_check (const char *password, const char *login, guint minimum, const char *field, GError **error)
{
  return TRUE;
}

char *
wattle_password_hash (const char *password, GError **error)
{
  return g_strdup (password);
}

gboolean
wattle_password_verify (const char *hash, const char *password)
{
  return g_strcmp0 (hash, password) == 0;
}

gboolean
wattle_password_is_old (const char *hash)
{
  return FALSE;
}
