/* two.c: two engines that call each other inside a test
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "two.h"

#include <string.h>

#define TRIES 6 /* lines that are begun before the machine is called too slow */

const WattleCallSettings test_settings = {
  .camera = "test",
  .microphone = "test",
  .speaker = "none",
  .camera_on = TRUE,
  .microphone_on = TRUE,
  .width = 320,
  .height = 180,
};

gboolean
test_late_cb (gpointer condition)
{
  g_error ("waited two minutes for: %s", (const char *) condition);
  return G_SOURCE_REMOVE;
}

/* Its place among the others; their number when it is none of them. */
static guint
place_of (TestSide *self, const char *name)
{
  guint i = 0;

  while (i < self->n_others && !g_str_equal (self->others[i]->name, name))
    i++;
  return i;
}

static TestSide *
find (TestSide *self, const char *name)
{
  guint place = place_of (self, name);

  return place < self->n_others ? self->others[place] : NULL;
}

static void
forge (char *sdp)
{
  for (char *at = strstr (sdp, "a=fingerprint:sha-256 "); at != NULL; at = strstr (at + 1, "a=fingerprint:sha-256 "))
    {
      char *digit = at + strlen ("a=fingerprint:sha-256 ");

      *digit = *digit == '0' ? '1' : '0';
    }
}

static void
description_cb (WattleCallEngine *engine, const char *peer, guint generation, const char *kind, const char *sdp,
                TestSide *self)
{
  TestSide *other = find (self, peer);
  g_autofree char *text = g_strdup (sdp);
  g_autoptr (GError) error = NULL;

  if (g_getenv ("WATTLE_TEST_SDP") != NULL)
    g_printerr ("%s -> %s %s\n%s\n", self->name, peer, kind, sdp);
  if (other == NULL || self->hold)
    return;
  if (self->forge)
    forge (text);
  wattle_call_engine_take_description (other->engine, self->name, generation, kind, text, &error);
  g_assert_no_error (error);
}

static void
candidate_cb (WattleCallEngine *engine, const char *peer, guint generation, guint mline, const char *text,
              TestSide *self)
{
  TestSide *other = find (self, peer);
  g_autoptr (GError) error = NULL;

  if (strstr (text, " typ relay") != NULL)
    self->relayed++;
  else if (*text != '\0')
    self->direct++;
  if (other == NULL || self->hold)
    return;
  wattle_call_engine_take_candidate (other->engine, self->name, generation, mline, text, &error);
  g_assert_no_error (error);
}

static void
state_cb (WattleCallEngine *engine, const char *peer, guint generation, int state, const char *sentence, TestSide *self)
{
  guint place = place_of (self, peer);

  g_test_message ("%s: %s %u is %s %s", self->name, peer, generation,
                  wattle_call_peer_state_nick ((WattleCallPeerState) state), sentence != NULL ? sentence : "");
  self->state = (WattleCallPeerState) state;
  self->generation = generation;
  if (place < self->n_others && generation >= self->generation_of[place])
    {
      self->state_of[place] = (WattleCallPeerState) state;
      self->generation_of[place] = generation;
    }
  if (sentence != NULL)
    {
      g_free (self->sentence);
      self->sentence = g_strdup (sentence);
    }
}

static guint
brightness_of (WattleVideoFrame *frame)
{
  const guint8 *pixels = g_bytes_get_data (frame->pixels, NULL);
  guint brightest = 0;

  for (guint y = 0; y < frame->height; y += 4)
    for (guint x = 0; x < frame->width; x += 4)
      brightest = MAX (brightest, pixels[y * frame->stride + 4 * x + 1]);
  return brightest;
}

static guint
detail_of (WattleVideoFrame *frame)
{
  const guint8 *pixels = g_bytes_get_data (frame->pixels, NULL);
  guint unlike = 0;
  guint n = 0;

  for (guint y = 0; y < frame->height; y += 2)
    for (guint x = 0; x + 1 < frame->width; x++, n++)
      unlike += ABS (pixels[y * frame->stride + 4 * x + 1] - pixels[y * frame->stride + 4 * (x + 1) + 1]) > 3 ? 1 : 0;
  return 100 * unlike / MAX (n, 1);
}

