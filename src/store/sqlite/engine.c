/* engine.c: SQLite: opening it safely, running statements, and what its failures mean to a person
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/id.h"
#include "store/damage.h"
#include "store/vfs/vfs.h"

#define BUSY_TIMEOUT_MS 5000

typedef struct
{
  WattleConnection parent;
  sqlite3 *db;
  WattleCheckpointer *checkpointer; /* (nullable): of the writing connection */
} Sqlite;

typedef struct
{
  WattleStatement parent;
  sqlite3_stmt *handle;
} Statement;

static const char *const fixed_sql[WATTLE_N_SQL] = {
#define S(NAME, sql) [WATTLE_SQL_##NAME] = sql,
#include "store/sqlite/statements.def"
#undef S
};

static const char *const typed_sql[WATTLE_N_TYPE_SQL] = {
  [WATTLE_TYPE_SQL_FORGET] = "DELETE FROM index_@ WHERE id = ?1",
  [WATTLE_TYPE_SQL_ROWS] = "SELECT r.revision, r.type, r.id, r.scope, r.deleted, r.body FROM index_@ i"
                           " JOIN record r ON r.id = i.id WHERE i.deleted = 0 AND i.id > ?1 ORDER BY i.id LIMIT ?2",
  [WATTLE_TYPE_SQL_ADD_WORDS] = "INSERT INTO search_@ (rowid, words) VALUES (?1, ?2)",
  [WATTLE_TYPE_SQL_DROP_WORDS] = "INSERT INTO search_@ (search_@, rowid, words) VALUES ('delete', ?1, ?2)",
  [WATTLE_TYPE_SQL_FIND_WORDS] = "SELECT rowid FROM search_@ WHERE search_@ MATCH ?1 LIMIT ?2",
  [WATTLE_TYPE_SQL_MERGE_WORDS] = "INSERT INTO search_@ (search_@) VALUES ('optimize')",
  [WATTLE_TYPE_SQL_CHECK_WORDS] = "INSERT INTO search_@ (search_@) VALUES ('integrity-check')",
};

static gboolean
says_full (int saved_errno)
{
  return saved_errno == ENOSPC || saved_errno == EDQUOT || saved_errno == EFBIG;
}

sqlite3 *
wattle_sqlite_handle (WattleConnection *self)
{
  return ((Sqlite *) self)->db;
}

static sqlite3_stmt *
handle_of (WattleStatement *self)
{
  return ((Statement *) self)->handle;
}

/* SQLite knows ENOSPC alone; a quota or a limit of the file's size is the same to a person. It does not keep the errno
 * of a commit that failed, so that of the thread is asked too. */
static gboolean
is_disk_full (sqlite3 *db, int rc, int saved_errno)
{
  if ((rc & 0xff) == SQLITE_FULL)
    return TRUE;
  return (rc & 0xff) == SQLITE_IOERR && db != NULL
         && (says_full (sqlite3_system_errno (db)) || says_full (saved_errno));
}

/* Only a sealed file answers so: a page of it was changed by something else. */
static void
fail_damaged (sqlite3 *db, const char *name, GError **error)
{
  const char *path = db != NULL ? sqlite3_db_filename (db, "main") : NULL;
  g_autofree char *mark = path != NULL && *path != '\0' ? g_strconcat (path, WATTLE_DAMAGED_SUFFIX, NULL) : NULL;
  int fd = mark != NULL ? open (mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;

  if (fd >= 0)
    close (fd);
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, WATTLE_DAMAGED_FIELD,
                          _("A part of the records saved on this computer is damaged (%s). What waits to be sent is in"
                             " another file and is safe. Sign in again, or lock Wattle and unlock it: the damaged file"
                             " is put aside and the records are fetched anew."),
                          name);
}

/**
 * wattle_sqlite_fail:
 * @db: (nullable): where it happened
 * @rc: a result code of SQLite
 * @name: name of the file
 * @error: (out): the code and a sentence for it
 *
 * To be called at once, while errno is that of the failure.
 */
void
wattle_sqlite_fail (sqlite3 *db, int rc, const char *name, GError **error)
{
  int saved_errno = errno;

  if (is_disk_full (db, rc, saved_errno))
    {
      wattle_set_field_error (error, WATTLE_ERROR_DISK_FULL, NULL,
                              _("There is no space left for the file %s. This change was not saved; everything before "
                                 "it was. Make room and try again."),
                              name);
      return;
    }
  if (rc == SQLITE_IOERR_DATA)
    {
      fail_damaged (db, name, error);
      return;
    }
  switch (rc & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL,
                              _("The file %s is in use by another program. Nothing was changed; try again."), name);
      return;
    case SQLITE_INTERRUPT:
      wattle_set_field_error (error, WATTLE_ERROR_CANCELLED, NULL, _("Stopped."));
      return;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      wattle_set_field_error (
        error, WATTLE_ERROR_CORRUPT, NULL,
        _("The file %s is damaged or not a file of Wattle. It was left as it is; restore it from "
           "a backup."),
        name);
      return;
    default:
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                              _("The file %s could not be read or written (%s). This change was not saved."), name,
                              db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (rc));
      return;
    }
}

