/* practice.c: a real wattled on loopback, its first practice, and a network that can be cut
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "practice.h"

#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/json.h"

/* Starts wattled on the port that it had, or on a free one. */
void
practice_start (Practice *self)
{
  g_autofree char *config = g_build_filename (self->dir, "test.conf", NULL);
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", self->port);
  g_autofree char *data = g_build_filename (self->dir, "data", NULL);
  const char *program = g_getenv ("WATTLED");
  const char *argv[] = { program, "--config", config, "--data", data, "--listen", listen, NULL };
  static const char limits[] = "[limits]\nsign_ins_per_minute=0\ncalls_per_minute=0\nsync_calls_per_minute=0\n"
                               "public_calls_per_minute=0\ndevices_per_user=0\n";
  g_autoptr (GInputStream) out = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  guint port = 0;
  int fd;

  g_assert_nonnull (program);
  g_assert_cmpint (g_mkdir_with_parents (data, 0700), ==, 0);
  g_file_set_contents (config, limits, -1, &error);
  g_assert_no_error (error);
  g_spawn_async_with_pipes (NULL, (char **) argv, NULL,
                            G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &self->pid, NULL, &fd,
                            NULL, &error);
  g_assert_no_error (error);
  out = g_unix_input_stream_new (fd, TRUE);
  lines = g_data_input_stream_new (out);
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_cmpint (sscanf (line, "listening on http://127.0.0.1:%u", &port), ==, 1);
  self->port = port;
}

void
practice_kill (Practice *self)
{
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  self->pid = 0;
}

static void
make_practice (Practice *self)
{
  g_autofree char *code_file = g_build_filename (self->dir, "data", "setup-code", NULL);
  g_autofree char *code = NULL;
  g_autofree char *text = NULL;
  g_autoptr (WattleTransport) transport = wattle_transport_soup_new (self->url);
  g_autoptr (GBytes) body = NULL;
  g_auto (WattleResponse) response = { 0 };
  g_autoptr (WattleJson) json = NULL;
  g_autoptr (GError) error = NULL;
  WattleRequest request = { .method = "POST", .path = "/setup" };

  g_file_get_contents (code_file, &code, NULL, &error);
  g_assert_no_error (error);
  text = g_strdup_printf ("{\"code\":\"%s\",\"practice\":{\"name\":\"Banksia Street Clinic\",\"zone\":"
                          "\"Australia/Sydney\",\"state_code\":\"NSW\"},\"location\":{\"name\":\"Banksia Street\"},"
                          "\"administrator\":{\"login\":\"" LOGIN "\",\"display_name\":\"Dr Nguyen\",\"password\":\""
                          PASSWORD "\",\"roles\":[\"clinician\",\"manager\",\"administrator\"],\"practitioner\":{"
                          "\"given_names\":\"Thi\",\"family_name\":\"Nguyen\",\"profession\":\"psychologist\"}}}",
                          g_strstrip (code));
  request.body = body = g_bytes_new (text, strlen (text));
  wattle_transport_send (transport, &request, &response, NULL, &error);
  g_assert_no_error (error);
  wattle_response_check (&response, &error);
  g_assert_no_error (error);
  json = wattle_json_parse (g_bytes_get_data (response.body, NULL), g_bytes_get_size (response.body), NULL, &error);
  g_assert_no_error (error);
  self->practice = g_strdup (wattle_json_member_string (wattle_json_root (json), "practice"));
  self->user = g_strdup (wattle_json_member_string (wattle_json_root (json), "user"));
}

typedef struct
{
  Practice *practice;
  GIOStream *from;
  GIOStream *to;
  gboolean answers;
} Pipe;

/* Whether these bytes, which are an answer, are to be swallowed with their connection. */
static gboolean
swallow (Pipe *pipe)
{
  Practice *self = pipe->practice;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (!pipe->answers || self->lose_answers == 0)
    return FALSE;
  self->lose_answers--;
  return TRUE;
}

static void
hang_up (GIOStream *stream)
{
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)), TRUE, TRUE, NULL);
}

static gpointer
carry (gpointer data)
{
  Pipe *pipe = data;
  GInputStream *in = g_io_stream_get_input_stream (pipe->from);
  GOutputStream *out = g_io_stream_get_output_stream (pipe->to);
  char bytes[16384];
  gssize n;

  while ((n = g_input_stream_read (in, bytes, sizeof bytes, NULL, NULL)) > 0)
    if (swallow (pipe) || !g_output_stream_write_all (out, bytes, n, NULL, NULL, NULL))
      break;
  hang_up (pipe->from);
  hang_up (pipe->to);
  g_object_unref (pipe->from);
  g_object_unref (pipe->to);
  g_free (pipe);
  return NULL;
}

static void
start_pipe (Practice *self, GIOStream *from, GIOStream *to, gboolean answers)
{
  Pipe *pipe = g_new0 (Pipe, 1);

  pipe->practice = self;
  pipe->from = g_object_ref (from);
  pipe->to = g_object_ref (to);
  pipe->answers = answers;
  g_thread_unref (g_thread_new ("carry", carry, pipe));
}

static gboolean
connected_cb (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, Practice *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) server
      = g_socket_client_connect_to_host (client, "127.0.0.1", self->port, NULL, NULL);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (server == NULL || self->cut)
    {
      hang_up (G_IO_STREAM (connection));
      return TRUE;
    }
  g_ptr_array_add (self->connections, g_object_ref (connection));
  start_pipe (self, G_IO_STREAM (connection), G_IO_STREAM (server), FALSE);
  start_pipe (self, G_IO_STREAM (server), G_IO_STREAM (connection), TRUE);
  return TRUE;
}

static void
start_proxy (Practice *self)
{
  g_autoptr (GError) error = NULL;
  guint16 port;

  g_mutex_init (&self->mutex);
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->proxy = g_threaded_socket_service_new (32);
  g_signal_connect (self->proxy, "run", G_CALLBACK (connected_cb), self);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->proxy), NULL, &error);
  g_assert_no_error (error);
  g_socket_service_start (self->proxy);
  self->proxy_url = g_strdup_printf ("http://127.0.0.1:%u", port);
}

/* Ends every connection, and refuses new ones or takes them again. */
void
practice_cut (Practice *self, gboolean cut)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->cut = cut;
  for (guint i = 0; cut && i < self->connections->len; i++)
    hang_up (g_ptr_array_index (self->connections, i));
}

void
practice_open (Practice *self)
{
  self->dir = g_dir_make_tmp ("wattle-practice-XXXXXX", NULL);
  practice_start (self);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
  make_practice (self);
  start_proxy (self);
}

void
practice_close (Practice *self)
{
  practice_cut (self, TRUE);
  g_socket_service_stop (self->proxy);
  g_socket_listener_close (G_SOCKET_LISTENER (self->proxy));
  g_object_unref (self->proxy);
  if (self->pid != 0)
    {
      kill (self->pid, SIGTERM);
      waitpid (self->pid, NULL, 0);
    }
  g_ptr_array_unref (self->connections);
  remove_tree (self->dir);
  g_free (self->dir);
  g_free (self->url);
  g_free (self->proxy_url);
  g_free (self->practice);
  g_free (self->user);
  g_free (self->practitioner);
  g_free (self->location);
}
