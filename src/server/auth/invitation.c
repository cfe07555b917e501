/* invitation.c: the link and the code with which an invited person opens their account, once
 *
 * One row a person holds what is left of the invitation; two rows, named by
 * hashes of the link's secret and of the code, lead to it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/invitation.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "server/auth/credential.h"
#include "server/auth/enrolment.h"
#include "server/auth/tokens.h"

#define INVITATION "invitation"
#define SECRET "invitation-secret"
#define CODE_LETTERS 15 /* 73 bits */

void
wattle_invitation_free (WattleInvitation *self)
{
  if (self == NULL)
    return;
  g_free (self->user);
  g_free (self->token_key);
  g_free (self->code_key);
  g_free (self);
}

static gboolean
keep (WattleInvitation *self, WattleTransaction *transaction, GError **error)
{
  g_autofree char *value = g_strdup_printf ("%u %s %s", self->tries, self->token_key, self->code_key);

  return wattle_transaction_keep_private (transaction, INVITATION, self->user, self->user, value, self->expires_at,
                                          error);
}

static char *
key_of_code (WattleKeys *keys, const char *code)
{
  g_autofree char *folded = g_ascii_strdown (code, -1);
  g_autofree char *text = g_strconcat ("invitation:", g_strstrip (folded), NULL);

  return wattle_keys_digest (keys, text);
}

/* A link's secret is 43 characters of base64; whatever else was typed is taken for a code. */
static char *
key_of (WattleKeys *keys, const char *secret)
{
  char hash[WATTLE_TOKEN_HASH_SIZE];

  return wattle_token_hash (secret, hash) ? g_strdup (hash) : key_of_code (keys, secret);
}

static WattleInvitation *
load (WattleTransaction *transaction, const char *user)
{
  g_autoptr (WattlePrivateRow) row = wattle_private_find (transaction, INVITATION, user, NULL);
  g_auto (GStrv) parts = row != NULL ? g_strsplit (row->value, " ", 3) : NULL;
  WattleInvitation *self;

  if (parts == NULL || g_strv_length (parts) != 3)
    return NULL;
  self = g_new0 (WattleInvitation, 1);
  self->user = g_strdup (user);
  self->tries = g_ascii_strtoull (parts[0], NULL, 10);
  self->token_key = g_strdup (parts[1]);
  self->code_key = g_strdup (parts[2]);
  self->expires_at = row->expires_at;
  return self;
}

/**
 * wattle_invitation_make:
 * @transaction: a write transaction
 * @keys: the server's key
 * @user: who is invited
 * @expires_at: until when
 * @token: (out) (transfer full): 256 bits for a link; only its hash is kept
 * @code: (out) (transfer full): the same for typing; only a keyed hash of it is kept
 * @error: the failure
 *
 * An earlier invitation of the same person ends.
 */
gboolean
wattle_invitation_make (WattleTransaction *transaction,
                        WattleKeys *keys,
                        const char *user,
                        gint64 expires_at,
                        char **token,
                        char **code,
                        GError **error)
{
  g_autoptr (WattleInvitation) self = g_new0 (WattleInvitation, 1);

  if (!wattle_invitation_end (transaction, user, error))
    return FALSE;
  *token = wattle_token_new ();
  *code = wattle_short_code (CODE_LETTERS);
  self->user = g_strdup (user);
  self->token_key = key_of (keys, *token);
  self->code_key = key_of_code (keys, *code);
  self->expires_at = expires_at;
  return wattle_transaction_keep_private (transaction, SECRET, self->token_key, user, user, expires_at, error)
         && wattle_transaction_keep_private (transaction, SECRET, self->code_key, user, user, expires_at, error)
         && keep (self, transaction, error);
}

/**
 * wattle_invitation_find:
 * @transaction: any
 * @keys: the server's key
 * @secret: (nullable): of the link, or the code
 * @now: the instant
 * @error: %WATTLE_ERROR_NOT_FOUND
 *
 * Looks and consumes nothing.
 *
 * Returns: (transfer full) (nullable): the invitation
 */
WattleInvitation *
wattle_invitation_find (
  WattleTransaction *transaction, WattleKeys *keys, const char *secret, gint64 now, GError **error)
{
  g_autofree char *key = secret != NULL && strlen (secret) <= 64 ? key_of (keys, secret) : NULL;
  g_autoptr (WattlePrivateRow) row = key != NULL ? wattle_private_find (transaction, SECRET, key, NULL) : NULL;
  g_autoptr (WattleInvitation) self = row != NULL ? load (transaction, row->value) : NULL;

  if (self != NULL && self->expires_at > now && self->tries < WATTLE_INVITATION_TRIES)
    return g_steal_pointer (&self);
  wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "secret",
                          "This invitation is not valid: it was used, is older than three days, or was replaced. Ask "
                          "the practice for a new one.");
  return NULL;
}

/**
 * wattle_invitation_failed:
 * @self: an invitation
 * @transaction: a write transaction
 * @error: the failure
 *
 * Counts a wrong date of birth; the fifth ends the invitation.
 */
gboolean
wattle_invitation_failed (WattleInvitation *self, WattleTransaction *transaction, GError **error)
{
  if (++self->tries >= WATTLE_INVITATION_TRIES)
    return wattle_invitation_end (transaction, self->user, error);
  return keep (self, transaction, error);
}

/**
 * wattle_invitation_end:
 * @transaction: a write transaction
 * @user: whose invitation ends, if there is one
 * @error: the failure
 */
gboolean
wattle_invitation_end (WattleTransaction *transaction, const char *user, GError **error)
{
  g_autoptr (WattleInvitation) self = load (transaction, user);

  return self == NULL
         || (wattle_transaction_drop_private (transaction, SECRET, self->token_key, error)
             && wattle_transaction_drop_private (transaction, SECRET, self->code_key, error)
             && wattle_transaction_drop_private (transaction, INVITATION, user, error));
}