static gboolean
fail (WattleConnection *self, int rc, GError **error)
{
  wattle_sqlite_fail (wattle_sqlite_handle (self), rc, self->name, error);
  return FALSE;
}

/* A new file is its owner's alone; the log beside it takes the same permissions. One that is there is not opened here:
 * to close it would end every lock that other connections of this process have on it (POSIX), and another program that
 * closes the file would then take itself for the last one and remove the log that is written to here. */
static gboolean
make_private (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd >= 0)
    {
      close (fd);
      return wattle_file_sync_dir (path, error);
    }
  if (errno == EEXIST && faccessat (AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0)
    return TRUE;
  g_set_error (error, WATTLE_ERROR, errno == ENOSPC ? WATTLE_ERROR_DISK_FULL : WATTLE_ERROR_FAILED,
               _("The file %s could not be opened (%s). Nothing was changed."), path, g_strerror (errno));
  return FALSE;
}

static gboolean
open_plain (const WattleConnectionOptions *options, const char *name, sqlite3 **db, GError **error)
{
  gboolean memory = strcmp (options->path, ":memory:") == 0;
  int flags = options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | (memory ? SQLITE_OPEN_CREATE : 0);
  int rc;

  if (!memory && !options->read_only && !make_private (options->path, error))
    return FALSE;
  rc = sqlite3_open_v2 (options->path, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
  if (rc == SQLITE_OK)
    return TRUE;
  wattle_sqlite_fail (*db, rc, name, error);
  return FALSE;
}

static void
lower_limits (sqlite3 *db)
{
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, 64 * 1024 * 1024);
  sqlite3_limit (db, SQLITE_LIMIT_SQL_LENGTH, 64 * 1024);
  sqlite3_limit (db, SQLITE_LIMIT_COLUMN, 200);
  sqlite3_limit (db, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_limit (db, SQLITE_LIMIT_COMPOUND_SELECT, 10);
  sqlite3_limit (db, SQLITE_LIMIT_VARIABLE_NUMBER, 200);
  sqlite3_limit (db, SQLITE_LIMIT_TRIGGER_DEPTH, 10);
  sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 0);
}

/* What is set before the file is known to be ours: nothing that writes. */
static void
harden (sqlite3 *db)
{
  sqlite3_extended_result_codes (db, TRUE);
  sqlite3_busy_timeout (db, BUSY_TIMEOUT_MS);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, TRUE, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, FALSE, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, FALSE, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DML, FALSE, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DDL, FALSE, NULL);
  lower_limits (db);
}

