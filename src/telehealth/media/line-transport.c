/* line-transport.c: the library's transport, made to repair losses and to tell how it fares
 *
 * GStreamer 1.22 asks for lost packets of a bundle only if its last section does, and late at that; sends each packet
 * of the handshake once; and never says that a path is dead. What is done about it stands here.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/line-private.h"

#include <math.h>
#include <nice/agent.h>

/* Bytes a second for feedback: enough that it is never held back. */
#define FEEDBACK_BANDWIDTH 8e6
/* How often each packet of the handshake is sent again at once, and how often and when all of a flight of them are when
 * nothing follows: the library would wait for a second. */
#define REPEATS 2
#define FLIGHTS 8
#define FLIGHT_MS 60
/* What may be sent again, of what may be sent. */
#define REPAIR_SHARE 0.4
/* The first byte of a DTLS record that is no data of its own, and of RTP and RTCP (RFC 7983). */
#define IS_HANDSHAKE(byte) ((byte) >= 20 && (byte) <= 22)
#define IS_MEDIA(byte) ((byte) >= 128 && (byte) <= 191)
/* The jitter buffer in milliseconds when packets are lost or late, and at most. */
#define LATENCY_LOSSY 100
#define LATENCY_MOST 400
/* Thousandths from which on one packet is often lost twice. */
#define VERY_LOSSY 120
/* Thousandths lost from which on that is worth the delay, and how long it must be quiet until it is not. */
#define LOSSY 8
#define CALM (10 * G_USEC_PER_SEC)

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
  if (!IS_MEDIA (first_byte (buffer)))
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

/* The last flight once more, unless the other side has shown that it has it. */
static gboolean
repeat_flight_cb (gpointer data)
{
  WattleLine *self = data;
  g_autoptr (GPtrArray) packets = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);

  g_mutex_lock (&self->mutex);
  if (self->flights > 0 && !g_atomic_int_get (&self->met) && !g_atomic_int_get (&self->closed))
    for (guint i = 0; i < self->flight->len; i++)
      g_ptr_array_add (packets, gst_buffer_copy (g_ptr_array_index (self->flight, i)));
  self->flights -= packets->len > 0 ? 1 : self->flights;
  self->flying = packets->len > 0;
  g_mutex_unlock (&self->mutex);
  if (packets->len == 0)
    return G_SOURCE_REMOVE;
  if (g_atomic_int_compare_and_exchange (&self->repeating, 0, 1))
    {
      for (guint i = 0; i < packets->len; i++)
        gst_pad_chain (self->way_out, gst_buffer_ref (g_ptr_array_index (packets, i)));
      g_atomic_int_set (&self->repeating, 0);
    }
  return G_SOURCE_CONTINUE;
}

static void
remember_flight (WattleLine *self, GstBuffer *buffer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gint64 now = g_get_monotonic_time ();

  if (now - self->flown > FLIGHT_MS * 1000 / 2)
    g_ptr_array_set_size (self->flight, 0);
  self->flown = now;
  self->flights = FLIGHTS;
  g_ptr_array_add (self->flight, gst_buffer_ref (buffer));
  if (self->flying)
    return;
  self->flying = TRUE;
  g_timeout_add_full (G_PRIORITY_DEFAULT, FLIGHT_MS, repeat_flight_cb, wattle_line_ref (self),
                      (GDestroyNotify) wattle_line_unref);
}

/* Of the packets of media those that are neither picture nor sound nor reports are sent again. */
static gboolean
is_repair (WattleLine *self, GstBuffer *buffer)
{
  guint8 head[2] = { 0, 0 };
  guint payload = 0;

  gst_buffer_extract (buffer, 0, head, sizeof head);
  payload = head[1] & 127U;
  return IS_MEDIA (head[0]) && payload != self->payload[SOUND] && payload != self->payload[PICTURE]
         && (payload < 64 || payload > 95);
}

