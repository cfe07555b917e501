/* ctl.h: what the commands of wattlectl share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "server/auth/audit.h"
#include "server/auth/keys.h"
#include "store/directory.h"
#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleCtlExit:
 *
 * How wattlectl ends; `wattlectl help` prints them.
 */
typedef enum
{
  WATTLE_CTL_DONE = 0,
  WATTLE_CTL_FINDINGS = 1, /* it ran, and found something wrong or left something out */
  WATTLE_CTL_USAGE = 2,
  WATTLE_CTL_FAILED = 3,
  WATTLE_CTL_CANCELLED = 130,
} WattleCtlExit;

/**
 * WattleCtl:
 * @data: the data directory
 * @database: (nullable): address of a PostgreSQL; %NULL for SQLite in @data
 * @practice: (nullable): name of the practice there
 * @cancellable: cancelled by Ctrl+C
 */
typedef struct
{
  char *data;
  char *database;
  char *practice;
  GCancellable *cancellable;
} WattleCtl;

/**
 * WattleCtlCommand:
 * @name: one or two words
 * @arguments: what follows them
 * @summary: one line, untranslated
 * @details: (nullable): more for `help NAME`, untranslated
 * @run: does it; argv[0] is the name
 */
typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  const char *details;
  WattleCtlExit (*run) (WattleCtl *ctl, char **argv, GError **error);
} WattleCtlCommand;

const WattleCtlCommand *wattle_ctl_commands (guint *n_commands);

gboolean      wattle_ctl_options   (WattleCtl           *ctl,
                                    const char          *name,
                                    const GOptionEntry  *entries,
                                    char              ***argv,
                                    int                  min_arguments,
                                    int                  max_arguments,
                                    GError             **error);
WattleStore  *wattle_ctl_open      (WattleCtl           *ctl,
                                    gboolean             write,
                                    WattleDirectoryLock **lock,
                                    GError             **error);
WattleStoreOptions wattle_ctl_store_options (WattleCtl      *ctl,
                                    const char          *path,
                                    gboolean             write);
WattleKeys   *wattle_ctl_keys      (WattleCtl           *ctl,
                                    WattleStore         *store,
                                    GError             **error);
gboolean      wattle_ctl_take      (WattleCtl           *ctl,
                                    const char          *name,
                                    const char          *value,
                                    GError             **error);
char         *wattle_ctl_file      (WattleCtl           *ctl,
                                    const char          *name);
gboolean      wattle_ctl_is_usage  (const GError        *error);

WattleStore *wattle_ctl_open_beside (WattleCtl *ctl, GError **error);
gboolean wattle_ctl_note (WattleTransaction *transaction, const WattleAudit *act, GError **error);
gboolean wattle_ctl_note_reading (WattleStore *store, const WattleAudit *act, GError **error);
void wattle_ctl_not_noted (const GError *cause, GError **error);

WattleCtlExit wattle_ctl_init      (WattleCtl *ctl, char **argv, GError **error);
WattleCtlExit wattle_ctl_demo      (WattleCtl *ctl, char **argv, GError **error);
WattleCtlExit wattle_ctl_password  (WattleCtl *ctl, char **argv, GError **error);
WattleCtlExit wattle_ctl_import    (WattleCtl *ctl, char **argv, GError **error);
WattleCtlExit wattle_ctl_schema    (WattleCtl *ctl, char **argv, GError **error);
WattleCtlExit wattle_ctl_migrate (WattleCtl *ctl, char **argv, GError **error);
WattleCtlExit wattle_ctl_doctor    (WattleCtl *ctl, char **argv, GError **error);
WattleCtlExit wattle_ctl_set_aside (WattleCtl *ctl, char **argv, GError **error);
WattleCtlExit wattle_ctl_audit     (WattleCtl *ctl, char **argv, GError **error);
WattleCtlExit wattle_ctl_audit_list (WattleCtl *ctl, char **argv, GError **error);
WattleCtlExit wattle_ctl_audit_show (WattleCtl *ctl, char **argv, GError **error);

G_END_DECLS
