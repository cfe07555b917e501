/* microphone.h: the own sound
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "telehealth/media/devices.h"
#include "telehealth/media/sender.h"

G_BEGIN_DECLS

typedef struct _WattleMicrophone WattleMicrophone;

/**
 * WattleMicrophoneEvents:
 * @level: how loud it is, in thousandths, on the main thread
 * @trouble: it does not work, or does again, on the main thread
 */
typedef struct
{
  WattleSenderEvents sender;
  void (*level) (guint thousandths, gpointer data);
  void (*trouble) (const char *sentence, gpointer data);
} WattleMicrophoneEvents;

WattleMicrophone *wattle_microphone_new    (GstClock                     *clock,
                                            GstClockTime                  base_time,
                                            WattleDevices                *devices,
                                            guint32                       ssrc,
                                            const WattleMicrophoneEvents *events,
                                            gpointer                      data);
void              wattle_microphone_free   (WattleMicrophone             *self);
void              wattle_microphone_set_on (WattleMicrophone             *self,
                                            gboolean                      on);
void              wattle_microphone_use    (WattleMicrophone             *self,
                                            const char                   *device,
                                            gboolean                      echoes);

G_END_DECLS
