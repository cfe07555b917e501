/* test-stage-layout.c: the pictures of a call of one to four, in each layout and in windows of any shape
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/stage-layout.h"

static gboolean
overlap (const WattleStagePlace *a, const WattleStagePlace *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}

static void
check (WattleStageLayout layout, guint n, int width, int height)
{
  WattleStagePlace places[WATTLE_STAGE_MAX];

  for (guint large = 0; large < n; large++)
    {
      wattle_stage_arrange (layout, n, large, width, height, places);
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpint (places[i].width, >, 0);
          g_assert_cmpint (places[i].height, >, 0);
          g_assert_cmpint (places[i].x, >=, 0);
          g_assert_cmpint (places[i].y, >=, 0);
          g_assert_cmpint (places[i].x + places[i].width, <=, width);
          g_assert_cmpint (places[i].y + places[i].height, <=, height);
          for (guint j = 0; j < i; j++)
            g_assert_false (overlap (&places[i], &places[j]));
          if (layout == WATTLE_STAGE_SPEAKER && i != large)
            g_assert_cmpint (places[i].width * places[i].height, <, places[large].width * places[large].height);
          if (layout != WATTLE_STAGE_SPEAKER)
            g_assert_cmpint (places[i].width, ==, places[0].width);
        }
    }
}

static void
test_fits (void)
{
  static const int sizes[][2] = { { 1600, 900 }, { 960, 600 }, { 420, 700 }, { 1000, 240 }, { 320, 180 } };

  for (guint layout = WATTLE_STAGE_SPEAKER; layout <= WATTLE_STAGE_GRID; layout++)
    for (guint n = 1; n <= WATTLE_STAGE_MAX; n++)
      for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
        check (layout, n, sizes[i][0], sizes[i][1]);
}

static void
test_grid (void)
{
  WattleStagePlace places[WATTLE_STAGE_MAX];

  wattle_stage_arrange (WATTLE_STAGE_GRID, 3, 0, 802, 602, places);
  g_assert_cmpint (places[0].width, ==, 400);
  g_assert_cmpint (places[1].x, ==, 402);
  g_assert_cmpint (places[2].x, ==, 201);
  g_assert_cmpint (places[2].y, ==, 302);
  wattle_stage_arrange (WATTLE_STAGE_SIDE_BY_SIDE, 4, 0, 806, 600, places);
  g_assert_cmpint (places[3].y, ==, 0);
  g_assert_cmpint (places[3].width, ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stage-layout/fits", test_fits);
  g_test_add_func ("/stage-layout/grid", test_grid);
  return g_test_run ();
}
