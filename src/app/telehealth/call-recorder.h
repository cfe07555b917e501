/* call-recorder.h: what the engine hears and sees of a call, sealed on the disk as it comes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/context.h"
#include "telehealth/engine.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CALL_RECORDER (wattle_call_recorder_get_type ())
G_DECLARE_FINAL_TYPE (WattleCallRecorder, wattle_call_recorder, WATTLE, CALL_RECORDER, GObject)

/* Signals: "failed" (string): it cannot go on, and what was written is kept; "kept": the file is closed, and nothing
 * more comes. */

WattleCallRecorder *wattle_call_recorder_new (WattleContext *context, WattleCallEngine *engine, const char *about);
gboolean wattle_call_recorder_is_on (WattleCallRecorder *self);
void wattle_call_recorder_stop (WattleCallRecorder *self);

G_END_DECLS
