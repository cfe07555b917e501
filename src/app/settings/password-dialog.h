/* password-dialog.h: changes the person's own password
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PASSWORD_DIALOG (wattle_password_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattlePasswordDialog, wattle_password_dialog, WATTLE, PASSWORD_DIALOG, AdwWindow)

void wattle_password_dialog_open (GtkWidget     *widget,
                                  WattleContext *context,
                                  int            minimum);

G_END_DECLS
