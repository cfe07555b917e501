/* line-send.c: own packets on their way into a line: paced, and of the picture all that others build upon
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define GST_USE_UNSTABLE_API

#include "telehealth/media/line-private.h"

#include <gst/rtp/gstrtpbuffer.h>
#include <gst/video/video.h>
#include <gst/webrtc/webrtc.h>

#include "telehealth/media/packet.h"

/* So long pictures are sent to somebody who has not sent any. */
#define UNHEARD_MS 300
/* How much may wait to be paced, in milliseconds of what may be sent. */
#define MAX_WAITING_MS 500
/* The number of the transport-wide sequence in our own offers, and what it is called there. */
#define TWCC_URI "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

/* A picture that others build upon was left out: nothing goes until one comes that stands for itself. */
static gboolean
may_go (WattleLine *self, gboolean *broken, gboolean refused, GstBuffer *packet)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  if (refused)
    *broken = TRUE;
  else if (*broken && gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp))
    {
      const guint8 *payload = gst_rtp_buffer_get_payload (&rtp);

      *broken = !wattle_packet_begins_keyframe (payload, gst_rtp_buffer_get_payload_len (&rtp), self->settings->h264);
      gst_rtp_buffer_unmap (&rtp);
      if (*broken)
        self->events->keyframe (self, self->data);
    }
  return !*broken;
}

/* Whatever was left out, the numbers go on one after the other: what was never sent is not asked for. */
static GstBuffer *
numbered (WattleLine *self, GstBuffer *packet)
{
  GstBuffer *own = gst_buffer_make_writable (packet);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  if (gst_rtp_buffer_map (own, GST_MAP_WRITE, &rtp))
    {
      gst_rtp_buffer_set_seq (&rtp, self->sequence++);
      gst_rtp_buffer_unmap (&rtp);
    }
  return own;
}

/* Waits until a packet of so many bytes may go, so that a large picture does not fill the path. The mutex is held. */
static void
pace (WattleLine *self, double size)
{
  gint64 now = g_get_monotonic_time ();
  double speed = wattle_rate_pace (&self->rate, now) * 1000 / 8 / G_USEC_PER_SEC; /* bytes a microsecond */

  self->allowance = MIN (self->allowance + (double) (now - self->allowed) * speed, 20 * 1200);
  self->allowed = now;
  while (self->allowance < size && !g_atomic_int_get (&self->closed))
    {
      gint64 until = now + (gint64) ((size - self->allowance) / speed) + 200;

      g_cond_wait_until (&self->paced, &self->mutex, until);
      now = g_get_monotonic_time ();
      self->allowance += (double) (now - self->allowed) * speed;
      self->allowed = now;
    }
  self->allowance -= size;
}

/**
 * wattle_line_tell_narrower:
 * @self: a line
 * @before: what might be sent a moment ago
 *
 * Any thread, without the mutex.
 */
void
wattle_line_tell_narrower (WattleLine *self, double before)
{
  gboolean narrower = FALSE;

  g_mutex_lock (&self->mutex);
  narrower = self->rate.target < 0.8 * before;
  g_mutex_unlock (&self->mutex);
  if (narrower)
    self->events->narrower (self, self->data);
}

static GstPadProbeReturn
pace_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  WattleLine *self = data;
  GstBuffer *packet = GST_PAD_PROBE_INFO_BUFFER (info);
  gboolean draining = FALSE;
  double before = 0;

  g_mutex_lock (&self->mutex);
  draining = g_get_monotonic_time () < self->rate.drain;
  g_mutex_unlock (&self->mutex);
  if (!may_go (self, &self->broken_out, draining, packet))
    return GST_PAD_PROBE_DROP;
  g_mutex_lock (&self->mutex);
  pace (self, (double) gst_buffer_get_size (packet));
  before = self->rate.target;
  wattle_rate_sent (&self->rate, g_get_monotonic_time ());
  g_mutex_unlock (&self->mutex);
  wattle_line_tell_narrower (self, before);
  GST_PAD_PROBE_INFO_DATA (info) = numbered (self, packet);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
upstream_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  WattleLine *self = data;

  if (gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    self->events->keyframe (self, self->data);
  return GST_PAD_PROBE_OK;
}

