/* vfs.c: the SQLite file layer that seals each page on its way to disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/vfs/vfs-private.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

/* Our file; the file of the underlying layer follows it in the same memory. */
typedef struct
{
  sqlite3_file    base;
  WattlePageKeys *keys;
  WattlePageKind  kind;
} VfsFile;

typedef enum
{
  SHAPE_REFUSED,
  SHAPE_META,  /* headers and counters of SQLite, which hold no content */
  SHAPE_PAGE,  /* one sealed page */
  SHAPE_PART,  /* a piece of page 1 */
  SHAPE_FRAME  /* frame header and page in one read */
} Shape;

#define PAGES_TO_TRY 8
#define JOURNAL_HEADER 512

static GPrivate current_opening;
static sqlite3_vfs *lower_vfs;

static sqlite3_file *
lower (sqlite3_file *file)
{
  return (sqlite3_file *) ((VfsFile *) file + 1);
}

/*
 * wattle_vfs_set_opening:
 * @opening: (nullable): what the calling thread opens now
 */
void
wattle_vfs_set_opening (WattleVfsOpening *opening)
{
  g_private_set (&current_opening, opening);
}

/* Which reads and writes exist is known; whatever else comes is refused, so
 * that a new SQLite can fail but never write plain text. */

static Shape
main_shape (int amount, sqlite3_int64 offset, gboolean writing)
{
  if (amount == WATTLE_PAGE_SIZE && offset % WATTLE_PAGE_SIZE == 0)
    return SHAPE_PAGE;
  if (!writing && ((offset == 0 && amount == 100) || (offset == 24 && amount == 16)))
    return SHAPE_PART;
  /* From 3.45 on, SQLite reads an overflow page past its cache: the next page's number and the content. */
  if (!writing && offset > 0 && offset % WATTLE_PAGE_SIZE == 0 && amount > 4 && amount <= WATTLE_PAGE_CONTENT)
    return SHAPE_PART;
  return SHAPE_REFUSED;
}

static Shape
wal_shape (int amount, sqlite3_int64 offset, gboolean writing)
{
  sqlite3_int64 place = offset - WATTLE_WAL_HEADER;

  if (offset == 0 && amount == WATTLE_WAL_HEADER)
    return SHAPE_META;
  if (!writing && offset == WATTLE_WAL_HEADER - 8 && amount == 8)
    return SHAPE_META;
  if (place < 0)
    return SHAPE_REFUSED;

  place %= WATTLE_WAL_FRAME;
  if (place == 0 && amount == WATTLE_WAL_FRAME_HEADER)
    return SHAPE_META;
  if (place == WATTLE_WAL_FRAME_HEADER && amount == WATTLE_PAGE_SIZE)
    return SHAPE_PAGE;
  if (!writing && place == WATTLE_WAL_FRAME_HEADER - 8 && amount == 8)
    return SHAPE_META;
  if (!writing && place == 0 && amount == WATTLE_WAL_FRAME)
    return SHAPE_FRAME;
  return SHAPE_REFUSED;
}

static Shape
journal_shape (int amount, sqlite3_int64 offset, gboolean writing)
{
  if (amount == WATTLE_PAGE_SIZE && offset >= JOURNAL_HEADER + 4)
    return SHAPE_PAGE;
  if (amount == 4 || amount == 8)
    return SHAPE_META;
  if (writing && (amount == 12 || amount == 28 || amount == JOURNAL_HEADER) && offset % JOURNAL_HEADER == 0)
    return SHAPE_META;
  if (!writing && amount == 1 && offset == 0)
    return SHAPE_META;
  return SHAPE_REFUSED;
}

static Shape
shape_of (WattlePageKind kind, int amount, sqlite3_int64 offset, gboolean writing)
{
  switch (kind)
    {
    case WATTLE_PAGE_MAIN:
      return main_shape (amount, offset, writing);
    case WATTLE_PAGE_WAL:
      return wal_shape (amount, offset, writing);
    case WATTLE_PAGE_JOURNAL:
      return journal_shape (amount, offset, writing);
    default:
      return SHAPE_REFUSED;
    }
}

/* Reads the page number that SQLite wrote in plain before a page of the log or
 * journal. (The salt beside it is not bound to the page: SQLite leaves it zero
 * while a transaction overwrites its own frames, and fills it in afterwards.) */
