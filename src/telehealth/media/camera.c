/* camera.c: the own picture: camera, screen, veil or black, and how large it is sent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/camera.h"

#include <fcntl.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <gst/video/video.h>

#include "telehealth/media/clock-picture.h"
#include "telehealth/media/rate.h"
#include "telehealth/media/source.h"

#define BLACK_MS 500
/* The portal's cameras are found one after the other. */
#define MISSING_MS 1500
#define BLACK_WIDTH 320
#define BLACK_HEIGHT 180
/* Keyframes are large: one answers all who ask within that time. */
#define KEYFRAME_GAP (300 * 1000)
/* The veil shows so many points across. */
#define VEIL_POINTS 24
/* A picture of so many points takes a kilobit a second at most. */
#define POINTS_A_KILOBIT 280
/* After a change of size it takes that long until it is known what the new one needs; then it may grow again. */
#define SETTLING (2 * G_USEC_PER_SEC)
#define RAW "video/x-raw,format=I420"

struct _WattleCamera
{
  WattleCameraSettings settings;
  const WattleCameraEvents *events;
  gpointer data;
  WattleSender *sender;
  WattleSource *source;
  char *device;
  gboolean instead; /* another one than that is used */
  gboolean on;
  int screen; /* what the portal opened, or -1 */
  guint screen_node;
  guint black;
  guint missing; /* timeout */
  GMutex mutex; /* for what follows */
  gboolean sending;
  gboolean veil;
  gboolean clock; /* is drawn into the picture */
  guint target;
  const WattleRateStep *step;
  gint64 stepped; /* when that was changed */
  guint width; /* of what comes in */
  guint height;
  gboolean fitted;
  GstClockTime last;
  gint64 keyframe;
  gboolean keyframe_waits;
};

static void open_source (WattleCamera *self);
static gboolean open_another (WattleCamera *self);

/* Sets the size for the step of the ladder, in the proportion of what comes in. The mutex is held. */
static void
fit_size (WattleCamera *self)
{
  const WattleRateStep *step = self->step;
  guint most[2] = { MIN (step->width, self->settings.width), MIN (step->height, self->settings.height) };
  double scale = 0;
  g_autoptr (GstElement) size = NULL;
  g_autoptr (GstCaps) caps = NULL;

  if (self->fitted || self->width == 0 || self->height == 0)
    return;
  self->fitted = TRUE;
  scale = MIN (1.0, MIN ((double) most[0] / self->width, (double) most[1] / self->height));
  caps = gst_caps_new_simple ("video/x-raw", "width", G_TYPE_INT, (int) MAX (16, (guint) (self->width * scale) & ~1U),
                              "height", G_TYPE_INT, (int) MAX (16, (guint) (self->height * scale) & ~1U), NULL);
  size = wattle_sender_element (self->sender, "size");
  g_object_set (size, "caps", caps, NULL);
}

/* Whether a picture is to be sent now: time goes on, and there are not more of them than the step allows. */
static gboolean
wanted (WattleCamera *self, GstSample *sample)
{
  GstStructure *format = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  GstClockTime when = GST_BUFFER_PTS (gst_sample_get_buffer (sample));
  int width = 0;
  int height = 0;

  if (!self->sending || !GST_CLOCK_TIME_IS_VALID (when)
      || (GST_CLOCK_TIME_IS_VALID (self->last) && when < self->last + GST_SECOND * 9 / (self->step->frames * 10)))
    return FALSE;
  self->last = when;
  gst_structure_get_int (format, "width", &width);
  gst_structure_get_int (format, "height", &height);
  if ((guint) width != self->width || (guint) height != self->height)
    self->fitted = FALSE;
  self->width = (guint) width;
  self->height = (guint) height;
  fit_size (self);
  return TRUE;
}

static void
send_sample (WattleCamera *self, GstSample *sample)
{
  gboolean keyframe = FALSE;

  g_mutex_lock (&self->mutex);
  if (!wanted (self, sample))
    {
      g_mutex_unlock (&self->mutex);
      return;
    }
  keyframe = self->keyframe_waits && g_get_monotonic_time () - self->keyframe > KEYFRAME_GAP;
  if (keyframe)
    {
      self->keyframe_waits = FALSE;
      self->keyframe = g_get_monotonic_time ();
    }
  g_mutex_unlock (&self->mutex);
  if (keyframe)
    wattle_sender_keyframe (self->sender);
  wattle_sender_push (self->sender, sample);
}

