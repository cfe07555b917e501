/* vault-file.c: the small file beside a database that holds its wrapped key
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "vault/vault-file.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define FORMAT 1
#define MAX_FILE_BYTES 8192

/* With a keyring the password is one of two halves; alone it has to carry all
 * the weight, so guessing it is made four times as dear. */
#define KEYRING_MEMORY (64 * 1024 * 1024)
#define PASSPHRASE_MEMORY (256 * 1024 * 1024)
#define OPERATIONS 3
#define MAX_MEMORY (1024LL * 1024 * 1024)
#define MAX_OPERATIONS 16

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

G_STATIC_ASSERT (WATTLE_VAULT_SALT_BYTES == crypto_pwhash_SALTBYTES);
G_STATIC_ASSERT (WATTLE_VAULT_WRAPPED_BYTES
                 == NONCE_BYTES + WATTLE_VAULT_KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES);

static char *
hex (const guint8 *bytes, gsize length)
{
  char *text = g_malloc (length * 2 + 1);
  return sodium_bin2hex (text, length * 2 + 1, bytes, length);
}

static gboolean
unhex (const char *text, guint8 *bytes, gsize length)
{
  gsize got = 0;
  const char *end = NULL;

  return text != NULL && strlen (text) == length * 2
         && sodium_hex2bin (bytes, length, text, length * 2, NULL, &got, &end) == 0 && got == length;
}

static void
fingerprint (guint8 out[WATTLE_VAULT_CHECK_BYTES], const char *what, const guint8 *bytes, gsize length)
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, WATTLE_VAULT_CHECK_BYTES);
  crypto_generichash_update (&state, (const guint8 *) what, strlen (what) + 1);
  crypto_generichash_update (&state, bytes, length);
  crypto_generichash_final (&state, out, WATTLE_VAULT_CHECK_BYTES);
  sodium_memzero (&state, sizeof state);
}

/**
 * wattle_vault_file_new:
 * @backend: kind of keyring, or %WATTLE_VAULT_PASSPHRASE
 *
 * Returns: (transfer full): a file that holds no key yet
 */
WattleVaultFile *
wattle_vault_file_new (const char *backend)
{
  WattleVaultFile *self = g_new0 (WattleVaultFile, 1);
  guint8 id[16];

  randombytes_buf (id, sizeof id);
  self->id = hex (id, sizeof id);
  self->backend = g_strdup (backend);
  return self;
}

/**
 * wattle_vault_file_free:
 * @self: (transfer full): the file
 */
void
wattle_vault_file_free (WattleVaultFile *self)
{
  g_free (self->backend);
  g_free (self->id);
  g_free (self);
}

static gboolean
fill_from_json (WattleVaultFile *self, WattleJsonNode root)
{
  self->backend = g_strdup (wattle_json_member_string (root, "backend"));
  self->id = g_strdup (wattle_json_member_string (root, "id"));
  self->has_password = wattle_json_member_boolean (root, "password");
  self->operations = wattle_json_member_integer (root, "operations", 0);
  self->memory = wattle_json_member_integer (root, "memory", 0);

  return self->backend != NULL && self->id != NULL
         && self->operations >= (gint64) crypto_pwhash_OPSLIMIT_MIN && self->operations <= MAX_OPERATIONS
         && self->memory >= (gint64) crypto_pwhash_MEMLIMIT_MIN && self->memory <= MAX_MEMORY
         && unhex (wattle_json_member_string (root, "salt"), self->salt, sizeof self->salt)
         && unhex (wattle_json_member_string (root, "check"), self->check, sizeof self->check)
         && unhex (wattle_json_member_string (root, "fingerprint"), self->fingerprint, sizeof self->fingerprint)
         && unhex (wattle_json_member_string (root, "wrapped"), self->wrapped, sizeof self->wrapped)
         && !sodium_is_zero (self->wrapped, sizeof self->wrapped); /* a wipe that was cut short */
}

/**
 * wattle_vault_file_load:
 * @path: where it is
 * @error: %WATTLE_ERROR_NOT_FOUND, %WATTLE_ERROR_CORRUPT, or
 *   %WATTLE_ERROR_UNSUPPORTED for a format of a later version
 *
 * Returns: (transfer full) (nullable): the file
 */
WattleVaultFile *
wattle_vault_file_load (const char *path, GError **error)
{
  const WattleJsonLimits limits = { MAX_FILE_BYTES, 2, 64 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WattleJson) json = NULL;
  g_autoptr (WattleVaultFile) self = g_new0 (WattleVaultFile, 1);
  gint64 format;

  bytes = wattle_file_read (path, MAX_FILE_BYTES, error);
  if (bytes == NULL)
    return NULL;

  json = wattle_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &limits, NULL);
  format = json == NULL ? 0 : wattle_json_member_integer (wattle_json_root (json), "format", 0);
  if (format > FORMAT)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "format",
                              _("The saved records were written by a later version of Wattle. They were left as they "
                                "are; update this program to open them."));
      return NULL;
    }
  if (format != FORMAT || !fill_from_json (self, wattle_json_root (json)))
    {
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                              _("The file that holds the key of the saved records is damaged. It was left as it is."));
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * wattle_vault_file_save:
 * @self: the file
 * @path: where to put it
 * @error: the failure; what was there before is then still there
 *
 * Returns: %TRUE once it is on the disk
 */
