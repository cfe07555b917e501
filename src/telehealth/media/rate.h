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
 * @delay_growth: by how much packets came later than the packets before them, milliseconds
 *
 * What the other side's feedback says.
 */
typedef struct
{
  double sent;
  double received;
  double loss;
  double delay_growth;
} WattleRateReport;

/**
 * WattleRate:
 *
 * The state of the control of one path; begin with wattle_rate_start().
 */
typedef struct
{
  double target;
  double growth;
  double overuse; /* the target at which the path was last too full, or 0 */
  gint64 changed;
  gint64 heard;
  guint full;    /* reports of a full path, one after the other */
  guint unheard; /* packets sent since the last report */
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
void                  wattle_rate_sent   (WattleRate             *self);
void                  wattle_rate_tick   (WattleRate             *self,
                                          gint64                  now);
const WattleRateStep *wattle_rate_step   (guint                   kilobits,
                                          const WattleRateStep   *current);

G_END_DECLS
