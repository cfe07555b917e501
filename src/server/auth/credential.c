/* credential.c: what a user proves who they are with; kept apart from the record, on the server alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/credential.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "server/auth/totp.h"

#define KIND "credential"

/**
 * wattle_private_find:
 * @transaction: any
 * @kind: of a private row
 * @key: its name
 * @error: %WATTLE_ERROR_NOT_FOUND when there is none, or the failure
 *
 * Returns: (transfer full) (nullable): the row
 */
WattlePrivateRow *
wattle_private_find (WattleTransaction *transaction, const char *kind, const char *key, GError **error)
{
  g_autoptr (GError) local = NULL;
  WattlePrivateRow *row = wattle_transaction_private (transaction, kind, key, &local);

  if (row == NULL && local == NULL)
    wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, "There is no such entry.");
  else if (row == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return row;
}

WattleCredential *
wattle_credential_new (const char *user, const char *hash)
{
  WattleCredential *self = g_new0 (WattleCredential, 1);

  self->user = g_strdup (user);
  self->hash = g_strdup (hash);
  self->recovery = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
wattle_credential_free (WattleCredential *self)
{
  if (self == NULL)
    return;
  g_free (self->user);
  g_free (self->hash);
  g_free (self->totp);
  g_free (self->totp_pending);
  g_ptr_array_unref (self->recovery);
  g_free (self);
}

/**
 * wattle_credential_load:
 * @transaction: any
 * @user: id of a user
 * @error: the failure; %WATTLE_ERROR_NOT_FOUND when there is none
 *
 * Returns: (transfer full) (nullable): the user's credential
 */
WattleCredential *
wattle_credential_load (WattleTransaction *transaction, const char *user, GError **error)
{
  g_autoptr (WattlePrivateRow) row = wattle_private_find (transaction, KIND, user, error);
  g_autoptr (WattleJson) json = NULL;
  g_autoptr (WattleCredential) self = NULL;
  WattleJsonNode root, value;
  WattleJsonIter iter;

  if (row == NULL)
    return NULL;
  json = wattle_json_parse (row->value, -1, NULL, error);
  if (json == NULL)
    return NULL;
  root = wattle_json_root (json);
  self = wattle_credential_new (user, wattle_json_member_string (root, "hash"));
  self->disabled = wattle_json_member_boolean (root, "disabled");
  self->totp = g_strdup (wattle_json_member_string (root, "totp"));
  self->totp_pending = g_strdup (wattle_json_member_string (root, "totp_pending"));
  self->totp_step = wattle_json_member_integer (root, "totp_step", 0);
  iter = wattle_json_iter (wattle_json_member (root, "recovery"));
  while (wattle_json_next (&iter, NULL, &value))
    g_ptr_array_add (self->recovery, g_strdup (wattle_json_string (value)));
  return g_steal_pointer (&self);
}

/**
 * wattle_credential_save:
 * @self: a credential
 * @transaction: a write transaction
 * @error: the failure
 */
gboolean
wattle_credential_save (WattleCredential *self, WattleTransaction *transaction, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "hash", self->hash);
  wattle_json_pair_boolean (&writer, "disabled", self->disabled);
  if (self->totp != NULL)
    wattle_json_pair_string (&writer, "totp", self->totp);
  if (self->totp_pending != NULL)
    wattle_json_pair_string (&writer, "totp_pending", self->totp_pending);
  wattle_json_pair_integer (&writer, "totp_step", self->totp_step);
  wattle_json_name (&writer, "recovery");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < self->recovery->len; i++)
    wattle_json_put_string (&writer, self->recovery->pdata[i]);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
  return wattle_transaction_keep_private (transaction, KIND, self->user, self->user, text->str, 0, error);
}

/**
 * wattle_credential_use_code:
 * @self: of a user who has a second factor
 * @keys: the server's key
 * @code: six digits of the authenticator, or a recovery code
 * @now: the instant
 * @error: %WATTLE_ERROR_UNAUTHENTICATED with the field "code"
 *
 * A code is taken once: save @self afterwards.
 *
 * Returns: whether it was good
 */
gboolean
wattle_credential_use_code (WattleCredential *self, WattleKeys *keys, const char *code, gint64 now, GError **error)
{
  g_autofree char *context = g_strconcat ("totp:", self->user, NULL);
  g_autofree char *secret = wattle_keys_unseal (keys, context, self->totp, error);
  g_autofree char *digest = NULL;
  gint64 step;

  if (secret == NULL)
    return FALSE;
  step = wattle_totp_check (secret, code, now, self->totp_step);
  sodium_memzero (secret, strlen (secret));
  if (step >= 0)
    {
      self->totp_step = step;
      return TRUE;
    }
  digest = wattle_keys_digest (keys, code);
  for (guint i = 0; i < self->recovery->len; i++)
    if (sodium_memcmp (digest, self->recovery->pdata[i], 64) == 0)
      {
        g_ptr_array_remove_index (self->recovery, i);
        return TRUE;
      }
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "code", "This code is not right, or was used before.");
  return FALSE;
}

/**
 * wattle_credential_new_recovery:
 * @self: a credential
 * @keys: the server's key
 *
 * Replaces the recovery codes. Save @self afterwards.
 *
 * Returns: (transfer full) (element-type utf8): the codes, to be shown once
 */
GPtrArray *
wattle_credential_new_recovery (WattleCredential *self, WattleKeys *keys)
{
  static const char letters[] = "abcdefghjkmnpqrstvwxyz23456789";
  GPtrArray *codes = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_set_size (self->recovery, 0);
  for (guint i = 0; i < WATTLE_RECOVERY_CODES; i++)
    {
      char *code = g_malloc0 (10);

      for (guint j = 0; j < 9; j++)
        code[j] = j == 4 ? '-' : letters[randombytes_uniform (sizeof letters - 1)];
      g_ptr_array_add (codes, code);
      g_ptr_array_add (self->recovery, wattle_keys_digest (keys, code));
    }
  return codes;
}
