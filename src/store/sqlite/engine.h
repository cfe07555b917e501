/* engine.h: what the files of the SQLite engine share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <sqlite3.h>

#include "store/connection.h"

G_BEGIN_DECLS

sqlite3 *wattle_sqlite_handle (WattleConnection *self);
void wattle_sqlite_fail (sqlite3 *db, int rc, const char *name, GError **error);

/* layout.c */
gboolean wattle_sqlite_prepare_layout (WattleConnection *self, gboolean read_only, GError **error);
gboolean wattle_sqlite_clear_index (WattleConnection *self, GError **error);
gboolean wattle_sqlite_drop_indexes (WattleConnection *self, WattleRecordType type, GError **error);
gboolean wattle_sqlite_create_indexes (WattleConnection *self, WattleRecordType type, GError **error);

/* checkpoint.c */
typedef struct _WattleCheckpointer WattleCheckpointer;

WattleCheckpointer *wattle_checkpointer_new (WattleConnection *connection, WattleConnection *writer);
void wattle_checkpointer_free (WattleCheckpointer *self);

G_END_DECLS
