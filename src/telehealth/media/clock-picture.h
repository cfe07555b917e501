/* clock-picture.h: the time in a drawn picture, so that it can be read from a screen how old that is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_CLOCK_CELLS 36
/* So many milliseconds, then it begins anew. */
#define WATTLE_CLOCK_ROUND (1U << 20)

void wattle_clock_picture_draw (guint8 *luma, guint stride, guint width, guint height, gint64 now);

/**
 * wattle_clock_cells:
 * @milliseconds: of the monotonic clock
 *
 * A mark, 20 bits, 8 bits that check them, and another mark, so that a picture turned around is not read.
 *
 * Returns: the cells from the left, the first in the highest of WATTLE_CLOCK_CELLS bits; what is set is white
 */
static inline guint64
wattle_clock_cells (guint milliseconds)
{
  guint value = milliseconds & (WATTLE_CLOCK_ROUND - 1);
  guint check = (value ^ value >> 7 ^ value >> 14 ^ 0xa5) & 0xff;

  return (guint64) 0xa << 32 | (guint64) value << 12 | (guint64) check << 4 | 0xc;
}

G_END_DECLS
