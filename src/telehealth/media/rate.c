/* rate.c: how much picture a path carries
 *
 * Additive growth and multiplicative retreat on what transport-wide feedback tells. Sound is never touched by it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/rate.h"

#define MOST 2500
#define INTERVAL (G_USEC_PER_SEC / 4)
#define DEAF (G_USEC_PER_SEC * 3 / 10)
/* After a retreat the path gets that long to empty itself. */
#define REST G_USEC_PER_SEC
/* How long what was once too much is remembered. */
#define MEMORY (20 * G_USEC_PER_SEC)
/* When far too much was sent, nothing of the picture goes for so long: the next one would queue behind it. */
#define DRAIN (G_USEC_PER_SEC * 3 / 10)
/* And for so much longer what is told is about what was sent before. */
#define SETTLE (G_USEC_PER_SEC * 3 / 20)
/* After a retreat a large picture goes slowly for so long. */
#define GENTLE (2 * G_USEC_PER_SEC)
#define PACE 2.5
#define GENTLE_PACE 1.3
/* More than so little is tried although less is used: the smallest picture does not fill it. */
#define LITTLE 150
/* A queue of so many milliseconds is one, beside what is usual on the path. */
#define QUEUE 25.0
/* How long the least may be too much until there is no picture, how long there is none then, how often that doubles. */
#define STARVING (3 * G_USEC_PER_SEC)
#define PAUSE (5 * G_USEC_PER_SEC)
#define MOST_PAUSES 4

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

/* Whether packets wait somewhere on the path: they come later and later, or fewer come than go. */
static gboolean
is_late (WattleRate *self, const WattleRateReport *report)
{
  double change = report->delay_growth * MAX (report->packets, 1);
  double missing = report->sent * (1 - report->loss) - report->received;

  self->noise = 0.95 * self->noise + 0.05 * (change > 0 ? change : -change);
  self->queue = CLAMP (0.97 * self->queue + change, 0, 500);
  self->shortfall = 0.85 * self->shortfall + 0.15 * missing / MAX (report->sent, 1);
  return self->queue > QUEUE + 1.5 * self->noise || (self->queue > QUEUE / 2 && self->shortfall > 0.08)
         || missing / self->target > 0.25;
}

static void
retreat (WattleRate *self, const WattleRateReport *report, gint64 now)
{
  /* What arrives is what the path carries, if it was filled; when much less does than was sent, believe it at once. */
  gboolean much = report->received < 0.5 * report->sent || report->loss > 0.3;
  gboolean filled = much || report->sent > 0.7 * self->target;
  double carried = 0.85 * (filled ? report->received : self->target);
  double least = much ? 0.15 : 0.5;

  if (much)
    self->judged = self->drain = now + DRAIN;
  if (filled)
    self->overuse = CLAMP (report->received, WATTLE_RATE_LEAST, self->target);
  self->retreated = now;
  self->queue /= 2;
  self->target = MIN (0.85 * self->target, MAX (carried, least * self->target));
}

/* What is told of the time before a retreat that was made without a word. */
static void
judge (WattleRate *self, const WattleRateReport *report)
{
  self->full = 0;
  self->queue = self->shortfall = 0;
  if (self->judged == self->drain || report->received > 0.7 * report->sent || report->received > self->target)
    return;
  self->judged = self->drain;
  self->overuse = MAX (report->received, WATTLE_RATE_LEAST);
  self->target = CLAMP (0.85 * report->received, 0.4 * self->target, self->target);
}

static void
grow (WattleRate *self, gint64 now)
{
  gboolean near = self->overuse > 0 && self->target > 0.85 * self->overuse && self->target < 1.1 * self->overuse;

  if (now - self->retreated > MEMORY)
    self->overuse = 0;
  self->target *= near ? 1.02 : self->target > 1000 ? 1.05 : 1.08;
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

  self->heard = now;
  self->unheard = 0;
  if (now < self->drain + SETTLE)
    {
      judge (self, report);
      return;
    }
  late = is_late (self, report);
  /* Loss alone says little: on a bad wireless path it does not fall when less is sent. */
  self->loss = 0.85 * self->loss + 0.15 * report->loss;
  self->full = late || self->loss > 0.3 ? self->full + 1 : 0;
  if (now - self->changed < INTERVAL)
    return;
  self->changed = now;
  if (self->full >= 3)
    retreat (self, report, now);
  else if (self->full == 0 && (self->target < LITTLE || report->sent > 0.5 * self->target)
           && now - self->retreated > REST)
    grow (self, now);
  self->target = CLAMP (self->target, WATTLE_RATE_LEAST, MOST);
  if (self->target > WATTLE_RATE_LEAST || self->full == 0)
    self->starving = 0;
  else if (self->starving == 0)
    self->starving = now;
}

