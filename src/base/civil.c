/* civil.c: dates, instants and the wall clocks of time zones
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/civil.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil-text.h"
#include "base/error.h"

#define DAYS_IN_ERA 146097 /* in 400 years, after which the calendar repeats */

static gint64
floor_divide (gint64 a, gint64 b)
{
  return a / b - (a % b < 0 ? 1 : 0);
}

static gboolean
is_leap_year (int year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/**
 * wattle_date_is_valid:
 * @date: any number
 *
 * Returns: whether it is a date of the years 1 to 9999
 */
gboolean
wattle_date_is_valid (gint64 date)
{
  return date >= WATTLE_DATE_MIN && date <= WATTLE_DATE_MAX;
}

/**
 * wattle_date_days_in:
 * @year: a year
 * @month: 1 to 12
 *
 * Returns: how many days that month has
 */
int
wattle_date_days_in (int year, int month)
{
  static const guint8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  g_return_val_if_fail (month >= 1 && month <= 12, 0);
  return days[month - 1] + (month == 2 && is_leap_year (year) ? 1 : 0);
}

/**
 * wattle_date_from_ymd:
 * @year: 1 to 9999
 * @month: 1 to 12
 * @day: 1 to 31
 * @date: (out): the date
 *
 * Returns: %FALSE when there is no such day
 */
gboolean
wattle_date_from_ymd (int year, int month, int day, gint64 *date)
{
  gint64 y, era, year_of_era, day_of_year;

  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > wattle_date_days_in (year, month))
    return FALSE;
  /* Years that start in March put the leap day last, where it moves no other. */
  y = month <= 2 ? year - 1 : year;
  era = y / 400;
  year_of_era = y - era * 400;
  day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  *date = era * DAYS_IN_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
  return TRUE;
}

/**
 * wattle_date_to_ymd:
 * @date: a valid date
 * @year: (out) (optional): its year
 * @month: (out) (optional): its month, 1 to 12
 * @day: (out) (optional): its day, 1 to 31
 */
void
wattle_date_to_ymd (gint64 date, int *year, int *month, int *day)
{
  gint64 shifted = date + 719468;
  gint64 era = floor_divide (shifted, DAYS_IN_ERA);
  gint64 day_of_era = shifted - era * DAYS_IN_ERA;
  gint64 year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  gint64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  gint64 march_month = (5 * day_of_year + 2) / 153;
  int m = (int) (march_month < 10 ? march_month + 3 : march_month - 9);

  if (year != NULL)
    *year = (int) (era * 400 + year_of_era + (m <= 2 ? 1 : 0));
  if (month != NULL)
    *month = m;
  if (day != NULL)
    *day = (int) (day_of_year - (153 * march_month + 2) / 5 + 1);
}

/* Exactly n digits at *at, which moves past them. */
static gboolean
scan_digits (const char **at, int n, int *value)
{
  *value = 0;
  for (; n > 0; n--, (*at)++)
    {
      if (!g_ascii_isdigit (**at))
        return FALSE;
      *value = *value * 10 + (**at - '0');
    }
  return TRUE;
}

static gboolean
scan_char (const char **at, char c)
{
  if (**at != c)
    return FALSE;
  (*at)++;
  return TRUE;
}

static gboolean
scan_date (const char **at, gint64 *date)
{
  int year, month, day;

  return scan_digits (at, 4, &year) && scan_char (at, '-') && scan_digits (at, 2, &month) && scan_char (at, '-')
         && scan_digits (at, 2, &day) && wattle_date_from_ymd (year, month, day, date);
}

/**
 * wattle_date_parse:
 * @text: a date of ISO 8601, such as "2026-11-20", and nothing else
 * @date: (out): the date
 * @error: set with %WATTLE_ERROR_INVALID
 *
 * Returns: %FALSE with @error when @text is no date
 */
gboolean
wattle_date_parse (const char *text, gint64 *date, GError **error)
{
  const char *at = text;

  if (scan_date (&at, date) && *at == '\0')
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, _("A date is written as year-month-day, such as %s."),
                          "2026-11-20");
  return FALSE;
}

static char *
print_number (char *to, guint value, int n_digits)
{
  for (int i = n_digits - 1; i >= 0; i--, value /= 10)
    to[i] = (char) ('0' + value % 10);
  return to + n_digits;
}

static char *
print_date (char *to, gint64 date)
{
  int year, month, day;

  wattle_date_to_ymd (date, &year, &month, &day);
  to = print_number (to, (guint) year, 4);
  *to++ = '-';
  to = print_number (to, (guint) month, 2);
  *to++ = '-';
  return print_number (to, (guint) day, 2);
}