/* A path that loses packets because it is full must not be filled with them once more. */
static gboolean
may_repair (WattleLine *self, GstBuffer *buffer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  double speed = MAX (self->rate.target, 200) * REPAIR_SHARE * 1000 / 8 / G_USEC_PER_SEC;
  gint64 now = g_get_monotonic_time ();

  self->repair = MIN (self->repair + (double) (now - self->repair_then) * speed, 12 * 1200);
  self->repair_then = now;
  if (self->repair < 0)
    return FALSE;
  self->repair -= (double) gst_buffer_get_size (buffer);
  return TRUE;
}

/* A lost packet of the handshake costs a second and more, and there are few of them. */
static GstPadProbeReturn
leaving_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  WattleLine *self = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  if (is_repair (self, buffer) && !may_repair (self, buffer))
    return GST_PAD_PROBE_DROP;
  if (!IS_HANDSHAKE (first_byte (buffer)) || g_atomic_int_get (&self->open)
      || !g_atomic_int_compare_and_exchange (&self->repeating, 0, 1))
    return GST_PAD_PROBE_OK;
  for (int i = 0; i < REPEATS; i++)
    gst_pad_chain (pad, gst_buffer_copy (buffer));
  g_atomic_int_set (&self->repeating, 0);
  remember_flight (self, buffer);
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
      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, leaving_cb, self, NULL);
      g_set_object (&self->way_out, pad);
    }
}

/* Lost packets of the picture are asked for again, of the sound never: it has its own correction. */
static void
new_jitterbuffer_cb (GstElement *rtpbin, GstElement *buffer, guint session, guint ssrc, gpointer data)
{
  WattleLine *self = data;
  gboolean picture = FALSE;

  for (guint i = 0; i < self->remote.n_sections; i++)
    for (guint k = 0; k < self->remote.sections[i].n_ssrc; k++)
      if (self->remote.sections[i].ssrc[k] == ssrc)
        picture = self->remote.sections[i].media == WATTLE_SDP_VIDEO;
  /* Nor before its time: two pictures a second are no sign that those between were lost. */
  g_object_set (buffer, "do-retransmission", picture, "rtx-next-seqnum", FALSE, "faststart-min-packets", 1, NULL);
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->buffers, gst_object_ref (buffer));
  g_mutex_unlock (&self->mutex);
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

  g_object_get (session, "twcc-stats", &stats, NULL);
  if (stats == NULL || !gst_structure_get_uint (stats, "bitrate-sent", &sent)
      || !gst_structure_get_uint (stats, "bitrate-recv", &received))
    return;
  gst_structure_get_double (stats, "packet-loss-pct", &loss);
  gst_structure_get_uint (stats, "packets-recv", &packets);
  gst_structure_get_int64 (stats, "avg-delta-of-delta", &growth);
  g_atomic_int_inc (&self->twcc_count);
  /* The first value says nothing. */
  if (growth == G_MININT64 || sent == 0)
    return;
  report.sent = sent / 1000.0;
  report.received = received / 1000.0;
  report.loss = loss / 100;
  report.delay_growth = (double) growth / 1e6;
  report.packets = packets;
  g_mutex_lock (&self->mutex);
  wattle_rate_report (&self->rate, &report, g_get_monotonic_time ());
  g_mutex_unlock (&self->mutex);
}

/* Lets packets of the picture go at two and a half times the target, so that a large one does not fill the path. */
static GstPadProbeReturn
pace_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  WattleLine *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  double size = (double) gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
  double speed = MAX (self->rate.target, 200) * 2.5 * 1000 / 8 / G_USEC_PER_SEC; /* bytes a microsecond */
  gint64 now = g_get_monotonic_time ();

  if (now < self->rate.drain)
    return GST_PAD_PROBE_DROP;
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
  wattle_rate_sent (&self->rate);
  return GST_PAD_PROBE_OK;
}

