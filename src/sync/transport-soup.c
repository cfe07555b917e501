/* transport-soup.c: requests over libsoup
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/transport.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "base/error.h"
#include "base/json.h"
#include "schema/type.h"

#define QUICK_SECONDS 3
#define PATIENT_SECONDS 30
#define MAX_ANSWER (1024 * 1024)
#define READ_STEP (64 * 1024)
#define KEEPALIVE_SECONDS 20
#define MAX_EVENT (16 * 1024)

#define WATTLE_TYPE_TRANSPORT_SOUP (wattle_transport_soup_get_type ())
G_DECLARE_FINAL_TYPE (WattleTransportSoup, wattle_transport_soup, WATTLE, TRANSPORT_SOUP, GObject)

struct _WattleTransportSoup
{
  GObject parent_instance;

  char *base; /* URL of /v1, without a slash at its end */
  SoupSession *quick;
  SoupSession *patient;
  gint64 waiting_since; /* atomic */

  /* The line of events: only touched by the thread that listens. */
  SoupSession *events;
  SoupWebsocketConnection *line;
  GCancellable *connecting;
  char *token;
  WattleEventsFunc func;
  gpointer data;
};

static void wattle_transport_soup_iface_init (WattleTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WattleTransportSoup,
                               wattle_transport_soup,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WATTLE_TYPE_TRANSPORT, wattle_transport_soup_iface_init))

static gboolean
set_offline (const GError *cause, GError **error)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    wattle_set_field_error (error, WATTLE_ERROR_CANCELLED, NULL, _("Stopped."));
  else if (cause->domain == G_TLS_ERROR)
    wattle_set_field_error (error, WATTLE_ERROR_OFFLINE, NULL,
                            _("The server could not prove who it is, so nothing was sent to it. Changes are kept on "
                               "this computer. Ask your administrator about its certificate."));
  else
    wattle_set_field_error (
      error, WATTLE_ERROR_OFFLINE, NULL,
      _("The server cannot be reached. Changes are kept on this computer and sent when it can."));
  g_debug ("no answer: %s", cause->message);
  return FALSE;
}

static SoupMessage *
message_for (WattleTransportSoup *self, const WattleRequest *request, GError **error)
{
  g_autofree char *url = g_strconcat (self->base, request->path, NULL);
  SoupMessage *message = soup_message_new (request->method, url);
  SoupMessageHeaders *headers;
  char number[32];

  if (message == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "server",
                              _("This is not the address of a server; it looks like https://clinic.example."));
      return NULL;
    }
  headers = soup_message_get_request_headers (message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "Wattle-Schema", G_STRINGIFY (WATTLE_SCHEMA_VERSION));
  if (request->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", request->token, NULL);
      soup_message_headers_replace (headers, "Authorization", bearer);
    }
  if (request->upload_length > 0)
    {
      g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, request->upload_offset);
      soup_message_headers_replace (headers, "Upload-Offset", number);
      g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, request->upload_length);
      soup_message_headers_replace (headers, "Upload-Length", number);
    }
  if (request->range_length > 0)
    soup_message_headers_set_range (headers, request->range_offset,
                                    request->range_offset + request->range_length - 1);
  if (request->body != NULL)
    soup_message_set_request_body_from_bytes (
      message, request->content_type != NULL ? request->content_type : "application/json", request->body);
  return message;
}

static GBytes *
read_body (WattleTransportSoup *self, GInputStream *stream, gsize max, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autofree guint8 *step = g_malloc (READ_STEP);
  gssize n;

  while ((n = g_input_stream_read (stream, step, READ_STEP, cancellable, error)) > 0)
    {
      __atomic_store_n (&self->waiting_since, g_get_monotonic_time (), __ATOMIC_RELAXED);
      if (all->len + (gsize) n > max)
        {
          wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, NULL,
                                  _("The server sent more than it may. Nothing of it was used."));
          return NULL;
        }
      g_byte_array_append (all, step, n);
    }
  return n < 0 ? NULL : g_byte_array_free_to_bytes (g_steal_pointer (&all));
}

static gint64
header_number (SoupMessageHeaders *headers, const char *name, gint64 fallback)
{
  const char *text = soup_message_headers_get_one (headers, name);
  guint64 number;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &number, NULL))
    return fallback;
  return number;
}

static gboolean
wattle_transport_soup_send (WattleTransport *transport,
                            const WattleRequest *request,
                            WattleResponse *response,
                            GCancellable *cancellable,
                            GError **error)
{
  WattleTransportSoup *self = WATTLE_TRANSPORT_SOUP (transport);
  g_autoptr (SoupMessage) message = message_for (self, request, error);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) local = NULL;
  SoupMessageHeaders *headers;

  if (message == NULL)
    return FALSE;
  __atomic_store_n (&self->waiting_since, g_get_monotonic_time (), __ATOMIC_RELAXED);
  stream = soup_session_send (request->quick ? self->quick : self->patient, message, cancellable, &local);
  if (stream != NULL)
    response->body =
      read_body (self, stream, request->max_bytes > 0 ? request->max_bytes : MAX_ANSWER, cancellable, &local);
  __atomic_store_n (&self->waiting_since, 0, __ATOMIC_RELAXED);
  if (response->body == NULL)
    {
      if (local->domain != WATTLE_ERROR)
        return set_offline (local, error);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  headers = soup_message_get_response_headers (message);
  response->status = soup_message_get_status (message);
  response->upload_offset = header_number (headers, "Upload-Offset", -1);
  response->retry_after = MIN (header_number (headers, "Retry-After", 0), 3600);
  return TRUE;
}