/**
 * wattle_date_print:
 * @date: a valid date
 * @buffer: (out): gets it as of ISO 8601
 *
 * wattle_date_format() without an allocation.
 */
void
wattle_date_print (gint64 date, char buffer[WATTLE_DATE_SIZE])
{
  buffer[0] = '\0';
  g_return_if_fail (wattle_date_is_valid (date));
  *print_date (buffer, date) = '\0';
}

/**
 * wattle_date_format:
 * @date: a valid date
 *
 * Returns: (transfer full): it as of ISO 8601, such as "2026-11-20"
 */
char *
wattle_date_format (gint64 date)
{
  char buffer[WATTLE_DATE_SIZE];

  wattle_date_print (date, buffer);
  return g_strdup (buffer);
}

/**
 * wattle_date_weekday:
 * @date: a date
 *
 * Returns: 1 for Monday to 7 for Sunday
 */
int
wattle_date_weekday (gint64 date)
{
  gint64 since_monday = (date + 3) % 7;

  return (int) (since_monday < 0 ? since_monday + 8 : since_monday + 1);
}

/**
 * wattle_date_add_months:
 * @date: a valid date
 * @months: how many, either way
 *
 * Returns: the same day of another month, or the last day of a month too short for it: a month
 *   after 31 January is 28 or 29 February. Stops at the ends of the calendar.
 */
gint64
wattle_date_add_months (gint64 date, int months)
{
  int year, month, day;
  gint64 count, result;

  wattle_date_to_ymd (date, &year, &month, &day);
  count = (gint64) year * 12 + (month - 1) + months;
  if (count < 12)
    return WATTLE_DATE_MIN;
  if (count >= 10000 * 12)
    return WATTLE_DATE_MAX;
  year = (int) (count / 12);
  month = (int) (count % 12) + 1;
  wattle_date_from_ymd (year, month, MIN (day, wattle_date_days_in (year, month)), &result);
  return result;
}

/**
 * wattle_date_age:
 * @born: a valid date
 * @on: a valid date
 *
 * Returns: full years from @born to @on; negative when @on is before @born. Somebody born on 29 February is a year
 *   older on 1 March of other years.
 */
int
wattle_date_age (gint64 born, gint64 on)
{
  int born_year, born_month, born_day, year, month, day;

  wattle_date_to_ymd (born, &born_year, &born_month, &born_day);
  wattle_date_to_ymd (on, &year, &month, &day);
  return year - born_year - (month < born_month || (month == born_month && day < born_day) ? 1 : 0);
}

/* ".123" as microseconds; digits past the sixth are dropped. */
static gboolean
scan_fraction (const char **at, int *microseconds)
{
  int scale = 100000;

  *microseconds = 0;
  if (!scan_char (at, '.'))
    return TRUE;
  if (!g_ascii_isdigit (**at))
    return FALSE;
  for (; g_ascii_isdigit (**at); (*at)++, scale /= 10)
    *microseconds += (**at - '0') * scale;
  return TRUE;
}

static gboolean
scan_offset (const char **at, int *seconds)
{
  int sign, hours, minutes;

  *seconds = 0;
  if (scan_char (at, 'Z') || scan_char (at, 'z'))
    return TRUE;
  if (**at != '+' && **at != '-')
    return FALSE;
  sign = *(*at)++ == '-' ? -1 : 1;
  if (!scan_digits (at, 2, &hours) || !scan_char (at, ':') || !scan_digits (at, 2, &minutes) || hours > 23
      || minutes > 59)
    return FALSE;
  *seconds = sign * (hours * 3600 + minutes * 60);
  return TRUE;
}

static gboolean
scan_instant (const char *at, gint64 *instant)
{
  gint64 date;
  int hour, minute, second, microseconds, offset;

  if (!scan_date (&at, &date) || !(scan_char (&at, 'T') || scan_char (&at, 't')) || !scan_digits (&at, 2, &hour)
      || !scan_char (&at, ':') || !scan_digits (&at, 2, &minute) || !scan_char (&at, ':')
      || !scan_digits (&at, 2, &second) || !scan_fraction (&at, &microseconds) || !scan_offset (&at, &offset)
      || *at != '\0')
    return FALSE;
  if (hour > 23 || minute > 59 || second > 60)
    return FALSE;
  *instant = (date * WATTLE_DAY_SECONDS + hour * 3600 + minute * 60 + second - offset) * WATTLE_SECOND + microseconds;
  return *instant >= WATTLE_INSTANT_MIN && *instant <= WATTLE_INSTANT_MAX;
}