static guint8
average (const guint8 *plane, guint stride, guint x, guint y, guint width, guint height)
{
  guint sum = 0;
  guint count = 0;

  for (guint row = y; row < y + height; row += 4)
    for (guint column = x; column < x + width; column += 4, count++)
      sum += plane[row * stride + column];
  return (guint8) (sum / MAX (count, 1));
}

/* One plane in squares. */
static void
veil_plane (guint8 *plane, guint stride, guint width, guint height, guint square)
{
  for (guint y = 0; y < height; y += square)
    for (guint x = 0; x < width; x += square)
      {
        guint w = MIN (square, width - x);
        guint h = MIN (square, height - y);
        guint8 value = average (plane, stride, x, y, w, h);

        for (guint row = y; row < y + h; row++)
          memset (plane + row * stride + x, value, w);
      }
}

static void
veil_frame (GstVideoFrame *frame)
{
  for (guint i = 0; i < GST_VIDEO_FRAME_N_PLANES (frame); i++)
    {
      guint width = (guint) GST_VIDEO_FRAME_COMP_WIDTH (frame, i);

      veil_plane (GST_VIDEO_FRAME_PLANE_DATA (frame, i), (guint) GST_VIDEO_FRAME_PLANE_STRIDE (frame, i), width,
                  (guint) GST_VIDEO_FRAME_COMP_HEIGHT (frame, i), MAX (width / VEIL_POINTS, 2));
    }
}

static void
draw_clock (GstVideoFrame *frame)
{
  wattle_clock_picture_draw (GST_VIDEO_FRAME_PLANE_DATA (frame, 0), (guint) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0),
                             (guint) GST_VIDEO_FRAME_WIDTH (frame), (guint) GST_VIDEO_FRAME_HEIGHT (frame),
                             g_get_monotonic_time ());
}

/* A copy that is drawn upon. */
static GstSample *
redrawn (GstSample *sample, void (*draw) (GstVideoFrame *frame))
{
  GstBuffer *buffer = gst_buffer_copy_deep (gst_sample_get_buffer (sample));
  GstCaps *caps = gst_sample_get_caps (sample);
  GstSample *made = NULL;
  GstVideoInfo info;
  GstVideoFrame frame;

  if (gst_video_info_from_caps (&info, caps) && gst_video_frame_map (&frame, &info, buffer, GST_MAP_READWRITE))
    {
      draw (&frame);
      gst_video_frame_unmap (&frame);
    }
  made = gst_sample_new (buffer, caps, gst_sample_get_segment (sample), NULL);
  gst_buffer_unref (buffer);
  return made;
}

static void
sample_cb (GstSample *sample, gpointer data)
{
  WattleCamera *self = data;
  g_autoptr (GstSample) shown = NULL;
  void (*draw) (GstVideoFrame * frame) = NULL;

  g_mutex_lock (&self->mutex);
  if (self->veil)
    draw = veil_frame;
  else if (self->clock)
    draw = draw_clock;
  g_mutex_unlock (&self->mutex);
  shown = draw != NULL ? redrawn (sample, draw) : gst_sample_ref (sample);
  self->events->view (shown, self->data);
  send_sample (self, shown);
}

static void
close_source (WattleCamera *self)
{
  g_clear_pointer (&self->source, wattle_source_free);
}

static void
broken_cb (gpointer data)
{
  WattleCamera *self = data;
  gboolean screen = self->screen >= 0;

  close_source (self);
  if (screen)
    {
      close (self->screen);
      self->screen = -1;
      self->events->trouble ("screen", _("The screen is no longer shared."), self->data);
      open_source (self);
    }
  else if (!open_another (self))
    self->events->trouble ("camera",
                           _("The camera does not work: it may have been unplugged, or another program holds it. The "
                             "others see black and hear you."),
                           self->data);
}

static const WattleSourceEvents source_events = { sample_cb, broken_cb };

