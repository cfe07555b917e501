/* rate.h: how much picture a path carries
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Kilobits a second: what is begun with, and less than which no picture is worth sending. */
#define WATTLE_RATE_START 600
#define WATTLE_RATE_LEAST 80

/**
 * WattleRateReport:
 * @sent: what was sent, kilobits a second
 * @received: what of it arrived
 * @loss: share that was lost, 0 to 1
 * @delay_growth: by how much each packet came later than the one before it, milliseconds
 * @packets: how many of them
 *
 * What the other side's feedback says.
 */
typedef struct
{
  double sent;
  double received;
  double loss;
  double delay_growth;
  guint packets;
} WattleRateReport;

/**
 * WattleRate:
 *
 * The state of the control of one path; begin with wattle_rate_start().
 */
typedef struct
{
  double target;
  double queue;     /* what waits on the path, milliseconds */
  double noise;     /* what its changes usually are */
  double shortfall; /* share of what was sent that did not arrive in its time */
  double loss;      /* share, smoothed */
  double overuse;   /* what came through when the path was last too full, or 0 */
  gint64 changed;
  gint64 retreated;
  gint64 heard;
  gint64 drain;    /* until when nothing of the picture goes */
  gint64 judged;   /* the same, once it is known what had gone through before */
  gint64 starving; /* since when the least is too much, or 0 */
  gint64 resume;   /* when the picture is tried again */
  guint pauses;    /* one after the other */
  gboolean paused; /* no picture is sent */
  guint full;      /* reports of a full path, one after the other */
  guint unheard;   /* packets sent since the last report */
} WattleRate;

/**
 * WattleRateStep:
 * @least: the target from which on it is used, kilobits a second
 * @width: in pixels, for a picture as wide as 16 to 9
 * @height: likewise
 * @frames: a second
 *
 * A step of the ladder.
 */
typedef struct
{
  guint least;
  guint width;
  guint height;
  guint frames;
} WattleRateStep;

void                  wattle_rate_start  (WattleRate             *self,
                                          gint64                  now);
void                  wattle_rate_report (WattleRate             *self,
                                          const WattleRateReport *report,
                                          gint64                  now);
void wattle_rate_sent (WattleRate *self, gint64 now);
double wattle_rate_pace (const WattleRate *self, gint64 now);
void                  wattle_rate_tick   (WattleRate             *self,
                                          gboolean                calm,
                                          gint64                  now);
void                  wattle_rate_rest   (WattleRate             *self,
                                          gint64                  now);
const WattleRateStep *wattle_rate_step   (guint                   kilobits,
                                          guint                   used,
                                          const WattleRateStep   *current);

G_END_DECLS
