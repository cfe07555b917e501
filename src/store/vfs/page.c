/* page.c: how one database page is sealed on disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/vfs/page.h"

#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT (WATTLE_PAGE_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
G_STATIC_ASSERT (WATTLE_PAGE_TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES);
G_STATIC_ASSERT (WATTLE_PAGE_KEY_BYTES == crypto_kdf_KEYBYTES);

struct _WattlePageKeys
{
  gint   references;
  guint8 key[WATTLE_N_PAGE_KINDS][crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
};

/* What a tag covers besides the page: where the page stands. A page moved
 * elsewhere, or a write-ahead frame given another page number, does not open. */
typedef struct
{
  char   magic[8];
  guint8 kind[8];
  guint8 offset[8];
  guint8 number[4];
} PagePlace;

static const char page_magic[8] = "WattleP1";
static const char key_context[crypto_kdf_CONTEXTBYTES] = "wattlepg";

/**
 * wattle_page_keys_new:
 * @key: %WATTLE_PAGE_KEY_BYTES bytes, the key of the database
 *
 * Derives one key per kind of file into locked memory that is wiped when freed.
 *
 * Returns: (transfer full) (nullable): the keys, or %NULL without memory
 */
WattlePageKeys *
wattle_page_keys_new (const guint8 *key)
{
  WattlePageKeys *keys;

  if (sodium_init () < 0 || (keys = sodium_malloc (sizeof *keys)) == NULL)
    return NULL;

  keys->references = 1;
  for (guint kind = 0; kind < WATTLE_N_PAGE_KINDS; kind++)
    crypto_kdf_derive_from_key (keys->key[kind], sizeof keys->key[kind], kind + 1, key_context, key);
  return keys;
}

/**
 * wattle_page_keys_ref:
 * @keys: the keys
 *
 * Returns: (transfer full): @keys
 */
WattlePageKeys *
wattle_page_keys_ref (WattlePageKeys *keys)
{
  g_atomic_int_inc (&keys->references);
  return keys;
}

/**
 * wattle_page_keys_unref:
 * @keys: (transfer full): the keys; the last holder wipes them
 */
void
wattle_page_keys_unref (WattlePageKeys *keys)
{
  if (g_atomic_int_dec_and_test (&keys->references))
    sodium_free (keys);
}

static PagePlace
page_place (WattlePageKind kind, guint64 offset, const guint8 *number)
{
  PagePlace place = { 0 };
  guint64 little = GUINT64_TO_LE (offset);

  memcpy (place.magic, page_magic, sizeof place.magic);
  place.kind[0] = kind + 1;
  memcpy (place.offset, &little, sizeof place.offset);
  if (number != NULL)
    memcpy (place.number, number, sizeof place.number);
  return place;
}

/**
 * wattle_page_seal:
 * @keys: the keys
 * @kind: which file the page goes to
 * @offset: where in the file, in bytes
 * @number: (nullable): the 4 bytes of the page number as they stand on disk,
 *   for the files in which a place may hold any page
 * @plain: %WATTLE_PAGE_SIZE bytes, the last %WATTLE_PAGE_RESERVE of them zero
 * @sealed: (out): %WATTLE_PAGE_SIZE bytes for the disk: content, nonce, tag
 *
 * Returns: %FALSE when the reserved bytes are in use, because then the nonce
 *   and tag would overwrite data
 */
gboolean
wattle_page_seal (const WattlePageKeys *keys, WattlePageKind kind, guint64 offset, const guint8 *number,
                  const guint8 *plain, guint8 *sealed)
{
  PagePlace place = page_place (kind, offset, number);
  guint8 *nonce = sealed + WATTLE_PAGE_CONTENT;

  if (!sodium_is_zero (plain + WATTLE_PAGE_CONTENT, WATTLE_PAGE_RESERVE))
    return FALSE;

  randombytes_buf (nonce, WATTLE_PAGE_NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt_detached (sealed, nonce + WATTLE_PAGE_NONCE_BYTES, NULL, plain,
                                                       WATTLE_PAGE_CONTENT, (const guint8 *) &place, sizeof place,
                                                       NULL, nonce, keys->key[kind]);
  return TRUE;
}

/**
 * wattle_page_open:
 * @keys: the keys
 * @kind: which file the page comes from
 * @offset: where in the file, in bytes
 * @number: (nullable): as for wattle_page_seal()
 * @sealed: %WATTLE_PAGE_SIZE bytes from the disk
 * @plain: (out): %WATTLE_PAGE_SIZE bytes, the reserved ones zero; all zero on
 *   failure; may be @sealed itself
 *
 * Returns: whether the page is one that was sealed with this key at this place
 */
gboolean
wattle_page_open (const WattlePageKeys *keys, WattlePageKind kind, guint64 offset, const guint8 *number,
                  const guint8 *sealed, guint8 *plain)
{
  PagePlace place = page_place (kind, offset, number);
  const guint8 *nonce = sealed + WATTLE_PAGE_CONTENT;

  if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached (plain, NULL, sealed, WATTLE_PAGE_CONTENT,
                                                           nonce + WATTLE_PAGE_NONCE_BYTES, (const guint8 *) &place,
                                                           sizeof place, nonce, keys->key[kind])
      != 0)
    {
      memset (plain, 0, WATTLE_PAGE_SIZE);
      return FALSE;
    }

  memset (plain + WATTLE_PAGE_CONTENT, 0, WATTLE_PAGE_RESERVE);
  return TRUE;
}
