/* note-reading.h: a signed note, its addenda, and adding one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NOTE_READING (wattle_note_reading_get_type ())
G_DECLARE_FINAL_TYPE (WattleNoteReading, wattle_note_reading, WATTLE, NOTE_READING, WattleView)

GtkWidget  *wattle_note_reading_new (WattleContext     *context,
                                     WattleRecord      *note,
                                     const char        *about);
const char *wattle_note_reading_id  (WattleNoteReading *self);

G_END_DECLS
