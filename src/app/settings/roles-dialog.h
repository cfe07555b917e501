/* roles-dialog.h: a person who signs in: new ones, their roles and their diary
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_ROLES_DIALOG (wattle_roles_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleRolesDialog, wattle_roles_dialog, WATTLE, ROLES_DIALOG, AdwWindow)

void wattle_roles_dialog_open (GtkWidget     *widget,
                               WattleContext *context,
                               WattleRecord  *user);

G_END_DECLS
