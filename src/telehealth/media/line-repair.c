/* line-repair.c: what a line sends twice, and how long it waits for what it asked for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/line-private.h"

/* How often each packet of the handshake is sent again at once, and how often and when all of a flight of them are when
 * nothing follows: the library would wait for a second. */
#define REPEATS 2
#define FLIGHTS 8
#define FLIGHT_MS 60
/* What may be sent again, of what may be sent, and how many bytes of it at once. */
#define REPAIR_SHARE 0.5
#define REPAIR_MOST (12 * 1200)
/* So many lost packets of the picture are asked for, for each that comes, and at once: where most are lost the
 * questions alone would fill the path, and a picture that stands for itself comes sooner than all of them. */
#define ASK_SHARE 0.4
#define ASK_MOST 40
/* The first byte of a DTLS record that is no data of its own (RFC 7983), and the second of a report (RFC 5761). */
#define IS_HANDSHAKE(byte) ((byte) >= 20 && (byte) <= 22)
#define IS_REPORT(byte) ((byte) >= 192 && (byte) <= 223)
/* The wait in milliseconds when packets are lost or late, and at most. */
#define LATENCY_LOSSY 60
#define LATENCY_MOST 400
/* The picture comes so much before its sound, which waits a little longer on its way to the ear. */
#define EARLIER 15
/* After a silence what was lost in it is not worth waiting for. */
#define PATIENCE_SILENT 100
#define SILENT_MS 300
#define RESUMED (2 * G_USEC_PER_SEC)
/* Thousandths lost from which on the wait is worth it, from which on one packet is often lost twice, and how long it
 * must be quiet until it is not. */
#define LOSSY 8
#define VERY_LOSSY 80
/* Kilobits a second from which on a path that loses packets is not simply too full of them. */
#define ROOMY 200
#define CALM (10 * G_USEC_PER_SEC)

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

static guint8
byte_of (GstBuffer *buffer, gsize at)
{
  guint8 byte = 0;

  gst_buffer_extract (buffer, at, &byte, 1);
  return byte;
}

/* Of the packets of media those that are neither picture nor sound nor reports are sent again. */
static gboolean
is_repair (WattleLine *self, GstBuffer *buffer)
{
  guint payload = byte_of (buffer, 1) & 127U;

  return WATTLE_LINE_IS_MEDIA (byte_of (buffer, 0)) && !IS_REPORT (byte_of (buffer, 1))
         && payload != self->payload[SOUND] && payload != self->payload[PICTURE];
}

/* A path that loses packets because it is full must not be filled with them once more. A copy (@spare) goes only when
 * there is plenty left. */
static gboolean
may_repair (WattleLine *self, GstBuffer *buffer, gboolean spare)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  double speed = MAX (self->rate.target, 200) * REPAIR_SHARE * 1000 / 8 / G_USEC_PER_SEC;
  gint64 now = g_get_monotonic_time ();

  self->repair = MIN (self->repair + (double) (now - self->repair_then) * speed, REPAIR_MOST);
  self->repair_then = now;
  if (now < self->rate.drain || self->repair < (spare ? REPAIR_MOST / 4 : 0))
    return FALSE;
  self->repair -= (double) gst_buffer_get_size (buffer);
  return TRUE;
}

static gboolean
is_sound (WattleLine *self, GstBuffer *buffer)
{
  return WATTLE_LINE_IS_MEDIA (byte_of (buffer, 0)) && (byte_of (buffer, 1) & 127U) == self->payload[SOUND];
}

/* What follows a packet at once: where many are lost, what mends that goes twice, and each piece of sound once more
 * with the one after it. The other side throws away what it has. */
static GstBuffer *
follower_of (WattleLine *self, GstBuffer *buffer, gboolean repair)
{
  g_autoptr (GstBuffer) before = NULL;

  if (is_sound (self, buffer))
    {
      before = g_steal_pointer (&self->spoken);
      self->spoken = gst_buffer_ref (buffer);
      return g_atomic_int_get (&self->loses_out) && before != NULL ? gst_buffer_copy (before) : NULL;
    }
  if (repair)
    return g_atomic_int_get (&self->loses_out) && may_repair (self, buffer, TRUE) ? gst_buffer_copy (buffer) : NULL;
  return IS_REPORT (byte_of (buffer, 1)) && g_atomic_int_get (&self->loses_in) ? gst_buffer_copy (buffer) : NULL;
}

static void
send_again (WattleLine *self, GstPad *pad, GstBuffer *buffer, gboolean repair)
{
  GstBuffer *follower = NULL;

  if (WATTLE_LINE_IS_MEDIA (byte_of (buffer, 0)))
    {
      follower = follower_of (self, buffer, repair);
      if (follower != NULL)
        gst_pad_chain (pad, follower);
    }
  else if (IS_HANDSHAKE (byte_of (buffer, 0)) && !g_atomic_int_get (&self->open))
    {
      for (int i = 0; i < REPEATS; i++)
        gst_pad_chain (pad, gst_buffer_copy (buffer));
      remember_flight (self, buffer);
    }
}

/* A lost packet of the handshake costs a second and more, and there are few of them. Where many packets are lost, so
 * are those that ask for them and those that were asked for: each of them costs a whole round trip more. */
