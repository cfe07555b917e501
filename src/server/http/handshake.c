/* handshake.c: the upgrade of a request to a WebSocket, RFC 6455 s 4.2
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/http/socket-private.h"

#include <string.h>

#define HANDSHAKE_SECRET "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 s 1.3 */

static gboolean
has_token (const char *list, const char *token)
{
  g_auto (GStrv) parts = g_strsplit (list != NULL ? list : "", ",", 16);

  for (guint i = 0; parts[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (parts[i]), token) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_valid_key (const char *key)
{
  gsize length = 0;
  g_autofree guchar *nonce = key != NULL && strlen (key) == 24 ? g_base64_decode (key, &length) : NULL;

  return length == 16;
}

/* RFC 6455 s 4.2.1, and an Origin that is absent (our client) or our own (a browser on our page). */
gboolean
wattle_socket_check_handshake (WattleRequest *self)
{
  const char *origin = wattle_request_get_header (self, "Origin");
  const char *version = wattle_request_get_header (self, "Sec-WebSocket-Version");

  if (!has_token (wattle_request_get_header (self, "Upgrade"), "websocket")
      || !has_token (wattle_request_get_header (self, "Connection"), "upgrade") || g_strcmp0 (version, "13") != 0)
    {
      wattle_request_set_header (self, "Upgrade", "websocket");
      wattle_request_set_header (self, "Sec-WebSocket-Version", "13");
      wattle_request_respond_failure (self, 426, WATTLE_ERROR_UNSUPPORTED, NULL, "This address speaks WebSocket 13.");
    }
  else if (!is_valid_key (wattle_request_get_header (self, "Sec-WebSocket-Key")) || strcmp (self->method, "GET") != 0)
    wattle_request_respond_failure (self, 0, WATTLE_ERROR_INVALID, NULL, "The WebSocket handshake is not valid.");
  else if (origin != NULL && g_strcmp0 (origin, self->engine->config.origin) != 0)
    wattle_request_respond_failure (self, 0, WATTLE_ERROR_FORBIDDEN, NULL, "Another site may not open this socket.");
  else if ((guint) g_atomic_int_get (&self->engine->n_sockets) >= self->engine->config.max_sockets)
    wattle_request_respond_failure (self, 0, WATTLE_ERROR_BUSY, NULL, "The server is busy. Try again in a moment.");
  else
    return TRUE;
  return FALSE;
}

/**
 * wattle_request_accept_socket:
 * @self: a request of a %WATTLE_ROUTE_WEBSOCKET route
 * @events: what to call; copied
 * @user_data: (transfer full): for @events
 * @destroy: (nullable): frees @user_data when the socket is gone
 *
 * Answers with 101. The handshake was checked before the handler ran. If the
 * client is gone already, @destroy runs and nothing else.
 */
void
wattle_request_accept_socket (WattleRequest *self,
                              const WattleSocketEvents *events,
                              gpointer user_data,
                              GDestroyNotify destroy)
{
  const char *key = wattle_request_get_header (self, "Sec-WebSocket-Key");
  g_autofree char *joined = g_strconcat (key, HANDSHAKE_SECRET, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *accept = NULL;
  guint8 digest[20];
  gsize digest_length = sizeof digest;
  WattleSocket *socket;
  struct MHD_Response *response;

  g_return_if_fail (self->upgrade == NULL);
  socket = g_new0 (WattleSocket, 1);
  g_atomic_ref_count_init (&socket->references);
  g_mutex_init (&socket->lock);
  socket->link.data = socket;
  socket->fd = -1;
  socket->engine = self->engine;
  socket->max_messages = self->engine->config.socket_messages;
  socket->events = *events;
  socket->user_data = user_data;
  socket->destroy = destroy;
  socket->peer = g_strdup (self->peer);
  socket->network = g_strdup (self->network);
  socket->request_id = g_strdup (self->id);
  socket->early = g_byte_array_new ();
  wattle_frame_reader_init (&socket->reader, WATTLE_SOCKET_MAX_STRANGER);

  g_checksum_update (checksum, (const guchar *) joined, -1);
  g_checksum_get_digest (checksum, digest, &digest_length);
  accept = g_base64_encode (digest, digest_length);
  response = MHD_create_response_for_upgrade (wattle_socket_upgraded, socket);
  if (response != NULL)
    {
      MHD_add_response_header (response, "Upgrade", "websocket");
      MHD_add_response_header (response, "Sec-WebSocket-Accept", accept);
    }
  self->upgrade = socket;
  wattle_request_deliver (self, MHD_HTTP_SWITCHING_PROTOCOLS, response, 0);
}
