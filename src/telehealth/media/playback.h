/* playback.h: what the others say, mixed and played
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "telehealth/media/devices.h"

G_BEGIN_DECLS

/* The name under which the echo canceller finds what is played. */
#define WATTLE_PLAYBACK_PROBE "wattle-played"

typedef struct _WattlePlayback WattlePlayback;

WattlePlayback *wattle_playback_new    (GstClock       *clock,
                                        GstClockTime    base_time,
                                        WattleDevices  *devices,
                                        void (*trouble) (const char *sentence, gpointer data),
                                        gpointer        data);
void            wattle_playback_free   (WattlePlayback *self);
void            wattle_playback_use    (WattlePlayback *self,
                                        const char     *device);
gboolean        wattle_playback_echoes (WattlePlayback *self);
void            wattle_playback_add    (WattlePlayback *self,
                                        gpointer        who);
void            wattle_playback_remove (WattlePlayback *self,
                                        gpointer        who);
void wattle_playback_set_latency (WattlePlayback *self, guint milliseconds);
void            wattle_playback_push   (WattlePlayback *self,
                                        gpointer        who,
                                        GstBuffer      *sound);
void            wattle_playback_tone   (WattlePlayback *self);

G_END_DECLS
