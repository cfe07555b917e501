/* tokens.h: opaque tokens and the signatures of devices
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_TOKEN_HASH_SIZE 65

char *wattle_token_new (void);
gboolean wattle_token_hash (const char *token, char hash[WATTLE_TOKEN_HASH_SIZE]);
char *wattle_token_wrap (const char *token, const char *text);
char *wattle_token_unwrap (const char *token, const char *wrapped, GError **error);
gboolean wattle_device_key_is_valid (const char *public_key);
gboolean wattle_device_verify (const char *public_key, const char *signature, const char *message);

G_END_DECLS
