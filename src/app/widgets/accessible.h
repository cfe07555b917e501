/* accessible.h: names for what stands in the rows of a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void wattle_name_rows               (GtkWidget *root);
void wattle_hide_pages_out_of_sight (void);

G_END_DECLS
