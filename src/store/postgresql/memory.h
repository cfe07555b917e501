/* memory.h: what a write transaction has read already
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/postgresql/libpq.h"

G_BEGIN_DECLS

typedef struct _WattleMemory WattleMemory;

typedef enum
{
  WATTLE_MEMORY_NONE,
  WATTLE_MEMORY_READS,
  WATTLE_MEMORY_WRITES,
} WattleMemoryUse;

WattleMemory    *wattle_memory_new   (void);
void             wattle_memory_free  (WattleMemory       *self);
void             wattle_memory_clear (WattleMemory       *self);
WattleMemoryUse  wattle_memory_use   (const char         *sql,
                                      char              **table);
void             wattle_memory_write (WattleMemory       *self,
                                      const char         *table,
                                      const char         *value,
                                      int                 length);
guint wattle_memory_version (WattleMemory *self, const char *table, const char *value, int length);
GBytes *
wattle_memory_key (gconstpointer statement, guint version, int n, const char *const *values, const int *lengths);
PGresult *wattle_memory_find (WattleMemory *self, GBytes *key);
gboolean wattle_memory_keep (WattleMemory *self, GBytes *key, PGresult *result);

G_END_DECLS
