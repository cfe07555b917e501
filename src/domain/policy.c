/* policy.c: who may do and see what
 *
 * Reads the table of policy-table.c for one caller and one object.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/policy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "domain/messaging.h"
#include "domain/scheduling.h"
#include "domain/settings.h"

static const char *const read_classes[WATTLE_N_ACCESS] = {
  [WATTLE_ACCESS_PRACTICE] = "read:practice", [WATTLE_ACCESS_ACCOUNT] = "read:account",
  [WATTLE_ACCESS_CONTACT] = "read:contact",   [WATTLE_ACCESS_SCHEDULE] = "read:schedule",
  [WATTLE_ACCESS_CLINICAL] = "read:clinical", [WATTLE_ACCESS_FINANCIAL] = "read:financial",
  [WATTLE_ACCESS_GRANT] = "read:grant",       [WATTLE_ACCESS_PORTAL] = "read:portal",
  [WATTLE_ACCESS_MESSAGE] = "read:message",   [WATTLE_ACCESS_AUDIT] = "read:audit",
};

static const char *const write_classes[WATTLE_N_ACCESS] = {
  [WATTLE_ACCESS_PRACTICE] = "write:practice", [WATTLE_ACCESS_ACCOUNT] = "write:account",
  [WATTLE_ACCESS_CONTACT] = "write:contact",   [WATTLE_ACCESS_SCHEDULE] = "write:schedule",
  [WATTLE_ACCESS_CLINICAL] = "write:clinical", [WATTLE_ACCESS_FINANCIAL] = "write:financial",
  [WATTLE_ACCESS_GRANT] = "write:grant",       [WATTLE_ACCESS_PORTAL] = "write:account",
  [WATTLE_ACCESS_MESSAGE] = "write:message",   [WATTLE_ACCESS_AUDIT] = "write:audit",
};

static const guint field_masks[WATTLE_N_ROLE] = {
  [WATTLE_ROLE_PATIENT] = WATTLE_FIELD_CLINICAL | WATTLE_FIELD_FINANCIAL | WATTLE_FIELD_CONTACT,
  [WATTLE_ROLE_CLINICIAN] = WATTLE_FIELD_MASKED,
  [WATTLE_ROLE_RECEPTION] = WATTLE_FIELD_FINANCIAL | WATTLE_FIELD_CONTACT | WATTLE_FIELD_STAFF,
  [WATTLE_ROLE_MANAGER] = WATTLE_FIELD_FINANCIAL | WATTLE_FIELD_CONTACT | WATTLE_FIELD_STAFF,
  [WATTLE_ROLE_OWNER] = WATTLE_FIELD_STAFF,
  [WATTLE_ROLE_ADMINISTRATOR] = WATTLE_FIELD_STAFF,
};

static gboolean
is_system (const WattleActor *actor)
{
  return actor->role == WATTLE_ROLE_SYSTEM && actor->user == NULL;
}

/* Whether the role in use is one that the user holds. */
static gboolean
holds_role (const WattleActor *actor)
{
  return actor->user != NULL && actor->role >= 0 && actor->role < WATTLE_N_ROLE
         && (actor->roles & WATTLE_ROLE_BIT (actor->role)) != 0;
}

static gboolean
refuse (GError **error, WattleErrorCode code)
{
  wattle_set_field_error (error, code, NULL, "%s",
                          code == WATTLE_ERROR_NOT_FOUND ? _("This was deleted, or it is not open to you.")
                                                         : _("Your role does not allow this."));
  return FALSE;
}

static gboolean
is_mine (WattleRecord *object, WattleFieldId field, const char *mine)
{
  return mine != NULL && g_strcmp0 (wattle_record_get_string (object, field), mine) == 0;
}

/**
 * wattle_policy_is_released:
 * @object: a row of a patient's record
 *
 * Returns: whether the patient may see it: nothing clinical that nobody has released or handed over
 */
