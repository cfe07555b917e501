/* engine.c: the media of a call, which run in a process of their own
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/engine-private.h"

#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "telehealth/picture.h"

/* How long an engine that was told to stop has for it. A living one says something every two seconds. It is looked for
 * that often, and looks are counted, not seconds: when this process stood still, nothing is known of the other. */
#define STOP_MS 3000
#define LOOK_SECONDS 2
#define MUTE_LOOKS 5

G_DEFINE_FINAL_TYPE (WattleCallEngine, wattle_call_engine, G_TYPE_OBJECT)

static void
forget_process (WattleCallEngine *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  if (self->link != NULL)
    wattle_link_close (self->link);
  g_clear_pointer (&self->link, wattle_link_unref);
  g_clear_object (&self->process);
  g_hash_table_remove_all (self->pictures);
}

static void
died (WattleCallEngine *self, const char *sentence)
{
  g_autoptr (WattleCallEngine) kept = g_object_ref (self);

  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  forget_process (self);
  g_signal_emit_by_name (self, "died", sentence);
}

static void
message_cb (WattleJsonNode message, GBytes *bytes, int fd, gpointer data)
{
  WattleCallEngine *self = data;
  g_autoptr (WattleCallEngine) kept = g_object_ref (self);

  self->mute = 0;
  wattle_call_engine_take (self, message, bytes, fd);
  if (fd >= 0)
    close (fd);
}

static void
closed_cb (gpointer data)
{
  died (data, _("Picture and sound have stopped: the media engine ended unexpectedly. Nothing that was written is "
                 "lost; the call can be joined again."));
}

static gboolean
watch_cb (gpointer data)
{
  WattleCallEngine *self = data;

  if (self->mute++ < MUTE_LOOKS)
    return G_SOURCE_CONTINUE;
  self->watch = 0;
  died (self, _("Picture and sound have stopped: the media engine does not answer and was ended. Nothing that was "
                 "written is lost; the call can be joined again."));
  return G_SOURCE_REMOVE;
}

static gboolean
kill_cb (gpointer data)
{
  g_subprocess_force_exit (data);
  return G_SOURCE_REMOVE;
}

static char *
find_program (WattleCallEngine *self)
{
  const char *chosen = self->program != NULL ? self->program : g_getenv ("WATTLE_CALL");

  return g_strdup (chosen != NULL ? chosen : WATTLE_CALL_PROGRAM);
}

static void
wattle_call_engine_dispose (GObject *object)
{
  wattle_call_engine_stop (WATTLE_CALL_ENGINE (object));
  G_OBJECT_CLASS (wattle_call_engine_parent_class)->dispose (object);
}

static void
wattle_call_engine_finalize (GObject *object)
{
  WattleCallEngine *self = WATTLE_CALL_ENGINE (object);

  g_free (self->program);
  g_hash_table_unref (self->pictures);
  g_hash_table_unref (self->sizes);
  g_ptr_array_unref (self->devices);
  G_OBJECT_CLASS (wattle_call_engine_parent_class)->finalize (object);
}

static void
wattle_call_engine_class_init (WattleCallEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wattle_call_engine_dispose;
  object_class->finalize = wattle_call_engine_finalize;
  wattle_call_engine_add_signals ();
}

static void
wattle_call_engine_init (WattleCallEngine *self)
{
  self->pictures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) wattle_pictures_unref);
  self->sizes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->devices = g_ptr_array_new_with_free_func (wattle_call_device_free);
}

/**
 * wattle_call_engine_new:
 * @program: (nullable): the engine's program; %NULL is the installed one, or what the variable WATTLE_CALL names
 *
 * Returns: (transfer full): an engine that does not run yet
 */
WattleCallEngine *
wattle_call_engine_new (const char *program)
{
  WattleCallEngine *self = g_object_new (WATTLE_TYPE_CALL_ENGINE, NULL);

  self->program = g_strdup (program);
  return self;
}

/* The process sees no files of the user's. */
static GBytes *
read_authorities (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  gsize length = 0;

  if (path == NULL)
    return NULL;
  if (g_file_get_contents (path, &text, &length, &error))
    return g_bytes_new_take (text, length);
  g_message ("the relay's authorities cannot be read: %s", error->message);
  return NULL;
}

/**
 * wattle_call_engine_start:
 * @self: an engine
 * @settings: what the call needs; copied
 * @error: (out) (optional): FAILED when there is no program
 *
 * Starts the process, or another one after #WattleCallEngine::died. Nothing is sent to anybody before
 * wattle_call_engine_connect_peer(); no camera is opened unless @settings say so.
 *
 * Returns: whether it was started; %TRUE also when it runs already
 */
gboolean
wattle_call_engine_start (WattleCallEngine *self, const WattleCallSettings *settings, GError **error)
{
  g_autofree char *program = find_program (self);
  const char *argv[] = { program, NULL };
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) authorities = read_authorities (settings->authorities);
  int ends[2] = { -1, -1 };
  WattleOrder order;

  if (self->link != NULL)
    return TRUE;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, _("The media engine could not be started."));
      return FALSE;
    }
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_subprocess_launcher_take_fd (launcher, ends[1], 3);
  self->process = g_subprocess_launcher_spawnv (launcher, argv, &failure);
  if (self->process == NULL)
    {
      close (ends[0]);
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                              _("The media engine could not be started: %s. Wattle may not be completely installed."),
                              failure->message);
      return FALSE;
    }
  self->link = wattle_link_new (ends[0], message_cb, closed_cb, self);
  self->mute = 0;
  self->watch = g_timeout_add_seconds (LOOK_SECONDS, watch_cb, self);

  order = wattle_order_begin ("start");
  wattle_order_put_servers (&order.json, settings->servers, settings->n_servers, settings->relay_only);
  wattle_json_pair_string (&order.json, "codec", settings->codec);
  wattle_json_pair_string (&order.json, "camera", settings->camera);
  wattle_json_pair_string (&order.json, "microphone", settings->microphone);
  wattle_json_pair_string (&order.json, "speaker", settings->speaker);
  wattle_json_pair_boolean (&order.json, "camera_on", settings->camera_on);
  wattle_json_pair_boolean (&order.json, "microphone_on", settings->microphone_on);
  wattle_json_pair_boolean (&order.json, "veil", self->veil);
  wattle_json_pair_integer (&order.json, "width", settings->width);
  wattle_json_pair_integer (&order.json, "height", settings->height);
  wattle_order_send (self, &order, authorities, -1);
  return TRUE;
}

/**
 * wattle_call_engine_stop:
 * @self: an engine
 *
 * Ends all connections and the process; devices are released. #WattleCallEngine::died is not emitted. A recording is
 * ended first, with wattle_call_engine_record(), and its last piece waited for: none comes after this.
 */
void
wattle_call_engine_stop (WattleCallEngine *self)
{
  if (self->link != NULL)
    {
      WattleOrder order = wattle_order_begin ("stop");

      wattle_order_send (self, &order, NULL, -1);
      g_timeout_add_full (G_PRIORITY_DEFAULT, STOP_MS, kill_cb, g_object_ref (self->process), g_object_unref);
    }
  forget_process (self);
}

/**
 * wattle_call_engine_is_running:
 * @self: an engine
 *
 * Returns: whether there is a process
 */
gboolean
wattle_call_engine_is_running (WattleCallEngine *self)
{
  return self->link != NULL;
}
