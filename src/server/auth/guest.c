/* guest.c: people without an account who may enter one room: their link, their code and their token
 *
 * One row a guest, sealed; two rows, named by hashes of the link's secret and of the code, lead to it until one of
 * them was used. Then a row named by the hash of a token does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/guest.h"

#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "server/auth/credential.h"
#include "server/auth/enrolment.h"
#include "server/auth/tokens.h"

#define GUEST "guest"
#define SECRET "guest-secret"
#define TOKEN "guest-token"
#define CODE_LETTERS 15 /* 73 bits */

void
wattle_guest_free (WattleGuest *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->room);
  g_free (self->name);
  g_free (self->role);
  g_free (self);
}

static char *
key_of_code (WattleKeys *keys, const char *code)
{
  g_autofree char *folded = g_ascii_strdown (code, -1);
  g_autofree char *text = g_strconcat ("guest:", g_strstrip (folded), NULL);

  return wattle_keys_digest (keys, text);
}

/* A link's secret is 43 characters of base64; whatever else was typed is taken for a code. */
static char *
key_of (WattleKeys *keys, const char *secret)
{
  char hash[WATTLE_TOKEN_HASH_SIZE];

  return wattle_token_hash (secret, hash) ? g_strdup (hash) : key_of_code (keys, secret);
}

static char *
context_of (const char *id)
{
  return g_strconcat ("guest:", id, NULL);
}

static gboolean
keep (const WattleGuest *self, WattleTransaction *transaction, WattleKeys *keys, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  g_autofree char *context = context_of (self->id);
  g_autofree char *sealed = NULL;

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "room", self->room);
  wattle_json_pair_string (&writer, "name", self->name);
  wattle_json_pair_string (&writer, "role", self->role);
  wattle_json_end_object (&writer);
  sealed = wattle_keys_seal (keys, context, text->str);
  return wattle_transaction_keep_private (transaction, GUEST, self->id, self->room, sealed, self->until, error);
}

static WattleGuest *
load (WattleTransaction *transaction, WattleKeys *keys, const char *id, gint64 now)
{
  g_autoptr (WattlePrivateRow) row = wattle_private_find (transaction, GUEST, id, NULL);
  g_autofree char *context = context_of (id);
  g_autofree char *text = row != NULL && row->expires_at > now ? wattle_keys_unseal (keys, context, row->value, NULL)
                                                               : NULL;
  g_autoptr (WattleJson) json = text != NULL ? wattle_json_parse (text, -1, NULL, NULL) : NULL;
  WattleJsonNode root;
  WattleGuest *self;

  if (json == NULL)
    return NULL;
  root = wattle_json_root (json);
  self = g_new0 (WattleGuest, 1);
  self->id = g_strdup (id);
  self->room = g_strdup (wattle_json_member_string (root, "room"));
  self->name = g_strdup (wattle_json_member_string (root, "name"));
  self->role = g_strdup (wattle_json_member_string (root, "role"));
  self->until = row->expires_at;
  return self;
}

/**
 * wattle_guest_make:
 * @transaction: a write transaction
 * @keys: the server's key
 * @self: the guest
 * @secret: (out) (transfer full): 256 bits for a link; only its hash is kept
 * @code: (out) (transfer full): the same for typing; only a keyed hash of it is kept
 * @error: the failure
 */
gboolean
wattle_guest_make (
  WattleTransaction *transaction, WattleKeys *keys, const WattleGuest *self, char **secret, char **code, GError **error)
{
  g_autofree char *by_secret = NULL;
  g_autofree char *by_code = NULL;
  g_autofree char *both = NULL;

  *secret = wattle_token_new ();
  *code = wattle_short_code (CODE_LETTERS);
  by_secret = key_of (keys, *secret);
  by_code = key_of_code (keys, *code);
  both = g_strdup_printf ("%s %s %s", self->id, by_secret, by_code);
  return wattle_transaction_keep_private (transaction, SECRET, by_secret, self->id, both, self->link_until, error)
         && wattle_transaction_keep_private (transaction, SECRET, by_code, self->id, both, self->link_until, error)
         && keep (self, transaction, keys, error);
}

