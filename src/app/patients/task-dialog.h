/* task-dialog.h: asking a patient to do something
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_TASK_DIALOG (wattle_task_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleTaskDialog, wattle_task_dialog, WATTLE, TASK_DIALOG, AdwWindow)

void wattle_task_dialog_open (GtkWidget *parent, WattleContext *context, const char *patient);

G_END_DECLS