/**
 * wattle_instant_parse:
 * @text: an instant of RFC 3339 with its offset, such as "2026-11-20T09:30:00+11:00"
 * @instant: (out): the instant, to the microsecond; a leap second counts as the second after it
 * @error: set with %WATTLE_ERROR_INVALID
 *
 * Returns: %FALSE with @error when @text is no instant
 */
gboolean
wattle_instant_parse (const char *text, gint64 *instant, GError **error)
{
  if (scan_instant (text, instant))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL,
                          _("A moment is written as date, time and offset from UTC, such as %s."),
                          "2026-11-20T09:30:00Z");
  return FALSE;
}

/**
 * wattle_instant_print:
 * @instant: an instant of the years 1 to 9999
 * @buffer: (out): gets it as of RFC 3339
 *
 * wattle_instant_format() without an allocation.
 */
void
wattle_instant_print (gint64 instant, char buffer[WATTLE_INSTANT_SIZE])
{
  gint64 seconds = floor_divide (instant, WATTLE_SECOND);
  gint64 date = floor_divide (seconds, WATTLE_DAY_SECONDS);
  guint second_of_day = (guint) (seconds - date * WATTLE_DAY_SECONDS);
  guint microseconds = (guint) (instant - seconds * WATTLE_SECOND);
  char *to;

  buffer[0] = '\0';
  g_return_if_fail (wattle_date_is_valid (date));
  to = print_date (buffer, date);
  *to++ = 'T';
  to = print_number (to, second_of_day / 3600, 2);
  *to++ = ':';
  to = print_number (to, second_of_day / 60 % 60, 2);
  *to++ = ':';
  to = print_number (to, second_of_day % 60, 2);
  if (microseconds != 0)
    {
      *to++ = '.';
      to = microseconds % 1000 == 0 ? print_number (to, microseconds / 1000, 3) : print_number (to, microseconds, 6);
    }
  *to++ = 'Z';
  *to = '\0';
}

/**
 * wattle_instant_format:
 * @instant: an instant of the years 1 to 9999
 *
 * Returns: (transfer full): it as of RFC 3339, always in UTC: "2026-11-20T09:30:00Z", with three digits of
 *   the second when they are not all zero, and six only when three would lose something
 */
char *
wattle_instant_format (gint64 instant)
{
  char buffer[WATTLE_INSTANT_SIZE];

  wattle_instant_print (instant, buffer);
  return g_strdup (buffer);
}

/* Area/Location, or UTC. GLib would also take offsets, POSIX rules and paths, none of which say where a clock hangs. */
static gboolean
is_zone_name (const char *name)
{
  gboolean start = TRUE;
  gsize length = strnlen (name, 65);

  if (strcmp (name, "UTC") == 0)
    return TRUE;
  if (length > 64 || strchr (name, '/') == NULL)
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    {
      if (start ? !g_ascii_isalpha (*p) : !(g_ascii_isalnum (*p) || strchr ("_+-/", *p) != NULL))
        return FALSE;
      start = *p == '/';
    }
  return !start;
}

/**
 * wattle_zone_lookup:
 * @name: (nullable): a zone of the IANA database, such as "Australia/Sydney", or "UTC"
 * @error: set with %WATTLE_ERROR_INVALID
 *
 * Zones are read once and kept; any thread may ask.
 *
 * Returns: (transfer none): the zone, or %NULL with @error when this computer knows no such zone
 */
GTimeZone *
wattle_zone_lookup (const char *name, GError **error)
{
  static GMutex mutex;
  static GHashTable *zones;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  GTimeZone *zone;

  if (zones == NULL)
    zones = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_time_zone_unref);
  zone = name != NULL && is_zone_name (name) ? g_hash_table_lookup (zones, name) : NULL;
  if (zone != NULL)
    return zone;
  if (name != NULL && is_zone_name (name))
    zone = g_time_zone_new_identifier (name);
  if (zone == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL,
                              _("This computer knows no such time zone; choose one such as Australia/Sydney."));
      return NULL;
    }
  g_hash_table_insert (zones, g_strdup (name), zone);
  return zone;
}

/* Seconds the wall clock is ahead of UTC at a moment given in UTC seconds. */
static gint64
offset_at (GTimeZone *zone, gint64 seconds)
{
  return g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds));
}

/**
 * wattle_zone_to_local:
 * @instant: an instant
 * @zone: a zone of wattle_zone_lookup()
 * @date: (out) (optional): the date on the calendar there
 * @second_of_day: (out) (optional): the wall time there, 0 to 86399
 * @utc_offset: (out) (optional): seconds the clock there is ahead of UTC
 */
