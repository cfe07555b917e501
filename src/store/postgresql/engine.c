/* engine.c: PostgreSQL behind the store: transactions of one practice, each under its lock
 *
 * A write transaction first takes the row of the practice's counter, so that the
 * writers of all servers follow each other as those of one SQLite file do:
 * changes are numbered in the order of their commits, no two wait for each other
 * in a circle, and what a rule has read stays true until the commit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/postgresql/engine.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "store/postgresql/postgresql.h"
#include "store/store-private.h"

static WattleEngine engine;

static const char *const fixed_sql[WATTLE_N_SQL] = {
#define S(NAME, sql) [WATTLE_SQL_##NAME] = sql,
#include "store/postgresql/statements.def"
#undef S
};

static const char *const typed_sql[WATTLE_N_TYPE_SQL] = {
  [WATTLE_TYPE_SQL_FORGET] = "DELETE FROM index_@ WHERE practice = :practice AND id = ?1",
  [WATTLE_TYPE_SQL_ROWS] = "SELECT r.revision, r.type, r.id, r.scope, r.deleted, r.body FROM index_@ i"
                           " JOIN record r ON r.practice = i.practice AND r.id = i.id"
                           " WHERE i.practice = :practice AND i.deleted = 0 AND i.id > ?1 ORDER BY i.id"
                           " LIMIT nullif (?2::bigint, -1)",
  [WATTLE_TYPE_SQL_ADD_WORDS] = "INSERT INTO search_word (practice, type, word, number)"
                                " SELECT DISTINCT :practice::bigint, '@', w, ?1::bigint"
                                " FROM unnest (string_to_array (?2, ' ')) w WHERE w <> '' ON CONFLICT DO NOTHING",
  [WATTLE_TYPE_SQL_DROP_WORDS] = "DELETE FROM search_word WHERE practice = :practice AND number = ?1",
};

static WattleConnection *
open_connection (const WattleConnectionOptions *options, GError **error)
{
  WattlePostgresql *self = g_new0 (WattlePostgresql, 1);
  g_autoptr (WattleConnection) connection = &self->parent;

  self->address = g_strdup (options->database);
  self->practice_name = g_strdup (options->practice != NULL ? options->practice : "practice");
  self->must_exist = options->read_only || options->beside;
  self->memory = wattle_memory_new ();
  wattle_connection_set_up (connection, &engine, _("of the practice"));
  if (!wattle_postgresql_check_name (self->practice_name, error) || !wattle_postgresql_connect (self, error))
    return NULL;
  return g_steal_pointer (&connection);
}

static void
unwatch (WattlePostgresql *self)
{
  if (self->watched == NULL)
    return;
  g_cancellable_disconnect (self->watched, self->watch);
  g_clear_object (&self->watched);
}

static void
close_connection (WattleConnection *connection)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (connection);

  unwatch (self);
  g_clear_pointer (&self->pg, PQfinish);
  wattle_memory_free (self->memory);
  g_clear_error (&self->failure);
  g_free (self->address);
  g_free (self->practice_name);
  g_free (self);
}

static gboolean
configure (WattleConnection *connection, gboolean reader, gboolean full_sync, gboolean secure_delete, GError **error)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (connection);

  self->reader = reader;
  return wattle_postgresql_configure (self, error);
}

static gboolean
follow (WattleConnection *writer, const WattleConnectionOptions *options, GError **error)
{
  WATTLE_POSTGRESQL (writer)->guarded = TRUE;
  return TRUE;
}

static gboolean
exec (WattleConnection *connection, const char *sql, GError **error)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (connection);
  WattleStatement *statement = wattle_postgresql_prepare (connection, sql, error);
  PGresult *result;
  gboolean ok = wattle_postgresql_now (statement, &result, error);

  PQclear (result);
  self->parent.engine->finalize (statement);
  return ok;
}

static gboolean
integer (WattleConnection *connection, const char *sql, gint64 *value, GError **error)
{
  WattleStatement *statement = g_hash_table_lookup (connection->queries, sql);
  gboolean row = FALSE, ok;

  if (statement == NULL)
    {
      statement = wattle_postgresql_prepare (connection, sql, error);
      g_hash_table_insert (connection->queries, g_strdup (sql), statement);
    }
  ok = connection->engine->step (statement, &row, error);
  if (row)
    *value = wattle_column_integer (statement, 0);
  wattle_statement_done (statement);
  return ok;
}

/* What is left of a transaction that failed: its answers are read and forgotten. */
static void
forget_failure (WattlePostgresql *self)
{
  wattle_postgresql_collect (self, NULL, NULL);
  g_clear_error (&self->failure);
}

