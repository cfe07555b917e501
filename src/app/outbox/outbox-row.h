/* outbox-row.h: one change of this device, and what the server said
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_OUTBOX_ROW (wattle_outbox_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleOutboxRow, wattle_outbox_row, WATTLE, OUTBOX_ROW, AdwActionRow)

GtkWidget        *wattle_outbox_row_new  (WattleOutboxItem *item,
                                          WattleContext    *context);
WattleOutboxItem *wattle_outbox_row_item (WattleOutboxRow  *self);

G_END_DECLS
