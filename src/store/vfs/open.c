/* open.c: opening and closing a sealed database
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/vfs/vfs-private.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000

static void
set_sqlite_error (GError **error, int rc, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  switch (rc & 0xff)
    {
    case SQLITE_FULL:
      wattle_set_field_error (error, WATTLE_ERROR_DISK_FULL, NULL,
                              _("There is no space left for the file %s. What was saved before is kept; make room and "
                                "try again."), name);
      return;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL,
                              _("The file %s is in use by another part of Wattle. Nothing was changed; try again."),
                              name);
      return;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      break;
    case SQLITE_IOERR:
      if (rc == SQLITE_IOERR_DATA)
        break;
      G_GNUC_FALLTHROUGH;
    default:
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                              _("The file %s could not be opened (%s). Nothing was changed."),
                              name, sqlite3_errstr (rc));
      return;
    }

  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                          _("The file %s is damaged. It was left as it is; what the server has can be fetched again."),
                          name);
}

static void
set_verdict_error (GError **error, WattleVfsVerdict verdict, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  switch (verdict)
    {
    case WATTLE_VFS_PLAIN:
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                              _("The file %s is an ordinary database without encryption, so it is not one that Wattle "
                                "made. It was left as it is; move it away to go on."), name);
      return;
    case WATTLE_VFS_HEADLESS:
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                              _("The file %s is empty, but changes that belong to it lie beside it. Both were left as "
                                "they are; put the file back from a copy, or move both away to go on."), name);
      return;
    case WATTLE_VFS_FOREIGN:
    case WATTLE_VFS_ACCEPTED:
    default:
      wattle_set_field_error (error, WATTLE_ERROR_KEY_LOST, NULL,
                              _("The file %s does not open with the key that is kept for it. It was left as it is."),
                              name);
      return;
    }
}

/* The file is only ever readable by its owner, also while it is new. */
static gboolean
keep_private (const char *path, int flags, GError **error)
{
  struct stat status;
  int fd;

  if (flags & SQLITE_OPEN_CREATE)
    {
      fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      if (fd >= 0)
        {
          close (fd);
          return TRUE;
        }
    }

  if (stat (path, &status) == 0
      && (!(status.st_mode & 077) || (flags & SQLITE_OPEN_READONLY) || chmod (path, 0600) == 0))
    return TRUE;

  g_set_error (error, WATTLE_ERROR, errno == ENOSPC ? WATTLE_ERROR_DISK_FULL : errno == ENOENT ? WATTLE_ERROR_NOT_FOUND
                                                                                                : WATTLE_ERROR_FAILED,
               _("The file %s could not be opened (%s). Nothing was changed."), path, g_strerror (errno));
  return FALSE;
}

/* Settings that hold for every sealed connection: sorts, temporary tables and
 * statement journals stay in memory (a temporary file would be refused), freed
 * pages are overwritten (a row that is gone leaves nothing behind, and every
 * page of the file has a tag), and SQL cannot reach the engine's own tables. */
static int
harden (sqlite3 *db)
{
  static const char pragmas[] = "PRAGMA temp_store = MEMORY;"
                                "PRAGMA secure_delete = ON;"
                                "PRAGMA trusted_schema = OFF;"
                                "PRAGMA cell_size_check = ON;"
                                "PRAGMA cache_size = -32000;"
                                "SELECT count (*) FROM sqlite_schema;";
  int reserve = WATTLE_PAGE_RESERVE;

  sqlite3_extended_result_codes (db, TRUE);
  sqlite3_busy_timeout (db, BUSY_TIMEOUT_MS);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, TRUE, NULL);
  sqlite3_file_control (db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
  return sqlite3_exec (db, pragmas, NULL, NULL, NULL);
}

