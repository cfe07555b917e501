/* packet.h: what the packets of a picture say of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean wattle_packet_begins_keyframe (const guint8 *payload, gsize length, gboolean h264);

G_END_DECLS
