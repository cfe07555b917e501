/* note-section.h: a heading and what stands under it, in a signed note
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_NOTE_SECTION (wattle_note_section_get_type ())
G_DECLARE_FINAL_TYPE (WattleNoteSection, wattle_note_section, WATTLE, NOTE_SECTION, AdwBin)

GtkWidget *wattle_note_section_new (const char *heading,
                                    const char *text,
                                    const char *signature);

G_END_DECLS
