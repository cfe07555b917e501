/* side.c: a media engine driven by lines of JSON, so that a test in another language calls through the facade
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include <gio/gio.h>
#include <gio/gunixinputstream.h>

#include "base/json.h"
#include "telehealth/engine.h"

/* When a picture was shown, and where in it the ball of the test picture is, in ten thousandths. */
typedef struct
{
  gint64 time;
  int x;
  int y;
} Shown;

static guint frames;
static gboolean marked;
static GArray *shown[2]; /* Shown: of the others, own */

static void
say (const char *what, const char *first, const char *second, const char *third, gint64 number)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", what);
  wattle_json_pair_string (&json, "a", first);
  wattle_json_pair_string (&json, "b", second);
  wattle_json_pair_string (&json, "c", third);
  wattle_json_pair_integer (&json, "n", number);
  wattle_json_pair_integer (&json, "t", g_get_real_time ());
  wattle_json_end_object (&json);
  g_print ("%s\n", text->str);
}

static void
description_cb (WattleCallEngine *engine, const char *peer, guint generation, const char *kind, const char *sdp)
{
  say ("description", peer, kind, sdp, generation);
}

static void
candidate_cb (WattleCallEngine *engine, const char *peer, guint generation, guint mline, const char *text)
{
  say ("candidate", peer, text, NULL, mline);
}

static void
state_cb (WattleCallEngine *engine, const char *peer, guint generation, int state, const char *sentence)
{
  say ("state", peer, wattle_call_peer_state_nick ((WattleCallPeerState) state), sentence, generation);
}

/* The middle of what is bright. */
static Shown
look (WattleVideoFrame *frame)
{
  const guint8 *pixels = g_bytes_get_data (frame->pixels, NULL);
  Shown found = { g_get_real_time (), 0, 0 };
  gint64 sum[3] = { 0, 0, 0 };

  for (guint y = 0; y < frame->height; y += 4)
    for (guint x = 0; x < frame->width; x += 4)
      {
        int light = MAX (pixels[y * frame->stride + 4 * x + 1] - 32, 0);

        sum[0] += light;
        sum[1] += light * (gint64) x;
        sum[2] += light * (gint64) y;
      }
  if (sum[0] > 0)
    {
      found.x = (int) (sum[1] * 10000 / sum[0] / frame->width);
      found.y = (int) (sum[2] * 10000 / sum[0] / frame->height);
    }
  return found;
}

static void
frame_cb (WattleCallEngine *engine, const char *peer, WattleVideoFrame *frame)
{
  gboolean own = *peer == '\0';
  Shown seen = look (frame);

  g_array_append_val (shown[own ? 1 : 0], seen);
  if (own)
    return;
  if (marked)
    say ("first", peer, NULL, NULL, frames);
  marked = FALSE;
  if (frames++ % 10 == 0)
    say ("frames", peer, NULL, NULL, frames);
}

/* Everything shown since the mark: [microseconds, x, y] of the others, then own. */
static void
gather (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", "gathered");
  for (int i = 0; i < 2; i++)
    {
      wattle_json_name (&json, i == 0 ? "others" : "own");
      wattle_json_begin_array (&json);
      for (guint k = 0; k < shown[i]->len; k++)
        {
          const Shown *one = &g_array_index (shown[i], Shown, k);

          wattle_json_begin_array (&json);
          wattle_json_put_integer (&json, one->time);
          wattle_json_put_integer (&json, one->x);
          wattle_json_put_integer (&json, one->y);
          wattle_json_end_array (&json);
        }
      wattle_json_end_array (&json);
    }
  wattle_json_end_object (&json);
  g_print ("%s\n", text->str);
}

static void
text_cb (WattleCallEngine *engine, const char *peer, GBytes *text)
{
  g_autofree char *string = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));

  say ("text", peer, string, NULL, 0);
}

static void
stats_cb (WattleCallEngine *engine, const char *peer, GVariant *figures)
{
  g_autofree char *text = g_variant_print (figures, FALSE);
  gint64 packets = 0;

  g_variant_lookup (figures, "audio_packets", "x", &packets);
  say ("stats", peer, text, NULL, packets);
}

static void
trouble_cb (WattleCallEngine *engine, const char *kind, const char *sentence)
{
  say ("trouble", kind, sentence, NULL, 0);
}

static void
died_cb (WattleCallEngine *engine, const char *sentence)
{
  say ("died", NULL, sentence, NULL, 0);
}

