/* provider.c: signing in with the practice's identity provider, and being signed out by it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/settings.h"
#include "server/api/effects.h"
#include "server/api/opening.h"
#include "server/auth/account.h"
#include "server/auth/audit.h"
#include "server/auth/counters.h"
#include "server/auth/credential.h"
#include "server/auth/subjects.h"
#include "server/auth/tokens.h"

#define BEGUN "oidc-begun"
#define LOGOUT "oidc-logout"
#define BEGUN_LIFE (10 * WATTLE_MINUTE)
#define LOGOUT_LIFE WATTLE_DAY
#define MAX_FORM 32768

typedef struct
{
  WattleOpening opening; /* first: its call is ours */
  WattleEffects *effects;
  char *state;
  char *nonce;
  const char *challenge;
  char *redirect_uri;
  char *begun_challenge;
  char *subject;
  gboolean email_verified;
  gboolean two_factors;
  char *statement; /* id of a logout statement */
  guint wait;
} Provider;

static void
provider_clear (Provider *self)
{
  wattle_opening_clear (&self->opening);
  g_clear_pointer (&self->effects, wattle_effects_free);
  g_free (self->state);
  g_free (self->nonce);
  g_free (self->redirect_uri);
  g_free (self->begun_challenge);
  g_free (self->subject);
  g_free (self->statement);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Provider, provider_clear)

static gboolean
has_provider (WattleCall *call, GError **error)
{
  if (call->server->oidc != NULL)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, "This practice has no identity provider.");
  return FALSE;
}

/* S256 of RFC 7636 s 4.2. */
static char *
challenge_of (const char *verifier)
{
  guint8 hash[crypto_hash_sha256_BYTES];
  char *text = g_malloc (64);

  crypto_hash_sha256 (hash, (const guint8 *) verifier, strlen (verifier));
  return sodium_bin2base64 (text, 64, hash, sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static gboolean
write_begin (WattleTransaction *transaction, gpointer data, GError **error)
{
  Provider *self = data;
  WattleServer *server = self->opening.call->server;
  WattleCounter counter = { "oidc", wattle_request_get_network (self->opening.call->request) };
  gint64 now = wattle_clock_now ();
  g_autofree char *value = g_strjoin (" ", self->nonce, self->challenge, self->redirect_uri, NULL);
  char hash[WATTLE_TOKEN_HASH_SIZE];

  if (!wattle_counter_take (transaction, server->keys, counter, 2 * server->limits.sign_ins_per_minute, 60, now,
                            &self->wait, error))
    return FALSE;
  if (self->wait > 0)
    return TRUE;
  wattle_token_hash (self->state, hash);
  return wattle_transaction_keep_private (transaction, BEGUN, hash, NULL, value, now + BEGUN_LIFE, error);
}

static gboolean
read_begin (Provider *self, GError **error)
{
  WattleCall *call = self->opening.call;
  const char *redirect_uri;

  if (!has_provider (call, error))
    return FALSE;
  self->challenge = wattle_call_string (call, "code_challenge", TRUE, error);
  if (self->challenge == NULL)
    return FALSE;
  redirect_uri = wattle_call_string (call, "redirect_uri", TRUE, error);
  if (redirect_uri == NULL)
    return FALSE;
  self->redirect_uri = g_strdup (redirect_uri);
  if (strlen (self->challenge) == 43
      && strspn (self->challenge, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == 43
      && wattle_oidc_is_loopback (redirect_uri) && strchr (redirect_uri, ' ') == NULL)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "redirect_uri",
                          "A browser is sent back to this computer alone, with an S256 challenge.");
  return FALSE;
}

void
wattle_api_oidc_begin (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Provider) self = { .opening.call = call };
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  GString *text;
  WattleJsonWriter writer;

  self.state = wattle_token_new ();
  self.nonce = wattle_token_new ();
  if (!read_begin (&self, &error) || !wattle_writer_run (call->server->writer, write_begin, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  if (self.wait > 0)
    {
      wattle_call_respond_wait (call, self.wait, "There were too many attempts. Wait before you try again.");
      return;
    }
  url = wattle_oidc_authorization_url (call->server->oidc, self.redirect_uri, self.state, self.nonce, self.challenge,
                                       &error);
  if (url == NULL)
    {
      wattle_call_respond_error (call, error);
      return;
    }
  text = g_string_new (NULL);
  writer = wattle_json_writer (text);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "url", url);
  wattle_json_pair_string (&writer, "state", self.state);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, text);
}

/* What was begun is finished once, whatever comes of it. */
static gboolean
take_begun (WattleTransaction *transaction, gpointer data, GError **error)
{
  Provider *self = data;
  const char *state = wattle_call_string (self->opening.call, "state", TRUE, error);
  g_autoptr (WattlePrivateRow) row = NULL;
  g_auto (GStrv) parts = NULL;
  char hash[WATTLE_TOKEN_HASH_SIZE];

  if (state == NULL)
    return FALSE;
  if (wattle_token_hash (state, hash))
    row = wattle_private_find (transaction, BEGUN, hash, NULL);
  parts = row != NULL && row->expires_at > wattle_clock_now () ? g_strsplit (row->value, " ", 3) : NULL;
  if (parts == NULL || g_strv_length (parts) != 3)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "state",
                              "This sign-in was not begun here, or too long ago. Begin again.");
      return FALSE;
    }
  self->nonce = g_strdup (parts[0]);
  self->begun_challenge = g_strdup (parts[1]);
  self->redirect_uri = g_strdup (parts[2]);
  return wattle_transaction_drop_private (transaction, BEGUN, hash, error);
}

