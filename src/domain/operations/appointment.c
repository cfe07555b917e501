/* appointment.c: booking, moving, cancelling, and what happens on the day
 *
 * Whether a time is free is decided by the server alone: a client's booking or
 * move is tentative until its answer is there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include <string.h>

#include "base/civil.h"
#include "domain/billing.h"
#include "domain/scheduling.h"

#define BIT(status) (1u << WATTLE_APPOINTMENT_STATUS_##status)
/* The visits that have not begun. */
#define AHEAD (BIT (TENTATIVE) | BIT (BOOKED) | BIT (ARRIVED))

static gboolean
status_is (WattleRecord *appointment, guint mask)
{
  return (mask >> wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STATUS) & 1) != 0;
}

/* What an agreed time is called until the server has said yes. */
static void
set_agreed (WattleOperationContext *context, WattleRecord *appointment)
{
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STATUS,
                             context->authority ? WATTLE_APPOINTMENT_STATUS_BOOKED
                                                : WATTLE_APPOINTMENT_STATUS_TENTATIVE);
}

static gboolean
refuse_status (WattleRecord *appointment, GError **error)
{
  gint64 status = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STATUS);

  wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "status", _("This visit is “%s” now, so that cannot be done."),
                          _(wattle_enum_label (wattle_enum_find ("appointment_status"), status)));
  return FALSE;
}

static WattleRecord *
load_appointment (WattleOperationContext *context, WattleJsonNode args, GError **error)
{
  g_autoptr (WattleRecord) appointment
    = wattle_load (context, WATTLE_RECORD_APPOINTMENT, wattle_arg_string (args, "id"), error);

  if (appointment == NULL)
    return NULL;
  return g_steal_pointer (&appointment);
}

static gboolean
check_times (WattleRecord *appointment, GError **error)
{
  gint64 starts = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT);
  gint64 ends = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT);

  if (!wattle_record_has (appointment, WATTLE_APPOINTMENT_STARTS_AT))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "starts_at", _("A visit needs the time it starts."));
  if (ends <= starts)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "ends_at", _("A visit must end after it starts."));
  if (ends - starts > WATTLE_APPOINTMENT_MAX_HOURS * WATTLE_HOUR)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "ends_at", _("A visit lasts 24 hours at most."));
  return TRUE;
}

static gboolean
has_room (WattleRecord *location, const char *room)
{
  const char *rooms = wattle_record_get_string (location, WATTLE_LOCATION_ROOMS);
  g_auto (GStrv) lines = rooms != NULL ? g_strsplit (rooms, "\n", -1) : NULL;

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    if (strcmp (g_strstrip (lines[i]), room) == 0)
      return TRUE;
  return lines == NULL;
}

static gboolean
check_room (WattleOperationContext *context, WattleRecord *appointment, GError **error)
{
  const char *room = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_ROOM);
  const char *place = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_LOCATION);
  g_autoptr (WattleRecord) location = NULL;

  if (room == NULL || place == NULL)
    return TRUE;
  location = wattle_reader_get (context->reader, WATTLE_RECORD_LOCATION, place, NULL);
  if (location != NULL && !has_room (location, room))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "room", _("There is no room “%s” at this location."), room);
      return FALSE;
    }
  return TRUE;
}

static GPtrArray *
find_overlapping (WattleOperationContext *context, WattleRecord *appointment, WattleFieldId field, GError **error)
{
  gint64 starts = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT);
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);

  wattle_query_where_text (&query, field, wattle_record_get_string (appointment, field));
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS,
                      wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT));
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_GREATER,
                      starts - WATTLE_APPOINTMENT_MAX_HOURS * WATTLE_HOUR);
  wattle_query_where (&query, WATTLE_APPOINTMENT_ENDS_AT, WATTLE_COMPARE_GREATER, starts);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_ONE_OF, WATTLE_APPOINTMENT_BUSY_MASK);
  return wattle_reader_query (context->reader, &query, error);
}

/**
 * wattle_appointment_check_free:
 * @context: an operation's context
 * @appointment: a visit as it shall be
 * @error: %WATTLE_ERROR_CONFLICT for "starts_at" or "room", as the store says
 *
 * A quick and friendly answer; the store's own constraint is what holds against a race.
 *
 * Returns: whether neither the practitioner nor the room is taken by another visit then
 */
