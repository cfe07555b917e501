/* directory.h: the folder that a server keeps its practice in: where it is, the names in it, its lock
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_DIRECTORY_DATABASE "wattle.db"
#define WATTLE_DIRECTORY_KEY "server-key"
#define WATTLE_DIRECTORY_LOCK "lock"
#define WATTLE_DIRECTORY_BLOBS "blobs"

typedef struct _WattleDirectoryLock WattleDirectoryLock;

char                *wattle_directory_default (void);
gboolean             wattle_directory_make    (const char           *path,
                                               GError              **error);
WattleDirectoryLock *wattle_directory_lock    (const char           *path,
                                               gboolean              shared,
                                               GError              **error);
void                 wattle_directory_unlock  (WattleDirectoryLock  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleDirectoryLock, wattle_directory_unlock)

G_END_DECLS
