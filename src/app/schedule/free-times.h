/* free-times.h: whether a time is free, and which others are
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/scheduling.h"
#include "store/store.h"

G_BEGIN_DECLS

#define WATTLE_FREE_TIMES_SHOWN 8

/**
 * WattleFreeTimes:
 * @slots: (element-type WattleSpan): free times that do not meet each other, the next first
 * @taken: whether the practitioner has a visit at the time asked for
 * @outside: whether that time is outside the hours of the practitioner there
 */
typedef struct
{
  GArray *slots;
  gboolean taken;
  gboolean outside;
} WattleFreeTimes;

GVariant *wattle_free_times_arguments (const char         *practitioner,
                                       const char         *location,
                                       gint64              starts,
                                       gint64              from,
                                       guint               minutes);
gpointer  wattle_free_times_read      (WattleTransaction  *transaction,
                                       gpointer            arguments,
                                       GCancellable       *cancellable,
                                       GError            **error);
void      wattle_free_times_free      (WattleFreeTimes    *self);

G_END_DECLS
