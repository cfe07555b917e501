/* overlap.c: one visit at a time for a practitioner, and in a room
 *
 * On a server the stored active bookings of a diary are disjoint, so the only
 * one that can meet a new booking is the last that starts before its end: one
 * step in an index, whatever the lengths. A client may hold bookings of its own
 * that the server has not judged, so it looks at a week of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include <glib/gi18n-lib.h>

#include "base/civil.h"
#include "base/error.h"

#define LONGEST (7 * WATTLE_DAY)

/**
 * wattle_appointment_is_active:
 * @appointment: an appointment
 *
 * A completed visit that came from another system is history: its times are
 * kept as they were told, even where two of them meet, and take nobody's time.
 *
 * Returns: whether it occupies time: neither deleted, cancelled, missed nor a
 *   visit that was completed elsewhere
 */
gboolean
wattle_appointment_is_active (WattleRecord *appointment)
{
  if (wattle_record_is_deleted (appointment) || !wattle_record_has (appointment, WATTLE_APPOINTMENT_STATUS))
    return FALSE;
  switch (wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STATUS))
    {
    case WATTLE_APPOINTMENT_STATUS_TENTATIVE:
    case WATTLE_APPOINTMENT_STATUS_BOOKED:
    case WATTLE_APPOINTMENT_STATUS_ARRIVED:
    case WATTLE_APPOINTMENT_STATUS_IN_VISIT:
      return TRUE;
    case WATTLE_APPOINTMENT_STATUS_COMPLETED:
      return !wattle_record_has (appointment, WATTLE_APPOINTMENT_IMPORTED_FROM);
    default:
      return FALSE;
    }
}

static char *
wall_clock (gint64 instant, const char *zone)
{
  GTimeZone *found = wattle_zone_lookup (zone != NULL ? zone : "UTC", NULL);
  gint64 date;
  int second, offset;

  if (found == NULL)
    found = wattle_zone_lookup ("UTC", NULL);
  wattle_zone_to_local (instant, found, &date, &second, &offset);
  return g_strdup_printf ("%02d:%02d", second / 3600, second / 60 % 60);
}

/* The row of an active booking that meets this one, from one of the four statements of that kind. */
static gboolean
find (WattleConnection *connection, WattleSql which, WattleRecord *appointment, char **id, gint64 *starts, gint64 *ends,
      GError **error)
{
  gboolean room = which == WATTLE_SQL_BUSY_ROOM || which == WATTLE_SQL_BEFORE_ROOM;
  gint64 start = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT);
  gint64 end = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT);
  g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, which, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  wattle_bind_field (statement, 1, appointment, room ? WATTLE_APPOINTMENT_LOCATION : WATTLE_APPOINTMENT_PRACTITIONER);
  wattle_bind_integer (statement, 2, start);
  wattle_bind_integer (statement, 3, end);
  wattle_bind_integer (statement, 4, start - LONGEST);
  wattle_bind_id (statement, 5, wattle_record_id (appointment));
  if (room)
    wattle_bind_field (statement, 6, appointment, WATTLE_APPOINTMENT_ROOM);
  if (!wattle_connection_step (connection, statement, &row, error))
    return FALSE;
  if (!row || wattle_column_integer (statement, 2) <= start)
    return TRUE;
  *id = wattle_column_id (statement, 0);
  *starts = wattle_column_integer (statement, 1);
  *ends = wattle_column_integer (statement, 2);
  return TRUE;
}

static void
refuse (WattleRecord *appointment, gboolean room, gint64 starts, gint64 ends, GError **error)
{
  const char *zone = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_ZONE);
  g_autofree char *from = wall_clock (starts, zone);
  g_autofree char *to = wall_clock (ends, zone);

  if (room)
    wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "room",
                            _("The room %s is taken from %s to %s. Nothing was changed; choose another room or time."),
                            wattle_record_get_string (appointment, WATTLE_APPOINTMENT_ROOM), from, to);
  else
    wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "starts_at",
                            _("The time from %s to %s is already taken. Nothing was changed; choose another time."),
                            from, to);
}

