/* request.c: a request as its handler sees it, and what is refused before its body is read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/http/http-private.h"

#include <netinet/in.h>
#include <string.h>

WattleRequest *
wattle_request_new (WattleEngine *engine, struct MHD_Connection *connection, const char *uri)
{
  WattleRequest *self = g_new0 (WattleRequest, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->lock);
  self->link.data = self;
  self->engine = engine;
  self->connection = connection;
  self->socket = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
  self->uri = g_strndup (uri, WATTLE_HTTP_MAX_URI + 1);
  self->headers = g_ptr_array_new_with_free_func (g_free);
  self->began = g_get_monotonic_time ();
  return self;
}

/**
 * wattle_request_ref:
 * @self: a request
 *
 * Returns: (transfer full): @self
 */
WattleRequest *
wattle_request_ref (WattleRequest *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wattle_request_unref:
 * @self: (transfer full): a request
 */
void
wattle_request_unref (WattleRequest *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  if (self->user_destroy != NULL)
    self->user_destroy (self->user);
  if (self->response != NULL)
    MHD_destroy_response (self->response);
  g_clear_pointer (&self->upgrade, wattle_socket_unref);
  wattle_path_clear (&self->path);
  g_clear_pointer (&self->queries, g_ptr_array_unref);
  g_clear_pointer (&self->answer_headers, g_ptr_array_unref);
  g_clear_pointer (&self->received, g_byte_array_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_ptr_array_unref (self->headers);
  g_free (self->plain_path);
  g_free (self->uri);
  g_free (self->peer);
  g_free (self->network);
  g_free (self->id);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * wattle_request_hold:
 * @self: a request
 *
 * Called by a handler that will answer after it has returned, from any
 * thread. If no answer comes within the engine's handler time the client gets
 * a 503 and the later answer is dropped; so is one to a client that is gone.
 *
 * Returns: (transfer full): a reference to drop after answering
 */
WattleRequest *
wattle_request_hold (WattleRequest *self)
{
  g_mutex_lock (&self->lock);
  self->held = TRUE;
  g_mutex_unlock (&self->lock);
  return wattle_request_ref (self);
}

/* What the head of a request may have wrong, gathered while its headers are copied. */
typedef struct
{
  WattleRequest *request;
  guint          hosts;
  guint          lengths;
  gsize          size;
  gboolean       is_large;
  gboolean       is_bad;
} Head;

/* The same as is_line_whole() for a value: the library put a NUL for the carriage return and one for the line feed. Any
 * other byte there was hidden behind a NUL of the client's. */
static gboolean
is_value_whole (const char *value, size_t size)
{
#if MHD_VERSION < 0x01000000
  return value[size + 1] == '\0';
#else
  return TRUE;
#endif
}

static enum MHD_Result
copy_header (void *cls, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value,
             size_t value_size)
{
  Head *head = cls;

  head->size += name_size + value_size;
  head->is_large = head->request->headers->len >= 2 * WATTLE_HTTP_MAX_HEADERS || head->size > WATTLE_HTTP_MAX_HEAD;
  head->is_bad =
    value == NULL || strlen (name) != name_size || strlen (value) != value_size || !is_value_whole (value, value_size);
  for (const char *c = value; c != NULL && *c != '\0'; c++)
    if (((guchar) *c < 0x20 && *c != '\t') || *c == 0x7f)
      head->is_bad = TRUE;
  if (head->is_large || head->is_bad)
    return MHD_NO;
  head->hosts += g_ascii_strcasecmp (name, "Host") == 0;
  head->lengths += g_ascii_strcasecmp (name, "Content-Length") == 0;
  g_ptr_array_add (head->request->headers, g_strdup (name));
  g_ptr_array_add (head->request->headers, g_strdup (value));
  return MHD_YES;
}

static gboolean
is_sane_id (const char *id)
{
  gsize length = id != NULL ? strlen (id) : 0;

  return length > 0 && length <= 64 &&
         strspn (id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == length;
}

/* The address of the client, from the proxy's word only if the proxy is on this machine and trusted. */
static char *
find_peer (WattleRequest *self)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (self->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  g_autoptr (GSocketAddress) address = NULL;
  GInetAddress *inet = NULL;

  if (info != NULL && info->client_addr != NULL && info->client_addr->sa_family != AF_UNIX)
    address = g_socket_address_new_from_native (info->client_addr,
                                                info->client_addr->sa_family == AF_INET ? sizeof (struct sockaddr_in)
                                                                                        : sizeof (struct sockaddr_in6));
  if (G_IS_INET_SOCKET_ADDRESS (address))
    inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  if (self->engine->config.trust_forwarded && (inet == NULL || g_inet_address_get_is_loopback (inet)))
    for (guint i = self->headers->len; i >= 2; i -= 2)
      if (g_ascii_strcasecmp (self->headers->pdata[i - 2], "X-Forwarded-For") == 0)
        {
          const char *value = self->headers->pdata[i - 1];
          const char *comma = strrchr (value, ',');
          g_autofree char *last = g_strstrip (g_strdup (comma != NULL ? comma + 1 : value));
          g_autoptr (GInetAddress) forwarded = g_inet_address_new_from_string (last);

          if (forwarded != NULL)
            return g_inet_address_to_string (forwarded);
          break;
        }
  return inet != NULL ? g_inet_address_to_string (inet) : g_strdup ("unix");
}

/* Who has one IPv6 address has the 2^64 of its network: what is counted by the address would not be counted at all. */
static char *
network_of (const char *peer)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (peer);
  g_autoptr (GInetAddress) network = NULL;
  g_autofree char *text = NULL;
  guint8 bytes[16];

  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return g_strdup (peer);
  memcpy (bytes, g_inet_address_to_bytes (address), sizeof bytes);
  if (IN6_IS_ADDR_V4MAPPED ((const struct in6_addr *) bytes))
    return g_strdup (peer);
  memset (bytes + 8, 0, 8);
  network = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);
  text = g_inet_address_to_string (network);
  return g_strconcat (text, "/64", NULL);
}

/* The declared length of the body; 0 when there is none or it comes in chunks. */
guint64
wattle_request_body_length (WattleRequest *self, gboolean *chunked)
{
  const char *length = wattle_request_get_header (self, "Content-Length");

  *chunked = wattle_request_get_header (self, "Transfer-Encoding") != NULL;
  return length != NULL ? g_ascii_strtoull (length, NULL, 10) : 0;
}

/* A NUL byte cuts the request line where C sees its end. The library leaves address and version in one buffer, one
 * byte apart: any other distance means that something was hidden in between. Version 1 refuses such lines itself. */
static gboolean
is_line_whole (WattleRequest *self, const char *url, const char *version)
{
#if MHD_VERSION < 0x01000000
  return version - url == (gssize) strlen (self->uri) + 1;
#else
  return TRUE;
#endif
}

/* Refuses what may mean one thing to a proxy and another to us. */
static gboolean
check_head (WattleRequest *self, const char *method, const char *url, const char *version)
{
  Head head = { self };
  gboolean chunked;

  MHD_get_connection_values_n (self->connection, MHD_HEADER_KIND, copy_header, &head);
  self->id = is_sane_id (wattle_request_get_header (self, "X-Request-Id"))
                 ? g_strdup (wattle_request_get_header (self, "X-Request-Id"))
                 : g_uuid_string_random ();
  self->peer = find_peer (self);
  self->network = network_of (self->peer);
  self->method = wattle_router_method (method);
  wattle_request_body_length (self, &chunked);

  if (strlen (self->uri) > WATTLE_HTTP_MAX_URI)
    wattle_request_respond_failure (self, 414, WATTLE_ERROR_TOO_LARGE, NULL, "The address is too long.");
  else if (self->method == NULL)
    wattle_request_respond_failure (self, 501, WATTLE_ERROR_UNSUPPORTED, NULL, "This method is not spoken here.");
  else if (head.is_large)
    wattle_request_respond_failure (self, 431, WATTLE_ERROR_TOO_LARGE, NULL, "The headers are too many or too long.");
  else if (head.is_bad || !is_line_whole (self, url, version))
    wattle_request_respond_failure (self, 0, WATTLE_ERROR_INVALID, NULL, "The head of the request holds bad bytes.");
  else if (head.hosts > 1 || (head.hosts == 0 && strcmp (version, "HTTP/1.1") == 0))
    wattle_request_respond_failure (self, 0, WATTLE_ERROR_INVALID, NULL, "There must be one Host header.");
  else if (head.lengths > 1 || (head.lengths == 1 && chunked))
    wattle_request_respond_failure (self, 0, WATTLE_ERROR_INVALID, NULL, "The length of the body is said twice.");
  else if (chunked)
    wattle_request_respond_failure (self, 411, WATTLE_ERROR_UNSUPPORTED, NULL, "Send the body with a Content-Length.");
  else
    return TRUE;
  return FALSE;
}

static gboolean
find_route (WattleRequest *self)
{
  g_autoptr (GString) allow = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gsize length = strcspn (self->uri, "?");

  self->plain_path = g_strndup (self->uri, length);
  if (wattle_path_parse (&self->path, self->uri, length, FALSE, &error))
    self->queries = wattle_query_parse (self->uri[length] == '?' ? self->uri + length + 1 : NULL, &error);
  if (error != NULL)
    {
      wattle_request_respond_error (self, error);
      return FALSE;
    }
  self->route = wattle_router_find (self->engine, self->method, &self->path, allow);
  if (self->route != NULL)
    return TRUE;
  if (allow->len > 0)
    {
      wattle_request_set_header (self, "Allow", allow->str);
      wattle_request_respond_failure (self, 405, WATTLE_ERROR_UNSUPPORTED, NULL, "This method has no meaning here.");
    }
  else
    wattle_request_respond_failure (self, 404, WATTLE_ERROR_NOT_FOUND, NULL, "There is nothing at this address.");
  return FALSE;
}

static gboolean
is_consumed (const WattleRoute *route, const char *content_type)
{
  const char *wanted = route->consumes != NULL ? route->consumes : "application/json";
  gsize length = content_type != NULL ? strcspn (content_type, "; \t") : 0;

  return strcmp (wanted, "*") == 0 ||
         (strlen (wanted) == length && g_ascii_strncasecmp (wanted, content_type, length) == 0);
}

/* Decides on the body before a byte of it is kept. */
static gboolean
admit_body (WattleRequest *self)
{
  WattleEngine *engine = self->engine;
  const WattleRoute *route = self->route;
  gboolean chunked;
  guint64 length = wattle_request_body_length (self, &chunked);

  self->body_limit = route->max_body != 0 ? route->max_body : WATTLE_HTTP_MAX_BODY;
  if ((route->flags & WATTLE_ROUTE_NO_BODY) || strcmp (self->method, "GET") == 0 || strcmp (self->method, "HEAD") == 0)
    self->body_limit = 0;
  if (length > self->body_limit)
    {
      wattle_request_respond_failure (self, 0, WATTLE_ERROR_TOO_LARGE, NULL, "The body is larger than this takes.");
      return FALSE;
    }
  if (length > 0 && !is_consumed (route, wattle_request_get_header (self, "Content-Type")))
    {
      wattle_request_respond_failure (self, 415, WATTLE_ERROR_UNSUPPORTED, "content_type",
                                      "This call takes another type of body.");
      return FALSE;
    }
  return engine->config.admit == NULL || engine->config.admit (self, engine->user_data);
}

/* Reads the head. Either the request may go on, or its answer is set and @discard says so. */
void
wattle_request_admit (WattleRequest *self, const char *method, const char *url, const char *version)
{
  if (!check_head (self, method, url, version))
    self->discard = self->is_tainted = TRUE;
  else if (!find_route (self) || !admit_body (self))
    self->discard = TRUE;
  else if ((self->route->flags & WATTLE_ROUTE_WEBSOCKET) && !wattle_socket_check_handshake (self))
    self->discard = TRUE;
}

/**
 * wattle_request_set_known:
 * @self: a request whose head was read
 *
 * Says, in the engine's admit call, that the sender is somebody who signed in:
 * its body is then not counted among those of strangers.
 */
void
wattle_request_set_known (WattleRequest *self)
{
  self->is_known = TRUE;
}

/**
 * wattle_request_get_route:
 * @self: a request
 *
 * Returns: (transfer none): its row of the route table
 */
const WattleRoute *
wattle_request_get_route (WattleRequest *self)
{
  return self->route;
}

/**
 * wattle_request_get_method:
 * @self: a request
 *
 * Returns: such as "GET"; "HEAD" also where a GET route serves it
 */
const char *
wattle_request_get_method (WattleRequest *self)
{
  return self->method;
}

/**
 * wattle_request_get_path:
 * @self: a request
 *
 * Returns: the path as sent, without the query. It may hold a secret (/invite/{secret}): log the route's name instead.
 */
const char *
wattle_request_get_path (WattleRequest *self)
{
  return self->plain_path;
}

/**
 * wattle_request_get_param:
 * @self: a request
 * @name: a parameter of the route's path
 *
 * Returns: (nullable): its decoded value: 1 to 256 bytes of valid UTF-8 without slash and control characters; %NULL
 *   if the route has no such parameter
 */
const char *
wattle_request_get_param (WattleRequest *self, const char *name)
{
  return wattle_router_param (self->engine, self->route, &self->path, name);
}

/**
 * wattle_request_get_query:
 * @self: a request
 * @name: a name
 *
 * Returns: (nullable): the decoded value of the first such query parameter, or %NULL
 */
const char *
wattle_request_get_query (WattleRequest *self, const char *name)
{
  for (guint i = 0; i + 1 < self->queries->len; i += 2)
    if (strcmp (self->queries->pdata[i], name) == 0)
      return self->queries->pdata[i + 1];
  return NULL;
}

/**
 * wattle_request_get_n_queries:
 * @self: a request
 *
 * Returns: the number of query parameters, at most 32, so that a handler can refuse unknown ones
 */
guint
wattle_request_get_n_queries (WattleRequest *self)
{
  return self->queries->len / 2;
}

/**
 * wattle_request_get_query_at:
 * @self: a request
 * @index: below wattle_request_get_n_queries()
 * @name: (out) (optional): its name
 *
 * Returns: its value
 */
const char *
wattle_request_get_query_at (WattleRequest *self, guint index, const char **name)
{
  g_return_val_if_fail (index < self->queries->len / 2, NULL);
  if (name != NULL)
    *name = self->queries->pdata[2 * index];
  return self->queries->pdata[2 * index + 1];
}

/**
 * wattle_request_get_header:
 * @self: a request
 * @name: in any case
 *
 * Returns: (nullable): the first value of the header, or %NULL
 */
const char *
wattle_request_get_header (WattleRequest *self, const char *name)
{
  for (guint i = 0; i + 1 < self->headers->len; i += 2)
    if (g_ascii_strcasecmp (self->headers->pdata[i], name) == 0)
      return self->headers->pdata[i + 1];
  return NULL;
}

/**
 * wattle_request_get_body:
 * @self: a request
 *
 * Returns: (transfer none): the whole body, empty if there is none
 */
GBytes *
wattle_request_get_body (WattleRequest *self)
{
  return self->body;
}

/**
 * wattle_request_get_peer:
 * @self: a request
 *
 * Returns: the client's address without port, or "unix"
 */
const char *
wattle_request_get_peer (WattleRequest *self)
{
  return self->peer;
}

/**
 * wattle_request_get_network:
 * @self: a request
 *
 * Returns: by what limits count who asks: the address, or the 64 bits before it that its network has of IPv6
 */
const char *
wattle_request_get_network (WattleRequest *self)
{
  return self->network;
}

/**
 * wattle_request_get_id:
 * @self: a request
 *
 * Returns: the id that the answer and the log carry
 */
const char *
wattle_request_get_id (WattleRequest *self)
{
  return self->id;
}

/**
 * wattle_request_set_user:
 * @self: a request
 * @user: (nullable): anything, such as the session found for it
 * @destroy: (nullable): frees @user
 */
void
wattle_request_set_user (WattleRequest *self, gpointer user, GDestroyNotify destroy)
{
  if (self->user_destroy != NULL)
    self->user_destroy (self->user);
  self->user = user;
  self->user_destroy = destroy;
}

/**
 * wattle_request_get_user:
 * @self: a request
 *
 * Returns: (nullable): what wattle_request_set_user() was given
 */
gpointer
wattle_request_get_user (WattleRequest *self)
{
  return self->user;
}
