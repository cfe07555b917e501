/* documents-page.h: the files in a chart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/patients/chart-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DOCUMENTS_PAGE (wattle_documents_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleDocumentsPage, wattle_documents_page, WATTLE, DOCUMENTS_PAGE, WattleChartPage)

G_END_DECLS
