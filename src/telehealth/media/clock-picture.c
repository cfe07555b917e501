/* clock-picture.c: the time in a drawn picture, so that it can be read from a screen how old that is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/clock-picture.h"

#include <string.h>

#define BLACK 16
#define WHITE 235
/* Beside the cells stand so many black ones on each side. */
#define QUIET 2
/* How much of the height the band takes. */
#define BAND 10

/**
 * wattle_clock_picture_draw:
 * @luma: how bright the points are
 * @stride: bytes of a row
 * @width: points
 * @height: points
 * @now: monotonic, microseconds
 *
 * Draws the time across the upper half, where no words lie over it. The cells are so large that they are still read
 * when the picture is sent small.
 */
void
wattle_clock_picture_draw (guint8 *luma, guint stride, guint width, guint height, gint64 now)
{
  guint64 cells = wattle_clock_cells ((guint) (now / 1000));
  guint cell = width / (WATTLE_CLOCK_CELLS + 2 * QUIET);
  guint from = (width - cell * WATTLE_CLOCK_CELLS) / 2;
  guint top = height / 4 - height / BAND / 2;

  for (guint y = top; y < top + height / BAND; y++)
    {
      memset (luma + (gsize) y * stride, BLACK, width);
      for (guint i = 0; i < WATTLE_CLOCK_CELLS; i++)
        if ((cells >> (WATTLE_CLOCK_CELLS - 1 - i) & 1) != 0)
          memset (luma + (gsize) y * stride + from + i * cell, WHITE, cell);
    }
}
