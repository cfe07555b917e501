/* keys.c: the server's own key: what it seals beside records, and the keys that derive from it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/keys.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

struct _WattleKeys
{
  guint8 *master; /* in guarded memory */
};

static gboolean
read_key (const char *path, guint8 *key, GError **error)
{
  g_autoptr (GBytes) bytes = wattle_file_read (path, 4096, error);

  if (bytes == NULL)
    return FALSE;
  if (g_bytes_get_size (bytes) != WATTLE_KEY_BYTES)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                              "The server's key file “%s” is damaged. Put it back from a backup; nothing was changed.",
                              path);
      return FALSE;
    }
  memcpy (key, g_bytes_get_data (bytes, NULL), WATTLE_KEY_BYTES);
  return TRUE;
}

/**
 * wattle_keys_open:
 * @path: the key file, readable by the server alone
 * @may_create: whether a missing file may be made: only for a data directory without a database
 * @error: %WATTLE_ERROR_KEY_LOST when it is missing and may not be made
 *
 * Returns: (transfer full) (nullable): the key
 */
WattleKeys *
wattle_keys_open (const char *path, gboolean may_create, GError **error)
{
  g_autoptr (WattleKeys) self = g_new0 (WattleKeys, 1);

  if (sodium_init () < 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, "The cryptographic library cannot be started.");
      return NULL;
    }
  self->master = sodium_malloc (WATTLE_KEY_BYTES);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return read_key (path, self->master, error) ? g_steal_pointer (&self) : NULL;
  if (!may_create)
    {
      wattle_set_field_error (error, WATTLE_ERROR_KEY_LOST, NULL,
                              "The data is here but the server's key file “%s” is not. Put it back from a backup; "
                              "nothing was changed.",
                              path);
      return NULL;
    }
  randombytes_buf (self->master, WATTLE_KEY_BYTES);
  if (!wattle_file_replace (path, self->master, WATTLE_KEY_BYTES, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
wattle_keys_free (WattleKeys *self)
{
  if (self == NULL)
    return;
  sodium_free (self->master);
  g_free (self);
}

/**
 * wattle_keys_derive:
 * @self: the server's key
 * @use: what for
 * @key: (out): the key for it
 */
void
wattle_keys_derive (WattleKeys *self, WattleKeyUse use, guint8 key[WATTLE_KEY_BYTES])
{
  crypto_kdf_derive_from_key (key, WATTLE_KEY_BYTES, use, "wattled1", self->master);
}

/**
 * wattle_keys_signer:
 * @self: the server's key
 * @public: (out): what a signature is checked with
 * @secret: (out): what the audit trail's checkpoints are signed with; clear it after use
 */
void
wattle_keys_signer (WattleKeys *self, guint8 public[32], guint8 secret[64])
{
  guint8 seed[WATTLE_KEY_BYTES];

  G_STATIC_ASSERT (WATTLE_KEY_BYTES == crypto_sign_SEEDBYTES);
  wattle_keys_derive (self, WATTLE_KEY_AUDIT, seed);
  crypto_sign_seed_keypair (public, secret, seed);
  sodium_memzero (seed, sizeof seed);
}

/**
 * wattle_seal_text:
 * @key: a key
 * @context: what it is and whose; the same is needed to open it
 * @text: the secret
 *
 * Returns: (transfer full): base64 of nonce and ciphertext
 */
char *
wattle_seal_text (const guint8 key[WATTLE_KEY_BYTES], const char *context, const char *text)
{
  gsize length = strlen (text);
  g_autofree guint8 *sealed = g_malloc (NONCE + length + TAG);

  randombytes_buf (sealed, NONCE);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + NONCE, NULL, (const guint8 *) text, length,
                                              (const guint8 *) context, strlen (context), NULL, sealed, key);
  return g_base64_encode (sealed, NONCE + length + TAG);
}

/**
 * wattle_unseal_text:
 * @key: the key of wattle_seal_text()
 * @context: its context
 * @sealed: what it returned
 * @error: %WATTLE_ERROR_CORRUPT
 *
 * Returns: (transfer full) (nullable): the secret
 */
char *
wattle_unseal_text (const guint8 key[WATTLE_KEY_BYTES], const char *context, const char *sealed, GError **error)
{
  gsize length;
  g_autofree guint8 *bytes = g_base64_decode (sealed, &length);
  g_autofree char *text = NULL;

  if (length >= NONCE + TAG)
    {
      text = g_malloc0 (length - NONCE - TAG + 1);
      if (crypto_aead_xchacha20poly1305_ietf_decrypt ((guint8 *) text, NULL, NULL, bytes + NONCE, length - NONCE,
                                                      (const guint8 *) context, strlen (context), bytes, key)
          == 0)
        return g_steal_pointer (&text);
    }
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL, "A sealed value does not open with this server's key.");
  return NULL;
}

/**
 * wattle_keys_seal:
 * @self: the server's key
 * @context: what it is and whose
 * @text: the secret
 *
 * Returns: (transfer full): see wattle_seal_text()
 */
char *
wattle_keys_seal (WattleKeys *self, const char *context, const char *text)
{
  guint8 key[WATTLE_KEY_BYTES];
  char *sealed;

  wattle_keys_derive (self, WATTLE_KEY_SEAL, key);
  sealed = wattle_seal_text (key, context, text);
  sodium_memzero (key, sizeof key);
  return sealed;
}

/**
 * wattle_keys_unseal:
 * @self: the server's key
 * @context: as it was sealed
 * @sealed: what wattle_keys_seal() returned
 * @error: %WATTLE_ERROR_CORRUPT
 *
 * Returns: (transfer full) (nullable): the secret
 */
char *
wattle_keys_unseal (WattleKeys *self, const char *context, const char *sealed, GError **error)
{
  guint8 key[WATTLE_KEY_BYTES];
  char *text;

  wattle_keys_derive (self, WATTLE_KEY_SEAL, key);
  text = wattle_unseal_text (key, context, sealed, error);
  sodium_memzero (key, sizeof key);
  return text;
}

/**
 * wattle_keys_digest:
 * @self: the server's key
 * @text: a secret that is too short for a plain hash, such as a recovery code
 *
 * Returns: (transfer full): a keyed hash in 64 hexadecimal digits
 */
char *
wattle_keys_digest (WattleKeys *self, const char *text)
{
  guint8 key[WATTLE_KEY_BYTES], hash[32];
  char *hex = g_malloc (65);

  wattle_keys_derive (self, WATTLE_KEY_CODES, key);
  crypto_generichash (hash, sizeof hash, (const guint8 *) text, strlen (text), key, sizeof key);
  sodium_memzero (key, sizeof key);
  return sodium_bin2hex (hex, 65, hash, sizeof hash);
}
