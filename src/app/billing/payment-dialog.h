/* payment-dialog.h: taking money towards an invoice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PAYMENT_DIALOG (wattle_payment_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattlePaymentDialog, wattle_payment_dialog, WATTLE, PAYMENT_DIALOG, AdwWindow)

void wattle_payment_dialog_open (GtkWidget     *widget,
                                 WattleContext *context,
                                 WattleRecord  *invoice);

G_END_DECLS
