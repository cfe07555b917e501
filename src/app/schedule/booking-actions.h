/* booking-actions.h: the actions of the application that book and show visits, and what to do when the server says no
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

/* Actions: "app.book" (string: a patient, or ""): asks for a time;
 * "app.show-appointment" (string: an appointment): shows it in the Schedule;
 * "app.complete-visit" (string: an appointment). */

void wattle_booking_actions_add (GtkApplication *application, WattleContext *context);

G_END_DECLS
