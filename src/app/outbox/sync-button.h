/* sync-button.h: nothing while all is well; offline, waiting changes and conflicts otherwise
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SYNC_BUTTON (wattle_sync_button_get_type ())
G_DECLARE_FINAL_TYPE (WattleSyncButton, wattle_sync_button, WATTLE, SYNC_BUTTON, AdwBin)

void wattle_sync_button_set_context (WattleSyncButton *self,
                                     WattleContext    *context);

G_END_DECLS
