/* columns.h: children side by side where there is room, below each other where there is not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_COLUMNS (wattle_columns_get_type ())
G_DECLARE_FINAL_TYPE (WattleColumns, wattle_columns, WATTLE, COLUMNS, GtkWidget)

G_END_DECLS