gboolean
wattle_policy_is_released (WattleRecord *object)
{
  switch (wattle_record_type (object)->id)
    {
    case WATTLE_RECORD_PROGRESS_NOTE:
      return wattle_record_get_integer (object, WATTLE_PROGRESS_NOTE_STATUS) == WATTLE_NOTE_STATUS_SIGNED
             && wattle_record_get_boolean (object, WATTLE_PROGRESS_NOTE_RELEASED);
    case WATTLE_RECORD_PRESCRIPTION:
      return wattle_record_get_integer (object, WATTLE_PRESCRIPTION_STATUS) != WATTLE_PRESCRIPTION_STATUS_DRAFT;
    case WATTLE_RECORD_DOCUMENT:
      return wattle_record_get_integer (object, WATTLE_DOCUMENT_KIND) <= WATTLE_DOCUMENT_KIND_PRESCRIPTION
             || wattle_record_get_integer (object, WATTLE_DOCUMENT_KIND) == WATTLE_DOCUMENT_KIND_MESSAGE;
    case WATTLE_RECORD_PRESCRIPTION_LINE:
    case WATTLE_RECORD_TASK:
      return TRUE;
    case WATTLE_RECORD_INVOICE:
      return wattle_record_get_integer (object, WATTLE_INVOICE_STATUS) != WATTLE_INVOICE_STATUS_DRAFT;
    default:
      return wattle_record_type (object)->access != WATTLE_ACCESS_CLINICAL;
    }
}

/* With whom and where a visit is, as a practice tells anybody; what concerns the staff alone is flagged so. */
static gboolean
is_signboard (WattleRecordType type)
{
  return type == WATTLE_RECORD_PRACTITIONER || type == WATTLE_RECORD_LOCATION
         || type == WATTLE_RECORD_PRACTITIONER_LOCATION || type == WATTLE_RECORD_CONSENT_FORM;
}

static gboolean
is_self (const WattleActor *actor, WattleRecord *object)
{
  const WattleType *type = wattle_record_type (object);
  gboolean clinician = actor->role == WATTLE_ROLE_CLINICIAN;

  /* That they take part was looked at before. */
  if (type->access == WATTLE_ACCESS_MESSAGE && actor->role != WATTLE_ROLE_PATIENT)
    return wattle_record_scope_id (object) == NULL;
  if (actor->role == WATTLE_ROLE_PATIENT && type->scope == WATTLE_SCOPE_PATIENT)
    return actor->patient != NULL && g_strcmp0 (wattle_record_scope_id (object), actor->patient) == 0
           && wattle_policy_is_released (object);
  if (actor->role == WATTLE_ROLE_PATIENT && !actor->unconfirmed && is_signboard (type->id))
    return TRUE;
  switch (type->id)
    {
    case WATTLE_RECORD_PRACTICE:
      return g_strcmp0 (wattle_record_id (object), actor->practice) == 0 && !clinician;
    case WATTLE_RECORD_USER:
      return g_strcmp0 (wattle_record_id (object), actor->user) == 0;
    case WATTLE_RECORD_DEVICE:
      return is_mine (object, WATTLE_DEVICE_USER, actor->user);
    case WATTLE_RECORD_ACCESS_GRANT:
      return clinician && is_mine (object, WATTLE_ACCESS_GRANT_PRACTITIONER, actor->practitioner);
    case WATTLE_RECORD_AUDIT_EVENT:
      return actor->role == WATTLE_ROLE_PATIENT ? is_mine (object, WATTLE_AUDIT_EVENT_PATIENT, actor->patient)
                                                : is_mine (object, WATTLE_AUDIT_EVENT_ACTOR, actor->user);
    case WATTLE_RECORD_AVAILABILITY:
      return clinician && is_mine (object, WATTLE_AVAILABILITY_PRACTITIONER, actor->practitioner);
    default:
      return FALSE;
    }
}

/* A visit in one's own diary, and what one cancelled oneself: else a cancellation could not be taken back. What
 * is not kept yet does not count, or a clinician could make any patient theirs by booking. */
