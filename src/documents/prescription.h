/* prescription.h: private prescriptions as PDF
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

/**
 * WattlePrescriptionInput:
 * @practice: where the prescriber works
 * @location: (nullable): whose address the form bears
 * @prescriber: who prescribes
 * @patient: for whom
 * @prescription: the prescription
 * @lines: (element-type WattleRecord): its medicines, in order
 */
typedef struct
{
  WattleRecord *practice;
  WattleRecord *location;
  WattleRecord *prescriber;
  WattleRecord *patient;
  WattleRecord *prescription;
  GPtrArray *lines;
} WattlePrescriptionInput;

char   *wattle_number_in_words   (gint64                         number);
GBytes *wattle_prescription_pdf  (const WattlePrescriptionInput *input,
                                  GError                       **error);

G_END_DECLS
