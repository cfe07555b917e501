/* webm.h: a recording as Matroska, a piece at a time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A picture and a sound of our own, and of three others. */
#define WATTLE_WEBM_TRACKS 8

/**
 * WattleWebmTrack:
 * @used: whether the file has it
 * @codec: "V_VP8", "V_MPEG4/ISO/AVC" or "A_OPUS"
 * @name: for a person
 * @width: the largest picture, for a picture
 * @height: likewise
 */
typedef struct
{
  gboolean used;
  const char *codec;
  const char *name;
  guint width;
  guint height;
} WattleWebmTrack;

GByteArray *wattle_webm_head    (const WattleWebmTrack *tracks,
                                 guint                  n_tracks);
GByteArray *wattle_webm_cluster (gint64                 milliseconds);
gboolean    wattle_webm_block   (GByteArray            *cluster,
                                 gint64                 begin,
                                 guint                  track,
                                 gint64                 milliseconds,
                                 gboolean               keyframe,
                                 const guint8          *data,
                                 gsize                  length);

G_END_DECLS
