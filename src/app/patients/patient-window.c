/* patient-window.c: a window for one patient, so that two charts never mix
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/patient-window.h"

struct _WattlePatientWindow
{
  AdwWindow parent;
  WattleContext *context;
  char *patient_id;
};

G_DEFINE_FINAL_TYPE (WattlePatientWindow, wattle_patient_window, ADW_TYPE_WINDOW)

static void
wattle_patient_window_finalize (GObject *object)
{
  WattlePatientWindow *self = WATTLE_PATIENT_WINDOW (object);

  g_clear_object (&self->context);
  g_free (self->patient_id);
  G_OBJECT_CLASS (wattle_patient_window_parent_class)->finalize (object);
}

static void
wattle_patient_window_class_init (WattlePatientWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_patient_window_finalize;
}

static void
wattle_patient_window_init (WattlePatientWindow *self)
{
}

/**
 * wattle_patient_window_new:
 * @context: what every view is given
 * @patient_id: whose
 *
 * Returns: (transfer none): the window, owned by the toolkit
 */
WattlePatientWindow *
wattle_patient_window_new (WattleContext *context, const char *patient_id)
{
  WattlePatientWindow *self = g_object_new (WATTLE_TYPE_PATIENT_WINDOW, NULL);

  self->context = g_object_ref (context);
  self->patient_id = g_strdup (patient_id);
  return self;
}

/**
 * wattle_patient_window_patient_id:
 * @self: the window
 *
 * Returns: whose it is
 */
const char *
wattle_patient_window_patient_id (WattlePatientWindow *self)
{
  return self->patient_id;
}
