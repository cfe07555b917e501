/* sessions.c: signing in, going on, changing the role, signing out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/settings.h"
#include "server/api/effects.h"
#include "server/auth/account.h"
#include "server/auth/audit.h"
#include "server/auth/credential.h"
#include "server/auth/passwords.h"
#include "server/auth/tokens.h"

#define CLOCK_WINDOW (5 * WATTLE_MINUTE)
#define DISABLE_AFTER 100 /* NIST SP 800-63B-4 s 3.2.2 */

/* A sign-in on its way to the writing thread and back. */
typedef struct
{
  WattleCall *call;
  char *login;
  const char *code;
  WattleRecord *user;
  char *new_hash; /* the password under today's costs */
  WattleJsonNode device;
  const char *device_id;
  char *new_device; /* id of the device that is enrolled */
  WattleTokens tokens;
  int role;
  GString *answer;
  gboolean disable;
} SignIn;

static void
sign_in_clear (SignIn *self)
{
  g_clear_pointer (&self->login, g_free);
  g_clear_object (&self->user);
  g_clear_pointer (&self->new_hash, g_free);
  g_clear_pointer (&self->new_device, g_free);
  wattle_tokens_clear (&self->tokens);
  if (self->answer != NULL)
    g_string_free (self->answer, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SignIn, sign_in_clear)

static gboolean
refuse_password (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, NULL, "The name or the password is not right.");
  return FALSE;
}

/* The role that a person most likely came to work in. */
static int
first_role (guint roles)
{
  static const int order[] = { WATTLE_ROLE_CLINICIAN, WATTLE_ROLE_RECEPTION,     WATTLE_ROLE_MANAGER,
                               WATTLE_ROLE_OWNER,     WATTLE_ROLE_ADMINISTRATOR, WATTLE_ROLE_PATIENT };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (roles >> order[i] & 1)
      return order[i];
  return WATTLE_ROLE_PATIENT;
}

static void
write_record (WattleJsonWriter *writer, const char *name, WattleRecord *record)
{
  wattle_json_name (writer, name);
  if (record != NULL)
    wattle_record_write_json (record, writer);
  else
    wattle_json_put_null (writer);
}

static void
write_instant (WattleJsonWriter *writer, const char *name, gint64 instant)
{
  char text[WATTLE_INSTANT_SIZE];

  wattle_instant_print (instant, text);
  wattle_json_pair_string (writer, name, text);
}

/* What sign-in, refresh and a change of role all answer. */
static GString *
describe_session (
  WattleTransaction *transaction, WattleRecord *user, const char *device_id, int role, const WattleTokens *tokens)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autofree char *practice_id = wattle_transaction_meta (transaction, "practice", NULL);
  g_autofree char *epoch = wattle_transaction_meta (transaction, "epoch", NULL);
  g_autoptr (WattleRecord) device = wattle_reader_get (reader, WATTLE_RECORD_DEVICE, device_id, NULL);
  g_autoptr (WattleRecord) practice = NULL;
  g_autoptr (WattleCredential) credential = wattle_credential_load (transaction, wattle_record_id (user), NULL);
  const WattleEnum *roles = wattle_enum_find ("role");
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  practice = practice_id != NULL ? wattle_reader_get (reader, WATTLE_RECORD_PRACTICE, practice_id, NULL) : NULL;
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "access_token", tokens->access);
  write_instant (&writer, "access_expires_at", tokens->access_expires_at);
  wattle_json_pair_string (&writer, "refresh_token", tokens->refresh);
  write_instant (&writer, "refresh_expires_at", tokens->refresh_expires_at);
  write_record (&writer, "user", user);
  write_record (&writer, "practice", practice);
  write_record (&writer, "device", device);
  wattle_json_name (&writer, "roles");
  wattle_record_write_field (user, WATTLE_USER_ROLES, &writer);
  wattle_json_pair_string (&writer, "role", wattle_enum_nick (roles, role));
  wattle_json_pair_string (&writer, "epoch", epoch);
  wattle_json_pair_string (&writer, "second_factor",
                           credential != NULL && credential->totp != NULL ? "enrolled" : "missing");
  wattle_json_pair_string (
    &writer, "device_status",
    device != NULL && wattle_record_get_integer (device, WATTLE_DEVICE_STATUS) == WATTLE_DEVICE_STATUS_ACTIVE
      ? "active"
      : "pending");
  wattle_json_end_object (&writer);
  return text;
}

