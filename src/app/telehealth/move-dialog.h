/* move-dialog.h: sends somebody who waits to the waiting room of another visit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "app/telehealth/call-session.h"

G_BEGIN_DECLS

void wattle_move_dialog_open (GtkWidget *widget, WattleCallSession *session, guint number, const char *name);

G_END_DECLS
