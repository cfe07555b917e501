/* invitation.h: a link into the room of a visit was opened with the program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "app/context.h"

G_BEGIN_DECLS

void wattle_invitation_open (GtkWidget *widget, WattleContext *context, const char *text);

G_END_DECLS
