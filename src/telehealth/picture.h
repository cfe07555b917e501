/* picture.h: pictures that an engine left in memory shared with the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "telehealth/engine.h"
#include "telehealth/link.h"

G_BEGIN_DECLS

/* The places for pictures of one stream, and what the largest picture takes. */
#define WATTLE_PICTURE_PLACES 6
#define WATTLE_PICTURE_MAX_WIDTH 1920
#define WATTLE_PICTURE_MAX_HEIGHT 1080
#define WATTLE_PICTURE_PLACE_BYTES ((gsize) WATTLE_PICTURE_MAX_WIDTH * WATTLE_PICTURE_MAX_HEIGHT * 4)
#define WATTLE_PICTURE_BYTES (WATTLE_PICTURE_PLACES * WATTLE_PICTURE_PLACE_BYTES)

typedef struct _WattlePictures WattlePictures;

WattlePictures *wattle_pictures_new (int fd, guint number, WattleLink *link, GError **error);
void wattle_pictures_unref (WattlePictures *self);
guint wattle_pictures_number (WattlePictures *self);
WattleVideoFrame *wattle_pictures_take (WattlePictures *self, WattleJsonNode message);

G_END_DECLS
