/* record.c: making, changing, deleting and restoring plain records
 *
 * Plain are the records that mean nothing beyond their fields. The others have
 * operations of their own and are refused here.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include "base/civil.h"
#include "domain/retention.h"

#define MAKE 1
#define CHANGE 2
#define DELETE 4
#define ALL (MAKE | CHANGE | DELETE)

/* What may be done to a record type here; nothing when it is missing. */
static const guint plain[WATTLE_N_RECORDS] = {
  [WATTLE_RECORD_PRACTICE] = CHANGE,
  [WATTLE_RECORD_LOCATION] = ALL,
  [WATTLE_RECORD_PRACTITIONER] = ALL,
  [WATTLE_RECORD_PRACTITIONER_LOCATION] = ALL,
  [WATTLE_RECORD_PATIENT] = ALL,
  [WATTLE_RECORD_RELATED_PERSON] = ALL,
  [WATTLE_RECORD_SERVICE] = ALL,
  [WATTLE_RECORD_SERVICE_PRICE] = ALL,
  [WATTLE_RECORD_APPOINTMENT_TYPE] = ALL,
  [WATTLE_RECORD_AVAILABILITY] = ALL,
  [WATTLE_RECORD_CONDITION] = ALL,
  [WATTLE_RECORD_MEDICATION] = ALL,
  [WATTLE_RECORD_MEDICINE] = ALL,
  [WATTLE_RECORD_MESSAGE_TEMPLATE] = ALL,
  [WATTLE_RECORD_DOCUMENT] = CHANGE | DELETE,
};

static gboolean
check_plain (const WattleType *type, guint act, GError **error)
{
  if (plain[type->id] & act)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "type",
                          _("A %s is not changed this way: it has operations of its own."), type->nick);
  return FALSE;
}

static gboolean
check_order (WattleRecord *record, WattleFieldId first, WattleFieldId last, gboolean may_equal, GError **error)
{
  gint64 from = wattle_record_get_integer (record, first);
  gint64 to = wattle_record_get_integer (record, last);

  if (!wattle_record_has (record, first) || !wattle_record_has (record, last) || to > from || (may_equal && to == from))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, wattle_field_get (last)->name, _("“%s” must be after “%s”."),
                          _(wattle_field_get (last)->label), _(wattle_field_get (first)->label));
  return FALSE;
}

static gboolean
check_availability (WattleRecord *record, GError **error)
{
  gint64 kind = wattle_record_get_integer (record, WATTLE_AVAILABILITY_KIND);
  gboolean has_times = wattle_record_has (record, WATTLE_AVAILABILITY_STARTS)
                       && wattle_record_has (record, WATTLE_AVAILABILITY_ENDS);

  if (kind == WATTLE_AVAILABILITY_KIND_HOURS && !wattle_record_has (record, WATTLE_AVAILABILITY_WEEKDAY))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "weekday", _("Weekly hours need their weekday."));
  if (kind != WATTLE_AVAILABILITY_KIND_LEAVE && !has_times)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "starts", _("Hours need both times, from and to."));
  return check_order (record, WATTLE_AVAILABILITY_STARTS, WATTLE_AVAILABILITY_ENDS, FALSE, error)
         && check_order (record, WATTLE_AVAILABILITY_FROM_DATE, WATTLE_AVAILABILITY_TO_DATE, TRUE, error);
}

static gboolean
check_patient (WattleOperationContext *context, WattleRecord *patient, GError **error)
{
  /* Many people have one name: either of the two will do. */
  if (!wattle_record_has (patient, WATTLE_PATIENT_FAMILY_NAME)
      && !wattle_record_has (patient, WATTLE_PATIENT_GIVEN_NAMES))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "family_name",
                          _("A name is needed. Somebody with one name has it as family name alone."));
  /* A day's grace: somebody may be born where it is tomorrow already. */
  if (wattle_record_get_integer (patient, WATTLE_PATIENT_BIRTH_DATE) > wattle_today (context, "UTC") + 1)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "birth_date", _("The date of birth lies in the future."));
  if (wattle_record_has (patient, WATTLE_PATIENT_MEDICARE_IRN)
      && wattle_record_get_integer (patient, WATTLE_PATIENT_MEDICARE_IRN) == 0)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "medicare_irn", _("The reference on the card is 1 to 9."));
  return TRUE;
}

