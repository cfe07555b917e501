/* scheduling.c: when a practitioner works, and which times are free
 *
 * Hours are wall-clock times of their location: each is turned into instants on
 * its own date, so that a day with a change of the clocks has its true length.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/scheduling.h"

#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "domain/holidays.h"
#include "domain/settings.h"

/* Further ahead nobody's diary is kept; a search over years would only take time. */
#define MAX_SEARCH_DAYS 400

static void
add_span (GArray *spans, gint64 start, gint64 end)
{
  WattleSpan span = { start, end };

  if (end > start)
    g_array_append_val (spans, span);
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const WattleSpan *left = a;
  const WattleSpan *right = b;

  return (left->start > right->start) - (left->start < right->start);
}

/* Sorts spans and joins those that touch. */
static GArray *
join (GArray *spans)
{
  GArray *joined = g_array_new (FALSE, FALSE, sizeof (WattleSpan));

  g_array_sort (spans, compare_spans);
  for (guint i = 0; i < spans->len; i++)
    {
      WattleSpan span = g_array_index (spans, WattleSpan, i);
      WattleSpan *last = joined->len > 0 ? &g_array_index (joined, WattleSpan, joined->len - 1) : NULL;

      if (last != NULL && span.start <= last->end)
        last->end = MAX (last->end, span.end);
      else
        g_array_append_val (joined, span);
    }
  return joined;
}

/* Takes a stretch of time out of spans. */
static GArray *
cut (GArray *spans, gint64 start, gint64 end)
{
  GArray *left = g_array_new (FALSE, FALSE, sizeof (WattleSpan));

  for (guint i = 0; i < spans->len; i++)
    {
      WattleSpan span = g_array_index (spans, WattleSpan, i);

      add_span (left, span.start, MIN (span.end, start));
      add_span (left, MAX (span.start, end), span.end);
    }
  return left;
}

static void
replace (GArray **spans, GArray *with)
{
  g_array_unref (*spans);
  *spans = with;
}

/* A wall time of a date; one that the clocks skip is the first moment after it. Midnight at the end is the next
 * day's. */
static gint64
wall (GTimeZone *zone, gint64 date, gint64 minute)
{
  gint64 instant = 0;

  wattle_zone_to_instant (zone, date + minute / (24 * 60), minute % (24 * 60) * 60, WATTLE_WALL_FORWARD, &instant,
                          NULL);
  return instant;
}

static GTimeZone *
zone_of (WattleRecord *location, GError **error)
{
  return wattle_zone_lookup (wattle_record_get_string (location, WATTLE_LOCATION_ZONE), error);
}

static gboolean
holds_on (WattleRecord *availability, gint64 date)
{
  return !wattle_record_has (availability, WATTLE_AVAILABILITY_TO_DATE)
         || wattle_record_get_integer (availability, WATTLE_AVAILABILITY_TO_DATE) >= date;
}

/* Hours are those of a place; those without one hold everywhere, and so does leave. */
static gboolean
is_at (WattleRecord *availability, const char *location)
{
  const char *place = wattle_record_get_string (availability, WATTLE_AVAILABILITY_LOCATION);

  return place == NULL || strcmp (place, location) == 0;
}

static GPtrArray *
find_availability (WattleReader *reader, const char *practitioner, gint64 date, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_AVAILABILITY);

  wattle_query_where_text (&query, WATTLE_AVAILABILITY_PRACTITIONER, practitioner);
  wattle_query_where (&query, WATTLE_AVAILABILITY_FROM_DATE, WATTLE_COMPARE_LESS, date + 1);
  return wattle_reader_query (reader, &query, error);
}

static void
minutes_of (WattleRecord *availability, gint64 *from, gint64 *to)
{
  *from = wattle_record_get_integer (availability, WATTLE_AVAILABILITY_STARTS);
  *to = wattle_record_has (availability, WATTLE_AVAILABILITY_ENDS)
          ? wattle_record_get_integer (availability, WATTLE_AVAILABILITY_ENDS)
          : 24 * 60;
}

