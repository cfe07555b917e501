/* portal-join.h: when and how a patient goes into the room of a visit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "schema/record.h"

G_BEGIN_DECLS

gboolean wattle_portal_can_join (WattleRecord *visit, gint64 now);
gboolean wattle_portal_is_open (gint64 modality, gint64 status, gint64 starts, gint64 ends, gint64 now);
void wattle_portal_join (GtkWidget *widget, const char *visit);

G_END_DECLS
