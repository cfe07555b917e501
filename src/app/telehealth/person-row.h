/* person-row.h: somebody in the room or its waiting room, and what can be done with them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/telehealth/call-session.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PERSON_ROW (wattle_person_row_get_type ())
G_DECLARE_FINAL_TYPE (WattlePersonRow, wattle_person_row, WATTLE, PERSON_ROW, AdwActionRow)

GtkWidget *wattle_person_row_new (WattleCallSession *session, const WattleConsultPerson *person);
void wattle_person_row_show (WattlePersonRow *self, const WattleConsultPerson *person);
const char *wattle_person_row_person (WattlePersonRow *self);

G_END_DECLS