/* The hours and extra hours of a date, before anything is taken away. */
static GArray *
work_on (GPtrArray *rows, GTimeZone *zone, const char *location, gint64 date, int kind)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (WattleSpan));

  for (guint i = 0; i < rows->len; i++)
    {
      WattleRecord *row = g_ptr_array_index (rows, i);
      gint64 from, to;

      if (wattle_record_get_integer (row, WATTLE_AVAILABILITY_KIND) != kind || !holds_on (row, date)
          || !is_at (row, location)
          || (kind == WATTLE_AVAILABILITY_KIND_HOURS
              && wattle_record_get_integer (row, WATTLE_AVAILABILITY_WEEKDAY) != wattle_date_weekday (date) - 1))
        continue;
      minutes_of (row, &from, &to);
      add_span (spans, wall (zone, date, from), wall (zone, date, to));
    }
  return join (spans);
}

static void
cut_leave (GPtrArray *rows, GTimeZone *zone, gint64 date, GArray **spans)
{
  for (guint i = 0; i < rows->len; i++)
    {
      WattleRecord *row = g_ptr_array_index (rows, i);
      gint64 from, to;

      if (wattle_record_get_integer (row, WATTLE_AVAILABILITY_KIND) != WATTLE_AVAILABILITY_KIND_LEAVE
          || !holds_on (row, date))
        continue;
      minutes_of (row, &from, &to);
      replace (spans, cut (*spans, wall (zone, date, from), wall (zone, date, to)));
    }
}

/* Public holidays of the whole state, from the minute they begin. */
static void
cut_holidays (WattleRecord *location, GTimeZone *zone, gint64 date, GArray **spans)
{
  const WattleField *field = wattle_field_get (WATTLE_LOCATION_STATE);
  g_autoptr (GPtrArray) holidays = NULL;

  if (!wattle_record_get_boolean (location, WATTLE_LOCATION_CLOSED_ON_HOLIDAYS))
    return;
  holidays = wattle_holidays_for (
    wattle_enum_nick (wattle_field_enum (field), wattle_record_get_integer (location, WATTLE_LOCATION_STATE)), date,
    date);
  for (guint i = 0; i < holidays->len; i++)
    {
      const WattleHoliday *holiday = g_ptr_array_index (holidays, i);

      if (*holiday->region == '\0')
        replace (spans, cut (*spans, wall (zone, date, MAX (holiday->start_minute, 0)), wall (zone, date, 24 * 60)));
    }
}

/* Extra hours stand against holidays, which is what they are entered for, and not against leave. */
static GArray *
open_at (WattleReader *reader, WattleRecord *location, const char *practitioner, gint64 date, GError **error)
{
  GTimeZone *zone = zone_of (location, error);
  const char *place = wattle_record_id (location);
  g_autoptr (GPtrArray) rows = zone != NULL ? find_availability (reader, practitioner, date, error) : NULL;
  g_autoptr (GArray) extra = NULL;
  GArray *spans;

  if (rows == NULL)
    return NULL;
  spans = work_on (rows, zone, place, date, WATTLE_AVAILABILITY_KIND_HOURS);
  cut_holidays (location, zone, date, &spans);
  extra = work_on (rows, zone, place, date, WATTLE_AVAILABILITY_KIND_EXTRA);
  g_array_append_vals (spans, extra->data, extra->len);
  replace (&spans, join (spans));
  cut_leave (rows, zone, date, &spans);
  return spans;
}

/**
 * wattle_open_hours:
 * @reader: the practice's records
 * @practitioner: id of a practitioner
 * @location: id of a location
 * @date: a date at that location
 * @error: %WATTLE_ERROR_NOT_FOUND for an unknown location
 *
 * Weekly hours and extra hours, less leave, less public holidays where the location closes on them.
 *
 * Returns: (transfer full) (element-type WattleSpan) (nullable): in order, apart from each other
 */
GArray *
wattle_open_hours (WattleReader *reader, const char *practitioner, const char *location, gint64 date, GError **error)
{
  g_autoptr (WattleRecord) place = wattle_reader_get (reader, WATTLE_RECORD_LOCATION, location, error);

  return place != NULL ? open_at (reader, place, practitioner, date, error) : NULL;
}

/**
 * wattle_closed_bands:
 * @reader: the practice's records
 * @practitioner: id of a practitioner
 * @location: id of a location
 * @date: a date at that location
 * @error: %WATTLE_ERROR_NOT_FOUND for an unknown location
 *
 * Returns: (transfer full) (element-type WattleSpan) (nullable): the rest of the day, midnight to midnight
 */
