/* fuzz-secret.c: any text as a code of an authenticator, its secret, a token, a sealed value or a checkpoint
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <sodium.h>

#include "server/auth/keys.h"
#include "server/auth/tokens.h"
#include "server/auth/totp.h"
#include "store/trail-note.h"

static const guint8 key[32] = "a key that never sealed anything";

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  return sodium_init () < 0;
}

static void
read_note (const char *text, gsize length)
{
  gsize taken;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTrailNote) note = wattle_trail_note_parse (text, length, &taken, &error);
  guint8 public[WATTLE_TRAIL_PUBLIC], secret[WATTLE_TRAIL_SECRET];

  g_assert_true ((note == NULL) == (error != NULL));
  g_assert_cmpuint (taken, <=, length);
  crypto_sign_seed_keypair (public, secret, key);
  g_assert_false (wattle_trail_note_is_signed (text, length, key));
  if (note != NULL)
    {
      g_autofree char *again = wattle_trail_note_sign (note, secret);
      g_autoptr (WattleTrailNote) opened = wattle_trail_note_open (again, public, NULL);

      g_assert_true (opened != NULL && opened->size == note->size && opened->at == note->at);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FUZZ_TEXT (data, size);
  char hash[WATTLE_TOKEN_HASH_SIZE] = "", code[7];
  guint8 public[WATTLE_TRAIL_PUBLIC];
  g_autofree char *opened = wattle_unseal_text (key, "context", text, NULL);

  g_assert_null (opened);
  wattle_token_hash (text, hash);
  wattle_totp_code (text, 1, code);
  wattle_totp_check ("JBSWY3DPEHPK3PXP", text, 1700000000000000, 0);
  wattle_totp_check (text, "123456", 1700000000000000, 0);
  wattle_trail_key_parse (text, public);
  read_note ((const char *) data, size);
  return 0;
}
