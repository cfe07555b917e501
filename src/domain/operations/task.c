/* task.c: what a patient was asked to do, and whether it is done
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

WATTLE_APPLY (task_give)
{
  g_autoptr (WattleRecord) task = wattle_arg_record (args, "task", error);
  g_autoptr (WattleRecord) user = NULL;

  if (task == NULL || !wattle_take_id (context, task, "task", error))
    return FALSE;
  if (wattle_record_has (task, WATTLE_TASK_DONE_AT) || wattle_record_has (task, WATTLE_TASK_WITHDRAWN_AT))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "status", _("A new task is open."));
  wattle_record_set_integer (task, WATTLE_TASK_STATUS, WATTLE_TASK_STATUS_OPEN);
  wattle_record_set_integer (task, WATTLE_TASK_GIVEN_AT, context->now);
  wattle_record_set_string (task, WATTLE_TASK_GIVEN_BY, context->actor->user);
  wattle_record_unset (task, WATTLE_TASK_GIVEN_BY_NAME);
  user = wattle_reader_get (context->reader, WATTLE_RECORD_USER, context->actor->user, NULL);
  if (user != NULL)
    wattle_record_set_string (task, WATTLE_TASK_GIVEN_BY_NAME,
                              wattle_record_get_string (user, WATTLE_USER_DISPLAY_NAME));
  wattle_outcome_put (outcome, task);
  return TRUE;
}

static WattleRecord *
load_standing (WattleOperationContext *context, WattleJsonNode args, GError **error)
{
  g_autoptr (WattleRecord) task = wattle_load (context, WATTLE_RECORD_TASK, wattle_arg_string (args, "id"), error);

  if (task != NULL && wattle_record_get_integer (task, WATTLE_TASK_STATUS) == WATTLE_TASK_STATUS_WITHDRAWN)
    {
      wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("This task was withdrawn."));
      return NULL;
    }
  return g_steal_pointer (&task);
}

/* Ticked, or the tick taken back. */
WATTLE_APPLY (task_done)
{
  g_autoptr (WattleRecord) task = load_standing (context, args, error);
  gboolean done = FALSE;

  if (task == NULL)
    return FALSE;
  wattle_json_boolean (wattle_arg (args, "done"), &done);
  if (done == (wattle_record_get_integer (task, WATTLE_TASK_STATUS) == WATTLE_TASK_STATUS_DONE))
    return TRUE;
  wattle_record_set_integer (task, WATTLE_TASK_STATUS, done ? WATTLE_TASK_STATUS_DONE : WATTLE_TASK_STATUS_OPEN);
  wattle_record_unset (task, WATTLE_TASK_DONE_AT);
  wattle_record_unset (task, WATTLE_TASK_DONE_BY);
  if (done)
    {
      wattle_record_set_integer (task, WATTLE_TASK_DONE_AT, context->now);
      wattle_record_set_string (task, WATTLE_TASK_DONE_BY, context->actor->user);
    }
  wattle_outcome_put (outcome, task);
  return TRUE;
}

WATTLE_APPLY (task_withdraw)
{
  g_autoptr (WattleRecord) task = load_standing (context, args, error);
  const char *reason = wattle_arg_string (args, "reason");

  if (task == NULL)
    return FALSE;
  wattle_record_set_integer (task, WATTLE_TASK_STATUS, WATTLE_TASK_STATUS_WITHDRAWN);
  wattle_record_set_integer (task, WATTLE_TASK_WITHDRAWN_AT, context->now);
  wattle_record_set_string (task, WATTLE_TASK_WITHDRAWN_BY, context->actor->user);
  if (reason != NULL && *reason != '\0')
    wattle_record_set_string (task, WATTLE_TASK_WITHDRAWN_REASON, reason);
  wattle_outcome_put (outcome, task);
  return TRUE;
}
