/* patients-view.h: the list of patients
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PATIENTS_VIEW (wattle_patients_view_get_type ())
G_DECLARE_FINAL_TYPE (WattlePatientsView, wattle_patients_view, WATTLE, PATIENTS_VIEW, WattleView)

G_END_DECLS
