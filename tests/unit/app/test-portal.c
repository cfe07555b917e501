/* test-portal.c: which visit of a patient is the next, what is said of it, and by whose clock
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-visits.h"

#include "base/civil.h"
#include "domain/scheduling.h"

#define LENGTH (30 * WATTLE_MINUTE)

static WattlePortalReading reading;

/* One that ends so many minutes from now. */
static WattleRecord *
visit (int status, int modality, int minutes)
{
  WattleRecord *made = wattle_record_new (WATTLE_RECORD_APPOINTMENT);
  gint64 ends = reading.now + minutes * WATTLE_MINUTE;

  wattle_record_set_integer (made, WATTLE_APPOINTMENT_STATUS, status);
  wattle_record_set_integer (made, WATTLE_APPOINTMENT_MODALITY, modality);
  wattle_record_set_integer (made, WATTLE_APPOINTMENT_STARTS_AT, ends - LENGTH);
  wattle_record_set_integer (made, WATTLE_APPOINTMENT_ENDS_AT, ends);
  return made;
}

static void
check (int status, int modality, int minutes, gboolean ahead, const char *pill)
{
  g_autoptr (WattleRecord) made = visit (status, modality, minutes);
  WattleEntry *entry = wattle_portal_visit (&reading, made);

  g_assert_cmpint (wattle_portal_is_ahead (&reading, made), ==, ahead);
  g_assert_cmpstr (entry->pill, ==, pill);
  wattle_entry_free (entry);
}

static void
test_ahead (void)
{
  const int late = WATTLE_ROOM_LATE / 60;

  check (WATTLE_APPOINTMENT_STATUS_BOOKED, WATTLE_MODALITY_IN_PERSON, 1, TRUE, NULL);
  check (WATTLE_APPOINTMENT_STATUS_BOOKED, WATTLE_MODALITY_IN_PERSON, -1, FALSE, NULL);
  check (WATTLE_APPOINTMENT_STATUS_TENTATIVE, WATTLE_MODALITY_PHONE, 60, TRUE, "To be confirmed");
  check (WATTLE_APPOINTMENT_STATUS_TENTATIVE, WATTLE_MODALITY_PHONE, -60, FALSE, NULL);
  check (WATTLE_APPOINTMENT_STATUS_CANCELLED, WATTLE_MODALITY_VIDEO, 60, FALSE, "Cancelled");
  check (WATTLE_APPOINTMENT_STATUS_NO_SHOW, WATTLE_MODALITY_VIDEO, -60, FALSE, "Missed");
  /* What goes on may take longer; what somebody forgot to complete does not stand before the next visit for ever. */
  check (WATTLE_APPOINTMENT_STATUS_IN_VISIT, WATTLE_MODALITY_IN_PERSON, -60, TRUE, "Now");
  check (WATTLE_APPOINTMENT_STATUS_IN_VISIT, WATTLE_MODALITY_IN_PERSON, -late, FALSE, NULL);
  check (WATTLE_APPOINTMENT_STATUS_ARRIVED, WATTLE_MODALITY_IN_PERSON, -late, FALSE, NULL);
}

static void
test_zone (void)
{
  g_autoptr (WattleRecord) made = visit (WATTLE_APPOINTMENT_STATUS_BOOKED, WATTLE_MODALITY_VIDEO, 60);

  g_assert_true (wattle_portal_visit_zone (&reading, made) == reading.zone);
  wattle_record_set_string (made, WATTLE_APPOINTMENT_ZONE, "Australia/Perth");
  g_assert_cmpstr (g_time_zone_get_identifier (wattle_portal_visit_zone (&reading, made)), ==, "Australia/Perth");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  reading.zone = wattle_zone_lookup ("Australia/Sydney", NULL);
  g_assert_true (wattle_instant_parse ("2026-11-24T00:00:00Z", &reading.now, NULL));
  wattle_zone_to_local (reading.now, reading.zone, &reading.today, NULL, NULL);
  g_test_add_func ("/portal/ahead", test_ahead);
  g_test_add_func ("/portal/zone", test_zone);
  return g_test_run ();
}
