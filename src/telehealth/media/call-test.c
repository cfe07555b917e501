/* call-test.c: the test of the network: a line to oneself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/call-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#define TEST_MS 9000

static void
end_test (WattleCall *call, gboolean works, const char *sentence)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter json = wattle_json_writer (text);

  for (guint i = 0; i < 2; i++)
    {
      wattle_line_close (call->test[i]);
      g_clear_pointer (&call->test[i], wattle_line_unref);
    }
  wattle_json_begin_object (&json);
  wattle_json_pair_string (&json, "is", "network");
  wattle_json_pair_boolean (&json, "works", works);
  wattle_json_pair_integer (&json, "milliseconds", (g_get_monotonic_time () - call->test_begun) / 1000);
  wattle_json_pair_string (&json, "sentence", sentence);
  wattle_json_end_object (&json);
  wattle_link_send (call->link, text->str, NULL, -1);
}

static WattleLine *
other_test (WattleCall *call, WattleLine *line)
{
  return line == call->test[0] ? call->test[1] : call->test[0];
}

static void
test_description_cb (WattleLine *line, const char *kind, const char *sdp, gpointer data)
{
  wattle_line_take_description (other_test (data, line), kind, sdp, strlen (sdp));
}

static void
test_candidate_cb (WattleLine *line, guint mline, const char *candidate, gpointer data)
{
  wattle_line_take_candidate (other_test (data, line), mline, candidate);
}

static gboolean
test_verified_cb (gpointer data)
{
  WattleCall *call = data;

  if (call->test[0] != NULL)
    end_test (call, TRUE, NULL);
  return G_SOURCE_REMOVE;
}

static void
test_state_cb (WattleLine *line, WattleCallPeerState state, const char *sentence, gpointer data)
{
  WattleCall *call = data;

  if (state == WATTLE_CALL_PEER_VERIFIED && wattle_line_state (other_test (call, line)) == state)
    g_idle_add (test_verified_cb, call);
}

static void
test_text_cb (WattleLine *line, GBytes *bytes, gpointer data)
{
}

static void
test_nothing_cb (WattleLine *line, gpointer data)
{
}

static void
test_picture_cb (WattleLine *line, GstSample *sample, gpointer data)
{
}

static void
test_sound_cb (WattleLine *line, GstBuffer *buffer, gpointer data)
{
}

static void
test_coded_cb (WattleLine *line, gboolean video, GstBuffer *buffer, gpointer data)
{
}

static const WattleLineEvents test_events = {
  test_description_cb, test_candidate_cb, test_state_cb, test_text_cb,    test_nothing_cb,
  test_picture_cb,     test_sound_cb,     test_coded_cb, test_nothing_cb, test_nothing_cb,
};

/* A few times a second. */
void
wattle_call_tick_test (WattleCall *call, gint64 now)
{
  if (call->test[0] == NULL)
    return;
  wattle_line_tick (call->test[0], now);
  wattle_line_tick (call->test[1], now);
  if (now - call->test_begun > TEST_MS * 1000)
    end_test (call, FALSE,
              call->lines.turns != NULL && call->lines.turns[0] != NULL
                ? _("No picture and sound come through: this network lets nothing reach the relay of the practice. Try "
                    "another network, or the telephone.")
                : _("No picture and sound come through on this computer."));
}

/* Unless one runs already. */
void
wattle_call_begin_test (WattleCall *call)
{
  static WattleLineSettings settings;

  if (call->test[0] != NULL)
    return;
  settings = call->lines;
  settings.relay_only = settings.turns != NULL && settings.turns[0] != NULL;
  call->test_begun = g_get_monotonic_time ();
  call->test[1] = wattle_line_new ("test", 1, FALSE, &settings, &test_events, call);
  call->test[0] = wattle_line_new ("test", 1, TRUE, &settings, &test_events, call);
}
