/* keys.h: the server's own key: what it seals beside records, and the keys that derive from it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_KEY_BYTES 32

/* Numbers of derived keys; never renumber. */
typedef enum
{
  WATTLE_KEY_SEAL = 1,
  WATTLE_KEY_BLOBS = 2,
  WATTLE_KEY_CODES = 3,
  WATTLE_KEY_SET_ASIDE = 4,
  WATTLE_KEY_AUDIT = 5,
  WATTLE_KEY_ROOMS = 6,
} WattleKeyUse;

typedef struct _WattleKeys WattleKeys;

WattleKeys *wattle_keys_open (const char *path, gboolean may_create, GError **error);
void wattle_keys_free (WattleKeys *self);
void wattle_keys_derive (WattleKeys *self, WattleKeyUse use, guint8 key[WATTLE_KEY_BYTES]);
void wattle_keys_signer (WattleKeys *self, guint8 public[32], guint8 secret[64]);
char *wattle_keys_seal (WattleKeys *self, const char *context, const char *text);
char *wattle_keys_unseal (WattleKeys *self, const char *context, const char *sealed, GError **error);
char *wattle_keys_digest (WattleKeys *self, const char *text);

char *wattle_seal_text (const guint8 key[WATTLE_KEY_BYTES], const char *context, const char *text);
char *wattle_unseal_text (const guint8 key[WATTLE_KEY_BYTES], const char *context, const char *sealed, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleKeys, wattle_keys_free)

G_END_DECLS
