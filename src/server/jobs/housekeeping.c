/* housekeeping.c: what a server does by itself from time to time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/jobs/housekeeping.h"

#include "base/clock.h"
#include "server/api/blob-file.h"
#include "server/api/server.h"

#define ABANDONED WATTLE_DAY

/**
 * wattle_housekeeping_expire:
 * @transaction: a write transaction
 * @data: the server
 * @error: the failure
 *
 * Drops sessions and other private rows whose time is over, and uploads that
 * nobody went on with. On the thread of the writer, so that no upload of the same
 * time is met half joined.
 */
gboolean
wattle_housekeeping_expire (WattleTransaction *transaction, gpointer data, GError **error)
{
  WattleServer *server = data;
  g_autofree char *uploads = g_build_filename (server->data_dir, "uploads", NULL);

  wattle_pieces_expire (uploads, wattle_clock_now () - ABANDONED);
  return wattle_transaction_expire_private (transaction, wattle_clock_now (), error);
}
