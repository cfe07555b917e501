/* memory-reader.h: records in memory behind the interface of rules, for tests
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/operation.h"
#include "domain/reader.h"

G_BEGIN_DECLS

/**
 * WattleMemoryReader:
 * @reader: what rules see
 * @records: id to record
 * @fails: whether every call answers an error, as a broken disk would
 */
typedef struct
{
  WattleReader reader;
  GHashTable *records;
  gboolean fails;
} WattleMemoryReader;

WattleMemoryReader *wattle_memory_reader_new   (void);
void                wattle_memory_reader_free  (WattleMemoryReader *self);
void                wattle_memory_reader_put   (WattleMemoryReader *self,
                                                WattleRecord       *record);
void                wattle_memory_reader_apply (WattleMemoryReader *self,
                                                WattleOutcome      *outcome);
char               *wattle_memory_reader_dump  (WattleMemoryReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleMemoryReader, wattle_memory_reader_free)

G_END_DECLS