static WattleSource *
open_screen (WattleCamera *self, const char *chain)
{
  GstElement *head = gst_element_factory_make ("pipewiresrc", NULL);
  g_autofree char *path = g_strdup_printf ("%u", self->screen_node);

  if (head == NULL)
    return NULL;
  g_object_set (head, "fd", self->screen, "path", path, "do-timestamp", TRUE, "keepalive-time", 1000, "always-copy",
                TRUE, NULL);
  return wattle_source_new (self->settings.clock, self->settings.base_time, head, chain, &source_events, self);
}

static WattleSource *
open_test (WattleCamera *self, const char *pattern, guint most, gboolean brief)
{
  /* Several windows on one small computer, which a test looks at. */
  gboolean calm = g_strcmp0 (g_getenv ("WATTLE_CALL_SOURCES"), "test:calm") == 0;
  guint width = MIN (self->settings.width, calm ? 480 : most);
  guint height = width * self->settings.height / self->settings.width;
  int frames = calm ? 10 : 30;
  GstClockTime now = gst_clock_get_time (self->settings.clock) - self->settings.base_time;
  g_autofree char *test =
    g_strdup_printf ("videotestsrc name=head is-live=true num-buffers=%d timestamp-offset=%" G_GUINT64_FORMAT
                     " pattern=%s ! " RAW ",width=%u,height=%u,framerate=%d/1",
                     brief ? 2 * frames : -1, now, pattern, width, height, frames);

  return wattle_source_new (self->settings.clock, self->settings.base_time, NULL, test, &source_events, self);
}

static WattleSource *
open_device (WattleCamera *self, const char *device)
{
  static const char chain[] = "capsfilter name=head caps=\"video/x-raw,width=[1,1920],height=[1,1080];"
                              "image/jpeg,width=[1,1920],height=[1,1080]\" ! decodebin ! videoconvertscale ! " RAW;
  static const struct
  {
    const char *name;
    const char *pattern;
    guint most; /* width */
    gboolean clock;
  } tests[] = {
    { "test", "ball", G_MAXUINT, FALSE },
    { "test:green", "green", G_MAXUINT, FALSE },
    { "test:busy", "zone-plate kx2=5 ky2=5 kt=2", G_MAXUINT, FALSE },
    { "test:clock", "zone-plate kx2=5 ky2=5 kt=2", 640, TRUE },
    { "test:large-clock", "zone-plate kx2=5 ky2=5 kt=2", G_MAXUINT, TRUE },
    { "test:brief", "smpte", G_MAXUINT, FALSE },
  };
  GstElement *head = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    if (g_strcmp0 (device, tests[i].name) == 0)
      {
        g_mutex_lock (&self->mutex);
        self->clock = tests[i].clock;
        g_mutex_unlock (&self->mutex);
        return open_test (self, tests[i].pattern, tests[i].most, g_str_equal (device, "test:brief"));
      }
  head = wattle_devices_make (self->settings.devices, "camera", device);
  if (head == NULL)
    return NULL;
  return wattle_source_new (self->settings.clock, self->settings.base_time, head, chain, &source_events, self);
}

/* Where the chosen camera is not there, or not any more, another one is better than none. */
static gboolean
open_another (WattleCamera *self)
{
  gboolean test = self->device != NULL && g_str_has_prefix (self->device, "test");

  if (self->instead || !self->on)
    return FALSE;
  self->instead = TRUE;
  self->source = open_device (self, test ? "test" : NULL);
  if (self->source == NULL)
    return FALSE;
  self->events->trouble (
    "camera", _("The camera that was in use is not there any more, so your picture comes from another one."),
    self->data);
  return TRUE;
}

static gboolean
missing_cb (gpointer data)
{
  WattleCamera *self = data;

  self->missing = 0;
  if (self->device == NULL || !open_another (self))
    self->events->trouble ("camera", _("There is no camera. Connect one, or go on with sound alone."), self->data);
  return G_SOURCE_REMOVE;
}

