/* portal-consents.h: what the patient agreed to, was asked to agree to, and withdrew
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/portal/portal-view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PORTAL_CONSENTS (wattle_portal_consents_get_type ())
G_DECLARE_FINAL_TYPE (WattlePortalConsents, wattle_portal_consents, WATTLE, PORTAL_CONSENTS, WattlePortalView)

G_END_DECLS