static gboolean
is_own_schedule (const WattleActor *actor, WattleRecord *object)
{
  WattleRecordType type = wattle_record_type (object)->id;

  if (actor->role != WATTLE_ROLE_CLINICIAN || wattle_record_revision (object) == 0)
    return FALSE;
  return (type == WATTLE_RECORD_APPOINTMENT && is_mine (object, WATTLE_APPOINTMENT_PRACTITIONER, actor->practitioner))
         || (type == WATTLE_RECORD_CANCELLATION && is_mine (object, WATTLE_CANCELLATION_CANCELLED_BY, actor->user));
}

static gboolean
is_own_patient (const WattleActor *actor, WattleReader *reader, guint flags, WattleRecord *object)
{
  WattleCare least = flags & WATTLE_POLICY_EMERGENCY ? WATTLE_CARE_EMERGENCY : WATTLE_CARE_FULL;

  if (wattle_record_type (object)->scope != WATTLE_SCOPE_PATIENT || wattle_record_scope_id (object) == NULL)
    return FALSE;
  /* A patient who is being entered is nobody's yet but for what the new record says. */
  if (wattle_record_type (object)->id == WATTLE_RECORD_PATIENT && wattle_record_revision (object) == 0
      && is_mine (object, WATTLE_PATIENT_PRIMARY_PRACTITIONER, actor->practitioner))
    return TRUE;
  return is_own_schedule (actor, object)
         || wattle_policy_care (actor, reader, wattle_record_scope_id (object)) >= least;
}

/**
 * wattle_policy_is_withheld:
 * @actor: who asks
 * @reader: the practice's records
 * @object: a record
 *
 * Returns: whether it belongs to others alone, however far the rules reach: a draft is its author's, and a
 *   conversation theirs who take part
 */
gboolean
wattle_policy_is_withheld (const WattleActor *actor, WattleReader *reader, WattleRecord *object)
{
  if (is_system (actor))
    return FALSE;
  if (wattle_record_type (object)->id == WATTLE_RECORD_PROGRESS_NOTE)
    return wattle_record_get_integer (object, WATTLE_PROGRESS_NOTE_STATUS) == WATTLE_NOTE_STATUS_DRAFT
           && !is_mine (object, WATTLE_PROGRESS_NOTE_AUTHOR, actor->practitioner);
  return wattle_thread_withholds (reader, actor, object);
}

static gboolean
is_withheld (const WattlePolicyRule *rule, const WattleActor *actor, WattleReader *reader, WattleRecord *object)
{
  return !(rule->flags & WATTLE_POLICY_OUTSIDER) && wattle_policy_is_withheld (actor, reader, object);
}

static gboolean
reaches_all (const char *rule, const WattleActor *actor, WattleReader *reader)
{
  return wattle_policy_reach (rule, actor, reader) == WATTLE_REACH_PRACTICE;
}

/* An account that tells who is a patient is not there for those who may not know. */
static gboolean
is_hidden_account (const WattleActor *actor, WattleReader *reader, WattleRecord *object)
{
  return wattle_policy_access_of (object) == WATTLE_ACCESS_PORTAL && !is_self (actor, object)
         && !reaches_all ("read:portal", actor, reader) && !reaches_all ("read:account_of_patient", actor, reader);
}

static gboolean
covers (const WattlePolicyRule *rule, const WattleActor *actor, WattleReader *reader, WattleRecord *object)
{
  if (is_withheld (rule, actor, reader, object) || is_hidden_account (actor, reader, object))
    return FALSE;
  switch (wattle_policy_reach (rule->name, actor, reader))
    {
    case WATTLE_REACH_PRACTICE:
      return TRUE;
    case WATTLE_REACH_OWN_PATIENTS:
      return is_self (actor, object) || is_own_patient (actor, reader, rule->flags, object);
    case WATTLE_REACH_SELF:
      return is_self (actor, object);
    default:
      return FALSE;
    }
}

static gboolean
is_kept (WattleReader *reader, WattleRecordType type, const char *id)
{
  g_autoptr (WattleRecord) found = wattle_reader_get (reader, type, id, NULL);

  return found != NULL;
}

