/* player.c: shows a recording of a call, as it is handed over bit by bit
 *
 * Pictures go to rings as those of a call do, under the names "t1" to "t4"; sound goes to the speaker of the call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/player.h"

#include <string.h>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include "telehealth/media/ring.h"
#include "telehealth/media/webm.h"

/* What is read ahead. */
#define AHEAD_BYTES (1024 * 1024)
#define TELL_MS 250
#define PICTURES (WATTLE_WEBM_TRACKS / 2)
#define SOUND "audio/x-raw,format=S16LE,rate=48000,channels=2,layout=interleaved"

typedef struct
{
  WattlePlayer *player;
  guint number;
} Track;

struct _WattlePlayer
{
  GstClock *clock;
  GstClockTime base_time;
  WattlePlayback *playback;
  WattleLink *link;
  guint first_ring;
  WattleRing *rings[PICTURES];
  Track tracks[WATTLE_WEBM_TRACKS];
  GstElement *pipeline;
  GstElement *source;
  guint watch;
  guint teller;
  gint64 position; /* atomic: milliseconds */
  gint asked;      /* atomic: for more bytes */
};

static void
say (WattlePlayer *self, const char *what)
{
  gint64 position = __atomic_load_n (&self->position, __ATOMIC_RELAXED);
  g_autofree char *text =
    g_strdup_printf ("{\"is\":\"play\",\"what\":\"%s\",\"milliseconds\":%" G_GINT64_FORMAT "}", what, position);

  wattle_link_send (self->link, text, NULL, -1);
}

static void
need_cb (GstAppSrc *source, guint length, gpointer data)
{
  WattlePlayer *self = data;

  if (g_atomic_int_compare_and_exchange (&self->asked, FALSE, TRUE))
    say (self, "more");
}

static void
note_position (WattlePlayer *self, GstBuffer *buffer)
{
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    __atomic_store_n (&self->position, (gint64) (GST_BUFFER_PTS (buffer) / GST_MSECOND), __ATOMIC_RELAXED);
}

