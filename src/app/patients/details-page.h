/* details-page.h: who the patient is and how to reach them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/patients/chart-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DETAILS_PAGE (wattle_details_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleDetailsPage, wattle_details_page, WATTLE, DETAILS_PAGE, WattleChartPage)

G_END_DECLS
