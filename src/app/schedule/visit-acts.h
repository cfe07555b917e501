/* visit-acts.h: what is done to a visit, and how it is taken back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

/**
 * WattleVisitTime:
 * @starts: instant
 * @ends: instant
 * @practitioner: id
 */
typedef struct
{
  gint64 starts;
  gint64 ends;
  const char *practitioner;
} WattleVisitTime;

void        wattle_visit_move     (GtkWidget             *widget,
                                   WattleContext         *context,
                                   const char            *id,
                                   const WattleVisitTime *before,
                                   const WattleVisitTime *after);
gboolean    wattle_visit_may      (WattleContext         *context,
                                   const char            *operation,
                                   int                    status);
void        wattle_visit_step     (GtkWidget             *widget,
                                   WattleContext         *context,
                                   const char            *operation,
                                   const char            *id,
                                   int                    status);
void        wattle_visit_cancel   (GtkWidget             *widget,
                                   WattleContext         *context,
                                   const char            *id,
                                   const char            *who,
                                   int                    status);
const char *wattle_visit_step_at  (guint                  index,
                                   const char           **verb);

G_END_DECLS
