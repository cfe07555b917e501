/* webm.c: a recording as Matroska, a piece at a time
 *
 * Only what a live recording needs (RFC 9559): a head, then clusters of unknown length with one block a frame, so that
 * the file plays wherever it ends.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/webm.h"

#include <string.h>

/* Elements by their identity, length marker included. */
enum
{
  EBML = 0x1A45DFA3,
  EBML_VERSION = 0x4286,
  EBML_READ_VERSION = 0x42F7,
  EBML_MAX_ID = 0x42F2,
  EBML_MAX_SIZE = 0x42F3,
  DOC_TYPE = 0x4282,
  DOC_VERSION = 0x4287,
  DOC_READ_VERSION = 0x4285,
  SEGMENT = 0x18538067,
  INFO = 0x1549A966,
  TIMESTAMP_SCALE = 0x2AD7B1,
  MUXING_APP = 0x4D80,
  WRITING_APP = 0x5741,
  TRACKS = 0x1654AE6B,
  TRACK = 0xAE,
  TRACK_NUMBER = 0xD7,
  TRACK_UID = 0x73C5,
  TRACK_TYPE = 0x83,
  TRACK_LACING = 0x9C,
  TRACK_NAME = 0x536E,
  CODEC = 0x86,
  CODEC_PRIVATE = 0x63A2,
  CODEC_DELAY = 0x56AA,
  SEEK_PREROLL = 0x56BB,
  VIDEO = 0xE0,
  WIDTH = 0xB0,
  HEIGHT = 0xBA,
  AUDIO = 0xE1,
  FREQUENCY = 0xB5,
  CHANNELS = 0x9F,
  CLUSTER = 0x1F43B675,
  TIMESTAMP = 0xE7,
  SIMPLE_BLOCK = 0xA3,
};

static void
put_big (GByteArray *out, guint64 value, guint bytes)
{
  for (guint i = bytes; i > 0; i--)
    {
      guint8 byte = (guint8) (value >> (8 * (i - 1)));

      g_byte_array_append (out, &byte, 1);
    }
}

static guint
bytes_of (guint64 value)
{
  guint bytes = 1;

  while (bytes < 8 && value >> (8 * bytes) != 0)
    bytes++;
  return bytes;
}

static void
put_id (GByteArray *out, guint32 id)
{
  put_big (out, id, bytes_of (id));
}

/* A length in four bytes is enough for anything here. */
static void
put_length (GByteArray *out, gsize length)
{
  put_big (out, 0x10000000 | length, 4);
}

static void
put_bytes (GByteArray *out, guint32 id, const void *data, gsize length)
{
  put_id (out, id);
  put_length (out, length);
  g_byte_array_append (out, data, (guint) length);
}

static void
put_text (GByteArray *out, guint32 id, const char *text)
{
  put_bytes (out, id, text, strlen (text));
}

static void
put_number (GByteArray *out, guint32 id, guint64 value)
{
  guint bytes = bytes_of (value);

  put_id (out, id);
  put_length (out, bytes);
  put_big (out, value, bytes);
}

static void
put_float (GByteArray *out, guint32 id, float value)
{
  guint32 bits = 0;

  memcpy (&bits, &value, sizeof bits);
  put_id (out, id);
  put_length (out, 4);
  put_big (out, bits, 4);
}

static void
put_group (GByteArray *out, guint32 id, GByteArray *group)
{
  put_bytes (out, id, group->data, group->len);
  g_byte_array_unref (group);
}

static void
put_endless (GByteArray *out, guint32 id)
{
  put_id (out, id);
  put_big (out, 0x01FFFFFFFFFFFFFF, 8);
}

