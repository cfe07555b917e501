/* outbox.c: what this device did and what a person typed, kept until the server has it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/outbox.h"

#include <glib/gi18n-lib.h>
#include <sqlite3.h>

#include "base/error.h"
#include "store/vfs/vfs.h"

/* Operations keep their number for ever: a number that was used is never given again, also after a removal. */
static const char layout[] =
  "CREATE TABLE IF NOT EXISTS operation ("
  " number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, args TEXT NOT NULL,"
  " at INTEGER NOT NULL, status INTEGER NOT NULL, settled_at INTEGER NOT NULL DEFAULT 0,"
  " message TEXT, field TEXT, alternatives TEXT) STRICT;"
  "CREATE INDEX IF NOT EXISTS operation_status ON operation (status, number);"
  "CREATE TABLE IF NOT EXISTS conflict ("
  " number INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, record TEXT NOT NULL, field TEXT NOT NULL,"
  " mine TEXT NOT NULL, theirs TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"
  "CREATE TABLE IF NOT EXISTS kept ("
  " kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL,"
  " PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;";

#define COLUMNS \
  "SELECT number, id, name, args, at, status, message, field, alternatives, settled_at FROM operation "

enum
{
  BEGIN,
  COMMIT,
  ROLL_BACK,
  APPEND,
  ENTRIES,
  FIND,
  COUNT,
  SETTLE,
  MARK_SENT,
  REMOVE,
  FORGET_DONE,
  SEND_AGAIN,
  NUMBER_ABOVE,
  ADD_CONFLICT,
  CONFLICTS,
  DROP_CONFLICT,
  KEEP,
  DROP,
  KEPT,
  KEPT_KEYS,
  N_STATEMENTS
};

static const char *const statements[N_STATEMENTS] = {
  [BEGIN] = "BEGIN IMMEDIATE",
  [COMMIT] = "COMMIT",
  [ROLL_BACK] = "ROLLBACK",
  [APPEND] = "INSERT INTO operation (id, name, args, at, status) VALUES (?1, ?2, ?3, ?4, ?5)",
  [ENTRIES] = COLUMNS "WHERE (1 << status) & ?1 ORDER BY number LIMIT ?2",
  [FIND] = COLUMNS "WHERE id = ?1",
  [COUNT] = "SELECT count(*) FROM operation WHERE (1 << status) & ?1",
  [SETTLE] = "UPDATE operation SET status = ?2, message = ?3, field = ?4, alternatives = ?5, settled_at = ?6"
             " WHERE id = ?1",
  [MARK_SENT] = "UPDATE operation SET status = 1 WHERE status = 0 AND number <= ?1",
  [REMOVE] = "DELETE FROM operation WHERE id = ?1",
  [FORGET_DONE] = "DELETE FROM operation WHERE status = 2 AND settled_at < ?1",
  [SEND_AGAIN] = "UPDATE operation SET status = 1 WHERE status = 2 AND settled_at >= ?1",
  /* Above every number that was ever used here or there, in the same order. */
  [NUMBER_ABOVE] = "UPDATE operation SET number = number + max (?1, (SELECT max (number) FROM operation))"
                   " WHERE (1 << status) & ?2",
  [ADD_CONFLICT] = "INSERT INTO conflict (type, record, field, mine, theirs, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
  [CONFLICTS] = "SELECT number, type, record, field, mine, theirs, at FROM conflict ORDER BY number",
  [DROP_CONFLICT] = "DELETE FROM conflict WHERE number = ?1",
  [KEEP] = "INSERT INTO kept (kind, key, value, at) VALUES (?1, ?2, ?3, ?4)"
           " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, at = excluded.at",
  [DROP] = "DELETE FROM kept WHERE kind = ?1 AND key = ?2",
  [KEPT] = "SELECT value FROM kept WHERE kind = ?1 AND key = ?2",
  [KEPT_KEYS] = "SELECT key FROM kept WHERE kind = ?1 ORDER BY at, key",
};

