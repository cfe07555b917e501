/* enrolment.c: the printed code that lets one new device of a person in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/enrolment.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "server/auth/credential.h"

#define KIND "enrolment"
#define LETTERS 10
#define GROUP 5

/**
 * wattle_short_code:
 * @letters: how many
 *
 * Returns: (transfer full): random letters and digits that are not taken for each other, in groups of five
 */
char *
wattle_short_code (guint letters)
{
  static const char alphabet[] = "abcdefghjkmnpqrstvwxyz23456789";
  GString *code = g_string_new (NULL);

  for (guint i = 0; i < letters; i++)
    {
      if (i > 0 && i % GROUP == 0)
        g_string_append_c (code, '-');
      g_string_append_c (code, alphabet[randombytes_uniform (sizeof alphabet - 1)]);
    }
  return g_string_free (code, FALSE);
}

static char *
digest_of (WattleKeys *keys, const char *code)
{
  g_autofree char *folded = g_ascii_strdown (code, -1);
  g_autofree char *text = g_strconcat ("enrolment:", g_strstrip (folded), NULL);

  return wattle_keys_digest (keys, text);
}

/**
 * wattle_enrolment_new_code:
 * @transaction: a write transaction
 * @keys: the server's key
 * @user: whose next new device it lets in
 * @expires_at: until when
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): the code, to be shown once; a keyed hash of it is kept
 */
char *
wattle_enrolment_new_code (
  WattleTransaction *transaction, WattleKeys *keys, const char *user, gint64 expires_at, GError **error)
{
  g_autofree char *code = wattle_short_code (LETTERS);
  g_autofree char *digest = digest_of (keys, code);

  return wattle_transaction_keep_private (transaction, KIND, digest, user, "", expires_at, error)
           ? g_steal_pointer (&code)
           : NULL;
}

/**
 * wattle_enrolment_use_code:
 * @transaction: a write transaction
 * @keys: the server's key
 * @user: who signs in
 * @code: as it was typed
 * @now: the instant
 * @error: %WATTLE_ERROR_UNAUTHENTICATED with the field "device.enrolment_code"
 *
 * Spends the code.
 */
gboolean
wattle_enrolment_use_code (
  WattleTransaction *transaction, WattleKeys *keys, const char *user, const char *code, gint64 now, GError **error)
{
  g_autofree char *digest = digest_of (keys, code);
  g_autoptr (WattlePrivateRow) row = wattle_private_find (transaction, KIND, digest, NULL);

  if (row != NULL && row->expires_at > now && g_strcmp0 (row->owner, user) == 0)
    return wattle_transaction_drop_private (transaction, KIND, digest, error);
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "device.enrolment_code",
                          "This code for a new device is not right, was used, or is older than a day. Ask an "
                          "administrator for another, or leave it out and wait for approval.");
  return FALSE;
}
