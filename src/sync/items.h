/* items.h: what the window lists: operations of this device, and values to choose between
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/client.h"
#include "sync/outbox.h"

G_BEGIN_DECLS

WattleOutboxItem *wattle_outbox_item_new (const WattleOutboxEntry *entry);
void wattle_outbox_item_take (WattleOutboxItem *self, WattleOutboxItem *newer);
const char *wattle_outbox_item_id (WattleOutboxItem *self);
gboolean wattle_outbox_item_is_pending (WattleOutboxItem *self);
gboolean wattle_outbox_item_is_reading (WattleOutboxItem *self);

WattleConflictItem *wattle_conflict_item_new (const WattleOutboxConflict *conflict);
const WattleOutboxConflict *wattle_conflict_item_conflict (WattleConflictItem *self);

G_END_DECLS
