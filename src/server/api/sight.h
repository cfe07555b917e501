/* sight.h: what a caller sees of the records: rows, fields and the nameless diary
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/policy.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct _WattleSight WattleSight;

WattleSight *wattle_sight_new (const WattleActor *actor, WattleReader *reader);
void wattle_sight_free (WattleSight *self);
gboolean wattle_sight_reads_type (WattleSight *self, WattleRecordType type);
gboolean wattle_sight_write_row (WattleSight *self, const WattleFeedRow *row, GString *out, GError **error);
gboolean wattle_sight_write_record (WattleSight *self, WattleRecord *record, GString *out);
GPtrArray *wattle_sight_audiences (WattleSight *self);
gboolean wattle_sight_cares_for (WattleSight *self, const char *patient);

gint64 wattle_sight_count (WattleSight *self, WattleRecordType type);

/* What was written so far: rows, and how many of them were clinical. */
guint wattle_sight_rows (WattleSight *self);
guint wattle_sight_clinical (WattleSight *self);
GPtrArray *wattle_sight_read (WattleSight *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSight, wattle_sight_free)

G_END_DECLS
