/* patients-view.c: the list of patients
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/patients-view.h"

struct _WattlePatientsView
{
  WattleView parent;
};

G_DEFINE_FINAL_TYPE (WattlePatientsView, wattle_patients_view, WATTLE_TYPE_VIEW)

static void
wattle_patients_view_class_init (WattlePatientsViewClass *klass)
{
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass), "/au/wattle/Wattle/patients/patients-view.ui");
}

static void
wattle_patients_view_init (WattlePatientsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
