/* local-server.c: the server of a practice that lives on this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/start/local-server.h"

#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/error.h"
#include "base/file.h"

struct _WattleLocalServer
{
  GObject parent;
  char *data_dir;
  GSubprocess *process;
  GDataInputStream *lines;
  int port;
  gboolean stopping;
};

enum
{
  ENDED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleLocalServer, wattle_local_server, G_TYPE_OBJECT)

/* Beside this program when installed, in its own folder of the build when not, else wherever the system has it. */
static char *
find_program (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : g_strdup (".");
  static const char *const places[] = { "wattled", "../server/wattled", "../libexec/wattled" };
  const char *named = g_getenv ("WATTLE_WATTLED");

  if (named != NULL)
    return g_strdup (named);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_build_filename (folder, places[i], NULL);

      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) && !g_file_test (path, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&path);
    }
  return g_find_program_in_path ("wattled");
}

/* If this program dies, its server is not left behind. */
static void
child_setup (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

/* The server's first line names its address: the port is the number behind the last colon. */
static int
port_in (const char *line)
{
  const char *colon = strstr (line, "127.0.0.1:");
  guint64 port = 0;

  if (colon == NULL)
    return 0;
  port = g_ascii_strtoull (colon + strlen ("127.0.0.1:"), NULL, 10);
  return port > 0 && port < 65536 ? (int) port : 0;
}

static void
drain_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleLocalServer) self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (line != NULL)
    g_data_input_stream_read_line_async (G_DATA_INPUT_STREAM (source), G_PRIORITY_LOW, NULL, drain_cb,
                                         g_object_ref (self));
}

static void
line_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  WattleLocalServer *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, &error);

  if (line == NULL)
    {
      g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_FAILED,
                               _("The practice on this computer could not be started. Nothing is lost; "
                                 "“wattlectl doctor” says what is wrong with its files."));
      return;
    }
  self->port = port_in (line);
  if (self->port == 0)
    {
      g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), line_cb,
                                           g_object_ref (task));
      return;
    }
  /* What it says later is read and dropped, so that its pipe never fills. */
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_LOW, NULL, drain_cb, g_object_ref (self));
  g_task_return_pointer (task, g_strdup_printf ("http://127.0.0.1:%d", self->port), g_free);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleLocalServer) self = data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  if (!self->stopping && self->process == G_SUBPROCESS (source))
    g_signal_emit (self, signals[ENDED], 0, _("The practice on this computer stopped. Your changes wait here."));
}

static void
wattle_local_server_finalize (GObject *object)
{
  WattleLocalServer *self = WATTLE_LOCAL_SERVER (object);

  wattle_local_server_stop (self);
  g_clear_object (&self->lines);
  g_clear_object (&self->process);
  g_free (self->data_dir);
  G_OBJECT_CLASS (wattle_local_server_parent_class)->finalize (object);
}

static void
wattle_local_server_class_init (WattleLocalServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_local_server_finalize;
  signals[ENDED] = g_signal_new ("ended", WATTLE_TYPE_LOCAL_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wattle_local_server_init (WattleLocalServer *self)
{
}

/**
 * wattle_local_server_is_installed:
 *
 * Returns: whether there is a server to run; the Flatpak has none
 */
gboolean
wattle_local_server_is_installed (void)
{
  g_autofree char *program = find_program ();

  return program != NULL;
}

/**
 * wattle_local_server_new:
 * @data_dir: where the practice lives
 *
 * Returns: (transfer full): a server that does not run yet
 */
WattleLocalServer *
wattle_local_server_new (const char *data_dir)
{
  WattleLocalServer *self = g_object_new (WATTLE_TYPE_LOCAL_SERVER, NULL);

  self->data_dir = g_strdup (data_dir);
  return self;
}

/**
 * wattle_local_server_start_async:
 * @self: a server
 * @port: the one it had last, so that its address stays; 0 for any
 * @cancellable: (nullable): to stop waiting
 * @callback: told when it listens
 * @user_data: for @callback
 */
void
wattle_local_server_start_async (WattleLocalServer *self,
                                 int port,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *program = find_program ();
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%d", port);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;

  if (program == NULL || g_mkdir_with_parents (self->data_dir, 0700) != 0)
    {
      g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND,
                               program == NULL ? _("The program “wattled” is not installed beside Wattle.")
                                               : _("The folder for the practice could not be made."));
      return;
    }
  g_subprocess_launcher_set_child_setup (launcher, child_setup, NULL, NULL);
  g_clear_object (&self->lines);
  g_clear_object (&self->process);
  self->stopping = FALSE;
  self->process = g_subprocess_launcher_spawn (launcher, &error, program, "--data", self->data_dir, "--listen", listen,
                                               NULL);
  if (self->process == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_subprocess_wait_async (self->process, NULL, ended_cb, g_object_ref (self));
  self->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, cancellable, line_cb, g_object_ref (task));
}

/**
 * wattle_local_server_start_finish:
 * @self: a server
 * @result: what the callback was given
 * @error: why it does not run
 *
 * Returns: (transfer full) (nullable): its address
 */
char *
wattle_local_server_start_finish (WattleLocalServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * wattle_local_server_setup_code:
 * @self: a server that runs and has no practice yet
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): the code that only who may read its folder knows
 */
char *
wattle_local_server_setup_code (WattleLocalServer *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->data_dir, "setup-code", NULL);
  g_autoptr (GBytes) bytes = wattle_file_read (path, 256, error);

  if (bytes == NULL)
    return NULL;
  return g_strstrip (g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
}

/**
 * wattle_local_server_port:
 * @self: a server
 *
 * Returns: the port it listens on; 0 when it does not
 */
int
wattle_local_server_port (WattleLocalServer *self)
{
  return self->port;
}

/**
 * wattle_local_server_stop:
 * @self: a server
 *
 * Asks it to end; it finishes what it is doing.
 */
void
wattle_local_server_stop (WattleLocalServer *self)
{
  self->stopping = TRUE;
  if (self->process != NULL)
    g_subprocess_send_signal (self->process, SIGTERM);
}
