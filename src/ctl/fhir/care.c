/* care.c: bookings, visits, problems and medicines of imported patients
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "ctl/fhir/import-private.h"
#include "domain/scheduling.h"

/**
 * fhir_imported_practitioner:
 * @self: the import
 * @error: the store failed
 *
 * Visits whose practitioner is not known here go to one that stands for them
 * all, whose diary is closed.
 *
 * Returns: (transfer full) (nullable): its id
 */
char *
fhir_imported_practitioner (FhirImport *self, GError **error)
{
  g_autofree char *id = wattle_id_derive ("fhir", "imported-records");
  g_autoptr (WattleRecord) there = wattle_reader_get (self->reader, WATTLE_RECORD_PRACTITIONER, id, NULL);
  g_autoptr (WattleRecord) made = NULL;

  if (there != NULL)
    return g_steal_pointer (&id);
  made = wattle_record_new (WATTLE_RECORD_PRACTITIONER);
  wattle_record_set_id (made, id);
  wattle_record_set_changed (made, self->now, NULL);
  wattle_record_set_string (made, WATTLE_PRACTITIONER_GIVEN_NAMES, "Imported");
  wattle_record_set_string (made, WATTLE_PRACTITIONER_FAMILY_NAME, "records");
  wattle_record_set_integer (made, WATTLE_PRACTITIONER_PROFESSION, WATTLE_PROFESSION_OTHER);
  wattle_record_set_integer (made, WATTLE_PRACTITIONER_ACTIVE, FALSE);
  return wattle_transaction_put (self->transaction, made, error) ? g_steal_pointer (&id) : NULL;
}

/* Who a reference to a Practitioner or a PractitionerRole stands for, or NULL. */
static char *
practitioner_of (FhirImport *self, FhirEntry *entry, WattleJsonNode reference)
{
  g_autofree char *key = NULL;
  char *id = fhir_record (self, entry, reference, WATTLE_RECORD_PRACTITIONER);
  FhirEntry *role;

  if (id != NULL)
    return id;
  role = fhir_find (self, entry, reference, &key);
  return role != NULL ? fhir_recall (self, "role", role->key) : key != NULL ? fhir_recall (self, "role", key) : NULL;
}

/* The first of the participants, under that name, who is one of ours. */
static char *
participant_of (FhirImport *self, FhirEntry *entry, const char *name, WattleRecordType type)
{
  FhirEach each = fhir_each (entry->node, "participant");
  WattleJsonNode participant;
  char *id = NULL;

  while (id == NULL && fhir_next (&each, &participant))
    {
      WattleJsonNode reference = fhir_one (participant, name);

      id = type == WATTLE_RECORD_PRACTITIONER ? practitioner_of (self, entry, reference)
                                              : fhir_record (self, entry, reference, type);
    }
  return id;
}

static gboolean
set_practitioner (FhirImport *self, FhirEntry *entry, WattleRecord *visit, const char *name, GError **error)
{
  g_autofree char *practitioner = participant_of (self, entry, name, WATTLE_RECORD_PRACTITIONER);

  if (practitioner == NULL)
    {
      practitioner = fhir_imported_practitioner (self, error);
      if (practitioner == NULL)
        return FALSE;
      if (wattle_json_exists (fhir_one (entry->node, "participant")))
        fhir_warn (self, entry, _("its practitioner is not here: it stands under “Imported records”"));
    }
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_PRACTITIONER, practitioner);
  return TRUE;
}

static void
set_place (FhirImport *self, WattleRecord *visit, const char *location)
{
  const char *id = location != NULL ? location : self->location;
  g_autoptr (WattleRecord) place =
    id != NULL ? wattle_reader_get (self->reader, WATTLE_RECORD_LOCATION, id, NULL) : NULL;

  wattle_record_set_string (visit, WATTLE_APPOINTMENT_LOCATION, id);
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_ZONE,
                            place != NULL ? wattle_record_get_string (place, WATTLE_LOCATION_ZONE) : self->zone);
}