gboolean
wattle_appointment_check_free (WattleOperationContext *context, WattleRecord *appointment, GError **error)
{
  const WattleFieldId fields[] = { WATTLE_APPOINTMENT_PRACTITIONER, WATTLE_APPOINTMENT_ROOM };

  if (context->guarded)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (GPtrArray) others = NULL;

      if (!wattle_record_has (appointment, fields[i]))
        continue;
      others = find_overlapping (context, appointment, fields[i], error);
      if (others == NULL)
        return FALSE;
      for (guint j = 0; j < others->len; j++)
        {
          WattleRecord *other = g_ptr_array_index (others, j);

          if (g_strcmp0 (wattle_record_id (other), wattle_record_id (appointment)) == 0
              || (fields[i] == WATTLE_APPOINTMENT_ROOM
                  && !wattle_record_equal_field (other, appointment, WATTLE_APPOINTMENT_LOCATION)))
            continue;
          return wattle_refuse (error, WATTLE_ERROR_CONFLICT, i == 0 ? "starts_at" : "room",
                                i == 0 ? _("The practitioner has another visit at that time. Choose another time.")
                                       : _("The room is taken at that time. Choose another room or time."));
        }
    }
  return TRUE;
}

static gboolean
check_slot (WattleOperationContext *context, WattleRecord *appointment, GError **error)
{
  return check_times (appointment, error) && check_room (context, appointment, error)
         && wattle_appointment_check_free (context, appointment, error);
}

/* What a booking leaves open, from its type and its place. */
static void
fill_in (WattleOperationContext *context, WattleRecord *appointment)
{
  const char *kind = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_TYPE);
  const char *place = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_LOCATION);
  g_autoptr (WattleRecord) type
    = kind != NULL ? wattle_reader_get (context->reader, WATTLE_RECORD_APPOINTMENT_TYPE, kind, NULL) : NULL;
  g_autoptr (WattleRecord) location
    = place != NULL ? wattle_reader_get (context->reader, WATTLE_RECORD_LOCATION, place, NULL) : NULL;

  if (type != NULL && !wattle_record_has (appointment, WATTLE_APPOINTMENT_ENDS_AT))
    wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT,
                               wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT)
                                 + wattle_record_get_integer (type, WATTLE_APPOINTMENT_TYPE_MINUTES) * WATTLE_MINUTE);
  if (!wattle_record_has (appointment, WATTLE_APPOINTMENT_MODALITY))
    wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_MODALITY,
                               type != NULL ? wattle_record_get_integer (type, WATTLE_APPOINTMENT_TYPE_MODALITY)
                                            : WATTLE_MODALITY_IN_PERSON);
  if (location != NULL && !wattle_record_has (appointment, WATTLE_APPOINTMENT_ZONE))
    wattle_record_set_string (appointment, WATTLE_APPOINTMENT_ZONE,
                              wattle_record_get_string (location, WATTLE_LOCATION_ZONE));
}

/* A retired or deceased party takes no new visits. */
static gboolean
check_parties (WattleOperationContext *context, WattleRecord *appointment, GError **error)
{
  const char *who = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_PRACTITIONER);
  const char *whom = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_PATIENT);
  g_autoptr (WattleRecord) practitioner
    = who != NULL ? wattle_reader_get (context->reader, WATTLE_RECORD_PRACTITIONER, who, NULL) : NULL;
  g_autoptr (WattleRecord) patient
    = whom != NULL ? wattle_reader_get (context->reader, WATTLE_RECORD_PATIENT, whom, NULL) : NULL;

  if (practitioner != NULL && wattle_record_has (practitioner, WATTLE_PRACTITIONER_ACTIVE)
      && !wattle_record_get_boolean (practitioner, WATTLE_PRACTITIONER_ACTIVE))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "practitioner", _("This practitioner takes no bookings."));
  if (patient != NULL
      && wattle_record_get_integer (patient, WATTLE_PATIENT_STATUS) == WATTLE_PATIENT_STATUS_DECEASED)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "patient", _("This patient is recorded as deceased."));
  return TRUE;
}

/* The id opens nothing by itself; whoever comes is asked who they are. */
static void
give_call_room (WattleOperationContext *context, WattleRecord *appointment)
{
  g_autofree char *id = wattle_operation_new_id (context, "call_room");

  if (wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_MODALITY) == WATTLE_MODALITY_VIDEO
      && !wattle_record_has (appointment, WATTLE_APPOINTMENT_CALL_ROOM))
    wattle_record_set_string (appointment, WATTLE_APPOINTMENT_CALL_ROOM, id);
}

