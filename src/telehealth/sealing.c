/* sealing.c: what two devices in a room tell each other so that the server between them cannot read it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/sealing.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"

#define COUNTER_BYTES 8
#define HEAD_BYTES (1 + COUNTER_BYTES)
#define MAX_NONCE 24
#define MAX_BLOB (60 * 1024)
#define LABEL_SEAL "wattle call seal 1"
#define LABEL_SALT "wattle call salt 1"
#define LABEL_CODE "wattle call code 1"
#define LABEL_KEY "wattle call key 1"
#define CODES 1000000

G_STATIC_ASSERT (WATTLE_SEAL_KEY_BYTES == crypto_box_PUBLICKEYBYTES);
G_STATIC_ASSERT (WATTLE_SEAL_KEY_BYTES == crypto_scalarmult_BYTES);
G_STATIC_ASSERT (WATTLE_SEAL_HASH_BYTES == crypto_hash_sha256_BYTES);
G_STATIC_ASSERT (MAX_NONCE >= crypto_box_NONCEBYTES && MAX_NONCE >= crypto_aead_aes256gcm_NPUBBYTES);

struct _WattleSealKey
{
  gatomicrefcount references;
  guint8 public_key[WATTLE_SEAL_KEY_BYTES];
  guint8 *secret; /* locked memory */
};

struct _WattleSeal
{
  WattleSealSuite suite;
  guint8 *key; /* locked memory: shared by both sides */
  char *room;
  guint me;
  guint them;
  guint64 sent;
  guint64 seen;
};

static guint8 *
locked_bytes (gsize length)
{
  guint8 *bytes = sodium_malloc (length);

  if (bytes == NULL)
    g_error ("no memory for a key");
  return bytes;
}

/* libsodium takes -1 for "cannot be used" and 1 for "was ready". */
static void
need_sodium (void)
{
  if (sodium_init () < 0)
    g_error ("libsodium cannot be used");
}

/* Exactly so many bytes, and nothing else. */
static gboolean
take_base64 (const char *text, guint8 *bytes, gsize size)
{
  gsize length = 0;

  return text != NULL && strnlen (text, 128) == (size + 2) / 3 * 4
         && sodium_base642bin (bytes, size, text, strlen (text), NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL)
              == 0
         && length == size;
}

static const guint8 *
lower_of (const guint8 *a, const guint8 *b)
{
  return memcmp (a, b, WATTLE_SEAL_KEY_BYTES) <= 0 ? a : b;
}

static char *
binding (WattleSeal *self, gboolean outgoing, guint generation, guint64 counter)
{
  return g_strdup_printf (LABEL_SEAL "\n%s\n%u\n%u\n%u\n%" G_GUINT64_FORMAT "\n", self->room,
                          outgoing ? self->me : self->them, outgoing ? self->them : self->me, generation, counter);
}

static gboolean
derive_for_browser (guint8 *key, WattleSealKey *own, const guint8 *theirs)
{
  const guint8 *lower = lower_of (own->public_key, theirs);
  guint8 shared[crypto_scalarmult_BYTES];
  crypto_auth_hmacsha256_state state;

  if (crypto_scalarmult (shared, own->secret, theirs) != 0)
    return FALSE;
  crypto_auth_hmacsha256_init (&state, shared, sizeof shared);
  crypto_auth_hmacsha256_update (&state, (const guint8 *) LABEL_SEAL, strlen (LABEL_SEAL));
  crypto_auth_hmacsha256_update (&state, lower, WATTLE_SEAL_KEY_BYTES);
  crypto_auth_hmacsha256_update (&state, lower == theirs ? own->public_key : theirs, WATTLE_SEAL_KEY_BYTES);
  crypto_auth_hmacsha256_final (&state, key);
  sodium_memzero (shared, sizeof shared);
  return TRUE;
}

static gsize
nonce_bytes (WattleSealSuite suite)
{
  return suite == WATTLE_SEAL_BOX ? crypto_box_NONCEBYTES : crypto_aead_aes256gcm_NPUBBYTES;
}