GArray *
wattle_closed_bands (WattleReader *reader, const char *practitioner, const char *location, gint64 date, GError **error)
{
  g_autoptr (WattleRecord) place = wattle_reader_get (reader, WATTLE_RECORD_LOCATION, location, error);
  g_autoptr (GArray) open = place != NULL ? open_at (reader, place, practitioner, date, error) : NULL;
  GArray *closed;
  WattleSpan day;

  if (open == NULL)
    return NULL;
  wattle_zone_day_bounds (zone_of (place, NULL), date, &day.start, &day.end);
  closed = g_array_new (FALSE, FALSE, sizeof (WattleSpan));
  g_array_append_val (closed, day);
  for (guint i = 0; i < open->len; i++)
    replace (&closed, cut (closed, g_array_index (open, WattleSpan, i).start, g_array_index (open, WattleSpan, i).end));
  return closed;
}

static gboolean
cut_visits (WattleReader *reader, const char *practitioner, gint64 start, gint64 end, GArray **spans, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) visits = NULL;

  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PRACTITIONER, practitioner);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS, end);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_GREATER,
                      start - WATTLE_APPOINTMENT_MAX_HOURS * WATTLE_HOUR);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_ONE_OF, WATTLE_APPOINTMENT_BUSY_MASK);
  visits = wattle_reader_query (reader, &query, error);
  for (guint i = 0; visits != NULL && i < visits->len; i++)
    {
      WattleRecord *visit = g_ptr_array_index (visits, i);

      replace (spans, cut (*spans, wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT),
                           wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ENDS_AT)));
    }
  return visits != NULL;
}

/* The starts within one stretch that leave room for a visit, on the grid of the diary counted from its beginning. */
static void
add_slots (GArray *slots, WattleSpan open, gint64 length, gint64 grid, gint64 from, gint64 to, guint max)
{
  gint64 begin = open.start >= from ? open.start : open.start + (from - open.start + grid - 1) / grid * grid;

  for (gint64 start = begin; start + length <= open.end && start < to && slots->len < max; start += grid)
    add_span (slots, start, start + length);
}

/**
 * wattle_free_slots:
 * @reader: the practice's records
 * @practitioner: id of a practitioner
 * @location: id of a location
 * @from: no slot begins before this instant
 * @to: no slot begins at or after this instant
 * @minutes: how long the visit is
 * @max: at most so many
 * @slots: (out) (transfer full) (element-type WattleSpan): what was found, nearest to @from first
 * @error: %WATTLE_ERROR_NOT_FOUND for an unknown location
 *
 * Slots do not overlap existing visits of the practitioner; they do overlap each other.
 *
 * Returns: whether the diary could be read
 */
gboolean
wattle_free_slots (WattleReader *reader,
                   const char *practitioner,
                   const char *location,
                   gint64 from,
                   gint64 to,
                   guint minutes,
                   guint max,
                   GArray **slots,
                   GError **error)
{
  g_autoptr (WattleRecord) place = wattle_reader_get (reader, WATTLE_RECORD_LOCATION, location, error);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (WattleSpan));
  gint64 grid = wattle_setting_get_integer (reader, "slot_minutes") * WATTLE_MINUTE;
  GTimeZone *zone = place != NULL ? zone_of (place, error) : NULL;
  gint64 first, last;

  if (zone == NULL)
    return FALSE;
  wattle_zone_to_local (from, zone, &first, NULL, NULL);
  wattle_zone_to_local (to, zone, &last, NULL, NULL);
  last = MIN (last, first + MAX_SEARCH_DAYS);
  for (gint64 date = first; minutes > 0 && date <= last && found->len < max; date++)
    {
      GArray *open = open_at (reader, place, practitioner, date, error);
      gint64 start, end;

      if (open == NULL)
        return FALSE;
      wattle_zone_day_bounds (zone, date, &start, &end);
      if (open->len > 0 && !cut_visits (reader, practitioner, start, end, &open, error))
        {
          g_array_unref (open);
          return FALSE;
        }
      for (guint i = 0; i < open->len; i++)
        add_slots (found, g_array_index (open, WattleSpan, i), minutes * WATTLE_MINUTE, grid, from, to, max);
      g_array_unref (open);
    }
  *slots = g_steal_pointer (&found);
  return TRUE;
}
