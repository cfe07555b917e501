/* clock.h: the clock that rules are given, so that tests choose the time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_SECOND G_GINT64_CONSTANT (1000000)
#define WATTLE_MINUTE (60 * WATTLE_SECOND)
#define WATTLE_HOUR (60 * WATTLE_MINUTE)
#define WATTLE_DAY (24 * WATTLE_HOUR)

gint64 wattle_clock_now       (void);
gint64 wattle_clock_monotonic (void);
void   wattle_clock_fix       (gint64 instant);

G_END_DECLS