static int
read_number (VfsFile *self, sqlite3_int64 offset, guint8 number[4])
{
  static const int distance[WATTLE_N_PAGE_KINDS] = {
    [WATTLE_PAGE_WAL] = WATTLE_WAL_FRAME_HEADER,
    [WATTLE_PAGE_JOURNAL] = 4,
  };
  sqlite3_file *file = lower (&self->base);

  memset (number, 0, 4);
  if (self->kind == WATTLE_PAGE_MAIN)
    return SQLITE_OK;
  return file->pMethods->xRead (file, number, 4, offset - distance[self->kind]);
}

/* A page that ends before its 4096th byte is damage, but one that begins at or
 * after the end of the file is SQLite asking whether there is more. */
static int
short_read (VfsFile *self, sqlite3_int64 offset, void *buffer, int amount)
{
  sqlite3_file *file = lower (&self->base);
  sqlite3_int64 size = 0;
  int rc = file->pMethods->xFileSize (file, &size);

  memset (buffer, 0, amount);
  if (rc != SQLITE_OK)
    return rc;
  return self->kind == WATTLE_PAGE_MAIN && offset < size ? SQLITE_IOERR_DATA : SQLITE_IOERR_SHORT_READ;
}

static int
read_page (VfsFile *self, guint8 *page, sqlite3_int64 offset)
{
  sqlite3_file *file = lower (&self->base);
  guint8 number[4];
  int rc = file->pMethods->xRead (file, page, WATTLE_PAGE_SIZE, offset);

  if (rc == SQLITE_IOERR_SHORT_READ)
    return short_read (self, offset, page, WATTLE_PAGE_SIZE);
  if (rc == SQLITE_OK)
    rc = read_number (self, offset, number);
  if (rc == SQLITE_OK && !wattle_page_open (self->keys, self->kind, offset, number, page, page))
    rc = SQLITE_IOERR_DATA;
  if (rc != SQLITE_OK)
    memset (page, 0, WATTLE_PAGE_SIZE);
  return rc;
}

/* Recovery reads frames until one is not whole. A frame that does not open is
 * handed over as zeros: page number 0 ends the log for SQLite. */
static int
read_frame (VfsFile *self, guint8 *frame, sqlite3_int64 offset)
{
  sqlite3_file *file = lower (&self->base);
  guint8 *page = frame + WATTLE_WAL_FRAME_HEADER;
  int rc = file->pMethods->xRead (file, frame, WATTLE_WAL_FRAME, offset);

  if (rc != SQLITE_OK)
    memset (frame, 0, WATTLE_WAL_FRAME);
  else if (!wattle_page_open (self->keys, self->kind, offset + WATTLE_WAL_FRAME_HEADER, frame, page, page))
    memset (frame, 0, WATTLE_WAL_FRAME_HEADER);
  return rc;
}

/* SQLite looks at the first 100 bytes before it knows of a write-ahead log
 * that may hold the good copy of a torn page 1: to that look, such a page is
 * short, not damaged. */
static int
read_part (VfsFile *self, guint8 *buffer, int amount, sqlite3_int64 offset)
{
  guint8 page[WATTLE_PAGE_SIZE];
  sqlite3_int64 within = offset % WATTLE_PAGE_SIZE;
  int rc = read_page (self, page, offset - within);

  if (rc == SQLITE_OK)
    memcpy (buffer, page + within, amount);
  else
    memset (buffer, 0, amount);
  sodium_memzero (page, sizeof page);
  return rc == SQLITE_IOERR_DATA && offset == 0 ? SQLITE_IOERR_SHORT_READ : rc;
}

static int
vfs_read (sqlite3_file *base, void *buffer, int amount, sqlite3_int64 offset)
{
  VfsFile *self = (VfsFile *) base;

  switch (shape_of (self->kind, amount, offset, FALSE))
    {
    case SHAPE_META:
      return lower (base)->pMethods->xRead (lower (base), buffer, amount, offset);
    case SHAPE_PAGE:
      return read_page (self, buffer, offset);
    case SHAPE_PART:
      return read_part (self, buffer, amount, offset);
    case SHAPE_FRAME:
      return read_frame (self, buffer, offset);
    case SHAPE_REFUSED:
    default:
      g_info ("sealed file of kind %d: refused to read %d bytes at %" G_GINT64_FORMAT, self->kind, amount,
              (gint64) offset);
      memset (buffer, 0, amount);
      return SQLITE_IOERR_READ;
    }
}

