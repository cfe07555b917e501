/* prescriptions-page.h: the prescriptions of a patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/patients/chart-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PRESCRIPTIONS_PAGE (wattle_prescriptions_page_get_type ())
G_DECLARE_FINAL_TYPE (WattlePrescriptionsPage, wattle_prescriptions_page, WATTLE, PRESCRIPTIONS_PAGE, WattleChartPage)

G_END_DECLS
