/* fields.c: the field tables of every record type, and the types themselves
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "schema/type.h"

#include <glib/gi18n-lib.h>

/* The bare words that the tables use. */
enum
{
  NONE = 0,
  REQUIRED = WATTLE_FIELD_REQUIRED,
  INDEX = WATTLE_FIELD_INDEXED,
  SEARCH = WATTLE_FIELD_SEARCH,
  CLINICAL = WATTLE_FIELD_CLINICAL,
  FINANCIAL = WATTLE_FIELD_FINANCIAL,
  CONTACT = WATTLE_FIELD_CONTACT,
  SERVER = WATTLE_FIELD_SERVER,
  IMMUTABLE = WATTLE_FIELD_IMMUTABLE,
  UNIQUE = WATTLE_FIELD_UNIQUE,
  DIARY = WATTLE_FIELD_DIARY,
  STAFF = WATTLE_FIELD_STAFF,
  ACCOUNT = WATTLE_FIELD_ACCOUNT,
};

#define X(ID, name, kind, flags, since, max, ref, label, doc)                                                          \
  { name, WATTLE_KIND_##kind, flags, since, max, ref, label, doc },

static const WattleField fields_PRACTICE[] = {
#include "schema/records/practice.def"
};

static const WattleField fields_LOCATION[] = {
#include "schema/records/location.def"
};

static const WattleField fields_USER[] = {
#include "schema/records/user.def"
};

static const WattleField fields_DEVICE[] = {
#include "schema/records/device.def"
};

static const WattleField fields_PRACTITIONER[] = {
#include "schema/records/practitioner.def"
};

static const WattleField fields_PRACTITIONER_LOCATION[] = {
#include "schema/records/practitioner_location.def"
};

static const WattleField fields_PATIENT[] = {
#include "schema/records/patient.def"
};

static const WattleField fields_RELATED_PERSON[] = {
#include "schema/records/related_person.def"
};

static const WattleField fields_SERVICE[] = {
#include "schema/records/service.def"
};

static const WattleField fields_SERVICE_PRICE[] = {
#include "schema/records/service_price.def"
};

static const WattleField fields_APPOINTMENT_TYPE[] = {
#include "schema/records/appointment_type.def"
};

static const WattleField fields_AVAILABILITY[] = {
#include "schema/records/availability.def"
};

static const WattleField fields_APPOINTMENT[] = {
#include "schema/records/appointment.def"
};

static const WattleField fields_CANCELLATION[] = {
#include "schema/records/cancellation.def"
};

static const WattleField fields_CALL_REPORT[] = {
#include "schema/records/call_report.def"
};

static const WattleField fields_PROGRESS_NOTE[] = {
#include "schema/records/progress_note.def"
};

static const WattleField fields_CONDITION[] = {
#include "schema/records/condition.def"
};

static const WattleField fields_MEDICATION[] = {
#include "schema/records/medication.def"
};

static const WattleField fields_INVOICE[] = {
#include "schema/records/invoice.def"
};

static const WattleField fields_INVOICE_LINE[] = {
#include "schema/records/invoice_line.def"
};

static const WattleField fields_PAYMENT[] = {
#include "schema/records/payment.def"
};

static const WattleField fields_MEDICINE[] = {
#include "schema/records/medicine.def"
};

static const WattleField fields_PRESCRIPTION[] = {
#include "schema/records/prescription.def"
};

static const WattleField fields_PRESCRIPTION_LINE[] = {
#include "schema/records/prescription_line.def"
};

static const WattleField fields_DOCUMENT[] = {
#include "schema/records/document.def"
};

static const WattleField fields_SETTING[] = {
#include "schema/records/setting.def"
};

static const WattleField fields_ACCESS_GRANT[] = {
#include "schema/records/access_grant.def"
};

static const WattleField fields_THREAD[] = {
#include "schema/records/thread.def"
};

static const WattleField fields_MESSAGE[] = {
#include "schema/records/message.def"
};

static const WattleField fields_THREAD_MARK[] = {
#include "schema/records/thread_mark.def"
};

static const WattleField fields_MESSAGE_TEMPLATE[] = {
#include "schema/records/message_template.def"
};

static const WattleField fields_CONSENT_FORM[] = {
#include "schema/records/consent_form.def"
};

static const WattleField fields_CONSENT[] = {
#include "schema/records/consent.def"
};

static const WattleField fields_TASK[] = {
#include "schema/records/task.def"
};

static const WattleField fields_AUDIT_EVENT[] = {
#include "schema/records/audit_event.def"
};

#define T(NAME, lower, Camel, scope, scope_field, access, singular, plural, doc)                                       \
  { WATTLE_RECORD_##NAME, #lower, "Wattle" #Camel, fields_##NAME, G_N_ELEMENTS (fields_##NAME), WATTLE_SCOPE_##scope,  \
    scope_field, WATTLE_ACCESS_##access, singular, plural, doc },
const WattleType wattle_types[WATTLE_N_RECORDS] = {
#include "schema/types.def"
};
#undef T
