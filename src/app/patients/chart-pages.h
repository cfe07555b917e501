/* chart-pages.h: the table of pages of a chart: a new page is one row
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/places.h"

G_BEGIN_DECLS

const WattlePlace *wattle_chart_pages (guint *n_pages);

G_END_DECLS
