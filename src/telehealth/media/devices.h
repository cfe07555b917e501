/* devices.h: the cameras, microphones and speakers of this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "base/json.h"

G_BEGIN_DECLS

typedef struct _WattleDevices WattleDevices;

WattleDevices *wattle_devices_new  (void (*changed) (gpointer data),
                                    gpointer data);
void           wattle_devices_free (WattleDevices    *self);
void wattle_devices_open_remote (WattleDevices *self, int fd);
void           wattle_devices_put  (WattleDevices    *self,
                                    WattleJsonWriter *json);
GstElement    *wattle_devices_make (WattleDevices    *self,
                                    const char       *kind,
                                    const char       *id);

G_END_DECLS
