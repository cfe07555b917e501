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
/* A spare that the relay closes is replaced, for so long after the last one was used, unless it closed it at once. */
#define FRESH (15 * 60 * G_USEC_PER_SEC)
#define AT_ONCE (5 * G_USEC_PER_SEC)

typedef struct _Pair Pair;

struct _WattleTls
{
  char *host;
  guint16 port;
  guint16 own_port;
  GTlsDatabase *authorities;
  GSocketService *service;
  GCancellable *ended;
  guint n_pairs;
  Pair *spare; /* (nullable): one that is connected already, or soon; joining need not wait for that */
  gint64 used;
};

/* A connection of the library's and its other half. */
struct _Pair
{
  int references;
  WattleTls *tls; /* not to be used once ended */
  GCancellable *ended;
  GIOStream *near; /* (nullable): nobody has come yet */
  GIOStream *far;  /* (nullable): it is not there yet */
  gint64 begun;
  gboolean closed;
  guint8 buffer[8192]; /* on its way from the relay */
};

static Pair *pair_new (WattleTls *self);
static void read_far (Pair *pair);

static void
pair_unref (Pair *pair)
{
  if (--pair->references > 0)
    return;
  if (!g_cancellable_is_cancelled (pair->ended))
    pair->tls->n_pairs--;
  g_clear_object (&pair->near);
  g_clear_object (&pair->far);
  g_object_unref (pair->ended);
  g_free (pair);
}

/* One direction that ends takes the other with it. */
static void
close_pair (Pair *pair)
{
  gboolean spare = !g_cancellable_is_cancelled (pair->ended) && pair->tls->spare == pair;
  gint64 now = g_get_monotonic_time ();

  if (pair->closed)
    return;
  pair->closed = TRUE;
  if (pair->near != NULL)
    g_io_stream_close (pair->near, NULL, NULL);
  if (pair->far != NULL)
    g_io_stream_close_async (pair->far, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  if (!spare)
    return;
  pair->tls->spare = NULL;
  if (now - pair->begun > AT_ONCE && now - pair->tls->used < FRESH)
    pair->tls->spare = pair_new (pair->tls);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Pair *pair = data;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL) && !pair->closed)
    read_far (pair);
  else
    close_pair (pair);
  pair_unref (pair);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Pair *pair = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  /* A relay says nothing before it is asked. */
  if (n > 0 && pair->near != NULL && !pair->closed)
    {
      pair->references++;
      g_output_stream_write_all_async (g_io_stream_get_output_stream (pair->near), pair->buffer, (gsize) n,
                                       G_PRIORITY_HIGH, pair->ended, written_cb, pair);
    }
  else
    close_pair (pair);
  pair_unref (pair);
}

static void
read_far (Pair *pair)
{
  pair->references++;
  g_input_stream_read_async (g_io_stream_get_input_stream (pair->far), pair->buffer, sizeof pair->buffer,
                             G_PRIORITY_HIGH, pair->ended, read_cb, pair);
}

static void
spliced_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Pair *pair = data;

  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL);
  close_pair (pair);
  pair_unref (pair);
}

/* What the library says goes to the relay. */
static void
pass_on (Pair *pair)
{
  pair->references++;
  g_output_stream_splice_async (g_io_stream_get_output_stream (pair->far), g_io_stream_get_input_stream (pair->near),
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
      read_far (pair);
      if (pair->near != NULL)
        pass_on (pair);
    }
  else
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_message ("no encrypted way to the relay: %s", error->message);
      close_pair (pair);
    }
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

/* (nullable): a connection to the relay that begins now. */
static Pair *
pair_new (WattleTls *self)
{
  g_autoptr (GSocketClient) client = NULL;
  g_autoptr (GSocketConnectable) address = NULL;
  Pair *pair = NULL;

  if (self->n_pairs >= MAX_PAIRS)
    return NULL;
  self->n_pairs++;
  pair = g_new0 (Pair, 1);
  pair->references = 1;
  pair->tls = self;
  pair->ended = g_object_ref (self->ended);
  pair->begun = g_get_monotonic_time ();
  client = g_socket_client_new ();
  g_socket_client_set_tls (client, TRUE);
  g_socket_client_set_timeout (client, 30);
  g_signal_connect (client, "event", G_CALLBACK (event_cb), self);
  address = g_network_address_new (self->host, self->port);
  g_socket_client_connect_async (client, address, self->ended, connected_cb, pair);
  return pair;
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *near, GObject *source, gpointer data)
{
  WattleTls *self = data;
  Pair *pair = self->spare != NULL ? g_steal_pointer (&self->spare) : pair_new (self);

  if (pair == NULL)
    return TRUE;
  g_socket_set_option (g_socket_connection_get_socket (near), 6 /* TCP */, 1 /* TCP_NODELAY */, 1, NULL);
  pair->near = G_IO_STREAM (g_object_ref (near));
  if (pair->far != NULL)
    pass_on (pair);
  self->used = g_get_monotonic_time ();
  self->spare = pair_new (self);
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
  self->used = g_get_monotonic_time ();
  self->spare = pair_new (self);
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
