/* video-sink.c: the pictures of a call as something that GTK draws
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/video-sink.h"

G_DEFINE_INTERFACE (WattleVideoSink, wattle_video_sink, G_TYPE_OBJECT)

struct _WattleVideoPaintable
{
  GObject parent;
  GdkTexture *texture; /* (nullable) */
  int width;
  int height;
  guint frames;
};

static void sink_init (WattleVideoSinkInterface *iface);
static void paintable_init (GdkPaintableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WattleVideoPaintable,
                               wattle_video_paintable,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, paintable_init)
                                 G_IMPLEMENT_INTERFACE (WATTLE_TYPE_VIDEO_SINK, sink_init))

static void
wattle_video_sink_default_init (WattleVideoSinkInterface *iface)
{
}

static void
take (WattleVideoSink *sink, const WattleVideoFrame *frame)
{
  WattleVideoPaintable *self = WATTLE_VIDEO_PAINTABLE (sink);
  int width = frame != NULL ? (int) frame->width : 0;
  int height = frame != NULL ? (int) frame->height : 0;
  gboolean resized = width != self->width || height != self->height;

  g_clear_object (&self->texture);
  self->width = width;
  self->height = height;
  if (frame != NULL && width > 0 && height > 0)
    {
      self->texture =
        gdk_memory_texture_new (width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, frame->pixels, frame->stride);
      self->frames++;
    }
  if (resized)
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

static void
sink_init (WattleVideoSinkInterface *iface)
{
  iface->take = take;
}

static void
snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  WattleVideoPaintable *self = WATTLE_VIDEO_PAINTABLE (paintable);

  if (self->texture != NULL)
    gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0, 0, width, height));
}

static int
intrinsic_width (GdkPaintable *paintable)
{
  return WATTLE_VIDEO_PAINTABLE (paintable)->width;
}

static int
intrinsic_height (GdkPaintable *paintable)
{
  return WATTLE_VIDEO_PAINTABLE (paintable)->height;
}

static void
paintable_init (GdkPaintableInterface *iface)
{
  iface->snapshot = snapshot;
  iface->get_intrinsic_width = intrinsic_width;
  iface->get_intrinsic_height = intrinsic_height;
}

static void
wattle_video_paintable_finalize (GObject *object)
{
  g_clear_object (&WATTLE_VIDEO_PAINTABLE (object)->texture);
  G_OBJECT_CLASS (wattle_video_paintable_parent_class)->finalize (object);
}

static void
wattle_video_paintable_class_init (WattleVideoPaintableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_video_paintable_finalize;
}

static void
wattle_video_paintable_init (WattleVideoPaintable *self)
{
}

/**
 * wattle_video_sink_take:
 * @self: a sink
 * @frame: (nullable): what to show from now on
 */
void
wattle_video_sink_take (WattleVideoSink *self, const WattleVideoFrame *frame)
{
  WATTLE_VIDEO_SINK_GET_IFACE (self)->take (self, frame);
}

/**
 * wattle_video_paintable_new:
 *
 * Returns: (transfer full): one without a picture
 */
WattleVideoPaintable *
wattle_video_paintable_new (void)
{
  return g_object_new (WATTLE_TYPE_VIDEO_PAINTABLE, NULL);
}

gboolean
wattle_video_paintable_is_empty (WattleVideoPaintable *self)
{
  return self->texture == NULL;
}

/* How many pictures came. */
guint
wattle_video_paintable_frames (WattleVideoPaintable *self)
{
  return self->frames;
}
