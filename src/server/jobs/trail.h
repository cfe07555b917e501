/* trail.h: signed checkpoints of the audit trail, in the database and in files beside it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/auth/keys.h"
#include "store/store.h"

G_BEGIN_DECLS

#define WATTLE_TRAIL_FOLDER "audit"
#define WATTLE_TRAIL_FILE "checkpoints"
#define WATTLE_TRAIL_KEY_FILE "key"
#define WATTLE_TRAIL_META "audit_checkpoint"

char *wattle_trail_origin (WattleTransaction *transaction);
char *wattle_trail_mark (WattleTransaction *transaction, WattleKeys *keys, gboolean at_once, GError **error);
gboolean wattle_trail_is_due (WattleTransaction *transaction, gboolean at_once);
gboolean wattle_trail_keep (const char *folder, const char *note, WattleKeys *keys, GError **error);

G_END_DECLS
