/* tokens.c: opaque tokens and the signatures of devices
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/tokens.h"

#include <sodium.h>
#include <string.h>

#include "server/auth/keys.h"

#define TOKEN_BYTES 32
#define TOKEN_LENGTH 43 /* base64 for URLs, without padding */

static gboolean
decode (const char *token, guint8 bytes[TOKEN_BYTES])
{
  gsize length = 0;

  return token != NULL && strlen (token) == TOKEN_LENGTH
         && sodium_base642bin (bytes, TOKEN_BYTES, token, TOKEN_LENGTH, NULL, &length, NULL,
                               sodium_base64_VARIANT_URLSAFE_NO_PADDING)
              == 0
         && length == TOKEN_BYTES;
}

/**
 * wattle_token_new:
 *
 * Returns: (transfer full): 32 random bytes as text; only its hash is ever kept
 */
char *
wattle_token_new (void)
{
  guint8 bytes[TOKEN_BYTES];
  char *text = g_malloc (TOKEN_LENGTH + 1);

  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2base64 (text, TOKEN_LENGTH + 1, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero (bytes, sizeof bytes);
  return text;
}

/**
 * wattle_token_hash:
 * @token: (nullable): what a client sent
 * @hash: (out): BLAKE2b-256 in hexadecimal digits, the name of its row
 *
 * Returns: %FALSE when it cannot be a token
 */
gboolean
wattle_token_hash (const char *token, char hash[WATTLE_TOKEN_HASH_SIZE])
{
  guint8 bytes[TOKEN_BYTES], digest[32];

  if (!decode (token, bytes))
    return FALSE;
  crypto_generichash (digest, sizeof digest, bytes, sizeof bytes, NULL, 0);
  sodium_bin2hex (hash, WATTLE_TOKEN_HASH_SIZE, digest, sizeof digest);
  sodium_memzero (bytes, sizeof bytes);
  return TRUE;
}

static gboolean
wrapping_key (const char *token, guint8 key[WATTLE_KEY_BYTES])
{
  guint8 bytes[TOKEN_BYTES];

  if (!decode (token, bytes))
    return FALSE;
  crypto_kdf_derive_from_key (key, WATTLE_KEY_BYTES, 1, "successr", bytes);
  sodium_memzero (bytes, sizeof bytes);
  return TRUE;
}

/**
 * wattle_token_wrap:
 * @token: a token
 * @text: what only its holder shall get: its successor
 *
 * Returns: (transfer full) (nullable): @text, sealed under @token
 */
char *
wattle_token_wrap (const char *token, const char *text)
{
  guint8 key[WATTLE_KEY_BYTES];
  char *wrapped;

  if (!wrapping_key (token, key))
    return NULL;
  wrapped = wattle_seal_text (key, "successor", text);
  sodium_memzero (key, sizeof key);
  return wrapped;
}

char *
wattle_token_unwrap (const char *token, const char *wrapped, GError **error)
{
  guint8 key[WATTLE_KEY_BYTES] = { 0 };
  char *text;

  wrapping_key (token, key);
  text = wattle_unseal_text (key, "successor", wrapped, error);
  sodium_memzero (key, sizeof key);
  return text;
}

static gboolean
decode_exactly (const char *text, guint8 *bytes, gsize size)
{
  gsize length = 0;

  return text != NULL && strlen (text) <= 128
         && sodium_base642bin (bytes, size, text, strlen (text), NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL)
              == 0
         && length == size;
}

/**
 * wattle_device_key_is_valid:
 * @public_key: (nullable): what a client sent
 *
 * Returns: whether it is base64 of an Ed25519 public key
 */
gboolean
wattle_device_key_is_valid (const char *public_key)
{
  guint8 key[crypto_sign_PUBLICKEYBYTES];

  return decode_exactly (public_key, key, sizeof key) && crypto_core_ed25519_is_valid_point (key);
}

/**
 * wattle_device_verify:
 * @public_key: of the device
 * @signature: (nullable): what it sent, base64
 * @message: what it must have signed
 *
 * Returns: whether the device signed it
 */
gboolean
wattle_device_verify (const char *public_key, const char *signature, const char *message)
{
  guint8 key[crypto_sign_PUBLICKEYBYTES], bytes[crypto_sign_BYTES];

  return decode_exactly (public_key, key, sizeof key) && decode_exactly (signature, bytes, sizeof bytes)
         && crypto_sign_verify_detached (bytes, (const guint8 *) message, strlen (message), key) == 0;
}
