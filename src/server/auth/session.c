/* session.c: who is calling: opaque tokens, their rotation and their end
 *
 * Two kinds of private rows, both named by the hash of a token and owned by the
 * user: "session" for access tokens and "refresh" for refresh tokens. A spent
 * refresh token keeps its successor sealed under itself, so that a device whose
 * answer was lost can ask again, and nobody else learns anything.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/session.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "domain/settings.h"
#include "server/auth/account.h"
#include "server/auth/credential.h"
#include "server/auth/tokens.h"

#define SESSION "session"
#define REFRESH "refresh"
#define SCOPE "scope-revision"
#define ACCESS_LIFE (15 * WATTLE_MINUTE)
#define PATIENT_ACCESS_LIFE (5 * WATTLE_MINUTE)
#define REFRESH_LIFE (30 * WATTLE_DAY)
#define GRACE (30 * WATTLE_SECOND)

WattleSession *
wattle_session_ref (WattleSession *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
wattle_session_unref (WattleSession *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  g_free ((char *) self->actor.practice);
  g_free ((char *) self->actor.user);
  g_free ((char *) self->actor.device);
  g_free ((char *) self->actor.practitioner);
  g_free ((char *) self->actor.patient);
  g_free (self->family);
  g_free (self);
}

static void
clear_secret (char **text)
{
  if (*text != NULL)
    sodium_memzero (*text, strlen (*text));
  g_clear_pointer (text, g_free);
}

void
wattle_tokens_clear (WattleTokens *tokens)
{
  clear_secret (&tokens->access);
  clear_secret (&tokens->refresh);
}

void
wattle_refresh_clear (WattleRefresh *self)
{
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->device, g_free);
  g_clear_pointer (&self->family, g_free);
  wattle_tokens_clear (&self->tokens);
}

static gboolean
refuse (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, NULL, "Sign in again: this session has ended.");
  return FALSE;
}

/* A failure of the store stays one; a missing row means signed out. */
static gboolean
refuse_missing (GError *cause, GError **error)
{
  if (wattle_error_get_code (cause) != WATTLE_ERROR_NOT_FOUND)
    {
      g_propagate_error (error, g_error_copy (cause));
      return FALSE;
    }
  return refuse (error);
}

guint
wattle_scope_counter (WattleTransaction *transaction, const char *user)
{
  g_autoptr (WattlePrivateRow) row = wattle_private_find (transaction, SCOPE, user, NULL);

  return row != NULL ? (guint) g_ascii_strtoull (row->value, NULL, 10) : 0;
}

/**
 * wattle_scope_revision:
 * @transaction: any
 * @actor: who
 *
 * Returns: a number that is another one when what the actor sees as a whole has changed
 */
guint
wattle_scope_revision (WattleTransaction *transaction, const WattleActor *actor)
{
  return (wattle_scope_counter (transaction, actor->user) + wattle_scope_counter (transaction, "all")) * 16
         + actor->role;
}

/**
 * wattle_scope_count:
 * @transaction: a write transaction
 * @user: whose sight changed as a whole: other roles, another diary
 * @error: the failure
 */
gboolean
wattle_scope_count (WattleTransaction *transaction, const char *user, GError **error)
{
  g_autofree char *value = g_strdup_printf ("%u", wattle_scope_counter (transaction, user) + 1);

  return wattle_transaction_keep_private (transaction, SCOPE, user, user, value, 0, error);
}

