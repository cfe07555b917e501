/* connection.c: opening SQLite safely, running statements, and what its failures mean to a person
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/id.h"
#include "store/vfs/vfs.h"

#define BUSY_TIMEOUT_MS 5000

static gboolean
says_full (int saved_errno)
{
  return saved_errno == ENOSPC || saved_errno == EDQUOT || saved_errno == EFBIG;
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
                                "it was. Make room and try again."), name);
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
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                              _("The file %s is damaged or not a file of Wattle. It was left as it is; restore it from "
                                "a backup."), name);
      return;
    default:
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                              _("The file %s could not be read or written (%s). This change was not saved."), name,
                              db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (rc));
      return;
    }
}

void
wattle_connection_fail (WattleConnection *self, int rc, GError **error)
{
  wattle_sqlite_fail (self->db, rc, self->name, error);
}

/* A new file is its owner's alone; the log beside it takes the same permissions. */
static gboolean
make_private (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);

  if (fd < 0 && errno == ENOENT)
    {
      fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      if (fd >= 0)
        {
          close (fd);
          return wattle_file_sync_dir (path, error);
        }
    }
  if (fd < 0)
    {
      g_set_error (error, WATTLE_ERROR, errno == ENOSPC ? WATTLE_ERROR_DISK_FULL : WATTLE_ERROR_FAILED,
                   _("The file %s could not be opened (%s). Nothing was changed."), path, g_strerror (errno));
      return FALSE;
    }
  close (fd);
  return TRUE;
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

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

/**
 * wattle_connection_open:
 * @options: what to open and how
 * @error: (out): %WATTLE_ERROR_CORRUPT for a file that is not a database,
 *   %WATTLE_ERROR_KEY_LOST for one sealed with another key
 *
 * Opens and hardens; writes nothing into a plain file.
 *
 * Returns: (nullable): the connection
 */
