/* inspect-window.h: an administrator reads a conversation of others, with a reason that stands in it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

void wattle_inspect_window_open (GtkWidget *widget, WattleContext *context);

G_END_DECLS