/* Finds out who it is, by the provider's name. */
static gboolean
redeem (Provider *self, GError **error)
{
  WattleCall *call = self->opening.call;
  WattleOidcCode code = { 0 };
  WattleOidcPerson person = { 0 };
  g_autofree char *challenge = NULL;

  if (!has_provider (call, error) || (code.code = wattle_call_string (call, "code", TRUE, error)) == NULL
      || (code.verifier = wattle_call_string (call, "code_verifier", TRUE, error)) == NULL
      || !wattle_writer_run (call->server->writer, take_begun, self, error))
    return FALSE;
  challenge = challenge_of (code.verifier);
  if (sodium_memcmp (challenge, self->begun_challenge, 43) != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "code_verifier",
                              "This sign-in was begun by another program. Begin again.");
      return FALSE;
    }
  code.redirect_uri = self->redirect_uri;
  code.nonce = self->nonce;
  if (!wattle_oidc_redeem (call->server->oidc, &code, wattle_clock_now (), &person, error))
    return FALSE;
  self->subject = person.subject;
  self->email_verified = person.email_verified;
  self->two_factors = person.two_factors;
  return TRUE;
}

/* Whoever could take over somebody's mail at the provider must not become them here: asked once, when the two meet. */
static gboolean
check_email (Provider *self, GError **error)
{
  if (self->email_verified)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "email_verified",
                          "The provider of your sign-in has not verified your e-mail address. Have it verified there, "
                          "and try again.");
  return FALSE;
}

/* A provider takes the place of password and code together or not at all. Where the practice wants a second factor of
 * its staff, or the person has one here, a sign-in that the provider let through with one alone is no sign-in. */
static gboolean
check_factors (Provider *self, WattleTransaction *transaction, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleRecord *user = self->opening.user;
  gboolean staff = wattle_record_get_integer (user, WATTLE_USER_ROLES) != 1 << WATTLE_ROLE_PATIENT;
  g_autoptr (WattleCredential) credential = wattle_credential_load (transaction, wattle_record_id (user), NULL);

  if (self->two_factors
      || !((staff && wattle_setting_get_boolean (reader, "second_factor_required"))
           || (credential != NULL && credential->totp != NULL)))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "second_factor",
                          "The provider of your sign-in asked for one factor alone, and two are wanted here. Turn on "
                          "the second one there, or sign in with your password and your code.");
  return FALSE;
}

/* An administrator linked an account that nobody has opened yet: this opens it. */
static gboolean
open_account (Provider *self, WattleTransaction *transaction, GError **error)
{
  WattleRecord *user = self->opening.user;
  g_autoptr (WattleCredential) credential = wattle_credential_load (transaction, wattle_record_id (user), NULL);

  if (credential == NULL)
    {
      credential = wattle_credential_new (wattle_record_id (user), NULL);
      if (!wattle_credential_save (credential, transaction, error))
        return FALSE;
    }
  if (wattle_record_get_integer (user, WATTLE_USER_STATUS) == WATTLE_USER_STATUS_INVITED)
    {
      g_autoptr (WattleRecord) after = wattle_record_copy (user);

      if (!check_email (self, error))
        return FALSE;
      wattle_record_set_integer (after, WATTLE_USER_STATUS, WATTLE_USER_STATUS_ACTIVE);
      if (!wattle_account_put (transaction, after, wattle_record_id (user), error))
        return FALSE;
      g_set_object (&self->opening.user, after);
    }
  if (wattle_account_is_open (self->opening.user))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, NULL, "This account is closed.");
  return FALSE;
}

static gboolean
write_finish (WattleTransaction *transaction, gpointer data, GError **error)
{
  Provider *self = data;
  WattleServer *server = self->opening.call->server;
  g_autofree char *id = wattle_subject_find (transaction, wattle_oidc_issuer (server->oidc), self->subject, error);

  if (id == NULL)
    return FALSE;
  self->opening.user = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_USER, id, error);
  if (self->opening.user == NULL || !open_account (self, transaction, error))
    return FALSE;
  self->opening.login = g_strdup (wattle_record_get_string (self->opening.user, WATTLE_USER_LOGIN));
  return check_factors (self, transaction, error) && wattle_opening_check_device (&self->opening, transaction, error)
         && wattle_opening_write (&self->opening, transaction, "oidc", error);
}

void
wattle_api_oidc_finish (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Provider) self = { .opening.call = call };
  g_autoptr (GError) error = NULL;

  if (wattle_opening_read_device (&self.opening, &error) && redeem (&self, &error)
      && wattle_writer_run (call->server->writer, write_finish, &self, &error))
    wattle_call_respond (call, 200, g_steal_pointer (&self.opening.answer));
  else
    wattle_call_respond_error (call, error);
}