static WattlePrivateRow *
find_secret (WattleTransaction *transaction, WattleKeys *keys, const char *secret, gint64 now, GError **error)
{
  g_autofree char *key = secret != NULL && strlen (secret) <= 64 ? key_of (keys, secret) : NULL;
  g_autoptr (WattlePrivateRow) row = key != NULL ? wattle_private_find (transaction, SECRET, key, NULL) : NULL;

  if (row != NULL && row->expires_at > now)
    return g_steal_pointer (&row);
  wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "secret",
                          "This link or code is not valid: it was used, it is too old, or it was mistyped. Ask the "
                          "practice for a new one.");
  return NULL;
}

/**
 * wattle_guest_look:
 * @transaction: any
 * @keys: the server's key
 * @secret: (nullable): of a link, or a code
 * @now: the instant
 * @error: %WATTLE_ERROR_NOT_FOUND
 *
 * Uses nothing up.
 *
 * Returns: (transfer full) (nullable): the guest it is for
 */
WattleGuest *
wattle_guest_look (WattleTransaction *transaction, WattleKeys *keys, const char *secret, gint64 now, GError **error)
{
  g_autoptr (WattlePrivateRow) row = find_secret (transaction, keys, secret, now, error);
  g_auto (GStrv) words = row != NULL ? g_strsplit (row->value, " ", 3) : NULL;
  WattleGuest *self = words != NULL ? load (transaction, keys, words[0], now) : NULL;

  if (self == NULL && row != NULL)
    wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "secret", "This invitation is over.");
  return self;
}

/**
 * wattle_guest_redeem:
 * @transaction: a write transaction
 * @keys: the server's key
 * @secret: (nullable): of a link, or a code
 * @now: the instant
 * @guest: (out) (transfer full): who it was for
 * @token: (inout) (transfer full): what they show from now on; %NULL makes one
 * @error: %WATTLE_ERROR_NOT_FOUND
 *
 * Works once: link and code are gone with it. Who chose the token may ask again when the answer was lost, see
 * wattle_guest_find().
 */
gboolean
wattle_guest_redeem (WattleTransaction *transaction,
                     WattleKeys *keys,
                     const char *secret,
                     gint64 now,
                     WattleGuest **guest,
                     char **token,
                     GError **error)
{
  g_autoptr (WattlePrivateRow) row = find_secret (transaction, keys, secret, now, error);
  g_auto (GStrv) words = row != NULL ? g_strsplit (row->value, " ", 3) : NULL;
  g_autoptr (WattleGuest) self = NULL;
  char hash[WATTLE_TOKEN_HASH_SIZE];

  if (row == NULL)
    return FALSE;
  self = g_strv_length (words) == 3 ? load (transaction, keys, words[0], now) : NULL;
  if (self == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "secret", "This invitation is over.");
      return FALSE;
    }
  if (*token == NULL)
    *token = wattle_token_new ();
  wattle_token_hash (*token, hash);
  if (!wattle_transaction_drop_private (transaction, SECRET, words[1], error)
      || !wattle_transaction_drop_private (transaction, SECRET, words[2], error)
      || !wattle_transaction_keep_private (transaction, TOKEN, hash, self->id, self->id, self->until, error))
    return FALSE;
  *guest = g_steal_pointer (&self);
  return TRUE;
}

/**
 * wattle_guest_find:
 * @transaction: any
 * @keys: the server's key
 * @token: (nullable): what somebody shows
 * @now: the instant
 *
 * Returns: (transfer full) (nullable): the guest
 */
WattleGuest *
wattle_guest_find (WattleTransaction *transaction, WattleKeys *keys, const char *token, gint64 now)
{
  char hash[WATTLE_TOKEN_HASH_SIZE];
  g_autoptr (WattlePrivateRow) row = NULL;

  if (!wattle_token_hash (token, hash))
    return NULL;
  row = wattle_private_find (transaction, TOKEN, hash, NULL);
  return row != NULL && row->expires_at > now ? load (transaction, keys, row->value, now) : NULL;
}
