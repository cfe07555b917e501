/* call.c: one call on its way: route, session, body, answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/call.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "domain/settings.h"
#include "server/auth/audit.h"
#include "server/auth/credential.h"
#include "server/auth/passwords.h"

#define MAX_SLOW 32 /* calls that wait for a password to be hashed, or for an outside system */

void
wattle_call_free (WattleCall *self)
{
  if (self == NULL)
    return;
  if (self->held)
    wattle_request_unref (self->request);
  g_clear_pointer (&self->session, wattle_session_unref);
  g_clear_pointer (&self->json, wattle_json_free);
  g_free (self);
}

/**
 * wattle_call_hold:
 * @self: a call that is answered after its handler returned
 */
void
wattle_call_hold (WattleCall *self)
{
  if (!self->held)
    wattle_request_hold (self->request);
  self->held = TRUE;
}

const WattleActor *
wattle_call_actor (WattleCall *self)
{
  return self->session != NULL ? &self->session->actor : NULL;
}

/**
 * wattle_call_respond:
 * @self: a call
 * @status: of HTTP
 * @json: (transfer full): the body
 */
void
wattle_call_respond (WattleCall *self, guint status, GString *json)
{
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (json);

  wattle_request_respond (self->request, status, "application/json", bytes);
}

void
wattle_call_respond_empty (WattleCall *self)
{
  wattle_request_respond (self->request, 204, NULL, NULL);
}

void
wattle_call_respond_error (WattleCall *self, const GError *error)
{
  wattle_request_respond_error (self->request, error);
}

/**
 * wattle_call_respond_wait:
 * @self: a call
 * @seconds: how long to wait
 * @message: why
 */
void
wattle_call_respond_wait (WattleCall *self, guint seconds, const char *message)
{
  g_autofree char *text = g_strdup_printf ("%u", seconds);

  wattle_request_set_header (self->request, "Retry-After", text);
  wattle_request_respond_failure (self->request, 0, WATTLE_ERROR_RATE_LIMITED, NULL, message);
}

/**
 * wattle_call_string:
 * @self: a call with a JSON body
 * @name: of a member
 * @required: whether it must be there
 * @error: names the member
 *
 * Returns: (transfer none) (nullable): its text
 */
const char *
wattle_call_string (WattleCall *self, const char *name, gboolean required, GError **error)
{
  WattleJsonNode node = wattle_json_member (self->body, name);
  const char *text = wattle_json_string (node);

  if (text == NULL && (required || (wattle_json_exists (node) && wattle_json_kind (node) != WATTLE_JSON_NULL)))
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, name, "“%s” must be a text.", name);
  return text;
}

/**
 * wattle_call_number:
 * @self: a call
 * @name: of a parameter of the query
 * @fallback: when it is not there
 * @max: largest good value; the smallest is 0
 * @value: (out): the number
 * @error: names the parameter
 */
gboolean
wattle_call_number (WattleCall *self, const char *name, gint64 fallback, gint64 max, gint64 *value, GError **error)
{
  const char *text = wattle_request_get_query (self->request, name);

  *value = fallback;
  if (text == NULL || g_ascii_string_to_signed (text, 10, 0, max, value, NULL))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, name, "“%s” is a number from 0 to %" G_GINT64_FORMAT ".", name,
                          max);
  return FALSE;
}

static guint
password_minimum (WattleTransaction *transaction, const char *user)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleCredential) credential = user != NULL ? wattle_credential_load (transaction, user, NULL) : NULL;
  guint minimum = wattle_setting_get_integer (reader, "password_minimum");

  if ((credential != NULL && credential->totp != NULL) || wattle_setting_get_boolean (reader, "second_factor_required"))
    return minimum;
  return MAX (minimum, WATTLE_PASSWORD_ALONE);
}

/* What anybody who knows the person would try first. */
static char *
own_words (WattleTransaction *transaction, const char *user, const char *own)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autofree char *id = wattle_transaction_meta (transaction, "practice", NULL);
  g_autoptr (WattleRecord) practice = id != NULL ? wattle_reader_get (reader, WATTLE_RECORD_PRACTICE, id, NULL) : NULL;
  g_autoptr (WattleRecord) record = user != NULL ? wattle_reader_get (reader, WATTLE_RECORD_USER, user, NULL) : NULL;
  const char *login = record != NULL ? wattle_record_get_string (record, WATTLE_USER_LOGIN) : NULL;
  const char *name = record != NULL ? wattle_record_get_string (record, WATTLE_USER_DISPLAY_NAME) : NULL;

  return g_strdup_printf ("wattle %s %s %s %s", own != NULL ? own : "", login != NULL ? login : "",
                          name != NULL ? name : "",
                          practice != NULL ? wattle_record_get_string (practice, WATTLE_PRACTICE_NAME) : "");
}