void
wattle_zone_to_local (gint64 instant, GTimeZone *zone, gint64 *date, int *second_of_day, int *utc_offset)
{
  gint64 seconds = floor_divide (instant, WATTLE_SECOND);
  gint64 offset = offset_at (zone, seconds);
  gint64 local_date = floor_divide (seconds + offset, WATTLE_DAY_SECONDS);

  if (date != NULL)
    *date = local_date;
  if (second_of_day != NULL)
    *second_of_day = (int) (seconds + offset - local_date * WATTLE_DAY_SECONDS);
  if (utc_offset != NULL)
    *utc_offset = (int) offset;
}

/* The first second at which the offset is no longer that of @from; it has changed by @to. */
static gint64
find_change (GTimeZone *zone, gint64 from, gint64 to)
{
  gint64 before = offset_at (zone, from);

  while (to - from > 1)
    {
      gint64 middle = from + (to - from) / 2;

      if (offset_at (zone, middle) == before)
        from = middle;
      else
        to = middle;
    }
  return to;
}

static gboolean
refuse_wall_time (GTimeZone *zone, gint64 date, int second_of_day, gint64 after_gap, GError **error)
{
  g_autofree char *time = wattle_time_display (second_of_day);
  g_autofree char *day = wattle_date_display (date);
  g_autofree char *next = wattle_time_display (after_gap >= 0 ? (int) (after_gap % WATTLE_DAY_SECONDS) : 0);
  const char *name = g_time_zone_get_identifier (zone);

  if (after_gap >= 0)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL,
                            _("There is no %s on %s in %s: the clocks go forward then. Choose %s or later."), time,
                            day, name, next);
  else
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL,
                            _("%s comes twice on %s in %s: the clocks go back then. Choose the earlier or the later."),
                            time, day, name);
  return FALSE;
}

/**
 * wattle_zone_to_instant:
 * @zone: a zone of wattle_zone_lookup()
 * @date: a valid date
 * @second_of_day: a wall time, 0 to 86399
 * @policy: what to do about a wall time that does not exist or exists twice
 * @instant: (out): when that is
 * @error: set with %WATTLE_ERROR_INVALID when @policy refuses the wall time
 *
 * Returns: %FALSE with @error when there is no answer
 */
gboolean
wattle_zone_to_instant (
  GTimeZone *zone, gint64 date, int second_of_day, WattleWallPolicy policy, gint64 *instant, GError **error)
{
  gint64 local = date * WATTLE_DAY_SECONDS + second_of_day;
  /* No clock is a day from UTC, so a change of this clock around the wall time lies between these two. */
  gint64 from = local - WATTLE_DAY_SECONDS, to = local + WATTLE_DAY_SECONDS;
  gint64 before = offset_at (zone, from), after = offset_at (zone, to);
  gboolean fits_before, fits_after;
  gint64 change;

  g_return_val_if_fail (wattle_date_is_valid (date), FALSE);
  g_return_val_if_fail (second_of_day >= 0 && second_of_day < WATTLE_DAY_SECONDS, FALSE);

  fits_before = offset_at (zone, local - before) == before;
  fits_after = offset_at (zone, local - after) == after;
  if (fits_before && fits_after && before != after && policy == WATTLE_WALL_STRICT)
    return refuse_wall_time (zone, date, second_of_day, -1, error);
  if (fits_before || fits_after)
    {
      gboolean use_before = fits_before && (!fits_after || policy != WATTLE_WALL_LATER);

      *instant = (local - (use_before ? before : after)) * WATTLE_SECOND;
      return TRUE;
    }
  change = find_change (zone, from, to);
  if (policy != WATTLE_WALL_FORWARD)
    return refuse_wall_time (zone, date, second_of_day, change + offset_at (zone, change), error);
  *instant = change * WATTLE_SECOND;
  return TRUE;
}

/**
 * wattle_zone_day_bounds:
 * @zone: a zone of wattle_zone_lookup()
 * @date: a valid date
 * @start: (out): the first moment of that day there
 * @end: (out): the first moment of the next day there
 *
 * A day is 23 to 25 hours long when the clocks change, 23.5 or 24.5 on Lord Howe Island.
 */
void
wattle_zone_day_bounds (GTimeZone *zone, gint64 date, gint64 *start, gint64 *end)
{
  *start = *end = 0;
  wattle_zone_to_instant (zone, date, 0, WATTLE_WALL_FORWARD, start, NULL);
  wattle_zone_to_instant (zone, MIN (date + 1, WATTLE_DATE_MAX), 0, WATTLE_WALL_FORWARD, end, NULL);
}
