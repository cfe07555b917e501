/* line-transport.c: the library's transport, made to repair losses and to tell what arrives
 *
 * GStreamer 1.22 asks for lost packets of a bundle only if its last section does, and late at that; sends each packet
 * of the handshake once; and never says that a path is dead. What is done about it stands here.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/line-private.h"

/* Bytes a second for feedback: enough that it is never held back. */
#define FEEDBACK_BANDWIDTH 8e6
/* The library would tell what came with the last packet of each picture, the very one that a full path loses. */
#define FEEDBACK_INTERVAL ((guint64) 33 * GST_MSECOND)
static guint8
first_byte (GstBuffer *buffer)
{
  guint8 byte = 0;

  gst_buffer_extract (buffer, 0, &byte, 1);
  return byte;
}

static void
count_in (WattleLine *self, GstBuffer *buffer)
{
  if (!WATTLE_LINE_IS_MEDIA (first_byte (buffer)))
    return;
  g_atomic_int_set (&self->met, 1);
  g_atomic_int_set (&self->heard, (int) (g_get_monotonic_time () / 1000));
  g_atomic_int_add (&self->bytes_in, (int) gst_buffer_get_size (buffer));
}

static gboolean
count_listed (GstBuffer **buffer, guint index, gpointer data)
{
  count_in (data, *buffer);
  return TRUE;
}

static GstPadProbeReturn
arrived_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0)
    gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info), count_listed, data);
  else
    count_in (data, GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

static void
element_added_cb (GstBin *bin, GstBin *sub, GstElement *element, gpointer data)
{
  WattleLine *self = data;
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *name = factory != NULL ? GST_OBJECT_NAME (factory) : "";
  g_autoptr (GstPad) pad = NULL;

  if (g_str_equal (name, "dtlssrtpdec"))
    g_object_set (element, "pem", self->settings->pem, NULL);
  else if (g_str_equal (name, "nicesrc"))
    {
      pad = gst_element_get_static_pad (element, "src");
      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, arrived_cb, self, NULL);
    }
  else if (g_str_equal (name, "nicesink"))
    {
      pad = gst_element_get_static_pad (element, "sink");
      wattle_line_watch_leaving (self, pad);
    }
}

static void
new_jitterbuffer_cb (GstElement *rtpbin, GstElement *buffer, guint session, guint ssrc, gpointer data)
{
  WattleLine *self = data;
  gboolean picture = FALSE;

  for (guint i = 0; i < self->remote.n_sections; i++)
    for (guint k = 0; k < self->remote.sections[i].n_ssrc; k++)
      if (self->remote.sections[i].ssrc[k] == ssrc)
        picture = self->remote.sections[i].media == WATTLE_SDP_VIDEO;
  wattle_line_keep_buffer (self, buffer, picture);
}

static void
feedback_cb (GstElement *session, GParamSpec *property, gpointer data)
{
  WattleLine *self = data;
  g_autoptr (GstStructure) stats = NULL;
  WattleRateReport report = { 0 };
  guint sent = 0;
  guint received = 0;
  guint packets = 0;
  double loss = 0;
  gint64 growth = 0;
  double before = 0;

  g_object_get (session, "twcc-stats", &stats, NULL);
  if (stats == NULL || !gst_structure_get_uint (stats, "bitrate-sent", &sent)
      || !gst_structure_get_uint (stats, "bitrate-recv", &received))
    return;
  gst_structure_get_double (stats, "packet-loss-pct", &loss);
  gst_structure_get_uint (stats, "packets-recv", &packets);
  gst_structure_get_int64 (stats, "avg-delta-of-delta", &growth);
  /* The first value says nothing. */
  if (growth == G_MININT64 || sent == 0)
    return;
  report.sent = sent / 1000.0;
  report.received = received / 1000.0;
  report.loss = loss / 100;
  report.delay_growth = (double) growth / 1e6;
  report.packets = packets;
  g_mutex_lock (&self->mutex);
  before = self->rate.target;
  wattle_rate_report (&self->rate, &report, g_get_monotonic_time ());
  g_mutex_unlock (&self->mutex);
  wattle_line_tell_narrower (self, before);
}

/**
 * wattle_line_watch_elements:
 * @self: a line whose library has no parts yet
 */
void
wattle_line_watch_elements (WattleLine *self)
{
  self->rtpbin = gst_bin_get_by_name (GST_BIN (self->rtc), "rtpbin");
  g_signal_connect (self->rtc, "deep-element-added", G_CALLBACK (element_added_cb), self);
  g_signal_connect_after (self->rtpbin, "new-jitterbuffer", G_CALLBACK (new_jitterbuffer_cb), self);
}

/**
 * wattle_line_watch_session:
 * @self: a line that has both descriptions
 *
 * Lets feedback through at once and listens to it.
 */
void
wattle_line_watch_session (WattleLine *self)
{
  g_autoptr (GObject) internal = NULL;
  g_autoptr (GstElement) session = NULL;

  if (self->watched)
    return;
  g_signal_emit_by_name (self->rtpbin, "get-internal-session", 0, &internal);
  g_signal_emit_by_name (self->rtpbin, "get-session", 0, &session);
  if (internal == NULL || session == NULL)
    return;
  self->watched = TRUE;
  /* Nobody else can send here, so that the first packet is believed. */
  g_object_set (internal, "bandwidth", FEEDBACK_BANDWIDTH, "rtcp-min-interval", (guint64) GST_SECOND, "probation", 0,
                "twcc-feedback-interval", FEEDBACK_INTERVAL, NULL);
  g_signal_connect (session, "notify::twcc-stats", G_CALLBACK (feedback_cb), self);
}