static int
write_page (VfsFile *self, const guint8 *page, sqlite3_int64 offset)
{
  sqlite3_file *file = lower (&self->base);
  guint8 number[4];
  guint8 sealed[WATTLE_PAGE_SIZE];
  int rc = read_number (self, offset, number);

  if (rc != SQLITE_OK)
    return SQLITE_IOERR_WRITE;
  if (self->kind == WATTLE_PAGE_MAIN && offset == 0 && page[20] != WATTLE_PAGE_RESERVE)
    return SQLITE_IOERR_WRITE;
  if (!wattle_page_seal (self->keys, self->kind, offset, number, page, sealed))
    return SQLITE_IOERR_WRITE;
  return file->pMethods->xWrite (file, sealed, WATTLE_PAGE_SIZE, offset);
}

static int
vfs_write (sqlite3_file *base, const void *buffer, int amount, sqlite3_int64 offset)
{
  VfsFile *self = (VfsFile *) base;

  switch (shape_of (self->kind, amount, offset, TRUE))
    {
    case SHAPE_META:
      return lower (base)->pMethods->xWrite (lower (base), buffer, amount, offset);
    case SHAPE_PAGE:
      return write_page (self, buffer, offset);
    default:
      g_info ("sealed file of kind %d: refused to write %d bytes at %" G_GINT64_FORMAT, self->kind, amount,
              (gint64) offset);
      return SQLITE_IOERR_WRITE;
    }
}

static int
vfs_close (sqlite3_file *base)
{
  VfsFile *self = (VfsFile *) base;
  int rc = lower (base)->pMethods->xClose (lower (base));

  g_clear_pointer (&self->keys, wattle_page_keys_unref);
  return rc;
}

static int
vfs_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  return lower (base)->pMethods->xTruncate (lower (base), size);
}

static int
vfs_sync (sqlite3_file *base, int flags)
{
  return lower (base)->pMethods->xSync (lower (base), flags);
}

static int
vfs_file_size (sqlite3_file *base, sqlite3_int64 *size)
{
  return lower (base)->pMethods->xFileSize (lower (base), size);
}

static int
vfs_lock (sqlite3_file *base, int lock)
{
  return lower (base)->pMethods->xLock (lower (base), lock);
}

static int
vfs_unlock (sqlite3_file *base, int lock)
{
  return lower (base)->pMethods->xUnlock (lower (base), lock);
}

static int
vfs_check_reserved_lock (sqlite3_file *base, int *reserved)
{
  return lower (base)->pMethods->xCheckReservedLock (lower (base), reserved);
}

/* Growing a file ahead of its pages would leave pages without a tag. */
static int
vfs_file_control (sqlite3_file *base, int op, void *argument)
{
  switch (op)
    {
    case SQLITE_FCNTL_SIZE_HINT:
    case SQLITE_FCNTL_CHUNK_SIZE:
      return SQLITE_OK;
    case SQLITE_FCNTL_MMAP_SIZE:
    case SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
    case SQLITE_FCNTL_COMMIT_ATOMIC_WRITE:
      return SQLITE_NOTFOUND;
    case SQLITE_FCNTL_VFSNAME:
      *(char **) argument = sqlite3_mprintf ("%s", WATTLE_VFS_NAME);
      return SQLITE_OK;
    default:
      return lower (base)->pMethods->xFileControl (lower (base), op, argument);
    }
}

static int
vfs_sector_size (sqlite3_file *base)
{
  return lower (base)->pMethods->xSectorSize (lower (base));
}

/* Without "powersafe overwrite" SQLite splits frames at sector borders and
 * pads journal headers: shapes that would be refused. */