gboolean
wattle_vault_file_save (const WattleVaultFile *self, const char *path, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  g_autofree char *salt = hex (self->salt, sizeof self->salt);
  g_autofree char *check = hex (self->check, sizeof self->check);
  g_autofree char *print = hex (self->fingerprint, sizeof self->fingerprint);
  g_autofree char *wrapped = hex (self->wrapped, sizeof self->wrapped);

  wattle_json_begin_object (&writer);
  wattle_json_pair_integer (&writer, "format", FORMAT);
  wattle_json_pair_string (&writer, "backend", self->backend);
  wattle_json_pair_string (&writer, "id", self->id);
  wattle_json_pair_boolean (&writer, "password", self->has_password);
  wattle_json_pair_integer (&writer, "operations", self->operations);
  wattle_json_pair_integer (&writer, "memory", self->memory);
  wattle_json_pair_string (&writer, "salt", salt);
  wattle_json_pair_string (&writer, "check", check);
  wattle_json_pair_string (&writer, "fingerprint", print);
  wattle_json_pair_string (&writer, "wrapped", wrapped);
  wattle_json_end_object (&writer);
  return wattle_file_replace (path, text->str, text->len, error);
}

/* KEK = BLAKE2b (keyring secret, argon2id (password)): a stolen disk needs both. */
static gboolean
derive_kek (const WattleVaultFile *self, const char *secret, const char *password,
            guint8 kek[crypto_generichash_BYTES], GError **error)
{
  guint8 stretched[crypto_generichash_BYTES] = { 0 };
  crypto_generichash_state state;

  if (password != NULL
      && crypto_pwhash (stretched, sizeof stretched, password, strlen (password), self->salt, self->operations,
                        self->memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL,
                              _("There is not enough memory to check the password. Close other programs and try "
                                "again."));
      return FALSE;
    }

  crypto_generichash_init (&state, NULL, 0, crypto_generichash_BYTES);
  crypto_generichash_update (&state, (const guint8 *) "wattle vault kek 1", sizeof "wattle vault kek 1");
  if (secret != NULL)
    crypto_generichash_update (&state, (const guint8 *) secret, strlen (secret) + 1);
  crypto_generichash_update (&state, stretched, sizeof stretched);
  crypto_generichash_final (&state, kek, crypto_generichash_BYTES);
  sodium_memzero (&state, sizeof state);
  sodium_memzero (stretched, sizeof stretched);
  return TRUE;
}

/**
 * wattle_vault_file_wrap:
 * @self: the file to put the key into
 * @secret: (nullable): text of the keyring, %NULL in passphrase mode
 * @password: (nullable): the person's password, %NULL where the keyring is all
 *   there is (sign-in by another system)
 * @key: %WATTLE_VAULT_KEY_BYTES bytes
 * @error: where to put an error
 *
 * Takes a fresh salt each time. Takes about 0.1 s (0.4 s in passphrase mode).
 *
 * Returns: whether @self holds the key now
 */
gboolean
wattle_vault_file_wrap (WattleVaultFile *self, const char *secret, const char *password, const guint8 *key,
                        GError **error)
{
  guint8 kek[crypto_generichash_BYTES];

  self->has_password = password != NULL;
  self->operations = OPERATIONS;
  self->memory = secret == NULL ? PASSPHRASE_MEMORY : KEYRING_MEMORY;
  randombytes_buf (self->salt, sizeof self->salt);
  memset (self->check, 0, sizeof self->check);
  if (secret != NULL)
    fingerprint (self->check, "secret", (const guint8 *) secret, strlen (secret));
  fingerprint (self->fingerprint, "key", key, WATTLE_VAULT_KEY_BYTES);

  if (!derive_kek (self, secret, password, kek, error))
    return FALSE;
  randombytes_buf (self->wrapped, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (self->wrapped + NONCE_BYTES, NULL, key, WATTLE_VAULT_KEY_BYTES,
                                              self->fingerprint, sizeof self->fingerprint, NULL, self->wrapped, kek);
  sodium_memzero (kek, sizeof kek);
  return TRUE;
}

/**
 * wattle_vault_file_has_secret:
 * @self: the file
 * @secret: text of the keyring
 *
 * Returns: whether @secret is the one the key was wrapped with
 */
gboolean
wattle_vault_file_has_secret (const WattleVaultFile *self, const char *secret)
{
  guint8 check[WATTLE_VAULT_CHECK_BYTES];

  fingerprint (check, "secret", (const guint8 *) secret, strlen (secret));
  return sodium_memcmp (check, self->check, sizeof check) == 0;
}

/**
 * wattle_vault_file_unwrap:
 * @self: the file
 * @secret: (nullable): text of the keyring
 * @password: (nullable): the person's password
 * @key: (out): %WATTLE_VAULT_KEY_BYTES bytes
 * @error: %WATTLE_ERROR_UNAUTHENTICATED, field "password", when it does not fit
 *
 * Returns: whether @key is set
 */
gboolean
wattle_vault_file_unwrap (const WattleVaultFile *self, const char *secret, const char *password, guint8 *key,
                          GError **error)
{
  guint8 kek[crypto_generichash_BYTES];
  int opened;

  if (!derive_kek (self, secret, self->has_password ? password : NULL, kek, error))
    return FALSE;
  opened = crypto_aead_xchacha20poly1305_ietf_decrypt (key, NULL, NULL, self->wrapped + NONCE_BYTES,
                                                       sizeof self->wrapped - NONCE_BYTES, self->fingerprint,
                                                       sizeof self->fingerprint, self->wrapped, kek);
  sodium_memzero (kek, sizeof kek);
  if (opened != 0)
    {
      sodium_memzero (key, WATTLE_VAULT_KEY_BYTES);
      wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "password",
                              _("This password does not open the records saved on this computer. Nothing was "
                                "changed."));
      return FALSE;
    }
  return TRUE;
}