static GstCaps *
packet_caps (WattleLine *self, int side)
{
  g_autofree char *extension = g_strdup_printf ("extmap-%u", self->twcc);
  GstCaps *caps = gst_caps_new_simple (
    "application/x-rtp", "media", G_TYPE_STRING, side == PICTURE ? "video" : "audio", "encoding-name", G_TYPE_STRING,
    side == SOUND          ? "OPUS"
    : self->settings->h264 ? "H264"
                           : "VP8",
    "payload", G_TYPE_INT, (int) self->payload[side], "clock-rate", G_TYPE_INT, side == PICTURE ? 90000 : 48000, "ssrc",
    G_TYPE_UINT, self->settings->ssrc[side], NULL);

  if (side == PICTURE)
    gst_caps_set_simple (caps, "rtcp-fb-nack-pli", G_TYPE_BOOLEAN, TRUE, NULL);
  else
    gst_caps_set_simple (caps, "encoding-params", G_TYPE_STRING, "2", "minptime", G_TYPE_STRING, "10", "useinbandfec",
                         G_TYPE_STRING, "1", NULL);
  if (side == PICTURE && self->twcc != 0)
    gst_caps_set_simple (caps, extension, G_TYPE_STRING, TWCC_URI, "rtcp-fb-transport-cc", G_TYPE_BOOLEAN, TRUE, NULL);
  if (side == PICTURE && self->settings->h264)
    gst_caps_set_simple (caps, "packetization-mode", G_TYPE_STRING, "1", "profile-level-id", G_TYPE_STRING, "42e01f",
                         NULL);
  return caps;
}

/**
 * wattle_line_add_source:
 * @self: a line whose library has no descriptions yet
 * @side: %PICTURE or %SOUND
 *
 * Makes the place where own packets go in.
 */
void
wattle_line_add_source (WattleLine *self, int side)
{
  g_autoptr (GstCaps) caps = packet_caps (self, side);
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  /* The library asks what will come before anything has; the source itself does not answer yet. */
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);
  g_autoptr (GstPad) from = gst_element_get_static_pad (filter, "src");
  g_autoptr (GstPad) into = NULL;
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;

  g_object_set (source, "caps", caps, "is-live", TRUE, "format", GST_FORMAT_TIME, "max-bytes", (guint64) 0, NULL);
  g_object_set (filter, "caps", caps, NULL);
  gst_bin_add_many (GST_BIN (self->pipeline), source, filter, NULL);
  gst_element_link (source, filter);
  into = gst_element_request_pad_simple (self->rtc, "sink_%u");
  gst_pad_link (from, into);
  g_object_get (into, "transceiver", &transceiver, NULL);
  if (side == PICTURE)
    {
      if (transceiver != NULL)
        g_object_set (transceiver, "do-nack", TRUE, NULL);
      gst_pad_add_probe (from, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, upstream_cb, self, NULL);
      gst_pad_add_probe (from, GST_PAD_PROBE_TYPE_BUFFER, pace_cb, self, NULL);
    }
  self->source[side] = source;
  gst_element_sync_state_with_parent (filter);
  gst_element_sync_state_with_parent (source);
}

/* As long as nothing came from the other side its last words of the handshake may be on the way, and ours; pictures
 * that nobody can read must not be in their way. */
static gboolean
is_unheard (WattleLine *self)
{
  return !g_atomic_int_get (&self->met)
         && (guint) (g_get_monotonic_time () / 1000) - (guint) g_atomic_int_get (&self->opened) > UNHEARD_MS;
}

static gboolean
waits_too_long (WattleLine *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  guint64 most = (guint64) MAX (self->rate.target, 200) * MAX_WAITING_MS / 8;

  return gst_app_src_get_current_level_bytes (GST_APP_SRC (self->source[PICTURE])) > most;
}

/**
 * wattle_line_send:
 * @self: a line
 * @video: of the picture, otherwise of the sound
 * @packet: (transfer none): an RTP packet of ours without extensions
 *
 * Any thread. Does nothing before the other side is known.
 */
void
wattle_line_send (WattleLine *self, gboolean video, GstBuffer *packet)
{
  int side = video ? PICTURE : SOUND;
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint8 sequence[2] = { 0, 0 };
  GstBuffer *own = NULL;
  gboolean refused = FALSE;

  if (!g_atomic_int_get (&self->open) || self->source[side] == NULL)
    return;
  refused = video && (g_atomic_int_get (&self->paused) || is_unheard (self) || waits_too_long (self));
  if (video && !may_go (self, &self->broken_in, refused, packet))
    return;
  own = gst_buffer_copy_deep (packet);
  if (!gst_rtp_buffer_map (own, GST_MAP_READWRITE, &rtp))
    {
      gst_buffer_unref (own);
      return;
    }
  gst_rtp_buffer_set_payload_type (&rtp, (guint8) self->payload[side]);
  if (video && self->twcc != 0)
    gst_rtp_buffer_add_extension_onebyte_header (&rtp, (guint8) self->twcc, sequence, sizeof sequence);
  gst_rtp_buffer_unmap (&rtp);
  g_atomic_int_add (&self->bytes_out, (int) gst_buffer_get_size (own));
  gst_app_src_push_buffer (GST_APP_SRC (self->source[side]), own);
}
