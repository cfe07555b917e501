/* totp.h: one-time codes by time, RFC 6238
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *wattle_totp_new_secret (void);
char *wattle_totp_uri (const char *secret, const char *issuer, const char *account);
gboolean wattle_totp_code (const char *secret, gint64 step, char code[7]);
gint64 wattle_totp_step (gint64 instant);
gint64 wattle_totp_check (const char *secret, const char *code, gint64 instant, gint64 last_step);

G_END_DECLS
