/* call-recording.h: recording one call: the files, and what people agreed to, in their records
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/context.h"
#include "telehealth/consult.h"

G_BEGIN_DECLS

typedef struct _WattleCallRecording WattleCallRecording;

/* Something is wrong with the recording; the call goes on. */
typedef void (*WattleCallRecordingTrouble) (gpointer data, const char *sentence);

WattleCallRecording *wattle_call_recording_new (WattleContext *context,
                                                WattleConsult *consult,
                                                WattleCallRecordingTrouble trouble,
                                                gpointer data);
void wattle_call_recording_free (WattleCallRecording *self);
void wattle_call_recording_set_visit (WattleCallRecording *self,
                                      const char *visit,
                                      const char *patient,
                                      gboolean is_patient);
void wattle_call_recording_engine_started (WattleCallRecording *self);
void wattle_call_recording_toggle (WattleCallRecording *self);
void wattle_call_recording_answer (WattleCallRecording *self, gboolean agrees);

G_END_DECLS
