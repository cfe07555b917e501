/* sessions.c: signing in, going on, changing the role, signing out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "server/api/effects.h"
#include "server/api/opening.h"
#include "server/auth/account.h"
#include "server/auth/audit.h"
#include "server/auth/counters.h"
#include "server/auth/credential.h"
#include "server/auth/passwords.h"

#define DISABLE_AFTER 100 /* NIST SP 800-63B-4 s 3.2.2 */
#define WRONG_CODES 5
#define WRONG_CODES_SECONDS 900

/* A sign-in on its way to the writing thread and back. */
typedef struct
{
  WattleOpening opening;
  const char *code;
  char *hash;      /* what the password was compared with */
  char *new_hash;  /* the password under today's costs */
  GError *refusal; /* a wrong code: counted, so what was written stays */
  guint wait;      /* seconds */
  guint tries;     /* in a row, with this one */
} SignIn;

static void
sign_in_clear (SignIn *self)
{
  wattle_opening_clear (&self->opening);
  g_clear_pointer (&self->hash, g_free);
  g_clear_pointer (&self->new_hash, g_free);
  g_clear_error (&self->refusal);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SignIn, sign_in_clear)

static gboolean
refuse_password (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, NULL, "The name or the password is not right.");
  return FALSE;
}

static WattleCounter
tries_of (SignIn *self)
{
  return (WattleCounter){ "failures", self->opening.login };
}

static WattleCounter
wrong_codes_of (SignIn *self)
{
  return (WattleCounter){ "codes", wattle_record_id (self->opening.user) };
}

/* Whoever knows the password has five tries at the code, from whatever devices; then codes rest. */
static gboolean
may_try_code (SignIn *self, WattleTransaction *transaction, GError **error)
{
  if (!wattle_counter_is_full (transaction, self->opening.call->server->keys, wrong_codes_of (self), WRONG_CODES,
                               wattle_clock_now (), &self->wait, error))
    return FALSE;
  if (self->wait == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_RATE_LIMITED, "code",
                          "%d codes were wrong. Wait %u minutes, then sign in with a new one or a recovery code.",
                          WRONG_CODES, (self->wait + 59) / 60);
  return FALSE;
}

static gboolean
use_code (SignIn *self, WattleCredential *credential, WattleTransaction *transaction, GError **error)
{
  WattleKeys *keys = self->opening.call->server->keys;
  gint64 now = wattle_clock_now ();
  guint ignored;

  if (self->code == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "code", "Type the code of your authenticator.");
      return FALSE;
    }
  if (!may_try_code (self, transaction, error))
    return FALSE;
  if (wattle_credential_use_code (credential, keys, self->code, now, &self->refusal))
    return wattle_counter_clear (transaction, keys, wrong_codes_of (self), error);
  return wattle_counter_take (transaction, keys, wrong_codes_of (self), WRONG_CODES, WRONG_CODES_SECONDS, now, &ignored,
                              error);
}

/* Comparing takes long: a password that was changed meanwhile, or closed, opens nothing and does not come back. */
static gboolean
check_code (SignIn *self, WattleTransaction *transaction, GError **error)
{
  const char *user = wattle_record_id (self->opening.user);
  g_autoptr (WattleCredential) credential = wattle_credential_load (transaction, user, error);

  if (credential == NULL)
    return FALSE;
  if (credential->disabled || g_strcmp0 (credential->hash, self->hash) != 0)
    return refuse_password (error);
  if (self->new_hash != NULL)
    {
      g_free (credential->hash);
      credential->hash = g_steal_pointer (&self->new_hash);
    }
  return (credential->totp == NULL || use_code (self, credential, transaction, error))
         && wattle_credential_save (credential, transaction, error);
}

static gboolean
write_sign_in (WattleTransaction *transaction, gpointer data, GError **error)
{
  SignIn *self = data;

  if (!wattle_opening_check_device (&self->opening, transaction, error) || !check_code (self, transaction, error))
    return FALSE;
  return self->refusal != NULL
         || (wattle_counter_clear (transaction, self->opening.call->server->keys, tries_of (self), error)
             && wattle_opening_write (&self->opening, transaction, NULL, error));
}

