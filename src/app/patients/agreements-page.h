/* agreements-page.h: what a patient was asked to do, and what they agreed to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/patients/chart-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_AGREEMENTS_PAGE (wattle_agreements_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleAgreementsPage, wattle_agreements_page, WATTLE, AGREEMENTS_PAGE, WattleChartPage)

G_END_DECLS
