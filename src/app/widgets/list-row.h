/* list-row.h: a row of a long list: title, subtitle, a detail at the end
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_LIST_ROW (wattle_list_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleListRow, wattle_list_row, WATTLE, LIST_ROW, AdwBin)

void wattle_list_row_set (WattleListRow *self,
                          const char    *icon,
                          const char    *title,
                          const char    *subtitle,
                          const char    *detail);

G_END_DECLS
