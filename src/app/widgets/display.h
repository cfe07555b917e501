/* display.h: records and moments as people read them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/reader.h"

G_BEGIN_DECLS

char *wattle_display_patient      (WattleRecord  *patient);
char *wattle_display_patient_line (WattleRecord  *patient,
                                   gint64         today);
char *wattle_display_practitioner (WattleRecord  *practitioner);
char *wattle_display_time         (gint64         instant,
                                   GTimeZone     *zone);
char *wattle_display_date_time    (gint64         instant,
                                   GTimeZone     *zone);
char *wattle_display_day          (gint64         date,
                                   gint64         today);
char *wattle_display_value        (WattleRecord  *record,
                                   WattleFieldId  field);
char *wattle_display_title        (WattleRecord  *record);

G_END_DECLS
