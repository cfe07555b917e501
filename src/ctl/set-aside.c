/* set-aside.c: wattlectl set-aside: what wiped devices had not sent, opened
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/ctl.h"

#include <glib/gi18n-lib.h>

#include "base/file.h"
#include "server/auth/set-aside.h"

#define MAX_FILE (256 * 1024 * 1024)

static gboolean
print_opened (WattleKeys *keys, GBytes *sealed, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (sealed, &length);
  g_autoptr (GBytes) text = wattle_set_aside_open (keys, data, length, error);

  if (text == NULL)
    return FALSE;
  data = g_bytes_get_data (text, &length);
  g_print ("%.*s\n", (int) length, (const char *) data);
  return TRUE;
}

static gboolean
print_kept (WattleStore *store, WattleKeys *keys, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (store, error);
  g_autoptr (GPtrArray) rows = NULL;

  if (transaction != NULL)
    rows = wattle_transaction_privates (transaction, "set-aside", NULL, G_MAXINT, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      WattlePrivateRow *row = rows->pdata[i];
      gsize length;
      guint8 *bytes = g_base64_decode (row->value, &length);
      g_autoptr (GBytes) sealed = g_bytes_new_take (bytes, length);

      if (!print_opened (keys, sealed, error))
        return FALSE;
    }
  return rows != NULL;
}

WattleCtlExit
wattle_ctl_set_aside (WattleCtl *ctl, char **argv, GError **error)
{
  g_autoptr (WattleDirectoryLock) lock = NULL;
  g_autoptr (WattleStore) store = NULL;
  g_autoptr (WattleKeys) keys = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *path = NULL;
  const WattleAudit act = { .action = "set-aside.read" };

  if (!wattle_ctl_options (ctl, "set-aside", NULL, &argv, 0, 1, error))
    return WATTLE_CTL_USAGE;
  store = wattle_ctl_open (ctl, TRUE, &lock, error);
  path = wattle_ctl_file (ctl, WATTLE_DIRECTORY_KEY);
  keys = store != NULL ? wattle_keys_open (path, FALSE, error) : NULL;
  if (keys != NULL && argv[0] != NULL)
    sealed = wattle_file_read (argv[0], MAX_FILE, error);
  if (keys == NULL || (argv[0] != NULL && sealed == NULL) || !wattle_ctl_note_reading (store, &act, error))
    return WATTLE_CTL_FAILED;
  return (sealed != NULL ? print_opened (keys, sealed, error) : print_kept (store, keys, error)) ? WATTLE_CTL_DONE
                                                                                                 : WATTLE_CTL_FAILED;
}
