/* fixture.h: a fresh store for each case, whatever database is behind it, and records to put into it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

WattleStore  *fixture_open          (WattleStoreSide    side);
WattleStore *fixture_open_again (void);
char         *fixture_database      (void);
void          fixture_close         (WattleStore       *store);

WattleTransaction *fixture_read     (WattleStore       *store);
WattleTransaction *fixture_write    (WattleStore       *store);
void          fixture_commit        (WattleTransaction *transaction);

#define FIXTURE_PRACTITIONER "01900000000000000000000pr1"
#define FIXTURE_LOCATION "01900000000000000000000jc1"
#define FIXTURE_PATIENT "01900000000000000000000pt1"

WattleRecord *fixture_patient       (const char        *given_names,
                                     const char        *family_name);
WattleRecord *fixture_appointment   (const char        *practitioner,
                                     const char        *room,
                                     gint64             starts_at,
                                     gint64             ends_at);
WattleRecord *fixture_setting       (const char        *key,
                                     const char        *value);
void          fixture_put           (WattleStore       *store,
                                     WattleRecord      *record);
void          fixture_refuse        (WattleStore       *store,
                                     WattleRecord      *record,
                                     int                code,
                                     const char        *field);

G_END_DECLS
