/* packet.c: what the packets of a picture say of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/packet.h"

/* RFC 6184: the kinds of units that a picture that stands for itself begins with, and those that hold others. */
#define H264_IDR 5
#define H264_PARAMETERS 7
#define H264_SEVERAL 24
#define H264_PART 28

static gboolean
begins_vp8 (const guint8 *payload, gsize length)
{
  gsize at = 1;

  /* RFC 7741: the begin of the first partition, then the extensions. */
  if (length < 1 || (payload[0] & 0x1f) != 0x10)
    return FALSE;
  if ((payload[0] & 0x80) != 0)
    {
      guint8 flags = length > 1 ? payload[1] : 0;

      at = 2;
      if ((flags & 0x80) != 0)
        at += at < length && (payload[at] & 0x80) != 0 ? 2 : 1;
      at += ((flags & 0x40) != 0 ? 1U : 0U) + ((flags & 0x30) != 0 ? 1U : 0U);
    }
  return at < length && (payload[at] & 1) == 0;
}

static gboolean
begins_h264 (const guint8 *payload, gsize length)
{
  guint kind = length > 0 ? payload[0] & 31U : 0;

  if (kind == H264_SEVERAL && length > 3)
    kind = payload[3] & 31U;
  else if (kind == H264_PART && length > 1 && (payload[1] & 0x80) != 0)
    kind = payload[1] & 31U;
  return kind == H264_IDR || kind == H264_PARAMETERS;
}

/**
 * wattle_packet_begins_keyframe:
 * @payload: of an RTP packet
 * @length: its bytes
 * @h264: by which rules it was made, otherwise VP8's
 *
 * Returns: whether a picture begins with it that can be understood without those before it
 */
gboolean
wattle_packet_begins_keyframe (const guint8 *payload, gsize length, gboolean h264)
{
  return h264 ? begins_h264 (payload, length) : begins_vp8 (payload, length);
}
