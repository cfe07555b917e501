/* file.h: writing files so that a crash leaves the old or the new one, never half
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean wattle_file_replace   (const char   *path,
                                const void   *data,
                                gsize         length,
                                GError      **error);
gboolean wattle_file_sync_dir  (const char   *path,
                                GError      **error);
GBytes  *wattle_file_read      (const char   *path,
                                gsize         max_bytes,
                                GError      **error);
void     wattle_set_errno      (GError      **error,
                                int           saved_errno,
                                const char   *path,
                                const char   *doing);

G_END_DECLS