WattleConnection *
wattle_connection_open (const WattleConnectionOptions *options, GError **error)
{
  g_autoptr (WattleConnection) self = g_new0 (WattleConnection, 1);
  gboolean opened;
  gint64 tables;

  self->name = g_path_get_basename (options->path);
  self->queries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize);
  self->learned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (options->key == NULL)
    opened = open_plain (options, self->name, &self->db, error);
  else if (options->read_only)
    opened = wattle_vfs_open (options->path, options->key, SQLITE_OPEN_READONLY, &self->db, error);
  else
    opened = wattle_vfs_open_wal (options->path, options->key, options->full_sync, &self->db, error);
  if (!opened)
    return NULL;

  harden (self->db);
  /* Reads the file's head: this is where a foreign file is noticed. */
  if (!wattle_connection_integer (self, "SELECT count (*) FROM sqlite_schema", &tables, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
wattle_connection_finalize_all (WattleConnection *self)
{
  for (guint i = 0; i < WATTLE_N_SQL; i++)
    g_clear_pointer (&self->fixed[i], sqlite3_finalize);
  for (guint i = 0; i < WATTLE_N_TYPE_SQL; i++)
    for (guint t = 0; t < WATTLE_N_RECORDS; t++)
      g_clear_pointer (&self->typed[i][t], sqlite3_finalize);
  g_hash_table_remove_all (self->queries);
}

void
wattle_connection_free (WattleConnection *self)
{
  wattle_connection_finalize_all (self);
  sqlite3_close_v2 (self->db);
  g_hash_table_unref (self->queries);
  g_hash_table_unref (self->learned);
  g_free (self->name);
  g_free (self);
}

/**
 * wattle_connection_exec:
 * @self: a connection
 * @sql: constant text, or text made of the field tables alone
 * @error: the failure
 */
gboolean
wattle_connection_exec (WattleConnection *self, const char *sql, GError **error)
{
  /* lint: allow sql-exec: the caller gives constant text */
  int rc = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  if (rc == SQLITE_OK)
    return TRUE;
  wattle_connection_fail (self, rc, error);
  return FALSE;
}

/**
 * wattle_connection_integer:
 * @self: a connection
 * @sql: constant text that answers one number, used once
 * @value: (out): the number; 0 when there is no row
 * @error: the failure
 */
gboolean
wattle_connection_integer (WattleConnection *self, const char *sql, gint64 *value, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL);

  *value = 0;
  if (rc == SQLITE_OK)
    rc = sqlite3_step (statement);
  if (rc == SQLITE_ROW)
    *value = sqlite3_column_int64 (statement, 0);
  else if (rc != SQLITE_DONE)
    wattle_connection_fail (self, rc, error);
  sqlite3_finalize (statement);
  return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

/**
 * wattle_connection_step:
 * @self: a connection
 * @statement: one of its statements
 * @row: (out): whether there is a row
 * @error: the failure
 */
gboolean
wattle_connection_step (WattleConnection *self, sqlite3_stmt *statement, gboolean *row, GError **error)
{
  int rc = sqlite3_step (statement);

  *row = rc == SQLITE_ROW;
  if (rc == SQLITE_ROW || rc == SQLITE_DONE)
    return TRUE;
  wattle_connection_fail (self, rc, error);
  return FALSE;
}

/**
 * wattle_connection_run:
 * @self: a connection
 * @statement: one of its statements, from which no row is wanted
 * @error: the failure
 */
gboolean
wattle_connection_run (WattleConnection *self, sqlite3_stmt *statement, GError **error)
{
  gboolean row;

  return wattle_connection_step (self, statement, &row, error);
}

void
wattle_statement_done (sqlite3_stmt *statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

/**
 * wattle_bind_id:
 * @statement: a statement
 * @place: of the parameter
 * @id: (nullable): an id; what is not one binds as a value that equals none
 */
void
wattle_bind_id (sqlite3_stmt *statement, int place, const char *id)
{
  guint8 bytes[WATTLE_ID_BYTES];

  if (id == NULL)
    sqlite3_bind_null (statement, place);
  else if (wattle_id_to_bytes (id, bytes))
    sqlite3_bind_blob (statement, place, bytes, sizeof bytes, SQLITE_TRANSIENT);
  else
    sqlite3_bind_blob (statement, place, "", 0, SQLITE_STATIC);
}

/**
 * wattle_bind_text:
 * @statement: a statement
 * @place: of the parameter
 * @text: (nullable): must live until the statement has run
 */
void
wattle_bind_text (sqlite3_stmt *statement, int place, const char *text)
{
  sqlite3_bind_text (statement, place, text, -1, SQLITE_STATIC);
}

/**
 * wattle_bind_field:
 * @statement: a statement
 * @place: of the parameter
 * @record: a record that outlives the run
 * @id: one of its fields; bound as its column in the index table holds it
 */
void
wattle_bind_field (sqlite3_stmt *statement, int place, WattleRecord *record, WattleFieldId id)
{
  const WattleField *field = wattle_field_get (id);

  if (!wattle_record_has (record, id))
    sqlite3_bind_null (statement, place);
  else if (field->kind == WATTLE_KIND_REFERENCE)
    wattle_bind_id (statement, place, wattle_record_get_string (record, id));
  else if (wattle_field_is_text (field))
    wattle_bind_text (statement, place, wattle_record_get_string (record, id));
  else if (field->kind == WATTLE_KIND_ENUM)
    wattle_bind_text (statement, place,
                      wattle_enum_nick (wattle_field_enum (field), wattle_record_get_integer (record, id)));
  else
    sqlite3_bind_int64 (statement, place, wattle_record_get_integer (record, id));
}

/**
 * wattle_column_id:
 * @statement: a statement on a row
 * @column: a column that holds an id
 *
 * Returns: (transfer full) (nullable): the id's text
 */
char *
wattle_column_id (sqlite3_stmt *statement, int column)
{
  char *text;

  if (sqlite3_column_bytes (statement, column) != WATTLE_ID_BYTES)
    return NULL;
  text = g_malloc (WATTLE_ID_LENGTH + 1);
  wattle_id_to_text (sqlite3_column_blob (statement, column), text);
  return text;
}
