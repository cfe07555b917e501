/* recordings.h: filing what was recorded of calls, after their end and after a crash, and asking whether it may be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

char *wattle_recording_about (const char *visit, const char *patient, gint64 started_at);
void wattle_recordings_file (WattleContext *context);
void wattle_recordings_watch (GtkApplication *application, WattleContext *context);

G_END_DECLS
