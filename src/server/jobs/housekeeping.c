/* housekeeping.c: what a server does by itself from time to time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/jobs/housekeeping.h"

#include "base/clock.h"

/**
 * wattle_housekeeping_expire:
 * @transaction: a write transaction
 * @data: nothing
 * @error: the failure
 *
 * Drops sessions and other private rows whose time is over.
 */
gboolean
wattle_housekeeping_expire (WattleTransaction *transaction, gpointer data, GError **error)
{
  return wattle_transaction_expire_private (transaction, wattle_clock_now (), error);
}
