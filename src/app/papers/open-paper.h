/* open-paper.h: a window with a receipt or a prescription as it prints
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

GtkWidget *
wattle_receipt_open (GtkWidget *parent, WattleContext *context, const char *invoice_id, const char *payment_id);
void wattle_prescription_open (GtkWidget *parent, WattleContext *context, const char *prescription_id);

G_END_DECLS
