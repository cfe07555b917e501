/* code-dialog.h: asks the server for a code that is handed to a person, and shows it once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"
#include "base/json.h"

G_BEGIN_DECLS

void wattle_code_dialog_device (GtkWidget *widget, WattleContext *context, const char *user);
void wattle_code_dialog_invite (GtkWidget *widget, WattleContext *context, const char *user);
void wattle_code_dialog_show_invitation (
  GtkWidget *widget, WattleClient *client, const char *heading, const char *body, WattleJsonNode invitation);

G_END_DECLS
