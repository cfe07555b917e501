/* account.c: a person's own password and second factor
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include "base/clock.h"
#include "base/error.h"
#include "server/api/effects.h"
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

/* Asks for the password of who is signed in; wrong ones count as failed sign-ins. */
static gboolean
check_own_password (WattleCall *call, const char *member, GError **error)
{
  WattleServer *server = call->server;
  const char *user = wattle_call_actor (call)->user;
  const char *password = wattle_call_string (call, member, TRUE, error);
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (WattleCredential) credential = NULL;
  guint wait;

  if (password == NULL)
    return FALSE;
  wait = wattle_rates_wait (server->rates, user);
  if (wait > 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_RATE_LIMITED, member, "Wait %u seconds before you try again.", wait);
      return FALSE;
    }
  transaction = wattle_store_begin_read (server->store, error);
  credential = transaction != NULL ? wattle_credential_load (transaction, user, error) : NULL;
  g_clear_pointer (&transaction, wattle_transaction_free);
  if (credential == NULL)
    return FALSE;
  if (wattle_password_verify (credential->hash, password))
    {
      wattle_rates_succeeded (server->rates, user);
      return TRUE;
    }
  wattle_rates_failed (server->rates, user);
  wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, member, "This is not your password.");
  return FALSE;
}

void
wattle_api_confirm (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;

  if (check_own_password (call, "password", &error))
    wattle_call_respond_empty (call);
  else
    wattle_call_respond_error (call, error);
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

  if (!check_own_password (call, "old", &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wanted = wattle_call_string (call, "new", TRUE, &error);
  if (wanted == NULL || !wattle_password_check (wanted, NULL, wattle_call_password_minimum (call), "new", &error)
      || (self.hash = wattle_password_hash (wanted, &error)) == NULL
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

/* A wrong code counts as a failed sign-in. */
static gboolean
write_totp_confirm (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  WattleServer *server = self->call->server;
  const char *user = wattle_call_actor (self->call)->user;
  const char *code = wattle_call_string (self->call, "code", TRUE, error);
  g_autoptr (WattleCredential) credential = NULL;
  g_autoptr (GPtrArray) codes = NULL;
  WattleJsonWriter writer;

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
  codes = wattle_credential_new_recovery (credential, server->keys);
  self->answer = g_string_new (NULL);
  writer = wattle_json_writer (self->answer);
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "recovery_codes");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < codes->len; i++)
    wattle_json_put_string (&writer, codes->pdata[i]);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
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
  g_autoptr (GError) error = NULL;

  if (check_own_password (call, "password", &error))
    write_and_answer (call, write_totp_drop);
  else
    wattle_call_respond_error (call, error);
}