/* Says why a visit of these times cannot be kept, or NULL. */
static const char *
set_times (WattleRecord *visit, const char *start, const char *end, gint64 minutes)
{
  gint64 from, to;

  if (start == NULL)
    return _("it does not say when it starts");
  if (!wattle_instant_parse (start, &from, NULL))
    return _("its start has no time of day with a zone");
  if (end == NULL && minutes <= 0)
    return _("it does not say when it ends");
  if (end != NULL && !wattle_instant_parse (end, &to, NULL))
    return _("its end has no time of day with a zone");
  if (end == NULL)
    to = from + MIN (minutes, 100000) * WATTLE_MINUTE;
  if (to <= from)
    return _("it does not end after it starts");
  if (to - from > WATTLE_APPOINTMENT_MAX_HOURS * WATTLE_HOUR)
    return _("it lasts longer than a day: stays in hospital have no home here yet");
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_STARTS_AT, from);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_ENDS_AT, to);
  return NULL;
}

static void
set_reason (FhirImport *self, FhirEntry *entry, WattleRecord *visit)
{
  static const char *const names[] = { "reasonCode", "type", "serviceType", "appointmentType" };
  const char *text = NULL;

  for (guint i = 0; text == NULL && i < G_N_ELEMENTS (names); i++)
    text = fhir_concept_text (fhir_one (entry->node, names[i]));
  fhir_set_text (self, entry, visit, WATTLE_APPOINTMENT_REASON, text);
}

static void
set_status (WattleRecord *visit, int status)
{
  gint64 start = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT);

  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_STATUS, status);
  if (status != WATTLE_APPOINTMENT_STATUS_COMPLETED)
    return;
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_STARTED_AT, start);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_COMPLETED_AT,
                             wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ENDS_AT));
}

static const struct
{
  const char *fhir;
  int status;
} appointment_statuses[] = {
  { "proposed", WATTLE_APPOINTMENT_STATUS_TENTATIVE },  { "pending", WATTLE_APPOINTMENT_STATUS_TENTATIVE },
  { "booked", WATTLE_APPOINTMENT_STATUS_BOOKED },       { "arrived", WATTLE_APPOINTMENT_STATUS_ARRIVED },
  { "checked-in", WATTLE_APPOINTMENT_STATUS_ARRIVED },  { "fulfilled", WATTLE_APPOINTMENT_STATUS_COMPLETED },
  { "cancelled", WATTLE_APPOINTMENT_STATUS_CANCELLED }, { "noshow", WATTLE_APPOINTMENT_STATUS_NO_SHOW },
};

gboolean
fhir_take_appointment (FhirImport *self, FhirEntry *entry, GError **error)
{
  g_autoptr (WattleRecord) visit = wattle_record_new (WATTLE_RECORD_APPOINTMENT);
  g_autofree char *patient = participant_of (self, entry, "actor", WATTLE_RECORD_PATIENT);
  g_autofree char *location = participant_of (self, entry, "actor", WATTLE_RECORD_LOCATION);
  const char *status = fhir_text (entry->node, "status"), *problem;
  gint64 minutes = 0;
  int found = -1;

  for (guint i = 0; i < G_N_ELEMENTS (appointment_statuses); i++)
    if (g_strcmp0 (status, appointment_statuses[i].fhir) == 0)
      found = appointment_statuses[i].status;
  if (found < 0)
    return fhir_refuse (self, entry, _("its status is none that a booking has here"));
  if (patient == NULL)
    return fhir_refuse_missing (self, entry, _("its patient is not here"));
  fhir_integer (entry->node, "minutesDuration", &minutes);
  problem = set_times (visit, fhir_text (entry->node, "start"), fhir_text (entry->node, "end"), minutes);
  if (problem != NULL)
    return fhir_refuse (self, entry, problem);
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_PATIENT, patient);
  set_place (self, visit, location);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_MODALITY, WATTLE_MODALITY_IN_PERSON);
  set_status (visit, found);
  set_reason (self, entry, visit);
  return set_practitioner (self, entry, visit, "actor", error) && fhir_keep_counted (self, entry, visit, error);
}

/* v3-ActCode: virtual, home health; all else is where the patient came. */
static int
modality_of (WattleJsonNode node)
{
  const char *code = fhir_text (node, "class.code");

  return g_strcmp0 (code, "VR") == 0   ? WATTLE_MODALITY_VIDEO
         : g_strcmp0 (code, "HH") == 0 ? WATTLE_MODALITY_HOME_VISIT
                                       : WATTLE_MODALITY_IN_PERSON;
}