static void
measure_buffers (WattleLine *self, gint64 *lost, gint64 *pushed, WattleLineFigures *figures)
{
  g_mutex_lock (&self->mutex);
  self->late = 0;
  for (guint i = 0; i < self->buffers->len; i++)
    {
      g_autoptr (GstStructure) stats = NULL;
      guint64 value = 0;

      g_object_get (g_ptr_array_index (self->buffers, i), "stats", &stats, NULL);
      if (gst_structure_get_uint64 (stats, "num-lost", &value))
        *lost += (gint64) value;
      if (gst_structure_get_uint64 (stats, "num-late", &value))
        self->late += (gint64) value;
      if (gst_structure_get_uint64 (stats, "num-pushed", &value))
        *pushed += (gint64) value;
      if (gst_structure_get_uint64 (stats, "avg-jitter", &value))
        figures->jitter = MAX (figures->jitter, (gint64) (value / GST_MSECOND));
      if (gst_structure_get_uint64 (stats, "rtx-count", &value))
        figures->asked += (gint64) value;
      if (gst_structure_get_uint64 (stats, "rtx-success-count", &value))
        figures->repaired += (gint64) value;
    }
  g_mutex_unlock (&self->mutex);
}

/* What the other side's reports say about what we send. */
static void
measure_reports (WattleLine *self, WattleLineFigures *figures)
{
  g_autoptr (GObject) session = NULL;
  g_autoptr (GstStructure) stats = NULL;
  const GValue *list = NULL;

  g_signal_emit_by_name (self->rtpbin, "get-internal-session", 0, &session);
  if (session == NULL)
    return;
  g_object_get (session, "stats", &stats, NULL);
  list = stats != NULL ? gst_structure_get_value (stats, "source-stats") : NULL;
  if (list == NULL)
    return;
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  for (guint i = 0; i < ((GValueArray *) g_value_get_boxed (list))->n_values; i++)
    {
      const GValue *value = g_value_array_get_nth (g_value_get_boxed (list), i);
      const GstStructure *source = g_value_get_boxed (value);
      gboolean told = FALSE;
      guint fraction = 0;
      guint trip = 0;

      if (!gst_structure_get_boolean (source, "have-rb", &told) || !told)
        continue;
      if (gst_structure_get_uint (source, "rb-fractionlost", &fraction))
        figures->loss_out = MAX (figures->loss_out, (gint64) fraction * 1000 / 256);
      if (gst_structure_get_uint (source, "rb-round-trip", &trip))
        figures->round_trip = MAX (figures->round_trip, (gint64) trip * 1000 / 65536);
    }
  G_GNUC_END_IGNORE_DEPRECATIONS
}

/* How much of the sound was made up where packets were missing, in thousandths. The mutex is held. */
static gint64
measure_voice (WattleLine *self)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 concealed = 0;
  guint64 whole = self->sounds * 20 * GST_MSECOND;

  if (self->voice != NULL)
    g_object_get (self->voice, "stats", &stats, NULL);
  if (stats == NULL || !gst_structure_get_uint64 (stats, "plc-duration", &concealed))
    return 0;
  return (gint64) (concealed * 1000 / MAX (whole + concealed, 1));
}

static const char *
path_of (WattleLine *self)
{
  g_autoptr (GObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;
  NiceCandidate *local = NULL;
  NiceCandidate *remote = NULL;

  g_object_get (self->rtc, "ice-agent", &ice, NULL);
  if (ice != NULL)
    g_object_get (ice, "agent", &agent, NULL);
  if (agent == NULL || !nice_agent_get_selected_pair (NICE_AGENT (agent), 1, 1, &local, &remote))
    return "";
  return local->type == NICE_CANDIDATE_TYPE_RELAYED || remote->type == NICE_CANDIDATE_TYPE_RELAYED ? "relay" : "direct";
}

static const char *
quality_of (const WattleLineFigures *figures)
{
  if (figures->loss > 80 || figures->round_trip > 600 || figures->target < 150)
    return "poor";
  if (figures->loss > 20 || figures->round_trip > 250 || figures->target < 350)
    return "fair";
  return "good";
}

/**
 * wattle_line_watch_elements:
 * @self: a line whose library has no parts yet
 */
void
wattle_line_watch_elements (WattleLine *self)
{
  self->rtpbin = gst_bin_get_by_name (GST_BIN (self->rtc), "rtpbin");
  self->latency = WATTLE_LINE_LATENCY;
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
                NULL);
  g_signal_connect (session, "notify::twcc-stats", G_CALLBACK (feedback_cb), self);
}

