/* bench-echo.c: a bare WebSocket echo and who calls it
 *
 * Usage: bench-echo serve: prints the port it listens on. bench-echo ask PORT N: prints N lines: milliseconds of a
 * round trip.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <libsoup/soup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
check (const GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "bench-echo: %s\n", error->message);
  exit (1);
}

static void
echo_cb (SoupWebsocketConnection *connection, int type, GBytes *message, gpointer data)
{
  soup_websocket_connection_send_message (connection, type, message);
}

static void
open_cb (
  SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *connection, gpointer data)
{
  g_signal_connect (g_object_ref (connection), "message", G_CALLBACK (echo_cb), NULL);
}

static void
serve (void)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GError *error = NULL;
  GSList *uris;

  soup_server_remove_websocket_extension (server, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_websocket_handler (server, "/", NULL, NULL, open_cb, NULL, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  check (error);
  uris = soup_server_get_uris (server);
  printf ("%d\n", g_uri_get_port (uris->data));
  fflush (stdout);
  g_main_loop_run (loop);
}

static void
answered_cb (SoupWebsocketConnection *connection, int type, GBytes *message, gboolean *answered)
{
  *answered = TRUE;
}

static void
opened_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  *(SoupWebsocketConnection **) data = soup_session_websocket_connect_finish (SOUP_SESSION (session), result, &error);
  check (error);
}

static void
ask (const char *port, guint n)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%s/", port);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
  SoupWebsocketConnection *connection = NULL;
  gboolean answered;

  soup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, opened_cb, &connection);
  while (connection == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_signal_connect (connection, "message", G_CALLBACK (answered_cb), &answered);
  for (guint i = 0; i < n; i++)
    {
      gint64 start = g_get_monotonic_time ();

      answered = FALSE;
      soup_websocket_connection_send_text (connection, "{\"poke\":1234}");
      while (!answered)
        g_main_context_iteration (NULL, TRUE);
      printf ("%.3f\n", (g_get_monotonic_time () - start) / 1e3);
    }
}

int
main (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "serve") == 0)
    serve ();
  else if (argc > 3 && strcmp (argv[1], "ask") == 0)
    ask (argv[2], (guint) g_ascii_strtoull (argv[3], NULL, 10));
  else
    return 2;
  return 0;
}
