/* outbox-popover.h: what waits to be sent, what was refused, and choices to make
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_OUTBOX_POPOVER (wattle_outbox_popover_get_type ())
G_DECLARE_FINAL_TYPE (WattleOutboxPopover, wattle_outbox_popover, WATTLE, OUTBOX_POPOVER, GtkPopover)

void wattle_outbox_popover_set_context (WattleOutboxPopover *self,
                                        WattleContext       *context);

G_END_DECLS
