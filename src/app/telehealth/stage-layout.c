/* stage-layout.c: where the pictures of a call stand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/stage-layout.h"

/* Pixels between pictures, and the share of the stage that small ones get. */
#define GAP 2
#define SMALL 5

/* Rows of @columns each; a last row that is not full stands in the middle. */
static void
arrange_rows (guint n, guint columns, int width, int height, WattleStagePlace *places)
{
  guint rows = (n + columns - 1) / columns;
  int cell_width = (width - GAP * (int) (columns - 1)) / (int) columns;
  int cell_height = (height - GAP * (int) (rows - 1)) / (int) rows;

  for (guint i = 0; i < n; i++)
    {
      guint row = i / columns;
      guint in_row = MIN (columns, n - row * columns);
      int used = cell_width * (int) in_row + GAP * (int) (in_row - 1);

      places[i] = (WattleStagePlace){ (width - used) / 2 + (int) (i % columns) * (cell_width + GAP),
                                      (int) row * (cell_height + GAP), cell_width, cell_height };
    }
}

/* The small ones stand where the large one leaves more room: to the right of it, or below. */
static void
arrange_speaker (guint n, guint large, int width, int height, WattleStagePlace *places)
{
  gboolean right = width * 9 >= height * 16;
  int others = (int) n - 1;
  int small_width = right ? width / SMALL : MIN (height / SMALL * 16 / 9, (width - GAP * (others - 1)) / others);
  int small_height = right ? MIN (small_width * 9 / 16, (height - GAP * (others - 1)) / others) : height / SMALL;
  int used = others * ((right ? small_height : small_width) + GAP) - GAP;
  int at = ((right ? height : width) - used) / 2;

  for (guint i = 0; i < n; i++)
    {
      if (i == large)
        {
          places[i] = right ? (WattleStagePlace){ 0, 0, width - small_width - GAP, height }
                            : (WattleStagePlace){ 0, 0, width, height - small_height - GAP };
          continue;
        }
      places[i] = right ? (WattleStagePlace){ width - small_width, at, small_width, small_height }
                        : (WattleStagePlace){ at, height - small_height, small_width, small_height };
      at += (right ? small_height : small_width) + GAP;
    }
}

/**
 * wattle_stage_arrange:
 * @layout: how
 * @n: how many pictures, at most %WATTLE_STAGE_MAX
 * @large: which one is large, with %WATTLE_STAGE_SPEAKER
 * @width: of the stage
 * @height: of the stage
 * @places: (array length=n) (out caller-allocates): where they stand; none overlaps another
 */
void
wattle_stage_arrange (WattleStageLayout layout, guint n, guint large, int width, int height, WattleStagePlace *places)
{
  gboolean wide = width >= height;

  if (n == 0)
    return;
  if (n == 1)
    places[0] = (WattleStagePlace){ 0, 0, width, height };
  else if (layout == WATTLE_STAGE_SPEAKER)
    arrange_speaker (n, MIN (large, n - 1), width, height, places);
  else if (layout == WATTLE_STAGE_GRID && n > 2)
    arrange_rows (n, 2, width, height, places);
  else
    arrange_rows (n, wide ? n : 1, width, height, places);
}
