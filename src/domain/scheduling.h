/* scheduling.h: when a practitioner works, and which times are free
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/reader.h"

G_BEGIN_DECLS

/* The room of a video visit opens so many seconds before it starts and closes so many after it ends. */
#define WATTLE_ROOM_EARLY (30 * 60)
#define WATTLE_ROOM_LATE (4 * 3600)

/* The longest a visit may be: no query for overlaps has to look further back. */
#define WATTLE_APPOINTMENT_MAX_HOURS 24

/* The statuses of a visit that takes up its time: all but the cancelled and the missed. */
#define WATTLE_APPOINTMENT_BUSY_MASK \
  ((1u << WATTLE_APPOINTMENT_STATUS_TENTATIVE) | (1u << WATTLE_APPOINTMENT_STATUS_BOOKED) \
   | (1u << WATTLE_APPOINTMENT_STATUS_ARRIVED) | (1u << WATTLE_APPOINTMENT_STATUS_IN_VISIT) \
   | (1u << WATTLE_APPOINTMENT_STATUS_COMPLETED))

/**
 * WattleSpan:
 * @start: instant
 * @end: instant behind it
 *
 * A stretch of time.
 */
typedef struct
{
  gint64 start;
  gint64 end;
} WattleSpan;

GArray  *wattle_open_hours  (WattleReader  *reader,
                             const char    *practitioner,
                             const char    *location,
                             gint64         date,
                             GError       **error);
GArray  *wattle_closed_bands (WattleReader *reader,
                             const char    *practitioner,
                             const char    *location,
                             gint64         date,
                             GError       **error);
gboolean wattle_free_slots  (WattleReader  *reader,
                             const char    *practitioner,
                             const char    *location,
                             gint64         from,
                             gint64         to,
                             guint          minutes,
                             guint          max,
                             GArray       **slots,
                             GError       **error);

G_END_DECLS
