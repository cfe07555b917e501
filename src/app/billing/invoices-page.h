/* invoices-page.h: the invoices of a patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/patients/chart-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_INVOICES_PAGE (wattle_invoices_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleInvoicesPage, wattle_invoices_page, WATTLE, INVOICES_PAGE, WattleChartPage)

G_END_DECLS