/* Opens what is to be seen now, and nothing when nothing is: a camera that is off is closed. */
static void
open_source (WattleCamera *self)
{
  static const char screen[] = "videoconvertscale name=head ! videorate ! " RAW ",framerate=15/1";
  gboolean wanted_on = self->screen >= 0 || (self->on && g_strcmp0 (self->device, "none") != 0);

  close_source (self);
  self->instead = FALSE;
  if (self->screen >= 0)
    self->source = open_screen (self, screen);
  else if (wanted_on)
    self->source = open_device (self, self->device);
  g_clear_handle_id (&self->missing, g_source_remove);
  if (self->screen < 0 && self->on && wanted_on && self->source == NULL)
    self->missing = g_timeout_add (MISSING_MS, missing_cb, self);
  else if (self->screen < 0 && self->on)
    self->events->trouble ("camera", NULL, self->data);
}

/* While nothing is seen a black picture now and then keeps the path open and honest. */
static gboolean
black_cb (gpointer data)
{
  WattleCamera *self = data;
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstSample) sample = NULL;
  GstBuffer *buffer = NULL;
  gsize luma = BLACK_WIDTH * BLACK_HEIGHT;

  if (self->source != NULL)
    return G_SOURCE_CONTINUE;
  caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, BLACK_WIDTH,
                              "height",
                              G_TYPE_INT, BLACK_HEIGHT, "framerate", GST_TYPE_FRACTION, 30, 1, NULL);
  buffer = gst_buffer_new_allocate (NULL, luma * 3 / 2, NULL);
  gst_buffer_memset (buffer, 0, 16, luma);
  gst_buffer_memset (buffer, luma, 128, luma / 2);
  GST_BUFFER_PTS (buffer) = gst_clock_get_time (self->settings.clock) - self->settings.base_time;
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  gst_buffer_unref (buffer);
  send_sample (self, sample);
  return G_SOURCE_CONTINUE;
}

static char *
chain (const WattleCameraSettings *settings)
{
  if (settings->h264)
    return g_strdup_printf ("videoconvertscale ! capsfilter name=size ! openh264enc name=coder complexity=low "
                            "multi-thread=1 rate-control=bitrate usage-type=camera gop-size=3000 ! "
                            "video/x-h264,profile=constrained-baseline ! "
                            "rtph264pay pt=96 ssrc=%u mtu=1150 config-interval=-1 aggregate-mode=zero-latency "
                            "auto-header-extension=false",
                            settings->ssrc);
  return g_strdup_printf ("videoconvertscale ! capsfilter name=size ! vp8enc name=coder deadline=1 cpu-used=-8 "
                          "threads=1 end-usage=cbr keyframe-max-dist=3000 undershoot=95 max-intra-bitrate=300 "
                          "dropframe-threshold=30 buffer-initial-size=300 buffer-optimal-size=400 buffer-size=600 "
                          "static-threshold=100 min-quantizer=4 max-quantizer=56 ! "
                          "rtpvp8pay pt=96 ssrc=%u mtu=1150 picture-id-mode=15-bit auto-header-extension=false",
                          settings->ssrc);
}

static void
set_screen (WattleCamera *self, int fd)
{
  close_source (self);
  if (self->screen >= 0)
    close (self->screen);
  self->screen = fd >= 0 ? fcntl (fd, F_DUPFD_CLOEXEC, 3) : -1;
}

/**
 * wattle_camera_new:
 * @settings: copied
 * @events: what the camera calls
 * @data: for @events
 *
 * Returns: (transfer full) (nullable): a closed camera; %NULL when the library lacks the codec
 */
WattleCamera *
wattle_camera_new (const WattleCameraSettings *settings, const WattleCameraEvents *events, gpointer data)
{
  g_autofree char *text = chain (settings);
  WattleCamera *self = g_new0 (WattleCamera, 1);

  self->settings = *settings;
  self->events = events;
  self->data = data;
  self->screen = -1;
  self->last = GST_CLOCK_TIME_NONE;
  self->step = wattle_rate_step (WATTLE_RATE_START, 0, NULL);
  g_mutex_init (&self->mutex);
  self->sender = wattle_sender_new (settings->clock, settings->base_time, TRUE, text, &events->sender, data);
  if (self->sender == NULL)
    {
      g_mutex_clear (&self->mutex);
      g_free (self);
      return NULL;
    }
  wattle_camera_set_target (self, WATTLE_RATE_START, 0);
  self->black = g_timeout_add (BLACK_MS, black_cb, self);
  return self;
}

