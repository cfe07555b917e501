/* row.h: one place of a long list: its record comes when it has been read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_ROW (wattle_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleRow, wattle_row, WATTLE, ROW, GObject)

WattleRow    *wattle_row_new        (WattleRecord *record);
WattleRecord *wattle_row_get_record (WattleRow    *self);
void          wattle_row_set_record (WattleRow    *self,
                                     WattleRecord *record);

G_END_DECLS
