/* video-sink.h: where the pictures of a call go, so that what draws them can be another
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "telehealth/engine.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_VIDEO_SINK (wattle_video_sink_get_type ())
G_DECLARE_INTERFACE (WattleVideoSink, wattle_video_sink, WATTLE, VIDEO_SINK, GObject)

/**
 * WattleVideoSinkInterface:
 * @take: shows @frame from now on; %NULL shows nothing
 */
struct _WattleVideoSinkInterface
{
  GTypeInterface parent_interface;
  void (*take) (WattleVideoSink *self, const WattleVideoFrame *frame);
};

void wattle_video_sink_take (WattleVideoSink *self, const WattleVideoFrame *frame);

/* A #GdkPaintable whose texture lies in the memory that is shared with the engine: nothing is copied. */
#define WATTLE_TYPE_VIDEO_PAINTABLE (wattle_video_paintable_get_type ())
G_DECLARE_FINAL_TYPE (WattleVideoPaintable, wattle_video_paintable, WATTLE, VIDEO_PAINTABLE, GObject)

WattleVideoPaintable *wattle_video_paintable_new (void);
gboolean wattle_video_paintable_is_empty (WattleVideoPaintable *self);
guint wattle_video_paintable_frames (WattleVideoPaintable *self);

G_END_DECLS
