/* audit.c: writing down who did or saw what
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/audit.h"

#include "base/clock.h"
#include "base/id.h"

/**
 * wattle_audit_write:
 * @transaction: the write transaction of the act itself
 * @actor: (nullable): who; %NULL for somebody unknown
 * @address: (nullable): from where
 * @act: what
 * @error: the failure; the act must then fail too
 */
gboolean
wattle_audit_write (
  WattleTransaction *transaction, const WattleActor *actor, const char *address, const WattleAudit *act, GError **error)
{
  g_autoptr (WattleRecord) event = wattle_record_new (WATTLE_RECORD_AUDIT_EVENT);
  g_autofree char *id = wattle_id_new ();

  wattle_record_set_id (event, id);
  wattle_record_set_integer (event, WATTLE_AUDIT_EVENT_AT, wattle_clock_now ());
  if (actor != NULL)
    {
      wattle_record_set_string (event, WATTLE_AUDIT_EVENT_ACTOR, actor->user);
      wattle_record_set_string (event, WATTLE_AUDIT_EVENT_DEVICE, actor->device);
      if (actor->role >= 0)
        wattle_record_set_integer (event, WATTLE_AUDIT_EVENT_ROLE, actor->role);
    }
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_ADDRESS, address);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_ACTION, act->action);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_OBJECT_TYPE, act->object_type);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_OBJECT, act->object);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_PATIENT, act->patient);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_OUTCOME, act->outcome != NULL ? act->outcome : "ok");
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_REASON, act->reason);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_CHANGES, act->changes);
  return wattle_transaction_audit (transaction, event, error);
}
