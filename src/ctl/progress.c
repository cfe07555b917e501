/* progress.c: how far a long command is, for a person or a log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/progress.h"

#include <unistd.h>

#define REDRAW (G_USEC_PER_SEC / 10)

static gboolean
is_terminal (void)
{
  return isatty (STDERR_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

static void
draw (WattleProgress *self, double fraction, gboolean new_step)
{
  gint64 now = g_get_monotonic_time ();

  if (!new_step && now - self->drawn_at < REDRAW)
    return;
  self->drawn_at = now;
  self->line = TRUE;
  g_printerr ("\r\033[K%s  %3d %%", self->what, (int) (fraction * 100));
}

/**
 * wattle_progress_show:
 * @self: the progress
 * @what: the step, in words
 * @fraction: how much of the step is done, 0 to 1
 *
 * Cheap enough to be called for every record.
 */
void
wattle_progress_show (WattleProgress *self, const char *what, double fraction)
{
  gboolean new_step = g_strcmp0 (self->what, what) != 0;
  int quarter = (int) (CLAMP (fraction, 0, 1) * 4);

  if (new_step)
    {
      g_free (self->what);
      self->what = g_strdup (what);
      self->quarter = -1;
    }
  if (is_terminal ())
    draw (self, CLAMP (fraction, 0, 1), new_step);
  else if (quarter > self->quarter)
    g_printerr ("%s %d %%\n", what, quarter * 25);
  self->quarter = MAX (self->quarter, quarter);
}

/**
 * wattle_progress_end:
 * @self: the progress
 *
 * Takes the line away; call it before anything else is printed.
 */
void
wattle_progress_end (WattleProgress *self)
{
  if (self->line)
    g_printerr ("\r\033[K");
  self->line = FALSE;
  g_clear_pointer (&self->what, g_free);
}