G_STATIC_ASSERT (WATTLE_OUTBOX_SENT == 1 && WATTLE_OUTBOX_OK == 2);

struct _WattleOutbox
{
  GRecMutex mutex; /* held from begin to commit */
  sqlite3 *db;
  sqlite3_stmt *prepared[N_STATEMENTS];
};

void
wattle_outbox_entry_free (WattleOutboxEntry *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->args);
  g_free (self->message);
  g_free (self->field);
  g_free (self->alternatives);
  g_free (self);
}

void
wattle_outbox_conflict_free (WattleOutboxConflict *self)
{
  g_free (self->type);
  g_free (self->record);
  g_free (self->field);
  g_free (self->mine);
  g_free (self->theirs);
  g_free (self);
}

/**
 * wattle_outbox_status_nick:
 * @status: a status
 *
 * Returns: the word that the property of an item has
 */
const char *
wattle_outbox_status_nick (WattleOutboxStatus status)
{
  static const char *const nicks[WATTLE_N_OUTBOX_STATUSES] = { "waiting", "sent", "ok", "conflict", "refused" };

  g_return_val_if_fail (status < WATTLE_N_OUTBOX_STATUSES, "waiting");
  return nicks[status];
}

static gboolean
set_error (WattleOutbox *self, GError **error)
{
  int code = sqlite3_errcode (self->db) & 0xff;

  if (code == SQLITE_FULL || sqlite3_system_errno (self->db) == ENOSPC)
    wattle_set_field_error (error, WATTLE_ERROR_DISK_FULL, NULL,
                            _("There is no space left on this computer to keep the change. What was kept before is "
                               "safe. Make space and try again."));
  else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || sqlite3_extended_errcode (self->db) == SQLITE_IOERR_DATA)
    wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                            _("The file with changes that wait to be sent is damaged. It was left as it is; ask for "
                               "help before you work on."));
  else
    wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                            _("The change could not be kept on this computer (%s). Nothing else was lost; try again."),
                            sqlite3_errstr (code));
  return FALSE;
}

static sqlite3_stmt *
statement (WattleOutbox *self, guint which, GError **error)
{
  if (self->prepared[which] == NULL
      && sqlite3_prepare_v3 (self->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT, &self->prepared[which], NULL)
           != SQLITE_OK)
    {
      set_error (self, error);
      return NULL;
    }
  return self->prepared[which];
}

/* Runs a statement that gives no rows; s and i are bound in the order of format, "s" for text, "i" for a gint64. */
static gboolean
run (WattleOutbox *self, guint which, GError **error, const char *format, ...)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->mutex);
  sqlite3_stmt *stmt = statement (self, which, error);
  va_list args;
  int rc;

  if (stmt == NULL)
    return FALSE;
  va_start (args, format);
  for (int i = 0; format[i] != '\0'; i++)
    if (format[i] == 's')
      sqlite3_bind_text (stmt, i + 1, va_arg (args, const char *), -1, SQLITE_STATIC);
    else
      sqlite3_bind_int64 (stmt, i + 1, va_arg (args, gint64));
  va_end (args);
  rc = sqlite3_step (stmt);
  if (rc != SQLITE_DONE)
    set_error (self, error);
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
  return rc == SQLITE_DONE;
}

static char *
column_text (sqlite3_stmt *stmt, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (stmt, column));
}

static WattleOutboxEntry *
read_entry (sqlite3_stmt *stmt)
{
  WattleOutboxEntry *entry = g_new0 (WattleOutboxEntry, 1);

  entry->number = sqlite3_column_int64 (stmt, 0);
  entry->id = column_text (stmt, 1);
  entry->name = column_text (stmt, 2);
  entry->args = column_text (stmt, 3);
  entry->at = sqlite3_column_int64 (stmt, 4);
  entry->status = CLAMP (sqlite3_column_int (stmt, 5), 0, WATTLE_N_OUTBOX_STATUSES - 1);
  entry->message = column_text (stmt, 6);
  entry->field = column_text (stmt, 7);
  entry->alternatives = column_text (stmt, 8);
  entry->settled_at = sqlite3_column_int64 (stmt, 9);
  return entry;
}

