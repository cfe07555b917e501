/* places.h: what of the places where programs of this computer listen is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean wattle_places_hide (void);

G_END_DECLS
