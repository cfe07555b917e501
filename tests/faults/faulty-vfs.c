/* faulty-vfs.c: a file layer for tests that fails, fills up and loses power on command
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "faulty-vfs.h"

#include <string.h>

#define SECTOR 512

/* A write, or with no bytes a truncation, that the disk may or may not have. */
typedef struct
{
  gint64  offset;
  GBytes *bytes;
} Change;

/* What of a file is surely on the disk, and what came after. */
typedef struct
{
  char       *name;
  GByteArray *durable;
  GPtrArray  *changes;
} Tracked;

typedef struct
{
  sqlite3_file base;
  Tracked     *tracked;
} FaultyFile;

FaultyPlan faulty_plan = { .fail_after = -1, .room = -1 };
void (*faulty_moment) (void);

static sqlite3_vfs *lower_vfs;
static GHashTable *tracked_files;

static sqlite3_file *
lower (sqlite3_file *file)
{
  return (sqlite3_file *) ((FaultyFile *) file + 1);
}

static void
change_free (Change *change)
{
  g_clear_pointer (&change->bytes, g_bytes_unref);
  g_free (change);
}

static void
tracked_free (Tracked *tracked)
{
  g_free (tracked->name);
  g_byte_array_unref (tracked->durable);
  g_ptr_array_unref (tracked->changes);
  g_free (tracked);
}

static gboolean
fails (void)
{
  if (faulty_plan.fail_after < 0)
    return FALSE;
  if (faulty_plan.fail_after > 0)
    {
      faulty_plan.fail_after--;
      return FALSE;
    }
  faulty_plan.failed = TRUE;
  if (!faulty_plan.fail_for_good)
    faulty_plan.fail_after = -1;
  return TRUE;
}

static void
apply (GByteArray *image, const Change *change, gsize from, gsize length)
{
  const guint8 *bytes;
  gsize end = change->offset + from + length;

  if (change->bytes == NULL)
    {
      g_byte_array_set_size (image, MIN (image->len, change->offset));
      return;
    }
  if (end > image->len)
    {
      guint old = image->len;
      g_byte_array_set_size (image, end);
      memset (image->data + old, 0, end - old);
    }
  bytes = g_bytes_get_data (change->bytes, NULL);
  memcpy (image->data + change->offset + from, bytes + from, length);
}

static void
apply_whole (GByteArray *image, const Change *change)
{
  apply (image, change, 0, change->bytes == NULL ? 0 : g_bytes_get_size (change->bytes));
}

static void
remember (Tracked *tracked, gint64 offset, const void *bytes, gsize length)
{
  Change *change;

  if (tracked == NULL || !faulty_plan.track)
    return;
  change = g_new0 (Change, 1);
  change->offset = offset;
  change->bytes = bytes == NULL ? NULL : g_bytes_new (bytes, length);
  g_ptr_array_add (tracked->changes, change);
  if (faulty_moment != NULL)
    faulty_moment ();
}

static int
faulty_read (sqlite3_file *file, void *buffer, int amount, sqlite3_int64 offset)
{
  return fails () ? SQLITE_IOERR_READ : lower (file)->pMethods->xRead (lower (file), buffer, amount, offset);
}

static int
faulty_write (sqlite3_file *file, const void *buffer, int amount, sqlite3_int64 offset)
{
  sqlite3_int64 size = 0;
  sqlite3_int64 growth;
  int rc;

  if (fails ())
    return faulty_plan.fail_code;
  if (faulty_plan.room >= 0)
    {
      lower (file)->pMethods->xFileSize (lower (file), &size);
      growth = MAX (0, offset + amount - size);
      if (growth > faulty_plan.room)
        return SQLITE_FULL;
      faulty_plan.room -= growth;
    }
  rc = lower (file)->pMethods->xWrite (lower (file), buffer, amount, offset);
  if (rc == SQLITE_OK)
    remember (((FaultyFile *) file)->tracked, offset, buffer, amount);
  return rc;
}

static int
faulty_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  if (fails ())
    return SQLITE_IOERR_TRUNCATE;
  remember (((FaultyFile *) file)->tracked, size, NULL, 0);
  return lower (file)->pMethods->xTruncate (lower (file), size);
}

static int
faulty_sync (sqlite3_file *file, int flags)
{
  Tracked *tracked = ((FaultyFile *) file)->tracked;

  if (fails ())
    return SQLITE_IOERR_FSYNC;
  if (tracked == NULL || !faulty_plan.track)
    return lower (file)->pMethods->xSync (lower (file), flags);

  if (faulty_moment != NULL)
    faulty_moment ();
  for (guint i = 0; i < tracked->changes->len && !faulty_plan.lying_sync; i++)
    apply_whole (tracked->durable, tracked->changes->pdata[i]);
  if (!faulty_plan.lying_sync)
    g_ptr_array_set_size (tracked->changes, 0);
  return SQLITE_OK;
}

static int
faulty_close (sqlite3_file *file)
{
  return lower (file)->pMethods->xClose (lower (file));
}

static int
faulty_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return fails () ? SQLITE_IOERR_FSTAT : lower (file)->pMethods->xFileSize (lower (file), size);
}

static int
faulty_lock (sqlite3_file *file, int lock)
{
  return fails () ? SQLITE_IOERR_LOCK : lower (file)->pMethods->xLock (lower (file), lock);
}

