/* camera-portal.h: asking the desktop for the cameras
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WattleCameraPortal WattleCameraPortal;

/**
 * WattleCameraFunc:
 * @data: of wattle_camera_portal_new()
 * @fd: where the cameras are, closed after the call; -1 when Wattle may not have them
 * @sentence: (nullable): why not, for a person
 */
typedef void (*WattleCameraFunc) (gpointer data, int fd, const char *sentence);

WattleCameraPortal *wattle_camera_portal_new (WattleCameraFunc func, gpointer data);
void wattle_camera_portal_free (WattleCameraPortal *self);
void wattle_camera_portal_ask (WattleCameraPortal *self);

G_END_DECLS
