/* messages-page.h: what a clinician and a patient wrote to each other, as a part of the chart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/patients/chart-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_MESSAGES_PAGE (wattle_messages_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleMessagesPage, wattle_messages_page, WATTLE, MESSAGES_PAGE, WattleChartPage)

G_END_DECLS
