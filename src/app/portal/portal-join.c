/* portal-join.c: when and how a patient goes into the room of a visit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-join.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/feedback.h"
#include "base/error.h"
#include "domain/scheduling.h"

/**
 * wattle_portal_is_open:
 * @modality: of a visit
 * @status: of it
 * @starts: when it does
 * @ends: likewise
 * @now: the moment
 *
 * Returns: whether a visit like that has a video room that is open
 */
gboolean
wattle_portal_is_open (gint64 modality, gint64 status, gint64 starts, gint64 ends, gint64 now)
{
  return modality == WATTLE_MODALITY_VIDEO
         && (status == WATTLE_APPOINTMENT_STATUS_BOOKED || status == WATTLE_APPOINTMENT_STATUS_ARRIVED
             || status == WATTLE_APPOINTMENT_STATUS_IN_VISIT)
         && now >= starts - WATTLE_ROOM_EARLY * G_TIME_SPAN_SECOND
         && now < ends + WATTLE_ROOM_LATE * G_TIME_SPAN_SECOND;
}

/**
 * wattle_portal_can_join:
 * @visit: an appointment
 * @now: the moment
 *
 * Returns: whether its room is open for the patient; the server decides it again
 */
gboolean
wattle_portal_can_join (WattleRecord *visit, gint64 now)
{
  return wattle_record_has (visit, WATTLE_APPOINTMENT_CALL_ROOM)
         && wattle_portal_is_open (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_MODALITY),
                                   wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STATUS),
                                   wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT),
                                   wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ENDS_AT), now);
}

/**
 * wattle_portal_join:
 * @widget: where it was asked
 * @visit: id of an appointment
 *
 * Opens the room of the visit, where camera and microphone are tried before anything is sent.
 */
void
wattle_portal_join (GtkWidget *widget, const char *visit)
{
  g_autoptr (GError) error = NULL;

  if (gtk_widget_activate_action (widget, "app.join-visit", "s", visit))
    return;
  wattle_set_field_error (&error, WATTLE_ERROR_UNSUPPORTED, NULL, "%s",
                          _("This computer's Wattle was built without video. Use the link that the practice sent you "
                             "in a browser, or call the practice."));
  wattle_show_error (widget, error);
}
