/* outbox-dialog.h: one change of this device: what it says, what the server said, what can be done
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_OUTBOX_DIALOG (wattle_outbox_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleOutboxDialog, wattle_outbox_dialog, WATTLE, OUTBOX_DIALOG, AdwWindow)

void wattle_outbox_dialog_open (GtkWindow        *parent,
                                WattleContext    *context,
                                WattleOutboxItem *item);
void wattle_outbox_take_back   (GtkWidget        *widget,
                                WattleContext    *context,
                                WattleOutboxItem *item);

G_END_DECLS
