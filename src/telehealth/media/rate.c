/* rate.c: how much picture a path carries
 *
 * Additive growth and multiplicative retreat on what transport-wide feedback tells. Sound is never touched by it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/rate.h"

#define MOST 2500
#define INTERVAL (G_USEC_PER_SEC / 4)
#define DEAF (G_USEC_PER_SEC * 4 / 10)

static const WattleRateStep steps[] = {
  { 1100, 1280, 720, 30 }, { 650, 960, 540, 30 },  { 300, 640, 360, 30 },
  { 170, 480, 270, 24 },   { 100, 320, 180, 15 },  { 0, 320, 180, 8 },
};

/**
 * wattle_rate_start:
 * @self: (out caller-allocates): the control of a path
 * @now: monotonic, microseconds
 */
void
wattle_rate_start (WattleRate *self, gint64 now)
{
  *self = (WattleRate){ .target = WATTLE_RATE_START, .changed = now, .heard = now };
}

/**
 * wattle_rate_report:
 * @self: the control of a path
 * @report: what the other side says
 * @now: monotonic, microseconds
 */
void
wattle_rate_report (WattleRate *self, const WattleRateReport *report, gint64 now)
{
  gboolean late = FALSE;
  gboolean full = FALSE;

  self->heard = now;
  self->unheard = 0;
  /* With its sign: packets that come now early and now late make no queue. */
  self->growth = 0.8 * self->growth + 0.2 * report->delay_growth;
  late = self->growth > 1.0 || (report->sent * (1 - report->loss) - report->received) / self->target > 0.25;
  full = late || report->loss > 0.25;
  self->full = full ? self->full + 1 : 0;
  if (now - self->changed < INTERVAL)
    return;
  self->changed = now;
  /* Loss alone says little: on a bad wireless path it does not fall when less is sent. */
  if (self->full >= 3)
    {
      self->overuse = self->target;
      self->target = MIN (0.85 * self->target, MAX (0.85 * report->received, 0.5 * self->target));
    }
  else if (self->full == 0 && report->sent > 0.5 * self->target)
    self->target *= self->overuse > 0 && self->target > 0.8 * self->overuse && self->target < 1.1 * self->overuse
                      ? 1.02
                      : 1.08;
  self->target = CLAMP (self->target, WATTLE_RATE_LEAST, MOST);
}

/**
 * wattle_rate_sent:
 * @self: the control of a path
 *
 * A packet went.
 */
void
wattle_rate_sent (WattleRate *self)
{
  self->unheard++;
}

/**
 * wattle_rate_tick:
 * @self: the control of a path
 * @now: monotonic, microseconds
 *
 * Call it a few times a second: a path from which nothing is heard is taken to be full.
 */
void
wattle_rate_tick (WattleRate *self, gint64 now)
{
  if (self->unheard < 10 || now - self->heard < DEAF || now - self->changed < DEAF)
    return;
  self->changed = now;
  self->target = MAX (0.6 * self->target, WATTLE_RATE_LEAST);
}

/**
 * wattle_rate_step:
 * @kilobits: what may be sent in a second
 * @current: (nullable): the step that is used now; left only when it is clearly worth it
 *
 * Returns: (transfer none): the step to use
 */
const WattleRateStep *
wattle_rate_step (guint kilobits, const WattleRateStep *current)
{
  gsize found = 0;

  while (found + 1 < G_N_ELEMENTS (steps) && kilobits < steps[found].least)
    found++;
  /* Upwards only with a tenth to spare, or the picture would jump between two sizes. */
  if (current != NULL && &steps[found] < current && kilobits < steps[found].least * 11 / 10)
    found++;
  return &steps[found];
}
