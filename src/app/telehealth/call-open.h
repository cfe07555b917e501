/* call-open.h: the ways into a video visit: a visit of the diary, a link, and what was kept when the program fell
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"
#include "telehealth/guest-link.h"

G_BEGIN_DECLS

/**
 * WattleCallRecalled:
 * @application: the application
 * @opened: whether the window of the link came up, because the person has been in its room before
 * @data: what was given
 */
typedef void (*WattleCallRecalled) (GtkApplication *application, gboolean opened, gpointer data);

void wattle_call_open_add_actions (GtkApplication *application, WattleContext *context);
void wattle_call_open_guest (GtkApplication *application, const WattleGuestLink *link);
void wattle_call_open_known_guest (GtkApplication *application,
                                   const WattleGuestLink *link,
                                   WattleCallRecalled recalled,
                                   gpointer data);
void wattle_call_come_back (GtkApplication *application);

G_END_DECLS
