/* recording-window.h: plays the recording of a call from the chart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_RECORDING_WINDOW (wattle_recording_window_get_type ())
G_DECLARE_FINAL_TYPE (WattleRecordingWindow, wattle_recording_window, WATTLE, RECORDING_WINDOW, AdwWindow)

gboolean wattle_recording_is (WattleRecord *document);
void wattle_recording_show (GtkWidget *parent, WattleContext *context, WattleRecord *document);

G_END_DECLS
