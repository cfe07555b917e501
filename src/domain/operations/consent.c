/* consent.c: texts to consent to, and what a patient said of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include "domain/consent.h"

WATTLE_APPLY (consent_form_publish)
{
  g_autoptr (WattleRecord) form = wattle_arg_record (args, "form", error);
  g_autoptr (WattleRecord) last = NULL;

  if (form == NULL || !wattle_take_id (context, form, "consent_form", error))
    return FALSE;
  last = wattle_consent_form (context->reader, wattle_record_get_integer (form, WATTLE_CONSENT_FORM_KIND));
  wattle_record_set_integer (form, WATTLE_CONSENT_FORM_VERSION,
                             last != NULL ? wattle_record_get_integer (last, WATTLE_CONSENT_FORM_VERSION) + 1 : 1);
  wattle_record_set_integer (form, WATTLE_CONSENT_FORM_PUBLISHED_AT, context->now);
  wattle_record_set_string (form, WATTLE_CONSENT_FORM_PUBLISHED_BY, context->actor->user);
  wattle_outcome_put (outcome, form);
  return TRUE;
}

static WattleRecord *
new_consent (WattleOperationContext *context, const char *patient, WattleRecord *form)
{
  WattleRecord *consent = wattle_record_new (WATTLE_RECORD_CONSENT);
  g_autofree char *id = wattle_operation_new_id (context, "consent");

  wattle_record_set_id (consent, id);
  wattle_record_set_string (consent, WATTLE_CONSENT_PATIENT, patient);
  wattle_record_set_string (consent, WATTLE_CONSENT_FORM, wattle_record_id (form));
  wattle_record_set_integer (consent, WATTLE_CONSENT_KIND, wattle_record_get_integer (form, WATTLE_CONSENT_FORM_KIND));
  wattle_record_set_integer (consent, WATTLE_CONSENT_VERSION,
                             wattle_record_get_integer (form, WATTLE_CONSENT_FORM_VERSION));
  return consent;
}

/* The last row about this patient and text, if there is one. */
static WattleRecord *
find_consent (WattleOperationContext *context, const char *patient, WattleRecord *form)
{
  g_autoptr (WattleRecord) latest =
    wattle_consent_latest (context->reader, patient, wattle_record_get_integer (form, WATTLE_CONSENT_FORM_KIND));

  if (latest == NULL
      || g_strcmp0 (wattle_record_get_string (latest, WATTLE_CONSENT_FORM), wattle_record_id (form)) != 0)
    return NULL;
  return wattle_record_copy (latest);
}

static gboolean
has_status (WattleRecord *consent, int status)
{
  return consent != NULL && wattle_record_get_integer (consent, WATTLE_CONSENT_STATUS) == status;
}

static WattleRecord *
load_patient (WattleOperationContext *context, const char *rule, WattleJsonNode args, GError **error)
{
  g_autoptr (WattleRecord) patient =
    wattle_load (context, WATTLE_RECORD_PATIENT, wattle_arg_string (args, "patient"), error);

  if (patient == NULL || !wattle_policy_check (rule, context->actor, context->reader, patient, error))
    return NULL;
  return g_steal_pointer (&patient);
}

WATTLE_APPLY (consent_ask)
{
  g_autoptr (WattleRecord) patient = load_patient (context, "consent.ask", args, error);
  g_autoptr (WattleRecord) form = NULL;
  g_autoptr (WattleRecord) consent = NULL;

  if (patient == NULL)
    return FALSE;
  form = wattle_consent_form (context->reader, wattle_arg_enum (args, "kind", "consent_kind"));
  if (form == NULL)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "kind",
                          _("The practice has no text for this yet. A manager writes it in the settings."));
  consent = find_consent (context, wattle_record_id (patient), form);
  if (has_status (consent, WATTLE_CONSENT_STATUS_GIVEN))
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "kind", _("The patient agreed to this text already."));
  if (has_status (consent, WATTLE_CONSENT_STATUS_ASKED))
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "kind", _("The patient was asked for this already."));
  g_clear_object (&consent);
  consent = new_consent (context, wattle_record_id (patient), form);
  wattle_record_set_integer (consent, WATTLE_CONSENT_STATUS, WATTLE_CONSENT_STATUS_ASKED);
  wattle_record_set_integer (consent, WATTLE_CONSENT_ASKED_AT, context->now);
  wattle_record_set_string (consent, WATTLE_CONSENT_ASKED_BY, context->actor->user);
  wattle_outcome_put (outcome, consent);
  return TRUE;
}

