/* test-sealing.c: blobs between two devices: both suites, replays, strangers, the code read aloud
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "telehealth/sealing.h"

#define ROOM "01JROOM0000000000000000000"

typedef struct
{
  WattleSealKey *key_a;
  WattleSealKey *key_b;
  WattleSeal *a;
  WattleSeal *b;
} Pair;

static WattleSeal *
seal (WattleSealKey *own, WattleSealKey *theirs, gconstpointer suite, const char *room, guint me, guint them)
{
  g_autoptr (GError) error = NULL;
  WattleSeal *made = wattle_seal_new (own, wattle_seal_key_public (theirs), GPOINTER_TO_INT (suite), room, me, them,
                                      &error);

  g_assert_no_error (error);
  return made;
}

static void
set_up (Pair *pair, gconstpointer suite)
{
  pair->key_a = wattle_seal_key_new ();
  pair->key_b = wattle_seal_key_new ();
  pair->a = seal (pair->key_a, pair->key_b, suite, ROOM, 1, 2);
  pair->b = seal (pair->key_b, pair->key_a, suite, ROOM, 2, 1);
}

static void
tear_down (Pair *pair, gconstpointer suite)
{
  wattle_seal_free (pair->a);
  wattle_seal_free (pair->b);
  wattle_seal_key_unref (pair->key_a);
  wattle_seal_key_unref (pair->key_b);
}

static void
assert_refused (WattleSeal *opener, guint generation, const char *blob)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = wattle_seal_open (opener, generation, blob, &error);

  g_assert_null (text);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
}

static void
assert_opens (WattleSeal *opener, guint generation, const char *blob, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = wattle_seal_open (opener, generation, blob, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_round_trip (Pair *pair, gconstpointer suite)
{
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *there = wattle_seal_close (pair->a, i, "offer", NULL);
      g_autofree char *back = wattle_seal_close (pair->b, i, "", NULL);

      g_assert_null (strstr (there, "offer"));
      assert_opens (pair->b, i, there, "offer");
      assert_opens (pair->a, i, back, "");
    }
}

static void
test_bound (Pair *pair, gconstpointer suite)
{
  g_autoptr (WattleSeal) elsewhere = seal (pair->key_b, pair->key_a, suite, "another room", 2, 1);
  g_autoptr (WattleSeal) third = seal (pair->key_b, pair->key_a, suite, ROOM, 3, 1);
  g_autoptr (WattleSealKey) stranger = wattle_seal_key_new ();
  g_autoptr (WattleSeal) without_key = seal (stranger, pair->key_a, suite, ROOM, 2, 1);
  g_autofree char *blob = wattle_seal_close (pair->a, 7, "for two", NULL);

  assert_refused (elsewhere, 7, blob);
  assert_refused (third, 7, blob);
  assert_refused (without_key, 7, blob);
  assert_refused (pair->b, 8, blob);
  assert_refused (pair->a, 7, blob); /* sent back to who made it */
  assert_opens (pair->b, 7, blob, "for two");
}

static void
test_replay (Pair *pair, gconstpointer suite)
{
  g_autofree char *first = wattle_seal_close (pair->a, 0, "first", NULL);
  g_autofree char *second = wattle_seal_close (pair->a, 0, "second", NULL);
  g_autofree char *third = wattle_seal_close (pair->a, 0, "third", NULL);

  assert_opens (pair->b, 0, second, "second");
  assert_refused (pair->b, 0, second);
  assert_refused (pair->b, 0, first);
  assert_opens (pair->b, 0, third, "third");
}

/* Every byte of a blob matters, and what is no blob does no harm. */
static void
test_damaged (Pair *pair, gconstpointer suite)
{
  g_autofree char *blob = wattle_seal_close (pair->a, 0, "hello", NULL);
  g_autofree guint8 *bytes = NULL;
  g_autofree char *long_blob = g_strnfill (70000, 'A');
  gsize length;

  bytes = g_base64_decode (blob, &length);
  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *changed = NULL;

      bytes[i] ^= 1;
      changed = g_base64_encode (bytes, length);
      assert_refused (pair->b, 0, changed);
      bytes[i] ^= 1;
    }
  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *cut = g_base64_encode (bytes, i);

      assert_refused (pair->b, 0, cut);
    }
  assert_refused (pair->b, 0, NULL);
  assert_refused (pair->b, 0, "not base64!");
  assert_refused (pair->b, 0, long_blob);
  assert_opens (pair->b, 0, blob, "hello");
}

