/* holidays.h: public holidays of the Australian states and territories
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WattleHoliday:
 * @state: the state or territory, such as "NSW"
 * @date: the date
 * @name: its name, such as "Labour Day"
 * @start_minute: minute of the day it starts, or -1 when the whole day is one
 * @region: the part of the state it is for; empty for all of it
 * @observed: whether the day stands in for, or adds to, one that fell on a weekend
 */
typedef struct
{
  const char *state;
  gint64 date;
  const char *name;
  int start_minute;
  const char *region;
  gboolean observed;
} WattleHoliday;

GPtrArray *wattle_holidays_for (const char *state, gint64 from_date, gint64 to_date);
char *wattle_holiday_display (const WattleHoliday *holiday);
gint64 wattle_holidays_last_date (void);

G_END_DECLS
