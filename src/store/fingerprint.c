/* fingerprint.c: the short text by which two people compare the key of a device
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/fingerprint.h"

#include <sodium.h>

#define BYTES 10 /* 80 bits: nobody makes a second key with the same text */

/**
 * wattle_key_fingerprint:
 * @public_key: (nullable): of a device, base64
 *
 * Returns: (transfer full) (nullable): four groups of four letters and digits of its BLAKE2b hash; %NULL for what is
 *   no base64
 */
char *
wattle_key_fingerprint (const char *public_key)
{
  static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  gsize length = 0;
  g_autofree guint8 *key = public_key != NULL ? g_base64_decode (public_key, &length) : NULL;
  guint8 hash[crypto_generichash_BYTES];
  GString *text;

  if (length == 0)
    return NULL;
  crypto_generichash (hash, sizeof hash, key, length, NULL, 0);
  text = g_string_new (NULL);
  for (guint i = 0; i < BYTES * 8 / 5; i++)
    {
      guint bit = i * 5;
      guint pair = hash[bit / 8] << 8 | hash[bit / 8 + 1];

      if (i > 0 && i % 4 == 0)
        g_string_append_c (text, '-');
      g_string_append_c (text, alphabet[pair >> (11 - bit % 8) & 31]);
    }
  return g_string_free (text, FALSE);
}
