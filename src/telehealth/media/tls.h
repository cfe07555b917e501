/* tls.h: a way to a relay that is encrypted for everybody between
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WattleTls WattleTls;

WattleTls *wattle_tls_new  (const char *host,
                            guint16     port,
                            const char *authorities,
                            GError    **error);
void       wattle_tls_free (WattleTls  *self);
guint16    wattle_tls_port (WattleTls  *self);

G_END_DECLS
