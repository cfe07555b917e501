/* letterhead.h: what every document of a practice begins and ends with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "documents/page.h"
#include "schema/record.h"

G_BEGIN_DECLS

double wattle_letterhead_draw       (WattlePages   *pages,
                                     WattleRecord  *practice,
                                     WattleRecord  *location,
                                     const char    *title);
void   wattle_letterhead_footer     (WattlePages   *pages,
                                     const char    *text);
char  *wattle_person_name           (const char    *title,
                                     const char    *given_names,
                                     const char    *family_name);
char  *wattle_address_lines         (const char    *address_line,
                                     const char    *suburb,
                                     const char    *state,
                                     const char    *postcode);
char  *wattle_patient_print_name    (WattleRecord  *patient);
char  *wattle_patient_print_address (WattleRecord  *patient);
char  *wattle_practitioner_print_name (WattleRecord *practitioner);
char  *wattle_identifier_text       (WattleRecord  *record,
                                     WattleFieldId  field);

G_END_DECLS
