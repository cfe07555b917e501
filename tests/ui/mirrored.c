/* mirrored.c: preloaded, lets a window be read from the right, as one that is translated into Arabic
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib.h>

const char *(g_dgettext) (const char *domain, const char *text);

/* By this word of its translators the toolkit knows the direction. */
const char *
g_dgettext (const char *domain, const char *text)
{
  return g_str_equal (text, "default:LTR") ? "default:RTL" : text;
}