static gboolean
write_link (WattleTransaction *transaction, gpointer data, GError **error)
{
  Provider *self = data;
  WattleCall *call = self->opening.call;

  return wattle_subject_link (transaction, wattle_oidc_issuer (call->server->oidc), self->subject,
                              wattle_call_actor (call)->user, error)
         && wattle_call_audit (call, transaction, "account.oidc.link", NULL, error);
}

void
wattle_api_oidc_link (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Provider) self = { .opening.call = call };
  g_autoptr (GError) error = NULL;

  if (redeem (&self, &error) && check_email (&self, &error)
      && wattle_writer_run (call->server->writer, write_link, &self, &error))
    wattle_call_respond_empty (call);
  else
    wattle_call_respond_error (call, error);
}

static gboolean
write_unlink (WattleTransaction *transaction, gpointer data, GError **error)
{
  Provider *self = data;
  WattleCall *call = self->opening.call;

  return wattle_subject_unlink (transaction, wattle_call_actor (call)->user, error)
         && wattle_call_audit (call, transaction, "account.oidc.unlink", NULL, error);
}

void
wattle_api_oidc_unlink (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Provider) self = { .opening.call = call };
  g_autoptr (GError) error = NULL;

  if (wattle_writer_run (call->server->writer, write_unlink, &self, &error))
    wattle_call_respond_empty (call);
  else
    wattle_call_respond_error (call, error);
}

static gboolean
write_assign (WattleTransaction *transaction, gpointer data, GError **error)
{
  Provider *self = data;
  WattleCall *call = self->opening.call;
  const char *id = wattle_request_get_param (call->request, "id");
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleRecord) user = NULL;

  user = wattle_id_is_valid (id) ? wattle_reader_get (reader, WATTLE_RECORD_USER, id, NULL) : NULL;
  if (user == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "id", "There is no such person.");
      return FALSE;
    }
  return wattle_account_may_grant (wattle_call_actor (call), wattle_record_get_integer (user, WATTLE_USER_ROLES), error)
         && wattle_subject_link (transaction, wattle_oidc_issuer (call->server->oidc), self->subject, id, error)
         && wattle_call_audit (call, transaction, "user.oidc.link", user, error);
}

void
wattle_api_oidc_assign (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Provider) self = { .opening.call = call };
  g_autoptr (GError) error = NULL;
  const char *subject = wattle_call_string (call, "subject", TRUE, &error);

  if (subject != NULL && (*subject == '\0' || strlen (subject) > 255))
    wattle_set_field_error (&error, WATTLE_ERROR_INVALID, "subject", "This is not the name of a provider's user.");
  self.subject = g_strdup (subject);
  if (error == NULL && has_provider (call, &error)
      && wattle_writer_run (call->server->writer, write_assign, &self, &error))
    wattle_call_respond_empty (call);
  else
    wattle_call_respond_error (call, error);
}

/* A statement counts once; one about nobody here is good all the same. */
static gboolean
write_logout (WattleTransaction *transaction, gpointer data, GError **error)
{
  Provider *self = data;
  WattleCall *call = self->opening.call;
  const char *issuer = wattle_oidc_issuer (call->server->oidc);
  g_autofree char *digest = wattle_keys_digest (call->server->keys, self->statement);
  g_autoptr (WattlePrivateRow) seen = wattle_private_find (transaction, LOGOUT, digest, NULL);
  g_autofree char *user = wattle_subject_find (transaction, issuer, self->subject, NULL);
  WattleActor actor = { .user = user, .role = -1 };
  WattleAudit act = { .action = "session.close", .reason = "oidc" };

  if (seen != NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "logout_token", "This was said before.");
      return FALSE;
    }
  if (!wattle_transaction_keep_private (transaction, LOGOUT, digest, NULL, "", wattle_clock_now () + LOGOUT_LIFE,
                                        error))
    return FALSE;
  return user == NULL
         || (wattle_effects_sign_out (self->effects, transaction, &(WattleSessionEnd){ .user = user }, error)
             && wattle_audit_write (transaction, &actor, wattle_request_get_peer (call->request), &act, error));
}

void
wattle_api_oidc_logout (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Provider) self = { .opening.call = call, .effects = wattle_effects_new () };
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) fields = NULL;
  gsize length;
  const char *data = g_bytes_get_data (wattle_request_get_body (call->request), &length);
  g_autofree char *text = g_strndup (data != NULL ? data : "", MIN (length, MAX_FORM));

  if (length <= MAX_FORM)
    fields = g_uri_parse_params (text, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  if (fields == NULL)
    wattle_set_field_error (&error, WATTLE_ERROR_INVALID, "logout_token", "This form could not be read.");
  if (error == NULL && has_provider (call, &error))
    self.subject = wattle_oidc_read_logout (call->server->oidc, g_hash_table_lookup (fields, "logout_token"),
                                            wattle_clock_now (), &self.statement, &error);
  if (error != NULL || !wattle_writer_run (call->server->writer, write_logout, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_effects_carry_out (self.effects, call->server);
  wattle_call_respond_empty (call);
}