/* Whether an object is none of this practice's: it is not among its records, or hangs on one that is not. */
static gboolean
is_foreign (const WattleActor *actor, WattleReader *reader, WattleRecord *object)
{
  const WattleType *type = wattle_record_type (object);
  gboolean new = wattle_record_revision (object) == 0;

  if (type->scope == WATTLE_SCOPE_SERVER)
    return FALSE;
  if (type->id == WATTLE_RECORD_PRACTICE)
    return g_strcmp0 (wattle_record_id (object), actor->practice) != 0;
  if (!new && !is_kept (reader, type->id, wattle_record_id (object)))
    return TRUE;
  if (type->scope == WATTLE_SCOPE_PATIENT && wattle_record_scope_id (object) == NULL)
    return FALSE;
  if (type->scope == WATTLE_SCOPE_PATIENT && type->id != WATTLE_RECORD_PATIENT)
    return !is_kept (reader, WATTLE_RECORD_PATIENT, wattle_record_scope_id (object));
  if (type->scope == WATTLE_SCOPE_USER)
    return !is_kept (reader, WATTLE_RECORD_USER, wattle_record_scope_id (object));
  return FALSE;
}

/**
 * wattle_policy_reach:
 * @name: a route, an operation or a class of rows
 * @actor: who asks
 * @reader: (nullable): the practice's records, for its settings; without it nothing is widened
 *
 * Returns: what the actor's role in use reaches; nothing for what is not in the table
 */
WattleReach
wattle_policy_reach (const char *name, const WattleActor *actor, WattleReader *reader)
{
  const WattlePolicyRule *rule = wattle_policy_find (name);

  if (rule == NULL)
    return WATTLE_REACH_NONE;
  if (is_system (actor))
    return WATTLE_REACH_PRACTICE;
  if (!holds_role (actor))
    return WATTLE_REACH_NONE;
  if (actor->unconfirmed)
    return rule->flags & WATTLE_POLICY_UNCONFIRMED ? WATTLE_REACH_SELF : WATTLE_REACH_NONE;
  if (actor->role == WATTLE_ROLE_CLINICIAN && rule->reach[actor->role] == WATTLE_REACH_OWN_PATIENTS
      && wattle_setting_get_boolean (reader, "clinicians_see_all_patients"))
    return WATTLE_REACH_PRACTICE;
  if (actor->role == WATTLE_ROLE_MANAGER && strcmp (name, "read:clinical") == 0
      && wattle_setting_get_boolean (reader, "managers_read_notes"))
    return WATTLE_REACH_PRACTICE;
  return rule->reach[actor->role];
}

/**
 * wattle_policy_access_of:
 * @object: a record
 *
 * Returns: the class of access of this row: a printed invoice or receipt is for those who bill, though documents are
 *   clinical, and an account that is a patient's alone tells that its person is one
 */
WattleAccess
wattle_policy_access_of (WattleRecord *object)
{
  const WattleType *type = wattle_record_type (object);

  if (type->id == WATTLE_RECORD_DOCUMENT && wattle_record_has (object, WATTLE_DOCUMENT_KIND)
      && wattle_record_get_integer (object, WATTLE_DOCUMENT_KIND) <= WATTLE_DOCUMENT_KIND_RECEIPT)
    return WATTLE_ACCESS_FINANCIAL;
  if (type->id == WATTLE_RECORD_USER
      && wattle_record_get_integer (object, WATTLE_USER_ROLES) == WATTLE_ROLE_BIT (WATTLE_ROLE_PATIENT))
    return WATTLE_ACCESS_PORTAL;
  return type->access;
}

/**
 * wattle_policy_accesses:
 * @type: a record type
 *
 * Returns: the classes of access that its rows can have, as a bit mask
 */
guint
wattle_policy_accesses (const WattleType *type)
{
  guint own = 1u << type->access;

  if (type->id == WATTLE_RECORD_DOCUMENT)
    return own | 1u << WATTLE_ACCESS_FINANCIAL;
  if (type->id == WATTLE_RECORD_USER)
    return own | 1u << WATTLE_ACCESS_PORTAL;
  return own;
}

/**
 * wattle_policy_read_rule:
 * @access: a class of access
 *
 * What a single row may say on top of that, ask wattle_policy_check_read(): a draft is its author's alone.
 *
 * Returns: the name of the rule for reading it
 */
