/* invoice-panel.h: what is owed on an invoice, and taking it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_INVOICE_PANEL (wattle_invoice_panel_get_type ())
G_DECLARE_FINAL_TYPE (WattleInvoicePanel, wattle_invoice_panel, WATTLE, INVOICE_PANEL, AdwBin)

void wattle_invoice_open (GtkWidget *parent, WattleContext *context, const char *invoice_id);

G_END_DECLS
