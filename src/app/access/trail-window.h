/* trail-window.h: who did or saw what, for those who answer for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

void wattle_trail_window_open (GtkWidget *widget, WattleContext *context, const char *patient);

G_END_DECLS
