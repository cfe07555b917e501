/* line.c: a socket of messages to the server: the interface, and WebSocket by libsoup
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/line.h"

#include <libsoup/soup.h>
#include <string.h>

#include "schema/type.h"

#define KEEPALIVE_SECONDS 10

G_DEFINE_INTERFACE (WattleLine, wattle_line, G_TYPE_OBJECT)

#define WATTLE_TYPE_LINE_SOUP (wattle_line_soup_get_type ())
G_DECLARE_FINAL_TYPE (WattleLineSoup, wattle_line_soup, WATTLE, LINE_SOUP, GObject)

struct _WattleLineSoup
{
  GObject parent_instance;

  char *base; /* URL of /v1, without a slash at its end */
  SoupSession *session;
  SoupWebsocketConnection *socket;
  GCancellable *connecting;
  WattleLineFunc func;
  gpointer data;
};

static void wattle_line_soup_iface_init (WattleLineInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WattleLineSoup,
                               wattle_line_soup,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WATTLE_TYPE_LINE, wattle_line_soup_iface_init))

static void
drop (WattleLineSoup *self)
{
  g_autoptr (SoupWebsocketConnection) socket = g_steal_pointer (&self->socket);

  if (self->connecting != NULL)
    g_cancellable_cancel (self->connecting);
  g_clear_object (&self->connecting);
  if (socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (socket, self);
  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
message_cb (SoupWebsocketConnection *socket, int kind, GBytes *message, WattleLineSoup *self)
{
  gsize length;
  const char *bytes = g_bytes_get_data (message, &length);
  g_autofree char *text = NULL;

  if (kind != SOUP_WEBSOCKET_DATA_TEXT)
    return;
  text = g_strndup (bytes, length);
  self->func (WATTLE_LINE_MESSAGE, text, self->data);
}

static void
closed_cb (SoupWebsocketConnection *socket, WattleLineSoup *self)
{
  drop (self);
  self->func (WATTLE_LINE_CLOSED, NULL, self->data);
}

static void
connected_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleLineSoup) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) socket =
    soup_session_websocket_connect_finish (SOUP_SESSION (session), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->connecting);
  if (socket == NULL)
    {
      g_debug ("no socket of a room: %s", error->message);
      self->func (WATTLE_LINE_CLOSED, NULL, self->data);
      return;
    }
  self->socket = g_steal_pointer (&socket);
  soup_websocket_connection_set_max_incoming_payload_size (self->socket, WATTLE_LINE_MAX_MESSAGE);
  soup_websocket_connection_set_keepalive_interval (self->socket, KEEPALIVE_SECONDS);
  g_signal_connect (self->socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (closed_cb), self);
  self->func (WATTLE_LINE_OPENED, NULL, self->data);
}

static void
wattle_line_soup_open (WattleLine *line, const char *path, WattleLineFunc func, gpointer data)
{
  WattleLineSoup *self = WATTLE_LINE_SOUP (line);
  g_autofree char *url = g_strconcat (self->base, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);

  drop (self);
  self->func = func;
  self->data = data;
  if (message == NULL)
    {
      func (WATTLE_LINE_CLOSED, NULL, data);
      return;
    }
  self->connecting = g_cancellable_new ();
  soup_message_headers_replace (soup_message_get_request_headers (message), "Wattle-Schema",
                                G_STRINGIFY (WATTLE_SCHEMA_VERSION));
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT, self->connecting,
                                        connected_cb, g_object_ref (self));
}

static void
wattle_line_soup_send (WattleLine *line, const char *text)
{
  WattleLineSoup *self = WATTLE_LINE_SOUP (line);

  if (self->socket != NULL && soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->socket, text);
}

static void
wattle_line_soup_close (WattleLine *line)
{
  drop (WATTLE_LINE_SOUP (line));
}

static void
wattle_line_soup_iface_init (WattleLineInterface *iface)
{
  iface->open = wattle_line_soup_open;
  iface->send = wattle_line_soup_send;
  iface->close = wattle_line_soup_close;
}

static void
wattle_line_soup_finalize (GObject *object)
{
  WattleLineSoup *self = WATTLE_LINE_SOUP (object);

  drop (self);
  g_clear_object (&self->session);
  g_free (self->base);
  G_OBJECT_CLASS (wattle_line_soup_parent_class)->finalize (object);
}

static void
wattle_line_soup_class_init (WattleLineSoupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_line_soup_finalize;
}

static void
wattle_line_soup_init (WattleLineSoup *self)
{
  self->session = soup_session_new_with_options ("timeout", 0, "idle-timeout", 0, NULL);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
}

static void
wattle_line_default_init (WattleLineInterface *iface)
{
}

/**
 * wattle_line_open:
 * @self: a line
 * @path: below /v1, such as "/rooms/01J.../socket"
 * @func: told what happens
 * @data: for @func
 *
 * Opens the socket, closing the one before.
 */
void
wattle_line_open (WattleLine *self, const char *path, WattleLineFunc func, gpointer data)
{
  WATTLE_LINE_GET_IFACE (self)->open (self, path, func, data);
}

void
wattle_line_send (WattleLine *self, const char *text)
{
  WATTLE_LINE_GET_IFACE (self)->send (self, text);
}

void
wattle_line_close (WattleLine *self)
{
  WATTLE_LINE_GET_IFACE (self)->close (self);
}

/**
 * wattle_line_soup_new:
 * @server_url: such as "https://clinic.example" or "http://127.0.0.1:8470"
 *
 * Returns: (transfer full): a line to that server
 */
WattleLine *
wattle_line_soup_new (const char *server_url)
{
  WattleLineSoup *self = g_object_new (WATTLE_TYPE_LINE_SOUP, NULL);
  gsize length = strlen (server_url);

  while (length > 0 && server_url[length - 1] == '/')
    length--;
  self->base = g_strdup_printf ("%.*s/v1", (int) length, server_url);
  return WATTLE_LINE (self);
}