/**
 * wattle_call_hash_password:
 * @self: a call
 * @password: (nullable): what somebody wants as a password
 * @user: (nullable): id of the user, when there is one already
 * @own: (nullable): names of a user who is being made
 * @field: the JSON name for errors
 * @error: %WATTLE_ERROR_INVALID when it may not be one
 *
 * Returns: (transfer full) (nullable): its hash
 */
char *
wattle_call_hash_password (
  WattleCall *self, const char *password, const char *user, const char *own, const char *field, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->server->store, error);
  g_autofree char *words = NULL;
  guint minimum;

  if (transaction == NULL)
    return NULL;
  minimum = password_minimum (transaction, user);
  words = own_words (transaction, user, own);
  g_clear_pointer (&transaction, wattle_transaction_free);
  return wattle_password_check (password, words, minimum, field, error) ? wattle_password_hash (password, error) : NULL;
}

/**
 * wattle_call_audit:
 * @self: a call with a session
 * @transaction: the write transaction of the act
 * @action: what was done
 * @object: (nullable): to what
 * @error: the failure
 */
gboolean
wattle_call_audit (
  WattleCall *self, WattleTransaction *transaction, const char *action, WattleRecord *object, GError **error)
{
  WattleAudit act = { action };

  if (object != NULL)
    {
      act.object_type = wattle_record_type (object)->nick;
      act.object = wattle_record_id (object);
      if (wattle_record_type (object)->scope == WATTLE_SCOPE_PATIENT)
        act.patient = wattle_record_scope_id (object);
    }
  return wattle_audit_write (transaction, wattle_call_actor (self), wattle_request_get_peer (self->request), &act,
                             error);
}

/**
 * wattle_call_bearer:
 * @request: a request
 *
 * Returns: (nullable): the token it carries, not checked
 */
const char *
wattle_call_bearer (WattleRequest *request)
{
  const char *header = wattle_request_get_header (request, "Authorization");

  return header != NULL && g_ascii_strncasecmp (header, "Bearer ", 7) == 0 ? header + 7 : NULL;
}

static gboolean
check_schema (WattleCall *self)
{
  const char *header = wattle_request_get_header (self->request, "Wattle-Schema");
  gint64 schema;

  if (header == NULL || strcmp (self->route->name, "hello") == 0)
    return TRUE;
  if (g_ascii_string_to_signed (header, 10, WATTLE_MINIMUM_SCHEMA, G_MAXINT32, &schema, NULL))
    return TRUE;
  wattle_request_respond_failure (self->request, 426, WATTLE_ERROR_UNSUPPORTED, "Wattle-Schema",
                                  "This program is too old for the server. Install the new version; what waits to be "
                                  "sent is kept.");
  return FALSE;
}

/* Seconds to wait; 0 to go on. */
static guint
count_call (WattleCall *self)
{
  const WattleLimits *limits = &self->server->limits;

  if (self->session == NULL)
    return self->route->flags & WATTLE_CALL_PUBLIC
             ? wattle_rates_take (self->server->rates, "public", wattle_request_get_network (self->request),
                                  limits->public_calls_per_minute, 60)
             : 0;
  if (self->route->flags & WATTLE_CALL_SYNC)
    return wattle_rates_take (self->server->rates, "sync", self->session->actor.user, limits->sync_calls_per_minute,
                              60);
  return wattle_rates_take (self->server->rates, "calls", self->session->actor.user, limits->calls_per_minute, 60);
}

static gboolean
check_session (WattleCall *self, GError **error)
{
  const WattleSession *session = self->session;

  if (session == NULL || self->route->flags & (WATTLE_CALL_EARLY | WATTLE_CALL_PUBLIC))
    return TRUE;
  if (session->parting && !(self->route->flags & WATTLE_CALL_PARTING))
    {
      wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "device.wipe",
                              "This device was removed from the practice: it may send what waits, and no more.");
      return FALSE;
    }
  if (session->pending)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "device",
                              "An administrator has to approve this device first.");
      return FALSE;
    }
  if (session->missing_factor)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "second_factor",
                              "This practice wants a second factor. Set it up first.");
      return FALSE;
    }
  return TRUE;
}

/* The role alone; a handler asks again with the object. */
static gboolean
check_policy (WattleCall *self, GError **error)
{
  const WattlePolicyRule *rule = wattle_policy_find (self->route->rule);

  if (rule != NULL && rule->flags & WATTLE_POLICY_PUBLIC)
    return TRUE;
  if (rule != NULL && self->session != NULL
      && wattle_policy_reach (self->route->rule, &self->session->actor, NULL) != WATTLE_REACH_NONE)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, NULL, "Your role does not allow this.");
  return FALSE;
}

