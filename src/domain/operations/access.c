/* access.c: letting practitioners into records that are not otherwise theirs, and legal holds
 *
 * An emergency access is taken, not given: with a reason and the password, for
 * an hour, and reviewed afterwards by somebody else (security.md s 3 of the
 * facts, "Break-glass").
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include <string.h>

#include "base/clock.h"

#define SHORTEST_REASON 10
#define EMERGENCY_LENGTH WATTLE_HOUR
#define REVIEW_WITHIN (72 * WATTLE_HOUR)

static gboolean
check_reason (const char *reason, glong shortest, GError **error)
{
  g_autofree char *bare = g_strstrip (g_strdup (reason));

  if (g_utf8_strlen (bare, -1) >= shortest)
    return TRUE;
  return wattle_refuse (error, WATTLE_ERROR_INVALID, "reason",
                        shortest > 1 ? _("Say why in at least ten characters: somebody will review it.")
                                     : _("Say why: the reason is kept."));
}

static WattleRecord *
new_grant (WattleOperationContext *context, WattleJsonNode args, const char *practitioner, int kind)
{
  WattleRecord *grant = wattle_record_new (WATTLE_RECORD_ACCESS_GRANT);
  g_autofree char *id = wattle_operation_new_id (context, "access_grant");

  wattle_record_set_id (grant, id);
  wattle_record_set_string (grant, WATTLE_ACCESS_GRANT_PATIENT, wattle_arg_string (args, "patient"));
  wattle_record_set_string (grant, WATTLE_ACCESS_GRANT_PRACTITIONER, practitioner);
  wattle_record_set_integer (grant, WATTLE_ACCESS_GRANT_KIND, kind);
  wattle_record_set_integer (grant, WATTLE_ACCESS_GRANT_STATUS, WATTLE_ACCESS_STATUS_ACTIVE);
  wattle_record_set_string (grant, WATTLE_ACCESS_GRANT_REASON, wattle_arg_string (args, "reason"));
  wattle_record_set_integer (grant, WATTLE_ACCESS_GRANT_FROM_AT, context->now);
  wattle_record_set_string (grant, WATTLE_ACCESS_GRANT_GRANTED_BY, context->actor->user);
  return grant;
}

WATTLE_APPLY (access_grant)
{
  g_autoptr (WattleRecord) patient
    = wattle_load (context, WATTLE_RECORD_PATIENT, wattle_arg_string (args, "patient"), error);
  g_autoptr (WattleRecord) grant = NULL;
  gint64 until;

  /* The new row alone would be theirs who are let in: nobody lets themselves in. */
  if (patient == NULL || !check_reason (wattle_arg_string (args, "reason"), 1, error)
      || !wattle_policy_check ("access.grant", context->actor, context->reader, patient, error))
    return FALSE;
  grant = new_grant (context, args, wattle_arg_string (args, "practitioner"), WATTLE_ACCESS_KIND_GIVEN);
  if (wattle_json_member_instant (args, "until", &until))
    {
      if (until <= context->now)
        return wattle_refuse (error, WATTLE_ERROR_INVALID, "until", _("The end lies in the past. Choose a later one."));
      wattle_record_set_integer (grant, WATTLE_ACCESS_GRANT_UNTIL_AT, until);
    }
  wattle_outcome_put (outcome, grant);
  return TRUE;
}

WATTLE_APPLY (access_emergency)
{
  const WattleActor *actor = context->actor;
  g_autoptr (WattleRecord) patient
    = wattle_load (context, WATTLE_RECORD_PATIENT, wattle_arg_string (args, "patient"), error);
  g_autoptr (WattleRecord) grant = NULL;

  if (patient == NULL || !check_reason (wattle_arg_string (args, "reason"), SHORTEST_REASON, error))
    return FALSE;
  if (actor->practitioner == NULL)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, NULL,
                          _("Only a practitioner opens a record in an emergency."));
  if (wattle_policy_cares_for (actor, context->reader, wattle_record_id (patient)))
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "patient", _("This record is open to you already."));
  grant = new_grant (context, args, actor->practitioner, WATTLE_ACCESS_KIND_EMERGENCY);
  wattle_record_set_integer (grant, WATTLE_ACCESS_GRANT_UNTIL_AT, context->now + EMERGENCY_LENGTH);
  wattle_record_set_integer (grant, WATTLE_ACCESS_GRANT_REVIEW_DUE_AT, context->now + REVIEW_WITHIN);
  wattle_outcome_put (outcome, grant);
  return TRUE;
}

