/* certificate.h: the key that a call of ours is known by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char    *wattle_certificate_make        (guint8       fingerprint[32],
                                         GError     **error);
gboolean wattle_certificate_fingerprint (const char  *pem,
                                         guint8       fingerprint[32]);

G_END_DECLS
