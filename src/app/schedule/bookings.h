/* bookings.h: bookings that the server has still to confirm, and the times that it offers instead
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "app/context.h"

G_BEGIN_DECLS

/**
 * WattleWaitingBooking:
 * @id: of the operation
 * @name: "appointment.book" or "appointment.move"
 * @args: its arguments
 */
typedef struct
{
  char *id;
  char *name;
  char *args;
} WattleWaitingBooking;

void wattle_waiting_booking_free (WattleWaitingBooking *self);
void wattle_bookings_remember (WattleContext *context, const char *operation_id, const char *name, const char *args);
WattleWaitingBooking *wattle_bookings_take (WattleContext *context, const char *operation_id);
gboolean wattle_bookings_offer (
  GtkListBox *times, WattleContext *context, const char *name, const char *args, const char *alternatives);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleWaitingBooking, wattle_waiting_booking_free)

G_END_DECLS