WATTLE_APPLY (appointment_book)
{
  g_autoptr (WattleRecord) appointment = wattle_arg_record (args, "appointment", error);

  if (appointment == NULL || !wattle_take_id (context, appointment, "appointment", error))
    return FALSE;
  wattle_record_unset (appointment, WATTLE_APPOINTMENT_ARRIVED_AT);
  wattle_record_unset (appointment, WATTLE_APPOINTMENT_STARTED_AT);
  wattle_record_unset (appointment, WATTLE_APPOINTMENT_COMPLETED_AT);
  wattle_record_unset (appointment, WATTLE_APPOINTMENT_INVOICE);
  wattle_record_unset (appointment, WATTLE_APPOINTMENT_CALL_ROOM);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_BOOKED_AT, context->now);
  set_agreed (context, appointment);
  fill_in (context, appointment);
  give_call_room (context, appointment);
  if (!wattle_record_validate (appointment, error) || !check_parties (context, appointment, error)
      || !check_slot (context, appointment, error))
    return FALSE;
  wattle_outcome_put (outcome, appointment);
  return TRUE;
}

/* The new place rules the clock that the time was agreed in. */
static gboolean
move_to_location (WattleOperationContext *context, WattleRecord *appointment, const char *id, GError **error)
{
  g_autoptr (WattleRecord) location = wattle_load (context, WATTLE_RECORD_LOCATION, id, error);

  if (location == NULL)
    return FALSE;
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_LOCATION, id);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_ZONE,
                            wattle_record_get_string (location, WATTLE_LOCATION_ZONE));
  return TRUE;
}

static char *
time_text (WattleRecord *appointment, gint64 instant)
{
  const char *name = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_ZONE);
  GTimeZone *zone = wattle_zone_lookup (name != NULL ? name : "UTC", NULL);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (instant / WATTLE_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone != NULL ? zone : wattle_zone_lookup ("UTC", NULL));

  return g_date_time_format (local, "%-d %b %Y, %H:%M");
}

/* Whether the visit is still where the person saw it: two who each agreed on another time must hear of each other. */
static gboolean
check_unmoved (WattleRecord *appointment, WattleJsonNode args, gint64 wanted, GError **error)
{
  gint64 starts = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT);
  g_autofree char *now = NULL, *then = NULL;
  gint64 seen;

  if (!wattle_json_member_instant (args, "from", &seen) || seen == starts || wanted == starts)
    return TRUE;
  now = time_text (appointment, starts);
  then = time_text (appointment, wanted);
  wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "starts_at",
                          _("Somebody else moved this visit to %s. Your move to %s was not done."), now, then);
  return FALSE;
}

WATTLE_APPLY (appointment_move)
{
  g_autoptr (WattleRecord) appointment = load_appointment (context, args, error);
  const char *practitioner = wattle_arg_string (args, "practitioner");
  const char *room = wattle_arg_string (args, "room");
  const char *location = wattle_arg_string (args, "location");
  gint64 starts, ends, length;

  if (appointment == NULL)
    return FALSE;
  if (!status_is (appointment, AHEAD))
    return refuse_status (appointment, error);
  length = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT)
           - wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT);
  if (!wattle_json_member_instant (args, "starts_at", &starts))
    g_assert_not_reached ();
  if (!check_unmoved (appointment, args, starts, error))
    return FALSE;
  if (!wattle_json_member_instant (args, "ends_at", &ends))
    ends = starts + length;
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT, starts);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT, ends);
  if (practitioner != NULL)
    wattle_record_set_string (appointment, WATTLE_APPOINTMENT_PRACTITIONER, practitioner);
  if (location != NULL && !move_to_location (context, appointment, location, error))
    return FALSE;
  if (room != NULL)
    wattle_record_set_string (appointment, WATTLE_APPOINTMENT_ROOM, room);
  if (!status_is (appointment, BIT (ARRIVED)))
    set_agreed (context, appointment);
  if (!check_parties (context, appointment, error) || !check_slot (context, appointment, error))
    return FALSE;
  wattle_outcome_put (outcome, appointment);
  return TRUE;
}

