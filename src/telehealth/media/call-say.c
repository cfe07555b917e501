/* call-say.c: what the window is told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/call-private.h"

/* A message as it stands. */
void
wattle_call_say (WattleCall *call, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  wattle_link_send (call->link, text, NULL, -1);
}

/* A message with text in it; members are name and value, ended by %NULL. */
void
wattle_call_say_texts (WattleCall *call, const char *what, ...)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);
  const char *name = NULL;
  va_list args;

  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", what);
  va_start (args, what);
  while ((name = va_arg (args, const char *)) != NULL)
    wattle_json_pair_string (&json, name, va_arg (args, const char *));
  va_end (args);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
}

/* How the connection to somebody is. */
void
wattle_call_say_state (WattleCall *call, const char *peer, guint generation, WattleCallPeerState state,
                       const char *sentence)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", "state");
  wattle_json_pair_string (&json, "peer", peer);
  wattle_json_pair_integer (&json, "generation", generation);
  wattle_json_pair_string (&json, "state", wattle_call_peer_state_nick (state));
  wattle_json_pair_string (&json, "sentence", sentence);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
}

/* How a line fares. */
void
wattle_call_say_stats (WattleCall *call, WattleLine *line)
{
  WattleLineFigures figures;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  wattle_line_measure (line, &figures);
  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", "stats");
  wattle_json_pair_string (&json, "peer", wattle_line_peer (line));
  wattle_json_name (&json, "figures");
  wattle_json_begin_object (&json);
  wattle_json_pair_integer (&json, "generation", wattle_line_generation (line));
  wattle_json_pair_integer (&json, "round_trip", figures.round_trip);
  wattle_json_pair_integer (&json, "loss", figures.loss);
  wattle_json_pair_integer (&json, "loss_out", figures.loss_out);
  wattle_json_pair_integer (&json, "jitter", figures.jitter);
  wattle_json_pair_integer (&json, "asked", figures.asked);
  wattle_json_pair_integer (&json, "repaired", figures.repaired);
  wattle_json_pair_integer (&json, "kilobits_in", figures.kilobits_in);
  wattle_json_pair_integer (&json, "kilobits_out", figures.kilobits_out);
  wattle_json_pair_integer (&json, "target", figures.target);
  wattle_json_pair_integer (&json, "frames", figures.frames);
  wattle_json_pair_integer (&json, "frames_a_second", figures.frames_a_second);
  wattle_json_pair_integer (&json, "width", figures.width);
  wattle_json_pair_integer (&json, "height", figures.height);
  wattle_json_pair_integer (&json, "frozen", figures.frozen);
  wattle_json_pair_integer (&json, "freezes", figures.freezes);
  wattle_json_pair_integer (&json, "audio_packets", figures.audio_packets);
  wattle_json_pair_integer (&json, "concealed", figures.concealed);
  wattle_json_pair_string (&json, "path", figures.path);
  wattle_json_pair_string (&json, "quality", figures.quality);
  wattle_json_end_object (&json);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
}

/* What there is to see, hear and speak with; a camera that was wanted may be there now. */
void
wattle_call_say_devices (gpointer data)
{
  WattleCall *call = data;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", "devices");
  wattle_json_name (&json, "devices");
  wattle_devices_put (call->devices, &json);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
  if (call->camera != NULL)
    wattle_camera_seek (call->camera);
}
