/* billing-view.h: the invoices of the practice: what is owed, found by number or patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_BILLING_VIEW (wattle_billing_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleBillingView, wattle_billing_view, WATTLE, BILLING_VIEW, WattleView)

G_END_DECLS
