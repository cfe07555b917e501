/* change-row.h: one line of what a change says, to read or to type anew
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/outbox/change-words.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CHANGE_ROW (wattle_change_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleChangeRow, wattle_change_row, WATTLE, CHANGE_ROW, GtkListBoxRow)

GtkWidget *wattle_change_row_new  (const WattleChangeLine *line,
                                   gboolean                editable);
void       wattle_change_row_take (WattleChangeRow        *self,
                                   GHashTable             *texts);

G_END_DECLS
