/* bench-screen.c: reads from a screen which pictures of a call are on it, by the time that is drawn in them
 *
 * Writes a line for each: when it was first seen, in microseconds of the monotonic clock, and how many milliseconds old
 * it was then. Of several such pictures the largest counts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdio.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>

#include "telehealth/media/clock-picture.h"

/* Microseconds between two looks, and between two searches of the whole screen. */
#define LOOK (4 * 1000)
#define SEARCH (250 * 1000)
/* A picture that could not be read for so long is looked for elsewhere, too. */
#define LOST (150 * 1000)
#define ROWS 6
#define SMALLEST 3
#define OLDEST (30 * 1000)

typedef struct
{
  int y;
  double x;
  double cell;
} Place;

static gboolean
is_white (XImage *image, int x, int y)
{
  return (XGetPixel (image, x, y) >> 8 & 0xff) > 128;
}

/* The milliseconds since it was made; -1 when nothing can be read there. */
static int
read_age (XImage *image, int y, double x, double cell, guint *made)
{
  guint now = (guint) (g_get_monotonic_time () / 1000);
  guint64 cells = 0;
  guint age = 0;

  if (x < 0 || x + cell * WATTLE_CLOCK_CELLS > image->width)
    return -1;
  for (int i = 0; i < WATTLE_CLOCK_CELLS; i++)
    cells = cells << 1 | (is_white (image, (int) (x + (i + 0.5) * cell), y) ? 1 : 0);
  *made = cells >> 12 & (WATTLE_CLOCK_ROUND - 1);
  age = (now - *made) & (WATTLE_CLOCK_ROUND - 1);
  return cells == wattle_clock_cells (*made) && age < OLDEST ? (int) age : -1;
}

static int
run (XImage *image, int x, int y)
{
  gboolean white = is_white (image, x, y);
  int end = x;

  while (end < image->width && is_white (image, end, y) == white)
    end++;
  return end - x;
}

/* The width of a cell when the mark begins here: the middle of those with which it can be read. */
static double
fit (XImage *image, int x, int y)
{
  int runs[3] = { 0 };
  int at = x;
  double sum = 0;
  int count = 0;
  double guess = 0;
  guint made = 0;

  for (int i = 0; i < 3; at += runs[i++])
    if (at >= image->width || (runs[i] = run (image, at, y)) < SMALLEST)
      return 0;
  guess = (at - x) / 3.0;
  for (int i = 0; i < 3; i++)
    if (fabs (runs[i] - guess) > 0.3 * guess + 1)
      return 0;
  for (double part = 0.9; part < 1.1; part += 0.004)
    if (read_age (image, y, x, guess * part, &made) >= 0)
      {
        sum += guess * part;
        count++;
      }
  return count > 0 ? sum / count : 0;
}

static gboolean
search (Display *display, Window root, int width, int height, Place *found)
{
  XImage *image = XGetImage (display, root, 0, 0, (unsigned) width, (unsigned) height, AllPlanes, ZPixmap);

  *found = (Place){ 0, 0, 0 };
  for (int y = 0; image != NULL && y < height; y += ROWS)
    for (int x = 1; x < width; x++)
      if (is_white (image, x, y) && !is_white (image, x - 1, y))
        {
          double cell = fit (image, x, y);

          if (cell > found->cell + 0.2)
            *found = (Place){ y, x, cell };
        }
  if (image != NULL)
    XDestroyImage (image);
  return found->cell > 0;
}

static gboolean
look (Display *display, Window root, const Place *place, guint *made)
{
  int from = MAX ((int) place->x - 2, 0);
  int width = (int) (place->cell * WATTLE_CLOCK_CELLS) + 5;
  XImage *image = XGetImage (display, root, from, place->y, (unsigned) width, 1, AllPlanes, ZPixmap);
  int age = -1;

  if (image == NULL)
    return FALSE;
  age = read_age (image, 0, place->x - from, place->cell, made);
  XDestroyImage (image);
  return age >= 0;
}

int
main (int argc, char **argv)
{
  Display *display = XOpenDisplay (NULL);
  XWindowAttributes screen;
  Place place = { 0, 0, 0 };
  guint made = 0;
  guint last = 0;
  gint64 seen = 0;
  gint64 searched = 0;

  if (display == NULL)
    return 1;
  XGetWindowAttributes (display, DefaultRootWindow (display), &screen);
  while (!ferror (stdout))
    {
      gint64 now = g_get_monotonic_time ();

      if (now - seen > LOST && now - searched > SEARCH)
        {
          Place found;

          searched = now;
          if (search (display, screen.root, screen.width, screen.height, &found))
            place = found;
        }
      if (place.cell > 0 && look (display, screen.root, &place, &made))
        {
          seen = now;
          if (made != last)
            printf ("%" G_GINT64_FORMAT " %u\n", now, (guint) (now / 1000 - made) & (WATTLE_CLOCK_ROUND - 1));
          fflush (stdout);
          last = made;
        }
      g_usleep (LOOK); /* lint: allow banned-call: a screen tells nobody that something was drawn */
    }
  XCloseDisplay (display);
  return 0;
}
