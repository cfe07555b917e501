/* settings-view.h: settings of the practice, the person and this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SETTINGS_VIEW (wattle_settings_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleSettingsView, wattle_settings_view, WATTLE, SETTINGS_VIEW, WattleView)

G_END_DECLS
