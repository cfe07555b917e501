/* vfs.h: SQLite databases whose every page is sealed on disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "store/vfs/page.h"

G_BEGIN_DECLS

#define WATTLE_VFS_NAME "wattle"
#define WATTLE_VFS_KEY_BYTES WATTLE_PAGE_KEY_BYTES

gboolean wattle_vfs_register      (GError      **error);
gboolean wattle_vfs_open          (const char   *path,
                                   const guint8 *key,
                                   int           flags,
                                   sqlite3     **db,
                                   GError      **error);
gboolean wattle_vfs_open_wal      (const char   *path,
                                   const guint8 *key,
                                   gboolean      full_sync,
                                   sqlite3     **db,
                                   GError      **error);
gboolean wattle_vfs_close         (sqlite3      *db,
                                   GError      **error);

G_END_DECLS
