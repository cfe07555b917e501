/* line-measure.c: how a line fares
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/line-private.h"

#include <math.h>
#include <nice/agent.h>

/* Of one jitter buffer. */
static void
measure_buffer (WattleLine *self, GObject *buffer, gint64 *lost, gint64 *pushed, WattleLineFigures *figures)
{
  g_autoptr (GstStructure) stats = NULL;
  gint64 jitter = 0;
  const struct
  {
    const char *name;
    gint64 *sum;
  } counts[] = {
    { "num-lost", lost },      { "num-late", &self->late },      { "num-pushed", pushed },
    { "avg-jitter", &jitter }, { "rtx-count", &figures->asked }, { "rtx-success-count", &figures->repaired }
  };

  g_object_get (buffer, "stats", &stats, NULL);
  for (gsize i = 0; stats != NULL && i < G_N_ELEMENTS (counts); i++)
    {
      guint64 value = 0;

      if (gst_structure_get_uint64 (stats, counts[i].name, &value))
        *counts[i].sum += (gint64) value;
    }
  figures->jitter = MAX (figures->jitter, jitter / (gint64) GST_MSECOND);
}

static void
measure_buffers (WattleLine *self, gint64 *lost, gint64 *pushed, WattleLineFigures *figures)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->late = 0;
  for (guint side = 0; side < G_N_ELEMENTS (self->buffers); side++)
    for (guint i = 0; i < self->buffers[side]->len; i++)
      measure_buffer (self, g_ptr_array_index (self->buffers[side], i), lost, pushed, figures);
}

/* What the other side's reports say about what we send. */
static void
measure_reports (WattleLine *self, WattleLineFigures *figures)
{
  g_autoptr (GObject) session = NULL;
  g_autoptr (GstStructure) stats = NULL;
  const GValue *list = NULL;

  g_signal_emit_by_name (self->rtpbin, "get-internal-session", 0, &session);
  if (session == NULL)
    return;
  g_object_get (session, "stats", &stats, NULL);
  list = stats != NULL ? gst_structure_get_value (stats, "source-stats") : NULL;
  if (list == NULL)
    return;
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  for (guint i = 0; i < ((GValueArray *) g_value_get_boxed (list))->n_values; i++)
    {
      const GValue *value = g_value_array_get_nth (g_value_get_boxed (list), i);
      const GstStructure *source = g_value_get_boxed (value);
      gboolean told = FALSE;
      guint fraction = 0;
      guint trip = 0;

      if (!gst_structure_get_boolean (source, "have-rb", &told) || !told)
        continue;
      if (gst_structure_get_uint (source, "rb-fractionlost", &fraction))
        figures->loss_out = MAX (figures->loss_out, (gint64) fraction * 1000 / 256);
      if (gst_structure_get_uint (source, "rb-round-trip", &trip))
        figures->round_trip = MAX (figures->round_trip, (gint64) trip * 1000 / 65536);
    }
  G_GNUC_END_IGNORE_DEPRECATIONS
}

/* How much of the sound was made up where packets were missing, in thousandths. The mutex is held. */
static gint64
measure_voice (WattleLine *self)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 concealed = 0;
  guint64 whole = self->sounds * 20 * GST_MSECOND;

  if (self->voice != NULL)
    g_object_get (self->voice, "stats", &stats, NULL);
  if (stats == NULL || !gst_structure_get_uint64 (stats, "plc-duration", &concealed))
    return 0;
  return (gint64) (concealed * 1000 / MAX (whole + concealed, 1));
}

static const char *
path_of (WattleLine *self)
{
  g_autoptr (GObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;
  NiceCandidate *local = NULL;
  NiceCandidate *remote = NULL;

  g_object_get (self->rtc, "ice-agent", &ice, NULL);
  if (ice != NULL)
    g_object_get (ice, "agent", &agent, NULL);
  if (agent == NULL || !nice_agent_get_selected_pair (NICE_AGENT (agent), 1, 1, &local, &remote))
    return "";
  return local->type == NICE_CANDIDATE_TYPE_RELAYED || remote->type == NICE_CANDIDATE_TYPE_RELAYED ? "relay" : "direct";
}

static const char *
quality_of (const WattleLineFigures *figures)
{
  if (figures->loss > 80 || figures->round_trip > 600 || figures->target < 150)
    return "poor";
  if (figures->loss > 20 || figures->round_trip > 250 || figures->target < 350)
    return "fair";
  return "good";
}

/**
 * wattle_line_measure:
 * @self: a line
 * @figures: (out caller-allocates): since the last call, about a second ago
 */
void
wattle_line_measure (WattleLine *self, WattleLineFigures *figures)
{
  gint64 now = g_get_monotonic_time ();
  gint64 span = MAX (now - self->measured, 1);
  gint64 lost = 0;
  gint64 pushed = 0;
  gint64 whole = 0;
  gint64 repaired = 0;
  int in = g_atomic_int_get (&self->bytes_in);
  int out = g_atomic_int_get (&self->bytes_out);

  *figures = (WattleLineFigures){ 0 };
  measure_buffers (self, &lost, &pushed, figures);
  measure_reports (self, figures);
  whole = lost - self->lost_then + pushed - self->pushed_then;
  if (whole > 0)
    self->loss = (self->loss * 3 + (lost - self->lost_then) * 1000 / whole) / 4;
  figures->loss = self->loss;
  repaired = figures->repaired - self->repaired_then;
  if (whole > 0)
    self->missing = (lost - self->lost_then + repaired + self->late - self->late_then) * 1000 / whole;
  self->late_then = self->late;
  self->repaired_then = figures->repaired;
  self->trip = figures->round_trip > 0 ? figures->round_trip : self->trip;
  self->jitter = figures->jitter;
  self->loss_out = figures->loss_out;
  figures->kilobits_in = (gint64) (guint) (in - self->in_then) * 8000 / span;
  figures->kilobits_out = (gint64) (guint) (out - self->out_then) * 8000 / span;
  g_mutex_lock (&self->mutex);
  figures->target = self->rate.paused ? 0 : (gint64) self->rate.target;
  figures->frames = (gint64) self->frames;
  figures->frames_a_second =
    (gint64) llround ((double) (self->frames - self->frames_then) * G_USEC_PER_SEC / (double) span);
  figures->width = (gint64) self->width;
  figures->height = (gint64) self->height;
  figures->freezes = (gint64) self->freezes;
  if (self->first_frame > 0 && now > self->first_frame)
    figures->frozen = self->frozen * 1000 / (now - self->first_frame);
  figures->audio_packets = (gint64) self->sounds;
  figures->concealed = measure_voice (self);
  self->frames_then = self->frames;
  g_mutex_unlock (&self->mutex);
  self->lost_then = lost;
  self->pushed_then = pushed;
  self->in_then = in;
  self->out_then = out;
  self->measured = now;
  figures->path = path_of (self);
  figures->quality = quality_of (figures);
}
