/* accept-dialog.h: somebody who was invited opens their account
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * WattleAccepted:
 * @widget: who asked
 * @login: the sign-in name of the account
 * @active: whether they may sign in now, or wait until the practice has confirmed it
 */
typedef void (*WattleAccepted) (GtkWidget *widget, const char *login, gboolean active);

void wattle_accept_dialog_open (GtkWidget      *widget,
                                const char     *server,
                                WattleAccepted  accepted);

G_END_DECLS
