/* ring.c: pictures put where the window sees them
 *
 * A picture is converted once, straight into memory that the window shares, at the size at which it is drawn there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/ring.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <gst/video/video.h>

#include "telehealth/picture.h"

/* Messages that may wait for the window before pictures are left out. */
#define MAX_WAITING 100

struct _WattleRing
{
  gatomicrefcount references;
  char *peer;
  guint number;
  WattleLink *link;
  guint8 *memory;
  GMutex mutex; /* for what follows */
  guint busy;   /* a bit a place */
  guint most[2];
  GstVideoInfo in;
  GstVideoInfo out;
  GstVideoConverter *converter;
};

static guint8 *
make_memory (WattleRing *self)
{
  int fd = memfd_create ("wattle-pictures", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  g_autofree char *text = NULL;
  void *memory = MAP_FAILED;

  if (fd < 0)
    return NULL;
  if (ftruncate (fd, (off_t) WATTLE_PICTURE_BYTES) == 0
      && fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    memory = mmap (NULL, WATTLE_PICTURE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory != MAP_FAILED)
    {
      text = g_strdup_printf ("{\"is\":\"ring\",\"peer\":\"%s\",\"ring\":%u}", self->peer, self->number);
      wattle_link_send (self->link, text, NULL, fd);
    }
  close (fd);
  return memory != MAP_FAILED ? memory : NULL;
}

/* The size of what is shown: not larger than the window wants nor than a place holds, in the proportion it came in. */
static void
fit (WattleRing *self, const GstVideoInfo *in, guint *width, guint *height)
{
  guint own[2] = { (guint) GST_VIDEO_INFO_WIDTH (in), (guint) GST_VIDEO_INFO_HEIGHT (in) };
  double scale = MIN (1.0, MIN ((double) MIN (self->most[0], WATTLE_PICTURE_MAX_WIDTH) / own[0],
                                (double) MIN (self->most[1], WATTLE_PICTURE_MAX_HEIGHT) / own[1]));

  *width = MAX (2, (guint) (own[0] * scale) & ~1U);
  *height = MAX (2, (guint) (own[1] * scale) & ~1U);
}

static gboolean
prepare (WattleRing *self, const GstVideoInfo *in)
{
  guint width = 0;
  guint height = 0;

  fit (self, in, &width, &height);
  if (self->converter != NULL && gst_video_info_is_equal (in, &self->in)
      && (guint) GST_VIDEO_INFO_WIDTH (&self->out) == width && (guint) GST_VIDEO_INFO_HEIGHT (&self->out) == height)
    return TRUE;
  g_clear_pointer (&self->converter, gst_video_converter_free);
  self->in = *in;
  gst_video_info_set_format (&self->out, GST_VIDEO_FORMAT_BGRA, width, height);
  self->out.fps_n = in->fps_n;
  self->out.fps_d = in->fps_d;
  self->converter =
    gst_video_converter_new (in, &self->out,
                             gst_structure_new ("config", GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD,
                                                GST_TYPE_VIDEO_RESAMPLER_METHOD, GST_VIDEO_RESAMPLER_METHOD_LINEAR,
                                                GST_VIDEO_CONVERTER_OPT_THREADS, G_TYPE_UINT, 1, NULL));
  return self->converter != NULL;
}

/* A picture whose bytes lie in a place of the ring. */
static void
frame_at (WattleRing *self, guint place, GstVideoFrame *frame)
{
  *frame = (GstVideoFrame){ .info = self->out };
  frame->data[0] = self->memory + (gsize) place * WATTLE_PICTURE_PLACE_BYTES;
}

static int
take_place (WattleRing *self)
{
  for (int place = 0; place < WATTLE_PICTURE_PLACES; place++)
    if ((self->busy & (1U << place)) == 0)
      {
        self->busy |= 1U << place;
        return place;
      }
  return -1;
}

/**
 * wattle_ring_new:
 * @peer: whose pictures
 * @number: of the ring
 * @link: to the window
 *
 * Returns: (transfer full): a ring that draws nothing larger than a place, until told how large
 */
WattleRing *
wattle_ring_new (const char *peer, guint number, WattleLink *link)
{
  WattleRing *self = g_new0 (WattleRing, 1);

  g_atomic_ref_count_init (&self->references);
  self->peer = g_strdup (peer);
  self->number = number;
  self->link = wattle_link_ref (link);
  self->most[0] = WATTLE_PICTURE_MAX_WIDTH;
  self->most[1] = WATTLE_PICTURE_MAX_HEIGHT;
  g_mutex_init (&self->mutex);
  self->memory = make_memory (self);
  return self;
}

/**
 * wattle_ring_ref:
 * @self: a ring
 *
 * Returns: (transfer full): @self
 */
WattleRing *
wattle_ring_ref (WattleRing *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wattle_ring_unref:
 * @self: a ring; the window's pictures stay valid
 */
void
wattle_ring_unref (WattleRing *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  if (self->memory != NULL)
    munmap (self->memory, WATTLE_PICTURE_BYTES);
  g_clear_pointer (&self->converter, gst_video_converter_free);
  g_mutex_clear (&self->mutex);
  wattle_link_unref (self->link);
  g_free (self->peer);
  g_free (self);
}

/**
 * wattle_ring_number:
 * @self: a ring
 *
 * Returns: its number
 */
guint
wattle_ring_number (WattleRing *self)
{
  return self->number;
}

/**
 * wattle_ring_set_size:
 * @self: a ring
 * @width: the most that is drawn; 0 draws nothing
 * @height: likewise
 */
void
wattle_ring_set_size (WattleRing *self, guint width, guint height)
{
  g_mutex_lock (&self->mutex);
  self->most[0] = width;
  self->most[1] = height;
  g_mutex_unlock (&self->mutex);
}

/**
 * wattle_ring_put:
 * @self: a ring
 * @sample: a raw picture
 * @age: microseconds since it was due
 *
 * Any thread. Leaves it out when all places are held.
 */
void
wattle_ring_put (WattleRing *self, GstSample *sample, gint64 age)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autofree char *text = NULL;
  GstVideoInfo info;
  GstVideoFrame in;
  GstVideoFrame out;
  int place = -1;

  if (self->memory == NULL || self->most[0] == 0 || self->most[1] == 0 || wattle_link_waits (self->link) > MAX_WAITING
      || !gst_video_info_from_caps (&info, gst_sample_get_caps (sample)) || !prepare (self, &info))
    return;
  place = take_place (self);
  if (place < 0)
    return;
  if (!gst_video_frame_map (&in, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    {
      self->busy &= ~(1U << place);
      return;
    }
  frame_at (self, (guint) place, &out);
  gst_video_converter_frame (self->converter, &in, &out);
  gst_video_frame_unmap (&in);
  text = g_strdup_printf ("{\"is\":\"frame\",\"peer\":\"%s\",\"ring\":%u,\"place\":%d,\"width\":%d,\"height\":%d,"
                          "\"stride\":%d,\"age\":%" G_GINT64_FORMAT "}",
                          self->peer, self->number, place, GST_VIDEO_INFO_WIDTH (&self->out),
                          GST_VIDEO_INFO_HEIGHT (&self->out), GST_VIDEO_INFO_PLANE_STRIDE (&self->out, 0), age);
  if (!wattle_link_send (self->link, text, NULL, -1))
    self->busy &= ~(1U << place);
}

/**
 * wattle_ring_release:
 * @self: a ring
 * @place: that the window needs no more
 */
void
wattle_ring_release (WattleRing *self, guint place)
{
  g_mutex_lock (&self->mutex);
  if (place < WATTLE_PICTURE_PLACES)
    self->busy &= ~(1U << place);
  g_mutex_unlock (&self->mutex);
}