static void
frame_cb (WattleCallEngine *engine, const char *peer, WattleVideoFrame *frame, TestSide *self)
{
  gint64 now = g_get_monotonic_time ();

  if (*peer == '\0')
    {
      self->own_frames++;
      self->own_brightness = brightness_of (frame);
      return;
    }
  if (find (self, peer) != NULL)
    self->frames_of[place_of (self, peer)]++;
  self->frames++;
  self->width = frame->width;
  self->height = frame->height;
  self->brightness = brightness_of (frame);
  self->detail = MAX (self->detail, detail_of (frame));
  if (self->last_frame > 0)
    self->longest_gap = MAX (self->longest_gap, now - self->last_frame);
  self->last_frame = now;
}

static void
level_cb (WattleCallEngine *engine, double level, TestSide *self)
{
  self->levels++;
  self->level = MAX (self->level, level);
}

static void
stats_cb (WattleCallEngine *engine, const char *peer, GVariant *figures, TestSide *self)
{
  GVariantIter iter;
  const char *name = NULL;
  GVariant *value = NULL;

  g_variant_iter_init (&iter, figures);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
      g_hash_table_replace (self->figures, g_strdup (name), GINT_TO_POINTER ((int) g_variant_get_int64 (value)));
    else if (g_str_equal (name, "path"))
      {
        g_free (self->path);
        self->path = g_variant_dup_string (value, NULL);
      }
}

static void
text_cb (WattleCallEngine *engine, const char *peer, GBytes *text, TestSide *self)
{
  g_string_append_len (self->texts, g_bytes_get_data (text, NULL), (gssize) g_bytes_get_size (text));
  g_string_append_c (self->texts, '|');
}

static void
recording_cb (WattleCallEngine *engine, GBytes *chunk, gboolean last, TestSide *self)
{
  g_byte_array_append (self->recording, g_bytes_get_data (chunk, NULL), (guint) g_bytes_get_size (chunk));
  self->recording_ended = last;
}

static void
trouble_cb (WattleCallEngine *engine, const char *kind, const char *sentence, TestSide *self)
{
  if (sentence == NULL)
    return;
  g_test_message ("%s: %s: %s", self->name, kind, sentence);
  g_free (self->trouble);
  self->trouble = g_strdup (sentence);
}

static void
network_cb (WattleCallEngine *engine, gboolean works, guint milliseconds, const char *sentence, TestSide *self)
{
  self->network_told = TRUE;
  self->network_works = works;
  self->network_ms = milliseconds;
}

static void
devices_cb (WattleCallEngine *engine, TestSide *self)
{
  self->devices++;
}

static void
died_cb (WattleCallEngine *engine, const char *sentence, TestSide *self)
{
  g_test_message ("%s: died: %s", self->name, sentence);
  g_free (self->died);
  self->died = g_strdup (sentence);
}

TestSide *
test_side_new (const char *name)
{
  TestSide *self = g_new0 (TestSide, 1);

  self->engine = wattle_call_engine_new (NULL);
  self->name = name;
  self->texts = g_string_new (NULL);
  self->recording = g_byte_array_new ();
  self->figures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect (self->engine, "description", G_CALLBACK (description_cb), self);
  g_signal_connect (self->engine, "candidate", G_CALLBACK (candidate_cb), self);
  g_signal_connect (self->engine, "peer-state", G_CALLBACK (state_cb), self);
  g_signal_connect (self->engine, "frame", G_CALLBACK (frame_cb), self);
  g_signal_connect (self->engine, "level", G_CALLBACK (level_cb), self);
  g_signal_connect (self->engine, "stats", G_CALLBACK (stats_cb), self);
  g_signal_connect (self->engine, "text", G_CALLBACK (text_cb), self);
  g_signal_connect (self->engine, "recording", G_CALLBACK (recording_cb), self);
  g_signal_connect (self->engine, "trouble", G_CALLBACK (trouble_cb), self);
  g_signal_connect (self->engine, "network", G_CALLBACK (network_cb), self);
  g_signal_connect (self->engine, "devices", G_CALLBACK (devices_cb), self);
  g_signal_connect (self->engine, "died", G_CALLBACK (died_cb), self);
  return self;
}

