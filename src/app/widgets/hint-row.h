/* hint-row.h: what stands in a list that has nothing, or more than it shows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_HINT_ROW (wattle_hint_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleHintRow, wattle_hint_row, WATTLE, HINT_ROW, AdwActionRow)

GtkWidget *wattle_hint_row_new (const char *icon, const char *title, const char *subtitle);
GtkWidget *wattle_hint_row_new_more (guint more);

G_END_DECLS
