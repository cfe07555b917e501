/* portal-notes.h: the notes that a clinician let the patient read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/portal/portal-view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PORTAL_NOTES (wattle_portal_notes_get_type ())
G_DECLARE_FINAL_TYPE (WattlePortalNotes, wattle_portal_notes, WATTLE, PORTAL_NOTES, WattlePortalView)

G_END_DECLS
