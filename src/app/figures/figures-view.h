/* figures-view.h: the practice in numbers, for those who see no patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_FIGURES_VIEW (wattle_figures_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleFiguresView, wattle_figures_view, WATTLE, FIGURES_VIEW, WattleView)

G_END_DECLS
