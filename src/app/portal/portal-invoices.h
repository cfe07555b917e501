/* portal-invoices.h: what the patient owes, has paid, and the receipts for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/portal/portal-view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PORTAL_INVOICES (wattle_portal_invoices_get_type ())
G_DECLARE_FINAL_TYPE (WattlePortalInvoices, wattle_portal_invoices, WATTLE, PORTAL_INVOICES, WattlePortalView)

GPtrArray *wattle_portal_read_invoices (WattlePortalReading *reading, GError **error);
gint64 wattle_portal_owed (GPtrArray *invoices, guint *n);

G_END_DECLS