/**
 * wattle_outbox_open:
 * @path: file name
 * @key: its 32 bytes
 * @error: the failure; a file that cannot be opened is left as it is
 *
 * Returns: (transfer full) (nullable): the outbox
 */
WattleOutbox *
wattle_outbox_open (const char *path, const guint8 *key, GError **error)
{
  WattleOutbox *self = g_new0 (WattleOutbox, 1);

  g_rec_mutex_init (&self->mutex);
  if (wattle_vfs_open_wal (path, key, TRUE, &self->db, error))
    {
      if (sqlite3_exec (self->db, layout, NULL, NULL, NULL) == SQLITE_OK)
        return self;
      set_error (self, error);
    }
  wattle_outbox_close (self, NULL);
  return NULL;
}

/**
 * wattle_outbox_close:
 * @self: (transfer full): the outbox
 * @error: the failure; nothing that was kept is lost
 */
gboolean
wattle_outbox_close (WattleOutbox *self, GError **error)
{
  gboolean closed = TRUE;

  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->prepared[i]);
  if (self->db != NULL)
    closed = wattle_vfs_close (self->db, error);
  g_rec_mutex_clear (&self->mutex);
  g_free (self);
  return closed;
}

/**
 * wattle_outbox_begin:
 * @self: the outbox
 * @error: the failure
 *
 * Holds the outbox for this thread until commit or roll back.
 */
gboolean
wattle_outbox_begin (WattleOutbox *self, GError **error)
{
  g_rec_mutex_lock (&self->mutex);
  if (run (self, BEGIN, error, ""))
    return TRUE;
  g_rec_mutex_unlock (&self->mutex);
  return FALSE;
}

/**
 * wattle_outbox_commit:
 * @self: the outbox
 * @error: the failure; nothing since begin was kept
 *
 * Returns: %TRUE once it is on the disk
 */
gboolean
wattle_outbox_commit (WattleOutbox *self, GError **error)
{
  gboolean done = run (self, COMMIT, error, "");

  if (!done && !sqlite3_get_autocommit (self->db))
    run (self, ROLL_BACK, NULL, "");
  g_rec_mutex_unlock (&self->mutex);
  return done;
}

void
wattle_outbox_roll_back (WattleOutbox *self)
{
  if (!sqlite3_get_autocommit (self->db))
    run (self, ROLL_BACK, NULL, "");
  g_rec_mutex_unlock (&self->mutex);
}

/**
 * wattle_outbox_append:
 * @self: the outbox
 * @entry: id, name, args, at and status; its number is set
 * @error: the failure
 *
 * Returns: %TRUE once it is on the disk (outside begin and commit)
 */
gboolean
wattle_outbox_append (WattleOutbox *self, WattleOutboxEntry *entry, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->mutex);

  if (!run (self, APPEND, error, "sssii", entry->id, entry->name, entry->args, entry->at, (gint64) entry->status))
    return FALSE;
  entry->number = sqlite3_last_insert_rowid (self->db);
  return TRUE;
}

/**
 * wattle_outbox_entries:
 * @self: the outbox
 * @statuses: bit mask over #WattleOutboxStatus
 * @limit: at most so many
 * @error: the failure
 *
 * Returns: (transfer full) (element-type WattleOutboxEntry) (nullable): in the order they were done
 */
GPtrArray *
wattle_outbox_entries (WattleOutbox *self, guint statuses, guint limit, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->mutex);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_outbox_entry_free);
  sqlite3_stmt *stmt = statement (self, ENTRIES, error);
  int rc;

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, statuses);
  sqlite3_bind_int64 (stmt, 2, limit);
  while ((rc = sqlite3_step (stmt)) == SQLITE_ROW)
    g_ptr_array_add (entries, read_entry (stmt));
  if (rc != SQLITE_DONE)
    set_error (self, error);
  sqlite3_reset (stmt);
  return rc == SQLITE_DONE ? g_steal_pointer (&entries) : NULL;
}

