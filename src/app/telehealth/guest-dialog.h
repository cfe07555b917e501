/* guest-dialog.h: asks somebody without an account into a call, by a link
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "app/telehealth/call-session.h"

G_BEGIN_DECLS

void wattle_guest_dialog_open (GtkWidget *widget, WattleCallSession *session);

G_END_DECLS
