/* line-receive.c: what arrives on a line, decoded
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/line-private.h"

/* Pictures further apart than that are a freeze, beside three times the usual distance. */
#define FREEZE (150 * 1000)

static const char *const chains[] = {
  "rtpopusdepay name=in ! opusdec name=coder plc=true use-inband-fec=true ! audioconvert ! audioresample ! "
  "audio/x-raw,format=S16LE,rate=48000,channels=2,layout=interleaved ! appsink name=out sync=false max-buffers=50",
  "rtpvp8depay name=in request-keyframe=true wait-for-keyframe=true ! vp8dec threads=1 ! "
  "appsink name=out sync=false max-buffers=2 drop=true processing-deadline=0",
  "rtph264depay name=in request-keyframe=true wait-for-keyframe=true ! h264parse ! openh264dec ! "
  "appsink name=out sync=false max-buffers=2 drop=true processing-deadline=0",
};

static gboolean
first_picture_cb (gpointer data)
{
  WattleLine *self = data;

  if (!g_atomic_int_get (&self->closed))
    self->events->first_picture (self, self->data);
  return G_SOURCE_REMOVE;
}

/* The clock of pictures: W3C's rule of what a freeze is. */
static gboolean
count_picture (WattleLine *self, GstSample *sample)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GstStructure *format = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  gint64 now = g_get_monotonic_time ();
  gint64 gap = self->last_frame > 0 ? now - self->last_frame : 0;
  int width = 0;
  int height = 0;

  if (gst_structure_get_int (format, "width", &width) && gst_structure_get_int (format, "height", &height))
    {
      self->width = (guint64) width;
      self->height = (guint64) height;
    }
  if (self->interval > 0 && gap > MAX (3 * self->interval, self->interval + FREEZE))
    {
      self->frozen += gap - self->interval;
      self->freezes++;
    }
  else if (gap > 0)
    self->interval = self->interval > 0 ? (self->interval * 9 + gap) / 10 : gap;
  self->last_frame = now;
  if (self->frames++ > 0)
    return FALSE;
  self->first_frame = now;
  return TRUE;
}

static GstFlowReturn
picture_cb (GstAppSink *sink, gpointer data)
{
  WattleLine *self = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  if (count_picture (self, sample))
    {
      /* The first is shown as soon as it is there, those after it in their time. */
      wattle_line_show_in_time (self);
      g_object_set (sink, "sync", TRUE, NULL);
      g_idle_add_full (G_PRIORITY_DEFAULT, first_picture_cb, wattle_line_ref (self),
                       (GDestroyNotify) wattle_line_unref);
    }
  self->events->picture (self, sample, self->data);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

static GstFlowReturn
sound_cb (GstAppSink *sink, gpointer data)
{
  WattleLine *self = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  self->events->sound (self, gst_sample_get_buffer (sample), self->data);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

static GstPadProbeReturn
coded_picture_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  WattleLine *self = data;

  self->events->coded (self, TRUE, GST_PAD_PROBE_INFO_BUFFER (info), self->data);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
coded_sound_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  WattleLine *self = data;

  g_mutex_lock (&self->mutex);
  self->sounds++;
  g_mutex_unlock (&self->mutex);
  self->events->coded (self, FALSE, GST_PAD_PROBE_INFO_BUFFER (info), self->data);
  return GST_PAD_PROBE_OK;
}

/* Nothing of a side that is not yet known to be the right one is decoded. */
static GstPadProbeReturn
gate_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  WattleLine *self = data;

  return g_atomic_int_get (&self->open) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static int
chain_of (const char *codec)
{
  static const char *const codecs[] = { "OPUS", "VP8", "H264" };

  for (int i = 0; i < (int) G_N_ELEMENTS (codecs); i++)
    if (g_strcmp0 (codec, codecs[i]) == 0)
      return i;
  return -1;
}

static void
discard (WattleLine *self, GstPad *pad)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) into = NULL;

  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  into = gst_element_get_static_pad (sink, "sink");
  gst_pad_link (pad, into);
}

/**
 * wattle_line_take_pad:
 * @self: a line
 * @pad: where the library lets packets out
 *
 * Decodes the first picture and the first sound that the other side sends; anything further is thrown away.
 */
void
wattle_line_take_pad (WattleLine *self, GstPad *pad)
{
  static GstAppSinkCallbacks callbacks[] = { { .new_sample = sound_cb }, { .new_sample = picture_cb } };
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GstStructure *format = caps != NULL && gst_caps_get_size (caps) > 0 ? gst_caps_get_structure (caps, 0) : NULL;
  const char *codec = format != NULL ? gst_structure_get_string (format, "encoding-name") : NULL;
  int chain = chain_of (codec);
  int side = chain == 0 ? SOUND : PICTURE;
  g_autoptr (GstElement) in = NULL;
  g_autoptr (GstElement) out = NULL;
  g_autoptr (GstPad) into = NULL;
  g_autoptr (GstPad) coded = NULL;
  GstElement *bin = NULL;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, gate_cb, self, NULL);
  if (chain < 0 || !g_atomic_int_compare_and_exchange (&self->linked[side], 0, 1))
    {
      discard (self, pad);
      return;
    }
  bin = gst_parse_bin_from_description (chains[chain], TRUE, NULL);
  if (bin == NULL)
    {
      discard (self, pad);
      return;
    }
  in = gst_bin_get_by_name (GST_BIN (bin), "in");
  out = gst_bin_get_by_name (GST_BIN (bin), "out");
  gst_app_sink_set_callbacks (GST_APP_SINK (out), &callbacks[side], self, NULL);
  if (side == PICTURE)
    {
      g_mutex_lock (&self->mutex);
      self->shown = gst_object_ref (out);
      g_mutex_unlock (&self->mutex);
    }
  else
    {
      g_mutex_lock (&self->mutex);
      self->voice = gst_bin_get_by_name (GST_BIN (bin), "coder");
      g_mutex_unlock (&self->mutex);
    }
  coded = gst_element_get_static_pad (in, "src");
  gst_pad_add_probe (coded, GST_PAD_PROBE_TYPE_BUFFER, side == PICTURE ? coded_picture_cb : coded_sound_cb, self, NULL);
  gst_bin_add (GST_BIN (self->pipeline), bin);
  gst_element_sync_state_with_parent (bin);
  into = gst_element_get_static_pad (bin, "sink");
  gst_pad_link (pad, into);
}
