/* place-row.h: a place in the sidebar
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/places.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PLACE_ROW (wattle_place_row_get_type ())
G_DECLARE_FINAL_TYPE (WattlePlaceRow, wattle_place_row, WATTLE, PLACE_ROW, GtkListBoxRow)

GtkWidget         *wattle_place_row_new   (const WattlePlace *place);
const WattlePlace *wattle_place_row_place (WattlePlaceRow    *self);
void               wattle_place_row_set_count (WattlePlaceRow *self,
                                               guint           count);

G_END_DECLS
