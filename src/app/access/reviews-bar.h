/* reviews-bar.h: tells a manager that emergency accesses wait for review, and takes the outcome
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_REVIEWS_BAR (wattle_reviews_bar_get_type ())
G_DECLARE_FINAL_TYPE (WattleReviewsBar, wattle_reviews_bar, WATTLE, REVIEWS_BAR, AdwBin)

void wattle_reviews_bar_follow (WattleReviewsBar *self, WattleContext *context);

G_END_DECLS