/* A row that was not found for want of a connection says nothing about the session: the failure comes again. */
static gboolean
refuse_unless_failed (WattleTransaction *transaction, GError **error)
{
  g_autoptr (GError) failure = NULL;

  g_free (wattle_transaction_meta (transaction, "practice", &failure));
  if (failure == NULL)
    return refuse (error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* Fills in what the user's and the device's rows say today. */
static gboolean
load_actor (WattleSession *self, WattleTransaction *transaction, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleRecord) user = NULL;
  g_autoptr (WattleRecord) device = NULL;
  g_autoptr (WattleCredential) credential = NULL;
  WattleActor *actor = &self->actor;

  user = wattle_reader_get (reader, WATTLE_RECORD_USER, actor->user, NULL);
  device = wattle_reader_get (reader, WATTLE_RECORD_DEVICE, actor->device, NULL);
  credential = wattle_credential_load (transaction, actor->user, NULL);
  if (user == NULL || device == NULL || credential == NULL || !wattle_account_is_open (user)
      || wattle_record_get_integer (device, WATTLE_DEVICE_STATUS) == WATTLE_DEVICE_STATUS_REVOKED
      || g_strcmp0 (wattle_record_get_string (device, WATTLE_DEVICE_USER), actor->user) != 0)
    return refuse_unless_failed (transaction, error);
  actor->roles = wattle_record_get_integer (user, WATTLE_USER_ROLES);
  if ((actor->roles >> actor->role & 1) == 0)
    return refuse_unless_failed (transaction, error);
  actor->practice = wattle_transaction_meta (transaction, "practice", NULL);
  actor->practitioner = g_strdup (wattle_record_get_string (user, WATTLE_USER_PRACTITIONER));
  actor->patient = g_strdup (wattle_record_get_string (user, WATTLE_USER_PATIENT));
  actor->unconfirmed = wattle_record_get_integer (user, WATTLE_USER_STATUS) == WATTLE_USER_STATUS_ACCEPTED;
  self->pending = wattle_record_get_integer (device, WATTLE_DEVICE_STATUS) == WATTLE_DEVICE_STATUS_PENDING;
  self->parting = wattle_record_has (device, WATTLE_DEVICE_WIPE_REQUESTED_AT);
  self->has_factor = credential->totp != NULL;
  self->missing_factor = !self->has_factor && actor->role != WATTLE_ROLE_PATIENT
                         && wattle_setting_get_boolean (reader, "second_factor_required");
  return TRUE;
}

/**
 * wattle_session_find:
 * @transaction: any
 * @token: (nullable): an access token
 * @now: the instant
 * @error: %WATTLE_ERROR_UNAUTHENTICATED
 *
 * Roles and states are read from the rows of this moment.
 *
 * Returns: (transfer full) (nullable): the session
 */
WattleSession *
wattle_session_find (WattleTransaction *transaction, const char *token, gint64 now, GError **error)
{
  char hash[WATTLE_TOKEN_HASH_SIZE];
  g_autoptr (WattlePrivateRow) row = NULL;
  g_autoptr (WattleJson) json = NULL;
  g_autoptr (WattleSession) self = NULL;
  g_autoptr (GError) local = NULL;
  WattleJsonNode root;

  if (!wattle_token_hash (token, hash))
    {
      refuse (error);
      return NULL;
    }
  row = wattle_private_find (transaction, SESSION, hash, &local);
  if (row == NULL)
    {
      refuse_missing (local, error);
      return NULL;
    }
  json = wattle_json_parse (row->value, -1, NULL, error);
  if (json == NULL)
    return NULL;
  root = wattle_json_root (json);
  self = g_new0 (WattleSession, 1);
  g_atomic_ref_count_init (&self->references);
  self->actor.user = g_strdup (row->owner);
  self->actor.device = g_strdup (wattle_json_member_string (root, "device"));
  self->actor.role = wattle_json_member_integer (root, "role", WATTLE_ROLE_PATIENT);
  self->family = g_strdup (wattle_json_member_string (root, "family"));
  self->expires_at = row->expires_at;
  if (self->expires_at <= now)
    {
      refuse (error);
      return NULL;
    }
  return load_actor (self, transaction, error) ? g_steal_pointer (&self) : NULL;
}

static char *
write_row (const char *device, int role, const char *family, gint64 spent_at, const char *successor)
{
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "device", device);
  wattle_json_pair_integer (&writer, "role", role);
  wattle_json_pair_string (&writer, "family", family);
  if (successor != NULL)
    {
      wattle_json_pair_integer (&writer, "spent_at", spent_at);
      wattle_json_pair_string (&writer, "successor", successor);
    }
  wattle_json_end_object (&writer);
  return g_string_free (text, FALSE);
}