static int
vfs_device_characteristics (sqlite3_file *base)
{
  int below = lower (base)->pMethods->xDeviceCharacteristics (lower (base));

  return (below & SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN) | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
vfs_shm_map (sqlite3_file *base, int region, int size, int extend, void volatile **memory)
{
  return lower (base)->pMethods->xShmMap (lower (base), region, size, extend, memory);
}

static int
vfs_shm_lock (sqlite3_file *base, int offset, int n, int flags)
{
  return lower (base)->pMethods->xShmLock (lower (base), offset, n, flags);
}

static void
vfs_shm_barrier (sqlite3_file *base)
{
  lower (base)->pMethods->xShmBarrier (lower (base));
}

static int
vfs_shm_unmap (sqlite3_file *base, int delete_flag)
{
  return lower (base)->pMethods->xShmUnmap (lower (base), delete_flag);
}

/* Version 2: shared memory for the write-ahead index, but no memory-mapped
 * pages, which would show SQLite the sealed bytes. */
static const sqlite3_io_methods io_methods = {
  .iVersion = 2,
  .xClose = vfs_close,
  .xRead = vfs_read,
  .xWrite = vfs_write,
  .xTruncate = vfs_truncate,
  .xSync = vfs_sync,
  .xFileSize = vfs_file_size,
  .xLock = vfs_lock,
  .xUnlock = vfs_unlock,
  .xCheckReservedLock = vfs_check_reserved_lock,
  .xFileControl = vfs_file_control,
  .xSectorSize = vfs_sector_size,
  .xDeviceCharacteristics = vfs_device_characteristics,
  .xShmMap = vfs_shm_map,
  .xShmLock = vfs_shm_lock,
  .xShmBarrier = vfs_shm_barrier,
  .xShmUnmap = vfs_shm_unmap,
};

static gboolean
page_opens (VfsFile *self, sqlite3_int64 offset)
{
  guint8 page[WATTLE_PAGE_SIZE];
  gboolean opens = read_page (self, page, offset) == SQLITE_OK;

  sodium_memzero (page, sizeof page);
  return opens;
}

/* Whether any of the first frames of the log of database @name opens.
 * @size: (out): how long the log is */
static gboolean
wal_opens (WattlePageKeys *keys, const char *name, sqlite3_int64 *size)
{
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_WAL;
  const char *wal_name = sqlite3_filename_wal (name);
  g_autofree VfsFile *wal = g_malloc0 (sizeof (VfsFile) + lower_vfs->szOsFile);
  gboolean opens = FALSE;
  int exists = 0;

  *size = 0;
  if (lower_vfs->xAccess (lower_vfs, wal_name, SQLITE_ACCESS_EXISTS, &exists) != SQLITE_OK || !exists)
    return FALSE;
  if (lower_vfs->xOpen (lower_vfs, wal_name, lower (&wal->base), flags, NULL) != SQLITE_OK)
    return FALSE;

  wal->keys = keys;
  wal->kind = WATTLE_PAGE_WAL;
  vfs_file_size (&wal->base, size);
  for (guint i = 0; i < PAGES_TO_TRY && !opens; i++)
    {
      sqlite3_int64 offset = WATTLE_WAL_HEADER + (sqlite3_int64) i * WATTLE_WAL_FRAME + WATTLE_WAL_FRAME_HEADER;

      opens = offset + WATTLE_PAGE_SIZE <= *size && page_opens (wal, offset);
    }
  lower (&wal->base)->pMethods->xClose (lower (&wal->base));
  return opens;
}

/* Looks before SQLite does, because with a wrong key SQLite takes a good log
 * for an empty one and would write over it. One page that opens proves the key;
 * single damaged pages are found when they are read. */
static WattleVfsVerdict
examine (VfsFile *self, const char *name)
{
  static const char plain_magic[16] = "SQLite format 3";
  char start[sizeof plain_magic] = { 0 };
  sqlite3_file *file = lower (&self->base);
  sqlite3_int64 size = 0;
  sqlite3_int64 wal_size = 0;
  sqlite3_int64 n_pages;

  file->pMethods->xFileSize (file, &size);
  if (size == 0)
    {
      wal_opens (self->keys, name, &wal_size);
      return wal_size > 0 ? WATTLE_VFS_HEADLESS : WATTLE_VFS_ACCEPTED;
    }

  if (file->pMethods->xRead (file, start, sizeof start, 0) == SQLITE_OK
      && memcmp (start, plain_magic, sizeof start) == 0)
    return WATTLE_VFS_PLAIN;

  n_pages = size / WATTLE_PAGE_SIZE;
  for (sqlite3_int64 i = 0; i < MIN (n_pages, PAGES_TO_TRY); i++)
    if (page_opens (self, i * WATTLE_PAGE_SIZE))
      return WATTLE_VFS_ACCEPTED;
  if (n_pages > PAGES_TO_TRY && page_opens (self, (n_pages - 1) * WATTLE_PAGE_SIZE))
    return WATTLE_VFS_ACCEPTED;
  return wal_opens (self->keys, name, &wal_size) ? WATTLE_VFS_ACCEPTED : WATTLE_VFS_FOREIGN;
}

/* Finds the keys for a file that SQLite opens: those of the opening thread for
 * a database, those of its database for a log or journal. Any other kind of
 * file (temporary, statement, super-journal) has none and is refused. */
static WattlePageKeys *
keys_for (const char *name, int flags, WattlePageKind *kind)
{
  WattleVfsOpening *opening = g_private_get (&current_opening);
  sqlite3_file *database;

  if (name == NULL)
    return NULL;
  if (flags & SQLITE_OPEN_MAIN_DB)
    {
      *kind = WATTLE_PAGE_MAIN;
      return opening != NULL ? opening->keys : NULL;
    }
  if (!(flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)))
    return NULL;

  *kind = flags & SQLITE_OPEN_WAL ? WATTLE_PAGE_WAL : WATTLE_PAGE_JOURNAL;
  database = sqlite3_database_file_object (name);
  if (database == NULL || database->pMethods != &io_methods)
    return NULL;
  return ((VfsFile *) database)->keys;
}

