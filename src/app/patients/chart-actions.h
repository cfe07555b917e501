/* chart-actions.h: actions of the application that open a chart where something is done
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

/* Actions: "app.write-note" (string: an appointment): its note, or a new one;
 * "app.note" (string: a note); "app.invoice" (string: an invoice). */

void wattle_chart_actions_add (GtkApplication *application,
                               WattleContext  *context);

G_END_DECLS
