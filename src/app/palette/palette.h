/* palette.h: finds any patient, booking, invoice, place or action by typing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PALETTE (wattle_palette_get_type ())
G_DECLARE_FINAL_TYPE (WattlePalette, wattle_palette, WATTLE, PALETTE, AdwWindow)

GtkWindow *wattle_palette_open (GtkWindow *parent, WattleContext *context);

G_END_DECLS