static gboolean
run_now (WattleConnection *connection, WattleSql which, PGresult **result, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, which, error);

  return statement != NULL && wattle_postgresql_now (statement, result, error);
}

static gboolean
check_guard (WattlePostgresql *self, PGresult *locked, GError **error)
{
  if (PQntuples (locked) == 1
      && (!self->guarded || PQgetisnull (locked, 0, 1)
          || strcmp (PQgetvalue (locked, 0, 1), wattle_layout_hash ()) == 0))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, NULL,
                          _("The database was taken over by another version of Wattle. Nothing was changed; restart"
                            " this server with that version."));
  return FALSE;
}

/* Eight bytes, the highest first, as every answer's numbers. */
static gint64
revision_of (PGresult *locked)
{
  gint64 number;

  if (PQgetlength (locked, 0, 0) != sizeof number)
    return -1;
  memcpy (&number, PQgetvalue (locked, 0, 0), sizeof number);
  return GINT64_FROM_BE (number);
}

/* Between two transactions nothing is known. */
static void
set_locked (WattlePostgresql *self, gboolean locked)
{
  wattle_memory_clear (self->memory);
  self->locked = locked;
}

static gboolean
try_begin (WattlePostgresql *self, gboolean write, GError **error)
{
  WattleConnection *connection = &self->parent;
  WattleStatement *begin = wattle_connection_statement (
    connection, write ? WATTLE_SQL_BEGIN_WRITE : WATTLE_SQL_BEGIN_READ, error);
  g_autoptr (WattleStatement) pin = wattle_connection_statement (connection, WATTLE_SQL_PIN, error);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, self->practice);
  PGresult *locked = NULL;
  gboolean ok;

  wattle_bind_text (pin, 1, number);
  if (!wattle_postgresql_send (begin, error))
    return FALSE;
  self->open = TRUE;
  if (!write)
    return wattle_postgresql_now (pin, &locked, error) ? (PQclear (locked), TRUE) : FALSE;
  ok = wattle_postgresql_send (pin, error) && run_now (connection, WATTLE_SQL_LOCK, &locked, error)
       && check_guard (self, locked, error);
  connection->revision = ok ? revision_of (locked) : -1;
  PQclear (locked);
  set_locked (self, ok);
  return ok;
}

/* A session that broke since its last use is opened again: nothing was begun, so nothing is lost. */
static gboolean
begin (WattleConnection *connection, gboolean write, GError **error)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (connection);

  for (guint attempt = 0;; attempt++)
    {
      g_autoptr (GError) local = NULL;

      forget_failure (self);
      set_locked (self, FALSE);
      /* behind a new session may be another state of the database, as after a failover */
      if (!self->configured)
        wattle_recall_forget (connection->recall);
      if (!self->configured && (!wattle_postgresql_connect (self, error) || !wattle_postgresql_configure (self, error)))
        return FALSE;
      if (try_begin (self, write, &local))
        return TRUE;
      if (self->configured || attempt > 0)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
}

/* A COMMIT of a transaction that failed answers ROLLBACK and no error. */
static gboolean
commit (WattleConnection *connection, GError **error)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (connection);
  PGresult *result = NULL;
  gboolean ok = run_now (connection, WATTLE_SQL_COMMIT, &result, error);

  set_locked (self, FALSE);
  if (ok)
    {
      self->open = FALSE;
      ok = strcmp (PQcmdStatus (result), "COMMIT") == 0;
      if (!ok)
        wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                                _("This change could not be saved and was undone as a whole. Try again."));
    }
  PQclear (result);
  return ok;
}

static void
roll_back (WattleConnection *connection)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (connection);
  PGresult *result = NULL;

  set_locked (self, FALSE);
  if (!self->open)
    return;
  forget_failure (self);
  self->open = FALSE;
  if (self->configured && PQstatus (self->pg) == CONNECTION_OK)
    run_now (connection, WATTLE_SQL_ROLLBACK, &result, NULL);
  PQclear (result);
  g_clear_error (&self->failure);
}