/* servers: [{uri, username, credential}...] */
static gsize
read_servers (WattleJsonNode order, WattleCallServer *servers, gsize most)
{
  WattleJsonIter iter = wattle_json_iter (wattle_json_member (order, "servers"));
  WattleJsonNode value;
  gsize count = 0;

  while (count < most && wattle_json_next (&iter, NULL, &value))
    servers[count++] =
      (WattleCallServer){ wattle_json_member_string (value, "uri"), wattle_json_member_string (value, "username"),
                          wattle_json_member_string (value, "credential") };
  return count;
}

static void
start (WattleCallEngine *engine, WattleJsonNode order, GError **error)
{
  const char *camera = wattle_json_member_string (order, "camera");
  WattleCallServer servers[8];
  WattleCallSettings settings = {
    .camera = camera != NULL ? camera : "test",
    .microphone = "test",
    .speaker = "none",
    .camera_on = TRUE,
    .microphone_on = TRUE,
    .servers = servers,
    .n_servers = read_servers (order, servers, G_N_ELEMENTS (servers)),
    .relay_only = wattle_json_member_boolean (order, "relay_only"),
    .codec = wattle_json_member_string (order, "codec"),
    .width = (guint) wattle_json_member_integer (order, "width", 640),
    .height = (guint) wattle_json_member_integer (order, "height", 360),
    .authorities = wattle_json_member_string (order, "authorities"),
  };

  wattle_call_engine_start (engine, &settings, error);
}

static void
obey (WattleCallEngine *engine, WattleJsonNode order)
{
  const char *what = wattle_json_member_string (order, "do");
  const char *peer = wattle_json_member_string (order, "peer");
  const char *kind = wattle_json_member_string (order, "kind");
  const char *text = wattle_json_member_string (order, "text");
  guint generation = (guint) wattle_json_member_integer (order, "generation", 1);
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (what, "start") == 0)
    start (engine, order, &error);
  else if (g_strcmp0 (what, "mark") == 0)
    {
      marked = TRUE;
      g_array_set_size (shown[0], 0);
      g_array_set_size (shown[1], 0);
      say ("marked", NULL, NULL, NULL, 0);
    }
  else if (g_strcmp0 (what, "gather") == 0)
    gather ();
  else if (g_strcmp0 (what, "remove") == 0)
    wattle_call_engine_remove_peer (engine, peer);
  else if (g_strcmp0 (what, "connect") == 0)
    wattle_call_engine_connect_peer (engine, peer, generation, wattle_json_member_boolean (order, "offers"), &error);
  else if (g_strcmp0 (what, "description") == 0)
    wattle_call_engine_take_description (engine, peer, generation, kind, text, &error);
  else if (g_strcmp0 (what, "candidate") == 0)
    wattle_call_engine_take_candidate (engine, peer, generation,
                                       (guint) wattle_json_member_integer (order, "mline", 0), text, &error);
  else if (g_strcmp0 (what, "text") == 0)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

      wattle_call_engine_send_text (engine, peer, bytes, &error);
    }
  if (error != NULL)
    say ("error", NULL, error->message, NULL, 0);
}

static void
line_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  gsize length = 0;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, &length, NULL);
  g_autoptr (WattleJson) json = NULL;
  static WattleCallEngine *engine;

  if (engine == NULL)
    {
      engine = wattle_call_engine_new (NULL);
      g_signal_connect (engine, "description", G_CALLBACK (description_cb), NULL);
      g_signal_connect (engine, "candidate", G_CALLBACK (candidate_cb), NULL);
      g_signal_connect (engine, "peer-state", G_CALLBACK (state_cb), NULL);
      g_signal_connect (engine, "frame", G_CALLBACK (frame_cb), NULL);
      g_signal_connect (engine, "text", G_CALLBACK (text_cb), NULL);
      g_signal_connect (engine, "stats", G_CALLBACK (stats_cb), NULL);
      g_signal_connect (engine, "trouble", G_CALLBACK (trouble_cb), NULL);
      g_signal_connect (engine, "died", G_CALLBACK (died_cb), NULL);
    }
  if (line == NULL)
    {
      g_clear_object (&engine);
      g_main_loop_quit (data);
      return;
    }
  json = wattle_json_parse (line, (gssize) length, &WATTLE_JSON_WIRE_LIMITS, NULL);
  if (json != NULL)
    obey (engine, wattle_json_root (json));
  g_data_input_stream_read_line_async (G_DATA_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, line_cb, data);
}

int
main (int argc, char **argv)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (0, FALSE);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  setvbuf (stdout, NULL, _IOLBF, 0);
  for (int i = 0; i < 2; i++)
    shown[i] = g_array_new (FALSE, FALSE, sizeof (Shown));
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, line_cb, loop);
  g_main_loop_run (loop);
  return 0;
}
