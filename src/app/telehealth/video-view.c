/* video-view.c: a place where one person of a call is seen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/video-view.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LARGEST_AVATAR 128
#define SMALLEST_AVATAR 32

struct _WattleVideoView
{
  GtkWidget parent;
  WattleVideoPaintable *paintable;
  gulong contents;
  gboolean cover;
  gboolean mirror;
  gboolean shown; /* the picture, when there is one */
  int inset;      /* what the caption leaves free on its right */
  int told_width;
  int told_height;
  char *name;
  AdwAvatar *avatar;
  GtkLabel *caption;
};

enum
{
  PROP_COVER = 1,
  PROP_MIRROR,
  N_PROPS
};

enum
{
  SIZED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleVideoView, wattle_video_view, GTK_TYPE_WIDGET)

static gboolean
has_picture (WattleVideoView *self)
{
  return self->shown && !wattle_video_paintable_is_empty (self->paintable);
}

static void
show_name (WattleVideoView *self)
{
  g_autofree char *name = g_strdup_printf (has_picture (self) ? _("Video of %s") : _("%s, no picture"),
                                           self->name != NULL ? self->name : "");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
contents_cb (WattleVideoView *self)
{
  gboolean empty = !has_picture (self);

  if (gtk_widget_get_child_visible (GTK_WIDGET (self->avatar)) != empty)
    {
      gtk_widget_set_child_visible (GTK_WIDGET (self->avatar), empty);
      show_name (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
follow (WattleVideoView *self, WattleVideoPaintable *paintable)
{
  if (self->paintable != NULL)
    g_clear_signal_handler (&self->contents, self->paintable);
  g_set_object (&self->paintable, paintable);
  self->contents = g_signal_connect_swapped (paintable, "invalidate-contents", G_CALLBACK (contents_cb), self);
}

static void
tell_size (WattleVideoView *self, int width, int height)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  width *= scale;
  height *= scale;
  if (width == self->told_width && height == self->told_height)
    return;
  self->told_width = width;
  self->told_height = height;
  g_signal_emit (self, signals[SIZED], 0, width, height);
}

static void
wattle_video_view_measure (
  GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *base, int *natural_base)
{
  *minimum = 0;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 90;
}

static void
wattle_video_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WattleVideoView *self = WATTLE_VIDEO_VIEW (widget);
  int avatar = CLAMP (MIN (width, height) / 2, SMALLEST_AVATAR, LARGEST_AVATAR);
  int caption_width, caption_height;

  adw_avatar_set_size (self->avatar, avatar);
  gtk_widget_measure (GTK_WIDGET (self->avatar), GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (self->avatar), GTK_ORIENTATION_VERTICAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_size_allocate (GTK_WIDGET (self->avatar),
                            &(GtkAllocation){ (width - avatar) / 2, (height - avatar) / 2, avatar, avatar }, -1);
  gtk_widget_measure (GTK_WIDGET (self->caption), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &caption_width, NULL, NULL);
  caption_width = MIN (caption_width, MAX (width - 12 - self->inset, 0));
  gtk_widget_measure (GTK_WIDGET (self->caption), GTK_ORIENTATION_VERTICAL, caption_width, NULL, &caption_height, NULL,
                      NULL);
  gtk_widget_size_allocate (GTK_WIDGET (self->caption),
                            &(GtkAllocation){ 6, MAX (height - caption_height - 6, 0), caption_width, caption_height },
                            -1);
  tell_size (self, width, height);
}

static void
wattle_video_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WattleVideoView *self = WATTLE_VIDEO_VIEW (widget);
  GdkPaintable *paintable = GDK_PAINTABLE (self->paintable);
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);

  if (has_picture (self))
    {
      double w = gdk_paintable_get_intrinsic_width (paintable);
      double h = gdk_paintable_get_intrinsic_height (paintable);
      double scale = self->cover ? MAX (width / w, height / h) : MIN (width / w, height / h);

      gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (width / 2, height / 2));
      if (self->mirror)
        gtk_snapshot_scale (snapshot, -1, 1);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (-w * scale / 2, -h * scale / 2));
      gdk_paintable_snapshot (paintable, snapshot, w * scale, h * scale);
      gtk_snapshot_restore (snapshot);
      gtk_snapshot_pop (snapshot);
    }
  GTK_WIDGET_CLASS (wattle_video_view_parent_class)->snapshot (widget, snapshot);
}

static void
wattle_video_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wattle_video_view_parent_class)->map (widget);
  tell_size (WATTLE_VIDEO_VIEW (widget), gtk_widget_get_width (widget), gtk_widget_get_height (widget));
}

static void
wattle_video_view_unmap (GtkWidget *widget)
{
  tell_size (WATTLE_VIDEO_VIEW (widget), 0, 0);
  GTK_WIDGET_CLASS (wattle_video_view_parent_class)->unmap (widget);
}

