/* booking-dialog.h: who, what, with whom, where and when: a new visit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_BOOKING_DIALOG (wattle_booking_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleBookingDialog, wattle_booking_dialog, WATTLE, BOOKING_DIALOG, AdwWindow)

/**
 * WattleBooking:
 * @patient: (nullable): id
 * @practitioner: (nullable): id
 * @location: (nullable): id
 * @kind: (nullable): id of an appointment type
 * @starts: instant; 0 for the next free time
 * @ends: instant; 0 for the usual length of the type
 * @from: instant; without @starts, no time before it is meant
 *
 * What is known of a visit before it is asked for.
 */
typedef struct
{
  const char *patient;
  const char *practitioner;
  const char *location;
  const char *kind;
  gint64 starts;
  gint64 ends;
  gint64 from;
} WattleBooking;

void wattle_booking_dialog_open (GtkWidget           *widget,
                                 WattleContext       *context,
                                 const WattleBooking *booking);

G_END_DECLS