static int
faulty_unlock (sqlite3_file *file, int lock)
{
  return lower (file)->pMethods->xUnlock (lower (file), lock);
}

static int
faulty_check_reserved_lock (sqlite3_file *file, int *reserved)
{
  return lower (file)->pMethods->xCheckReservedLock (lower (file), reserved);
}

static int
faulty_file_control (sqlite3_file *file, int op, void *argument)
{
  return lower (file)->pMethods->xFileControl (lower (file), op, argument);
}

static int
faulty_sector_size (sqlite3_file *file)
{
  return lower (file)->pMethods->xSectorSize (lower (file));
}

static int
faulty_device_characteristics (sqlite3_file *file)
{
  return lower (file)->pMethods->xDeviceCharacteristics (lower (file));
}

static int
faulty_shm_map (sqlite3_file *file, int region, int size, int extend, void volatile **memory)
{
  return fails () ? SQLITE_IOERR_SHMMAP : lower (file)->pMethods->xShmMap (lower (file), region, size, extend, memory);
}

static int
faulty_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return lower (file)->pMethods->xShmLock (lower (file), offset, n, flags);
}

static void
faulty_shm_barrier (sqlite3_file *file)
{
  lower (file)->pMethods->xShmBarrier (lower (file));
}

static int
faulty_shm_unmap (sqlite3_file *file, int delete_flag)
{
  return lower (file)->pMethods->xShmUnmap (lower (file), delete_flag);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = faulty_close,
  .xRead = faulty_read,
  .xWrite = faulty_write,
  .xTruncate = faulty_truncate,
  .xSync = faulty_sync,
  .xFileSize = faulty_file_size,
  .xLock = faulty_lock,
  .xUnlock = faulty_unlock,
  .xCheckReservedLock = faulty_check_reserved_lock,
  .xFileControl = faulty_file_control,
  .xSectorSize = faulty_sector_size,
  .xDeviceCharacteristics = faulty_device_characteristics,
  .xShmMap = faulty_shm_map,
  .xShmLock = faulty_shm_lock,
  .xShmBarrier = faulty_shm_barrier,
  .xShmUnmap = faulty_shm_unmap,
};

static Tracked *
track (const char *name)
{
  Tracked *tracked = g_hash_table_lookup (tracked_files, name);
  g_autofree char *bytes = NULL;
  gsize length = 0;

  if (tracked != NULL)
    return tracked;
  tracked = g_new0 (Tracked, 1);
  tracked->name = g_strdup (name);
  tracked->durable = g_byte_array_new ();
  tracked->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) change_free);
  if (g_file_get_contents (name, &bytes, &length, NULL))
    g_byte_array_append (tracked->durable, (guint8 *) bytes, length);
  g_hash_table_insert (tracked_files, tracked->name, tracked);
  return tracked;
}

static int
faulty_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  FaultyFile *self = (FaultyFile *) file;
  int rc;

  memset (self, 0, sizeof *self);
  if (fails ())
    return SQLITE_CANTOPEN;
  rc = lower_vfs->xOpen (lower_vfs, name, lower (file), flags, out_flags);
  if (rc != SQLITE_OK)
    return rc;
  self->base.pMethods = &methods;
  if (faulty_plan.track && name != NULL)
    self->tracked = track (name);
  return SQLITE_OK;
}

/* Registers the layer as "faulty", on top of the default one. */
void
faulty_vfs_register (void)
{
  static sqlite3_vfs faulty;

  g_assert_cmpint (sqlite3_initialize (), ==, SQLITE_OK);
  lower_vfs = sqlite3_vfs_find (NULL);
  faulty = *lower_vfs;
  faulty.zName = "faulty";
  faulty.szOsFile = sizeof (FaultyFile) + lower_vfs->szOsFile;
  faulty.xOpen = faulty_open;
  tracked_files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tracked_free);
  g_assert_cmpint (sqlite3_vfs_register (&faulty, FALSE), ==, SQLITE_OK);
}

/* Forgets what was tracked; no tracked file may be open. */
void
faulty_vfs_forget (void)
{
  g_hash_table_remove_all (tracked_files);
}

/* Writes what the disk could hold of file @from, were power lost now, to @to:
 * all that was synced, and of the rest any part, torn at sectors. */
void
faulty_vfs_cut (const char *from, const char *to)
{
  Tracked *tracked = g_hash_table_lookup (tracked_files, from);
  g_autoptr (GByteArray) image = g_byte_array_new ();
  int survive = g_test_rand_int_range (0, 101);

  if (tracked == NULL)
    return;
  g_byte_array_append (image, tracked->durable->data, tracked->durable->len);
  for (guint i = 0; i < tracked->changes->len; i++)
    {
      const Change *change = tracked->changes->pdata[i];
      gsize length = change->bytes == NULL ? 0 : g_bytes_get_size (change->bytes);

      if (change->bytes == NULL && g_test_rand_int_range (0, 100) < survive)
        apply_whole (image, change);
      for (gsize at = 0; at < length; at += SECTOR)
        if (g_test_rand_int_range (0, 100) < survive)
          apply (image, change, at, MIN (SECTOR, length - at));
    }
  g_assert_true (g_file_set_contents_full (to, (char *) image->data, image->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}
