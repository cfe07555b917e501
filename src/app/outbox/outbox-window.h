/* outbox-window.h: what waits to be sent, what was refused, and choices to make
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_OUTBOX_WINDOW (wattle_outbox_window_get_type ())
G_DECLARE_FINAL_TYPE (WattleOutboxWindow, wattle_outbox_window, WATTLE, OUTBOX_WINDOW, AdwWindow)

void  wattle_outbox_window_open (GtkWindow     *parent,
                                 WattleContext *context);
guint wattle_outbox_answered    (WattleClient  *client);

G_END_DECLS
