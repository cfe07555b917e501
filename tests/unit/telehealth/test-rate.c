/* test-rate.c: how much picture is sent as a path tells how it fares; and what a recording's bytes are
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/packet.h"
#include "telehealth/media/rate.h"
#include "telehealth/media/webm.h"

/* Thirty reports a second of a path that carries so much. */
static gint64
drive (WattleRate *rate, gint64 now, double seconds, double capacity, double loss, double jitter)
{
  for (int i = 0; i < (int) (seconds * 30); i++)
    {
      double sent = rate->target;
      gboolean full = sent > capacity;
      WattleRateReport report = { sent, MIN (sent * (1 - loss), capacity), loss,
                                  full         ? 4
                                  : i % 2 == 0 ? jitter
                                               : -jitter,
                                  3 };

      now += G_USEC_PER_SEC / 30;
      for (int k = 0; k < 3; k++)
        wattle_rate_sent (rate, now);
      wattle_rate_report (rate, &report, now);
      wattle_rate_tick (rate, TRUE, now);
    }
  return now;
}

static void
test_free (void)
{
  WattleRate rate;
  gint64 now = drive ((wattle_rate_start (&rate, 0), &rate), 0, 9, 1e6, 0, 0.2);

  g_assert_cmpfloat (rate.target, >, 2000);
  /* Nor do jitter or loss that has nothing to do with how much is sent bring it down. */
  drive (&rate, now, 10, 1e6, 0.1, 8);
  g_assert_cmpfloat (rate.target, >, 2000);
}