/* The device proves that it is the one that was enrolled. */
static gboolean
check_signature (WattleTransaction *transaction,
                 const char *device_id,
                 const char *user,
                 const char *message,
                 const char *time,
                 const char *signature,
                 GError **error)
{
  g_autoptr (WattleRecord) device = NULL;
  gint64 at;

  device = device_id != NULL && wattle_id_is_valid (device_id)
             ? wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_DEVICE, device_id, NULL)
             : NULL;
  if (device == NULL || (user != NULL && g_strcmp0 (wattle_record_get_string (device, WATTLE_DEVICE_USER), user) != 0))
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "device.id", "This device is not one of yours.");
      return FALSE;
    }
  if (wattle_record_get_integer (device, WATTLE_DEVICE_STATUS) == WATTLE_DEVICE_STATUS_REVOKED
      || !wattle_device_verify (wattle_record_get_string (device, WATTLE_DEVICE_PUBLIC_KEY), signature, message))
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "device", "This device is not one of yours.");
      return FALSE;
    }
  if (time == NULL || !wattle_instant_parse (time, &at, NULL) || ABS (at - wattle_clock_now ()) > CLOCK_WINDOW)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "time",
                              "The clock of this computer is more than five minutes off. Set it and try again.");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_device (SignIn *self, WattleTransaction *transaction, GError **error)
{
  const char *time = wattle_call_string (self->call, "time", FALSE, NULL);
  g_autofree char *message = NULL;

  if (self->device_id == NULL)
    return TRUE;
  message = g_strdup_printf ("wattle-sign-in:%s:%s:%s", self->device_id,
                             wattle_call_string (self->call, "login", FALSE, NULL), time != NULL ? time : "");
  return check_signature (transaction, self->device_id, wattle_record_id (self->user), message, time,
                          wattle_call_string (self->call, "challenge_signature", FALSE, NULL), error);
}

/* The device that signs in for the first time. */
static gboolean
enrol (SignIn *self, WattleTransaction *transaction, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_DEVICE);
  g_autoptr (WattleRecord) device = wattle_record_new (WATTLE_RECORD_DEVICE);
  g_autofree char *id = wattle_id_new ();
  gboolean pending = wattle_record_get_integer (self->user, WATTLE_USER_ROLES) != 1 << WATTLE_ROLE_PATIENT
                     && wattle_setting_get_boolean (reader, "approve_devices");
  gint64 now = wattle_clock_now ();
  guint limit = self->call->server->limits.devices_per_user;

  wattle_query_where_text (&query, WATTLE_DEVICE_USER, wattle_record_id (self->user));
  wattle_query_where (&query, WATTLE_DEVICE_STATUS, WATTLE_COMPARE_ONE_OF,
                      1 << WATTLE_DEVICE_STATUS_PENDING | 1 << WATTLE_DEVICE_STATUS_ACTIVE);
  if (limit > 0 && wattle_reader_count (reader, &query, NULL) >= limit)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "device",
                              "You have %u devices already. Remove one that you no longer use.", limit);
      return FALSE;
    }
  wattle_record_set_id (device, id);
  wattle_record_set_string (device, WATTLE_DEVICE_USER, wattle_record_id (self->user));
  wattle_record_set_string (device, WATTLE_DEVICE_NAME, wattle_json_member_string (self->device, "name"));
  wattle_record_set_string (device, WATTLE_DEVICE_PUBLIC_KEY, wattle_json_member_string (self->device, "public_key"));
  wattle_record_set_string (device, WATTLE_DEVICE_SYSTEM, wattle_json_member_string (self->device, "system"));
  wattle_record_set_integer (device, WATTLE_DEVICE_STATUS,
                             pending ? WATTLE_DEVICE_STATUS_PENDING : WATTLE_DEVICE_STATUS_ACTIVE);
  wattle_record_set_integer (device, WATTLE_DEVICE_ENROLLED_AT, now);
  wattle_record_set_integer (device, WATTLE_DEVICE_LAST_SEEN_AT, now);
  if (!wattle_account_put (transaction, device, wattle_record_id (self->user), error))
    return FALSE;
  self->new_device = g_steal_pointer (&id);
  self->device_id = self->new_device;
  return TRUE;
}