static gboolean
is_lost (WattleConnection *connection)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (connection);

  return !self->open || !self->configured || PQstatus (self->pg) == CONNECTION_BAD;
}

/* What was sent before belongs to the step before: its failure is told now. */
static gboolean
savepoint (WattleConnection *connection, WattleSql which, GError **error)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (connection);
  PGresult *result = NULL;
  gboolean ok;

  if (which == WATTLE_SQL_ROLLBACK_TO && !is_lost (connection))
    forget_failure (self);
  if (which == WATTLE_SQL_ROLLBACK_TO)
    set_locked (self, self->locked);
  if (which != WATTLE_SQL_ROLLBACK_TO && !self->owing)
    {
      g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, which, error);

      ok = statement != NULL && wattle_postgresql_send (statement, error);
      self->owing = FALSE;
      return ok;
    }
  ok = run_now (connection, which, &result, error);
  PQclear (result);
  return ok;
}

static void
cancel_cb (GCancellable *cancellable, gpointer data)
{
  PGcancel *cancel = PQgetCancel (data);
  char ignored[256];

  if (cancel != NULL)
    PQcancel (cancel, ignored, sizeof ignored);
  PQfreeCancel (cancel);
}

static void
watch (WattleConnection *connection, GCancellable *cancellable)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (connection);

  unwatch (self);
  if (cancellable == NULL)
    return;
  self->watched = g_object_ref (cancellable);
  self->watch = g_cancellable_connect (cancellable, G_CALLBACK (cancel_cb), self->pg, NULL);
}

/* Those who speak as PostgreSQL does say so themselves. */
static char *
describe (WattleConnection *connection)
{
  static const char *const others[] = { "CockroachDB", "YugabyteDB", "YB", "Citus" };
  int version = PQserverVersion (WATTLE_POSTGRESQL (connection)->pg);
  const char *own = PQparameterStatus (WATTLE_POSTGRESQL (connection)->pg, "server_version");
  gint64 citus = 0;

  for (guint i = 0; own != NULL && i < G_N_ELEMENTS (others); i++)
    if (strstr (own, others[i]) != NULL)
      return g_strdup_printf ("%s (PostgreSQL %d)", others[i], version / 10000);
  wattle_connection_integer (connection, "SELECT count (*) FROM pg_extension WHERE extname = 'citus'", &citus, NULL);
  return g_strdup_printf (citus > 0 ? "PostgreSQL %d.%d with Citus" : "PostgreSQL %d.%d", version / 10000,
                          version % 10000);
}

/* The indexes serve every practice of the database and stay. */
static gboolean
leave_indexes (WattleConnection *connection, WattleRecordType type, GError **error)
{
  return TRUE;
}

/**
 * wattle_postgresql_use:
 *
 * From here on wattle_store_open() takes the address of a PostgreSQL.
 */
void
wattle_postgresql_use (void)
{
  /* every statement of SQLite has its twin */
  for (guint i = 0; i < G_N_ELEMENTS (fixed_sql); i++)
    g_assert (fixed_sql[i] != NULL);
  engine = wattle_postgresql_statements;
  engine.fixed = fixed_sql;
  engine.typed = typed_sql;
  engine.is_postgresql = TRUE;
  engine.words_as_list = TRUE;
  engine.open = open_connection;
  engine.close = close_connection;
  engine.configure = configure;
  engine.follow = follow;
  engine.exec = exec;
  engine.integer = integer;
  engine.begin = begin;
  engine.commit = commit;
  engine.roll_back = roll_back;
  engine.savepoint = savepoint;
  engine.is_lost = is_lost;
  engine.watch = watch;
  engine.prepare_layout = wattle_postgresql_prepare_layout;
  engine.clear_index = wattle_postgresql_clear_index;
  engine.drop_indexes = leave_indexes;
  engine.create_indexes = leave_indexes;
  engine.find_words = wattle_postgresql_find_words;
  engine.describe = describe;
  engine.check_storage = wattle_postgresql_check_storage;
  wattle_store_add_engine (&engine);
}