/**
 * wattle_camera_free:
 * @self: a camera
 */
void
wattle_camera_free (WattleCamera *self)
{
  g_source_remove (self->black);
  g_clear_handle_id (&self->missing, g_source_remove);
  set_screen (self, -1);
  wattle_sender_free (self->sender);
  g_mutex_clear (&self->mutex);
  g_free (self->device);
  g_free (self);
}

/**
 * wattle_camera_set_on:
 * @self: a camera
 * @on: whether it is open
 */
void
wattle_camera_set_on (WattleCamera *self, gboolean on)
{
  if (self->on == on && (self->source != NULL) == on)
    return;
  self->on = on;
  if (self->screen < 0)
    open_source (self);
}

/**
 * wattle_camera_use:
 * @self: a camera
 * @device: (nullable): "camera:ID", "test", "test:green", "test:busy" (all of it moves), "test:clock" and
 *   "test:large-clock" (the time stands in it), "test:brief" (vanishes after two seconds), "none", or %NULL for the
 *   default
 */
void
wattle_camera_use (WattleCamera *self, const char *device)
{
  g_autofree char *chosen = g_strdup (device);

  g_free (self->device);
  self->device = g_steal_pointer (&chosen);
  if (self->screen < 0)
    open_source (self);
}

/**
 * wattle_camera_seek:
 * @self: a camera
 *
 * There are other devices: opens what was wanted and not there.
 */
void
wattle_camera_seek (WattleCamera *self)
{
  if (self->on && self->source == NULL && self->screen < 0)
    open_source (self);
}

/**
 * wattle_camera_share:
 * @self: a camera
 * @fd: what the screen portal opened, copied; -1 shows the camera again
 * @node: the screen there
 */
void
wattle_camera_share (WattleCamera *self, int fd, guint node)
{
  set_screen (self, fd);
  self->screen_node = node;
  open_source (self);
}

/**
 * wattle_camera_set_veil:
 * @self: a camera
 * @on: whether the picture is made coarse
 */
void
wattle_camera_set_veil (WattleCamera *self, gboolean on)
{
  g_mutex_lock (&self->mutex);
  self->veil = on;
  g_mutex_unlock (&self->mutex);
}

/**
 * wattle_camera_set_sending:
 * @self: a camera
 * @sending: whether there is anybody to encode for
 */
void
wattle_camera_set_sending (WattleCamera *self, gboolean sending)
{
  g_mutex_lock (&self->mutex);
  self->sending = sending;
  g_mutex_unlock (&self->mutex);
}

/**
 * wattle_camera_set_target:
 * @self: a camera
 * @kilobits: what may be sent in a second
 * @used: what the picture took of it lately, or 0 when that is not known
 */
void
wattle_camera_set_target (WattleCamera *self, guint kilobits, guint used)
{
  g_autoptr (GstElement) coder = wattle_sender_element (self->sender, "coder");
  const WattleRateStep *step = NULL;
  gint64 now = g_get_monotonic_time ();

  /* More does not make so small a picture better. */
  kilobits = MIN (kilobits, self->settings.width * self->settings.height / POINTS_A_KILOBIT);
  /* Retransmission and headers take the rest. */
  if (kilobits != self->target && self->settings.h264)
    g_object_set (coder, "bitrate", MAX (kilobits, 60) * 900, NULL);
  else if (kilobits != self->target)
    g_object_set (coder, "target-bitrate", (int) (MAX (kilobits, 60) * 900), NULL);
  g_mutex_lock (&self->mutex);
  self->target = kilobits;
  step = wattle_rate_step (kilobits, used, self->step);
  if (step > self->step || (step < self->step && now - self->stepped > SETTLING))
    {
      self->step = step;
      self->stepped = now;
      self->fitted = FALSE;
    }
  g_mutex_unlock (&self->mutex);
}

/**
 * wattle_camera_keyframe:
 * @self: a camera
 *
 * Any thread. The next picture stands for itself, at most three times a second.
 */
void
wattle_camera_keyframe (WattleCamera *self)
{
  g_mutex_lock (&self->mutex);
  self->keyframe_waits = TRUE;
  g_mutex_unlock (&self->mutex);
}