/* A public call may have a session; a bad token is then as good as none. */
static gboolean
authenticate (WattleCall *self, GError **error)
{
  const char *token = wattle_call_bearer (self->request);
  gboolean is_public = (self->route->flags & WATTLE_CALL_PUBLIC) != 0;

  if (token == NULL && is_public)
    return TRUE;
  /* What is read again in the transaction of the act may rest on what was known a moment ago; a no may not. */
  if (self->route->flags & WATTLE_CALL_ASKS_AGAIN)
    {
      self->session = wattle_server_known_session (self->server, token);
      if (self->session != NULL && check_session (self, NULL) && check_policy (self, NULL))
        return TRUE;
      g_clear_pointer (&self->session, wattle_session_unref);
    }
  self->session = wattle_server_find_session (self->server, token, is_public ? NULL : error);
  return self->session != NULL || is_public;
}

/**
 * wattle_call_read_session:
 * @self: a call with a session
 * @transaction: the write transaction of the act
 * @error: %WATTLE_ERROR_UNAUTHENTICATED or %WATTLE_ERROR_FORBIDDEN
 *
 * Asks again who calls, in the order of commits: what was taken from somebody
 * before is not theirs any more, however long the call waited for its turn.
 */
gboolean
wattle_call_read_session (WattleCall *self, WattleTransaction *transaction, GError **error)
{
  const char *token = wattle_call_bearer (self->request);
  WattleSession *now = wattle_session_find (transaction, token, wattle_clock_now (), error);

  if (now == NULL)
    return FALSE;
  wattle_session_unref (self->session);
  self->session = now;
  return check_session (self, error) && check_policy (self, error);
}

static gboolean
read_body (WattleCall *self, GError **error)
{
  GBytes *bytes = wattle_request_get_body (self->request);
  const char *method = self->route->method;
  gsize size;
  const char *text;

  if (self->route->flags & (WATTLE_CALL_BYTES | WATTLE_CALL_NO_BODY) || strcmp (method, "GET") == 0
      || strcmp (method, "HEAD") == 0)
    return TRUE;
  text = g_bytes_get_data (bytes, &size);
  self->json = wattle_json_parse (size > 0 ? text : "{}", size > 0 ? (gssize) size : -1, NULL, error);
  if (self->json == NULL)
    return FALSE;
  self->body = wattle_json_root (self->json);
  if (wattle_json_kind (self->body) == WATTLE_JSON_OBJECT)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, "The body must be a JSON object.");
  return FALSE;
}

void
wattle_call_run_slow (gpointer data, gpointer server)
{
  WattleCall *call = data;

  call->route->handler (call);
}

static void
run (WattleCall *call)
{
  GThreadPool *pool = call->route->flags & WATTLE_CALL_OUTSIDE ? call->server->outside
                      : call->route->flags & WATTLE_CALL_SLOW  ? call->server->slow
                                                               : NULL;

  if (pool == NULL)
    {
      call->route->handler (call);
      return;
    }
  if (g_thread_pool_unprocessed (pool) >= MAX_SLOW)
    {
      wattle_request_respond_failure (call->request, 0, WATTLE_ERROR_BUSY, NULL,
                                      "Many people are signing in. Try again in a moment.");
      wattle_call_free (call);
      return;
    }
  wattle_call_hold (call);
  g_thread_pool_push (pool, call, NULL);
}

/**
 * wattle_call_dispatch:
 * @request: a request of one of the routes
 * @server: the #WattleServer
 *
 * The one way to every handler: version, session, rate, state of the device,
 * policy, body.
 */
void
wattle_call_dispatch (WattleRequest *request, gpointer server)
{
  g_autoptr (WattleCall) call = g_new0 (WattleCall, 1);
  g_autoptr (GError) error = NULL;
  guint wait;

  call->server = server;
  call->request = request;
  call->route = wattle_request_get_route (request)->data;
  if (!check_schema (call))
    return;
  if (call->route->flags & WATTLE_CALL_SOCKET) /* its first frame carries the token */
    {
      run (g_steal_pointer (&call));
      return;
    }
  if (!authenticate (call, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wait = count_call (call);
  if (wait > 0)
    {
      wattle_call_respond_wait (call, wait, "You are calling too often. Wait a moment.");
      return;
    }
  if (!check_session (call, &error) || !check_policy (call, &error) || !read_body (call, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  run (g_steal_pointer (&call));
}
