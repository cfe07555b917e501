/* picture.c: pictures that an engine left in memory shared with the window
 *
 * The engine is not believed: the memory must be sealed against becoming shorter, and what a message says of a picture
 * must lie inside its place.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/picture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

struct _WattlePictures
{
  gatomicrefcount references;
  guint number;
  guint8 *memory;
  WattleLink *link;
};

typedef struct
{
  WattlePictures *pictures;
  guint place;
} Loan;

static void
loan_free (gpointer data)
{
  Loan *loan = data;
  g_autofree char *text =
    g_strdup_printf ("{\"do\":\"release\",\"ring\":%u,\"place\":%u}", loan->pictures->number, loan->place);

  wattle_link_send (loan->pictures->link, text, NULL, -1);
  wattle_pictures_unref (loan->pictures);
  g_free (loan);
}

G_DEFINE_BOXED_TYPE (WattleVideoFrame, wattle_video_frame, wattle_video_frame_copy, wattle_video_frame_free)

/**
 * wattle_video_frame_copy:
 * @self: a picture
 *
 * Returns: (transfer full): another holder of the same pixels
 */
WattleVideoFrame *
wattle_video_frame_copy (const WattleVideoFrame *self)
{
  WattleVideoFrame *copy = g_new (WattleVideoFrame, 1);

  *copy = *self;
  g_bytes_ref (copy->pixels);
  return copy;
}

/**
 * wattle_video_frame_free:
 * @self: a picture
 */
void
wattle_video_frame_free (WattleVideoFrame *self)
{
  g_bytes_unref (self->pixels);
  g_free (self);
}

/**
 * wattle_pictures_new:
 * @fd: the shared memory; it now belongs to this function
 * @number: what the engine calls it
 * @link: where places are given back
 * @error: (out) (optional): CORRUPT when the memory is not what it should be
 *
 * Returns: (transfer full): the places for pictures of a stream, or %NULL
 */
WattlePictures *
wattle_pictures_new (int fd, guint number, WattleLink *link, GError **error)
{
  struct stat status = { 0 };
  int seals = fd >= 0 ? fcntl (fd, F_GET_SEALS) : -1;
  WattlePictures *self = NULL;
  void *memory = MAP_FAILED;

  if (seals >= 0 && (seals & F_SEAL_SHRINK) != 0 && fstat (fd, &status) == 0
      && (gsize) status.st_size == WATTLE_PICTURE_BYTES)
    memory = mmap (NULL, WATTLE_PICTURE_BYTES, PROT_READ, MAP_SHARED, fd, 0);
  if (fd >= 0)
    close (fd);
  if (memory == MAP_FAILED)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL, "The media engine gave memory that cannot be used.");
      return NULL;
    }
  self = g_new0 (WattlePictures, 1);
  g_atomic_ref_count_init (&self->references);
  self->number = number;
  self->memory = memory;
  self->link = wattle_link_ref (link);
  return self;
}

/**
 * wattle_pictures_unref:
 * @self: places; pictures taken from them stay valid
 */
void
wattle_pictures_unref (WattlePictures *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  munmap (self->memory, WATTLE_PICTURE_BYTES);
  wattle_link_unref (self->link);
  g_free (self);
}

/**
 * wattle_pictures_number:
 * @self: places
 *
 * Returns: what the engine calls them
 */
guint
wattle_pictures_number (WattlePictures *self)
{
  return self->number;
}

/**
 * wattle_pictures_take:
 * @self: places
 * @message: what the engine says of a picture: place, width, height, stride, age
 *
 * Returns: (transfer full) (nullable): the picture, whose place is given back with its last holder; %NULL when the
 *   message makes no sense
 */
WattleVideoFrame *
wattle_pictures_take (WattlePictures *self, WattleJsonNode message)
{
  gint64 place = wattle_json_member_integer (message, "place", -1);
  gint64 width = wattle_json_member_integer (message, "width", -1);
  gint64 height = wattle_json_member_integer (message, "height", -1);
  gint64 stride = wattle_json_member_integer (message, "stride", -1);
  WattleVideoFrame *frame = NULL;
  Loan *loan = NULL;

  if (place < 0 || place >= WATTLE_PICTURE_PLACES || width < 1 || width > WATTLE_PICTURE_MAX_WIDTH || height < 1
      || height > WATTLE_PICTURE_MAX_HEIGHT || stride < width * 4
      || stride > (gint64) (WATTLE_PICTURE_PLACE_BYTES / (gsize) height))
    return NULL;
  loan = g_new0 (Loan, 1);
  g_atomic_ref_count_inc (&self->references);
  loan->pictures = self;
  loan->place = (guint) place;
  frame = g_new0 (WattleVideoFrame, 1);
  frame->width = (guint) width;
  frame->height = (guint) height;
  frame->stride = (gsize) stride;
  frame->age = wattle_json_member_integer (message, "age", 0);
  frame->pixels = g_bytes_new_with_free_func (self->memory + (gsize) place * WATTLE_PICTURE_PLACE_BYTES,
                                              (gsize) (stride * height), loan_free, loan);
  return frame;
}
