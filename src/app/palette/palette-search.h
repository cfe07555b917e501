/* palette-search.h: people, bookings and invoices for what was typed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

gpointer wattle_palette_search (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable,
                                GError **error);

G_END_DECLS
