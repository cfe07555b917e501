/* patient-window.h: a window for one patient, so that two charts never mix
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PATIENT_WINDOW (wattle_patient_window_get_type ())
G_DECLARE_FINAL_TYPE (WattlePatientWindow, wattle_patient_window, WATTLE, PATIENT_WINDOW, AdwApplicationWindow)

WattlePatientWindow *wattle_patient_window_new        (WattleContext       *context,
                                                       const char          *patient_id);
WattlePatientWindow *wattle_patient_window_open       (GtkApplication      *application,
                                                       WattleContext       *context,
                                                       const char          *patient_id);
const char          *wattle_patient_window_patient_id (WattlePatientWindow *self);
gboolean             wattle_patient_window_show_page  (WattlePatientWindow *self,
                                                       const char          *page,
                                                       WattleRecordType     type,
                                                       const char          *record_id);

G_END_DECLS
