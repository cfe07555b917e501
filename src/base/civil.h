/* civil.h: dates, instants and the wall clocks of time zones
 *
 * A date is a gint64: days since 1970-01-01 in the proleptic Gregorian calendar. An instant is a gint64:
 * microseconds since 1970-01-01T00:00:00Z, leap seconds not counted. A wall time is a date and a second of
 * that day, and means nothing without a zone. Years are 1 to 9999.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "base/clock.h"

G_BEGIN_DECLS

#define WATTLE_DAY_SECONDS 86400

#define WATTLE_DATE_MIN G_GINT64_CONSTANT (-719162)                   /* 0001-01-01 */
#define WATTLE_DATE_MAX G_GINT64_CONSTANT (2932896)                   /* 9999-12-31 */
#define WATTLE_INSTANT_MIN (WATTLE_DATE_MIN * 86400 * WATTLE_SECOND)  /* 0001-01-01T00:00:00Z */
#define WATTLE_INSTANT_MAX ((WATTLE_DATE_MAX + 1) * 86400 * WATTLE_SECOND - 1)

#define WATTLE_DATE_SIZE 11    /* "2026-11-20" and its NUL */
#define WATTLE_INSTANT_SIZE 28 /* "2026-11-20T00:00:00.000000Z" and its NUL */

/**
 * WattleWallPolicy:
 * @WATTLE_WALL_STRICT: a wall time that does not exist, or exists twice, is an error
 * @WATTLE_WALL_EARLIER: the earlier of two; one that does not exist is an error
 * @WATTLE_WALL_LATER: the later of two; one that does not exist is an error
 * @WATTLE_WALL_FORWARD: the earlier of two; one that does not exist becomes the first moment after the
 *   gap, so 02:30 becomes 03:00. Never fails for a date in range: for recurring bookings
 *
 * What to do about a wall time around a change of the clocks.
 */
typedef enum
{
  WATTLE_WALL_STRICT,
  WATTLE_WALL_EARLIER,
  WATTLE_WALL_LATER,
  WATTLE_WALL_FORWARD,
} WattleWallPolicy;

gboolean   wattle_date_is_valid     (gint64            date);
gboolean   wattle_date_from_ymd     (int               year,
                                     int               month,
                                     int               day,
                                     gint64           *date);
void       wattle_date_to_ymd       (gint64            date,
                                     int              *year,
                                     int              *month,
                                     int              *day);
gboolean   wattle_date_parse        (const char       *text,
                                     gint64           *date,
                                     GError          **error);
void       wattle_date_print        (gint64            date,
                                     char              buffer[WATTLE_DATE_SIZE]);
char      *wattle_date_format       (gint64            date);
int        wattle_date_weekday      (gint64            date);
int        wattle_date_days_in      (int               year,
                                     int               month);
gint64     wattle_date_add_months   (gint64            date,
                                     int               months);
int        wattle_date_age          (gint64            born,
                                     gint64            on);

gboolean   wattle_instant_parse     (const char       *text,
                                     gint64           *instant,
                                     GError          **error);
void       wattle_instant_print     (gint64            instant,
                                     char              buffer[WATTLE_INSTANT_SIZE]);
char      *wattle_instant_format    (gint64            instant);

GTimeZone *wattle_zone_lookup       (const char       *name,
                                     GError          **error);
void       wattle_zone_to_local     (gint64            instant,
                                     GTimeZone        *zone,
                                     gint64           *date,
                                     int              *second_of_day,
                                     int              *utc_offset);
gboolean   wattle_zone_to_instant   (GTimeZone        *zone,
                                     gint64            date,
                                     int               second_of_day,
                                     WattleWallPolicy  policy,
                                     gint64           *instant,
                                     GError          **error);
void       wattle_zone_day_bounds   (GTimeZone        *zone,
                                     gint64            date,
                                     gint64           *start,
                                     gint64           *end);

G_END_DECLS