static void
drop_line (WattleTransportSoup *self)
{
  if (self->connecting != NULL)
    g_cancellable_cancel (self->connecting);
  g_clear_object (&self->connecting);
  if (self->line != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->line, self);
      if (soup_websocket_connection_get_state (self->line) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (self->line, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
    }
  g_clear_object (&self->line);
  g_clear_pointer (&self->token, g_free);
}

static void
message_cb (SoupWebsocketConnection *line, int kind, GBytes *message, WattleTransportSoup *self)
{
  gsize length;
  const char *bytes = g_bytes_get_data (message, &length);
  g_autofree char *text = NULL;

  if (kind != SOUP_WEBSOCKET_DATA_TEXT)
    return;
  text = g_strndup (bytes, length);
  self->func (text, self->data);
}

static void
closed_cb (SoupWebsocketConnection *line, WattleTransportSoup *self)
{
  drop_line (self);
  self->func (NULL, self->data);
}

static void
connected_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleTransportSoup) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) first = g_string_new (NULL);
  g_autoptr (SoupWebsocketConnection) line =
    soup_session_websocket_connect_finish (SOUP_SESSION (session), result, &error);
  WattleJsonWriter writer = wattle_json_writer (first);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->connecting);
  if (line == NULL)
    {
      self->func (NULL, self->data);
      return;
    }
  self->line = g_steal_pointer (&line);
  soup_websocket_connection_set_max_incoming_payload_size (self->line, MAX_EVENT);
  soup_websocket_connection_set_keepalive_interval (self->line, KEEPALIVE_SECONDS);
  g_signal_connect (self->line, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->line, "closed", G_CALLBACK (closed_cb), self);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "token", self->token);
  wattle_json_end_object (&writer);
  soup_websocket_connection_send_text (self->line, first->str);
}

static void
wattle_transport_soup_listen (WattleTransport *transport, const char *token, WattleEventsFunc func, gpointer data)
{
  WattleTransportSoup *self = WATTLE_TRANSPORT_SOUP (transport);
  g_autofree char *url = g_strconcat (self->base, "/events", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);

  drop_line (self);
  self->func = func;
  self->data = data;
  if (message == NULL)
    return;
  if (self->events == NULL)
    {
      self->events = soup_session_new_with_options ("timeout", 0, "idle-timeout", 0, NULL);
      soup_session_remove_feature_by_type (self->events, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
    }
  self->token = g_strdup (token);
  self->connecting = g_cancellable_new ();
  soup_message_headers_replace (soup_message_get_request_headers (message), "Wattle-Schema",
                                G_STRINGIFY (WATTLE_SCHEMA_VERSION));
  soup_session_websocket_connect_async (self->events, message, NULL, NULL, G_PRIORITY_DEFAULT, self->connecting,
                                        connected_cb, g_object_ref (self));
}

static void
wattle_transport_soup_tell (WattleTransport *transport, const char *text)
{
  WattleTransportSoup *self = WATTLE_TRANSPORT_SOUP (transport);

  if (self->line != NULL && soup_websocket_connection_get_state (self->line) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->line, text);
}

static void
wattle_transport_soup_hang_up (WattleTransport *transport)
{
  WattleTransportSoup *self = WATTLE_TRANSPORT_SOUP (transport);

  drop_line (self);
  g_clear_object (&self->events);
}

static gint64
wattle_transport_soup_waiting_since (WattleTransport *transport)
{
  return __atomic_load_n (&WATTLE_TRANSPORT_SOUP (transport)->waiting_since, __ATOMIC_RELAXED);
}

static void
wattle_transport_soup_iface_init (WattleTransportInterface *iface)
{
  iface->send = wattle_transport_soup_send;
  iface->listen = wattle_transport_soup_listen;
  iface->tell = wattle_transport_soup_tell;
  iface->hang_up = wattle_transport_soup_hang_up;
  iface->waiting_since = wattle_transport_soup_waiting_since;
}

static void
wattle_transport_soup_finalize (GObject *object)
{
  WattleTransportSoup *self = WATTLE_TRANSPORT_SOUP (object);

  drop_line (self);
  g_clear_object (&self->events);
  g_clear_object (&self->quick);
  g_clear_object (&self->patient);
  g_free (self->base);
  G_OBJECT_CLASS (wattle_transport_soup_parent_class)->finalize (object);
}

static void
wattle_transport_soup_class_init (WattleTransportSoupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_transport_soup_finalize;
}

static void
wattle_transport_soup_init (WattleTransportSoup *self)
{
  self->quick = soup_session_new_with_options ("timeout", QUICK_SECONDS, NULL);
  self->patient = soup_session_new_with_options ("timeout", PATIENT_SECONDS, NULL);
}

/**
 * wattle_transport_soup_new:
 * @server_url: such as "https://clinic.example" or "http://127.0.0.1:8470"
 *
 * Returns: (transfer full): a transport; a bad address shows when it is used
 */
WattleTransport *
wattle_transport_soup_new (const char *server_url)
{
  WattleTransportSoup *self = g_object_new (WATTLE_TYPE_TRANSPORT_SOUP, NULL);
  gsize length = strlen (server_url);

  while (length > 0 && server_url[length - 1] == '/')
    length--;
  self->base = g_strdup_printf ("%.*s/v1", (int) length, server_url);
  return WATTLE_TRANSPORT (self);
}
