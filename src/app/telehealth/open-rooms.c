/* open-rooms.c: the video visits of these hours, by the room that each has
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/open-rooms.h"

#include <glib/gi18n-lib.h>

#include "app/portal/portal-join.h"
#include "app/widgets/display.h"
#include "base/clock.h"
#include "domain/naming.h"

#define BEFORE (6 * WATTLE_HOUR)
#define MAX_ROOMS 500

static void
room_free (gpointer data)
{
  WattleOpenRoom *self = data;

  g_free (self->room);
  g_free (self->visit);
  g_free (self->patient);
  g_free (self->practitioner);
  g_free (self);
}

static WattleOpenRoom *
room_new (WattleReader *reader, WattleRecord *visit, gint64 now)
{
  WattleOpenRoom *self = g_new0 (WattleOpenRoom, 1);
  g_autoptr (WattleRecord) patient = wattle_reader_get (
    reader, WATTLE_RECORD_PATIENT, wattle_record_get_string (visit, WATTLE_APPOINTMENT_PATIENT), NULL);
  g_autoptr (WattleRecord) practitioner = wattle_reader_get (
    reader, WATTLE_RECORD_PRACTITIONER, wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER), NULL);

  self->room = g_strdup (wattle_record_get_string (visit, WATTLE_APPOINTMENT_CALL_ROOM));
  self->visit = g_strdup (wattle_record_id (visit));
  self->patient = patient != NULL ? wattle_patient_display_name (patient) : g_strdup (_("Patient"));
  self->practitioner = practitioner != NULL ? wattle_display_practitioner (practitioner) : g_strdup ("");
  self->starts_at = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT);
  self->is_open = wattle_portal_can_join (visit, now);
  return self;
}

/**
 * wattle_open_rooms_read:
 * @transaction: a read transaction
 * @data: unused
 * @cancellable: (nullable): unused
 * @error: the failure
 *
 * Returns: (transfer full) (element-type WattleOpenRoom): the visits with a room that may be in use now
 */
gpointer
wattle_open_rooms_read (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  gint64 now = wattle_clock_now ();
  g_autoptr (GPtrArray) visits = NULL;
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (room_free);

  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, now - BEFORE);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS, now + WATTLE_HOUR);
  query.limit = G_MAXINT;
  visits = wattle_reader_query (reader, &query, error);
  if (visits == NULL)
    return NULL;
  for (guint i = 0; i < visits->len && rooms->len < MAX_ROOMS; i++)
    if (wattle_record_has (visits->pdata[i], WATTLE_APPOINTMENT_CALL_ROOM))
      g_ptr_array_add (rooms, room_new (reader, visits->pdata[i], now));
  return g_steal_pointer (&rooms);
}
