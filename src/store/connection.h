/* connection.h: one connection to a database and its prepared statements, whichever engine is behind it
 *
 * The files of this room speak to an engine through what stands here; what only
 * one engine can do is in its folder.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "store/recall.h"

G_BEGIN_DECLS

/* Every statement that does not depend on a record type. Their texts stand in statements.def of each engine. */
typedef enum
{
#define S(NAME, sql) WATTLE_SQL_##NAME,
#include "store/sqlite/statements.def"
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

typedef struct _WattleEngine WattleEngine;

/* The start of what an engine knows of a connection. */
typedef struct
{
  const WattleEngine *engine;
  char *name; /* of the file or database, for sentences */
  struct _WattleStatement *fixed[WATTLE_N_SQL];
  struct _WattleStatement *typed[WATTLE_N_TYPE_SQL][WATTLE_N_RECORDS];
  GHashTable *queries; /* SQL to statement, one a shape of query */
  GHashTable *learned; /* words known to be in the spelling table, as long as one transaction; see words.c */
  WattleRecall *recall; /* what the writer knows of records */
  gint64 revision;      /* the practice's change number as the beginning found it; -1 when it was not looked at */
} WattleConnection;

/* The start of what an engine knows of a statement. */
typedef struct _WattleStatement
{
  WattleConnection *connection;
} WattleStatement;

/**
 * WattleConnectionOptions:
 * @path: file name or ":memory:"
 * @key: (nullable): 32 bytes when the file is sealed
 * @database: (nullable): address of a PostgreSQL, used in place of @path
 * @practice: (nullable): name of the practice there
 * @read_only: whether nothing may be written
 * @beside: whether the practice must be there and stays as it is laid out
 * @full_sync: whether a commit survives loss of power
 */
typedef struct
{
  const char *path;
  const guint8 *key;
  const char *database;
  const char *practice;
  gboolean read_only;
  gboolean beside;
  gboolean full_sync;
} WattleConnectionOptions;

typedef gboolean (*WattleNumberFunc) (gint64 number, gpointer data, GError **error);

/**
 * WattleEngine:
 * @fixed: a text for each #WattleSql; %NULL where the engine has no use for it
 * @typed: a text for each #WattleTypeSql, with @ for the type; %NULL as above
 * @is_postgresql: which dialect of the texts that are made of the field tables
 * @words_as_list: a statement of the spelling table takes all variants at once
 *
 * What an engine does. The functions behave as the wattle_connection_ and
 * wattle_statement_ functions that call them.
 */
struct _WattleEngine
{
  const char *const *fixed;
  const char *const *typed;
  gboolean is_postgresql;
  gboolean words_as_list;

  WattleConnection *(*open) (const WattleConnectionOptions *options, GError **error);
  void (*close) (WattleConnection *self);
  gboolean (*configure) (
    WattleConnection *self, gboolean reader, gboolean full_sync, gboolean secure_delete, GError **error);
  gboolean (*follow) (WattleConnection *writer, const WattleConnectionOptions *options, GError **error);
  void (*before_close) (WattleConnection *writer);
  gboolean (*exec) (WattleConnection *self, const char *sql, GError **error);
  gboolean (*integer) (WattleConnection *self, const char *sql, gint64 *value, GError **error);
  gboolean (*begin) (WattleConnection *self, gboolean write, GError **error);
  gboolean (*commit) (WattleConnection *self, GError **error);
  void (*roll_back) (WattleConnection *self);
  gboolean (*savepoint) (WattleConnection *self, WattleSql which, GError **error);
  gboolean (*is_lost) (WattleConnection *self);
  void (*watch) (WattleConnection *self, GCancellable *cancellable);
  gint64 (*last_number) (WattleConnection *self);

  WattleStatement *(*prepare) (WattleConnection *self, const char *sql, GError **error);
  void (*finalize) (WattleStatement *self);
  void (*bind_null) (WattleStatement *self, int place);
  void (*bind_integer) (WattleStatement *self, int place, gint64 value);
  void (*bind_text) (WattleStatement *self, int place, const char *text, gssize length);
  void (*bind_bytes) (WattleStatement *self, int place, const guint8 *bytes, gsize length);
  gboolean (*step) (WattleStatement *self, gboolean *row, GError **error);
  gboolean (*run) (WattleStatement *self, GError **error);
  void (*foresee) (WattleStatement *self); /* may be NULL */
  gboolean (*change) (WattleStatement *self, gint64 *changed, GError **error);
  void (*done) (WattleStatement *self);
  gint64 (*column_integer) (WattleStatement *self, int column);
  const char *(*column_text) (WattleStatement *self, int column);
  const guint8 *(*column_bytes) (WattleStatement *self, int column);
  int (*column_length) (WattleStatement *self, int column);

  gboolean (*prepare_layout) (WattleConnection *self, gboolean read_only, GError **error);
  gboolean (*clear_index) (WattleConnection *self, GError **error);
  gboolean (*drop_indexes) (WattleConnection *self, WattleRecordType type, GError **error);
  gboolean (*create_indexes) (WattleConnection *self, WattleRecordType type, GError **error);
  gboolean (*find_words) (WattleConnection *self,
                          WattleRecordType type,
                          GPtrArray *groups,
                          guint limit,
                          WattleNumberFunc func,
                          gpointer data,
                          GError **error);
  char *(*describe) (WattleConnection *self);
  gboolean (*check_storage) (WattleConnection *self, GPtrArray *findings, GError **error);
};

extern const WattleEngine wattle_engine_sqlite;

void wattle_connection_set_up (WattleConnection *self, const WattleEngine *engine, const char *name);
void wattle_connection_free (WattleConnection *self);
gboolean wattle_connection_exec (WattleConnection *self, const char *sql, GError **error);
gboolean wattle_connection_integer (WattleConnection *self, const char *sql, gint64 *value, GError **error);
WattleStatement *wattle_connection_statement (WattleConnection *self, WattleSql which, GError **error);
WattleStatement *
wattle_connection_type_statement (WattleConnection *self, WattleTypeSql which, WattleRecordType type, GError **error);
WattleStatement *
wattle_connection_query_statement (WattleConnection *self, const WattleQuery *query, gboolean count, GError **error);
void wattle_connection_finalize_all (WattleConnection *self);
gboolean wattle_connection_step (WattleConnection *self, WattleStatement *statement, gboolean *row, GError **error);
gboolean wattle_connection_run (WattleConnection *self, WattleStatement *statement, GError **error);
gboolean wattle_connection_change (WattleConnection *self, WattleStatement *statement, gint64 *changed, GError **error);
gboolean wattle_connection_stopped (GError **error);

void wattle_statement_done (WattleStatement *statement);
void wattle_bind_null (WattleStatement *statement, int place);
void wattle_bind_integer (WattleStatement *statement, int place, gint64 value);
void wattle_bind_bytes (WattleStatement *statement, int place, const guint8 *bytes, gsize length);
void wattle_bind_id (WattleStatement *statement, int place, const char *id);
void wattle_bind_text (WattleStatement *statement, int place, const char *text);
void wattle_bind_text_length (WattleStatement *statement, int place, const char *text, gsize length);
void wattle_bind_field (WattleStatement *statement, int place, WattleRecord *record, WattleFieldId field);
gint64 wattle_column_integer (WattleStatement *statement, int column);
const char *wattle_column_text (WattleStatement *statement, int column);
const guint8 *wattle_column_bytes (WattleStatement *statement, int column);
int wattle_column_length (WattleStatement *statement, int column);
char *wattle_column_id (WattleStatement *statement, int column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleStatement, wattle_statement_done)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleConnection, wattle_connection_free)

G_END_DECLS