static gboolean
check_code (SignIn *self, WattleTransaction *transaction, GError **error)
{
  g_autoptr (WattleCredential) credential = wattle_credential_load (transaction, wattle_record_id (self->user), error);

  if (credential == NULL)
    return FALSE;
  if (self->new_hash != NULL)
    {
      g_free (credential->hash);
      credential->hash = g_steal_pointer (&self->new_hash);
    }
  if (credential->totp != NULL)
    {
      if (self->code == NULL)
        {
          wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "code", "Type the code of your authenticator.");
          return FALSE;
        }
      if (!wattle_credential_use_code (credential, self->call->server->keys, self->code, wattle_clock_now (), error))
        return FALSE;
    }
  return wattle_credential_save (credential, transaction, error);
}

static gboolean
write_sign_in (WattleTransaction *transaction, gpointer data, GError **error)
{
  SignIn *self = data;
  WattleActor actor = { .user = wattle_record_id (self->user), .role = self->role };
  WattleAudit act = { .action = "session.open" };

  if (!check_device (self, transaction, error) || !check_code (self, transaction, error)
      || (self->device_id == NULL && !enrol (self, transaction, error)))
    return FALSE;
  actor.device = self->device_id;
  act.object_type = "device";
  act.object = self->device_id;
  if (!wattle_session_open (transaction, self->user, self->device_id, self->role, NULL, wattle_clock_now (),
                            &self->tokens, error)
      || !wattle_audit_write (transaction, &actor, wattle_request_get_peer (self->call->request), &act, error))
    return FALSE;
  self->answer = describe_session (transaction, self->user, self->device_id, self->role, &self->tokens);
  return TRUE;
}

/* A failure is written down too, and after too many in a row the password counts no more. */
static gboolean
write_failure (WattleTransaction *transaction, gpointer data, GError **error)
{
  SignIn *self = data;
  WattleActor actor = { .user = self->user != NULL ? wattle_record_id (self->user) : NULL, .role = -1 };
  WattleAudit act = { .action = "session.open", .outcome = "refused" };
  g_autoptr (WattleCredential) credential = NULL;

  if (self->disable && self->user != NULL)
    {
      credential = wattle_credential_load (transaction, wattle_record_id (self->user), error);
      if (credential == NULL)
        return FALSE;
      credential->disabled = TRUE;
      act.reason = "disabled";
      if (!wattle_credential_save (credential, transaction, error))
        return FALSE;
    }
  return wattle_audit_write (transaction, &actor, wattle_request_get_peer (self->call->request), &act, error);
}

static void
ignore_done (gpointer data, const GError *error)
{
  SignIn *self = data;

  sign_in_clear (self);
  wattle_call_free (self->call);
  g_free (self);
}

/* Answers first and writes down afterwards, so that an unknown user takes no other time than a known one. */
static void
fail (SignIn *self, const GError *error)
{
  WattleServer *server = self->call->server;
  SignIn *later = g_new0 (SignIn, 1);

  later->disable = wattle_rates_failed (server->rates, self->login) == DISABLE_AFTER;
  wattle_call_respond_error (self->call, error);
  later->user = g_steal_pointer (&self->user);
  later->call = g_steal_pointer (&self->call);
  wattle_writer_submit (server->writer, write_failure, ignore_done, later);
}

