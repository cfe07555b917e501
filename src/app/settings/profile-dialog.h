/* profile-dialog.h: the person's own name and address
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PROFILE_DIALOG (wattle_profile_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleProfileDialog, wattle_profile_dialog, WATTLE, PROFILE_DIALOG, AdwWindow)

void wattle_profile_dialog_open (GtkWidget     *widget,
                                 WattleContext *context);

G_END_DECLS
