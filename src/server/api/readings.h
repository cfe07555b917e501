/* readings.h: writing down who read what of whom
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/policy.h"
#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleReading:
 * @action: name of the route
 * @patients: (element-type utf8): of whom something clinical was read
 * @rows: rows of the page
 * @clinical: clinical ones among them
 * @to: change number that the page goes up to
 */
typedef struct
{
  const char *action;
  GPtrArray *patients;
  guint rows;
  guint clinical;
  gint64 to;
} WattleReading;

gboolean wattle_readings_write (WattleTransaction *transaction,
                                const WattleActor *actor,
                                const char *address,
                                const WattleReading *reading,
                                GError **error);
char *wattle_readings_emergency (WattleReader *reader, const WattleActor *actor, const char *patient);

G_END_DECLS