/**
 * wattle_line_pace:
 * @self: a line
 * @pad: through which its packets of the picture go
 */
void
wattle_line_pace (WattleLine *self, GstPad *pad)
{
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, pace_cb, self, NULL);
}

/**
 * wattle_line_fit_latency:
 * @self: a line
 * @now: monotonic, microseconds
 *
 * Waits longer for packets when some are lost or late: long enough that one can be asked for twice.
 */
void
wattle_line_fit_latency (WattleLine *self, gint64 now)
{
  guint wanted = WATTLE_LINE_LATENCY;

  if (self->missing >= LOSSY)
    self->lossy = now;
  if (self->lossy > 0 && now - self->lossy < CALM)
    wanted = (guint) CLAMP (LATENCY_LOSSY + (self->missing >= VERY_LOSSY ? 3 : 2) * self->trip + 2 * self->jitter,
                            LATENCY_LOSSY, LATENCY_MOST);
  /* Small steps are not worth the hiccup. */
  if (wanted > WATTLE_LINE_LATENCY && ABS ((int) wanted - (int) self->latency) < 40)
    return;
  if (wanted == self->latency)
    return;
  self->latency = wanted;
  g_object_set (self->rtpbin, "latency", wanted, NULL);
  gst_bin_recalculate_latency (GST_BIN (self->pipeline));
}

/**
 * wattle_line_measure:
 * @self: a line
 * @figures: (out caller-allocates): since the last call, about a second ago
 */
void
wattle_line_measure (WattleLine *self, WattleLineFigures *figures)
{
  gint64 now = g_get_monotonic_time ();
  gint64 span = MAX (now - self->measured, 1);
  gint64 lost = 0;
  gint64 pushed = 0;
  gint64 whole = 0;
  gint64 repaired = 0;
  int in = g_atomic_int_get (&self->bytes_in);
  int out = g_atomic_int_get (&self->bytes_out);

  *figures = (WattleLineFigures){ 0 };
  measure_buffers (self, &lost, &pushed, figures);
  measure_reports (self, figures);
  whole = lost - self->lost_then + pushed - self->pushed_then;
  if (whole > 0)
    self->loss = (self->loss * 3 + (lost - self->lost_then) * 1000 / whole) / 4;
  figures->loss = self->loss;
  repaired = figures->repaired - self->repaired_then;
  if (whole > 0)
    self->missing = (lost - self->lost_then + repaired + self->late - self->late_then) * 1000 / whole;
  self->late_then = self->late;
  self->repaired_then = figures->repaired;
  self->trip = figures->round_trip > 0 ? figures->round_trip : self->trip;
  self->jitter = figures->jitter;
  self->loss_out = figures->loss_out;
  figures->kilobits_in = (gint64) (guint) (in - self->in_then) * 8000 / span;
  figures->kilobits_out = (gint64) (guint) (out - self->out_then) * 8000 / span;
  g_mutex_lock (&self->mutex);
  figures->target = self->rate.paused ? 0 : (gint64) self->rate.target;
  figures->frames = (gint64) self->frames;
  figures->frames_a_second =
    (gint64) llround ((double) (self->frames - self->frames_then) * G_USEC_PER_SEC / (double) span);
  figures->width = (gint64) self->width;
  figures->height = (gint64) self->height;
  figures->freezes = (gint64) self->freezes;
  if (self->first_frame > 0 && now > self->first_frame)
    figures->frozen = self->frozen * 1000 / (now - self->first_frame);
  figures->audio_packets = (gint64) self->sounds;
  figures->concealed = measure_voice (self);
  self->frames_then = self->frames;
  g_mutex_unlock (&self->mutex);
  self->lost_then = lost;
  self->pushed_then = pushed;
  self->in_then = in;
  self->out_then = out;
  self->measured = now;
  figures->path = path_of (self);
  figures->quality = quality_of (figures);
}