/* What patients say themselves they say in the program; for what the staff enters, it must be told how it was said. */
static gboolean
read_way (WattleOperationContext *context, WattleJsonNode args, gint64 *way, GError **error)
{
  *way = wattle_arg_enum (args, "how", "consent_way");
  if (context->actor->role == WATTLE_ROLE_PATIENT)
    *way = WATTLE_CONSENT_WAY_SELF;
  else if (*way < 0 || *way == WATTLE_CONSENT_WAY_SELF)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "how", _("Say how the patient told you: it is kept."));
  return TRUE;
}

static gboolean
answer (WattleOperationContext *context,
        const char *rule,
        WattleJsonNode args,
        int status,
        WattleOutcome *outcome,
        GError **error)
{
  g_autoptr (WattleRecord) patient = load_patient (context, rule, args, error);
  g_autoptr (WattleRecord) form = NULL;
  g_autoptr (WattleRecord) newest = NULL;
  g_autoptr (WattleRecord) consent = NULL;
  gint64 way;

  if (patient == NULL || !read_way (context, args, &way, error))
    return FALSE;
  form = wattle_load (context, WATTLE_RECORD_CONSENT_FORM, wattle_arg_string (args, "form"), error);
  if (form == NULL)
    return FALSE;
  newest = wattle_consent_form (context->reader, wattle_record_get_integer (form, WATTLE_CONSENT_FORM_KIND));
  if (newest != NULL && g_strcmp0 (wattle_record_id (newest), wattle_record_id (form)) != 0)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "form",
                          _("There is a newer text of this. Read that one, then answer."));
  consent = find_consent (context, wattle_record_id (patient), form);
  if (has_status (consent, status))
    return TRUE;
  if (has_status (consent, WATTLE_CONSENT_STATUS_GIVEN))
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("This was agreed to. Withdraw it instead."));
  if (consent == NULL || !has_status (consent, WATTLE_CONSENT_STATUS_ASKED))
    {
      g_clear_object (&consent);
      consent = new_consent (context, wattle_record_id (patient), form);
    }
  wattle_record_set_integer (consent, WATTLE_CONSENT_STATUS, status);
  wattle_record_set_integer (consent, WATTLE_CONSENT_ANSWERED_AT, context->now);
  wattle_record_set_string (consent, WATTLE_CONSENT_ANSWERED_BY, context->actor->user);
  wattle_record_set_integer (consent, WATTLE_CONSENT_ANSWERED_HOW, way);
  wattle_outcome_put (outcome, consent);
  return TRUE;
}

WATTLE_APPLY (consent_give)
{
  return answer (context, "consent.give", args, WATTLE_CONSENT_STATUS_GIVEN, outcome, error);
}

WATTLE_APPLY (consent_decline)
{
  return answer (context, "consent.decline", args, WATTLE_CONSENT_STATUS_DECLINED, outcome, error);
}

WATTLE_APPLY (consent_withdraw)
{
  g_autoptr (WattleRecord) consent =
    wattle_load (context, WATTLE_RECORD_CONSENT, wattle_arg_string (args, "id"), error);
  const char *reason = wattle_arg_string (args, "reason");

  if (consent == NULL)
    return FALSE;
  if (has_status (consent, WATTLE_CONSENT_STATUS_WITHDRAWN))
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("This consent has been withdrawn already."));
  if (has_status (consent, WATTLE_CONSENT_STATUS_DECLINED))
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("This was never agreed to."));
  wattle_record_set_integer (consent, WATTLE_CONSENT_STATUS, WATTLE_CONSENT_STATUS_WITHDRAWN);
  wattle_record_set_integer (consent, WATTLE_CONSENT_WITHDRAWN_AT, context->now);
  wattle_record_set_string (consent, WATTLE_CONSENT_WITHDRAWN_BY, context->actor->user);
  if (reason != NULL && *reason != '\0')
    wattle_record_set_string (consent, WATTLE_CONSENT_WITHDRAWN_REASON, reason);
  wattle_outcome_put (outcome, consent);
  return TRUE;
}