void
test_side_free (TestSide *self)
{
  g_signal_handlers_disconnect_by_data (self->engine, self);
  wattle_call_engine_stop (self->engine);
  g_object_unref (self->engine);
  g_string_free (self->texts, TRUE);
  g_byte_array_unref (self->recording);
  g_hash_table_unref (self->figures);
  g_free (self->sentence);
  g_free (self->path);
  g_free (self->died);
  g_free (self->trouble);
  g_free (self);
}

void
test_side_start (TestSide *self, const WattleCallSettings *settings)
{
  g_autoptr (GError) error = NULL;

  wattle_call_engine_start (self->engine, settings, &error);
  g_assert_no_error (error);
}

void
test_join (TestSide *one, TestSide *other)
{
  one->others[one->n_others++] = other;
  other->others[other->n_others++] = one;
}

static gboolean
is_at (TestSide *self, TestSide *other, guint generation, WattleCallPeerState state)
{
  guint place = place_of (self, other->name);

  return self->generation_of[place] == generation && self->state_of[place] == state;
}

static gboolean
has_failed (TestSide *one, TestSide *other, guint generation)
{
  return is_at (one, other, generation, WATTLE_CALL_PEER_FAILED)
         || is_at (other, one, generation, WATTLE_CALL_PEER_FAILED);
}

/* A new generation of their line: no generation has been before. */
static guint
begin_line (TestSide *offerer, TestSide *answerer)
{
  static guint generation = 0;
  g_autoptr (GError) error = NULL;

  generation++;
  wattle_call_engine_connect_peer (answerer->engine, offerer->name, generation, FALSE, &error);
  g_assert_no_error (error);
  wattle_call_engine_connect_peer (offerer->engine, answerer->name, generation, TRUE, &error);
  g_assert_no_error (error);
  return generation;
}

/**
 * test_meet:
 * @offerer: one side
 * @answerer: the other
 *
 * Connects them until each knows the other. A line that does not stand after twenty seconds, as on a busy machine, is
 * followed by the next, which is what a call does.
 *
 * Returns: the generation of the line
 */
guint
test_meet (TestSide *offerer, TestSide *answerer)
{
  for (guint i = 0; i < TRIES; i++)
    {
      guint generation = begin_line (offerer, answerer);

      test_wait (has_failed (offerer, answerer, generation)
                 || (is_at (offerer, answerer, generation, WATTLE_CALL_PEER_VERIFIED)
                     && is_at (answerer, offerer, generation, WATTLE_CALL_PEER_VERIFIED)));
      if (!has_failed (offerer, answerer, generation))
        return generation;
    }
  g_error ("%s and %s never met", offerer->name, answerer->name);
}

/**
 * test_deceive:
 * @offerer: one side
 * @answerer: the other; one of the two forges
 *
 * Connects them until the honest one has noticed.
 *
 * Returns: the generation of the line
 */
guint
test_deceive (TestSide *offerer, TestSide *answerer)
{
  TestSide *deceived = offerer->forge ? answerer : offerer, *forger = offerer->forge ? offerer : answerer;

  for (guint i = 0; i < TRIES; i++)
    {
      guint generation = begin_line (offerer, answerer);

      test_wait (is_at (deceived, forger, generation, WATTLE_CALL_PEER_FORGED)
                 || is_at (deceived, forger, generation, WATTLE_CALL_PEER_FAILED));
      if (is_at (deceived, forger, generation, WATTLE_CALL_PEER_FORGED))
        return generation;
    }
  g_error ("%s never noticed that %s forges", deceived->name, forger->name);
}

gint64
test_figure (TestSide *self, const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (self->figures, name));
}