gboolean
fhir_take_encounter (FhirImport *self, FhirEntry *entry, GError **error)
{
  g_autoptr (WattleRecord) visit = wattle_record_new (WATTLE_RECORD_APPOINTMENT);
  g_autofree char *patient = fhir_record (self, entry, fhir_one (entry->node, "subject"), WATTLE_RECORD_PATIENT);
  g_autofree char *location =
    fhir_record (self, entry, fhir_path (entry->node, "location.location"), WATTLE_RECORD_LOCATION);
  const char *problem;

  if (g_strcmp0 (fhir_text (entry->node, "status"), "finished") != 0)
    return fhir_refuse (self, entry, _("it is not finished"));
  problem = set_times (visit, fhir_text (entry->node, "period.start"), fhir_text (entry->node, "period.end"), 0);
  if (problem != NULL)
    return fhir_refuse (self, entry, problem);
  if (patient == NULL)
    return fhir_refuse_missing (self, entry, _("its patient is not here"));
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_PATIENT, patient);
  set_place (self, visit, location);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_MODALITY, modality_of (entry->node));
  set_status (visit, WATTLE_APPOINTMENT_STATUS_COMPLETED);
  set_reason (self, entry, visit);
  return set_practitioner (self, entry, visit, "individual", error) && fhir_keep_counted (self, entry, visit, error);
}

static int
condition_status (WattleJsonNode node)
{
  WattleJsonNode status = fhir_one (node, "clinicalStatus");

  if (fhir_has_code (status, "resolved"))
    return WATTLE_CONDITION_STATUS_RESOLVED;
  if (fhir_has_code (status, "inactive") || fhir_has_code (status, "remission"))
    return WATTLE_CONDITION_STATUS_INACTIVE;
  if (!wattle_json_exists (status) && fhir_text (node, "abatementDateTime") != NULL)
    return WATTLE_CONDITION_STATUS_RESOLVED;
  return WATTLE_CONDITION_STATUS_ACTIVE;
}

gboolean
fhir_take_condition (FhirImport *self, FhirEntry *entry, GError **error)
{
  g_autoptr (WattleRecord) condition = wattle_record_new (WATTLE_RECORD_CONDITION);
  g_autofree char *patient = fhir_record (self, entry, fhir_one (entry->node, "subject"), WATTLE_RECORD_PATIENT);
  WattleJsonNode code = fhir_one (entry->node, "code");
  WattleJsonNode verification = fhir_one (entry->node, "verificationStatus");
  g_autofree char *coded = fhir_concept_code (code);

  if (fhir_has_code (verification, "entered-in-error") || fhir_has_code (verification, "refuted"))
    return fhir_refuse (self, entry, _("the source says that it is not so"));
  if (fhir_concept_text (code) == NULL)
    return fhir_refuse (self, entry, _("it does not say in words what it is"));
  if (patient == NULL)
    return fhir_refuse_missing (self, entry, _("its patient is not here"));
  wattle_record_set_string (condition, WATTLE_CONDITION_PATIENT, patient);
  fhir_set_text (self, entry, condition, WATTLE_CONDITION_NAME, fhir_concept_text (code));
  wattle_record_set_integer (condition, WATTLE_CONDITION_STATUS, condition_status (entry->node));
  fhir_set_date (self, entry, condition, WATTLE_CONDITION_ONSET_DATE, fhir_text (entry->node, "onsetDateTime"));
  fhir_set_date (self, entry, condition, WATTLE_CONDITION_RESOLVED_DATE, fhir_text (entry->node, "abatementDateTime"));
  fhir_set_text (self, entry, condition, WATTLE_CONDITION_CODE, coded);
  return fhir_keep_counted (self, entry, condition, error);
}

/* A Medication has no record of its own: what points to it takes its name. */
gboolean
fhir_take_medication (FhirImport *self, FhirEntry *entry, GError **error)
{
  const char *name = fhir_concept_text (fhir_one (entry->node, "code"));

  if (name == NULL)
    return fhir_refuse (self, entry, _("it does not say in words what it is"));
  if (!fhir_remember (self, "medication", entry, name, error))
    return FALSE;
  wattle_fhir_report_count (self->report, entry->type, WATTLE_FHIR_USED, NULL, NULL);
  return TRUE;
}