const char *
wattle_policy_read_rule (WattleAccess access)
{
  return read_classes[access];
}

/**
 * wattle_policy_field_mask:
 * @actor: who asks
 * @reader: (nullable): the practice's records, for its settings
 *
 * Returns: which of the flags CLINICAL, FINANCIAL and CONTACT of fields the actor may see and write
 */
guint
wattle_policy_field_mask (const WattleActor *actor, WattleReader *reader)
{
  guint mask;

  if (is_system (actor))
    return WATTLE_FIELD_MASKED;
  if (!holds_role (actor))
    return 0;
  mask = field_masks[actor->role];
  if (wattle_policy_reach ("read:clinical", actor, reader) != WATTLE_REACH_NONE)
    mask |= WATTLE_FIELD_CLINICAL;
  return mask;
}

/**
 * wattle_policy_check:
 * @name: a route, an operation or a class of rows
 * @actor: who asks
 * @reader: the practice's records
 * @object: (nullable): the object it is about; %NULL to ask about the role alone
 * @error: %WATTLE_ERROR_FORBIDDEN for an object that the actor may know of, %WATTLE_ERROR_NOT_FOUND for another
 *
 * Returns: whether it is allowed
 */
gboolean
wattle_policy_check (const char *name,
                     const WattleActor *actor,
                     WattleReader *reader,
                     WattleRecord *object,
                     GError **error)
{
  const WattlePolicyRule *rule = wattle_policy_find (name);
  const WattlePolicyRule *read;

  if (rule == NULL)
    return refuse (error, WATTLE_ERROR_FORBIDDEN);
  if (rule->flags & WATTLE_POLICY_PUBLIC && object == NULL)
    return TRUE;
  if (object != NULL && is_foreign (actor, reader, object))
    return refuse (error, WATTLE_ERROR_NOT_FOUND);
  if (wattle_policy_reach (name, actor, reader) == WATTLE_REACH_NONE)
    return refuse (error, WATTLE_ERROR_FORBIDDEN);
  if (object == NULL)
    return TRUE;
  if (covers (rule, actor, reader, object))
    return !(rule->flags & WATTLE_POLICY_NOT_HELD) || wattle_policy_check_hold (reader, object, error);
  read = wattle_policy_find (read_classes[wattle_policy_access_of (object)]);
  return refuse (error, covers (read, actor, reader, object) ? WATTLE_ERROR_FORBIDDEN : WATTLE_ERROR_NOT_FOUND);
}

/**
 * wattle_policy_check_hold:
 * @reader: the practice's records
 * @object: a record that shall be deleted
 * @error: %WATTLE_ERROR_FORBIDDEN for the field "legal_hold"
 *
 * Returns: whether no legal hold keeps it
 */
gboolean
wattle_policy_check_hold (WattleReader *reader, WattleRecord *object, GError **error)
{
  g_autoptr (WattleRecord) patient = NULL;

  if (wattle_record_type (object)->scope != WATTLE_SCOPE_PATIENT || wattle_record_scope_id (object) == NULL)
    return TRUE;
  patient = wattle_reader_get (reader, WATTLE_RECORD_PATIENT, wattle_record_scope_id (object), NULL);
  if (patient == NULL || !wattle_record_get_boolean (patient, WATTLE_PATIENT_LEGAL_HOLD))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "legal_hold", "%s",
                          _("This record is under a legal hold. Nothing of it is deleted until a manager lifts it."));
  return FALSE;
}

/**
 * wattle_policy_check_read:
 * @actor: who asks
 * @reader: the practice's records
 * @object: a record
 * @error: as for wattle_policy_check()
 *
 * Returns: whether the actor may read @object, as far as wattle_policy_field_mask() goes
 */
gboolean
wattle_policy_check_read (const WattleActor *actor, WattleReader *reader, WattleRecord *object, GError **error)
{
  return wattle_policy_check (read_classes[wattle_policy_access_of (object)], actor, reader, object, error);
}

