/* fields.h: the ids of every field of every record type
 *
 * A field id carries its type in the high bits, so that a helper can tell a
 * field of another type. One block a type; its fields stand in records/.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
#define T(NAME, lower, Camel, scope, scope_field, access, singular, plural, doc) WATTLE_RECORD_##NAME,
#include "schema/types.def"
#undef T
  WATTLE_N_RECORDS
} WattleRecordType;

typedef guint WattleFieldId;

#define WATTLE_FIELD_TYPE(id) ((WattleRecordType) ((id) >> 8))
#define WATTLE_FIELD_INDEX(id) ((id) & 0xff)

#define X(ID, ...) WATTLE_PRACTICE_##ID,
enum
{
  WATTLE_PRACTICE_BEFORE_FIRST_ = (WATTLE_RECORD_PRACTICE << 8) - 1,
#include "schema/records/practice.def"
};
#undef X

#define X(ID, ...) WATTLE_LOCATION_##ID,
enum
{
  WATTLE_LOCATION_BEFORE_FIRST_ = (WATTLE_RECORD_LOCATION << 8) - 1,
#include "schema/records/location.def"
};
#undef X

#define X(ID, ...) WATTLE_USER_##ID,
enum
{
  WATTLE_USER_BEFORE_FIRST_ = (WATTLE_RECORD_USER << 8) - 1,
#include "schema/records/user.def"
};
#undef X

#define X(ID, ...) WATTLE_DEVICE_##ID,
enum
{
  WATTLE_DEVICE_BEFORE_FIRST_ = (WATTLE_RECORD_DEVICE << 8) - 1,
#include "schema/records/device.def"
};
#undef X

#define X(ID, ...) WATTLE_PRACTITIONER_##ID,
enum
{
  WATTLE_PRACTITIONER_BEFORE_FIRST_ = (WATTLE_RECORD_PRACTITIONER << 8) - 1,
#include "schema/records/practitioner.def"
};
#undef X

#define X(ID, ...) WATTLE_PRACTITIONER_LOCATION_##ID,
enum
{
  WATTLE_PRACTITIONER_LOCATION_BEFORE_FIRST_ = (WATTLE_RECORD_PRACTITIONER_LOCATION << 8) - 1,
#include "schema/records/practitioner_location.def"
};
#undef X

#define X(ID, ...) WATTLE_PATIENT_##ID,
enum
{
  WATTLE_PATIENT_BEFORE_FIRST_ = (WATTLE_RECORD_PATIENT << 8) - 1,
#include "schema/records/patient.def"
};
#undef X

#define X(ID, ...) WATTLE_RELATED_PERSON_##ID,
enum
{
  WATTLE_RELATED_PERSON_BEFORE_FIRST_ = (WATTLE_RECORD_RELATED_PERSON << 8) - 1,
#include "schema/records/related_person.def"
};
#undef X

#define X(ID, ...) WATTLE_SERVICE_##ID,
enum
{
  WATTLE_SERVICE_BEFORE_FIRST_ = (WATTLE_RECORD_SERVICE << 8) - 1,
#include "schema/records/service.def"
};
#undef X

#define X(ID, ...) WATTLE_SERVICE_PRICE_##ID,
enum
{
  WATTLE_SERVICE_PRICE_BEFORE_FIRST_ = (WATTLE_RECORD_SERVICE_PRICE << 8) - 1,
#include "schema/records/service_price.def"
};
#undef X

#define X(ID, ...) WATTLE_APPOINTMENT_TYPE_##ID,
enum
{
  WATTLE_APPOINTMENT_TYPE_BEFORE_FIRST_ = (WATTLE_RECORD_APPOINTMENT_TYPE << 8) - 1,
#include "schema/records/appointment_type.def"
};
#undef X

#define X(ID, ...) WATTLE_AVAILABILITY_##ID,
enum
{
  WATTLE_AVAILABILITY_BEFORE_FIRST_ = (WATTLE_RECORD_AVAILABILITY << 8) - 1,
#include "schema/records/availability.def"
};
#undef X

#define X(ID, ...) WATTLE_APPOINTMENT_##ID,
enum
{
  WATTLE_APPOINTMENT_BEFORE_FIRST_ = (WATTLE_RECORD_APPOINTMENT << 8) - 1,
#include "schema/records/appointment.def"
};
#undef X

#define X(ID, ...) WATTLE_CANCELLATION_##ID,
enum
{
  WATTLE_CANCELLATION_BEFORE_FIRST_ = (WATTLE_RECORD_CANCELLATION << 8) - 1,
#include "schema/records/cancellation.def"
};
#undef X

#define X(ID, ...) WATTLE_CALL_REPORT_##ID,
enum
{
  WATTLE_CALL_REPORT_BEFORE_FIRST_ = (WATTLE_RECORD_CALL_REPORT << 8) - 1,
#include "schema/records/call_report.def"
};
#undef X

#define X(ID, ...) WATTLE_PROGRESS_NOTE_##ID,
enum
{
  WATTLE_PROGRESS_NOTE_BEFORE_FIRST_ = (WATTLE_RECORD_PROGRESS_NOTE << 8) - 1,
#include "schema/records/progress_note.def"
};
#undef X

#define X(ID, ...) WATTLE_CONDITION_##ID,
enum
{
  WATTLE_CONDITION_BEFORE_FIRST_ = (WATTLE_RECORD_CONDITION << 8) - 1,
#include "schema/records/condition.def"
};
#undef X

#define X(ID, ...) WATTLE_MEDICATION_##ID,
enum
{
  WATTLE_MEDICATION_BEFORE_FIRST_ = (WATTLE_RECORD_MEDICATION << 8) - 1,
#include "schema/records/medication.def"
};
#undef X

#define X(ID, ...) WATTLE_INVOICE_##ID,
enum
{
  WATTLE_INVOICE_BEFORE_FIRST_ = (WATTLE_RECORD_INVOICE << 8) - 1,
#include "schema/records/invoice.def"
};
#undef X

#define X(ID, ...) WATTLE_INVOICE_LINE_##ID,
enum
{
  WATTLE_INVOICE_LINE_BEFORE_FIRST_ = (WATTLE_RECORD_INVOICE_LINE << 8) - 1,
#include "schema/records/invoice_line.def"
};
#undef X

#define X(ID, ...) WATTLE_PAYMENT_##ID,
enum
{
  WATTLE_PAYMENT_BEFORE_FIRST_ = (WATTLE_RECORD_PAYMENT << 8) - 1,
#include "schema/records/payment.def"
};
#undef X

#define X(ID, ...) WATTLE_MEDICINE_##ID,
enum
{
  WATTLE_MEDICINE_BEFORE_FIRST_ = (WATTLE_RECORD_MEDICINE << 8) - 1,
#include "schema/records/medicine.def"
};
#undef X

#define X(ID, ...) WATTLE_PRESCRIPTION_##ID,
enum
{
  WATTLE_PRESCRIPTION_BEFORE_FIRST_ = (WATTLE_RECORD_PRESCRIPTION << 8) - 1,
#include "schema/records/prescription.def"
};
#undef X

#define X(ID, ...) WATTLE_PRESCRIPTION_LINE_##ID,
enum
{
  WATTLE_PRESCRIPTION_LINE_BEFORE_FIRST_ = (WATTLE_RECORD_PRESCRIPTION_LINE << 8) - 1,
#include "schema/records/prescription_line.def"
};
#undef X

#define X(ID, ...) WATTLE_DOCUMENT_##ID,
enum
{
  WATTLE_DOCUMENT_BEFORE_FIRST_ = (WATTLE_RECORD_DOCUMENT << 8) - 1,
#include "schema/records/document.def"
};
#undef X

#define X(ID, ...) WATTLE_SETTING_##ID,
enum
{
  WATTLE_SETTING_BEFORE_FIRST_ = (WATTLE_RECORD_SETTING << 8) - 1,
#include "schema/records/setting.def"
};
#undef X

#define X(ID, ...) WATTLE_ACCESS_GRANT_##ID,
enum
{
  WATTLE_ACCESS_GRANT_BEFORE_FIRST_ = (WATTLE_RECORD_ACCESS_GRANT << 8) - 1,
#include "schema/records/access_grant.def"
};
#undef X

#define X(ID, ...) WATTLE_THREAD_##ID,
enum
{
  WATTLE_THREAD_BEFORE_FIRST_ = (WATTLE_RECORD_THREAD << 8) - 1,
#include "schema/records/thread.def"
};
#undef X

#define X(ID, ...) WATTLE_MESSAGE_##ID,
enum
{
  WATTLE_MESSAGE_BEFORE_FIRST_ = (WATTLE_RECORD_MESSAGE << 8) - 1,
#include "schema/records/message.def"
};
#undef X

#define X(ID, ...) WATTLE_THREAD_MARK_##ID,
enum
{
  WATTLE_THREAD_MARK_BEFORE_FIRST_ = (WATTLE_RECORD_THREAD_MARK << 8) - 1,
#include "schema/records/thread_mark.def"
};
#undef X

#define X(ID, ...) WATTLE_MESSAGE_TEMPLATE_##ID,
enum
{
  WATTLE_MESSAGE_TEMPLATE_BEFORE_FIRST_ = (WATTLE_RECORD_MESSAGE_TEMPLATE << 8) - 1,
#include "schema/records/message_template.def"
};
#undef X

#define X(ID, ...) WATTLE_CONSENT_FORM_##ID,
enum
{
  WATTLE_CONSENT_FORM_BEFORE_FIRST_ = (WATTLE_RECORD_CONSENT_FORM << 8) - 1,
#include "schema/records/consent_form.def"
};
#undef X

#define X(ID, ...) WATTLE_CONSENT_##ID,
enum
{
  WATTLE_CONSENT_BEFORE_FIRST_ = (WATTLE_RECORD_CONSENT << 8) - 1,
#include "schema/records/consent.def"
};
#undef X

#define X(ID, ...) WATTLE_TASK_##ID,
enum
{
  WATTLE_TASK_BEFORE_FIRST_ = (WATTLE_RECORD_TASK << 8) - 1,
#include "schema/records/task.def"
};
#undef X

#define X(ID, ...) WATTLE_AUDIT_EVENT_##ID,
enum
{
  WATTLE_AUDIT_EVENT_BEFORE_FIRST_ = (WATTLE_RECORD_AUDIT_EVENT << 8) - 1,
#include "schema/records/audit_event.def"
};
#undef X

G_END_DECLS
