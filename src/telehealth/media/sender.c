/* sender.c: own picture or sound, encoded once for everybody
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/sender.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

struct _WattleSender
{
  GstElement *pipeline;
  GstElement *in;
  GstElement *out;
  gboolean video;
  const WattleSenderEvents *events;
  gpointer data;
  guint watch;
};

static GstFlowReturn
packet_cb (GstAppSink *sink, gpointer data)
{
  WattleSender *self = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);
  GstBufferList *list = NULL;

  if (sample == NULL)
    return GST_FLOW_EOS;
  list = gst_sample_get_buffer_list (sample);
  for (guint i = 0; list != NULL && i < gst_buffer_list_length (list); i++)
    self->events->packet (self->video, gst_buffer_list_get (list, i), self->data);
  if (list == NULL)
    self->events->packet (self->video, gst_sample_get_buffer (sample), self->data);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

static GstPadProbeReturn
coded_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  WattleSender *self = data;

  self->events->coded (self->video, GST_PAD_PROBE_INFO_BUFFER (info), self->data);
  return GST_PAD_PROBE_OK;
}

/**
 * wattle_sender_new:
 * @clock: of all pipelines
 * @base_time: of all pipelines
 * @video: whether it is the picture
 * @chain: from raw to packets; the encoder is named "coder"
 * @events: what the sender calls
 * @data: for @events
 *
 * Returns: (transfer full) (nullable): a running sender; %NULL when the library lacks a part of it
 */
WattleSender *
wattle_sender_new (GstClock *clock, GstClockTime base_time, gboolean video, const char *chain,
                   const WattleSenderEvents *events, gpointer data)
{
  static GstAppSinkCallbacks callbacks = { .new_sample = packet_cb };
  g_autofree char *text = g_strconcat ("appsrc name=in is-live=true format=time max-buffers=",
                                       video ? "2" : "50", " leaky-type=downstream ! ", chain,
                                       " ! appsink name=out sync=false buffer-list=true", NULL);
  GstElement *pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, NULL);
  g_autoptr (GstElement) coder = NULL;
  g_autoptr (GstPad) coded = NULL;
  WattleSender *self = NULL;

  if (pipeline == NULL)
    return NULL;
  self = g_new0 (WattleSender, 1);
  self->pipeline = gst_object_ref_sink (pipeline);
  self->video = video;
  self->events = events;
  self->data = data;
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
  gst_element_set_start_time (pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (pipeline, base_time);
  self->in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  self->out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  gst_app_sink_set_callbacks (GST_APP_SINK (self->out), &callbacks, self, NULL);
  coder = gst_bin_get_by_name (GST_BIN (pipeline), "coder");
  coded = gst_element_get_static_pad (coder, "src");
  gst_pad_add_probe (coded, GST_PAD_PROBE_TYPE_BUFFER, coded_cb, self, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return self;
}

/**
 * wattle_sender_free:
 * @self: a sender
 */
void
wattle_sender_free (WattleSender *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->in);
  gst_object_unref (self->out);
  gst_object_unref (self->pipeline);
  g_free (self);
}

/**
 * wattle_sender_push:
 * @self: a sender
 * @sample: (transfer none): raw
 *
 * Any thread. When it comes too fast the oldest is left out.
 */
void
wattle_sender_push (WattleSender *self, GstSample *sample)
{
  gst_app_src_push_sample (GST_APP_SRC (self->in), sample);
}

/**
 * wattle_sender_element:
 * @self: a sender
 * @name: of a part of its chain
 *
 * Returns: (transfer full) (nullable): that part
 */
GstElement *
wattle_sender_element (WattleSender *self, const char *name)
{
  return gst_bin_get_by_name (GST_BIN (self->pipeline), name);
}

/**
 * wattle_sender_keyframe:
 * @self: a sender of pictures
 *
 * The next picture can be understood without those before it.
 */
void
wattle_sender_keyframe (WattleSender *self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->out, "sink");

  gst_pad_push_event (pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

/**
 * wattle_sender_watch:
 * @self: a sender
 * @function: called on the main thread with the messages of its chain
 * @data: for @function
 */
void
wattle_sender_watch (WattleSender *self, GstBusFunc function, gpointer data)
{
  g_autoptr (GstBus) bus = gst_pipeline_get_bus (GST_PIPELINE (self->pipeline));

  self->watch = gst_bus_add_watch (bus, function, data);
}