/* A path from which nothing is heard is taken to be full: its other way may be, too. */
static void
listen (WattleRate *self, gint64 now)
{
  if (self->paused || self->unheard < 10 || now - MAX (self->heard, self->drain) < DEAF || now - self->changed < DEAF)
    return;
  self->changed = now;
  self->retreated = now;
  if (self->target <= WATTLE_RATE_LEAST && self->starving == 0)
    self->starving = now;
  self->drain = now + DRAIN;
  self->target = MAX (0.4 * self->target, WATTLE_RATE_LEAST);
}

/**
 * wattle_rate_sent:
 * @self: the control of a path
 * @now: monotonic, microseconds
 *
 * A packet went.
 */
void
wattle_rate_sent (WattleRate *self, gint64 now)
{
  self->unheard++;
  listen (self, now);
}

/**
 * wattle_rate_pace:
 * @self: the control of a path
 * @now: monotonic, microseconds
 *
 * Returns: how fast packets follow each other, kilobits a second: a picture that is larger than others is spread, and
 *   where the path was full until now, over all the time that it takes there
 */
double
wattle_rate_pace (const WattleRate *self, gint64 now)
{
  gboolean gentle = self->retreated > 0 && now - self->retreated < GENTLE;

  return gentle ? GENTLE_PACE * MAX (self->target, 150) : PACE * MAX (self->target, 200);
}

/* Without a picture there is nothing to measure: it is tried again after a while, each time a longer one. */
static void
pause_or_resume (WattleRate *self, gboolean calm, gint64 now)
{
  if (!self->paused && self->starving > 0 && now - self->starving > STARVING)
    {
      self->paused = TRUE;
      self->resume = now + (PAUSE << MIN (self->pauses, MOST_PAUSES));
      self->pauses++;
    }
  else if (self->paused && calm && now > self->resume)
    {
      self->paused = FALSE;
      self->starving = 0;
      self->full = 0;
      self->unheard = 0;
      self->queue = self->shortfall = 0;
      self->heard = self->changed = now;
      self->target = 1.5 * WATTLE_RATE_LEAST;
    }
  if (!self->paused && self->pauses > 0 && self->target > 3 * WATTLE_RATE_LEAST)
    self->pauses = 0;
}

/**
 * wattle_rate_tick:
 * @self: the control of a path
 * @calm: whether what the other side says of the sound allows another try of the picture
 * @now: monotonic, microseconds
 *
 * Call it a few times a second.
 */
void
wattle_rate_tick (WattleRate *self, gboolean calm, gint64 now)
{
  pause_or_resume (self, calm, now);
  listen (self, now);
}

/**
 * wattle_rate_rest:
 * @self: the control of a path
 * @now: monotonic, microseconds
 *
 * The path is dead, which says nothing about what it carries.
 */
void
wattle_rate_rest (WattleRate *self, gint64 now)
{
  self->heard = self->changed = now;
  self->unheard = self->full = 0;
  self->starving = 0;
  self->queue = self->shortfall = 0;
}

/* Each picture of a step against those of another. */
static double
points (const WattleRateStep *step)
{
  return (double) step->width * step->height * step->frames;
}

/**
 * wattle_rate_step:
 * @kilobits: what may be sent in a second
 * @used: what the picture took of it lately, or 0 when that is not known
 * @current: (nullable): the step that is used now; left only when it is clearly worth it
 *
 * A simple picture takes less than it may: then a larger one is sent than the figure alone allows.
 *
 * Returns: (transfer none): the step to use
 */
const WattleRateStep *
wattle_rate_step (guint kilobits, guint used, const WattleRateStep *current)
{
  const WattleRateStep *found = steps;

  while (kilobits < found->least)
    found++;
  if (current == NULL)
    return found;
  /* Upwards only with a tenth to spare, or the picture would jump between two sizes. */
  if (found < current && kilobits >= found->least * 11 / 10)
    return found;
  if (found < current)
    found = found + 1 < current ? found + 1 : current;
  if (used == 0 || kilobits <= WATTLE_RATE_LEAST)
    return found;
  if (current > steps && found >= current && used * points (current - 1) / points (current) < 0.55 * kilobits)
    return current - 1;
  return found > current && used < 0.7 * kilobits ? current : found;
}
