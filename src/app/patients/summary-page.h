/* summary-page.h: the chart at a glance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/patients/chart-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SUMMARY_PAGE (wattle_summary_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleSummaryPage, wattle_summary_page, WATTLE, SUMMARY_PAGE, WattleChartPage)

G_END_DECLS
