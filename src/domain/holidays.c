/* holidays.c: public holidays of the Australian states and territories
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/holidays.h"

#include <glib/gi18n-lib.h>

#include "base/civil-text.h"

/* By state, then by date; see data/reference/public-holidays. */
static const WattleHoliday holidays[] = {
#include "public-holidays.inc"
};

/**
 * wattle_holidays_for:
 * @state: (nullable): a state or territory, such as "NSW", in any case
 * @from_date: the first date
 * @to_date: the last date
 *
 * The proclaimed and predicted holidays; a practice decides for itself whether it closes. Days of one town or
 * district are missing but for Brisbane and Melbourne.
 *
 * Returns: (transfer container) (element-type WattleHoliday): those of @state on these dates, in their order;
 *   none for an unknown state
 */
GPtrArray *
wattle_holidays_for (const char *state, gint64 from_date, gint64 to_date)
{
  GPtrArray *found = g_ptr_array_new ();

  for (gsize i = 0; state != NULL && i < G_N_ELEMENTS (holidays); i++)
    if (holidays[i].date >= from_date && holidays[i].date <= to_date
        && g_ascii_strcasecmp (holidays[i].state, state) == 0)
      g_ptr_array_add (found, (gpointer) &holidays[i]);
  return found;
}

/**
 * wattle_holiday_display:
 * @holiday: a holiday
 *
 * Returns: (transfer full): its name and what limits it, such as "Christmas Eve (from 7:00 pm)"
 */
char *
wattle_holiday_display (const WattleHoliday *holiday)
{
  g_autofree char *start = NULL;

  if (holiday->start_minute >= 0)
    {
      start = wattle_time_display (holiday->start_minute * 60);
      return g_strdup_printf (_("%s (from %s)"), holiday->name, start);
    }
  if (*holiday->region != '\0')
    return g_strdup_printf ("%s (%s)", holiday->name, holiday->region);
  if (holiday->observed)
    return g_strdup_printf (_("%s (observed)"), holiday->name);
  return g_strdup (holiday->name);
}

/**
 * wattle_holidays_last_date:
 *
 * Returns: the last date the table knows of; after it there are holidays too, and nobody has entered them
 */
gint64
wattle_holidays_last_date (void)
{
  gint64 last = holidays[0].date;

  for (gsize i = 1; i < G_N_ELEMENTS (holidays); i++)
    last = MAX (last, holidays[i].date);
  return last;
}
