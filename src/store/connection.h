/* connection.h: one SQLite connection and its prepared statements, for the files of this room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <sqlite3.h>

#include "domain/reader.h"

G_BEGIN_DECLS

/* Every statement that does not depend on a record type. Their text stands in statements.c. */
typedef enum
{
#define S(NAME, sql) WATTLE_SQL_##NAME,
#include "store/statements.def"
#undef S
  WATTLE_N_SQL
} WattleSql;

/* Statements that exist once for each record type. */
typedef enum
{
  WATTLE_TYPE_SQL_ADD,         /* write a new row of the index table */
  WATTLE_TYPE_SQL_PUT,         /* write it again */
  WATTLE_TYPE_SQL_FORGET,      /* take it away */
  WATTLE_TYPE_SQL_ROWS,        /* the records of a type by id: ?1 after, ?2 limit */
  WATTLE_TYPE_SQL_ADD_WORDS,   /* search: ?1 number, ?2 words */
  WATTLE_TYPE_SQL_DROP_WORDS,  /* search: ?1 number, ?2 the words it was added with */
  WATTLE_TYPE_SQL_FIND_WORDS,  /* search: ?1 match, ?2 limit */
  WATTLE_TYPE_SQL_MERGE_WORDS, /* search: leave nothing of dropped words */
  WATTLE_TYPE_SQL_CHECK_WORDS, /* search: integrity check */
  WATTLE_N_TYPE_SQL
} WattleTypeSql;

typedef struct
{
  sqlite3 *db;
  char *name; /* of the file, for sentences */
  sqlite3_stmt *fixed[WATTLE_N_SQL];
  sqlite3_stmt *typed[WATTLE_N_TYPE_SQL][WATTLE_N_RECORDS];
  GHashTable *queries; /* SQL to statement, one a shape of query */
  GHashTable *learned; /* words known to be in the spelling table, as long as one transaction; see words.c */
} WattleConnection;

/**
 * WattleConnectionOptions:
 * @path: file name or ":memory:"
 * @key: (nullable): 32 bytes when the file is sealed
 * @read_only: whether nothing may be written
 * @full_sync: whether a commit survives loss of power
 */
typedef struct
{
  const char *path;
  const guint8 *key;
  gboolean read_only;
  gboolean full_sync;
} WattleConnectionOptions;

WattleConnection *wattle_connection_open            (const WattleConnectionOptions *options,
                                                     GError                       **error);
void              wattle_connection_free            (WattleConnection *self);
gboolean          wattle_connection_exec            (WattleConnection *self,
                                                     const char       *sql,
                                                     GError          **error);
gboolean          wattle_connection_integer         (WattleConnection *self,
                                                     const char       *sql,
                                                     gint64           *value,
                                                     GError          **error);
sqlite3_stmt     *wattle_connection_statement       (WattleConnection *self,
                                                     WattleSql         which,
                                                     GError          **error);
sqlite3_stmt     *wattle_connection_type_statement  (WattleConnection *self,
                                                     WattleTypeSql     which,
                                                     WattleRecordType  type,
                                                     GError          **error);
sqlite3_stmt     *wattle_connection_query_statement (WattleConnection  *self,
                                                     const WattleQuery *query,
                                                     gboolean           count,
                                                     GError           **error);
void              wattle_connection_finalize_all    (WattleConnection *self);
gboolean          wattle_connection_step            (WattleConnection *self,
                                                     sqlite3_stmt     *statement,
                                                     gboolean         *row,
                                                     GError          **error);
gboolean          wattle_connection_run             (WattleConnection *self,
                                                     sqlite3_stmt     *statement,
                                                     GError          **error);
void              wattle_connection_fail            (WattleConnection *self,
                                                     int               rc,
                                                     GError          **error);
void              wattle_sqlite_fail                (sqlite3          *db,
                                                     int               rc,
                                                     const char       *name,
                                                     GError          **error);

void              wattle_statement_done             (sqlite3_stmt     *statement);
void              wattle_bind_id                    (sqlite3_stmt     *statement,
                                                     int               place,
                                                     const char       *id);
void              wattle_bind_text                  (sqlite3_stmt     *statement,
                                                     int               place,
                                                     const char       *text);
void              wattle_bind_field                 (sqlite3_stmt     *statement,
                                                     int               place,
                                                     WattleRecord     *record,
                                                     WattleFieldId     field);
char             *wattle_column_id                  (sqlite3_stmt     *statement,
                                                     int               column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, wattle_statement_done)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleConnection, wattle_connection_free)

G_END_DECLS
