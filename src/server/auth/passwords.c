/* passwords.c: what a password must be, and argon2id
 *
 * NIST SP 800-63B-4 s 3.1.1: length and a list of known passwords, no rules of
 * composition. 64 MiB and 3 passes take about 80 ms.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/passwords.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"

#define MEMORY (64 * 1024 * 1024)
#define PASSES 3
#define OWN_WORD_LEAST 4 /* characters of a name that count as a word */
#define LEAST_WITHOUT_OWN 8

static const struct
{
  const char *word;
} breached[] = {
#include "breached-passwords.inc"
};

/* Hash of a password that nobody has, with today's costs: what an unknown user is checked against. */
static const char nobody[] =
  "$argon2id$v=19$m=65536,t=3,p=1$1FGJO+JymncaDE/dPjInNg$1rTQBuITAmRCgsxPtrPKcEZoBR0p5FwjP2zqB1NPUo4";

static int
compare_words (const void *a, const void *b)
{
  return strcmp (a, *(const char *const *) b); /* the word is the first member */
}

static gboolean
is_breached (const char *folded)
{
  return bsearch (folded, breached, G_N_ELEMENTS (breached), sizeof *breached, compare_words) != NULL;
}

/* "Password!2024" is "password" to whoever guesses: what stands before the digits and marks at the end. */
static char *
stem_of (const char *folded)
{
  gsize length = strlen (folded);

  while (length > 0 && !g_ascii_isalpha (folded[length - 1]) && (guchar) folded[length - 1] < 0x80)
    length--;
  return g_strndup (folded, length);
}

static gboolean
is_monotonous (const char *password)
{
  guint seen = 0;
  gboolean used[256] = { FALSE };

  for (const guchar *c = (const guchar *) password; *c != '\0'; c++)
    if (!used[*c])
      {
        used[*c] = TRUE;
        seen++;
      }
  return seen < 4;
}

/* Takes every @word out of @text; both folded. */
static gboolean
take_out (GString *text, const char *word)
{
  return g_utf8_strlen (word, -1) >= OWN_WORD_LEAST && g_string_replace (text, word, "", 0) > 0;
}

/* How many letters and digits are left without the words that anybody who knows the person tries first (NIST SP
 * 800-63B-4 s 3.1.1.2, "context-specific words"); -1 when there are none of them in it. */
static glong
length_without (const char *folded, const char *own)
{
  g_autofree char *folded_own = g_utf8_casefold (own, -1);
  g_auto (GStrv) words = g_regex_split_simple ("[^\\pL\\pN]+", folded_own, 0, 0);
  g_autoptr (GString) rest = g_string_new (folded);
  gboolean found = FALSE;
  glong length = 0;

  for (guint i = 0; words[i] != NULL; i++)
    found |= take_out (rest, words[i]);
  for (const char *c = rest->str; *c != '\0'; c = g_utf8_next_char (c))
    length += g_unichar_isalnum (g_utf8_get_char (c));
  return found ? length : -1;
}

/**
 * wattle_password_check:
 * @password: (nullable): what somebody wants as a password
 * @own: (nullable): their sign-in name, their name, the practice's: words that are easy to guess
 * @minimum: characters, 0 for %WATTLE_PASSWORD_MINIMUM
 * @field: the JSON name for errors
 * @error: %WATTLE_ERROR_INVALID with a sentence
 *
 * Returns: whether it may be one
 */
gboolean
wattle_password_check (const char *password, const char *own, guint minimum, const char *field, GError **error)
{
  g_autofree char *folded = NULL;
  g_autofree char *stem = NULL;
  glong length, left;

  if (minimum == 0)
    minimum = WATTLE_PASSWORD_MINIMUM;
  if (password == NULL || !g_utf8_validate (password, -1, NULL))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, field, "Choose a password.");
      return FALSE;
    }
  length = g_utf8_strlen (password, -1);
  if (length < minimum || length > WATTLE_PASSWORD_MAXIMUM)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, field,
                              "A password has %u to %u characters; a few words in a row are easy to remember.", minimum,
                              WATTLE_PASSWORD_MAXIMUM);
      return FALSE;
    }
  folded = g_utf8_casefold (password, -1);
  stem = stem_of (folded);
  if (is_breached (folded) || is_breached (stem) || is_monotonous (folded))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, field,
                              "This password is among those that are guessed first. Choose another.");
      return FALSE;
    }
  left = own != NULL ? length_without (folded, own) : -1;
  if (left >= 0 && left < LEAST_WITHOUT_OWN)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, field,
                              "Without your name and that of the practice, which anybody would try, this password is "
                              "too short. Choose another, or add some words.");
      return FALSE;
    }
  return TRUE;
}

/**
 * wattle_password_hash:
 * @password: a checked password
 * @error: no memory
 *
 * Returns: (transfer full) (nullable): its argon2id hash with salt and costs
 */
char *
wattle_password_hash (const char *password, GError **error)
{
  g_autofree char *hash = g_malloc (crypto_pwhash_STRBYTES);

  if (crypto_pwhash_str (hash, password, strlen (password), PASSES, MEMORY) != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL, "The server is short of memory. Try again in a moment.");
      return NULL;
    }
  return g_steal_pointer (&hash);
}

/**
 * wattle_password_verify:
 * @hash: (nullable): of the user; %NULL for a user that does not exist
 * @password: what was typed
 *
 * Takes the same time whether the user exists or not.
 *
 * Returns: whether it is the password
 */
gboolean
wattle_password_verify (const char *hash, const char *password)
{
  gboolean same;

  if (strlen (password) > WATTLE_PASSWORD_MAXIMUM * 4)
    return FALSE;
  same = crypto_pwhash_str_verify (hash != NULL ? hash : nobody, password, strlen (password)) == 0;
  return same && hash != NULL;
}

/**
 * wattle_password_is_old:
 * @hash: of a user
 *
 * Returns: whether it was made with lower costs than today's
 */
gboolean
wattle_password_is_old (const char *hash)
{
  return crypto_pwhash_str_needs_rehash (hash, PASSES, MEMORY) != 0;
}
