/* policy.c: who may do and see what
 *
 * The columns of the table follow enum role: patient, clinician, reception,
 * manager, owner, administrator.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/policy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "domain/scheduling.h"
#include "domain/settings.h"

#define NONE WATTLE_REACH_NONE
#define SELF WATTLE_REACH_SELF
#define OWN WATTLE_REACH_OWN_PATIENTS
#define ALL WATTLE_REACH_PRACTICE

/* Columns that many rows share. */
#define EVERYONE { ALL, ALL, ALL, ALL, ALL, ALL }
#define EVERYONE_SELF { SELF, SELF, SELF, SELF, SELF, SELF }
#define STAFF { NONE, ALL, ALL, ALL, ALL, ALL }
#define CARE { NONE, OWN, ALL, ALL, NONE, NONE }
#define CLINICIANS { NONE, OWN, NONE, NONE, NONE, NONE }
#define RUNNING { NONE, NONE, NONE, ALL, NONE, ALL }
#define ACCOUNTS { NONE, NONE, NONE, ALL, ALL, ALL }

static const WattlePolicyRule rules[] = {
  /* reading rows, by access class */
  { "read:practice", { SELF, ALL, ALL, ALL, ALL, ALL }, FALSE, "Places, people on the staff, services, prices." },
  { "read:account", { SELF, SELF, SELF, SELF, SELF, ALL }, FALSE, "Devices." },
  { "read:contact", { SELF, OWN, ALL, ALL, NONE, NONE }, FALSE, "Who a patient is and how to reach them." },
  { "read:schedule", { SELF, OWN, ALL, ALL, NONE, NONE }, FALSE, "Visits with the names of patients." },
  { "read:diary", { NONE, ALL, ALL, ALL, NONE, NONE }, FALSE, "Busy times without names." },
  { "read:clinical",
    { SELF, OWN, NONE, NONE, NONE, NONE },
    FALSE,
    "Clinical content; a manager's by managers_read_notes." },
  { "read:financial", { SELF, OWN, ALL, ALL, NONE, NONE }, FALSE, "Invoices and payments." },
  { "read:audit",
    { SELF, SELF, NONE, ALL, ALL, ALL },
    FALSE,
    "Who did or saw what: a person's own, or the practice's." },

  /* writing plain rows with record.create and its kin, by access class */
  { "write:practice",
    { NONE, SELF, NONE, ALL, NONE, ALL },
    FALSE,
    "Places, services, prices; a clinician's own diary." },
  { "write:account", { NONE, NONE, NONE, NONE, NONE, NONE }, FALSE, "Devices change by their own operations." },
  { "write:contact", CARE, FALSE, "Who a patient is and how to reach them." },
  { "write:schedule", CARE, FALSE, "Visits." },
  { "write:clinical", CLINICIANS, FALSE, "Problems and medicines." },
  { "write:financial", CARE, FALSE, "Invoices and payments." },
  { "write:audit", { NONE, NONE, NONE, NONE, NONE, NONE }, FALSE, "Nobody writes the audit trail by hand." },

  /* operations */
  { "record.create", { NONE, ALL, ALL, ALL, NONE, ALL }, FALSE, "Further limited by write:…" },
  { "record.change", { NONE, ALL, ALL, ALL, NONE, ALL }, FALSE, "Further limited by write:…" },
  { "record.delete", { NONE, ALL, ALL, ALL, NONE, ALL }, FALSE, "Further limited by write:…" },
  { "record.restore", { NONE, ALL, ALL, ALL, NONE, ALL }, FALSE, "Further limited by write:…" },
  { "appointment.book", CARE, FALSE, "Book a visit." },
  { "appointment.move", CARE, FALSE, "Move a visit." },
  { "appointment.change", CARE, FALSE, "Change what a visit is about." },
  { "appointment.cancel", CARE, FALSE, "Cancel a visit." },
  { "appointment.arrive", CARE, FALSE, "Note that the patient is there." },
  { "appointment.start", CARE, FALSE, "Begin a visit." },
  { "appointment.no_show", CARE, FALSE, "Note that the patient did not come." },
  { "appointment.revert", CARE, FALSE, "Take back the last of these." },
  { "visit.complete", CARE, FALSE, "End a visit and bill it." },
  { "note.save", CLINICIANS, FALSE, "Keep one's own draft." },
  { "note.sign", CLINICIANS, FALSE, "Sign one's own note." },
  { "note.addend", CLINICIANS, FALSE, "Add to a signed note." },
  { "note.discard", CLINICIANS, FALSE, "Throw one's own draft away." },
  { "note.release", CLINICIANS, FALSE, "Let the patient read one's own signed note." },
  { "invoice.create", CARE, FALSE, "Make an invoice by hand." },
  { "invoice.issue", CARE, FALSE, "Issue a draft." },
  { "invoice.write_off", { NONE, NONE, NONE, ALL, NONE, NONE }, FALSE, "Give up what is owed." },
  { "payment.record", CARE, FALSE, "Take a payment." },
  { "payment.reverse", CARE, FALSE, "Take back a payment entered by mistake." },
  { "prescription.sign", CLINICIANS, FALSE, "Prescribe." },
  { "prescription.cancel", CLINICIANS, FALSE, "Withdraw one's own prescription." },
  { "document.file", CARE, FALSE, "Put a file into a record." },
  { "user.invite", ACCOUNTS, FALSE, "Add a person; which roles depends on one's own." },
  { "user.change_profile", EVERYONE_SELF, FALSE, "Change one's own name and address." },
  { "user.set_roles", ACCOUNTS, FALSE, "Give and take roles; which depends on one's own." },
  { "user.disable", ACCOUNTS, FALSE, "Keep a person from signing in." },
  { "user.enable", ACCOUNTS, FALSE, "Let a disabled person sign in again." },
  { "device.rename", { SELF, SELF, SELF, SELF, SELF, ALL }, FALSE, "Name a device." },
  { "device.revoke", { SELF, SELF, SELF, SELF, SELF, ALL }, FALSE, "Refuse a device from now on." },
  { "device.approve", RUNNING, FALSE, "Let a new device in." },
  { "setting.set", RUNNING, FALSE, "Make a choice of the practice." },

  /* routes */
  { "GET /v1/hello", EVERYONE, TRUE, "Versions and limits; the cursor only with a session." },
  { "POST /v1/setup", EVERYONE, TRUE, "The first practice and administrator, once." },
  { "POST /v1/sessions", EVERYONE, TRUE, "Sign in." },
  { "POST /v1/sessions/refresh", EVERYONE, TRUE, "Rotate the tokens; proves itself by the refresh token." },
  { "POST /v1/sessions/role", EVERYONE_SELF, FALSE, "Use another of one's roles." },
  { "DELETE /v1/sessions/current", EVERYONE_SELF, FALSE, "Sign out." },
  { "POST /v1/sessions/confirm", EVERYONE_SELF, FALSE, "Check one's own password." },
  { "POST /v1/account/password", EVERYONE_SELF, FALSE, "Change one's own password." },
  { "POST /v1/account/totp", EVERYONE_SELF, FALSE, "Begin one's own second factor." },
  { "PUT /v1/account/totp", EVERYONE_SELF, FALSE, "Confirm one's own second factor." },
  { "DELETE /v1/account/totp", EVERYONE_SELF, FALSE, "Remove one's own second factor." },
  { "GET /v1/devices", { SELF, SELF, SELF, SELF, SELF, ALL }, FALSE, "Devices." },
  { "GET /v1/devices/{id}", { SELF, SELF, SELF, SELF, SELF, ALL }, FALSE, "One device." },
  { "POST /v1/devices/{id}/approve", RUNNING, FALSE, "Let a new device in." },
  { "POST /v1/devices/{id}/revoke", { SELF, SELF, SELF, SELF, SELF, ALL }, FALSE, "Refuse a device from now on." },
  { "PATCH /v1/devices/{id}", { SELF, SELF, SELF, SELF, SELF, ALL }, FALSE, "Name a device." },
  { "GET /v1/users", ACCOUNTS, FALSE, "Everybody who may sign in." },
  { "POST /v1/users", RUNNING, FALSE, "Add a person with a first password; which roles depends on one's own." },
  { "POST /v1/operations", EVERYONE, FALSE, "Each operation has its own rule." },
  { "GET /v1/changes", EVERYONE, FALSE, "Rows by read:…" },
  { "GET /v1/snapshot", EVERYONE, FALSE, "Rows by read:…" },
  { "GET /v1/events", EVERYONE, FALSE, "Pokes without content." },
  { "HEAD /v1/blobs/{hash}", EVERYONE, FALSE, "By the document that names it." },
  { "GET /v1/blobs/{hash}", EVERYONE, FALSE, "By the document that names it." },
  { "PATCH /v1/blobs/{hash}", CARE, FALSE, "Upload a piece." },
  { "GET /v1/audit", ACCOUNTS, FALSE, "Who did or saw what." },
  { "GET /v1/health", EVERYONE, TRUE, "Whether the server is well." },
  { "GET /v1/metrics", EVERYONE, TRUE, "Counters without names; the server answers it on loopback alone." },
  { "GET /v1/openapi.json", EVERYONE, TRUE, "The description of the interface." },
  { "GET /v1/docs", EVERYONE, TRUE, "The readable page of the interface." },
};