/**
 * wattle_session_open:
 * @transaction: a write transaction
 * @user: who
 * @device: id of the device
 * @role: the role in use, one of the user's
 * @family: (nullable): of the sign-in that goes on; %NULL for a new one
 * @now: the instant
 * @tokens: (out): what the client gets
 * @error: the failure
 *
 * However often it is renewed, a sign-in ends after session_hours: its family
 * is named by the instant it began.
 */
gboolean
wattle_session_open (WattleTransaction *transaction,
                     WattleRecord *user,
                     const char *device,
                     int role,
                     const char *family,
                     gint64 now,
                     WattleTokens *tokens,
                     GError **error)
{
  const char *owner = wattle_record_id (user);
  g_autofree char *new_family = family != NULL ? g_strdup (family) : wattle_id_new_at (now);
  g_autofree char *value = write_row (device, role, new_family, 0, NULL);
  char access[WATTLE_TOKEN_HASH_SIZE], refresh[WATTLE_TOKEN_HASH_SIZE];
  gint64 hours = wattle_setting_get_integer (wattle_transaction_reader (transaction), "session_hours");
  gint64 end = wattle_id_time (new_family) + hours * WATTLE_HOUR;
  gint64 idle = wattle_setting_get_integer (wattle_transaction_reader (transaction), "patient_idle_minutes");
  gint64 access_life = role == WATTLE_ROLE_PATIENT ? PATIENT_ACCESS_LIFE : ACCESS_LIFE;
  gint64 refresh_life = role == WATTLE_ROLE_PATIENT ? PATIENT_ACCESS_LIFE + idle * WATTLE_MINUTE : REFRESH_LIFE;

  tokens->access = wattle_token_new ();
  tokens->refresh = wattle_token_new ();
  tokens->access_expires_at = MIN (now + access_life, end);
  tokens->refresh_expires_at = MIN (now + refresh_life, end);
  wattle_token_hash (tokens->access, access);
  wattle_token_hash (tokens->refresh, refresh);
  return wattle_transaction_keep_private (transaction, SESSION, access, owner, value, tokens->access_expires_at, error)
         && wattle_transaction_keep_private (transaction, REFRESH, refresh, owner, value, tokens->refresh_expires_at,
                                             error);
}

static char *
pack_tokens (const WattleTokens *tokens)
{
  return g_strdup_printf ("%s %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, tokens->access, tokens->refresh,
                          tokens->access_expires_at, tokens->refresh_expires_at);
}

static gboolean
unpack_tokens (const char *text, WattleTokens *tokens)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", 4);

  if (g_strv_length (parts) != 4)
    return FALSE;
  tokens->access = g_strdup (parts[0]);
  tokens->refresh = g_strdup (parts[1]);
  tokens->access_expires_at = g_ascii_strtoll (parts[2], NULL, 10);
  tokens->refresh_expires_at = g_ascii_strtoll (parts[3], NULL, 10);
  return TRUE;
}

/* A token that was spent: the same device gets the same answer again for half a minute; anything else is theft, and
 * ends every token of the sign-in (RFC 9700 s 4.14). */
static gboolean
answer_again (
  const char *token, const char *device, WattleJsonNode row, gint64 now, WattleRefresh *refresh, GError **error)
{
  gint64 spent_at = wattle_json_member_integer (row, "spent_at", 0);
  g_autofree char *packed = NULL;

  if (now - spent_at <= GRACE && g_strcmp0 (device, refresh->device) == 0)
    {
      packed = wattle_token_unwrap (token, wattle_json_member_string (row, "successor"), error);
      return packed != NULL && (unpack_tokens (packed, &refresh->tokens) || refuse (error));
    }
  refresh->reused = TRUE;
  return TRUE;
}