static gboolean
is_document (WattleRecord *record, int kind)
{
  return record != NULL && wattle_record_type (record)->id == WATTLE_RECORD_DOCUMENT
         && wattle_record_get_integer (record, WATTLE_DOCUMENT_KIND) == kind;
}

/* What comes with a message belongs to its conversation, whoever else may see documents; nothing is put there later.
 * Nor does a recording become what is shown to others, or anything else a recording. */
static gboolean
check_document (WattleOperationContext *context, WattleRecord *document, GError **error)
{
  g_autoptr (WattleRecord) before =
    wattle_reader_get (context->reader, WATTLE_RECORD_DOCUMENT, wattle_record_id (document), NULL);

  if (is_document (before, WATTLE_DOCUMENT_KIND_MESSAGE) != is_document (document, WATTLE_DOCUMENT_KIND_MESSAGE))
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "kind",
                          _("Whether a file belongs to a message cannot be changed."));
  if (is_document (before, WATTLE_DOCUMENT_KIND_RECORDING) != is_document (document, WATTLE_DOCUMENT_KIND_RECORDING))
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "kind", _("What a recording is cannot be changed."));
  return TRUE;
}

/* What a record means beyond what its fields can hold one by one. */
static gboolean
check_meaning (WattleOperationContext *context, WattleRecord *record, GError **error)
{
  switch (wattle_record_type (record)->id)
    {
    case WATTLE_RECORD_PATIENT:
      return check_patient (context, record, error);
    case WATTLE_RECORD_DOCUMENT:
      return check_document (context, record, error);
    case WATTLE_RECORD_AVAILABILITY:
      return check_availability (record, error);
    case WATTLE_RECORD_SERVICE_PRICE:
      return check_order (record, WATTLE_SERVICE_PRICE_FROM_DATE, WATTLE_SERVICE_PRICE_TO_DATE, TRUE, error);
    case WATTLE_RECORD_LOCATION:
      return check_order (record, WATTLE_LOCATION_OPENS, WATTLE_LOCATION_CLOSES, FALSE, error);
    case WATTLE_RECORD_CONDITION:
      return check_order (record, WATTLE_CONDITION_ONSET_DATE, WATTLE_CONDITION_RESOLVED_DATE, TRUE, error);
    case WATTLE_RECORD_MEDICATION:
      return check_order (record, WATTLE_MEDICATION_FROM_DATE, WATTLE_MEDICATION_TO_DATE, TRUE, error);
    default:
      return TRUE;
    }
}

static gboolean
check_no_server_field (WattleRecord *record, GError **error)
{
  const WattleType *type = wattle_record_type (record);

  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & WATTLE_FIELD_SERVER) != 0 && wattle_record_has (record, (type->id << 8) | i))
      {
        wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, type->fields[i].name, _("“%s” is not yours to set."),
                                _(type->fields[i].label));
        return FALSE;
      }
  return TRUE;
}

/* Whom a clinician enters is theirs, until somebody else is named: else they could not open the chart. */
static gboolean
take_as_own (WattleOperationContext *context, WattleRecord *patient, GError **error)
{
  const WattleActor *actor = context->actor;
  const char *primary = wattle_record_get_string (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER);

  if (primary == NULL)
    wattle_record_set_string (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER, actor->practitioner);
  else if (g_strcmp0 (primary, actor->practitioner) != 0
           && wattle_policy_reach ("write:contact", actor, context->reader) != WATTLE_REACH_PRACTICE)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "primary_practitioner",
                          _("You can enter patients of your own. Ask reception to enter a colleague's."));
  return TRUE;
}

WATTLE_APPLY (record_create)
{
  const WattleActor *actor = context->actor;
  g_autoptr (WattleRecord) record = wattle_arg_record (args, "record", error);

  if (record == NULL || !check_plain (wattle_record_type (record), MAKE, error)
      || !wattle_take_id (context, record, "record", error))
    return FALSE;
  if (wattle_record_type (record)->id == WATTLE_RECORD_PATIENT && wattle_actor_is (actor, WATTLE_ROLE_CLINICIAN)
      && !take_as_own (context, record, error))
    return FALSE;
  if (!check_no_server_field (record, error) || !check_meaning (context, record, error)
      || !wattle_policy_check_write (actor, context->reader, record, error))
    return FALSE;
  wattle_outcome_put (outcome, record);
  return TRUE;
}