static const char *const read_classes[WATTLE_N_ACCESS] = {
  [WATTLE_ACCESS_PRACTICE] = "read:practice",   [WATTLE_ACCESS_ACCOUNT] = "read:account",
  [WATTLE_ACCESS_CONTACT] = "read:contact",     [WATTLE_ACCESS_SCHEDULE] = "read:schedule",
  [WATTLE_ACCESS_CLINICAL] = "read:clinical",   [WATTLE_ACCESS_FINANCIAL] = "read:financial",
  [WATTLE_ACCESS_AUDIT] = "read:audit",
};

static const char *const write_classes[WATTLE_N_ACCESS] = {
  [WATTLE_ACCESS_PRACTICE] = "write:practice",  [WATTLE_ACCESS_ACCOUNT] = "write:account",
  [WATTLE_ACCESS_CONTACT] = "write:contact",    [WATTLE_ACCESS_SCHEDULE] = "write:schedule",
  [WATTLE_ACCESS_CLINICAL] = "write:clinical",  [WATTLE_ACCESS_FINANCIAL] = "write:financial",
  [WATTLE_ACCESS_AUDIT] = "write:audit",
};

static const guint field_masks[WATTLE_N_ROLE] = {
  [WATTLE_ROLE_PATIENT] = WATTLE_FIELD_CLINICAL | WATTLE_FIELD_FINANCIAL | WATTLE_FIELD_CONTACT,
  [WATTLE_ROLE_CLINICIAN] = WATTLE_FIELD_CLINICAL | WATTLE_FIELD_FINANCIAL | WATTLE_FIELD_CONTACT,
  [WATTLE_ROLE_RECEPTION] = WATTLE_FIELD_FINANCIAL | WATTLE_FIELD_CONTACT,
  [WATTLE_ROLE_MANAGER] = WATTLE_FIELD_FINANCIAL | WATTLE_FIELD_CONTACT,
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
                          code == WATTLE_ERROR_NOT_FOUND ? _("There is nothing here that you may see.")
                                                         : _("Your role does not allow this."));
  return FALSE;
}

