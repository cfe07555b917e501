/* chart-page.h: what every page of a chart derives from: a view of one patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/patients/chart-data.h"
#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CHART_PAGE (wattle_chart_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattleChartPage, wattle_chart_page, WATTLE, CHART_PAGE, WattleView)

/**
 * WattleChartPageClass:
 * @parts: bit mask of the WATTLE_CHART_BIT() that it shows
 * @show: puts what was read on the screen
 * @print: prints what is in sight (Ctrl+P); %FALSE when there is nothing
 * @edit: begins to change what is in sight (Ctrl+E); %FALSE when nothing can be
 * @back: leaves what is open on the page (Esc); %FALSE when nothing is
 *
 * The property "patient-id" is given when it is made and never changes: two
 * charts cannot mix.
 */
struct _WattleChartPageClass
{
  WattleViewClass parent_class;
  guint parts;
  void (*show) (WattleChartPage *self, const WattleChart *chart);
  gboolean (*print) (WattleChartPage *self);
  gboolean (*edit) (WattleChartPage *self);
  gboolean (*back) (WattleChartPage *self);
};

const char *wattle_chart_page_patient_id (WattleChartPage *self);
gboolean    wattle_chart_page_print      (WattleChartPage *self);
gboolean    wattle_chart_page_edit       (WattleChartPage *self);
gboolean    wattle_chart_page_back       (WattleChartPage *self);

G_END_DECLS
