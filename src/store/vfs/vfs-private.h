/* vfs-private.h: what opening a database tells the file layer, and what it learns from it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/vfs/vfs.h"

G_BEGIN_DECLS

/* Why the file layer would not open a database file. */
typedef enum
{
  WATTLE_VFS_ACCEPTED,
  WATTLE_VFS_PLAIN,      /* an ordinary SQLite file */
  WATTLE_VFS_FOREIGN,    /* no page opens with this key */
  WATTLE_VFS_HEADLESS    /* an empty file beside a write-ahead log that is not */
} WattleVfsVerdict;

/* The key travels to xOpen in a slot of the calling thread, so it is never part
 * of a name, a URI or a log line, and no other open can pick it up. */
typedef struct
{
  WattlePageKeys   *keys;
  WattleVfsVerdict  verdict;
} WattleVfsOpening;

void     wattle_vfs_set_opening (WattleVfsOpening *opening);
gboolean wattle_vfs_stand_on    (const char       *name);

G_END_DECLS
