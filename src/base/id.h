/* id.h: 16-byte time-ordered ids and their 26-character text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_ID_BYTES 16
#define WATTLE_ID_LENGTH 26

char    *wattle_id_new        (void);
char    *wattle_id_new_at     (gint64        instant);
char    *wattle_id_build      (gint64        instant,
                               const guint8  random[10]);
char    *wattle_id_derive     (const char   *space,
                               const char   *name);
gboolean wattle_id_is_valid   (const char   *text);
gint64   wattle_id_time       (const char   *text);
gboolean wattle_id_to_bytes   (const char   *text,
                               guint8        bytes[WATTLE_ID_BYTES]);
void     wattle_id_to_text    (const guint8  bytes[WATTLE_ID_BYTES],
                               char          text[WATTLE_ID_LENGTH + 1]);

G_END_DECLS
