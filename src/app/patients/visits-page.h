/* visits-page.h: the visits of a patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/patients/chart-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_VISITS_PAGE (wattle_visits_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleVisitsPage, wattle_visits_page, WATTLE, VISITS_PAGE, WattleChartPage)

G_END_DECLS
