/* audit.c: wattlectl audit verify: whether the trail of who did what is whole
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "ctl/ctl.h"

WattleCtlExit
wattle_ctl_audit (WattleCtl *ctl, char **argv, GError **error)
{
  g_autoptr (WattleStore) store = NULL;
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (GError) local = NULL;
  gint64 first_bad = 0;

  if (!wattle_ctl_options (ctl, "audit verify", NULL, &argv, 0, 0, error))
    return WATTLE_CTL_USAGE;
  store = wattle_ctl_open (ctl, FALSE, NULL, error);
  transaction = store != NULL ? wattle_store_begin_read (store, error) : NULL;
  if (transaction == NULL)
    return WATTLE_CTL_FAILED;
  if (wattle_transaction_audit_verify (transaction, &first_bad, ctl->cancellable, &local))
    {
      g_print ("%s\n", _("The audit trail is whole: every event follows from the one before."));
      return WATTLE_CTL_DONE;
    }
  if (wattle_error_get_code (local) != WATTLE_ERROR_CORRUPT)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return WATTLE_CTL_FAILED;
    }
  g_print (_("The audit trail was touched: event %" G_GINT64_FORMAT " does not follow from the one before it.\n"),
           first_bad);
  return WATTLE_CTL_FINDINGS;
}
