/* portal-visits.c: the visits of a patient, those to come and those that were
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-visits.h"

#include <glib/gi18n-lib.h>

#include "app/portal/portal-join.h"
#include "app/widgets/display.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "base/clock.h"
#include "domain/scheduling.h"

struct _WattlePortalVisits
{
  WattlePortalView parent;
};

G_DEFINE_FINAL_TYPE (WattlePortalVisits, wattle_portal_visits, WATTLE_TYPE_PORTAL_VIEW)

/* What a visit's status is to the person who is seen. */
static const struct
{
  const char *word; /* untranslated; NULL says nothing */
  const char *tone;
  gboolean final; /* also once the visit is over */
} words[WATTLE_N_APPOINTMENT_STATUS] = {
  [WATTLE_APPOINTMENT_STATUS_TENTATIVE] = { N_("To be confirmed"), "warning" },
  [WATTLE_APPOINTMENT_STATUS_ARRIVED] = { N_("You are here"), "accent" },
  [WATTLE_APPOINTMENT_STATUS_IN_VISIT] = { N_("Now"), "accent" },
  [WATTLE_APPOINTMENT_STATUS_NO_SHOW] = { N_("Missed"), "warning", TRUE },
  [WATTLE_APPOINTMENT_STATUS_CANCELLED] = { N_("Cancelled"), NULL, TRUE },
};

/**
 * wattle_portal_visit_zone:
 * @reading: the reading
 * @visit: an appointment
 *
 * Returns: (transfer none): the clock of the place it was agreed for, which may not be that of the practice
 */
GTimeZone *
wattle_portal_visit_zone (WattlePortalReading *reading, WattleRecord *visit)
{
  const char *name = wattle_record_get_string (visit, WATTLE_APPOINTMENT_ZONE);
  GTimeZone *zone = name != NULL ? wattle_zone_lookup (name, NULL) : NULL;

  return zone != NULL ? zone : reading->zone;
}

static char *
when (WattlePortalReading *reading, WattleRecord *visit)
{
  GTimeZone *zone = wattle_portal_visit_zone (reading, visit);
  gint64 date;
  gint64 today;
  int second;
  g_autofree char *day = NULL;
  g_autofree char *time = NULL;

  wattle_zone_to_local (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT), zone, &date, &second, NULL);
  wattle_zone_to_local (reading->now, zone, &today, NULL, NULL);
  day = wattle_display_day (date, today);
  time = wattle_time_display (second);
  return g_strdup_printf (_("%s, %s"), day, time);
}

/* Where to go, for a visit at the practice. */
static char *
place_of (WattlePortalReading *reading, WattleRecord *visit)
{
  const char *id = wattle_record_get_string (visit, WATTLE_APPOINTMENT_LOCATION);
  g_autoptr (WattleRecord) location =
    id != NULL ? wattle_reader_get (reading->reader, WATTLE_RECORD_LOCATION, id, NULL) : NULL;
  const char *parts[4] = { NULL };
  guint n = 0;

  if (location == NULL)
    return NULL;
  parts[n++] = wattle_record_get_string (location, WATTLE_LOCATION_NAME);
  if (wattle_record_has (location, WATTLE_LOCATION_ADDRESS_LINE))
    parts[n++] = wattle_record_get_string (location, WATTLE_LOCATION_ADDRESS_LINE);
  if (wattle_record_has (location, WATTLE_LOCATION_SUBURB))
    parts[n++] = wattle_record_get_string (location, WATTLE_LOCATION_SUBURB);
  return g_strjoinv (", ", (char **) parts);
}

/**
 * wattle_portal_visit_text:
 * @reading: the reading
 * @visit: an appointment
 *
 * Returns: (transfer full): with whom, how long, how or where
 */
char *
wattle_portal_visit_text (WattlePortalReading *reading, WattleRecord *visit)
{
  gint64 length = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ENDS_AT)
                  - wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT);
  gint64 modality = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_MODALITY);
  g_autofree char *who =
    wattle_portal_name (reading, wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER));
  g_autofree char *minutes = wattle_duration_display (length / WATTLE_MINUTE);
  g_autofree char *place = modality == WATTLE_MODALITY_IN_PERSON ? place_of (reading, visit) : NULL;
  const char *how = place != NULL ? place : _(wattle_enum_label (wattle_enum_find ("modality"), modality));

  return who != NULL ? g_strdup_printf ("%s · %s\n%s", who, minutes, how) : g_strdup_printf ("%s\n%s", minutes, how);
}

