/* line.h: one connection to one other side: a generation
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "telehealth/engine.h"
#include "telehealth/media/rate.h"

G_BEGIN_DECLS

typedef struct _WattleLine WattleLine;

/**
 * WattleLineEvents:
 *
 * What a line tells its owner. The first five come on the main thread, the others on threads of the media library.
 */
typedef struct
{
  void (*description) (WattleLine *line, const char *kind, const char *sdp, gpointer data);
  void (*candidate) (WattleLine *line, guint mline, const char *text, gpointer data);
  void (*state) (WattleLine *line, WattleCallPeerState state, const char *sentence, gpointer data);
  void (*text) (WattleLine *line, GBytes *text, gpointer data);
  void (*first_picture) (WattleLine *line, gpointer data);
  void (*picture) (WattleLine *line, GstSample *sample, gpointer data);
  void (*sound) (WattleLine *line, GstBuffer *buffer, gpointer data);
  void (*coded) (WattleLine *line, gboolean video, GstBuffer *buffer, gpointer data);
  void (*keyframe) (WattleLine *line, gpointer data);
  void (*narrower) (WattleLine *line, gpointer data);
} WattleLineEvents;

/**
 * WattleLineSettings:
 * @clock: of all pipelines
 * @base_time: of all pipelines
 * @h264: the codec of the picture, otherwise VP8
 * @relay_only: see #WattleCallSettings
 * @stun: (nullable): "stun://host:port"
 * @turns: addresses of relays as the library wants them, %NULL-terminated
 * @pem: certificate and key
 * @fingerprint: of it
 * @ssrc: of own picture and sound
 *
 * What lines have in common. Outlives them.
 */
typedef struct
{
  GstClock *clock;
  GstClockTime base_time;
  gboolean h264;
  gboolean relay_only;
  char *stun;
  GStrv turns;
  char *pem;
  guint8 fingerprint[32];
  guint32 ssrc[2];
} WattleLineSettings;

/**
 * WattleLineFigures:
 *
 * See #WattleCallEngine::stats.
 */
typedef struct
{
  gint64 round_trip;
  gint64 loss;
  gint64 loss_out;
  gint64 jitter;
  gint64 asked;
  gint64 repaired;
  gint64 kilobits_in;
  gint64 kilobits_out;
  gint64 target;
  gint64 frames;
  gint64 frames_a_second;
  gint64 width;
  gint64 height;
  gint64 frozen;
  gint64 freezes;
  gint64 audio_packets;
  gint64 concealed;
  const char *path;
  const char *quality;
} WattleLineFigures;

WattleLine          *wattle_line_new              (const char               *peer,
                                                   guint                     generation,
                                                   gboolean                  offers,
                                                   const WattleLineSettings *settings,
                                                   const WattleLineEvents   *events,
                                                   gpointer                  data);
WattleLine          *wattle_line_ref              (WattleLine               *self);
void                 wattle_line_unref            (WattleLine               *self);
void                 wattle_line_close            (WattleLine               *self);
const char          *wattle_line_peer             (WattleLine               *self);
guint                wattle_line_generation       (WattleLine               *self);
WattleCallPeerState  wattle_line_state            (WattleLine               *self);
void                 wattle_line_take_description (WattleLine               *self,
                                                   const char               *kind,
                                                   const char               *sdp,
                                                   gsize                     length);
void                 wattle_line_take_candidate   (WattleLine               *self,
                                                   guint                     mline,
                                                   const char               *text);
void                 wattle_line_send             (WattleLine               *self,
                                                   gboolean                  video,
                                                   GstBuffer                *packet);
void                 wattle_line_send_text        (WattleLine               *self,
                                                   GBytes                   *text);
void                 wattle_line_ask_keyframe     (WattleLine               *self);
void                 wattle_line_tick             (WattleLine               *self,
                                                   gint64                    now);
guint                wattle_line_target           (WattleLine               *self);
guint wattle_line_latency (WattleLine *self);
void                 wattle_line_measure          (WattleLine               *self,
                                                   WattleLineFigures        *figures);

G_END_DECLS
