/* camera.h: the own picture: camera, screen, veil or black, and how large it is sent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "telehealth/media/devices.h"
#include "telehealth/media/sender.h"

G_BEGIN_DECLS

typedef struct _WattleCamera WattleCamera;

/**
 * WattleCameraSettings:
 * @clock: of all pipelines
 * @base_time: of all pipelines
 * @devices: where cameras are looked for
 * @h264: the codec, otherwise VP8
 * @ssrc: of the packets
 * @width: the most that is sent
 * @height: likewise
 */
typedef struct
{
  GstClock *clock;
  GstClockTime base_time;
  WattleDevices *devices;
  gboolean h264;
  guint32 ssrc;
  guint width;
  guint height;
} WattleCameraSettings;

/**
 * WattleCameraEvents:
 * @view: the own picture, on a thread of the library
 * @trouble: "camera" or "screen" does not work, or does again, on the main thread
 */
typedef struct
{
  WattleSenderEvents sender;
  void (*view) (GstSample *sample, gpointer data);
  void (*trouble) (const char *kind, const char *sentence, gpointer data);
} WattleCameraEvents;

WattleCamera *wattle_camera_new         (const WattleCameraSettings *settings,
                                         const WattleCameraEvents   *events,
                                         gpointer                    data);
void          wattle_camera_free        (WattleCamera               *self);
void          wattle_camera_set_on      (WattleCamera               *self,
                                         gboolean                    on);
void wattle_camera_use (WattleCamera *self, const char *device);
void          wattle_camera_share       (WattleCamera               *self,
                                         int                         fd,
                                         guint                       node);
void wattle_camera_seek (WattleCamera *self);
void          wattle_camera_set_veil    (WattleCamera               *self,
                                         gboolean                    on);
void          wattle_camera_set_sending (WattleCamera               *self,
                                         gboolean                    sending);
void          wattle_camera_set_target  (WattleCamera               *self,
                                         guint                       kilobits,
                                         guint                       used);
void          wattle_camera_keyframe    (WattleCamera               *self);

G_END_DECLS
