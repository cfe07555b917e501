/* progress.h: how far a long command is, for a person or a log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WattleProgress:
 *
 * On a terminal one line that is drawn again; elsewhere a line a step and
 * quarter. Zero-initialise it; end it with wattle_progress_end().
 */
typedef struct
{
  char *what;
  int quarter;
  gint64 drawn_at;
  gboolean line;
} WattleProgress;

void wattle_progress_show (WattleProgress *self,
                           const char     *what,
                           double          fraction);
void wattle_progress_end  (WattleProgress *self);

G_END_DECLS
