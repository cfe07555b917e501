/* engine.h: what the files of the PostgreSQL engine share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/postgresql/libpq.h"

#include "store/connection.h"
#include "store/postgresql/memory.h"

G_BEGIN_DECLS

typedef struct
{
  WattleConnection parent;
  PGconn *pg;
  char *address;
  char *practice_name;
  gint64 practice; /* its number in this database; 0 until it is known */
  gboolean must_exist; /* whether the practice is not made when it is not there */
  gboolean reader;
  gboolean configured;  /* connected as the server works: role, practice, pipeline */
  gboolean guarded;     /* whether the index must stay as the field tables of this program want it */
  guint generation;     /* of the connection: statements prepared in another are prepared again */
  guint names;          /* statements named so far */
  guint pending;        /* statements sent whose answers were not read */
  gboolean owing;       /* one of these may fail: it is told at the end of its savepoint */
  GQueue foreseen;      /* those of them that nobody waits for yet */
  gboolean open;        /* within a transaction */
  gboolean locked;      /* within one that writes, with the lock of the practice */
  WattleMemory *memory; /* what it has read */
  GError *failure;      /* the first of this transaction: what follows fails alike */
  GCancellable *watched;
  gulong watch;
} WattlePostgresql;

#define WATTLE_POSTGRESQL(connection) ((WattlePostgresql *) (connection))

/* The role that wattled works as: it owns nothing, and the audit trail only grows for it. */
#define WATTLE_POSTGRESQL_ROLE "wattle_app"

/* connect.c */
gboolean          wattle_postgresql_connect        (WattlePostgresql     *self,
                                                    GError              **error);
gboolean          wattle_postgresql_configure      (WattlePostgresql     *self,
                                                    GError              **error);
PGconn           *wattle_postgresql_session        (const char           *address,
                                                    GError              **error);
gboolean          wattle_postgresql_check_name     (const char           *practice,
                                                    GError              **error);
gboolean          wattle_postgresql_lost           (WattlePostgresql     *self,
                                                    GError              **error);
gboolean          wattle_postgresql_fail           (WattlePostgresql     *self,
                                                    const PGresult       *result,
                                                    GError              **error);
gboolean          wattle_postgresql_simple         (WattlePostgresql     *self,
                                                    const char           *sql,
                                                    GError              **error);
PGresult         *wattle_postgresql_ask            (WattlePostgresql     *self,
                                                    const char           *sql,
                                                    const char           *parameter,
                                                    GError              **error);

/* statement.c */
WattleStatement  *wattle_postgresql_prepare        (WattleConnection     *connection,
                                                    const char           *sql,
                                                    GError              **error);
gboolean          wattle_postgresql_collect        (WattlePostgresql     *self,
                                                    PGresult            **last,
                                                    GError              **error);
gboolean          wattle_postgresql_send           (WattleStatement      *statement,
                                                    GError              **error);
gboolean          wattle_postgresql_now            (WattleStatement      *statement,
                                                    PGresult            **result,
                                                    GError              **error);

extern const WattleEngine wattle_postgresql_statements; /* the functions of statements alone */

/* layout.c */
gboolean          wattle_postgresql_prepare_layout (WattleConnection     *connection,
                                                    gboolean              read_only,
                                                    GError              **error);
gboolean          wattle_postgresql_clear_index    (WattleConnection     *connection,
                                                    GError              **error);
gboolean          wattle_postgresql_check_storage  (WattleConnection     *connection,
                                                    GPtrArray            *findings,
                                                    GError              **error);

/* words.c */
gboolean          wattle_postgresql_find_words     (WattleConnection     *connection,
                                                    WattleRecordType      type,
                                                    GPtrArray            *groups,
                                                    guint                 limit,
                                                    WattleNumberFunc      func,
                                                    gpointer              data,
                                                    GError              **error);

G_END_DECLS
