/* file.c: writing files so that a crash leaves the old or the new one, never half
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

/**
 * wattle_set_errno:
 * @error: (out) (optional): where to put the error
 * @saved_errno: the errno of the failed call
 * @path: the file it was about
 * @doing: what was being done, such as "write"
 *
 * A full disk gets its own code, so that the person hears what to do about it.
 */
void
wattle_set_errno (GError **error, int saved_errno, const char *path, const char *doing)
{
  WattleErrorCode code = WATTLE_ERROR_FAILED;

  if (saved_errno == ENOSPC || saved_errno == EDQUOT || saved_errno == EFBIG)
    code = WATTLE_ERROR_DISK_FULL;
  else if (saved_errno == ENOENT)
    code = WATTLE_ERROR_NOT_FOUND;
  else if (saved_errno == EACCES || saved_errno == EPERM || saved_errno == EROFS)
    code = WATTLE_ERROR_FORBIDDEN;
  wattle_set_field_error (error, code, NULL, "Could not %s “%s”: %s.", doing, path, g_strerror (saved_errno));
}

/**
 * wattle_file_sync_dir:
 * @path: a file whose folder is to be made durable
 * @error: the failure
 *
 * A rename or unlink is on the disk only when its folder is.
 */
gboolean
wattle_file_sync_dir (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int result;

  if (fd < 0)
    {
      wattle_set_errno (error, errno, folder, "open");
      return FALSE;
    }
  result = fsync (fd);
  if (result != 0)
    wattle_set_errno (error, errno, folder, "sync");
  close (fd);
  return result == 0;
}

static gboolean
write_all (int fd, const char *data, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      length -= n;
    }
  return TRUE;
}

/**
 * wattle_file_replace:
 * @path: the file to make or replace, readable by its owner alone
 * @data: its contents
 * @length: their size in bytes
 * @error: the failure; the old file is then still there
 *
 * Returns: %TRUE once the new contents are on the disk
 */
gboolean
wattle_file_replace (const char *path, const void *data, gsize length, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".new-XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  gboolean ok;
  int saved;

  if (fd < 0)
    {
      wattle_set_errno (error, errno, temporary, "create");
      return FALSE;
    }
  ok = write_all (fd, data, length) && fsync (fd) == 0;
  saved = errno;
  if (close (fd) != 0 && ok)
    {
      ok = FALSE;
      saved = errno;
    }
  if (ok && g_rename (temporary, path) != 0)
    {
      ok = FALSE;
      saved = errno;
    }
  if (!ok)
    {
      g_unlink (temporary);
      wattle_set_errno (error, saved, path, "write");
      return FALSE;
    }
  return wattle_file_sync_dir (path, error);
}

/**
 * wattle_file_read:
 * @path: a file
 * @max_bytes: refuse to read more than this
 * @error: the failure, naming the file
 *
 * Returns: (transfer full) (nullable): the contents
 */
GBytes *
wattle_file_read (const char *path, gsize max_bytes, GError **error)
{
  g_autofree char *contents = NULL;
  g_autoptr (GError) local = NULL;
  gsize length;
  struct stat info;

  if (stat (path, &info) != 0)
    {
      wattle_set_errno (error, errno, path, "read");
      return NULL;
    }
  if (!S_ISREG (info.st_mode))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, "“%s” is not a regular file.", path);
      return NULL;
    }
  if ((guint64) info.st_size > max_bytes)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, NULL, "“%s” has %" G_GINT64_FORMAT " bytes; at most %"
                              G_GSIZE_FORMAT " are read.", path, (gint64) info.st_size, max_bytes);
      return NULL;
    }
  if (!g_file_get_contents (path, &contents, &length, &local))
    {
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, "Could not read “%s”: %s.", path, local->message);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&contents), length);
}