/* Whether the password is right. Takes the same time for all who ask. */
static gboolean
check_password (SignIn *self, const char *password, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->call->server->store, error);
  g_autoptr (WattleCredential) credential = NULL;
  g_autofree char *hash = NULL;
  gboolean good;

  if (transaction == NULL)
    return FALSE;
  self->user = wattle_account_find (wattle_transaction_reader (transaction), self->login, NULL);
  if (self->user != NULL)
    credential = wattle_credential_load (transaction, wattle_record_id (self->user), NULL);
  if (credential != NULL)
    hash = g_strdup (credential->hash);
  good = wattle_password_verify (hash, password);
  if (!good || credential->disabled || !wattle_account_is_open (self->user))
    return refuse_password (error);
  if (wattle_password_is_old (hash))
    self->new_hash = wattle_password_hash (password, NULL);
  return TRUE;
}

static gboolean
read_device (SignIn *self, GError **error)
{
  const char *name;

  self->device = wattle_json_member (self->call->body, "device");
  self->device_id = wattle_json_member_string (self->device, "id");
  if (self->device_id != NULL)
    return TRUE;
  name = wattle_json_member_string (self->device, "name");
  if (name == NULL || *name == '\0' || g_utf8_strlen (name, -1) > 120)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "device.name", "Give this device a name.");
  else if (!wattle_device_key_is_valid (wattle_json_member_string (self->device, "public_key")))
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "device.public_key", "This is not a public key.");
  else
    return TRUE;
  return FALSE;
}

/* Seconds to wait before this address or this name may try. */
static guint
limit_sign_in (SignIn *self)
{
  WattleServer *server = self->call->server;
  guint wait = wattle_rates_take (server->rates, "sign-in", wattle_request_get_peer (self->call->request),
                                  server->limits.sign_ins_per_minute, 60);

  return wait > 0 ? wait : wattle_rates_wait (server->rates, self->login);
}

void
wattle_api_sign_in (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (SignIn) self = { .call = call };
  g_autoptr (GError) error = NULL;
  const char *password = wattle_call_string (call, "password", TRUE, &error);
  guint wait;

  if (error == NULL)
    self.login = wattle_login_fold (wattle_call_string (call, "login", TRUE, NULL), &error);
  if (error != NULL || !read_device (&self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  self.code = wattle_json_member_string (call->body, "code");
  wait = limit_sign_in (&self);
  if (wait > 0)
    {
      wattle_call_respond_wait (call, wait, "There were too many attempts. Wait before you try again.");
      return;
    }
  if (!check_password (&self, password, &error))
    {
      call = NULL;
      fail (&self, error);
      return;
    }
  self.role = first_role (wattle_record_get_integer (self.user, WATTLE_USER_ROLES));
  if (!wattle_writer_run (call->server->writer, write_sign_in, &self, &error))
    {
      /* A missing code is a question, and a device that a restored server has not seen enrols anew; a wrong code or
       * signature is an attempt. */
      if (wattle_error_get_code (error) == WATTLE_ERROR_UNAUTHENTICATED && self.code != NULL
          && g_strcmp0 (wattle_error_get_field (error), "device.id") != 0)
        {
          call = NULL;
          fail (&self, error);
          return;
        }
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_rates_succeeded (call->server->rates, self.login);
  wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
}

typedef struct
{
  WattleCall *call;
  WattleRefresh refresh;
  WattleEffects *effects;
  GString *answer;
} Rotation;

static gboolean
write_rotation (WattleTransaction *transaction, gpointer data, GError **error)
{
  Rotation *self = data;
  const char *token = wattle_call_string (self->call, "refresh_token", TRUE, error);
  const char *device = wattle_call_string (self->call, "device", FALSE, NULL);
  const char *time = wattle_call_string (self->call, "time", FALSE, NULL);
  g_autofree char *message = NULL;
  g_autoptr (WattleRecord) user = NULL;

  if (token == NULL)
    return FALSE;
  message = g_strdup_printf ("wattle-refresh:%s:%s", token, time != NULL ? time : "");
  if (!check_signature (transaction, device, NULL, message, time,
                        wattle_call_string (self->call, "signature", FALSE, NULL), error)
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
  self->answer = describe_session (transaction, user, self->refresh.device, self->refresh.role, &self->refresh.tokens);
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
  self->answer = describe_session (transaction, user, session->actor.device, self->role, &self->tokens);
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
