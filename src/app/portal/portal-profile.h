/* portal-profile.h: what the practice knows of who the patient is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/portal/portal-view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PORTAL_PROFILE (wattle_portal_profile_get_type ())
G_DECLARE_FINAL_TYPE (WattlePortalProfile, wattle_portal_profile, WATTLE, PORTAL_PROFILE, WattlePortalView)

G_END_DECLS
