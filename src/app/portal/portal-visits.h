/* portal-visits.h: the visits of a patient, those to come and those that were
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/portal/portal-view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PORTAL_VISITS (wattle_portal_visits_get_type ())
G_DECLARE_FINAL_TYPE (WattlePortalVisits, wattle_portal_visits, WATTLE, PORTAL_VISITS, WattlePortalView)

GPtrArray *wattle_portal_read_visits (WattlePortalReading *reading, GError **error);
GTimeZone *wattle_portal_visit_zone (WattlePortalReading *reading, WattleRecord *visit);
gboolean wattle_portal_is_ahead (WattlePortalReading *reading, WattleRecord *visit);
WattleEntry *wattle_portal_visit (WattlePortalReading *reading, WattleRecord *visit);
char *wattle_portal_visit_text (WattlePortalReading *reading, WattleRecord *visit);

G_END_DECLS
