/* passwords.h: what a password must be, and argon2id
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_PASSWORD_MINIMUM 12
#define WATTLE_PASSWORD_ALONE 15 /* where nothing else is asked for: NIST SP 800-63B-4 s 3.1.1.2 */
#define WATTLE_PASSWORD_MAXIMUM 128

gboolean
wattle_password_check (const char *password, const char *own, guint minimum, const char *field, GError **error);
char *wattle_password_hash (const char *password, GError **error);
gboolean wattle_password_verify (const char *hash, const char *password);
gboolean wattle_password_is_old (const char *hash);

G_END_DECLS
