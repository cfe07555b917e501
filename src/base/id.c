/* id.c: 16-byte time-ordered ids and their 26-character text
 *
 * The bytes are a UUID version 7 (RFC 9562 s 5.7). The text is its 128 bits in
 * Crockford's base 32, lower case, so that text and bytes sort alike and no
 * character needs escaping in a path.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/id.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static char *
text_of (const guint8 *bytes)
{
  char *text = g_malloc (WATTLE_ID_LENGTH + 1);

  wattle_id_to_text (bytes, text);
  return text;
}

/**
 * wattle_id_new_at:
 * @instant: microseconds since the epoch
 *
 * Ids made by one process sort in the order they were made, also within one
 * millisecond: the 12 bits behind the time count up.
 *
 * Returns: (transfer full): a new id
 */
char *
wattle_id_new_at (gint64 instant)
{
  static GMutex mutex;
  static gint64 last_tick;
  guint8 bytes[WATTLE_ID_BYTES];
  /* a tick is 1/4096 ms: the 48-bit time and the 12 bits after the version */
  gint64 tick = (instant / 1000 << 12) | (instant % 1000 * 4);

  g_mutex_lock (&mutex);
  if (tick <= last_tick && last_tick - tick < (gint64) 1 << 24)
    tick = last_tick + 1;
  last_tick = tick;
  g_mutex_unlock (&mutex);

  randombytes_buf (bytes, sizeof bytes);
  for (guint i = 0; i < 6; i++)
    bytes[i] = (tick >> 12) >> (40 - 8 * i);
  bytes[6] = 0x70 | ((tick >> 8) & 0x0f);
  bytes[7] = tick & 0xff;
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return text_of (bytes);
}

/**
 * wattle_id_build:
 * @instant: microseconds since the epoch
 * @random: what makes the id unique within its millisecond
 *
 * For makers of reproducible data: the same arguments give the same id.
 *
 * Returns: (transfer full): the id
 */
char *
wattle_id_build (gint64 instant, const guint8 random[10])
{
  guint8 bytes[WATTLE_ID_BYTES];

  for (guint i = 0; i < 6; i++)
    bytes[i] = (instant / 1000) >> (40 - 8 * i);
  memcpy (bytes + 6, random, 10);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return text_of (bytes);
}

/**
 * wattle_id_new:
 *
 * Returns: (transfer full): a new id for the present moment
 */
char *
wattle_id_new (void)
{
  return wattle_id_new_at (wattle_clock_now ());
}

/**
 * wattle_id_derive:
 * @space: what kind of name it is, such as "fhir:Patient"
 * @name: the name
 *
 * The same space and name give the same id, so that importing twice imports
 * once. A UUID version 8 over BLAKE2b.
 *
 * Returns: (transfer full): the id
 */
char *
wattle_id_derive (const char *space, const char *name)
{
  guint8 bytes[WATTLE_ID_BYTES];
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, sizeof bytes);
  crypto_generichash_update (&state, (const guint8 *) space, strlen (space) + 1);
  crypto_generichash_update (&state, (const guint8 *) name, strlen (name));
  crypto_generichash_final (&state, bytes, sizeof bytes);
  bytes[6] = 0x80 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return text_of (bytes);
}

/**
 * wattle_id_is_valid:
 * @text: (nullable): any text
 *
 * Returns: whether @text is an id as wattle_id_to_text() writes them
 */
gboolean
wattle_id_is_valid (const char *text)
{
  guint8 bytes[WATTLE_ID_BYTES];
  return wattle_id_to_bytes (text, bytes);
}

/**
 * wattle_id_to_bytes:
 * @text: (nullable): any text
 * @bytes: (out): the id's bytes
 *
 * Returns: whether @text was an id
 */
gboolean
wattle_id_to_bytes (const char *text, guint8 bytes[WATTLE_ID_BYTES])
{
  guint bits = 0, n_bits = 0, n = 0;

  if (text == NULL || strlen (text) != WATTLE_ID_LENGTH || strchr ("01234567", text[0]) == NULL)
    return FALSE;
  for (guint i = 0; i < WATTLE_ID_LENGTH; i++)
    {
      const char *digit = strchr (alphabet, text[i]);

      if (digit == NULL)
        return FALSE;
      /* 26 digits hold 130 bits; the first gives only three */
      bits = (bits << (i == 0 ? 3 : 5)) | (guint) (digit - alphabet);
      n_bits += i == 0 ? 3 : 5;
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
 * wattle_id_to_text:
 * @bytes: an id
 * @text: (out): its text, NUL-terminated
 */
void
wattle_id_to_text (const guint8 bytes[WATTLE_ID_BYTES], char text[WATTLE_ID_LENGTH + 1])
{
  guint bits = 0, n_bits = 2, n = 0;

  for (guint i = 0; i < WATTLE_ID_BYTES; i++)
    {
      bits = (bits << 8) | bytes[i];
      n_bits += 8;
      while (n_bits >= 5)
        {
          n_bits -= 5;
          text[n++] = alphabet[(bits >> n_bits) & 31];
          bits &= (1u << n_bits) - 1;
        }
    }
  text[n] = '\0';
}

/**
 * wattle_id_time:
 * @text: (nullable): an id made by wattle_id_new()
 *
 * Returns: the instant it carries, to the millisecond; 0 for what is no id
 */
gint64
wattle_id_time (const char *text)
{
  guint8 bytes[WATTLE_ID_BYTES];
  gint64 milliseconds = 0;

  if (!wattle_id_to_bytes (text, bytes))
    return 0;
  for (guint i = 0; i < 6; i++)
    milliseconds = milliseconds << 8 | bytes[i];
  return milliseconds * 1000;
}
