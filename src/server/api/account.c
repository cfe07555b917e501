/* account.c: a person's own password and second factor
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include "base/clock.h"
#include "base/error.h"
#include "server/api/effects.h"
#include "server/api/opening.h"
#include "server/auth/counters.h"
#include "server/auth/credential.h"
#include "server/auth/passwords.h"
#include "server/auth/totp.h"

typedef struct
{
  WattleCall *call;
  WattleEffects *effects;
  char *hash;
  GString *answer;
} Work;

static void
work_clear (Work *self)
{
  g_clear_pointer (&self->effects, wattle_effects_free);
  g_clear_pointer (&self->hash, g_free);
  if (self->answer != NULL)
    g_string_free (self->answer, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

/* Asking for the password of who is signed in; wrong ones make the next wait, as at a sign-in. */
typedef struct
{
  WattleCall *call;
  guint wait;
} Asking;

static WattleCounter
tries_of (WattleCall *call)
{
  return (WattleCounter){ "confirm", wattle_call_actor (call)->user };
}

static gboolean
write_try (WattleTransaction *transaction, gpointer data, GError **error)
{
  Asking *self = data;
  WattleKeys *keys = self->call->server->keys;
  gint64 now = wattle_clock_now ();
  guint count;

  return wattle_counter_wait (transaction, keys, tries_of (self->call), now, &self->wait, error)
         && (self->wait > 0 || wattle_counter_try (transaction, keys, tries_of (self->call), now, &count, error));
}

static gboolean
write_success (WattleTransaction *transaction, gpointer data, GError **error)
{
  Asking *self = data;

  return wattle_counter_clear (transaction, self->call->server->keys, tries_of (self->call), error);
}

static gboolean
verify_own_password (WattleCall *call, const char *password, const char *member, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, error);
  g_autoptr (WattleCredential) credential = NULL;

  if (transaction != NULL)
    credential = wattle_credential_load (transaction, wattle_call_actor (call)->user, error);
  g_clear_pointer (&transaction, wattle_transaction_free);
  if (credential == NULL)
    return FALSE;
  if (wattle_password_verify (credential->hash, password))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, member, "This is not your password.");
  return FALSE;
}

/**
 * wattle_call_check_password:
 * @call: a call with a session and a JSON body
 * @member: where the password stands in it
 *
 * Answers the call when it is not the password; wrong ones make the next wait, as at a sign-in.
 *
 * Returns: whether it is the password of who is signed in
 */
gboolean
wattle_call_check_password (WattleCall *call, const char *member)
{
  WattleWriter *writer = call->server->writer;
  g_autoptr (GError) error = NULL;
  const char *password = wattle_call_string (call, member, TRUE, &error);
  Asking asking = { .call = call };

  if (password != NULL && wattle_writer_run (writer, write_try, &asking, &error))
    {
      if (asking.wait > 0)
        {
          wattle_call_respond_wait (call, asking.wait, "There were too many attempts. Wait before you try again.");
          return FALSE;
        }
      if (verify_own_password (call, password, member, &error)
          && wattle_writer_run (writer, write_success, &asking, &error))
        return TRUE;
    }
  wattle_call_respond_error (call, error);
  return FALSE;
}

void
wattle_api_confirm (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;

  if (wattle_call_check_password (call, "password"))
    wattle_call_respond_empty (call);
}

static gboolean
write_password (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  const WattleSession *session = self->call->session;
  g_autoptr (WattleCredential) credential = wattle_credential_load (transaction, session->actor.user, error);

  if (credential == NULL)
    return FALSE;
  g_free (credential->hash);
  credential->hash = g_steal_pointer (&self->hash);
  return wattle_credential_save (credential, transaction, error)
         && wattle_effects_sign_out (self->effects, transaction,
                                     &(WattleSessionEnd){ .user = session->actor.user, .except = session->family },
                                     error)
         && wattle_call_audit (self->call, transaction, "account.password", NULL, error);
}

void
wattle_api_password (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Work) self = { .call = call, .effects = wattle_effects_new () };
  g_autoptr (GError) error = NULL;
  const char *wanted;

  if (!wattle_call_check_password (call, "old"))
    return;
  wanted = wattle_call_string (call, "new", TRUE, &error);
  if (wanted == NULL
      || (self.hash = wattle_call_hash_password (call, wanted, wattle_call_actor (call)->user, NULL, "new", &error))
           == NULL
      || !wattle_writer_run (call->server->writer, write_password, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_effects_carry_out (self.effects, call->server);
  wattle_call_respond_empty (call);
}

static gboolean
write_totp_begin (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  const char *user = wattle_call_actor (self->call)->user;
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleCredential) credential = wattle_credential_load (transaction, user, error);
  g_autoptr (WattleRecord) record = wattle_reader_get (reader, WATTLE_RECORD_USER, user, NULL);
  g_autoptr (WattleRecord) practice =
    wattle_reader_get (reader, WATTLE_RECORD_PRACTICE, wattle_call_actor (self->call)->practice, NULL);
  g_autofree char *secret = wattle_totp_new_secret ();
  g_autofree char *context = g_strconcat ("totp:", user, NULL);
  g_autofree char *uri = NULL;
  WattleJsonWriter writer;

  if (credential == NULL)
    return FALSE;
  if (credential->totp != NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, NULL, "You have a second factor. Remove it first.");
      return FALSE;
    }
  g_free (credential->totp_pending);
  credential->totp_pending = wattle_keys_seal (self->call->server->keys, context, secret);
  uri =
    wattle_totp_uri (secret, practice != NULL ? wattle_record_get_string (practice, WATTLE_PRACTICE_NAME) : "Wattle",
                     record != NULL ? wattle_record_get_string (record, WATTLE_USER_LOGIN) : user);
  self->answer = g_string_new (NULL);
  writer = wattle_json_writer (self->answer);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "secret", secret);
  wattle_json_pair_string (&writer, "uri", uri);
  wattle_json_end_object (&writer);
  return wattle_credential_save (credential, transaction, error)
         && wattle_call_audit (self->call, transaction, "account.totp.begin", NULL, error);
}