static gboolean
refuse (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                          _("Something in this call did not come from the person it names. It was not used."));
  return FALSE;
}

static void
encrypt (
  WattleSeal *self, GByteArray *out, const guint8 *nonce, const char *bound, const char *text)
{
  gsize bound_length = strlen (bound);
  gsize length = strlen (text);
  gsize start = out->len;

  if (self->suite == WATTLE_SEAL_BOX)
    {
      g_autofree char *whole = g_strconcat (bound, text, NULL);

      g_byte_array_set_size (out, start + crypto_box_MACBYTES + bound_length + length);
      crypto_box_easy_afternm (out->data + start, (const guint8 *) whole, bound_length + length, nonce, self->key);
      sodium_memzero (whole, bound_length + length);
      return;
    }
  g_byte_array_set_size (out, start + crypto_aead_aes256gcm_ABYTES + length);
  crypto_aead_aes256gcm_encrypt (out->data + start, NULL, (const guint8 *) text, length, (const guint8 *) bound,
                                 bound_length, NULL, nonce, self->key);
}

/* The text, or NULL when it is not what @bound says. */
static char *
decrypt (WattleSeal *self, const guint8 *nonce, const guint8 *sealed, gsize length, const char *bound)
{
  gsize bound_length = strlen (bound);
  g_autofree char *text = g_malloc0 (length + 1);

  if (self->suite == WATTLE_SEAL_BOX)
    {
      if (length < crypto_box_MACBYTES + bound_length
          || crypto_box_open_easy_afternm ((guint8 *) text, sealed, length, nonce, self->key) != 0
          || sodium_memcmp (text, bound, bound_length) != 0)
        return NULL;
      length -= crypto_box_MACBYTES + bound_length;
      memmove (text, text + bound_length, length);
    }
  else
    {
      if (length < crypto_aead_aes256gcm_ABYTES
          || crypto_aead_aes256gcm_decrypt ((guint8 *) text, NULL, NULL, sealed, length, (const guint8 *) bound,
                                            bound_length, nonce, self->key)
               != 0)
        return NULL;
      length -= crypto_aead_aes256gcm_ABYTES;
    }
  text[length] = '\0';
  return g_utf8_validate (text, length, NULL) ? g_steal_pointer (&text) : NULL;
}

/**
 * wattle_seal_key_new:
 *
 * Returns: (transfer full): a new pair of keys for one stay in a room
 */
WattleSealKey *
wattle_seal_key_new (void)
{
  WattleSealKey *self = g_new0 (WattleSealKey, 1);

  need_sodium ();
  g_atomic_ref_count_init (&self->references);
  self->secret = locked_bytes (crypto_box_SECRETKEYBYTES);
  crypto_box_keypair (self->public_key, self->secret);
  return self;
}

WattleSealKey *
wattle_seal_key_ref (WattleSealKey *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
wattle_seal_key_unref (WattleSealKey *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  sodium_free (self->secret);
  g_free (self);
}

/**
 * wattle_seal_key_public:
 * @self: a pair of keys
 *
 * Returns: (transfer none): %WATTLE_SEAL_KEY_BYTES bytes that others may know
 */
const guint8 *
wattle_seal_key_public (WattleSealKey *self)
{
  return self->public_key;
}

/**
 * wattle_seal_key_text:
 * @self: a pair of keys
 *
 * Returns: (transfer full): the public half in base64, as messages carry it
 */
char *
wattle_seal_key_text (WattleSealKey *self)
{
  return g_base64_encode (self->public_key, sizeof self->public_key);
}

/**
 * wattle_seal_key_parse:
 * @text: (nullable): a public key in base64
 * @key: (out caller-allocates): %WATTLE_SEAL_KEY_BYTES bytes
 * @error: %WATTLE_ERROR_INVALID for anything else
 *
 * Returns: whether it is a key
 */
gboolean
wattle_seal_key_parse (const char *text, guint8 *key, GError **error)
{
  if (take_base64 (text, key, WATTLE_SEAL_KEY_BYTES))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "key", _("The other device sent a key that is none."));
  return FALSE;
}

