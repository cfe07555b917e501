/* call-actions.h: what the buttons, the menu and the keys of a call do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/telehealth/call-page.h"

G_BEGIN_DECLS

typedef struct _WattleCallActions WattleCallActions;

WattleCallActions *wattle_call_actions_new (GtkWindow *window, WattleCallPage *page, GtkMenuButton *verify);
void wattle_call_actions_free (WattleCallActions *self);
void wattle_call_actions_set_session (WattleCallActions *self, WattleCallSession *session);
void wattle_call_actions_update (WattleCallActions *self, gboolean in_call);
void wattle_call_actions_set_fullscreen (WattleCallActions *self, gboolean on);
void wattle_call_actions_bind_keys (GtkWidgetClass *widget_class);

G_END_DECLS