/* A failure is written down too, and after too many in a row the password counts no more. */
static gboolean
write_failure (WattleTransaction *transaction, gpointer data, GError **error)
{
  SignIn *self = data;
  WattleActor actor = { .user = self->opening.user != NULL ? wattle_record_id (self->opening.user) : NULL, .role = -1 };
  WattleAudit act = { .action = "session.open", .outcome = "refused" };
  g_autoptr (WattleCredential) credential = NULL;

  if (self->tries >= DISABLE_AFTER && self->opening.user != NULL)
    {
      credential = wattle_credential_load (transaction, wattle_record_id (self->opening.user), error);
      if (credential == NULL)
        return FALSE;
      credential->disabled = TRUE;
      act.reason = "disabled";
      if (!wattle_credential_save (credential, transaction, error))
        return FALSE;
    }
  return wattle_audit_write (transaction, &actor, wattle_request_get_peer (self->opening.call->request), &act, error);
}

/* A question, not an attempt: the code was not given yet, or the device is not known any more. */
static gboolean
write_question (WattleTransaction *transaction, gpointer data, GError **error)
{
  SignIn *self = data;

  return wattle_counter_take_back (transaction, self->opening.call->server->keys, tries_of (self), error);
}

static void
ignore_done (gpointer data, const GError *error)
{
  SignIn *self = data;

  sign_in_clear (self);
  wattle_call_free (self->opening.call);
  g_free (self);
}

static void
respond_wait (SignIn *self, const char *message)
{
  wattle_call_respond_wait (self->opening.call, self->wait,
                            message != NULL ? message : "There were too many attempts. Wait before you try again.");
}

/* Answers first and writes down afterwards, so that an unknown user takes no other time than a known one. */
static void
fail (SignIn *self, const GError *error, WattleWriterRun run)
{
  WattleServer *server = self->opening.call->server;
  SignIn *later = g_new0 (SignIn, 1);

  if (self->wait > 0)
    respond_wait (self, error->message);
  else
    wattle_call_respond_error (self->opening.call, error);
  later->tries = self->tries;
  later->opening.login = g_steal_pointer (&self->opening.login);
  later->opening.user = g_steal_pointer (&self->opening.user);
  later->opening.call = g_steal_pointer (&self->opening.call);
  wattle_writer_submit (server->writer, run, ignore_done, later);
}

/* Whether the password is right. Takes the same time for all who ask. */
static gboolean
check_password (SignIn *self, const char *password, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->opening.call->server->store, error);
  g_autoptr (WattleCredential) credential = NULL;
  gboolean good;

  if (transaction == NULL)
    return FALSE;
  self->opening.user = wattle_account_find (wattle_transaction_reader (transaction), self->opening.login, NULL);
  if (self->opening.user != NULL)
    credential = wattle_credential_load (transaction, wattle_record_id (self->opening.user), NULL);
  if (credential != NULL)
    self->hash = g_strdup (credential->hash);
  good = wattle_password_verify (self->hash, password);
  if (!good || credential->disabled || !wattle_account_is_open (self->opening.user))
    return refuse_password (error);
  if (wattle_password_is_old (self->hash))
    self->new_hash = wattle_password_hash (password, NULL);
  return TRUE;
}

static WattleCounter
address_of (SignIn *self)
{
  return (WattleCounter){ "sign-in", wattle_request_get_network (self->opening.call->request) };
}

/* Whoever has to wait anyway costs no write. */
static gboolean
look_at_tries (SignIn *self, GError **error)
{
  WattleServer *server = self->opening.call->server;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (server->store, error);
  gint64 now = wattle_clock_now ();

  return transaction != NULL
         && wattle_counter_is_full (transaction, server->keys, address_of (self), server->limits.sign_ins_per_minute,
                                    now, &self->wait, error)
         && (self->wait > 0
             || wattle_counter_wait (transaction, server->keys, tries_of (self), now, &self->wait, error));
}

/* Counts this address and this name, before anything is known of them. */
static gboolean
write_try (WattleTransaction *transaction, gpointer data, GError **error)
{
  SignIn *self = data;
  WattleServer *server = self->opening.call->server;
  gint64 now = wattle_clock_now ();

  if (!wattle_counter_wait (transaction, server->keys, tries_of (self), now, &self->wait, error))
    return FALSE;
  if (self->wait > 0)
    return TRUE;
  if (!wattle_counter_take (transaction, server->keys, address_of (self), server->limits.sign_ins_per_minute, 60, now,
                            &self->wait, error))
    return FALSE;
  return self->wait > 0
         || wattle_counter_try (transaction, server->keys, tries_of (self), now, &self->tries, error);
}

