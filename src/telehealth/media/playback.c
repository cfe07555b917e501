/* playback.c: what the others say, mixed and played
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/playback.h"

#include <glib/gi18n-lib.h>
#include <gst/app/gstappsrc.h>

/* What is usual: as much as the jitter buffers of the lines wait, and a little for decoding. */
#define LATENCY (100 * GST_MSECOND)
#define TONE_MS 900
#define SOUND "audio/x-raw,format=S16LE,rate=48000,channels=2,layout=interleaved"

struct _WattlePlayback
{
  GstClock *clock;
  GstClockTime base_time;
  WattleDevices *devices;
  void (*trouble) (const char *sentence, gpointer data);
  gpointer data;
  char *device;
  gint64 latency;
  gboolean playing;
  GMutex mutex; /* for what follows */
  GstElement *pipeline;
  GHashTable *inputs; /* who: GstElement, an appsrc */
  guint watch;
  guint broken; /* source: the speaker is given up */
  guint tone;
};

static void open_speaker (WattlePlayback *self, const char *device);

static gboolean
broken_cb (gpointer data)
{
  WattlePlayback *self = data;

  self->broken = 0;
  open_speaker (self, "none");
  self->trouble (_("The speaker does not work. Choose another one; the others hear you."), self->data);
  return G_SOURCE_REMOVE;
}

static gboolean
bus_cb (GstBus *bus, GstMessage *message, gpointer data)
{
  WattlePlayback *self = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY)
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && self->broken == 0)
    self->broken = g_idle_add (broken_cb, self);
  return G_SOURCE_CONTINUE;
}

static void
add_input (WattlePlayback *self, gpointer who)
{
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  g_autoptr (GstElement) mixer = gst_bin_get_by_name (GST_BIN (self->pipeline), "mix");
  g_autoptr (GstCaps) caps = gst_caps_from_string (SOUND);

  g_object_set (source, "caps", caps, "is-live", TRUE, "format", GST_FORMAT_TIME, "min-latency", self->latency,
                "max-time", (guint64) GST_SECOND, "leaky-type", GST_APP_LEAKY_TYPE_DOWNSTREAM, NULL);
  gst_bin_add (GST_BIN (self->pipeline), source);
  gst_element_link (source, mixer);
  gst_element_sync_state_with_parent (source);
  g_hash_table_replace (self->inputs, who, source);
}

static GstElement *
make_speaker (WattlePlayback *self)
{
  GstElement *sink = NULL;

  self->playing = FALSE;
  if (g_strcmp0 (self->device, "none") != 0)
    sink = wattle_devices_make (self->devices, "speaker", self->device);
  if (sink != NULL)
    {
      self->playing = TRUE;
      return sink;
    }
  sink = gst_element_factory_make ("fakesink", NULL);
  g_object_set (sink, "sync", TRUE, NULL);
  return sink;
}

static void
close_speaker (WattlePlayback *self)
{
  if (self->pipeline == NULL)
    return;
  g_clear_handle_id (&self->watch, g_source_remove);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_pointer (&self->pipeline, gst_object_unref);
}

static void
open_speaker (WattlePlayback *self, const char *device)
{
  g_autofree char *chosen = g_strdup (device);
  g_autofree char *chain = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstElement) end = NULL;
  g_autoptr (GList) who = g_hash_table_get_keys (self->inputs);
  GstElement *sink = NULL;

  close_speaker (self);
  g_free (self->device);
  self->device = g_steal_pointer (&chosen);
  /* The silence keeps the speaker running while nobody is there. */
  chain = g_strdup_printf ("audiotestsrc is-live=true wave=silence timestamp-offset=%" G_GUINT64_FORMAT " ! " SOUND
                           " ! audiomixer name=mix latency=20000000 ! " SOUND
                           " ! webrtcechoprobe name=" WATTLE_PLAYBACK_PROBE " ! audioconvert ! audioresample name=end",
                           gst_clock_get_time (self->clock) - self->base_time);
  self->pipeline = gst_parse_launch (chain, NULL);
  gst_object_ref_sink (self->pipeline);
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), self->clock);
  gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->pipeline, self->base_time);
  sink = make_speaker (self);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  end = gst_bin_get_by_name (GST_BIN (self->pipeline), "end");
  gst_element_link (end, sink);
  for (GList *at = who; at != NULL; at = at->next)
    add_input (self, at->data);
  bus = gst_pipeline_get_bus (GST_PIPELINE (self->pipeline));
  self->watch = gst_bus_add_watch (bus, bus_cb, self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

static gboolean
tone_ended_cb (gpointer data)
{
  WattlePlayback *self = data;

  self->tone = 0;
  wattle_playback_remove (self, &self->tone);
  return G_SOURCE_REMOVE;
}

/* A second of two soft notes, so that both ends of the hearing range get one. */
static GstBuffer *
make_tone (GstClockTime when)
{
  gsize frames = 48 * TONE_MS;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, frames * 4, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < frames; i++)
    {
      guint period = i < frames / 2 ? 110 : 55;
      guint at = (guint) (i % period);
      /* A triangle; loudness rises and falls. */
      double wave = at < period / 2 ? 4.0 * at / period - 1 : 3 - 4.0 * at / period;
      double loud = MIN (1.0, (double) MIN (i, frames - i) / 2400);
      gint16 value = (gint16) (6000 * wave * loud);

      ((gint16 *) (gpointer) map.data)[2 * i] = value;
      ((gint16 *) (gpointer) map.data)[2 * i + 1] = value;
    }
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = when;
  GST_BUFFER_DURATION (buffer) = TONE_MS * GST_MSECOND;
  return buffer;
}

