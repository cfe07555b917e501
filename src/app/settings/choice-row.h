/* choice-row.h: one choice of the practice, with the editor that fits it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"
#include "domain/settings.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CHOICE_ROW (wattle_choice_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleChoiceRow, wattle_choice_row, WATTLE, CHOICE_ROW, AdwActionRow)

GtkWidget *wattle_choice_row_new (WattleContext           *context,
                                  const WattleSettingSpec *spec,
                                  const char              *value);

G_END_DECLS
