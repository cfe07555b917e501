/* confine.h: what the program that handles strangers' bytes gives up
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean wattle_confine (void);

G_END_DECLS
