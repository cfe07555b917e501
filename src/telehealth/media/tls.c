/* tls.c: a way to a relay that is encrypted for everybody between
 *
 * The media library says TLS and sends plain text. So it is sent to a port of this computer instead, and from there the
 * bytes go on through TLS whose certificate is checked.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/tls.h"

/* Connections at once: each line has one, and an old and a new line live side by side. */
#define MAX_PAIRS 16

struct _WattleTls
{
  char *host;
  guint16 port;
  guint16 own_port;
  GTlsDatabase *authorities;
  GSocketService *service;
  GCancellable *ended;
  guint n_pairs;
};

/* A connection of the library's and its other half. */
typedef struct
{
  int references;
  WattleTls *tls; /* not to be used once ended */
  GCancellable *ended;
  GIOStream *near;
  GIOStream *far;
} Pair;

static void
pair_unref (Pair *pair)
{
  if (--pair->references > 0)
    return;
  if (!g_cancellable_is_cancelled (pair->ended))
    pair->tls->n_pairs--;
  g_io_stream_close (pair->near, NULL, NULL);
  g_object_unref (pair->near);
  g_clear_object (&pair->far);
  g_object_unref (pair->ended);
  g_free (pair);
}

static void
spliced_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Pair *pair = data;
  g_autoptr (GError) error = NULL;

  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error);
  /* One direction that ends takes the other with it. */
  if (!g_io_stream_is_closed (pair->near))
    g_io_stream_close (pair->near, NULL, NULL);
  if (!g_io_stream_is_closed (pair->far))
    g_io_stream_close_async (pair->far, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  pair_unref (pair);
}

static void
splice (Pair *pair, GIOStream *from, GIOStream *into)
{
  pair->references++;
  g_output_stream_splice_async (g_io_stream_get_output_stream (into), g_io_stream_get_input_stream (from),
                                G_OUTPUT_STREAM_SPLICE_NONE, G_PRIORITY_HIGH, pair->ended, spliced_cb, pair);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Pair *pair = data;
  g_autoptr (GError) error = NULL;
  GSocketConnection *far = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (far != NULL)
    {
      pair->far = G_IO_STREAM (far);
      splice (pair, pair->near, pair->far);
      splice (pair, pair->far, pair->near);
    }
  else
    g_message ("no encrypted way to the relay: %s", error->message);
  pair_unref (pair);
}

/* What the system does not know may still be signed by the practice's own authority. */
static gboolean
certificate_cb (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  WattleTls *self = data;
  g_autoptr (GSocketConnectable) identity = g_network_address_new (self->host, self->port);

  return self->authorities != NULL
         && g_tls_database_verify_chain (self->authorities, certificate, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
                                         identity, NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, NULL)
              == 0;
}

static void
event_cb (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *to, GIOStream *stream, gpointer data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (stream, "accept-certificate", G_CALLBACK (certificate_cb), data);
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *near, GObject *source, gpointer data)
{
  WattleTls *self = data;
  g_autoptr (GSocketClient) client = NULL;
  g_autoptr (GSocketConnectable) address = NULL;
  Pair *pair = NULL;

  if (self->n_pairs >= MAX_PAIRS)
    return TRUE;
  self->n_pairs++;
  pair = g_new0 (Pair, 1);
  pair->references = 1;
  pair->tls = self;
  pair->ended = g_object_ref (self->ended);
  pair->near = G_IO_STREAM (g_object_ref (near));
  g_socket_set_option (g_socket_connection_get_socket (near), 6 /* TCP */, 1 /* TCP_NODELAY */, 1, NULL);
  client = g_socket_client_new ();
  g_socket_client_set_tls (client, TRUE);
  g_socket_client_set_timeout (client, 30);
  g_signal_connect (client, "event", G_CALLBACK (event_cb), self);
  address = g_network_address_new (self->host, self->port);
  g_socket_client_connect_async (client, address, self->ended, connected_cb, pair);
  return TRUE;
}

/**
 * wattle_tls_new:
 * @host: of the relay
 * @port: where it speaks TLS
 * @authorities: (nullable): a file of certificates that may have signed its own, beside the system's
 * @error: (out) (optional): when the file is no such file or there is no port
 *
 * Returns: (transfer full): a port of this computer that leads to the relay, or %NULL
 */
WattleTls *
wattle_tls_new (const char *host, guint16 port, const char *authorities, GError **error)
{
  WattleTls *self = g_new0 (WattleTls, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->host = g_strdup (host);
  self->port = port;
  self->ended = g_cancellable_new ();
  self->service = g_socket_service_new ();
  if (authorities != NULL)
    self->authorities = g_tls_file_database_new (authorities, error);
  if ((authorities != NULL && self->authorities == NULL)
      || !g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any, G_SOCKET_TYPE_STREAM,
                                         G_SOCKET_PROTOCOL_TCP, NULL, &bound, error))
    {
      wattle_tls_free (self);
      return NULL;
    }
  self->own_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  g_socket_service_start (self->service);
  return self;
}

/**
 * wattle_tls_free:
 * @self: a way; connections on it end
 */
void
wattle_tls_free (WattleTls *self)
{
  g_cancellable_cancel (self->ended);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_object_unref (self->ended);
  g_clear_object (&self->authorities);
  g_free (self->host);
  g_free (self);
}

/**
 * wattle_tls_port:
 * @self: a way
 *
 * Returns: its port on 127.0.0.1
 */
guint16
wattle_tls_port (WattleTls *self)
{
  return self->own_port;
}