static void
wattle_video_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WattleVideoView *self = WATTLE_VIDEO_VIEW (object);

  if (id == PROP_COVER)
    self->cover = g_value_get_boolean (value);
  else
    self->mirror = g_value_get_boolean (value);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
wattle_video_view_dispose (GObject *object)
{
  WattleVideoView *self = WATTLE_VIDEO_VIEW (object);

  if (self->paintable != NULL)
    g_clear_signal_handler (&self->contents, self->paintable);
  g_clear_object (&self->paintable);
  g_clear_pointer ((GtkWidget **) &self->avatar, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &self->caption, gtk_widget_unparent);
  G_OBJECT_CLASS (wattle_video_view_parent_class)->dispose (object);
}

static void
wattle_video_view_finalize (GObject *object)
{
  g_free (WATTLE_VIDEO_VIEW (object)->name);
  G_OBJECT_CLASS (wattle_video_view_parent_class)->finalize (object);
}

static void
wattle_video_view_class_init (WattleVideoViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = wattle_video_view_set_property;
  object_class->dispose = wattle_video_view_dispose;
  object_class->finalize = wattle_video_view_finalize;
  widget_class->measure = wattle_video_view_measure;
  widget_class->size_allocate = wattle_video_view_size_allocate;
  widget_class->snapshot = wattle_video_view_snapshot;
  widget_class->map = wattle_video_view_map;
  widget_class->unmap = wattle_video_view_unmap;
  properties[PROP_COVER] = g_param_spec_boolean ("cover", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_MIRROR] =
    g_param_spec_boolean ("mirror", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIZED] = g_signal_new ("sized", WATTLE_TYPE_VIDEO_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 2, G_TYPE_INT, G_TYPE_INT);
  gtk_widget_class_set_css_name (widget_class, "wattle-video");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
wattle_video_view_init (WattleVideoView *self)
{
  g_autoptr (WattleVideoPaintable) paintable = wattle_video_paintable_new ();

  self->shown = TRUE;
  self->avatar = g_object_ref_sink (ADW_AVATAR (adw_avatar_new (SMALLEST_AVATAR, NULL, TRUE)));
  self->caption =
    g_object_ref_sink (g_object_new (GTK_TYPE_LABEL, "visible", FALSE, "ellipsize", PANGO_ELLIPSIZE_END, "css-classes",
                                     (const char *const[]){ "wattle-caption", NULL }, NULL));
  gtk_widget_set_parent (GTK_WIDGET (self->avatar), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->caption), GTK_WIDGET (self));
  g_object_unref (self->avatar);
  g_object_unref (self->caption);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  follow (self, paintable);
}

/* Who is seen here, or would be. */
void
wattle_video_view_set_person (WattleVideoView *self, const char *name)
{
  /* What stands in brackets is no part of a name. */
  g_autofree char *initials = NULL;

  if (g_strcmp0 (self->name, name) == 0)
    return;
  g_free (self->name);
  self->name = g_strdup (name);
  initials = name != NULL ? g_strndup (name, strcspn (name, "(")) : NULL;
  adw_avatar_set_text (self->avatar, initials);
  show_name (self);
}

/* The person at this computer is seen here, or would be. */
void
wattle_video_view_set_own (WattleVideoView *self, const char *name)
{
  wattle_video_view_set_person (self, _("you"));
  adw_avatar_set_text (self->avatar, name);
}

/* What stands in the corner (nullable). */
void
wattle_video_view_set_caption (WattleVideoView *self, const char *caption)
{
  gtk_label_set_label (self->caption, caption != NULL ? caption : "");
  gtk_widget_set_visible (GTK_WIDGET (self->caption), caption != NULL && *caption != '\0');
}

/* How much room the caption leaves on its right, from the next allocation on. */
void
wattle_video_view_set_inset (WattleVideoView *self, int inset)
{
  self->inset = inset;
}

/* Whether there is a picture worth showing: a camera that is off sends black. */
void
wattle_video_view_set_shown (WattleVideoView *self, gboolean shown)
{
  if (self->shown == shown)
    return;
  self->shown = shown;
  contents_cb (self);
}

WattleVideoPaintable *
wattle_video_view_paintable (WattleVideoView *self)
{
  return self->paintable;
}

/* Shows what @other shows, under the same words. */
void
wattle_video_view_share (WattleVideoView *self, WattleVideoView *other)
{
  if (self->paintable != other->paintable)
    follow (self, other->paintable);
  wattle_video_view_set_person (self, other->name);
  wattle_video_view_set_caption (self, gtk_label_get_label (other->caption));
  wattle_video_view_set_shown (self, other->shown);
  contents_cb (self);
}