/**
 * wattle_seal_new:
 * @own: the keys of this stay
 * @theirs: their public key
 * @suite: what both sides can do
 * @room: id of the room
 * @me: number of this participant in it
 * @them: number of the other
 * @error: %WATTLE_ERROR_UNSUPPORTED when this computer lacks what a browser needs, %WATTLE_ERROR_INVALID for a key
 *   that no honest device has
 *
 * Returns: (transfer full) (nullable): what seals to them and opens what they sealed
 */
WattleSeal *
wattle_seal_new (WattleSealKey *own,
                 const guint8 *theirs,
                 WattleSealSuite suite,
                 const char *room,
                 guint me,
                 guint them,
                 GError **error)
{
  g_autoptr (WattleSeal) self = g_new0 (WattleSeal, 1);
  gboolean derived;

  self->suite = suite;
  self->key = locked_bytes (crypto_box_BEFORENMBYTES);
  self->room = g_strdup (room);
  self->me = me;
  self->them = them;
  if (suite == WATTLE_SEAL_AESGCM && !crypto_aead_aes256gcm_is_available ())
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, NULL,
                              _("This computer's processor cannot seal a call with a web browser. Ask the other person "
                                "to join with Wattle itself, or by telephone."));
      return NULL;
    }
  derived = suite == WATTLE_SEAL_BOX ? crypto_box_beforenm (self->key, theirs, own->secret) == 0
                                     : derive_for_browser (self->key, own, theirs);
  if (derived)
    return g_steal_pointer (&self);
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "key", _("The other device sent a key that is none."));
  return NULL;
}

void
wattle_seal_free (WattleSeal *self)
{
  if (self == NULL)
    return;
  sodium_free (self->key);
  g_free (self->room);
  g_free (self);
}

/**
 * wattle_seal_close:
 * @self: between this device and another
 * @generation: of the connection it belongs to
 * @text: what to say
 * @error: %WATTLE_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the blob
 */
char *
wattle_seal_close (WattleSeal *self, guint generation, const char *text, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 head[HEAD_BYTES] = { self->suite };
  guint8 nonce[MAX_NONCE];
  g_autofree char *bound = NULL;
  guint64 counter;

  if (strlen (text) > WATTLE_SEAL_MAX_TEXT)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, NULL,
                              _("What this device wanted to say to the other is too long, and was not sent."));
      return NULL;
    }
  counter = GUINT64_TO_BE (++self->sent);
  memcpy (head + 1, &counter, COUNTER_BYTES);
  randombytes_buf (nonce, sizeof nonce);
  bound = binding (self, TRUE, generation, self->sent);
  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, nonce, nonce_bytes (self->suite));
  encrypt (self, out, nonce, bound, text);
  return g_base64_encode (out->data, out->len);
}

/**
 * wattle_seal_open:
 * @self: between this device and another
 * @generation: that the message around the blob names
 * @blob: (nullable): what came
 * @error: %WATTLE_ERROR_CORRUPT when it was not sealed by them for us, in this room, for @generation, or came before
 *
 * Returns: (transfer full) (nullable): the text
 */
char *
wattle_seal_open (WattleSeal *self, guint generation, const char *blob, GError **error)
{
  gsize blob_length = blob != NULL ? strnlen (blob, MAX_BLOB + 1) : 0;
  g_autofree guint8 *bytes = g_malloc (MAX (blob_length, 1));
  gsize head = HEAD_BYTES + nonce_bytes (self->suite);
  g_autofree char *bound = NULL;
  g_autofree char *text = NULL;
  guint64 counter;
  gsize length = 0;

  if (blob_length == 0 || blob_length > MAX_BLOB
      || sodium_base642bin (bytes, blob_length, blob, blob_length, NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL)
           != 0
      || length < head || bytes[0] != self->suite)
    {
      refuse (error);
      return NULL;
    }
  memcpy (&counter, bytes + 1, COUNTER_BYTES);
  counter = GUINT64_FROM_BE (counter);
  bound = binding (self, FALSE, generation, counter);
  if (counter > self->seen)
    text = decrypt (self, bytes + HEAD_BYTES, bytes + head, length - head, bound);
  if (text == NULL)
    {
      refuse (error);
      return NULL;
    }
  self->seen = counter;
  return g_steal_pointer (&text);
}