/* Makes new recovery codes, to be shown once. */
static void
answer_codes (Work *self, WattleCredential *credential)
{
  g_autoptr (GPtrArray) codes = wattle_credential_new_recovery (credential, self->call->server->keys);
  WattleJsonWriter writer;

  self->answer = g_string_new (NULL);
  writer = wattle_json_writer (self->answer);
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "recovery_codes");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < codes->len; i++)
    wattle_json_put_string (&writer, codes->pdata[i]);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
}

static gboolean
write_recovery (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  g_autoptr (WattleCredential) credential = NULL;

  credential = wattle_credential_load (transaction, wattle_call_actor (self->call)->user, error);
  if (credential == NULL)
    return FALSE;
  if (credential->totp == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, NULL, "Recovery codes stand in for a second factor. Set "
                                                                  "that up first.");
      return FALSE;
    }
  answer_codes (self, credential);
  return wattle_credential_save (credential, transaction, error)
         && wattle_call_audit (self->call, transaction, "account.recovery", NULL, error);
}

static gboolean
write_totp_confirm (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  WattleServer *server = self->call->server;
  const char *user = wattle_call_actor (self->call)->user;
  const char *code = wattle_call_string (self->call, "code", TRUE, error);
  g_autoptr (WattleCredential) credential = NULL;

  if (code == NULL)
    return FALSE;
  credential = wattle_credential_load (transaction, user, error);
  if (credential == NULL)
    return FALSE;
  if (credential->totp_pending == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, NULL, "There is no second factor waiting to be confirmed.");
      return FALSE;
    }
  g_free (credential->totp);
  credential->totp = g_steal_pointer (&credential->totp_pending);
  g_ptr_array_set_size (credential->recovery, 0);
  if (!wattle_credential_use_code (credential, server->keys, code, wattle_clock_now (), error))
    return FALSE;
  answer_codes (self, credential);
  return wattle_credential_save (credential, transaction, error)
         && wattle_call_audit (self->call, transaction, "account.totp.confirm", NULL, error);
}

static gboolean
write_totp_drop (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  g_autoptr (WattleCredential) credential = NULL;

  credential = wattle_credential_load (transaction, wattle_call_actor (self->call)->user, error);
  if (credential == NULL)
    return FALSE;
  g_clear_pointer (&credential->totp, g_free);
  g_clear_pointer (&credential->totp_pending, g_free);
  g_ptr_array_set_size (credential->recovery, 0);
  return wattle_credential_save (credential, transaction, error)
         && wattle_call_audit (self->call, transaction, "account.totp.drop", NULL, error);
}

static void
write_and_answer (WattleCall *call, WattleWriterRun run)
{
  g_auto (Work) self = { .call = call };
  g_autoptr (GError) error = NULL;

  if (!wattle_writer_run (call->server->writer, run, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_server_forget_sessions (call->server);
  if (self.answer != NULL)
    wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
  else
    wattle_call_respond_empty (call);
}

void
wattle_api_totp_begin (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;

  write_and_answer (call, write_totp_begin);
}

void
wattle_api_totp_confirm (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  guint wait = wattle_rates_take (call->server->rates, "totp", wattle_call_actor (call)->user, 5, 60);

  if (wait > 0)
    wattle_call_respond_wait (call, wait, "There were too many attempts. Wait before you try again.");
  else
    write_and_answer (call, write_totp_confirm);
}

void
wattle_api_totp_drop (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;

  if (wattle_call_check_password (call, "password"))
    write_and_answer (call, write_totp_drop);
}

void
wattle_api_recovery (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;

  if (wattle_call_check_password (call, "password"))
    write_and_answer (call, write_recovery);
}

void
wattle_api_account (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  const WattleActor *actor = wattle_call_actor (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, &error);
  WattleReader *reader = transaction != NULL ? wattle_transaction_reader (transaction) : NULL;
  g_autoptr (WattleRecord) user = NULL;
  g_autoptr (WattleRecord) device = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  user = reader != NULL ? wattle_reader_get (reader, WATTLE_RECORD_USER, actor->user, &error) : NULL;
  if (user == NULL)
    {
      wattle_call_respond_error (call, error);
      return;
    }
  device = wattle_reader_get (reader, WATTLE_RECORD_DEVICE, actor->device, NULL);
  wattle_json_begin_object (&writer);
  wattle_opening_write_account (transaction, user, device, &writer);
  wattle_json_pair_string (&writer, "role", wattle_enum_nick (wattle_enum_find ("role"), actor->role));
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, g_steal_pointer (&text));
}