static gboolean
is_mine (WattleRecord *object, WattleFieldId field, const char *mine)
{
  return mine != NULL && g_strcmp0 (wattle_record_get_string (object, field), mine) == 0;
}

/* What a patient may see of their own record: nothing clinical that nobody has released or handed over. */
static gboolean
is_released (WattleRecord *object)
{
  switch (wattle_record_type (object)->id)
    {
    case WATTLE_RECORD_PROGRESS_NOTE:
      return wattle_record_get_integer (object, WATTLE_PROGRESS_NOTE_STATUS) == WATTLE_NOTE_STATUS_SIGNED
             && wattle_record_get_boolean (object, WATTLE_PROGRESS_NOTE_RELEASED);
    case WATTLE_RECORD_PRESCRIPTION:
      return wattle_record_get_integer (object, WATTLE_PRESCRIPTION_STATUS) != WATTLE_PRESCRIPTION_STATUS_DRAFT;
    case WATTLE_RECORD_DOCUMENT:
      return wattle_record_get_integer (object, WATTLE_DOCUMENT_KIND) <= WATTLE_DOCUMENT_KIND_PRESCRIPTION;
    case WATTLE_RECORD_PRESCRIPTION_LINE:
      return TRUE;
    case WATTLE_RECORD_INVOICE:
      return wattle_record_get_integer (object, WATTLE_INVOICE_STATUS) != WATTLE_INVOICE_STATUS_DRAFT;
    default:
      return wattle_record_type (object)->access != WATTLE_ACCESS_CLINICAL;
    }
}

