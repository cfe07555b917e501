/* source.c: a device that gives pictures or sound, in a pipeline that goes with it
 *
 * A pipeline of its own, so that a device comes and goes without anything else noticing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/source.h"

#include <gst/app/gstappsink.h>

struct _WattleSource
{
  GstElement *pipeline;
  const WattleSourceEvents *events;
  gpointer data;
  guint watch;
};

static GstFlowReturn
sample_cb (GstAppSink *sink, gpointer data)
{
  WattleSource *self = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  self->events->sample (sample, self->data);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

static gboolean
bus_cb (GstBus *bus, GstMessage *message, gpointer data)
{
  WattleSource *self = data;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (self->pipeline));
      return G_SOURCE_CONTINUE;
    case GST_MESSAGE_ERROR:
    case GST_MESSAGE_EOS:
      self->watch = 0;
      self->events->broken (self->data);
      return G_SOURCE_REMOVE;
    default:
      return G_SOURCE_CONTINUE;
    }
}

/**
 * wattle_source_new:
 * @clock: of all pipelines
 * @base_time: of all pipelines
 * @head: (nullable) (transfer floating): the device; %NULL when @chain begins with one
 * @chain: what comes after it; its first element is named "head", and its end gives what is wanted
 * @events: what the source calls
 * @data: for @events
 *
 * Returns: (transfer full) (nullable): a running source; %NULL when the library lacks a part of it
 */
WattleSource *
wattle_source_new (GstClock *clock, GstClockTime base_time, GstElement *head, const char *chain,
                   const WattleSourceEvents *events, gpointer data)
{
  static GstAppSinkCallbacks callbacks = { .new_sample = sample_cb };
  g_autofree char *text = g_strconcat (chain, " ! appsink name=out sync=false max-buffers=3 drop=true", NULL);
  g_autoptr (GstElement) first = NULL;
  g_autoptr (GstElement) out = NULL;
  g_autoptr (GstBus) bus = NULL;
  GstElement *pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, NULL);
  WattleSource *self = NULL;

  if (pipeline == NULL)
    {
      if (head != NULL)
        gst_object_unref (gst_object_ref_sink (head));
      return NULL;
    }
  self = g_new0 (WattleSource, 1);
  self->pipeline = gst_object_ref_sink (pipeline);
  self->events = events;
  self->data = data;
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
  gst_element_set_start_time (pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (pipeline, base_time);
  if (head != NULL)
    {
      first = gst_bin_get_by_name (GST_BIN (pipeline), "head");
      gst_bin_add (GST_BIN (pipeline), head);
      gst_element_link (head, first);
    }
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  gst_app_sink_set_callbacks (GST_APP_SINK (out), &callbacks, self, NULL);
  bus = gst_pipeline_get_bus (GST_PIPELINE (pipeline));
  self->watch = gst_bus_add_watch (bus, bus_cb, self);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return self;
}

/**
 * wattle_source_free:
 * @self: a source; the device is released when this returns
 */
void
wattle_source_free (WattleSource *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
  g_free (self);
}
