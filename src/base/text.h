/* text.h: folding text so that people are found however their name is typed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *wattle_text_fold (const char *text);

G_END_DECLS
