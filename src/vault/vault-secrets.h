/* vault-secrets.h: a few small secrets in one sealed file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean wattle_vault_secrets_put (const char    *path,
                                   const guint8  *key,
                                   const char    *name,
                                   GBytes        *secret,
                                   GError       **error);
GBytes  *wattle_vault_secrets_get (const char    *path,
                                   const guint8  *key,
                                   const char    *name,
                                   GError       **error);
GBytes  *wattle_vault_secret_take (gpointer       bytes,
                                   gsize          length);

G_END_DECLS
