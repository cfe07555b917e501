/* refused-window.h: what the server did not take and keeps, until somebody says what became of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

void wattle_refused_window_open (GtkWidget *widget, WattleContext *context);

G_END_DECLS