static GstPadProbeReturn
leaving_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  WattleLine *self = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gboolean repair = is_repair (self, buffer);

  if (!g_atomic_int_compare_and_exchange (&self->repeating, 0, 1))
    return GST_PAD_PROBE_OK;
  if (repair && !may_repair (self, buffer, FALSE))
    {
      g_atomic_int_set (&self->repeating, 0);
      return GST_PAD_PROBE_DROP;
    }
  send_again (self, pad, buffer, repair);
  g_atomic_int_set (&self->repeating, 0);
  return GST_PAD_PROBE_OK;
}

/**
 * wattle_line_watch_leaving:
 * @self: a line
 * @pad: through which everything leaves
 */
void
wattle_line_watch_leaving (WattleLine *self, GstPad *pad)
{
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, leaving_cb, self, NULL);
  g_set_object (&self->way_out, pad);
}

static void
set_wait (WattleLine *self, int side, guint milliseconds)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  for (guint i = 0; i < self->buffers[side]->len; i++)
    g_object_set (g_ptr_array_index (self->buffers[side], i), "latency", milliseconds, NULL);
}

/**
 * wattle_line_show_in_time:
 * @self: a line
 *
 * What the library waits for is asked for again and again; what is shown waits as long as is usual, and no longer. Any
 * thread.
 */
void
wattle_line_show_in_time (WattleLine *self)
{
  g_autoptr (GstElement) shown = NULL;

  g_mutex_lock (&self->mutex);
  g_set_object (&shown, self->shown);
  g_mutex_unlock (&self->mutex);
  if (shown != NULL)
    g_object_set (shown, "ts-offset", ((gint64) self->latency - EARLIER - self->patience) * (gint64) GST_MSECOND, NULL);
}

static void
may_ask_more (WattleLine *self, guint packets)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->asking = MIN (self->asking + ASK_SHARE * packets, ASK_MOST);
}

static GstPadProbeReturn
came_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  may_ask_more (data, (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0
                        ? gst_buffer_list_length (GST_PAD_PROBE_INFO_BUFFER_LIST (info))
                        : 1);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
asks_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  WattleLine *self = data;
  g_autoptr (GMutexLocker) locker = NULL;

  if (!gst_event_has_name (GST_PAD_PROBE_INFO_EVENT (info), "GstRTPRetransmissionRequest"))
    return GST_PAD_PROBE_OK;
  locker = g_mutex_locker_new (&self->mutex);
  if (self->asking < 1)
    return GST_PAD_PROBE_DROP;
  self->asking--;
  return GST_PAD_PROBE_OK;
}

/**
 * wattle_line_keep_buffer:
 * @self: a line
 * @buffer: where packets wait for those before them
 * @picture: whether they are of the picture
 *
 * Lost packets of the picture are asked for again, of the sound never: it has its own correction. Nor are they asked
 * for before their time: two pictures a second are no sign that those between were lost.
 */
void
wattle_line_keep_buffer (WattleLine *self, GstElement *buffer, gboolean picture)
{
  g_object_set (buffer, "do-retransmission", picture, "rtx-next-seqnum", FALSE, "faststart-min-packets", 1, "latency",
                picture ? (guint) self->patience : self->latency, NULL);
  if (picture)
    {
      g_autoptr (GstPad) pad = gst_element_get_static_pad (buffer, "sink");

      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, came_cb, self, NULL);
      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, asks_cb, self, NULL);
    }
  g_mutex_lock (&self->mutex);
  self->asking = ASK_MOST;
  g_ptr_array_add (self->buffers[picture ? PICTURE : SOUND], gst_object_ref (buffer));
  g_mutex_unlock (&self->mutex);
}

static guint
wanted_latency (WattleLine *self, gint64 now)
{
  guint wanted = WATTLE_LINE_LATENCY;

  if (self->missing >= LOSSY)
    self->lossy = now;
  if (self->lossy > 0 && now - self->lossy < CALM)
    wanted = (guint) CLAMP (LATENCY_LOSSY + (self->missing >= VERY_LOSSY ? 3 : 2) * self->trip + 2 * self->jitter,
                            LATENCY_LOSSY, LATENCY_MOST);
  /* Small steps are not worth the hiccup. */
  return wanted > WATTLE_LINE_LATENCY && ABS ((int) wanted - (int) self->latency) < 40 ? self->latency : wanted;
}

/**
 * wattle_line_fit_latency:
 * @self: a line
 * @silent: since how many milliseconds nothing has come
 * @now: monotonic, microseconds
 *
 * Shows later when packets are lost or late: late enough that one can be asked for twice. And sends twice what mends
 * losses where there are many.
 */
void
wattle_line_fit_latency (WattleLine *self, guint silent, gint64 now)
{
  guint wanted = wanted_latency (self, now);
  int patience = WATTLE_LINE_PATIENCE;

  g_mutex_lock (&self->mutex);
  g_atomic_int_set (&self->loses_in, self->missing >= VERY_LOSSY && self->rate.target > ROOMY);
  g_atomic_int_set (&self->loses_out, self->loss_out >= VERY_LOSSY && self->rate.target > ROOMY);
  g_mutex_unlock (&self->mutex);
  if (silent > SILENT_MS)
    self->silent = now;
  if (self->silent > 0 && now - self->silent < RESUMED)
    patience = PATIENCE_SILENT;
  if (wanted == self->latency && patience == self->patience)
    return;
  if (wanted != self->latency)
    set_wait (self, SOUND, wanted);
  if (patience != self->patience)
    set_wait (self, PICTURE, (guint) patience);
  self->latency = wanted;
  self->patience = patience;
  gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  wattle_line_show_in_time (self);
}
