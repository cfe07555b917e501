/* portal-prescriptions.h: what was prescribed for the patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/portal/portal-view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PORTAL_PRESCRIPTIONS (wattle_portal_prescriptions_get_type ())
G_DECLARE_FINAL_TYPE (
  WattlePortalPrescriptions, wattle_portal_prescriptions, WATTLE, PORTAL_PRESCRIPTIONS, WattlePortalView)

G_END_DECLS