/* Opens and hardens; writes nothing into a plain file. */
static WattleConnection *
open_connection (const WattleConnectionOptions *options, GError **error)
{
  Sqlite *opened = g_new0 (Sqlite, 1);
  g_autoptr (WattleConnection) self = &opened->parent;
  g_autofree char *name = g_path_get_basename (options->path);
  gboolean ok;
  gint64 tables;

  wattle_connection_set_up (self, &wattle_engine_sqlite, name);
  if (options->key == NULL)
    ok = open_plain (options, self->name, &opened->db, error);
  else if (options->read_only)
    ok = wattle_vfs_open (options->path, options->key, SQLITE_OPEN_READONLY, &opened->db, error);
  else
    ok = wattle_vfs_open_wal (options->path, options->key, options->full_sync, &opened->db, error);
  if (!ok)
    return NULL;

  harden (opened->db);
  /* Reads the file's head: this is where a foreign file is noticed. */
  if (!wattle_connection_integer (self, "SELECT count (*) FROM sqlite_schema", &tables, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
close_connection (WattleConnection *self)
{
  sqlite3_close_v2 (wattle_sqlite_handle (self));
  g_free (self);
}

static gboolean
exec (WattleConnection *self, const char *sql, GError **error)
{
  /* lint: allow sql-exec: the caller gives constant text */
  int rc = sqlite3_exec (wattle_sqlite_handle (self), sql, NULL, NULL, NULL);

  return rc == SQLITE_OK || fail (self, rc, error);
}

static gboolean
integer (WattleConnection *self, const char *sql, gint64 *value, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2 (wattle_sqlite_handle (self), sql, -1, &statement, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_step (statement);
  if (rc == SQLITE_ROW)
    *value = sqlite3_column_int64 (statement, 0);
  else if (rc != SQLITE_DONE)
    fail (self, rc, error);
  sqlite3_finalize (statement);
  return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static gboolean
configure (WattleConnection *self, gboolean reader, gboolean full_sync, gboolean secure_delete, GError **error)
{
  if (!exec (self,
             "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = OFF;"
             "PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 0;"
             "PRAGMA journal_size_limit = 67108864;",
             error))
    return FALSE;
  if (reader)
    return exec (self, "PRAGMA query_only = ON", error);
  return exec (self, full_sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error)
         && (!secure_delete || exec (self, "PRAGMA secure_delete = ON", error));
}

static gboolean
follow (WattleConnection *writer, const WattleConnectionOptions *options, GError **error)
{
  WattleConnection *second = open_connection (options, error);

  if (second != NULL)
    ((Sqlite *) writer)->checkpointer = wattle_checkpointer_new (second, writer);
  return second != NULL;
}

static void
before_close (WattleConnection *self)
{
  sqlite3 *db = wattle_sqlite_handle (self);

  g_clear_pointer (&((Sqlite *) self)->checkpointer, wattle_checkpointer_free);
  sqlite3_exec (db, "PRAGMA analysis_limit = 400; PRAGMA optimize", NULL, NULL, NULL);
  wattle_connection_finalize_all (self);
  sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static gboolean
run_fixed (WattleConnection *self, WattleSql which, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self, which, error);

  return statement != NULL && wattle_connection_run (self, statement, error);
}

static gboolean
begin (WattleConnection *self, gboolean write, GError **error)
{
  if (write)
    return run_fixed (self, WATTLE_SQL_BEGIN_WRITE, error);
  /* a read transaction sees the moment of its first read: make that now */
  return run_fixed (self, WATTLE_SQL_BEGIN_READ, error) && run_fixed (self, WATTLE_SQL_PIN, error);
}

static gboolean
commit (WattleConnection *self, GError **error)
{
  return run_fixed (self, WATTLE_SQL_COMMIT, error);
}

static gboolean
is_lost (WattleConnection *self)
{
  return sqlite3_get_autocommit (wattle_sqlite_handle (self)) != 0;
}

static void
roll_back (WattleConnection *self)
{
  if (!is_lost (self))
    run_fixed (self, WATTLE_SQL_ROLLBACK, NULL);
}

static int
cancelled_cb (gpointer data)
{
  return g_cancellable_is_cancelled (data);
}

static void
watch (WattleConnection *self, GCancellable *cancellable)
{
  sqlite3_progress_handler (wattle_sqlite_handle (self), cancellable != NULL ? 2000 : 0,
                            cancellable != NULL ? cancelled_cb : NULL, cancellable);
}

static gint64
last_number (WattleConnection *self)
{
  return sqlite3_last_insert_rowid (wattle_sqlite_handle (self));
}

static WattleStatement *
prepare (WattleConnection *self, const char *sql, GError **error)
{
  Statement *statement;
  sqlite3_stmt *handle = NULL;
  int rc = sqlite3_prepare_v3 (wattle_sqlite_handle (self), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);

  if (rc != SQLITE_OK)
    {
      fail (self, rc, error);
      return NULL;
    }
  statement = g_new0 (Statement, 1);
  statement->parent.connection = self;
  statement->handle = handle;
  return &statement->parent;
}

static void
finalize (WattleStatement *self)
{
  sqlite3_finalize (handle_of (self));
  g_free (self);
}

static void
bind_null (WattleStatement *self, int place)
{
  sqlite3_bind_null (handle_of (self), place);
}

static void
bind_integer (WattleStatement *self, int place, gint64 value)
{
  sqlite3_bind_int64 (handle_of (self), place, value);
}

static void
bind_text (WattleStatement *self, int place, const char *text, gssize length)
{
  sqlite3_bind_text (handle_of (self), place, text, (int) length, SQLITE_STATIC);
}

static void
bind_bytes (WattleStatement *self, int place, const guint8 *bytes, gsize length)
{
  sqlite3_bind_blob (handle_of (self), place, bytes, (int) length, SQLITE_TRANSIENT);
}

static gboolean
step (WattleStatement *self, gboolean *row, GError **error)
{
  int rc = sqlite3_step (handle_of (self));

  *row = rc == SQLITE_ROW;
  return rc == SQLITE_ROW || rc == SQLITE_DONE || fail (self->connection, rc, error);
}

static gboolean
run (WattleStatement *self, GError **error)
{
  gboolean row;

  return step (self, &row, error);
}

static gboolean
change (WattleStatement *self, gint64 *changed, GError **error)
{
  if (!run (self, error))
    return FALSE;
  *changed = sqlite3_changes (wattle_sqlite_handle (self->connection));
  return TRUE;
}

static void
done (WattleStatement *self)
{
  sqlite3_reset (handle_of (self));
  sqlite3_clear_bindings (handle_of (self));
}

static gint64
column_integer (WattleStatement *self, int column)
{
  return sqlite3_column_int64 (handle_of (self), column);
}

static const char *
column_text (WattleStatement *self, int column)
{
  return (const char *) sqlite3_column_text (handle_of (self), column);
}

static const guint8 *
column_bytes (WattleStatement *self, int column)
{
  return sqlite3_column_blob (handle_of (self), column);
}

static int
column_length (WattleStatement *self, int column)
{
  return sqlite3_column_bytes (handle_of (self), column);
}

/* Words as FTS5 wants them: every group's one or other word, all groups. */
static char *
match_text (GPtrArray *groups)
{
  g_autoptr (GString) match = g_string_new (NULL);

  for (guint i = 0; i < groups->len; i++)
    {
      GPtrArray *words = groups->pdata[i];

      g_string_append (match, i > 0 ? " AND (" : "(");
      for (guint j = 0; j < words->len; j++)
        {
          const char *word = words->pdata[j];
          gboolean start = g_str_has_suffix (word, "*");

          g_string_append_printf (match, "%s\"%.*s\"%s", j > 0 ? " OR " : "", (int) (strlen (word) - start), word,
                                  start ? " *" : "");
        }
      g_string_append_c (match, ')');
    }
  return g_string_free (g_steal_pointer (&match), FALSE);
}

static gboolean
find_words (WattleConnection *self,
            WattleRecordType type,
            GPtrArray *groups,
            guint limit,
            WattleNumberFunc func,
            gpointer data,
            GError **error)
{
  g_autoptr (WattleStatement) statement =
    wattle_connection_type_statement (self, WATTLE_TYPE_SQL_FIND_WORDS, type, error);
  g_autofree char *match = match_text (groups);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, match, -1);
  bind_integer (statement, 2, limit);
  while (TRUE)
    {
      if (!step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      if (!func (column_integer (statement, 0), data, error))
        return FALSE;
    }
}

static char *
describe (WattleConnection *self)
{
  return g_strdup_printf ("SQLite %s", sqlite3_libversion ());
}

/* One finding a line; what SQLite says of a whole file begins with a headline. */
static void
tell_damage (const char *said, GPtrArray *findings)
{
  g_auto (GStrv) lines = g_strsplit (said, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0' && strcmp (lines[i], "ok") != 0 && !g_str_has_prefix (lines[i], "***"))
      g_ptr_array_add (findings, g_strdup_printf (_("The file is damaged (%s). Restore it from a backup."), lines[i]));
}

/* The file itself: pages, order of keys, and that each index says what its table says. */
static gboolean
check_storage (WattleConnection *self, GPtrArray *findings, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2 (wattle_sqlite_handle (self), "PRAGMA integrity_check (20)", -1, &statement, NULL);

  while (rc == SQLITE_OK || rc == SQLITE_ROW)
    {
      const char *line;

      rc = sqlite3_step (statement);
      line = rc == SQLITE_ROW ? (const char *) sqlite3_column_text (statement, 0) : NULL;
      if (line != NULL)
        tell_damage (line, findings);
    }
  sqlite3_finalize (statement);
  if (rc == SQLITE_DONE)
    return TRUE;
  if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
    {
      g_ptr_array_add (findings,
                       g_strdup (_("The file is damaged and cannot be read to its end. Restore it from a backup.")));
      return TRUE;
    }
  return fail (self, rc, error);
}

const WattleEngine wattle_engine_sqlite = {
  .fixed = fixed_sql,
  .typed = typed_sql,
  .open = open_connection,
  .close = close_connection,
  .configure = configure,
  .follow = follow,
  .before_close = before_close,
  .exec = exec,
  .integer = integer,
  .begin = begin,
  .commit = commit,
  .roll_back = roll_back,
  .savepoint = run_fixed,
  .is_lost = is_lost,
  .watch = watch,
  .last_number = last_number,
  .prepare = prepare,
  .finalize = finalize,
  .bind_null = bind_null,
  .bind_integer = bind_integer,
  .bind_text = bind_text,
  .bind_bytes = bind_bytes,
  .step = step,
  .run = run,
  .change = change,
  .done = done,
  .column_integer = column_integer,
  .column_text = column_text,
  .column_bytes = column_bytes,
  .column_length = column_length,
  .prepare_layout = wattle_sqlite_prepare_layout,
  .clear_index = wattle_sqlite_clear_index,
  .drop_indexes = wattle_sqlite_drop_indexes,
  .create_indexes = wattle_sqlite_create_indexes,
  .find_words = find_words,
  .describe = describe,
  .check_storage = check_storage,
};