static int
vfs_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
  VfsFile *self = (VfsFile *) base;
  WattleVfsOpening *opening = g_private_get (&current_opening);
  WattlePageKeys *keys;
  int rc;

  memset (self, 0, sizeof *self);
  keys = keys_for (name, flags, &self->kind);
  if (keys == NULL)
    return SQLITE_CANTOPEN;

  rc = lower_vfs->xOpen (lower_vfs, name, lower (base), flags, out_flags);
  if (rc != SQLITE_OK)
    {
      if (lower (base)->pMethods != NULL)
        lower (base)->pMethods->xClose (lower (base));
      return rc;
    }

  self->keys = wattle_page_keys_ref (keys);
  self->base.pMethods = &io_methods;
  if (self->kind == WATTLE_PAGE_MAIN && (opening->verdict = examine (self, name)) != WATTLE_VFS_ACCEPTED)
    {
      vfs_close (base);
      self->base.pMethods = NULL;
      return SQLITE_NOTADB;
    }
  return SQLITE_OK;
}

static int
vfs_delete (sqlite3_vfs *vfs, const char *name, int sync_directory)
{
  return lower_vfs->xDelete (lower_vfs, name, sync_directory);
}

static int
vfs_access (sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
  return lower_vfs->xAccess (lower_vfs, name, flags, result);
}

static int
vfs_full_pathname (sqlite3_vfs *vfs, const char *name, int n_out, char *out)
{
  return lower_vfs->xFullPathname (lower_vfs, name, n_out, out);
}

static int
vfs_randomness (sqlite3_vfs *vfs, int n, char *out)
{
  return lower_vfs->xRandomness (lower_vfs, n, out);
}

static int
vfs_sleep (sqlite3_vfs *vfs, int microseconds)
{
  return lower_vfs->xSleep (lower_vfs, microseconds);
}

static int
vfs_current_time_int64 (sqlite3_vfs *vfs, sqlite3_int64 *now)
{
  return lower_vfs->xCurrentTimeInt64 (lower_vfs, now);
}

static int
vfs_last_error (sqlite3_vfs *vfs, int n, char *out)
{
  return lower_vfs->xGetLastError (lower_vfs, n, out);
}

static sqlite3_vfs sealed_vfs = {
  .iVersion = 2,
  .zName = WATTLE_VFS_NAME,
  .xOpen = vfs_open,
  .xDelete = vfs_delete,
  .xAccess = vfs_access,
  .xFullPathname = vfs_full_pathname,
  .xRandomness = vfs_randomness,
  .xSleep = vfs_sleep,
  .xGetLastError = vfs_last_error,
  .xCurrentTimeInt64 = vfs_current_time_int64,
};

/*
 * wattle_vfs_stand_on:
 * @name: (nullable): a registered file layer, %NULL for the default one
 *
 * Chooses the layer that does the reading and writing; a test puts in one that
 * fails. No sealed database may be open.
 *
 * Returns: whether there is such a layer
 */
gboolean
wattle_vfs_stand_on (const char *name)
{
  sqlite3_vfs *below = sqlite3_vfs_find (name);

  if (below == NULL)
    return FALSE;
  lower_vfs = below;
  sealed_vfs.szOsFile = sizeof (VfsFile) + below->szOsFile;
  sealed_vfs.mxPathname = below->mxPathname;
  return TRUE;
}

static gboolean
register_once (GError **error)
{
  int rc;

  if (sodium_init () < 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                              _("Encryption could not be started on this computer. Nothing was opened."));
      return FALSE;
    }

  rc = sqlite3_initialize ();
  if (rc == SQLITE_OK && wattle_vfs_stand_on (NULL))
    rc = sqlite3_vfs_register (&sealed_vfs, 0);
  if (rc != SQLITE_OK || lower_vfs == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                              _("The database engine could not be started. Nothing was opened."));
      return FALSE;
    }
  return TRUE;
}

/**
 * wattle_vfs_register:
 * @error: where to put an error
 *
 * Makes the sealed file layer known to SQLite, on top of the default one. Later
 * calls do nothing; opening a sealed database does it by itself.
 *
 * Returns: whether databases can be opened with wattle_vfs_open()
 */
gboolean
wattle_vfs_register (GError **error)
{
  static GMutex mutex;
  static gboolean registered;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);

  if (!registered)
    registered = register_once (error);
  return registered;
}
