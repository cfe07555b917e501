/* second-factor-dialog.h: sets up or takes away the codes of an authenticator app
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SECOND_FACTOR_DIALOG (wattle_second_factor_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleSecondFactorDialog, wattle_second_factor_dialog, WATTLE, SECOND_FACTOR_DIALOG, AdwWindow)

void wattle_second_factor_dialog_open (GtkWidget     *widget,
                                       WattleContext *context);

G_END_DECLS