static gboolean
is_question (SignIn *self, const GError *error)
{
  const char *field = wattle_error_get_field (error);

  return wattle_error_get_code (error) != WATTLE_ERROR_UNAUTHENTICATED || g_strcmp0 (field, "device.id") == 0
         || (self->code == NULL && g_strcmp0 (field, "code") == 0);
}

/* A missing code is a question, and a device that a restored server has not seen enrols anew; a wrong code or
 * signature is an attempt. */
static void
open_session (SignIn *self)
{
  WattleCall *call = self->opening.call;
  g_autoptr (GError) error = NULL;

  if (!wattle_writer_run (call->server->writer, write_sign_in, self, &error))
    fail (self, error, is_question (self, error) ? write_question : write_failure);
  else if (self->refusal != NULL)
    fail (self, self->refusal, write_failure);
  else
    {
      wattle_call_respond (call, 200, g_steal_pointer (&self->opening.answer));
      wattle_call_free (call);
    }
}

void
wattle_api_sign_in (WattleCall *call)
{
  g_auto (SignIn) self = { .opening.call = call };
  g_autoptr (GError) error = NULL;
  const char *password = wattle_call_string (call, "password", TRUE, &error);

  if (error == NULL)
    self.opening.login = wattle_login_fold (wattle_call_string (call, "login", TRUE, NULL), &error);
  self.code = wattle_json_member_string (call->body, "code");
  if (error != NULL || !wattle_opening_read_device (&self.opening, &error) || !look_at_tries (&self, &error)
      || (self.wait == 0 && !wattle_writer_run (call->server->writer, write_try, &self, &error)))
    wattle_call_respond_error (call, error);
  else if (self.wait > 0)
    respond_wait (&self, NULL);
  else
    {
      if (check_password (&self, password, &error))
        open_session (&self);
      else
        fail (&self, error, write_failure);
      return;
    }
  wattle_call_free (call);
}

typedef struct
{
  WattleCall *call;
  WattleRefresh refresh;
  WattleEffects *effects;
  GString *answer;
} Rotation;

/* Once an hour is enough for a list of devices, and spares everybody a change of records at each refresh. */
static gboolean
note_seen (WattleTransaction *transaction, WattleRecord *device, GError **error)
{
  gint64 now = wattle_clock_now ();
  g_autoptr (WattleRecord) seen = NULL;

  if (now - wattle_record_get_integer (device, WATTLE_DEVICE_LAST_SEEN_AT) < WATTLE_HOUR)
    return TRUE;
  seen = wattle_record_copy (device);
  wattle_record_set_integer (seen, WATTLE_DEVICE_LAST_SEEN_AT, now);
  return wattle_account_put (transaction, seen, NULL, error);
}

static gboolean
write_rotation (WattleTransaction *transaction, gpointer data, GError **error)
{
  Rotation *self = data;
  const char *token = wattle_call_string (self->call, "refresh_token", TRUE, error);
  const char *device = wattle_call_string (self->call, "device", FALSE, NULL);
  const char *time = wattle_call_string (self->call, "time", FALSE, NULL);
  g_autofree char *message = NULL;
  g_autoptr (WattleRecord) known = NULL;
  g_autoptr (WattleRecord) user = NULL;
  WattleSignature given = { .device = device, .time = time };

  if (token == NULL)
    return FALSE;
  message = g_strdup_printf ("wattle-refresh:%s:%s", token, time != NULL ? time : "");
  given.message = message;
  given.signature = wattle_call_string (self->call, "signature", FALSE, NULL);
  known = wattle_opening_check_signature (transaction, &given, error);
  if (known == NULL || !wattle_opening_check_status (known, error)
      || !wattle_session_refresh (transaction, token, device, wattle_clock_now (), &self->refresh, error))
    return FALSE;
  if (self->refresh.reused)
    {
      WattleActor actor = { .user = self->refresh.user, .device = device, .role = self->refresh.role };
      WattleAudit act = { .action = "session.reuse", .outcome = "refused" };

      return wattle_effects_sign_out (self->effects, transaction,
                                      &(WattleSessionEnd){ self->refresh.user, NULL, self->refresh.family, NULL },
                                      error)
             && wattle_audit_write (transaction, &actor, wattle_request_get_peer (self->call->request), &act, error);
    }
  user = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_USER, self->refresh.user, error);
  if (user == NULL)
    return FALSE;
  if (!wattle_account_is_open (user))
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, NULL, "This account is closed.");
      return FALSE;
    }
  if (!note_seen (transaction, known, error))
    return FALSE;
  self->answer =
    wattle_opening_describe (transaction, user, self->refresh.device, self->refresh.role, &self->refresh.tokens);
  return TRUE;
}