static gboolean
check (WattleTransaction *self, WattleRecord *appointment, char **conflicting_id, GError **error)
{
  gboolean server = self->store->side == WATTLE_STORE_SERVER;
  g_autofree char *id = NULL;
  gint64 starts, ends;
  gboolean room = FALSE;

  if (wattle_record_type (appointment)->id != WATTLE_RECORD_APPOINTMENT || !wattle_appointment_is_active (appointment))
    return TRUE;
  if (wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT)
      <= wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "ends_at", _("A visit must end after it starts."));
      return FALSE;
    }
  if (!find (self->connection, server ? WATTLE_SQL_BEFORE_PRACTITIONER : WATTLE_SQL_BUSY_PRACTITIONER, appointment, &id,
             &starts, &ends, error))
    return FALSE;
  if (id == NULL && wattle_record_has (appointment, WATTLE_APPOINTMENT_ROOM))
    {
      room = TRUE;
      if (!find (self->connection, server ? WATTLE_SQL_BEFORE_ROOM : WATTLE_SQL_BUSY_ROOM, appointment, &id, &starts,
                 &ends, error))
        return FALSE;
    }
  if (id == NULL)
    return TRUE;
  refuse (appointment, room, starts, ends, error);
  if (conflicting_id != NULL)
    *conflicting_id = g_steal_pointer (&id);
  return FALSE;
}

gboolean
wattle_overlap_refuse (WattleTransaction *self, WattleRecord *appointment, GError **error)
{
  return check (self, appointment, NULL, error);
}

/**
 * wattle_transaction_overlap:
 * @self: a transaction
 * @appointment: an appointment, saved or not
 * @conflicting_id: (out) (optional) (nullable): the booking that it meets
 * @error: (out): %WATTLE_ERROR_CONFLICT naming "starts_at" or "room"
 *
 * Returns: whether its time is free
 */
gboolean
wattle_transaction_overlap (WattleTransaction *self, WattleRecord *appointment, char **conflicting_id, GError **error)
{
  if (conflicting_id != NULL)
    *conflicting_id = NULL;
  return check (self, appointment, conflicting_id, error);
}

static gboolean
scan (WattleConnection *connection, WattleSql which, const char *field, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, which, error);
  g_autofree char *owner = NULL;
  g_autofree char *room = NULL;
  gint64 busy_until = 0;
  gboolean row;

  if (statement == NULL)
    return FALSE;
  while (TRUE)
    {
      g_autofree char *now_owner = NULL;
      const char *now_room;

      if (!wattle_connection_step (connection, statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      now_owner = wattle_column_id (statement, 3);
      now_room = wattle_column_text (statement, 4);
      if (g_strcmp0 (owner, now_owner) != 0 || g_strcmp0 (room, now_room) != 0)
        {
          g_free (owner);
          owner = g_steal_pointer (&now_owner);
          g_free (room);
          room = g_strdup (now_room);
        }
      else if (wattle_column_integer (statement, 1) < busy_until)
        {
          g_autofree char *id = wattle_column_id (statement, 0);

          wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, field,
                                  _("The booking %s meets another one at the same time. Nothing was kept."), id);
          return FALSE;
        }
      busy_until = wattle_column_integer (statement, 2);
    }
}

/**
 * wattle_overlap_scan:
 * @connection: a connection
 * @error: (out): %WATTLE_ERROR_CONFLICT naming the first booking that meets another
 *
 * Checks every active booking, in the order of diaries and rooms.
 */
gboolean
wattle_overlap_scan (WattleConnection *connection, GError **error)
{
  return scan (connection, WATTLE_SQL_DIARY_PRACTITIONER, "starts_at", error)
         && scan (connection, WATTLE_SQL_DIARY_ROOM, "room", error);
}