/**
 * wattle_playback_new:
 * @clock: of all pipelines
 * @base_time: of all pipelines
 * @devices: where speakers are looked for
 * @trouble: called on the main thread when the speaker breaks
 * @data: for @trouble
 *
 * Returns: (transfer full): a mixer that plays nowhere yet
 */
WattlePlayback *
wattle_playback_new (GstClock *clock, GstClockTime base_time, WattleDevices *devices,
                     void (*trouble) (const char *sentence, gpointer data), gpointer data)
{
  WattlePlayback *self = g_new0 (WattlePlayback, 1);

  self->latency = LATENCY;
  self->clock = clock;
  self->base_time = base_time;
  self->devices = devices;
  self->trouble = trouble;
  self->data = data;
  self->inputs = g_hash_table_new (NULL, NULL);
  g_mutex_init (&self->mutex);
  return self;
}

/**
 * wattle_playback_free:
 * @self: a mixer
 */
void
wattle_playback_free (WattlePlayback *self)
{
  g_clear_handle_id (&self->tone, g_source_remove);
  g_clear_handle_id (&self->broken, g_source_remove);
  close_speaker (self);
  g_hash_table_unref (self->inputs);
  g_mutex_clear (&self->mutex);
  g_free (self->device);
  g_free (self);
}

/**
 * wattle_playback_use:
 * @self: a mixer
 * @device: (nullable): "speaker:ID", "none", or %NULL for the default
 */
void
wattle_playback_use (WattlePlayback *self, const char *device)
{
  open_speaker (self, device);
  self->trouble (self->playing || g_strcmp0 (device, "none") == 0
                   ? NULL
                   : _("There is no speaker. Connect one or a headset; the others hear you."),
                 self->data);
}

/**
 * wattle_playback_echoes:
 * @self: a mixer
 *
 * Returns: whether a real speaker plays, which a microphone may hear
 */
gboolean
wattle_playback_echoes (WattlePlayback *self)
{
  return self->playing;
}

/**
 * wattle_playback_add:
 * @self: a mixer
 * @who: whose sound, from now on
 */
void
wattle_playback_add (WattlePlayback *self, gpointer who)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->pipeline != NULL && !g_hash_table_contains (self->inputs, who))
    add_input (self, who);
}

/**
 * wattle_playback_remove:
 * @self: a mixer
 * @who: whose sound ends
 */
void
wattle_playback_remove (WattlePlayback *self, gpointer who)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GstElement *source = g_hash_table_lookup (self->inputs, who);
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstPad) mixed = NULL;
  g_autoptr (GstElement) mixer = NULL;

  if (source == NULL)
    return;
  g_hash_table_remove (self->inputs, who);
  pad = gst_element_get_static_pad (source, "src");
  mixed = gst_pad_get_peer (pad);
  mixer = gst_bin_get_by_name (GST_BIN (self->pipeline), "mix");
  gst_element_set_state (source, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), source);
  if (mixed != NULL)
    gst_element_release_request_pad (mixer, mixed);
}

/**
 * wattle_playback_set_latency:
 * @self: a mixer
 * @milliseconds: how long the lines wait for what is late
 *
 * So that what they waited for is still played, and together with its picture.
 */
void
wattle_playback_set_latency (WattlePlayback *self, guint milliseconds)
{
  gint64 latency = MAX ((gint64) LATENCY, (gint64) (milliseconds + 40) * GST_MSECOND);
  g_autoptr (GMutexLocker) locker = NULL;
  GHashTableIter iter;
  gpointer source = NULL;

  if (latency == self->latency)
    return;
  locker = g_mutex_locker_new (&self->mutex);
  self->latency = latency;
  g_hash_table_iter_init (&iter, self->inputs);
  while (g_hash_table_iter_next (&iter, NULL, &source))
    g_object_set (source, "min-latency", latency, NULL);
}

/**
 * wattle_playback_push:
 * @self: a mixer
 * @who: whose sound
 * @sound: (transfer none): 48 kHz, two channels
 *
 * Any thread.
 */
void
wattle_playback_push (WattlePlayback *self, gpointer who, GstBuffer *sound)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GstElement *source = g_hash_table_lookup (self->inputs, who);

  if (source != NULL)
    gst_app_src_push_buffer (GST_APP_SRC (source), gst_buffer_ref (sound));
}

/**
 * wattle_playback_tone:
 * @self: a mixer
 *
 * Plays a short tone.
 */
void
wattle_playback_tone (WattlePlayback *self)
{
  g_autoptr (GstBuffer) tone = make_tone (gst_clock_get_time (self->clock) - self->base_time);

  if (self->tone != 0)
    return;
  wattle_playback_add (self, &self->tone);
  wattle_playback_push (self, &self->tone, tone);
  self->tone = g_timeout_add (TONE_MS + 600, tone_ended_cb, self);
}