/**
 * wattle_vfs_open:
 * @path: the file
 * @key: %WATTLE_VFS_KEY_BYTES bytes; not kept, the caller wipes its own copy
 * @flags: of sqlite3_open_v2(), such as SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
 * @db: (out): the connection; close it with wattle_vfs_close() or sqlite3_close()
 * @error: where to put an error
 *
 * Opens a database whose pages are sealed with @key. A file that is plain,
 * damaged or sealed with another key is refused and left untouched:
 * %WATTLE_ERROR_KEY_LOST when no page opens with @key, %WATTLE_ERROR_CORRUPT
 * when it is not a sealed database or is damaged.
 *
 * What it does not protect from: an old copy of the whole file put back, or the
 * sizes and page numbers that the write-ahead log shows.
 *
 * Returns: whether it is open
 */
gboolean
wattle_vfs_open (const char *path, const guint8 *key, int flags, sqlite3 **db, GError **error)
{
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autoptr (WattlePageKeys) keys = NULL;
  WattleVfsOpening opening = { 0 };
  sqlite3 *opened = NULL;
  int rc;

  g_return_val_if_fail (db != NULL && *db == NULL, FALSE);
  g_return_val_if_fail (!(flags & (SQLITE_OPEN_URI | SQLITE_OPEN_MEMORY)), FALSE);

  if (!wattle_vfs_register (error) || !keep_private (full, flags, error))
    return FALSE;

  opening.keys = keys = wattle_page_keys_new (key);
  rc = keys == NULL ? SQLITE_NOMEM : SQLITE_OK;
  if (rc == SQLITE_OK)
    {
      wattle_vfs_set_opening (&opening);
      rc = sqlite3_open_v2 (full, &opened, flags, WATTLE_VFS_NAME);
      wattle_vfs_set_opening (NULL);
    }
  if (rc == SQLITE_OK)
    rc = harden (opened);

  if (rc != SQLITE_OK)
    {
      sqlite3_close (opened);
      if (opening.verdict != WATTLE_VFS_ACCEPTED)
        set_verdict_error (error, opening.verdict, full);
      else
        set_sqlite_error (error, rc, full);
      return FALSE;
    }

  *db = opened;
  return TRUE;
}

static int
use_wal (sqlite3 *db)
{
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2 (db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);

  if (rc == SQLITE_OK && (rc = sqlite3_step (statement)) == SQLITE_ROW)
    rc = g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "wal") == 0 ? SQLITE_OK : SQLITE_CANTOPEN;
  sqlite3_finalize (statement);
  return rc;
}

/**
 * wattle_vfs_open_wal:
 * @path: the file; made when it is not there
 * @key: %WATTLE_VFS_KEY_BYTES bytes; not kept
 * @full_sync: %TRUE when a commit must survive loss of power (the outbox),
 *   %FALSE when the last commits may be fetched again (the cache)
 * @db: (out): the connection
 * @error: where to put an error
 *
 * wattle_vfs_open() with the settings of every database of the client:
 * write-ahead log and foreign keys.
 *
 * Returns: whether it is open
 */
gboolean
wattle_vfs_open_wal (const char *path, const guint8 *key, gboolean full_sync, sqlite3 **db, GError **error)
{
  sqlite3 *opened = NULL;
  int rc;

  if (!wattle_vfs_open (path, key, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &opened, error))
    return FALSE;

  rc = use_wal (opened);
  if (rc == SQLITE_OK && full_sync)
    rc = sqlite3_exec (opened, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
  else if (rc == SQLITE_OK)
    rc = sqlite3_exec (opened, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_exec (opened, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
  if (rc != SQLITE_OK)
    {
      set_sqlite_error (error, rc, path);
      sqlite3_close (opened);
      return FALSE;
    }

  *db = opened;
  return TRUE;
}

/**
 * wattle_vfs_close:
 * @db: (transfer full): a connection without unfinished statements
 * @error: where to put an error; @db is then still open
 *
 * Moves the write-ahead log into the file, empties it and closes. Used when the
 * program locks: the log then no longer shows sizes and page numbers.
 *
 * Returns: whether it is closed
 */
gboolean
wattle_vfs_close (sqlite3 *db, GError **error)
{
  /* Other connections may still read; the last one to close empties the log. */
  sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

  if (sqlite3_close (db) != SQLITE_OK)
    {
      wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL,
                              _("The saved records are still being read, so they could not be closed. Try again."));
      return FALSE;
    }
  return TRUE;
}