/**
 * wattle_portal_is_ahead:
 * @reading: the reading
 * @visit: an appointment
 *
 * A visit that nobody completed is over all the same once its room would be.
 *
 * Returns: whether it is still to come, or goes on
 */
gboolean
wattle_portal_is_ahead (WattlePortalReading *reading, WattleRecord *visit)
{
  gint64 status = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STATUS);
  gint64 ends = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ENDS_AT);

  if (status == WATTLE_APPOINTMENT_STATUS_IN_VISIT)
    return reading->now < ends + WATTLE_ROOM_LATE * G_TIME_SPAN_SECOND;
  return status != WATTLE_APPOINTMENT_STATUS_COMPLETED && status != WATTLE_APPOINTMENT_STATUS_NO_SHOW
         && status != WATTLE_APPOINTMENT_STATUS_CANCELLED
         && (ends > reading->now || wattle_portal_can_join (visit, reading->now));
}

/**
 * wattle_portal_visit:
 * @reading: the reading
 * @visit: an appointment
 *
 * Returns: (transfer full): its row, with a verb when its room is open
 */
WattleEntry *
wattle_portal_visit (WattlePortalReading *reading, WattleRecord *visit)
{
  WattleEntry *entry = wattle_entry_new (visit);
  gint64 status = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STATUS);

  entry->title = when (reading, visit);
  entry->subtitle = wattle_portal_visit_text (reading, visit);
  entry->status = (int) status;
  if (words[status].word != NULL && (words[status].final || wattle_portal_is_ahead (reading, visit)))
    {
      entry->pill = g_strdup (_(words[status].word));
      entry->tone = words[status].tone;
    }
  if (wattle_portal_can_join (visit, reading->now))
    entry->verb = _("Join");
  return entry;
}

/**
 * wattle_portal_read_visits:
 * @reading: the reading
 * @error: the failure
 *
 * Returns: (transfer full) (nullable) (element-type WattleRecord): the visits of the patient, the latest first
 */
GPtrArray *
wattle_portal_read_visits (WattlePortalReading *reading, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);

  wattle_query_order_by (&query, WATTLE_APPOINTMENT_STARTS_AT, TRUE);
  return wattle_portal_released (reading, &query, WATTLE_APPOINTMENT_PATIENT, error);
}

static gpointer
read_portal (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattlePortalReading reading;
  g_autoptr (WattlePortal) portal = wattle_portal_begin (&reading, transaction, arguments, error);
  g_autoptr (GPtrArray) visits = NULL;
  GPtrArray *coming;
  GPtrArray *past;

  if (portal == NULL)
    return NULL;
  visits = wattle_portal_read_visits (&reading, error);
  if (visits == NULL)
    return NULL;
  coming = wattle_portal_group (portal, _("Coming"), _("To move or cancel a visit, tell the practice."));
  past = wattle_portal_group (portal, _("Past"), NULL);
  for (guint i = 0; i < visits->len; i++)
    if (wattle_portal_is_ahead (&reading, visits->pdata[i]))
      g_ptr_array_insert (coming, 0, wattle_portal_visit (&reading, visits->pdata[i]));
    else
      g_ptr_array_add (past, wattle_portal_visit (&reading, visits->pdata[i]));
  return g_steal_pointer (&portal);
}

static void
wattle_portal_visits_class_init (WattlePortalVisitsClass *klass)
{
  WattlePortalViewClass *portal_class = WATTLE_PORTAL_VIEW_CLASS (klass);

  WATTLE_VIEW_CLASS (klass)->reads =
    WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT) | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT)
    | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTITIONER) | WATTLE_TYPE_BIT (WATTLE_RECORD_LOCATION);
  portal_class->read = read_portal;
  portal_class->icon = "x-office-calendar-symbolic";
  portal_class->empty = N_("No Visits");
  portal_class->empty_text = N_("When the practice books a visit for you, it stands here.");
  portal_class->type = WATTLE_RECORD_APPOINTMENT;
}

static void
wattle_portal_visits_init (WattlePortalVisits *self)
{
}