static GByteArray *
make_track (const WattleWebmTrack *track, guint number)
{
  /* RFC 7845 s 5.1: version 1, one channel, 312 samples to skip, 48 kHz */
  static const guint8 opus[] = { 'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 1, 56, 1, 0x80, 0xBB, 0, 0, 0, 0, 0 };
  GByteArray *out = g_byte_array_new ();
  GByteArray *kind = g_byte_array_new ();
  gboolean video = track->codec[0] == 'V';

  put_number (out, TRACK_NUMBER, number);
  put_number (out, TRACK_UID, number);
  put_number (out, TRACK_TYPE, video ? 1 : 2);
  put_number (out, TRACK_LACING, 0);
  put_text (out, TRACK_NAME, track->name);
  put_text (out, CODEC, track->codec);
  if (video)
    {
      put_number (kind, WIDTH, track->width);
      put_number (kind, HEIGHT, track->height);
      put_group (out, VIDEO, kind);
      return out;
    }
  put_bytes (out, CODEC_PRIVATE, opus, sizeof opus);
  put_number (out, CODEC_DELAY, 6500000);
  put_number (out, SEEK_PREROLL, 80000000);
  put_float (kind, FREQUENCY, 48000);
  put_number (kind, CHANNELS, 1);
  put_group (out, AUDIO, kind);
  return out;
}

/**
 * wattle_webm_head:
 * @tracks: (array length=n_tracks): what may come; the number of a track is its place, from 1
 * @n_tracks: at most %WATTLE_WEBM_TRACKS
 *
 * Returns: (transfer full): the beginning of the file
 */
GByteArray *
wattle_webm_head (const WattleWebmTrack *tracks, guint n_tracks)
{
  GByteArray *out = g_byte_array_new ();
  GByteArray *head = g_byte_array_new ();
  GByteArray *info = g_byte_array_new ();
  GByteArray *all = g_byte_array_new ();

  put_number (head, EBML_VERSION, 1);
  put_number (head, EBML_READ_VERSION, 1);
  put_number (head, EBML_MAX_ID, 4);
  put_number (head, EBML_MAX_SIZE, 8);
  put_text (head, DOC_TYPE, "matroska");
  put_number (head, DOC_VERSION, 4);
  put_number (head, DOC_READ_VERSION, 2);
  put_group (out, EBML, head);
  put_endless (out, SEGMENT);
  put_number (info, TIMESTAMP_SCALE, 1000000);
  put_text (info, MUXING_APP, "Wattle");
  put_text (info, WRITING_APP, "Wattle");
  put_group (out, INFO, info);
  for (guint i = 0; i < n_tracks; i++)
    if (tracks[i].used)
      put_group (all, TRACK, make_track (&tracks[i], i + 1));
  put_group (out, TRACKS, all);
  return out;
}

/**
 * wattle_webm_cluster:
 * @milliseconds: when it begins, since the recording did
 *
 * Returns: (transfer full): the beginning of a cluster
 */
GByteArray *
wattle_webm_cluster (gint64 milliseconds)
{
  GByteArray *out = g_byte_array_new ();

  put_endless (out, CLUSTER);
  put_number (out, TIMESTAMP, (guint64) MAX (milliseconds, 0));
  return out;
}

/**
 * wattle_webm_block:
 * @cluster: the cluster that it is added to
 * @begin: when that begins
 * @track: from 1
 * @milliseconds: when the frame is due, since the recording began
 * @keyframe: whether it stands for itself
 * @data: the frame
 * @length: its bytes
 *
 * Returns: %FALSE when the frame is too far from the cluster's beginning to belong to it
 */
gboolean
wattle_webm_block (GByteArray *cluster, gint64 begin, guint track, gint64 milliseconds, gboolean keyframe,
                   const guint8 *data, gsize length)
{
  gint64 offset = milliseconds - begin;
  guint8 head[4] = { (guint8) (0x80 | track), (guint8) ((guint64) offset >> 8), (guint8) offset, keyframe ? 0x80 : 0 };

  if (offset < G_MININT16 || offset > G_MAXINT16 || length > 8 * 1024 * 1024)
    return FALSE;
  put_id (cluster, SIMPLE_BLOCK);
  put_length (cluster, sizeof head + length);
  g_byte_array_append (cluster, head, sizeof head);
  g_byte_array_append (cluster, data, (guint) length);
  return TRUE;
}