static gboolean
is_self (const WattleActor *actor, WattleRecord *object)
{
  const WattleType *type = wattle_record_type (object);
  gboolean clinician = actor->role == WATTLE_ROLE_CLINICIAN;

  if (actor->role == WATTLE_ROLE_PATIENT && type->scope == WATTLE_SCOPE_PATIENT)
    return actor->patient != NULL && g_strcmp0 (wattle_record_scope_id (object), actor->patient) == 0
           && is_released (object);
  switch (type->id)
    {
    case WATTLE_RECORD_PRACTICE:
      return g_strcmp0 (wattle_record_id (object), actor->practice) == 0 && !clinician;
    case WATTLE_RECORD_USER:
      return g_strcmp0 (wattle_record_id (object), actor->user) == 0;
    case WATTLE_RECORD_DEVICE:
      return is_mine (object, WATTLE_DEVICE_USER, actor->user);
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
is_own_patient (const WattleActor *actor, WattleReader *reader, WattleRecord *object)
{
  if (wattle_record_type (object)->scope != WATTLE_SCOPE_PATIENT)
    return FALSE;
  /* A patient who is being entered is nobody's yet but for what the new record says. */
  if (wattle_record_type (object)->id == WATTLE_RECORD_PATIENT && wattle_record_revision (object) == 0
      && is_mine (object, WATTLE_PATIENT_PRIMARY_PRACTITIONER, actor->practitioner))
    return TRUE;
  return is_own_schedule (actor, object)
         || wattle_policy_cares_for (actor, reader, wattle_record_scope_id (object));
}

/* A draft is its author's alone, to read as well. */
static gboolean
is_draft_of_another (const WattleActor *actor, WattleRecord *object)
{
  return wattle_record_type (object)->id == WATTLE_RECORD_PROGRESS_NOTE && !is_system (actor)
         && wattle_record_get_integer (object, WATTLE_PROGRESS_NOTE_STATUS) == WATTLE_NOTE_STATUS_DRAFT
         && !is_mine (object, WATTLE_PROGRESS_NOTE_AUTHOR, actor->practitioner);
}

static gboolean
covers (WattleReach reach, const WattleActor *actor, WattleReader *reader, WattleRecord *object)
{
  if (is_draft_of_another (actor, object))
    return FALSE;
  switch (reach)
    {
    case WATTLE_REACH_PRACTICE:
      return TRUE;
    case WATTLE_REACH_OWN_PATIENTS:
      return is_self (actor, object) || is_own_patient (actor, reader, object);
    case WATTLE_REACH_SELF:
      return is_self (actor, object);
    default:
      return FALSE;
    }
}

/* A printed invoice or receipt is for those who bill, though documents are clinical. */
static WattleAccess
access_of (WattleRecord *object)
{
  const WattleType *type = wattle_record_type (object);

  if (type->id == WATTLE_RECORD_DOCUMENT && wattle_record_has (object, WATTLE_DOCUMENT_KIND)
      && wattle_record_get_integer (object, WATTLE_DOCUMENT_KIND) <= WATTLE_DOCUMENT_KIND_RECEIPT)
    return WATTLE_ACCESS_FINANCIAL;
  return type->access;
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
  if (type->scope == WATTLE_SCOPE_PATIENT && type->id != WATTLE_RECORD_PATIENT)
    return !is_kept (reader, WATTLE_RECORD_PATIENT, wattle_record_scope_id (object));
  if (type->scope == WATTLE_SCOPE_USER)
    return !is_kept (reader, WATTLE_RECORD_USER, wattle_record_scope_id (object));
  return FALSE;
}

/**
 * wattle_policy_rules:
 * @n_rules: (out): how many there are
 *
 * Returns: (array length=n_rules) (transfer none): every rule
 */
const WattlePolicyRule *
wattle_policy_rules (guint *n_rules)
{
  *n_rules = G_N_ELEMENTS (rules);
  return rules;
}

/**
 * wattle_policy_find:
 * @name: (nullable): a route, an operation or a class of rows
 *
 * Returns: (nullable) (transfer none): its rule
 */
const WattlePolicyRule *
wattle_policy_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_strcmp0 (rules[i].name, name) == 0)
      return &rules[i];
  return NULL;
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
  if (actor->role == WATTLE_ROLE_CLINICIAN && rule->reach[actor->role] == WATTLE_REACH_OWN_PATIENTS
      && wattle_setting_get_boolean (reader, "clinicians_see_all_patients"))
    return WATTLE_REACH_PRACTICE;
  if (actor->role == WATTLE_ROLE_MANAGER && strcmp (name, "read:clinical") == 0
      && wattle_setting_get_boolean (reader, "managers_read_notes"))
    return WATTLE_REACH_PRACTICE;
  return rule->reach[actor->role];
}

