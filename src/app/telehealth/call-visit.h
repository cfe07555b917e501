/* call-visit.h: what a call needs to know of its visit: its room, whom one meets, and where to ring them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleCallVisit:
 * @record: the appointment
 * @patient_id: whose
 * @patient_name: what they are called
 * @practitioner_name: whom they see
 * @patient_phone: (nullable): where the patient is rung
 * @practice_phone: (nullable): where the place of the visit is
 *
 * Counted, and never changed.
 */
typedef struct
{
  WattleRecord *record;
  char *patient_id;
  char *patient_name;
  char *practitioner_name;
  char *patient_phone;
  char *practice_phone;
} WattleCallVisit;

gpointer
wattle_call_visit_read (WattleTransaction *transaction, gpointer id, GCancellable *cancellable, GError **error);
WattleCallVisit *wattle_call_visit_ref (WattleCallVisit *self);
void wattle_call_visit_unref (WattleCallVisit *self);

G_END_DECLS
