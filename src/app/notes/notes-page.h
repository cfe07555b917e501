/* notes-page.h: the notes of a patient: a list, and the one that is open
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/patients/chart-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NOTES_PAGE (wattle_notes_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleNotesPage, wattle_notes_page, WATTLE, NOTES_PAGE, WattleChartPage)

G_END_DECLS