WATTLE_APPLY (access_revoke)
{
  g_autoptr (WattleRecord) grant
    = wattle_load (context, WATTLE_RECORD_ACCESS_GRANT, wattle_arg_string (args, "id"), error);

  if (grant == NULL)
    return FALSE;
  if (wattle_record_get_integer (grant, WATTLE_ACCESS_GRANT_STATUS) == WATTLE_ACCESS_STATUS_ENDED)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("This access has ended already."));
  wattle_record_set_integer (grant, WATTLE_ACCESS_GRANT_STATUS, WATTLE_ACCESS_STATUS_ENDED);
  wattle_record_set_integer (grant, WATTLE_ACCESS_GRANT_ENDED_AT, context->now);
  wattle_record_set_string (grant, WATTLE_ACCESS_GRANT_ENDED_BY, context->actor->user);
  wattle_outcome_put (outcome, grant);
  return TRUE;
}

WATTLE_APPLY (access_review)
{
  g_autoptr (WattleRecord) grant
    = wattle_load (context, WATTLE_RECORD_ACCESS_GRANT, wattle_arg_string (args, "id"), error);
  const char *note = wattle_arg_string (args, "note");

  if (grant == NULL)
    return FALSE;
  if (wattle_record_get_integer (grant, WATTLE_ACCESS_GRANT_KIND) != WATTLE_ACCESS_KIND_EMERGENCY)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "id", _("Only an emergency access is reviewed."));
  if (g_strcmp0 (wattle_record_get_string (grant, WATTLE_ACCESS_GRANT_GRANTED_BY), context->actor->user) == 0)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "id",
                          _("Nobody reviews their own access. Ask another manager."));
  if (wattle_record_has (grant, WATTLE_ACCESS_GRANT_REVIEW_OUTCOME))
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "review_outcome", _("This access has been reviewed already."));
  wattle_record_set_integer (grant, WATTLE_ACCESS_GRANT_REVIEW_OUTCOME,
                             wattle_arg_enum (args, "outcome", "access_review"));
  if (note != NULL && *note != '\0')
    wattle_record_set_string (grant, WATTLE_ACCESS_GRANT_REVIEW_NOTE, note);
  wattle_record_set_integer (grant, WATTLE_ACCESS_GRANT_REVIEWED_AT, context->now);
  wattle_record_set_string (grant, WATTLE_ACCESS_GRANT_REVIEWED_BY, context->actor->user);
  wattle_outcome_put (outcome, grant);
  return TRUE;
}

/* What was opened in a chart has to be of it, and to be seen by who opened it. */
static gboolean
check_opened (WattleOperationContext *context, WattleJsonNode args, WattleRecord *patient, GError **error)
{
  const char *name = wattle_arg_string (args, "type");
  const WattleType *type = name != NULL ? wattle_type_find (name) : NULL;
  g_autoptr (WattleRecord) object = NULL;

  if (name == NULL && wattle_arg_string (args, "id") == NULL)
    return TRUE;
  if (type == NULL || type->scope != WATTLE_SCOPE_PATIENT)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "type", _("This is nothing that stands in a chart."));
  object = wattle_load (context, type->id, wattle_arg_string (args, "id"), error);
  if (object == NULL)
    return FALSE;
  if (g_strcmp0 (wattle_record_scope_id (object), wattle_record_id (patient)) != 0)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "id", _("This stands in the chart of somebody else."));
  return wattle_policy_check_read (context->actor, context->reader, object, error);
}

/* Changes nothing: that it was done stands in the audit trail, which names the patient. */
WATTLE_APPLY (chart_open)
{
  g_autoptr (WattleRecord) patient
    = wattle_load (context, WATTLE_RECORD_PATIENT, wattle_arg_string (args, "patient"), error);

  return patient != NULL && wattle_policy_check ("chart.open", context->actor, context->reader, patient, error)
         && check_opened (context, args, patient, error);
}

static gboolean
set_hold (WattleOperationContext *context, WattleJsonNode args, gboolean held, WattleOutcome *outcome, GError **error)
{
  g_autoptr (WattleRecord) patient
    = wattle_load (context, WATTLE_RECORD_PATIENT, wattle_arg_string (args, "id"), error);
  const char *reason = wattle_arg_string (args, "reason");

  if (patient == NULL || !check_reason (reason, 1, error))
    return FALSE;
  if (wattle_record_get_boolean (patient, WATTLE_PATIENT_LEGAL_HOLD) == held)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "legal_hold",
                          held ? _("This record is under a legal hold already.")
                               : _("This record is under no legal hold."));
  wattle_record_set_integer (patient, WATTLE_PATIENT_LEGAL_HOLD, held);
  wattle_record_set_string (patient, WATTLE_PATIENT_LEGAL_HOLD_REASON, reason);
  wattle_outcome_put (outcome, patient);
  return TRUE;
}

WATTLE_APPLY (patient_hold)
{
  return set_hold (context, args, TRUE, outcome, error);
}

WATTLE_APPLY (patient_release_hold)
{
  return set_hold (context, args, FALSE, outcome, error);
}