/**
 * wattle_outbox_find:
 * @self: the outbox
 * @id: id of an operation
 * @error: %WATTLE_ERROR_NOT_FOUND
 *
 * Returns: (transfer full) (nullable): its entry
 */
WattleOutboxEntry *
wattle_outbox_find (WattleOutbox *self, const char *id, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->mutex);
  WattleOutboxEntry *entry = NULL;
  sqlite3_stmt *stmt = statement (self, FIND, error);
  int rc;

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_text (stmt, 1, id, -1, SQLITE_STATIC);
  rc = sqlite3_step (stmt);
  if (rc == SQLITE_ROW)
    entry = read_entry (stmt);
  else if (rc == SQLITE_DONE)
    wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, _("This change is not waiting on this computer."));
  else
    set_error (self, error);
  sqlite3_reset (stmt);
  return entry;
}

gint64
wattle_outbox_count (WattleOutbox *self, guint statuses, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->mutex);
  sqlite3_stmt *stmt = statement (self, COUNT, error);
  gint64 count = -1;

  if (stmt == NULL)
    return -1;
  sqlite3_bind_int64 (stmt, 1, statuses);
  if (sqlite3_step (stmt) == SQLITE_ROW)
    count = sqlite3_column_int64 (stmt, 0);
  else
    set_error (self, error);
  sqlite3_reset (stmt);
  return count;
}

/**
 * wattle_outbox_settle:
 * @self: the outbox
 * @entry: an entry with its new status, message, field and alternatives
 * @now: when the answer came; 0 for one that only put it off
 * @error: the failure
 */
gboolean
wattle_outbox_settle (WattleOutbox *self, const WattleOutboxEntry *entry, gint64 now, GError **error)
{
  return run (self, SETTLE, error, "sisssi", entry->id, (gint64) entry->status, entry->message, entry->field,
              entry->alternatives, now);
}

/**
 * wattle_outbox_mark_sent:
 * @self: the outbox
 * @last_number: entries up to here
 * @error: the failure; then nothing may be sent
 *
 * Called before they go: from here on the server may have them.
 */
gboolean
wattle_outbox_mark_sent (WattleOutbox *self, gint64 last_number, GError **error)
{
  return run (self, MARK_SENT, error, "i", last_number);
}

gboolean
wattle_outbox_remove (WattleOutbox *self, const char *id, GError **error)
{
  return run (self, REMOVE, error, "s", id);
}

gboolean
wattle_outbox_forget_done (WattleOutbox *self, gint64 before, GError **error)
{
  return run (self, FORGET_DONE, error, "i", before);
}

/**
 * wattle_outbox_send_again:
 * @self: the outbox
 * @since: answered at this instant or later
 * @error: the failure
 *
 * After the server was restored from a backup it may lack what it had
 * acknowledged. A repeat does no harm.
 */
gboolean
wattle_outbox_send_again (WattleOutbox *self, gint64 since, GError **error)
{
  return run (self, SEND_AGAIN, error, "i", since);
}

/**
 * wattle_outbox_number_above:
 * @self: the outbox
 * @last: a number that the server had of this device
 * @error: the failure; the numbers are then as before
 *
 * After this file was restored its numbers are behind: what is pending gets new
 * ones, in the same order.
 */
gboolean
wattle_outbox_number_above (WattleOutbox *self, gint64 last, GError **error)
{
  return run (self, NUMBER_ABOVE, error, "ii", last, (gint64) WATTLE_OUTBOX_PENDING);
}

gboolean
wattle_outbox_add_conflict (WattleOutbox *self, WattleOutboxConflict *conflict, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->mutex);

  if (!run (self, ADD_CONFLICT, error, "sssssi", conflict->type, conflict->record, conflict->field, conflict->mine,
            conflict->theirs, conflict->at))
    return FALSE;
  conflict->number = sqlite3_last_insert_rowid (self->db);
  return TRUE;
}

