/* note-editor.h: writing a note in four parts; nothing that is typed is lost
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NOTE_EDITOR (wattle_note_editor_get_type ())
G_DECLARE_FINAL_TYPE (WattleNoteEditor, wattle_note_editor, WATTLE, NOTE_EDITOR, AdwBin)

/* Signals: "signed": the note is final; "discarded": it is gone. */

char         *wattle_note_new_draft_key (const char       *patient_id);
GtkWidget    *wattle_note_editor_new    (WattleContext    *context,
                                         WattleRecord     *note,
                                         gboolean          is_saved,
                                         const char       *about);
WattleNoteEditor *wattle_note_editor_find (WattleRecord *note);
WattleRecord *wattle_note_editor_note   (WattleNoteEditor *self);
void          wattle_note_editor_save   (WattleNoteEditor *self);
void          wattle_note_editor_sign   (WattleNoteEditor *self);
void          wattle_note_editor_abandon (WattleNoteEditor *self);

G_END_DECLS
