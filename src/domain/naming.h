/* naming.h: how people are shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

char *wattle_patient_display_name      (WattleRecord *patient);
char *wattle_patient_full_name         (WattleRecord *patient);
char *wattle_patient_salutation        (WattleRecord *patient);
char *wattle_patient_identity          (WattleRecord *patient,
                                        gint64        today);
char *wattle_practitioner_display_name (WattleRecord *practitioner);
char *wattle_age_display               (gint64        birth_date,
                                        gint64        today);
char *wattle_medicare_display          (WattleRecord *patient);
char *wattle_patient_address           (WattleRecord *patient);

G_END_DECLS
