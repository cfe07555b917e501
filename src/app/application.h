/* application.h: the running program: its settings, its session, its windows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_APPLICATION (wattle_application_get_type ())
G_DECLARE_FINAL_TYPE (WattleApplication, wattle_application, WATTLE, APPLICATION, AdwApplication)

WattleApplication *wattle_application_new          (void);
void               wattle_application_open_patient (WattleApplication *self,
                                                    const char        *patient_id);

G_END_DECLS
