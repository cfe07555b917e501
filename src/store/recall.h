/* recall.h: what the writer has read already
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/reader.h"

G_BEGIN_DECLS

typedef struct _WattleRecall WattleRecall;

WattleRecall *wattle_recall_new (void);
void wattle_recall_free (WattleRecall *self);
void wattle_recall_forget (WattleRecall *self);
void wattle_recall_begin (WattleRecall *self, gint64 revision);
void wattle_recall_end (WattleRecall *self, gint64 revision);
void wattle_recall_touch (WattleRecall *self, WattleRecordType type, const char *id);

gboolean wattle_recall_knows (WattleRecall *self, const char *id);
WattleRecord *wattle_recall_record (WattleRecall *self, WattleRecordType type, const char *id);
void wattle_recall_keep_record (WattleRecall *self, WattleRecord *record);
GBytes *wattle_recall_key (const WattleQuery *query);
gboolean wattle_recall_ids (WattleRecall *self, const WattleQuery *query, GBytes *key, GPtrArray **ids);
void wattle_recall_keep_ids (WattleRecall *self, const WattleQuery *query, GBytes *key, GPtrArray *ids);

G_END_DECLS