WATTLE_APPLY (appointment_change)
{
  static const WattleFieldId allowed[] = {
    WATTLE_APPOINTMENT_REASON,   WATTLE_APPOINTMENT_NOTES,   WATTLE_APPOINTMENT_TYPE,  WATTLE_APPOINTMENT_MODALITY,
    WATTLE_APPOINTMENT_ROOM,     WATTLE_APPOINTMENT_SERVICE, WATTLE_APPOINTMENT_PRICE,
  };
  g_autoptr (WattleRecord) appointment = load_appointment (context, args, error);
  g_autoptr (WattleRecord) before = NULL;

  if (appointment == NULL)
    return FALSE;
  if (status_is (appointment, BIT (CANCELLED)))
    return refuse_status (appointment, error);
  before = wattle_record_copy (appointment);
  if (!wattle_merge_changes (appointment, wattle_arg (args, "changes"), allowed, G_N_ELEMENTS (allowed), outcome,
                             error))
    return FALSE;
  give_call_room (context, appointment);
  if (!wattle_record_equal_field (appointment, before, WATTLE_APPOINTMENT_ROOM)
      && (!check_room (context, appointment, error) || !wattle_appointment_check_free (context, appointment, error)))
    return FALSE;
  wattle_outcome_put (outcome, appointment);
  return TRUE;
}

WATTLE_APPLY (appointment_cancel)
{
  g_autoptr (WattleRecord) appointment = load_appointment (context, args, error);
  g_autoptr (WattleRecord) cancellation = wattle_record_new (WATTLE_RECORD_CANCELLATION);
  g_autofree char *id = wattle_operation_new_id (context, "cancellation");

  if (appointment == NULL)
    return FALSE;
  if (!status_is (appointment, AHEAD))
    return refuse_status (appointment, error);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STATUS, WATTLE_APPOINTMENT_STATUS_CANCELLED);
  wattle_record_set_id (cancellation, id);
  wattle_record_set_string (cancellation, WATTLE_CANCELLATION_APPOINTMENT, wattle_record_id (appointment));
  wattle_record_set_string (cancellation, WATTLE_CANCELLATION_PATIENT, wattle_record_scope_id (appointment));
  wattle_record_set_integer (cancellation, WATTLE_CANCELLATION_REASON,
                             wattle_arg_enum (args, "reason", "cancellation_reason"));
  wattle_record_set_string (cancellation, WATTLE_CANCELLATION_NOTE, wattle_arg_string (args, "note"));
  wattle_record_set_integer (cancellation, WATTLE_CANCELLATION_CANCELLED_AT, context->now);
  wattle_record_set_string (cancellation, WATTLE_CANCELLATION_CANCELLED_BY, context->actor->user);
  wattle_outcome_put (outcome, appointment);
  wattle_outcome_put (outcome, cancellation);
  return TRUE;
}

/* One step of the day. Somebody else may have taken it a moment ago: then nothing is left to do. */
static gboolean
step (WattleOperationContext *context,
      WattleJsonNode args,
      guint from,
      int to,
      WattleFieldId stamp,
      WattleOutcome *outcome,
      GError **error)
{
  g_autoptr (WattleRecord) appointment = load_appointment (context, args, error);

  if (appointment == NULL)
    return FALSE;
  if (wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STATUS) == to)
    {
      wattle_outcome_put (outcome, appointment);
      return TRUE;
    }
  if (!status_is (appointment, from))
    return refuse_status (appointment, error);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STATUS, to);
  if (stamp != 0)
    wattle_record_set_integer (appointment, stamp, context->now);
  wattle_outcome_put (outcome, appointment);
  return TRUE;
}

WATTLE_APPLY (appointment_arrive)
{
  return step (context, args, BIT (TENTATIVE) | BIT (BOOKED), WATTLE_APPOINTMENT_STATUS_ARRIVED,
               WATTLE_APPOINTMENT_ARRIVED_AT, outcome, error);
}

WATTLE_APPLY (appointment_start)
{
  return step (context, args, AHEAD, WATTLE_APPOINTMENT_STATUS_IN_VISIT, WATTLE_APPOINTMENT_STARTED_AT, outcome, error);
}

WATTLE_APPLY (appointment_no_show)
{
  g_autoptr (WattleRecord) appointment = load_appointment (context, args, error);

  if (appointment == NULL)
    return FALSE;
  if (wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT) > context->now)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "id", _("The visit has not begun: the patient may still come."));
  return step (context, args, BIT (TENTATIVE) | BIT (BOOKED), WATTLE_APPOINTMENT_STATUS_NO_SHOW, 0, outcome, error);
}