static char *
medicine_name (FhirImport *self, FhirEntry *entry)
{
  const char *name = fhir_concept_text (fhir_one (entry->node, "medicationCodeableConcept"));
  g_autofree char *key = NULL;
  FhirEntry *medication;

  if (name != NULL)
    return g_strdup (name);
  medication = fhir_find (self, entry, fhir_one (entry->node, "medicationReference"), &key);
  if (medication != NULL)
    return g_strdup (fhir_concept_text (fhir_one (medication->node, "code")));
  return key != NULL ? fhir_recall (self, "medication", key)
                     : g_strdup (fhir_text (entry->node, "medicationReference.display"));
}

static char *
directions_of (WattleJsonNode node)
{
  GString *out = g_string_new (NULL);
  static const char *const names[] = { "dosageInstruction", "dosage" };
  WattleJsonNode dosage;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (FhirEach each = fhir_each (node, names[i]); fhir_next (&each, &dosage);)
      {
        const char *text = fhir_text (dosage, "text");

        if (text == NULL)
          text = fhir_text (dosage, "patientInstruction");
        if (text != NULL)
          g_string_append_printf (out, "%s%s", out->len > 0 ? "; " : "", text);
      }
  if (out->len > 0)
    return g_string_free (out, FALSE);
  g_string_free (out, TRUE);
  return NULL;
}

static const struct
{
  const char *fhir;
  int status;
} medication_statuses[] = {
  { "active", WATTLE_MEDICATION_STATUS_CURRENT },    { "on-hold", WATTLE_MEDICATION_STATUS_STOPPED },
  { "completed", WATTLE_MEDICATION_STATUS_STOPPED }, { "stopped", WATTLE_MEDICATION_STATUS_STOPPED },
  { "cancelled", WATTLE_MEDICATION_STATUS_STOPPED },
};

/* MedicationRequest and MedicationStatement: what the patient takes or took. */
gboolean
fhir_take_medication_use (FhirImport *self, FhirEntry *entry, GError **error)
{
  g_autoptr (WattleRecord) medication = wattle_record_new (WATTLE_RECORD_MEDICATION);
  g_autofree char *patient = fhir_record (self, entry, fhir_one (entry->node, "subject"), WATTLE_RECORD_PATIENT);
  g_autofree char *name = medicine_name (self, entry);
  g_autofree char *code = fhir_concept_code (fhir_one (entry->node, "medicationCodeableConcept"));
  g_autofree char *directions = directions_of (entry->node);
  const char *status = fhir_text (entry->node, "status"), *from = fhir_text (entry->node, "effectivePeriod.start");
  int found = -1;

  for (guint i = 0; i < G_N_ELEMENTS (medication_statuses); i++)
    if (g_strcmp0 (status, medication_statuses[i].fhir) == 0)
      found = medication_statuses[i].status;
  if (found < 0)
    return fhir_refuse (self, entry, _("its status does not say that the patient takes or took it"));
  if (patient == NULL)
    return fhir_refuse_missing (self, entry, _("its patient is not here"));
  if (name == NULL)
    return fhir_refuse_missing (self, entry, _("it does not say in words which medicine, or that is not here"));
  if (from == NULL)
    from = fhir_text (entry->node, "effectiveDateTime");
  if (from == NULL)
    from = fhir_text (entry->node, "authoredOn");
  wattle_record_set_string (medication, WATTLE_MEDICATION_PATIENT, patient);
  fhir_set_text (self, entry, medication, WATTLE_MEDICATION_NAME, name);
  wattle_record_set_integer (medication, WATTLE_MEDICATION_STATUS, found);
  fhir_set_text (self, entry, medication, WATTLE_MEDICATION_DIRECTIONS, directions);
  fhir_set_date (self, entry, medication, WATTLE_MEDICATION_FROM_DATE, from);
  fhir_set_date (self, entry, medication, WATTLE_MEDICATION_TO_DATE, fhir_text (entry->node, "effectivePeriod.end"));
  fhir_set_text (self, entry, medication, WATTLE_MEDICATION_CODE, code);
  return fhir_keep_counted (self, entry, medication, error);
}