/* Where a picture begins that stands for itself: by the descriptor of VP8, and by the kinds of units of H.264. */
static void
test_keyframe (void)
{
  static const struct
  {
    guint8 bytes[8];
    gsize length;
    gboolean h264;
    gboolean begins;
  } packets[] = {
    { { 0x10, 0x00 }, 2, FALSE, TRUE },
    { { 0x10, 0x01 }, 2, FALSE, FALSE },                  /* builds upon another */
    { { 0x00, 0x00 }, 2, FALSE, FALSE },                  /* in the middle */
    { { 0x11, 0x00 }, 2, FALSE, FALSE },                  /* another partition */
    { { 0x90, 0x80, 0x12, 0x00 }, 4, FALSE, TRUE },       /* with a short number, */
    { { 0x90, 0x80, 0x92, 0x34, 0x00 }, 5, FALSE, TRUE }, /* with a long one, */
    { { 0x90, 0x80, 0x92, 0x34, 0x01 }, 5, FALSE, FALSE },
    { { 0x90, 0xf0, 0x92, 0x34, 1, 1, 0x00 }, 7, FALSE, TRUE }, /* with everything */
    { { 0x90, 0x80, 0x92 }, 3, FALSE, FALSE },                  /* and cut off */
    { { 0x90 }, 1, FALSE, FALSE },
    { { 0 }, 0, FALSE, FALSE },
    { { 0x67 }, 1, TRUE, TRUE },
    { { 0x65 }, 1, TRUE, TRUE },
    { { 0x61 }, 1, TRUE, FALSE },
    { { 0x78, 0, 4, 0x67 }, 4, TRUE, TRUE },
    { { 0x7c, 0x85 }, 2, TRUE, TRUE },
    { { 0x7c, 0x05 }, 2, TRUE, FALSE }, /* the middle of it */
    { { 0 }, 0, TRUE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (packets); i++)
    g_assert_cmpint (wattle_packet_begins_keyframe (packets[i].bytes, packets[i].length, packets[i].h264), ==,
                     packets[i].begins);
}

static void
test_cliff (void)
{
  WattleRate rate;
  gint64 now = drive ((wattle_rate_start (&rate, 0), &rate), 0, 8, 2000, 0, 0.2);

  now = drive (&rate, now, 3, 400, 0, 0.2);
  g_assert_cmpfloat (rate.target, <, 450);
  g_assert_cmpfloat (rate.target, >, 150);
  drive (&rate, now, 12, 2000, 0, 0.2);
  g_assert_cmpfloat (rate.target, >, 1200);
}

/* A path from which nothing comes is full; one on which nothing is sent is not. */
static void
test_deaf (void)
{
  WattleRate rate;

  wattle_rate_start (&rate, 0);
  for (gint64 now = 0; now < 5 * G_USEC_PER_SEC; now += G_USEC_PER_SEC / 4)
    wattle_rate_tick (&rate, TRUE, now);
  g_assert_cmpfloat (rate.target, ==, WATTLE_RATE_START);
  for (int i = 0; i < 20; i++)
    wattle_rate_sent (&rate, 0);
  for (gint64 now = 5 * G_USEC_PER_SEC; now < 9 * G_USEC_PER_SEC; now += G_USEC_PER_SEC / 4)
    wattle_rate_tick (&rate, TRUE, now);
  g_assert_cmpfloat (rate.target, <, 200);
  g_assert_cmpfloat (rate.target, >=, WATTLE_RATE_LEAST);
}

/* What is told while the path empties itself tells what it carried, and is no reason to send even less. */
static void
test_drain (void)
{
  WattleRate rate;
  WattleRateReport before = { 1500, 300, 0.8, 20, 5 };
  gint64 now = drive ((wattle_rate_start (&rate, 0), &rate), 0, 8, 2000, 0, 0.2);
  double target = rate.target;

  for (int i = 0; i < 20; i++)
    wattle_rate_sent (&rate, now += G_USEC_PER_SEC / 50);
  g_assert_cmpfloat (rate.target, <, 0.5 * target);
  g_assert_cmpint (rate.drain, >, now);
  g_assert_cmpfloat (wattle_rate_pace (&rate, now), <, 1.5 * rate.target);
  for (int i = 0; i < 6; i++)
    wattle_rate_report (&rate, &before, now += G_USEC_PER_SEC / 30);
  g_assert_cmpfloat (rate.target, <, 350);
  g_assert_cmpfloat (rate.target, >, 200);
}

/* The smallest picture takes less than the least that is tried, and is no reason to stay there or to stop. */
static void
test_little (void)
{
  WattleRate rate;
  WattleRateReport report = { 30, 30, 0, 0, 1 };

  wattle_rate_start (&rate, 0);
  rate.target = WATTLE_RATE_LEAST;
  rate.starving = 1;
  for (gint64 now = G_USEC_PER_SEC; now < 8 * G_USEC_PER_SEC; now += G_USEC_PER_SEC / 15)
    {
      wattle_rate_sent (&rate, now);
      wattle_rate_report (&rate, &report, now);
      wattle_rate_tick (&rate, TRUE, now);
      g_assert_false (rate.paused);
    }
  g_assert_cmpfloat (rate.target, >, 1.5 * WATTLE_RATE_LEAST);
}

/* A path that does not carry the least gets a rest from pictures, and another try; when it carries them, they stay. */
static void
test_pause (void)
{
  WattleRate rate;
  gint64 now = drive ((wattle_rate_start (&rate, 0), &rate), 0, 20, 30, 0, 0.2);
  guint pauses = 0;

  g_assert_true (rate.paused);
  pauses = rate.pauses;
  wattle_rate_tick (&rate, FALSE, now + 200 * G_USEC_PER_SEC);
  g_assert_true (rate.paused);
  wattle_rate_tick (&rate, TRUE, now + 200 * G_USEC_PER_SEC);
  g_assert_false (rate.paused);
  now = drive (&rate, now + 200 * G_USEC_PER_SEC, 15, 1000, 0, 0.2);
  g_assert_false (rate.paused);
  g_assert_cmpfloat (rate.target, >, 300);
  g_assert_cmpuint (rate.pauses, <, pauses);
}

static void
test_steps (void)
{
  const WattleRateStep *step = wattle_rate_step (600, 0, NULL);
  const WattleRateStep *simple = step;

  g_assert_cmpuint (step->height, ==, 360);
  g_assert_cmpuint (wattle_rate_step (5000, 0, NULL)->height, ==, 720);
  g_assert_cmpuint (wattle_rate_step (1, 0, NULL)->height, ==, 180);
  /* Not to and fro. */
  g_assert_true (wattle_rate_step (660, 0, step) == step);
  g_assert_cmpuint (wattle_rate_step (800, 0, step)->height, ==, 540);
  /* A picture in which little moves becomes large one step after the other, and small again when more does. */
  g_assert_true (wattle_rate_step (600, 500, step) == step);
  simple = wattle_rate_step (600, 50, simple);
  g_assert_cmpuint (simple->height, ==, 540);
  simple = wattle_rate_step (600, 110, simple);
  g_assert_cmpuint (simple->height, ==, 720);
  g_assert_true (wattle_rate_step (600, 200, simple) == simple);
  g_assert_cmpuint (wattle_rate_step (600, 550, simple)->height, ==, 360);
}

static void
test_webm (void)
{
  static const guint8 cluster[] = { 0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 0xe7, 0x10, 0x00, 0x00, 0x02, 0x03, 0xe8 };
  static const guint8 block[] = { 0xa3, 0x10, 0x00, 0x00, 0x06, 0x82, 0xff, 0xfe, 0x80, 'h', 'i' };
  g_autoptr (GByteArray) out = wattle_webm_cluster (1000);

  g_assert_cmpmem (out->data, out->len, cluster, sizeof cluster);
  g_assert_true (wattle_webm_block (out, 1000, 2, 998, TRUE, (const guint8 *) "hi", 2));
  g_assert_cmpmem (out->data + sizeof cluster, out->len - sizeof cluster, block, sizeof block);
  g_assert_false (wattle_webm_block (out, 1000, 2, 50000, TRUE, (const guint8 *) "hi", 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate/free", test_free);
  g_test_add_func ("/rate/cliff", test_cliff);
  g_test_add_func ("/rate/keyframe", test_keyframe);
  g_test_add_func ("/rate/deaf", test_deaf);
  g_test_add_func ("/rate/drain", test_drain);
  g_test_add_func ("/rate/little", test_little);
  g_test_add_func ("/rate/pause", test_pause);
  g_test_add_func ("/rate/steps", test_steps);
  g_test_add_func ("/rate/webm", test_webm);
  return g_test_run ();
}