/**
 * wattle_seal_salt:
 * @salt: (out caller-allocates): %WATTLE_SEAL_SALT_BYTES bytes of chance
 */
void
wattle_seal_salt (guint8 *salt)
{
  need_sodium ();
  randombytes_buf (salt, WATTLE_SEAL_SALT_BYTES);
}

/**
 * wattle_seal_salt_hash:
 * @salt: %WATTLE_SEAL_SALT_BYTES bytes
 * @hash: (out caller-allocates): what is told before the salt, %WATTLE_SEAL_HASH_BYTES bytes
 */
void
wattle_seal_salt_hash (const guint8 *salt, guint8 *hash)
{
  crypto_hash_sha256_state state;

  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, (const guint8 *) LABEL_SALT, strlen (LABEL_SALT));
  crypto_hash_sha256_update (&state, salt, WATTLE_SEAL_SALT_BYTES);
  crypto_hash_sha256_final (&state, hash);
}

/**
 * wattle_seal_code:
 * @key: a public key
 * @salt: of the same side
 * @other_key: the other side's
 * @other_salt: likewise
 *
 * Returns: (transfer full): the six digits that both sides see when nobody stands between them
 */
char *
wattle_seal_code (const guint8 *key, const guint8 *salt, const guint8 *other_key, const guint8 *other_salt)
{
  gboolean first = lower_of (key, other_key) == key;
  guint8 hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_state state;
  guint64 number;

  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, (const guint8 *) LABEL_CODE, strlen (LABEL_CODE));
  crypto_hash_sha256_update (&state, first ? key : other_key, WATTLE_SEAL_KEY_BYTES);
  crypto_hash_sha256_update (&state, first ? other_key : key, WATTLE_SEAL_KEY_BYTES);
  crypto_hash_sha256_update (&state, first ? salt : other_salt, WATTLE_SEAL_SALT_BYTES);
  crypto_hash_sha256_update (&state, first ? other_salt : salt, WATTLE_SEAL_SALT_BYTES);
  crypto_hash_sha256_final (&state, hash);
  memcpy (&number, hash, sizeof number);
  return g_strdup_printf ("%06u", (guint) (GUINT64_FROM_BE (number) % CODES));
}

/**
 * wattle_seal_proof_text:
 * @room: id of the room
 * @key: a public key in base64
 *
 * Returns: (transfer full): what a device signs to prove that @key is its own
 */
char *
wattle_seal_proof_text (const char *room, const char *key)
{
  return g_strdup_printf (LABEL_KEY "\n%s\n%s", room, key);
}

/**
 * wattle_seal_proof_check:
 * @identity: (nullable): the Ed25519 public key of a device in base64
 * @proof: (nullable): its signature in base64
 * @room: id of the room
 * @key: a public key for the call
 *
 * Returns: whether the device with @identity says that @key is its own
 */
gboolean
wattle_seal_proof_check (const char *identity, const char *proof, const char *room, const guint8 *key)
{
  g_autofree char *key_text = g_base64_encode (key, WATTLE_SEAL_KEY_BYTES);
  g_autofree char *text = wattle_seal_proof_text (room, key_text);
  guint8 signer[crypto_sign_PUBLICKEYBYTES];
  guint8 signature[crypto_sign_BYTES];

  return take_base64 (identity, signer, sizeof signer) && take_base64 (proof, signature, sizeof signature)
         && crypto_sign_verify_detached (signature, (const guint8 *) text, strlen (text), signer) == 0;
}
