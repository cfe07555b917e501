/* emergency-dialog.h: opens the record of a patient who is not one's own, in need
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_EMERGENCY_DIALOG (wattle_emergency_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleEmergencyDialog, wattle_emergency_dialog, WATTLE, EMERGENCY_DIALOG, AdwWindow)

void wattle_emergency_dialog_open (GtkWidget *widget, WattleContext *context, const char *typed);

G_END_DECLS
