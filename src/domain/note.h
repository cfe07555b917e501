/* note.h: which text a draft was written on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

char *wattle_note_stamp (const char   *id,
                         WattleRecord *note);

G_END_DECLS
