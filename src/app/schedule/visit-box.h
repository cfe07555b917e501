/* visit-box.h: a visit in the diary: a button that draws itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "app/schedule/diary-data.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_VISIT_BOX (wattle_visit_box_get_type ())
G_DECLARE_FINAL_TYPE (WattleVisitBox, wattle_visit_box, WATTLE, VISIT_BOX, GtkButton)

GtkWidget            *wattle_visit_box_new     (void);
void                  wattle_visit_box_set     (WattleVisitBox       *self,
                                                WattleDiary          *diary,
                                                const WattleDiaryBox *box);
void                  wattle_visit_box_dim     (WattleVisitBox       *self,
                                                gboolean              dim);
const WattleDiaryBox *wattle_visit_box_box     (WattleVisitBox       *self);
gboolean              wattle_visit_box_matches (WattleVisitBox       *self,
                                                const WattleDiaryBox *box);

G_END_DECLS
