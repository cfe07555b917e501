/* window.h: the main window: places at the side, the place in the middle, what waits at the top
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_WINDOW (wattle_window_get_type ())
G_DECLARE_FINAL_TYPE (WattleWindow, wattle_window, WATTLE, WINDOW, AdwApplicationWindow)

WattleWindow *wattle_window_new         (GtkApplication *application,
                                         WattleContext  *context);
void          wattle_window_set_start   (WattleWindow   *self,
                                         GtkWidget      *page);
gboolean      wattle_window_show_place  (WattleWindow   *self,
                                         const char     *id);

G_END_DECLS
