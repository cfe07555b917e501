/* video-view.h: a place where one person of a call is seen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/telehealth/video-sink.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_VIDEO_VIEW (wattle_video_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleVideoView, wattle_video_view, WATTLE, VIDEO_VIEW, GtkWidget)

/* Properties: "cover" (boolean): fills its place and cuts what does not fit; "mirror" (boolean): as in a mirror.
 *
 * Signal: "sized" (int, int): how many device pixels it has, 0 and 0 when it cannot be seen. */

void wattle_video_view_set_person (WattleVideoView *self, const char *name);
void wattle_video_view_set_own (WattleVideoView *self, const char *name);
void wattle_video_view_set_caption (WattleVideoView *self, const char *caption);
void wattle_video_view_set_inset (WattleVideoView *self, int inset);
void wattle_video_view_set_shown (WattleVideoView *self, gboolean shown);
WattleVideoPaintable *wattle_video_view_paintable (WattleVideoView *self);
void wattle_video_view_share (WattleVideoView *self, WattleVideoView *other);

G_END_DECLS
