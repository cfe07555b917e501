/* directory.c: the folder that a server keeps its practice in: where it is, the names in it, its lock
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#define OF_THE_MACHINE "/var/lib/wattle"

struct _WattleDirectoryLock
{
  int fd;
};

/**
 * wattle_directory_default:
 *
 * Returns: (transfer full): where a practice is kept when nobody says so: of the
 *   machine for its administrator, of the user for everybody else
 */
char *
wattle_directory_default (void)
{
  return geteuid () == 0 ? g_strdup (OF_THE_MACHINE)
                         : g_build_filename (g_get_user_data_dir (), "wattle", "server", NULL);
}

/**
 * wattle_directory_make:
 * @path: the folder
 * @error: the failure
 *
 * Makes the folder, for its owner alone, unless it is there.
 */
gboolean
wattle_directory_make (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  wattle_set_errno (error, errno, path, "make the folder");
  return FALSE;
}

/**
 * wattle_directory_lock:
 * @path: the folder, which exists
 * @shared: whether others may have it too: the records are in PostgreSQL, which
 *   keeps its writers apart by itself
 * @error: %WATTLE_ERROR_BUSY when another program has it
 *
 * Takes the folder for one writing program, or for some. The lock goes with the process,
 * however it ends; the file of the lock stays.
 *
 * Returns: (transfer full) (nullable): the lock
 */
WattleDirectoryLock *
wattle_directory_lock (const char *path, gboolean shared, GError **error)
{
  g_autofree char *file = g_build_filename (path, WATTLE_DIRECTORY_LOCK, NULL);
  int fd = open (file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  WattleDirectoryLock *self;

  if (fd < 0)
    {
      wattle_set_errno (error, errno, file, "open the lock");
      return NULL;
    }
  if (flock (fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0)
    {
      int saved_errno = errno;

      close (fd);
      if (saved_errno == EWOULDBLOCK)
        wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL,
                                _("The folder “%s” is in use by another program, such as a running server. Stop it and"
                                  " try again; nothing was changed."), path);
      else
        wattle_set_errno (error, saved_errno, file, "lock");
      return NULL;
    }
  self = g_new0 (WattleDirectoryLock, 1);
  self->fd = fd;
  return self;
}

void
wattle_directory_unlock (WattleDirectoryLock *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_free (self);
}
