/* test-relay.c: calls through a relay: over UDP, TCP and TLS, with passwords that end, and nothing beside it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <signal.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "two.h"

#define SECRET "a secret of relay and server"

typedef struct
{
  GSubprocess *relay;
  char *address;
  char *folder;
  char *certificate;
  guint16 port;
  guint16 tls_port;
  char *username;
  char *password;
} Relay;

static guint16
free_port (void)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_bind (socket, any, TRUE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/* An address of this computer that is not its loopback, which the library leaves out. */
static char *
own_address (void)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) far = g_inet_socket_address_new_from_string ("198.51.100.1", 9);
  g_autoptr (GSocketAddress) own = NULL;

  if (!g_socket_connect (socket, far, NULL, NULL))
    return NULL;
  own = g_socket_get_local_address (socket, NULL);
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (own)));
}

static void
run (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

/* Something for the main loop to wake up for. */
static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
answers (const char *address, guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (client, address, port, NULL, NULL);

  return connection != NULL;
}

static void
make_certificate (Relay *relay)
{
  g_autofree char *key = g_build_filename (relay->folder, "key.pem", NULL);
  g_autofree char *name = g_strdup_printf ("subjectAltName=IP:%s", relay->address);
  const char *const argv[] = { "openssl",
                               "req",
                               "-x509",
                               "-newkey",
                               "ec",
                               "-pkeyopt",
                               "ec_paramgen_curve:P-256",
                               "-nodes",
                               "-days",
                               "2",
                               "-subj",
                               "/CN=localhost",
                               "-addext",
                               name,
                               "-keyout",
                               key,
                               "-out",
                               relay->certificate,
                               NULL };

  run (argv);
}

static void
set_up (Relay *relay, gconstpointer data)
{
  g_autofree char *port = g_strdup_printf ("%u", relay->port = free_port ());
  g_autofree char *tls_port = g_strdup_printf ("%u", relay->tls_port = free_port ());
  g_autofree char *key = NULL;
  g_autofree char *pid = NULL;
  g_autofree char *database = NULL;
  g_autofree guint8 *digest = g_malloc (20);
  gsize length = 20;
  guint tick = 0;
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *) SECRET, strlen (SECRET));
  g_autoptr (GError) error = NULL;

  relay->address = own_address ();
  relay->folder = g_dir_make_tmp ("wattle-relay-XXXXXX", NULL);
  relay->certificate = g_build_filename (relay->folder, "certificate.pem", NULL);
  key = g_build_filename (relay->folder, "key.pem", NULL);
  pid = g_build_filename (relay->folder, "pid", NULL);
  database = g_build_filename (relay->folder, "database", NULL);
  make_certificate (relay);
  relay->relay = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                                   "turnserver", "-n", "--listening-ip", relay->address, "--relay-ip", relay->address,
                                   "--allow-loopback-peers", "--listening-port", port, "--tls-listening-port", tls_port,
                                   "--use-auth-secret", "--static-auth-secret=" SECRET, "--realm=wattle", "--cert",
                                   relay->certificate, "--pkey", key, "--no-cli", "--pidfile", pid, "--log-file=stdout",
                                   "--fingerprint", "--min-port=40000", "--max-port=49000", "--userdb", database, NULL);
  g_assert_no_error (error);
  tick = g_timeout_add (50, tick_cb, NULL);
  test_wait (answers (relay->address, relay->port));
  test_wait (answers (relay->address, relay->tls_port));
  g_source_remove (tick);
  relay->username = g_strdup_printf ("%" G_GINT64_FORMAT ":someone", g_get_real_time () / G_USEC_PER_SEC + 600);
  g_hmac_update (hmac, (const guchar *) relay->username, -1);
  g_hmac_get_digest (hmac, digest, &length);
  relay->password = g_base64_encode (digest, length);
}

static void
tear_down (Relay *relay, gconstpointer data)
{
  static const char *const files[] = { "key.pem", "certificate.pem", "pid", "database" };

  g_subprocess_send_signal (relay->relay, SIGTERM);
  g_subprocess_wait (relay->relay, NULL, NULL);
  g_object_unref (relay->relay);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (relay->folder, files[i], NULL);

      g_unlink (path);
    }
  g_rmdir (relay->folder);
  g_free (relay->address);
  g_free (relay->folder);
  g_free (relay->certificate);
  g_free (relay->username);
  g_free (relay->password);
}

static void
call_through (Relay *relay, const char *uri, const char *authorities, gboolean works)
{
  const WattleCallServer server = { uri, relay->username, relay->password };
  WattleCallSettings settings = test_settings;
  TestSide *clinician = test_side_new ("clinician");
  TestSide *patient = test_side_new ("patient");
  gint64 begun = 0;

  settings.servers = &server;
  settings.n_servers = 1;
  settings.relay_only = TRUE;
  settings.authorities = authorities;
  test_join (clinician, patient);
  test_side_start (clinician, &settings);
  test_side_start (patient, &settings);
  test_wait (clinician->own_frames > 0 && patient->own_frames > 0);
  begun = g_get_monotonic_time ();
  if (works)
    {
      test_meet (clinician, patient);
      test_wait (clinician->frames > 0 && patient->frames > 0);
      g_test_message ("%s: both see each other after %" G_GINT64_FORMAT " ms", uri,
                      (g_get_monotonic_time () - begun) / 1000);
      test_wait (clinician->frames > 30 && patient->frames > 30 && clinician->path != NULL);
      g_assert_cmpstr (clinician->path, ==, "relay");
      g_assert_cmpuint (clinician->relayed, >, 0);
    }
  else
    {
      wattle_call_engine_test_network (clinician->engine);
      test_wait (clinician->network_told);
      g_assert_false (clinician->network_works);
      g_assert_cmpuint (clinician->relayed, ==, 0);
    }
  g_assert_cmpuint (clinician->direct + patient->direct, ==, 0);
  test_side_free (clinician);
  test_side_free (patient);
}

static void
test_udp (Relay *relay, gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("turn:%s:%u?transport=udp", relay->address, relay->port);

  call_through (relay, uri, NULL, TRUE);
}

static void
test_tcp (Relay *relay, gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("turn:%s:%u?transport=tcp", relay->address, relay->port);

  call_through (relay, uri, NULL, TRUE);
}

static void
test_tls (Relay *relay, gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("turns:%s:%u", relay->address, relay->tls_port);

  call_through (relay, uri, relay->certificate, TRUE);
}

/* A relay that nobody vouches for is not used, and that is said. */
static void
test_tls_unknown (Relay *relay, gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("turns:%s:%u", relay->address, relay->tls_port);

  call_through (relay, uri, NULL, FALSE);
}

int
main (int argc, char **argv)
{
  g_autofree char *program = g_find_program_in_path ("turnserver");
  g_autofree char *address = own_address ();

  g_test_init (&argc, &argv, NULL);
  if (program == NULL || address == NULL)
    {
      g_print ("1..0 # SKIP no turnserver, or no network\n");
      return 0;
    }
#define ADD(path, function) g_test_add (path, Relay, NULL, set_up, function, tear_down)
  ADD ("/relay/udp", test_udp);
  ADD ("/relay/tcp", test_tcp);
  ADD ("/relay/tls", test_tls);
  ADD ("/relay/tls-unknown", test_tls_unknown);
#undef ADD
  return g_test_run ();
}