/* From which statuses a visit can be taken back to which. */
static const guint back_to[WATTLE_N_APPOINTMENT_STATUS] = {
  [WATTLE_APPOINTMENT_STATUS_BOOKED]
  = BIT (ARRIVED) | BIT (IN_VISIT) | BIT (COMPLETED) | BIT (NO_SHOW) | BIT (CANCELLED),
  [WATTLE_APPOINTMENT_STATUS_ARRIVED] = BIT (IN_VISIT) | BIT (COMPLETED) | BIT (CANCELLED),
  [WATTLE_APPOINTMENT_STATUS_IN_VISIT] = BIT (COMPLETED),
};

static gboolean
drop_cancellations (WattleOperationContext *context, WattleRecord *appointment, WattleOutcome *outcome, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_CANCELLATION);
  g_autoptr (GPtrArray) found = NULL;

  wattle_query_where_text (&query, WATTLE_CANCELLATION_APPOINTMENT, wattle_record_id (appointment));
  found = wattle_reader_query (context->reader, &query, error);
  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      g_autoptr (WattleRecord) cancellation = wattle_record_copy (g_ptr_array_index (found, i));

      wattle_record_set_deleted (cancellation, TRUE);
      wattle_outcome_put (outcome, cancellation);
    }
  return found != NULL;
}

/* A draft goes; an issued number stays and nothing is owed; what is paid stands in the way. */
static gboolean
drop_invoice (WattleOperationContext *context, WattleRecord *appointment, WattleOutcome *outcome, GError **error)
{
  const char *id = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_INVOICE);
  g_autoptr (WattleRecord) found
    = id != NULL ? wattle_reader_get (context->reader, WATTLE_RECORD_INVOICE, id, NULL) : NULL;
  g_autoptr (WattleRecord) invoice = found != NULL ? wattle_record_copy (found) : NULL;
  g_autoptr (GPtrArray) lines = NULL;

  if (invoice == NULL)
    return TRUE;
  if (wattle_record_get_integer (invoice, WATTLE_INVOICE_PAID) > 0)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "id",
                          _("A payment has been taken for this visit. Reverse it first."));
  if (wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS) != WATTLE_INVOICE_STATUS_DRAFT)
    {
      wattle_record_set_integer (invoice, WATTLE_INVOICE_STATUS, WATTLE_INVOICE_STATUS_WRITTEN_OFF);
      wattle_record_set_integer (invoice, WATTLE_INVOICE_BALANCE, 0);
      wattle_outcome_put (outcome, invoice);
      return TRUE;
    }
  lines = wattle_invoice_lines (context->reader, id, error);
  if (lines == NULL)
    return FALSE;
  g_ptr_array_add (lines, g_object_ref (invoice));
  for (guint i = 0; i < lines->len; i++)
    {
      wattle_record_set_deleted (g_ptr_array_index (lines, i), TRUE);
      wattle_outcome_put (outcome, g_ptr_array_index (lines, i));
    }
  return TRUE;
}

WATTLE_APPLY (appointment_revert)
{
  g_autoptr (WattleRecord) appointment = load_appointment (context, args, error);
  gint64 to = wattle_arg_enum (args, "to", "appointment_status");

  if (appointment == NULL)
    return FALSE;
  if (wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STATUS) == to)
    return TRUE;
  if (!status_is (appointment, back_to[to]))
    return refuse_status (appointment, error);
  if (status_is (appointment, BIT (CANCELLED)) && !drop_cancellations (context, appointment, outcome, error))
    return FALSE;
  if (status_is (appointment, BIT (CANCELLED) | BIT (NO_SHOW))
      && !wattle_appointment_check_free (context, appointment, error))
    return FALSE;
  if (status_is (appointment, BIT (COMPLETED)))
    {
      if (!drop_invoice (context, appointment, outcome, error))
        return FALSE;
      wattle_record_unset (appointment, WATTLE_APPOINTMENT_INVOICE);
      wattle_record_unset (appointment, WATTLE_APPOINTMENT_COMPLETED_AT);
    }
  if (to != WATTLE_APPOINTMENT_STATUS_IN_VISIT)
    wattle_record_unset (appointment, WATTLE_APPOINTMENT_STARTED_AT);
  if (to == WATTLE_APPOINTMENT_STATUS_BOOKED)
    wattle_record_unset (appointment, WATTLE_APPOINTMENT_ARRIVED_AT);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STATUS, to);
  wattle_outcome_put (outcome, appointment);
  return TRUE;
}