/**
 * wattle_session_refresh:
 * @transaction: a write transaction
 * @token: (nullable): a refresh token
 * @device: the device that presents it, its signature checked
 * @now: the instant
 * @refresh: (out): what came of it
 * @error: %WATTLE_ERROR_UNAUTHENTICATED
 *
 * Returns: %TRUE when the transaction is to be committed; see @refresh->reused
 */
gboolean
wattle_session_refresh (WattleTransaction *transaction,
                        const char *token,
                        const char *device,
                        gint64 now,
                        WattleRefresh *refresh,
                        GError **error)
{
  char hash[WATTLE_TOKEN_HASH_SIZE];
  g_autoptr (WattlePrivateRow) row = NULL;
  g_autoptr (WattleJson) json = NULL;
  g_autoptr (WattleRecord) user = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *packed = NULL;
  g_autofree char *wrapped = NULL;
  g_autofree char *value = NULL;
  const char *family;
  WattleJsonNode root;

  if (!wattle_token_hash (token, hash))
    return refuse (error);
  row = wattle_private_find (transaction, REFRESH, hash, &local);
  if (row == NULL)
    return refuse_missing (local, error);
  json = wattle_json_parse (row->value, -1, NULL, error);
  if (json == NULL)
    return FALSE;
  root = wattle_json_root (json);
  refresh->user = g_strdup (row->owner);
  refresh->device = g_strdup (wattle_json_member_string (root, "device"));
  refresh->family = g_strdup (wattle_json_member_string (root, "family"));
  refresh->role = wattle_json_member_integer (root, "role", WATTLE_ROLE_PATIENT);
  if (row->expires_at <= now)
    return refuse (error);
  if (wattle_json_member_string (root, "successor") != NULL)
    return answer_again (token, device, root, now, refresh, error);
  if (g_strcmp0 (device, refresh->device) != 0)
    return refuse (error);

  user = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_USER, row->owner, error);
  if (user == NULL)
    return FALSE;
  if ((wattle_record_get_integer (user, WATTLE_USER_ROLES) >> refresh->role & 1) == 0)
    return refuse (error);
  family = wattle_json_member_string (root, "family");
  if (!wattle_session_open (transaction, user, device, refresh->role, family, now, &refresh->tokens, error))
    return FALSE;
  packed = pack_tokens (&refresh->tokens);
  wrapped = wattle_token_wrap (token, packed);
  sodium_memzero (packed, strlen (packed));
  value = write_row (device, refresh->role, family, now, wrapped);
  return wattle_transaction_keep_private (transaction, REFRESH, hash, row->owner, value, row->expires_at, error);
}

static gboolean
end_rows (WattleTransaction *transaction, const char *kind, const WattleSessionEnd *which, GError **error)
{
  g_autoptr (GPtrArray) rows = wattle_transaction_privates (transaction, kind, which->user, G_MAXINT, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      WattlePrivateRow *row = rows->pdata[i];
      g_autoptr (WattleJson) json = wattle_json_parse (row->value, -1, NULL, NULL);
      WattleJsonNode root = json != NULL ? wattle_json_root (json) : (WattleJsonNode){ NULL, 0 };
      const char *family = wattle_json_member_string (root, "family");

      if ((which->device == NULL || g_strcmp0 (which->device, wattle_json_member_string (root, "device")) == 0)
          && (which->family == NULL || g_strcmp0 (which->family, family) == 0)
          && (which->except == NULL || g_strcmp0 (which->except, family) != 0)
          && !wattle_transaction_drop_private (transaction, kind, row->key, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * wattle_session_end:
 * @transaction: a write transaction
 * @which: the sessions that end at once
 * @error: the failure
 */
gboolean
wattle_session_end (WattleTransaction *transaction, const WattleSessionEnd *which, GError **error)
{
  return end_rows (transaction, SESSION, which, error) && end_rows (transaction, REFRESH, which, error);
}