/**
 * wattle_policy_read_reach:
 * @type: a record type
 * @actor: who asks
 * @reader: (nullable): the practice's records, for its settings
 *
 * What a single row may say on top of that, ask wattle_policy_check_read(): a draft is its author's alone, a
 * printed invoice is for those who bill.
 *
 * Returns: which rows of @type the actor may read
 */
WattleReach
wattle_policy_read_reach (const WattleType *type, const WattleActor *actor, WattleReader *reader)
{
  return wattle_policy_reach (read_classes[type->access], actor, reader);
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
    return WATTLE_FIELD_CLINICAL | WATTLE_FIELD_FINANCIAL | WATTLE_FIELD_CONTACT;
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
  WattleReach reach = wattle_policy_reach (name, actor, reader);

  if (rule == NULL)
    return refuse (error, WATTLE_ERROR_FORBIDDEN);
  if (rule->public_ && object == NULL)
    return TRUE;
  if (object != NULL && is_foreign (actor, reader, object))
    return refuse (error, WATTLE_ERROR_NOT_FOUND);
  if (reach == WATTLE_REACH_NONE)
    return refuse (error, WATTLE_ERROR_FORBIDDEN);
  if (object == NULL || covers (reach, actor, reader, object))
    return TRUE;
  reach = wattle_policy_reach (read_classes[access_of (object)], actor, reader);
  return refuse (error,
                 covers (reach, actor, reader, object) ? WATTLE_ERROR_FORBIDDEN : WATTLE_ERROR_NOT_FOUND);
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
  return wattle_policy_check (read_classes[access_of (object)], actor, reader, object, error);
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

/**
 * wattle_policy_cares_for:
 * @actor: who asks
 * @reader: the practice's records
 * @patient: (nullable): id of a patient
 *
 * Returns: whether the actor is a clinician and the patient's primary practitioner, or has or had a visit with
 *   the patient that was not cancelled
 */
gboolean
wattle_policy_cares_for (const WattleActor *actor, WattleReader *reader, const char *patient)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (WattleRecord) record = NULL;

  if (!holds_role (actor) || actor->role != WATTLE_ROLE_CLINICIAN || actor->practitioner == NULL || patient == NULL)
    return FALSE;
  record = wattle_reader_get (reader, WATTLE_RECORD_PATIENT, patient, NULL);
  if (record == NULL)
    return FALSE;
  if (is_mine (record, WATTLE_PATIENT_PRIMARY_PRACTITIONER, actor->practitioner))
    return TRUE;
  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PATIENT, patient);
  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PRACTITIONER, actor->practitioner);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_ONE_OF,
                      ((1u << WATTLE_N_APPOINTMENT_STATUS) - 1) & ~(1u << WATTLE_APPOINTMENT_STATUS_CANCELLED));
  return wattle_reader_count (reader, &query, NULL) > 0;
}
