/* totp.c: one-time codes by time, RFC 6238
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/totp.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"

#define SECRET_BYTES 20
#define STEP_SECONDS 30
#define WINDOW 1 /* steps either way for a clock that is off */

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static char *
encode (const guint8 *bytes, gsize length)
{
  GString *text = g_string_new (NULL);
  guint bits = 0, n_bits = 0;

  for (gsize i = 0; i < length; i++)
    {
      bits = (bits << 8) | bytes[i];
      n_bits += 8;
      for (; n_bits >= 5; n_bits -= 5)
        g_string_append_c (text, base32[(bits >> (n_bits - 5)) & 31]);
      bits &= (1u << n_bits) - 1;
    }
  return g_string_free (text, FALSE);
}

static gboolean
decode (const char *text, guint8 bytes[SECRET_BYTES])
{
  guint bits = 0, n_bits = 0, n = 0;

  if (strlen (text) != SECRET_BYTES * 8 / 5)
    return FALSE;
  for (; *text != '\0'; text++)
    {
      const char *digit = strchr (base32, *text);

      if (digit == NULL)
        return FALSE;
      bits = (bits << 5) | (guint) (digit - base32);
      n_bits += 5;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          bytes[n++] = bits >> n_bits;
          bits &= (1u << n_bits) - 1;
        }
    }
  return TRUE;
}

/**
 * wattle_totp_new_secret:
 *
 * Returns: (transfer full): 20 random bytes in base32
 */
char *
wattle_totp_new_secret (void)
{
  guint8 bytes[SECRET_BYTES];
  char *text;

  randombytes_buf (bytes, sizeof bytes);
  text = encode (bytes, sizeof bytes);
  sodium_memzero (bytes, sizeof bytes);
  return text;
}

/**
 * wattle_totp_uri:
 * @secret: of wattle_totp_new_secret()
 * @issuer: name of the practice
 * @account: sign-in name
 *
 * Returns: (transfer full): what authenticator applications read from a QR code
 */
char *
wattle_totp_uri (const char *secret, const char *issuer, const char *account)
{
  g_autofree char *i = g_uri_escape_string (issuer, NULL, FALSE);
  g_autofree char *a = g_uri_escape_string (account, NULL, FALSE);

  return g_strdup_printf ("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=6&period=30", i, a, secret,
                          i);
}

/**
 * wattle_totp_code:
 * @secret: of wattle_totp_new_secret()
 * @step: number of the half minute
 * @code: (out): six digits
 *
 * RFC 4226 s 5.3 over RFC 6238 s 4. libsodium has no HMAC-SHA-1, which every
 * authenticator application speaks, so GLib's serves for this alone.
 *
 * Returns: %FALSE when @secret is not one
 */
gboolean
wattle_totp_code (const char *secret, gint64 step, char code[7])
{
  guint8 key[SECRET_BYTES], digest[20], counter[8];
  gsize length = sizeof digest;
  g_autoptr (GHmac) hmac = NULL;
  guint offset, number;

  if (!decode (secret, key))
    return FALSE;
  for (guint i = 0; i < 8; i++)
    counter[i] = (guint64) step >> (56 - 8 * i);
  hmac = g_hmac_new (G_CHECKSUM_SHA1, key, sizeof key);
  g_hmac_update (hmac, counter, sizeof counter);
  g_hmac_get_digest (hmac, digest, &length);
  sodium_memzero (key, sizeof key);
  offset = digest[19] & 15;
  number =
    ((digest[offset] & 0x7fu) << 24) | (digest[offset + 1] << 16) | (digest[offset + 2] << 8) | digest[offset + 3];
  g_snprintf (code, 7, "%06u", number % 1000000);
  return TRUE;
}

gint64
wattle_totp_step (gint64 instant)
{
  return instant / (STEP_SECONDS * WATTLE_SECOND);
}

/**
 * wattle_totp_check:
 * @secret: the user's
 * @code: what was typed
 * @instant: now
 * @last_step: the step of the last code that was taken, which cannot be taken again
 *
 * Returns: the step that the code belongs to, or -1 when it is wrong
 */
gint64
wattle_totp_check (const char *secret, const char *code, gint64 instant, gint64 last_step)
{
  gint64 now = wattle_totp_step (instant);
  gint64 found = -1;

  if (strlen (code) != 6)
    return -1;
  for (gint64 step = now - WINDOW; step <= now + WINDOW; step++)
    {
      char expected[7];

      if (!wattle_totp_code (secret, step, expected))
        return -1;
      if (sodium_memcmp (expected, code, 6) == 0 && step > last_step)
        found = step;
    }
  return found;
}
