/* recording-mark.h: what everybody in a call sees while it is recorded, and the question before it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/telehealth/call-session.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_RECORDING_MARK (wattle_recording_mark_get_type ())
G_DECLARE_FINAL_TYPE (WattleRecordingMark, wattle_recording_mark, WATTLE, RECORDING_MARK, AdwBin)

void wattle_recording_mark_set_session (WattleRecordingMark *self, WattleCallSession *session);

G_END_DECLS