static void
test_limits (Pair *pair, gconstpointer suite)
{
  g_autofree char *most = g_strnfill (WATTLE_SEAL_MAX_TEXT, 'x');
  g_autofree char *more = g_strnfill (WATTLE_SEAL_MAX_TEXT + 1, 'x');
  g_autofree char *blob = wattle_seal_close (pair->a, 0, most, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (strlen (blob), <=, 60 * 1024);
  assert_opens (pair->b, 0, blob, most);
  g_assert_null (wattle_seal_close (pair->a, 0, more, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_TOO_LARGE);
}

static void
test_keys (void)
{
  static const guint8 none[WATTLE_SEAL_KEY_BYTES];
  static const WattleSealSuite suites[] = { WATTLE_SEAL_BOX, WATTLE_SEAL_AESGCM };
  g_autoptr (WattleSealKey) key = wattle_seal_key_new ();
  g_autofree char *text = wattle_seal_key_text (key);
  guint8 parsed[WATTLE_SEAL_KEY_BYTES];
  g_autoptr (GError) error = NULL;

  g_assert_true (wattle_seal_key_parse (text, parsed, &error));
  g_assert_cmpmem (parsed, sizeof parsed, wattle_seal_key_public (key), WATTLE_SEAL_KEY_BYTES);
  g_assert_false (wattle_seal_key_parse (NULL, parsed, NULL));
  g_assert_false (wattle_seal_key_parse ("AAAA", parsed, NULL));
  text[43] = 'A';
  g_assert_false (wattle_seal_key_parse (text, parsed, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
  for (guint i = 0; i < G_N_ELEMENTS (suites); i++)
    {
      g_autoptr (GError) refused = NULL;

      /* A key of zeros would make a secret that everyone knows. */
      g_assert_null (wattle_seal_new (key, none, suites[i], ROOM, 1, 2, &refused));
      g_assert_error (refused, WATTLE_ERROR, WATTLE_ERROR_INVALID);
    }
}

static void
fill (guint8 *bytes, guint8 value)
{
  memset (bytes, value, 32);
}

/* The figures were made with Python's hashlib from the words of sealing.h. */
static void
test_code (void)
{
  guint8 low[32], high[32], salt_low[32], salt_high[32], hash[32];
  g_autofree char *here = NULL;
  g_autofree char *there = NULL;
  g_autofree char *other = NULL;
  g_autofree char *first_hash = NULL;

  fill (low, 1);
  fill (high, 2);
  fill (salt_low, 3);
  fill (salt_high, 4);
  here = wattle_seal_code (low, salt_low, high, salt_high);
  there = wattle_seal_code (high, salt_high, low, salt_low);
  other = wattle_seal_code (low, salt_high, high, salt_low);
  g_assert_cmpstr (here, ==, "964710");
  g_assert_cmpstr (there, ==, here);
  g_assert_cmpstr (other, !=, here);
  wattle_seal_salt_hash (salt_low, hash);
  first_hash = g_base64_encode (hash, sizeof hash);
  g_assert_cmpstr (first_hash, ==, "aI494qXlxM/pPeynS+nRu+8QzdeHJCoJpbxbhFAIsF4=");
}

static void
test_proof (void)
{
  g_autoptr (WattleSealKey) key = wattle_seal_key_new ();
  g_autoptr (WattleSealKey) other = wattle_seal_key_new ();
  g_autofree char *key_text = wattle_seal_key_text (key);
  g_autofree char *text = wattle_seal_proof_text (ROOM, key_text);
  guint8 signer[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES], signature[crypto_sign_BYTES];
  g_autofree char *identity = NULL;
  g_autofree char *proof = NULL;

  crypto_sign_keypair (signer, secret);
  crypto_sign_detached (signature, NULL, (const guint8 *) text, strlen (text), secret);
  identity = g_base64_encode (signer, sizeof signer);
  proof = g_base64_encode (signature, sizeof signature);
  g_assert_true (wattle_seal_proof_check (identity, proof, ROOM, wattle_seal_key_public (key)));
  g_assert_false (wattle_seal_proof_check (identity, proof, "another room", wattle_seal_key_public (key)));
  g_assert_false (wattle_seal_proof_check (identity, proof, ROOM, wattle_seal_key_public (other)));
  g_assert_false (wattle_seal_proof_check (identity, NULL, ROOM, wattle_seal_key_public (key)));
  g_assert_false (wattle_seal_proof_check (NULL, proof, ROOM, wattle_seal_key_public (key)));
  g_assert_false (wattle_seal_proof_check (proof, identity, ROOM, wattle_seal_key_public (key)));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*test) (Pair *pair, gconstpointer suite);
  } tests[] = {
    { "round-trip", test_round_trip }, { "bound", test_bound },   { "replay", test_replay },
    { "damaged", test_damaged },       { "limits", test_limits },
  };
  static const char *const suites[] = { NULL, "box", "aesgcm" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    for (int suite = WATTLE_SEAL_BOX; suite <= WATTLE_SEAL_AESGCM; suite++)
      {
        g_autofree char *path = g_strdup_printf ("/sealing/%s/%s", suites[suite], tests[i].name);

        g_test_add (path, Pair, GINT_TO_POINTER (suite), set_up, tests[i].test, tear_down);
      }
  g_test_add_func ("/sealing/keys", test_keys);
  g_test_add_func ("/sealing/code", test_code);
  g_test_add_func ("/sealing/proof", test_proof);
  return g_test_run ();
}