void
wattle_api_refresh (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (WattleEffects) effects = wattle_effects_new ();
  g_autoptr (GError) error = NULL;
  Rotation self = { .call = call, .effects = effects };

  if (!wattle_writer_run (call->server->writer, write_rotation, &self, &error))
    wattle_call_respond_error (call, error);
  else if (self.refresh.reused)
    {
      wattle_effects_carry_out (effects, call->server);
      wattle_request_respond_failure (call->request, 0, WATTLE_ERROR_UNAUTHENTICATED, NULL,
                                      "This session was used twice and has ended. Sign in again.");
    }
  else
    wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
  if (self.answer != NULL)
    g_string_free (self.answer, TRUE);
  wattle_refresh_clear (&self.refresh);
}

typedef struct
{
  WattleCall *call;
  WattleEffects *effects;
  WattleTokens tokens;
  int role;
  GString *answer;
} Change;

static gboolean
write_role (WattleTransaction *transaction, gpointer data, GError **error)
{
  Change *self = data;
  const WattleSession *session = self->call->session;
  g_autoptr (WattleRecord) user = NULL;

  user = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_USER, session->actor.user, error);
  if (user == NULL)
    return FALSE;
  if ((wattle_record_get_integer (user, WATTLE_USER_ROLES) >> self->role & 1) == 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "role", "This is not one of your roles.");
      return FALSE;
    }
  /* The same sign-in goes on with new tokens, so that the socket of this device stays. */
  if (!wattle_session_end (transaction, &(WattleSessionEnd){ session->actor.user, NULL, session->family, NULL }, error)
      || !wattle_session_open (transaction, user, session->actor.device, self->role, session->family,
                               wattle_clock_now (), &self->tokens, error)
      || !wattle_call_audit (self->call, transaction, "session.role", NULL, error))
    return FALSE;
  self->answer = wattle_opening_describe (transaction, user, session->actor.device, self->role, &self->tokens);
  return TRUE;
}

void
wattle_api_set_role (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  Change self = { .call = call };
  const char *role = wattle_call_string (call, "role", TRUE, &error);

  self.role = role != NULL ? wattle_enum_parse (wattle_enum_find ("role"), role) : -1;
  if (error == NULL && self.role < 0)
    wattle_set_field_error (&error, WATTLE_ERROR_INVALID, "role", "There is no such role.");
  if (error == NULL && wattle_writer_run (call->server->writer, write_role, &self, &error))
    {
      wattle_server_forget_sessions (call->server);
      wattle_hub_scope (call->server->hub, wattle_call_actor (call)->user, NULL);
      wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
    }
  else
    wattle_call_respond_error (call, error);
  if (self.answer != NULL)
    g_string_free (self.answer, TRUE);
  wattle_tokens_clear (&self.tokens);
}

static gboolean
write_sign_out (WattleTransaction *transaction, gpointer data, GError **error)
{
  Change *self = data;
  const WattleSession *session = self->call->session;

  return wattle_effects_sign_out (self->effects, transaction,
                                  &(WattleSessionEnd){ session->actor.user, NULL, session->family, NULL }, error)
         && wattle_call_audit (self->call, transaction, "session.close", NULL, error);
}

void
wattle_api_sign_out (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (WattleEffects) effects = wattle_effects_new ();
  g_autoptr (GError) error = NULL;
  Change self = { .call = call, .effects = effects };

  if (!wattle_writer_run (call->server->writer, write_sign_out, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_effects_carry_out (effects, call->server);
  wattle_call_respond_empty (call);
}
