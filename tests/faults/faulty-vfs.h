/* faulty-vfs.h: a file layer for tests that fails, fills up and loses power on command
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* Commands, set by a test; not for threads. */
typedef struct
{
  gint64   fail_after;  /* calls until one fails; -1 never */
  gboolean fail_for_good;
  int      fail_code;
  gboolean failed;
  gint64   room;        /* bytes that files may still grow by; -1 without limit */
  gboolean track;       /* remember what is not synced yet */
  gboolean lying_sync;  /* say that it is synced when it is not */
} FaultyPlan;

extern FaultyPlan faulty_plan;

/* Called at each write and sync of a tracked file, where power may be cut. */
extern void (*faulty_moment) (void);

void faulty_vfs_register (void);
void faulty_vfs_forget   (void);
void faulty_vfs_cut      (const char *from,
                          const char *to);
