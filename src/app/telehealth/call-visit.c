/* call-visit.c: what a call needs to know of its visit: its room, whom one meets, and where to ring them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-visit.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "domain/naming.h"

static void
clear (gpointer data)
{
  WattleCallVisit *self = data;

  g_clear_object (&self->record);
  g_free (self->patient_id);
  g_free (self->patient_name);
  g_free (self->practitioner_name);
  g_free (self->patient_phone);
  g_free (self->practice_phone);
}

static WattleRecord *
get (WattleReader *reader, WattleRecordType type, WattleRecord *visit, WattleFieldId field)
{
  const char *id = wattle_record_get_string (visit, field);

  return id != NULL ? wattle_reader_get (reader, type, id, NULL) : NULL;
}

static char *
text_of (WattleRecord *record, WattleFieldId field)
{
  return record != NULL ? g_strdup (wattle_record_get_string (record, field)) : NULL;
}

/**
 * wattle_call_visit_read:
 * @transaction: a read transaction
 * @id: (type GVariant): of an appointment
 * @cancellable: (nullable): unused
 * @error: why it could not be read
 *
 * Returns: (transfer full) (nullable): a WattleCallVisit
 */
gpointer
wattle_call_visit_read (WattleTransaction *transaction, gpointer id, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleRecord *visit = wattle_reader_get (reader, WATTLE_RECORD_APPOINTMENT, g_variant_get_string (id, NULL), error);
  g_autoptr (WattleRecord) patient = NULL;
  g_autoptr (WattleRecord) practitioner = NULL;
  g_autoptr (WattleRecord) location = NULL;
  WattleCallVisit *self;

  if (visit == NULL)
    return NULL;
  patient = get (reader, WATTLE_RECORD_PATIENT, visit, WATTLE_APPOINTMENT_PATIENT);
  practitioner = get (reader, WATTLE_RECORD_PRACTITIONER, visit, WATTLE_APPOINTMENT_PRACTITIONER);
  location = get (reader, WATTLE_RECORD_LOCATION, visit, WATTLE_APPOINTMENT_LOCATION);
  self = g_atomic_rc_box_new0 (WattleCallVisit);
  self->record = visit;
  self->patient_id = text_of (visit, WATTLE_APPOINTMENT_PATIENT);
  self->patient_name = patient != NULL ? wattle_patient_display_name (patient) : g_strdup (_("the patient"));
  self->practitioner_name =
    practitioner != NULL ? wattle_display_practitioner (practitioner) : g_strdup (_("the practice"));
  self->patient_phone = text_of (patient, WATTLE_PATIENT_MOBILE);
  if (self->patient_phone == NULL)
    self->patient_phone = text_of (patient, WATTLE_PATIENT_PHONE);
  self->practice_phone = text_of (location, WATTLE_LOCATION_PHONE);
  return self;
}

WattleCallVisit *
wattle_call_visit_ref (WattleCallVisit *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
wattle_call_visit_unref (WattleCallVisit *self)
{
  g_atomic_rc_box_release_full (self, clear);
}
