/* conflicts-dialog.h: fields that two people changed: both values, to choose
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CONFLICTS_DIALOG (wattle_conflicts_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleConflictsDialog, wattle_conflicts_dialog, WATTLE, CONFLICTS_DIALOG, AdwWindow)

GtkWidget *wattle_conflicts_dialog_new (GtkWindow     *parent,
                                        WattleContext *context);

G_END_DECLS
