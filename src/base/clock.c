/* clock.c: the clock that rules are given, so that tests choose the time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"

static gint64 fixed;

/**
 * wattle_clock_now:
 *
 * Returns: microseconds since the epoch, UTC
 */
gint64
wattle_clock_now (void)
{
  gint64 instant = __atomic_load_n (&fixed, __ATOMIC_RELAXED);
  return instant != 0 ? instant : g_get_real_time ();
}

/**
 * wattle_clock_monotonic:
 *
 * Returns: microseconds for measuring how long something takes; a fixed clock
 *   stands still here too
 */
gint64
wattle_clock_monotonic (void)
{
  gint64 instant = __atomic_load_n (&fixed, __ATOMIC_RELAXED);
  return instant != 0 ? instant : g_get_monotonic_time ();
}

/**
 * wattle_clock_fix:
 * @instant: what wattle_clock_now() shall answer from now on; 0 lets it run
 *
 * For tests and for reproducible demonstrations.
 */
void
wattle_clock_fix (gint64 instant)
{
  __atomic_store_n (&fixed, instant, __ATOMIC_RELAXED);
}