/* The record that "type" and "id" name, if it is a plain one and the actor may write it. */
static WattleRecord *
load_plain (WattleOperationContext *context, WattleJsonNode args, guint act, GError **error)
{
  const WattleType *type = wattle_type_find (wattle_arg_string (args, "type"));
  g_autoptr (WattleRecord) found = NULL;

  if (type == NULL)
    {
      wattle_refuse (error, WATTLE_ERROR_INVALID, "type", _("There is no such type of record."));
      return NULL;
    }
  if (!check_plain (type, act, error))
    return NULL;
  found = wattle_reader_get (context->reader, type->id, wattle_arg_string (args, "id"), error);
  if (found == NULL || !wattle_policy_check_write (context->actor, context->reader, found, error))
    return NULL;
  return wattle_record_copy (found);
}

WATTLE_APPLY (record_change)
{
  g_autoptr (WattleRecord) record = load_plain (context, args, CHANGE, error);

  if (record == NULL)
    return FALSE;
  if (wattle_record_is_deleted (record))
    return wattle_refuse (error, WATTLE_ERROR_NOT_FOUND, "id", _("This has been deleted. Restore it first."));
  if (!wattle_merge_changes (record, wattle_arg (args, "changes"), NULL, 0, outcome, error)
      || !check_meaning (context, record, error))
    return FALSE;
  wattle_outcome_put (outcome, record);
  return TRUE;
}

static gboolean
none_left (WattleOperationContext *context, const WattleQuery *query, const char *sentence, GError **error)
{
  gint64 count = wattle_reader_count (context->reader, query, error);

  if (count > 0)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "id", sentence);
  return count == 0;
}

static gboolean
check_no_visits_ahead (WattleOperationContext *context, WattleRecord *party, WattleFieldId field, GError **error)
{
  WattleQuery visits = wattle_query (WATTLE_RECORD_APPOINTMENT);

  wattle_query_where_text (&visits, field, wattle_record_id (party));
  wattle_query_where (&visits, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, context->now);
  wattle_query_where (&visits, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_ONE_OF,
                      (1u << WATTLE_APPOINTMENT_STATUS_TENTATIVE) | (1u << WATTLE_APPOINTMENT_STATUS_BOOKED));
  return none_left (context, &visits, _("There are visits to come. Move or cancel them first."), error);
}

/* A patient with visits to come or money owed stays, and a practitioner with visits to come. */
static gboolean
check_deletable (WattleOperationContext *context, WattleRecord *record, GError **error)
{
  WattleQuery debts = wattle_query (WATTLE_RECORD_INVOICE);

  if (is_document (record, WATTLE_DOCUMENT_KIND_MESSAGE))
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "kind",
                          _("This file came with a message and stays with it. Withdraw the message instead."));
  if (wattle_record_type (record)->id == WATTLE_RECORD_DOCUMENT
      && wattle_retention_holds (record, wattle_today (context, "UTC")))
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "retain_until",
                          _("The law wants this to be kept longer; the day stands beside it."));
  if (wattle_record_type (record)->id == WATTLE_RECORD_PRACTITIONER)
    return check_no_visits_ahead (context, record, WATTLE_APPOINTMENT_PRACTITIONER, error);
  if (wattle_record_type (record)->id != WATTLE_RECORD_PATIENT)
    return TRUE;
  wattle_query_where_text (&debts, WATTLE_INVOICE_PATIENT, wattle_record_id (record));
  wattle_query_where (&debts, WATTLE_INVOICE_BALANCE, WATTLE_COMPARE_GREATER, 0);
  return check_no_visits_ahead (context, record, WATTLE_APPOINTMENT_PATIENT, error)
         && none_left (context, &debts, _("This patient has unpaid invoices. Settle them first."), error);
}

WATTLE_APPLY (record_delete)
{
  g_autoptr (WattleRecord) record = load_plain (context, args, DELETE, error);

  if (record == NULL)
    return FALSE;
  if (*wattle_arg_string (args, "reason") == '\0')
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "reason", _("Say why: the reason is kept with the deletion."));
  if (!check_deletable (context, record, error))
    return FALSE;
  wattle_record_set_deleted (record, TRUE);
  wattle_outcome_put (outcome, record);
  return TRUE;
}

WATTLE_APPLY (record_restore)
{
  g_autoptr (WattleRecord) record = load_plain (context, args, DELETE, error);

  if (record == NULL)
    return FALSE;
  wattle_record_set_deleted (record, FALSE);
  wattle_outcome_put (outcome, record);
  return TRUE;
}