static GstFlowReturn
picture_cb (GstAppSink *sink, gpointer data)
{
  Track *track = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  note_position (track->player, gst_sample_get_buffer (sample));
  wattle_ring_put (track->player->rings[track->number / 2], sample, 0);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

/* It comes when it is due, and is played then. */
static GstFlowReturn
sound_cb (GstAppSink *sink, gpointer data)
{
  Track *track = data;
  WattlePlayer *self = track->player;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstBuffer *buffer = NULL;

  if (sample == NULL)
    return GST_FLOW_EOS;
  note_position (self, gst_sample_get_buffer (sample));
  buffer = gst_buffer_copy (gst_sample_get_buffer (sample));
  GST_BUFFER_PTS (buffer) = gst_clock_get_time (self->clock) - self->base_time;
  wattle_playback_push (self->playback, track, buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

/* The number of a track from the name of its pad, "video_0" being the first picture; -1 for what is none. */
static int
track_of (GstPad *pad)
{
  g_autofree char *name = gst_pad_get_name (pad);
  gboolean video = g_str_has_prefix (name, "video_");
  guint64 number = 0;

  if ((!video && !g_str_has_prefix (name, "audio_"))
      || !g_ascii_string_to_unsigned (name + strlen ("video_"), 10, 0, PICTURES - 1, &number, NULL))
    return -1;
  return (int) number * 2 + (video ? 0 : 1);
}

static void
link_chain (WattlePlayer *self, GstPad *pad, const char *text, GstAppSinkCallbacks *callbacks, Track *track)
{
  g_autoptr (GError) error = NULL;
  GstElement *chain = gst_parse_bin_from_description (text, TRUE, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) into = NULL;

  if (chain == NULL)
    return;
  sink = gst_bin_get_by_name (GST_BIN (chain), "sink");
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), callbacks, track, NULL);
  gst_bin_add (GST_BIN (self->pipeline), chain);
  into = gst_element_get_static_pad (chain, "sink");
  gst_pad_link (pad, into);
  gst_element_sync_state_with_parent (chain);
}

static void
pad_cb (GstElement *demuxer, GstPad *pad, gpointer data)
{
  static GstAppSinkCallbacks pictures = { .new_sample = picture_cb };
  static GstAppSinkCallbacks sounds = { .new_sample = sound_cb };
  WattlePlayer *self = data;
  int number = track_of (pad);

  if (number < 0)
    return;
  if (number % 2 == 0)
    link_chain (self, pad, "queue ! vp8dec ! appsink name=sink async=false sync=true max-buffers=2", &pictures,
                &self->tracks[number]);
  else
    link_chain (self, pad,
                "queue ! opusdec ! audioconvert ! audioresample ! " SOUND
                " ! appsink name=sink async=false sync=true max-buffers=4",
                &sounds, &self->tracks[number]);
}

static gboolean
bus_cb (GstBus *bus, GstMessage *message, gpointer data)
{
  WattlePlayer *self = data;

  /* What cannot be read any more is the end. */
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS && GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return G_SOURCE_CONTINUE;
  say (self, "done");
  self->watch = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
tell_cb (gpointer data)
{
  say (data, "at");
  return G_SOURCE_CONTINUE;
}

static void
make_pipeline (WattlePlayer *self)
{
  GstAppSrcCallbacks callbacks = { .need_data = need_cb };
  GstElement *demuxer = gst_element_factory_make ("matroskademux", NULL);
  g_autoptr (GstBus) bus = NULL;

  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  self->source = gst_element_factory_make ("appsrc", NULL);
  if (demuxer == NULL || self->source == NULL)
    g_error ("the media library lacks an element");
  g_object_set (self->source, "format", GST_FORMAT_BYTES, "max-bytes", (guint64) AHEAD_BYTES, NULL);
  gst_app_src_set_callbacks (GST_APP_SRC (self->source), &callbacks, self, NULL);
  gst_bin_add_many (GST_BIN (self->pipeline), self->source, demuxer, NULL);
  gst_element_link (self->source, demuxer);
  g_signal_connect (demuxer, "pad-added", G_CALLBACK (pad_cb), self);
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), self->clock);
  bus = gst_pipeline_get_bus (GST_PIPELINE (self->pipeline));
  self->watch = gst_bus_add_watch (bus, bus_cb, self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

/**
 * wattle_player_new:
 * @clock: of all pipelines
 * @base_time: of all pipelines
 * @playback: what plays sound
 * @first_ring: the number of the first of four rings
 * @link: to the window, which is asked for more as it is needed
 *
 * Returns: (transfer full): a player that plays
 */
WattlePlayer *
wattle_player_new (
  GstClock *clock, GstClockTime base_time, WattlePlayback *playback, guint first_ring, WattleLink *link)
{
  WattlePlayer *self = g_new0 (WattlePlayer, 1);

  self->clock = clock;
  self->base_time = base_time;
  self->playback = playback;
  self->first_ring = first_ring;
  self->link = wattle_link_ref (link);
  for (guint i = 0; i < PICTURES; i++)
    {
      g_autofree char *name = g_strdup_printf ("t%u", i + 1);

      self->rings[i] = wattle_ring_new (name, first_ring + i, link);
    }
  for (guint i = 0; i < WATTLE_WEBM_TRACKS; i++)
    {
      self->tracks[i] = (Track){ self, i };
      if (i % 2 == 1)
        wattle_playback_add (playback, &self->tracks[i]);
    }
  self->teller = g_timeout_add (TELL_MS, tell_cb, self);
  make_pipeline (self);
  return self;
}

void
wattle_player_free (WattlePlayer *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_handle_id (&self->teller, g_source_remove);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
  for (guint i = 1; i < WATTLE_WEBM_TRACKS; i += 2)
    wattle_playback_remove (self->playback, &self->tracks[i]);
  for (guint i = 0; i < PICTURES; i++)
    wattle_ring_unref (self->rings[i]);
  wattle_link_unref (self->link);
  g_free (self);
}

/* More of the recording. */
void
wattle_player_push (WattlePlayer *self, GBytes *bytes)
{
  g_atomic_int_set (&self->asked, FALSE);
  gst_app_src_push_buffer (GST_APP_SRC (self->source), gst_buffer_new_wrapped_bytes (bytes));
}

/* There is no more. */
void
wattle_player_end (WattlePlayer *self)
{
  gst_app_src_end_of_stream (GST_APP_SRC (self->source));
}

void
wattle_player_pause (WattlePlayer *self, gboolean on)
{
  gst_element_set_state (self->pipeline, on ? GST_STATE_PAUSED : GST_STATE_PLAYING);
}

/* The window does not show a picture any more. */
void
wattle_player_release (WattlePlayer *self, guint ring, guint place)
{
  if (ring >= self->first_ring && ring < self->first_ring + PICTURES)
    wattle_ring_release (self->rings[ring - self->first_ring], place);
}

/* At what size the window draws the pictures of @track. */
void
wattle_player_set_size (WattlePlayer *self, const char *track, guint width, guint height)
{
  if (track[0] == 't' && track[1] >= '1' && track[1] < '1' + PICTURES && track[2] == '\0')
    wattle_ring_set_size (self->rings[track[1] - '1'], width, height);
}
