/* note-compare.h: two drafts of one note, read beside each other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NOTE_COMPARE (wattle_note_compare_get_type ())
G_DECLARE_FINAL_TYPE (WattleNoteCompare, wattle_note_compare, WATTLE, NOTE_COMPARE, AdwWindow)

/**
 * WattleNoteKept:
 * @widget: what wattle_note_compare_open() was given
 * @id: the draft to go on with
 *
 * Called when the other draft was thrown away.
 */
typedef void (*WattleNoteKept) (GtkWidget *widget, const char *id);

void wattle_note_compare_open (GtkWidget     *widget,
                               WattleContext *context,
                               WattleRecord  *open,
                               WattleRecord  *other,
                               WattleNoteKept kept);

G_END_DECLS