/**
 * wattle_policy_check_write:
 * @actor: who asks
 * @reader: the practice's records
 * @object: a record of a type without operations of its own
 * @error: as for wattle_policy_check()
 *
 * Returns: whether the actor may change @object
 */
gboolean
wattle_policy_check_write (const WattleActor *actor, WattleReader *reader, WattleRecord *object, GError **error)
{
  return wattle_policy_check (write_classes[wattle_record_type (object)->access], actor, reader, object, error);
}

/* Whether a practitioner mainly cares for a patient, or has or had a visit within the window that counts. */
static gboolean
treats (WattleReader *reader, WattleRecord *patient, const char *practitioner)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  gint64 since = wattle_setting_care_since (reader);

  if (is_mine (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER, practitioner))
    return TRUE;
  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PATIENT, wattle_record_id (patient));
  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PRACTITIONER, practitioner);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_ONE_OF,
                      ((1u << WATTLE_N_APPOINTMENT_STATUS) - 1) & ~(1u << WATTLE_APPOINTMENT_STATUS_CANCELLED));
  if (since > 0)
    wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, since);
  return wattle_reader_count (reader, &query, NULL) > 0;
}

static gboolean
supervises (WattleReader *reader, WattleRecord *patient, const char *supervisor)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PRACTITIONER);
  g_autoptr (GPtrArray) supervised = NULL;

  wattle_query_where_text (&query, WATTLE_PRACTITIONER_SUPERVISOR, supervisor);
  supervised = wattle_reader_query (reader, &query, NULL);
  for (guint i = 0; supervised != NULL && i < supervised->len; i++)
    if (treats (reader, patient, wattle_record_id (supervised->pdata[i])))
      return TRUE;
  return FALSE;
}

static WattleCare
granted (WattleReader *reader, const char *patient, const char *practitioner)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_ACCESS_GRANT);
  g_autoptr (GPtrArray) grants = NULL;
  WattleCare care = WATTLE_CARE_NONE;

  wattle_query_where_text (&query, WATTLE_ACCESS_GRANT_PATIENT, patient);
  wattle_query_where_text (&query, WATTLE_ACCESS_GRANT_PRACTITIONER, practitioner);
  wattle_query_where (&query, WATTLE_ACCESS_GRANT_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_ACCESS_STATUS_ACTIVE);
  grants = wattle_reader_query (reader, &query, NULL);
  for (guint i = 0; grants != NULL && i < grants->len; i++)
    care = MAX (care, wattle_record_get_integer (grants->pdata[i], WATTLE_ACCESS_GRANT_KIND)
                          == WATTLE_ACCESS_KIND_EMERGENCY
                        ? WATTLE_CARE_EMERGENCY
                        : WATTLE_CARE_FULL);
  return care;
}

/**
 * wattle_policy_care:
 * @actor: who asks
 * @reader: the practice's records
 * @patient: (nullable): id of a patient
 *
 * A matter of records alone, never of the hour: what a clock ends (an access, the window of visits) is ended by an
 * act of the server, so that gain and loss have their place in the order of changes.
 *
 * Returns: how the actor, if a clinician, stands to the patient: by being the primary practitioner, by a visit, by
 *   supervising somebody who is or has that, or by an access that was given or taken
 */
WattleCare
wattle_policy_care (const WattleActor *actor, WattleReader *reader, const char *patient)
{
  g_autoptr (WattleRecord) record = NULL;

  if (!holds_role (actor) || actor->role != WATTLE_ROLE_CLINICIAN || actor->practitioner == NULL || patient == NULL)
    return WATTLE_CARE_NONE;
  record = wattle_reader_get (reader, WATTLE_RECORD_PATIENT, patient, NULL);
  if (record == NULL)
    return WATTLE_CARE_NONE;
  if (treats (reader, record, actor->practitioner) || supervises (reader, record, actor->practitioner))
    return WATTLE_CARE_FULL;
  return granted (reader, patient, actor->practitioner);
}

gboolean
wattle_policy_cares_for (const WattleActor *actor, WattleReader *reader, const char *patient)
{
  return wattle_policy_care (actor, reader, patient) != WATTLE_CARE_NONE;
}
