/* complete-visit.h: ending a visit, and showing the invoice that it made
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

void wattle_complete_visit (GtkWidget     *widget,
                            WattleContext *context,
                            const char    *appointment_id);

G_END_DECLS
