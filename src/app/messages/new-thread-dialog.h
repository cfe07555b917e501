/* new-thread-dialog.h: beginning a conversation among the staff
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

/**
 * WattleThreadStarted:
 * @id: of the new conversation
 * @data: what the caller gave
 */
typedef void (*WattleThreadStarted) (const char *id, gpointer data);

#define WATTLE_TYPE_NEW_THREAD_DIALOG (wattle_new_thread_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleNewThreadDialog, wattle_new_thread_dialog, WATTLE, NEW_THREAD_DIALOG, AdwWindow)

void wattle_new_thread_dialog_open (GtkWidget           *parent,
                                    WattleContext       *context,
                                    WattleThreadStarted  started,
                                    gpointer             owner);

G_END_DECLS
