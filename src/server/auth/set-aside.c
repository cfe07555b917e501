/* set-aside.c: what a wiped device had not sent, sealed for this server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/set-aside.h"

#include <sodium.h>

#include "base/error.h"

static void
make_pair (WattleKeys *keys, guint8 public_key[crypto_box_PUBLICKEYBYTES], guint8 secret_key[crypto_box_SECRETKEYBYTES])
{
  guint8 seed[WATTLE_KEY_BYTES];

  wattle_keys_derive (keys, WATTLE_KEY_SET_ASIDE, seed);
  crypto_box_seed_keypair (public_key, secret_key, seed);
  sodium_memzero (seed, sizeof seed);
}

/**
 * wattle_set_aside_key:
 * @keys: the server's key
 *
 * Returns: (transfer full): base64 of the key that devices seal with, for crypto_box_seal()
 */
char *
wattle_set_aside_key (WattleKeys *keys)
{
  guint8 public_key[crypto_box_PUBLICKEYBYTES], secret_key[crypto_box_SECRETKEYBYTES];

  make_pair (keys, public_key, secret_key);
  sodium_memzero (secret_key, sizeof secret_key);
  return g_base64_encode (public_key, sizeof public_key);
}

/**
 * wattle_set_aside_open:
 * @keys: the server's key
 * @sealed: what a device sealed
 * @length: bytes of it
 * @error: %WATTLE_ERROR_CORRUPT
 *
 * Returns: (transfer full) (nullable): a JSON object of operations, drafts and documents that were not sent
 */
GBytes *
wattle_set_aside_open (WattleKeys *keys, const guint8 *sealed, gsize length, GError **error)
{
  guint8 public_key[crypto_box_PUBLICKEYBYTES], secret_key[crypto_box_SECRETKEYBYTES];
  g_autofree guint8 *text = NULL;
  int failed = -1;

  if (length >= crypto_box_SEALBYTES)
    {
      text = g_malloc (length - crypto_box_SEALBYTES + 1);
      make_pair (keys, public_key, secret_key);
      failed = crypto_box_seal_open (text, sealed, length, public_key, secret_key);
      sodium_memzero (secret_key, sizeof secret_key);
    }
  if (failed == 0)
    return g_bytes_new_take (g_steal_pointer (&text), length - crypto_box_SEALBYTES);
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL, "This was not sealed for this server, or is damaged.");
  return NULL;
}