/**
 * wattle_outbox_conflicts:
 * @self: the outbox
 * @error: the failure
 *
 * Returns: (transfer full) (element-type WattleOutboxConflict) (nullable): what a person has to choose
 */
GPtrArray *
wattle_outbox_conflicts (WattleOutbox *self, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->mutex);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_outbox_conflict_free);
  sqlite3_stmt *stmt = statement (self, CONFLICTS, error);
  int rc;

  if (stmt == NULL)
    return NULL;
  while ((rc = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      WattleOutboxConflict *conflict = g_new0 (WattleOutboxConflict, 1);

      conflict->number = sqlite3_column_int64 (stmt, 0);
      conflict->type = column_text (stmt, 1);
      conflict->record = column_text (stmt, 2);
      conflict->field = column_text (stmt, 3);
      conflict->mine = column_text (stmt, 4);
      conflict->theirs = column_text (stmt, 5);
      conflict->at = sqlite3_column_int64 (stmt, 6);
      g_ptr_array_add (found, conflict);
    }
  if (rc != SQLITE_DONE)
    set_error (self, error);
  sqlite3_reset (stmt);
  return rc == SQLITE_DONE ? g_steal_pointer (&found) : NULL;
}

gboolean
wattle_outbox_drop_conflict (WattleOutbox *self, gint64 number, GError **error)
{
  return run (self, DROP_CONFLICT, error, "i", number);
}

/**
 * wattle_outbox_keep:
 * @self: the outbox
 * @kind: "draft", "blob"…
 * @key: name among those
 * @value: (nullable): what to keep; %NULL forgets it
 * @now: for the order of wattle_outbox_kept_keys()
 * @error: the failure
 *
 * Returns: %TRUE once it is on the disk (outside begin and commit)
 */
gboolean
wattle_outbox_keep (
  WattleOutbox *self, const char *kind, const char *key, const char *value, gint64 now, GError **error)
{
  if (value == NULL)
    return run (self, DROP, error, "ss", kind, key);
  return run (self, KEEP, error, "sssi", kind, key, value, now);
}

/**
 * wattle_outbox_kept:
 * @self: the outbox
 * @kind: "draft", "blob"…
 * @key: name among those
 * @error: %WATTLE_ERROR_NOT_FOUND
 *
 * Returns: (transfer full) (nullable): what was kept
 */
char *
wattle_outbox_kept (WattleOutbox *self, const char *kind, const char *key, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->mutex);
  sqlite3_stmt *stmt = statement (self, KEPT, error);
  char *value = NULL;
  int rc;

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_text (stmt, 1, kind, -1, SQLITE_STATIC);
  sqlite3_bind_text (stmt, 2, key, -1, SQLITE_STATIC);
  rc = sqlite3_step (stmt);
  if (rc == SQLITE_ROW)
    value = column_text (stmt, 0);
  else if (rc == SQLITE_DONE)
    wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, _("Nothing of this name is kept here."));
  else
    set_error (self, error);
  sqlite3_reset (stmt);
  return value;
}

/**
 * wattle_outbox_kept_keys:
 * @self: the outbox
 * @kind: "draft", "blob"…
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): the keys, oldest first
 */
char **
wattle_outbox_kept_keys (WattleOutbox *self, const char *kind, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->mutex);
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();
  sqlite3_stmt *stmt = statement (self, KEPT_KEYS, error);
  int rc;

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_text (stmt, 1, kind, -1, SQLITE_STATIC);
  while ((rc = sqlite3_step (stmt)) == SQLITE_ROW)
    g_strv_builder_add (keys, (const char *) sqlite3_column_text (stmt, 0));
  if (rc != SQLITE_DONE)
    set_error (self, error);
  sqlite3_reset (stmt);
  return rc == SQLITE_DONE ? g_strv_builder_end (keys) : NULL;
}
