/* recorder.c: what is seen and heard, as it was sent, for the window to seal
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/recorder.h"

#include "telehealth/engine.h"
#include "telehealth/media/webm.h"

/* When what was gathered goes to the window, and when a new cluster begins. */
#define PIECE_BYTES (48 * 1024)
#define PIECE_MS 500
#define CLUSTER_MS 1000
/* The largest piece of a message. */
#define MESSAGE_BYTES (64 * 1024)

struct _WattleRecorder
{
  GstClock *clock;
  GstClockTime base_time;
  WattleLink *link;
  GMutex mutex; /* for what follows */
  gboolean on;
  gboolean pictures;
  GstClockTime begun;
  gint64 cluster; /* when it began, or -1 */
  gint64 sent;
  gboolean seen[WATTLE_WEBM_TRACKS];
  GByteArray *piece;
};

static gint64
now_of (WattleRecorder *self)
{
  return (gint64) ((gst_clock_get_time (self->clock) - self->base_time - self->begun) / GST_MSECOND);
}

static void
send_piece (WattleRecorder *self, gboolean last)
{
  gsize at = 0;

  do
    {
      gsize length = MIN (self->piece->len - at, MESSAGE_BYTES);
      g_autoptr (GBytes) bytes = g_bytes_new (self->piece->data + at, length);
      gboolean ends = at + length == self->piece->len;

      wattle_link_send (self->link, last && ends ? "{\"is\":\"recording\",\"last\":true}" : "{\"is\":\"recording\"}",
                        bytes, -1);
      at += length;
    }
  while (at < self->piece->len);
  g_byte_array_set_size (self->piece, 0);
  self->sent = now_of (self);
}

static void
put_cluster (WattleRecorder *self, gint64 when)
{
  g_autoptr (GByteArray) cluster = wattle_webm_cluster (when);

  g_byte_array_append (self->piece, cluster->data, cluster->len);
  self->cluster = when;
}

/**
 * wattle_recorder_new:
 * @clock: of all pipelines
 * @base_time: of all pipelines
 * @link: to the window
 *
 * Returns: (transfer full): a recorder that does not record
 */
WattleRecorder *
wattle_recorder_new (GstClock *clock, GstClockTime base_time, WattleLink *link)
{
  WattleRecorder *self = g_new0 (WattleRecorder, 1);

  self->clock = clock;
  self->base_time = base_time;
  self->link = wattle_link_ref (link);
  self->piece = g_byte_array_new ();
  g_mutex_init (&self->mutex);
  return self;
}

/**
 * wattle_recorder_free:
 * @self: a recorder
 */
void
wattle_recorder_free (WattleRecorder *self)
{
  wattle_recorder_stop (self);
  g_byte_array_unref (self->piece);
  g_mutex_clear (&self->mutex);
  wattle_link_unref (self->link);
  g_free (self);
}

/**
 * wattle_recorder_start:
 * @self: a recorder
 * @pictures: whether pictures can be kept as they are sent
 * @width: the largest own picture
 * @height: likewise
 */
void
wattle_recorder_start (WattleRecorder *self, gboolean pictures, guint width, guint height)
{
  static const char *const names[] = { "Own picture",      "Own sound",      "Picture of 1st", "Sound of 1st",
                                       "Picture of 2nd", "Sound of 2nd", "Picture of 3rd", "Sound of 3rd" };
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GByteArray) head = NULL;
  WattleWebmTrack tracks[WATTLE_WEBM_TRACKS];

  if (self->on)
    return;
  for (guint i = 0; i < WATTLE_WEBM_TRACKS; i++)
    {
      tracks[i] = (WattleWebmTrack){ i % 2 == 1 || pictures, i % 2 == 0 ? "V_VP8" : "A_OPUS", names[i], width, height };
      self->seen[i] = i % 2 == 1;
    }
  head = wattle_webm_head (tracks, WATTLE_WEBM_TRACKS);
  self->on = TRUE;
  self->pictures = pictures;
  self->begun = gst_clock_get_time (self->clock) - self->base_time;
  self->cluster = -1;
  g_byte_array_append (self->piece, head->data, head->len);
  send_piece (self, FALSE);
}

/**
 * wattle_recorder_stop:
 * @self: a recorder
 *
 * The rest goes to the window.
 */
void
wattle_recorder_stop (WattleRecorder *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (!self->on)
    return;
  self->on = FALSE;
  send_piece (self, TRUE);
}

/**
 * wattle_recorder_is_on:
 * @self: a recorder
 *
 * Returns: whether it records
 */
gboolean
wattle_recorder_is_on (WattleRecorder *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->on;
}

/**
 * wattle_recorder_put:
 * @self: a recorder
 * @who: 0 for the own side, otherwise a place from 1
 * @video: whether it is of the picture
 * @buffer: (transfer none): a coded frame
 *
 * Any thread. A picture begins with one that stands for itself.
 */
void
wattle_recorder_put (WattleRecorder *self, guint who, gboolean video, GstBuffer *buffer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  guint track = who * 2 + (video ? 0 : 1);
  gboolean keyframe = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gint64 when = 0;
  GstMapInfo map;

  if (!self->on || track >= WATTLE_WEBM_TRACKS || (video && !self->pictures) || !GST_BUFFER_PTS_IS_VALID (buffer)
      || GST_BUFFER_PTS (buffer) < self->begun || (!self->seen[track] && !keyframe))
    return;
  self->seen[track] = TRUE;
  when = (gint64) ((GST_BUFFER_PTS (buffer) - self->begun) / GST_MSECOND);
  if (self->cluster < 0 || when - self->cluster > CLUSTER_MS)
    put_cluster (self, when);
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  wattle_webm_block (self->piece, self->cluster, track + 1, when, keyframe, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  if (self->piece->len > PIECE_BYTES || now_of (self) - self->sent > PIECE_MS)
    send_piece (self, FALSE);
}
