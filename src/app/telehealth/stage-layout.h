/* stage-layout.h: where the pictures of a call stand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Three others and oneself. */
#define WATTLE_STAGE_MAX 4

/**
 * WattleStageLayout:
 * @WATTLE_STAGE_SPEAKER: one large, the others small beside it
 * @WATTLE_STAGE_SIDE_BY_SIDE: all the same size, in one row
 * @WATTLE_STAGE_GRID: all the same size, in two rows
 */
typedef enum
{
  WATTLE_STAGE_SPEAKER,
  WATTLE_STAGE_SIDE_BY_SIDE,
  WATTLE_STAGE_GRID
} WattleStageLayout;

typedef struct
{
  int x;
  int y;
  int width;
  int height;
} WattleStagePlace;

void
wattle_stage_arrange (WattleStageLayout layout, guint n, guint large, int width, int height, WattleStagePlace *places);

G_END_DECLS
