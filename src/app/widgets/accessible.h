/* accessible.h: what GTK 4.8 and libadwaita 1.2 do not tell a screen reader
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void wattle_name_rows (GtkWidget *root);
void wattle_name_button (GtkWidget *button, const char *name);
void wattle_mend_accessibility (void);

G_END_DECLS
