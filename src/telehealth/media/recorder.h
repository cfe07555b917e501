/* recorder.h: what is seen and heard, as it was sent, for the window to seal
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "telehealth/link.h"

G_BEGIN_DECLS

typedef struct _WattleRecorder WattleRecorder;

WattleRecorder *wattle_recorder_new     (GstClock       *clock,
                                         GstClockTime    base_time,
                                         WattleLink     *link);
void            wattle_recorder_free    (WattleRecorder *self);
void            wattle_recorder_start   (WattleRecorder *self,
                                         gboolean        pictures,
                                         guint           width,
                                         guint           height);
void            wattle_recorder_stop    (WattleRecorder *self);
gboolean        wattle_recorder_is_on   (WattleRecorder *self);
void            wattle_recorder_put     (WattleRecorder *self,
                                         guint           who,
                                         gboolean        video,
                                         GstBuffer      *buffer);

G_END_DECLS
