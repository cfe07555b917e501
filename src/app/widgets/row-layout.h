/* row-layout.h: what stands in a row: beside each other, or below where letters are large and the row is narrow
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void wattle_row_layout_use (GtkWidget *box);

G_END_DECLS
