/* call-main.c: wattle-call, the program that sees and hears: started by a window, and gone with it
 *
 * It has no window, no records and no network but the media's. It does what comes over the link (engine.c has the other
 * end) and says what happens.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <locale.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <gst/gst.h>

#include "telehealth/media/call-private.h"
#include "telehealth/media/certificate.h"
#include "telehealth/media/confine.h"

#define LINK_FD 3
/* How long lines have to end at the very end. */
#define EXIT_MS 250

static void
closed_cb (gpointer data)
{
  g_main_loop_quit (((WattleCall *) data)->loop);
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
end (WattleCall *call)
{
  /* The camera's light first. The library's threads still ask for keyframes, and lines for how much is sent: what they
   * call stays until the process ends. */
  wattle_camera_set_on (call->camera, FALSE);
  wattle_camera_share (call->camera, -1, 0);
  wattle_microphone_use (call->microphone, "none", FALSE);
  g_clear_pointer (&call->player, wattle_player_free);
  wattle_recorder_stop (call->recorder);
  for (guint i = 0; i < call->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (call->peers, i);

      if (peer->line != NULL)
        wattle_line_close (peer->line);
      if (peer->next != NULL)
        wattle_line_close (peer->next);
    }
  g_timeout_add (EXIT_MS, quit_cb, call->loop);
  g_main_loop_run (call->loop);
}

/* The library makes a key of its own with its first connection, which takes long; ours is used instead. */
static gpointer
warm_thread (gpointer data)
{
  gst_object_unref (gst_object_ref_sink (gst_element_factory_make ("dtlsdec", NULL)));
  return NULL;
}

int
main (int argc, char **argv)
{
  static WattleCall call;
  g_autoptr (GError) error = NULL;

  /* Those of the desktop are in the home, which is not there. */
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  gst_init (&argc, &argv);
  if (!wattle_confine ())
    g_message ("this kernel cannot confine the media engine; it runs with the rights of the user");
  /* A new namespace forgets both. Whoever started this and is gone already has closed the link, too. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prctl (PR_SET_DUMPABLE, 0);

  call.loop = g_main_loop_new (NULL, FALSE);
  call.peers = g_ptr_array_new ();
  call.ways = g_ptr_array_new ();
  call.limit = G_MAXUINT;
  call.clock = gst_system_clock_obtain ();
  call.base_time = gst_clock_get_time (call.clock);
  call.lines.clock = call.clock;
  call.lines.base_time = call.base_time;
  call.lines.ssrc[0] = g_random_int ();
  call.lines.ssrc[1] = g_random_int ();
  call.lines.pem = wattle_certificate_make (call.lines.fingerprint, &error);
  if (call.lines.pem == NULL)
    g_error ("%s", error->message);
  g_mutex_init (&call.mutex);
  call.link = wattle_link_new (LINK_FD, wattle_call_take_order, closed_cb, &call);
  call.own = wattle_ring_new ("", call.next_ring++, call.link);
  call.recorder = wattle_recorder_new (call.clock, call.base_time, call.link);
  g_thread_unref (g_thread_new ("warm", warm_thread, NULL));
  g_main_loop_run (call.loop);
  if (call.started)
    end (&call);
  /* The library's threads are not waited for. */
  _exit (0);
}
