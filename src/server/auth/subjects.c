/* subjects.c: whom the identity provider's names belong to
 *
 * Bound on issuer and subject, never on an e-mail address: that can be given
 * to somebody else.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/subjects.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "server/auth/credential.h"

#define KIND "oidc-subject"

static void
key_of (const char *issuer, const char *subject, char key[65])
{
  g_autofree char *text = g_strjoin ("\n", issuer, subject, NULL);
  guint8 hash[32];

  crypto_generichash (hash, sizeof hash, (const guint8 *) text, strlen (text), NULL, 0);
  sodium_bin2hex (key, 65, hash, sizeof hash);
}

/**
 * wattle_subject_find:
 * @transaction: any
 * @issuer: the provider
 * @subject: its name for somebody
 * @error: %WATTLE_ERROR_UNAUTHENTICATED with the field "subject" when it is nobody's here
 *
 * Returns: (transfer full) (nullable): id of the user
 */
char *
wattle_subject_find (WattleTransaction *transaction, const char *issuer, const char *subject, GError **error)
{
  char key[65];
  g_autoptr (WattlePrivateRow) row = NULL;

  key_of (issuer, subject, key);
  row = wattle_private_find (transaction, KIND, key, NULL);
  if (row != NULL)
    return g_strdup (row->owner);
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "subject",
                          "Nobody here is linked to this sign-in yet. Sign in with your password and link it under "
                          "Settings, or ask an administrator.");
  return NULL;
}

/**
 * wattle_subject_unlink:
 * @transaction: a write transaction
 * @user: who signs in with a provider no more
 * @error: the failure
 */
gboolean
wattle_subject_unlink (WattleTransaction *transaction, const char *user, GError **error)
{
  g_autoptr (GPtrArray) rows = wattle_transaction_privates (transaction, KIND, user, G_MAXINT, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    if (!wattle_transaction_drop_private (transaction, KIND, ((WattlePrivateRow *) rows->pdata[i])->key, error))
      return FALSE;
  return rows != NULL;
}

/**
 * wattle_subject_link:
 * @transaction: a write transaction
 * @issuer: the provider
 * @subject: its name for @user
 * @user: who
 * @error: %WATTLE_ERROR_CONFLICT when it is somebody else's
 *
 * One person has one of them: an earlier one counts no more.
 */
gboolean
wattle_subject_link (
  WattleTransaction *transaction, const char *issuer, const char *subject, const char *user, GError **error)
{
  char key[65];
  g_autoptr (WattlePrivateRow) row = NULL;

  key_of (issuer, subject, key);
  row = wattle_private_find (transaction, KIND, key, NULL);
  if (row != NULL && g_strcmp0 (row->owner, user) != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "subject", "This sign-in belongs to somebody else here.");
      return FALSE;
    }
  return wattle_subject_unlink (transaction, user, error)
         && wattle_transaction_keep_private (transaction, KIND, key, user, "", 0, error);
}
