/* free-times.c: whether a time is free, and which others are
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/free-times.h"

#include "base/civil.h"

/* How far a free time is looked for, and among how many those to be shown are picked. */
#define SEARCH_DAYS 60
#define MAX_FOUND 200

/* Of slots that begin every quarter of an hour those that follow each other are enough to choose from. */
static GArray *
pick (GArray *found)
{
  GArray *picked = g_array_new (FALSE, FALSE, sizeof (WattleSpan));
  gint64 last = G_MININT64;

  for (guint i = 0; i < found->len && picked->len < WATTLE_FREE_TIMES_SHOWN; i++)
    {
      WattleSpan slot = g_array_index (found, WattleSpan, i);

      if (slot.start < last)
        continue;
      g_array_append_val (picked, slot);
      last = slot.end;
    }
  return picked;
}

static gboolean
is_taken (WattleReader *reader, const char *practitioner, gint64 starts, gint64 ends, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);

  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PRACTITIONER, practitioner);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS, ends);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_GREATER,
                      starts - WATTLE_APPOINTMENT_MAX_HOURS * WATTLE_HOUR);
  wattle_query_where (&query, WATTLE_APPOINTMENT_ENDS_AT, WATTLE_COMPARE_GREATER, starts);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_ONE_OF, WATTLE_APPOINTMENT_BUSY_MASK);
  return wattle_reader_count (reader, &query, error) > 0;
}

static gboolean
is_outside (WattleReader *reader, const char *practitioner, const char *location, gint64 starts, gint64 ends)
{
  g_autoptr (WattleRecord) place = wattle_reader_get (reader, WATTLE_RECORD_LOCATION, location, NULL);
  GTimeZone *zone
    = place != NULL ? wattle_zone_lookup (wattle_record_get_string (place, WATTLE_LOCATION_ZONE), NULL) : NULL;
  g_autoptr (GArray) open = NULL;
  gint64 date;

  if (zone == NULL)
    return FALSE;
  wattle_zone_to_local (starts, zone, &date, NULL, NULL);
  open = wattle_open_hours (reader, practitioner, location, date, NULL);
  for (guint i = 0; open != NULL && i < open->len; i++)
    if (g_array_index (open, WattleSpan, i).start <= starts && g_array_index (open, WattleSpan, i).end >= ends)
      return FALSE;
  return open != NULL;
}

/**
 * wattle_free_times_arguments:
 * @practitioner: id
 * @location: id
 * @starts: the time asked for, or 0
 * @from: no time before this instant is offered
 * @minutes: how long the visit is
 *
 * Returns: (transfer floating): what wattle_free_times_read() wants
 */
GVariant *
wattle_free_times_arguments (const char *practitioner, const char *location, gint64 starts, gint64 from, guint minutes)
{
  return g_variant_new ("(ssxxu)", practitioner, location, starts, from, minutes);
}

/**
 * wattle_free_times_read:
 * @transaction: a read transaction
 * @arguments: from wattle_free_times_arguments()
 * @cancellable: not used: it is a matter of milliseconds
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): a #WattleFreeTimes
 */
gpointer
wattle_free_times_read (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (GArray) found = NULL;
  const char *practitioner, *location;
  gint64 starts, from;
  guint minutes;
  WattleFreeTimes *times;

  g_variant_get (arguments, "(&s&sxxu)", &practitioner, &location, &starts, &from, &minutes);
  if (!wattle_free_slots (reader, practitioner, location, from, from + SEARCH_DAYS * WATTLE_DAY, minutes, MAX_FOUND,
                          &found, error))
    return NULL;
  times = g_new0 (WattleFreeTimes, 1);
  times->slots = pick (found);
  if (starts != 0)
    {
      times->taken = is_taken (reader, practitioner, starts, starts + minutes * WATTLE_MINUTE, NULL);
      times->outside = is_outside (reader, practitioner, location, starts, starts + minutes * WATTLE_MINUTE);
    }
  return times;
}

/**
 * wattle_free_times_free:
 * @self: (transfer full): what was read
 */
void
wattle_free_times_free (WattleFreeTimes *self)
{
  g_array_unref (self->slots);
  g_free (self);
}
