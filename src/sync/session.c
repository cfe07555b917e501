/* session.c: who is signed in at the server: identity, tokens, and calls made with them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/session-private.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "store/fingerprint.h"

/* A token is renewed before it ends, so that no call is sent in vain. */
#define RENEW_BEFORE (30 * WATTLE_SECOND)

WattleIdentity *
wattle_identity_ref (WattleIdentity *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
identity_clear (WattleIdentity *self)
{
  g_clear_object (&self->user);
  g_clear_object (&self->practice);
  g_free (self->device);
  g_free (self->epoch);
}

void
wattle_identity_unref (WattleIdentity *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) identity_clear);
}

static void
wipe (char **secret)
{
  if (*secret != NULL)
    sodium_memzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

/* The answer makes no sense; whether it does. */
gboolean
wattle_session_nonsense (const char *field, GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, field,
                          _("This is not the answer of a Wattle server, or not one that this version understands. "
                             "Nothing was changed."));
  return FALSE;
}

static WattleRecord *
member_record (WattleJsonNode answer, const char *name, WattleRecordType type)
{
  g_autoptr (WattleRecord) record = wattle_record_from_json (wattle_json_member (answer, name), NULL);

  if (record == NULL || wattle_record_type (record)->id != type || wattle_record_id (record) == NULL)
    return NULL;
  return g_steal_pointer (&record);
}

static WattleIdentity *
read_identity (WattleJsonNode answer)
{
  g_autoptr (WattleIdentity) self = g_atomic_rc_box_new0 (WattleIdentity);
  const char *role = wattle_json_member_string (answer, "role");
  const char *status = wattle_json_member_string (answer, "device_status");
  WattleJsonNode device = wattle_json_member (answer, "device");

  self->user = member_record (answer, "user", WATTLE_RECORD_USER);
  self->practice = member_record (answer, "practice", WATTLE_RECORD_PRACTICE);
  self->device = g_strdup (wattle_json_member_string (device, "id"));
  self->epoch = g_strdup (wattle_json_member_string (answer, "epoch"));
  self->approved = g_strcmp0 (status, "pending") != 0;
  if (self->user == NULL || self->practice == NULL || !wattle_id_is_valid (self->device) || self->epoch == NULL
      || role == NULL)
    return NULL;
  self->actor = (WattleActor){
    .practice = wattle_record_id (self->practice),
    .user = wattle_record_id (self->user),
    .device = self->device,
    .role = wattle_enum_parse (wattle_enum_find ("role"), role),
    .roles = wattle_record_get_integer (self->user, WATTLE_USER_ROLES),
    .practitioner = wattle_record_get_string (self->user, WATTLE_USER_PRACTITIONER),
    .patient = wattle_record_get_string (self->user, WATTLE_USER_PATIENT),
  };
  return self->actor.role >= 0 ? g_steal_pointer (&self) : NULL;
}

/* What is saved here belongs to one person of one practice, whoever answers at the address now. */
static gboolean
is_same_person (WattleSession *self, const WattleIdentity *identity, GError **error)
{
  if (self->identity == NULL
      || (g_strcmp0 (identity->actor.practice, self->identity->actor.practice) == 0
          && g_strcmp0 (identity->actor.user, self->identity->actor.user) == 0))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "server",
                          _("Another practice, or another person of this name, answers at this address. Nothing was "
                            "sent to it; your records and changes stay on this computer."));
  return FALSE;
}

/* Takes over what a sign-in, a refresh or what was kept says. */
static gboolean
take_answer (WattleSession *self, const char *text, gssize length, GError **error)
{
  g_autoptr (WattleJson) json = wattle_json_parse (text, length, NULL, NULL);
  g_autoptr (WattleIdentity) identity = NULL;
  WattleJsonNode answer;
  const char *access, *refresh, *expires;
  gint64 expires_at = 0;

  if (json == NULL)
    return wattle_session_nonsense (NULL, error);
  answer = wattle_json_root (json);
  access = wattle_json_member_string (answer, "access_token");
  refresh = wattle_json_member_string (answer, "refresh_token");
  expires = wattle_json_member_string (answer, "access_expires_at");
  identity = read_identity (answer);
  if (identity == NULL || (expires != NULL && !wattle_instant_parse (expires, &expires_at, NULL)))
    return wattle_session_nonsense (NULL, error);
  if (!is_same_person (self, identity, error))
    return FALSE;
  wipe (&self->access_token);
  wipe (&self->refresh_token);
  self->access_token = g_strdup (access);
  self->refresh_token = g_strdup (refresh);
  self->access_expires_at = expires_at;
  self->ended = FALSE;
  g_clear_pointer (&self->identity, wattle_identity_unref);
  self->identity = g_steal_pointer (&identity);
  return TRUE;
}

/* What is kept is an answer without its short-lived token; the refresh token only where one is held. */
gboolean
wattle_session_keep_tokens (WattleSession *self, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  WattleJsonWriter writer = wattle_json_writer (out);
  WattleIdentity *identity = self->identity;

  if (self->vault == NULL || identity == NULL)
    return TRUE;
  wattle_json_begin_object (&writer);
  if (self->refresh_token != NULL)
    wattle_json_pair_string (&writer, "refresh_token", self->refresh_token);
  wattle_json_name (&writer, "user");
  wattle_record_write_json (identity->user, &writer);
  wattle_json_name (&writer, "practice");
  wattle_record_write_json (identity->practice, &writer);
  wattle_json_name (&writer, "device");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", identity->device);
  wattle_json_end_object (&writer);
  wattle_json_pair_string (&writer, "epoch", identity->epoch);
  wattle_json_pair_string (&writer, "role", wattle_enum_nick (wattle_enum_find ("role"), identity->actor.role));
  wattle_json_pair_string (&writer, "device_status", identity->approved ? "active" : "pending");
  wattle_json_end_object (&writer);
  bytes = g_bytes_new (out->str, out->len);
  sodium_memzero (out->str, out->len);
  return wattle_vault_store_secret (self->vault, WATTLE_SECRET_SESSION, bytes, error);
}

/**
 * wattle_session_new:
 * @transport: how to reach the server
 *
 * Returns: (transfer full): a session in which nobody is signed in
 */
WattleSession *
wattle_session_new (WattleTransport *transport)
{
  WattleSession *self = g_new0 (WattleSession, 1);

  if (sodium_init () < 0)
    g_error ("libsodium does not start");
  g_mutex_init (&self->mutex);
  self->transport = g_object_ref (transport);
  return self;
}

void
wattle_session_free (WattleSession *self)
{
  wipe (&self->access_token);
  wipe (&self->refresh_token);
  wipe (&self->enrolment_code);
  g_clear_pointer (&self->device_key, sodium_free);
  g_clear_pointer (&self->identity, wattle_identity_unref);
  g_clear_object (&self->vault);
  g_clear_object (&self->transport);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * wattle_session_load:
 * @self: a session
 * @vault: an open vault
 * @error: %WATTLE_ERROR_NOT_FOUND when nobody signed in here before
 *
 * Takes the device key and what is known of the person from @vault, and keeps
 * what changes there from now on.
 */
gboolean
wattle_session_load (WattleSession *self, WattleVault *vault, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GBytes) key = wattle_vault_lookup_secret (vault, WATTLE_SECRET_DEVICE_KEY, error);
  g_autoptr (GBytes) kept = key != NULL ? wattle_vault_lookup_secret (vault, WATTLE_SECRET_SESSION, error) : NULL;

  if (kept == NULL)
    return FALSE;
  if (g_bytes_get_size (key) != crypto_sign_SECRETKEYBYTES)
    return wattle_session_nonsense (NULL, error);
  g_clear_pointer (&self->device_key, sodium_free);
  self->device_key = sodium_malloc (crypto_sign_SECRETKEYBYTES);
  if (self->device_key == NULL)
    g_error ("no memory for a key");
  memcpy (self->device_key, g_bytes_get_data (key, NULL), crypto_sign_SECRETKEYBYTES);
  g_set_object (&self->vault, vault);
  return take_answer (self, g_bytes_get_data (kept, NULL), g_bytes_get_size (kept), error);
}

/**
 * wattle_session_keep:
 * @self: a session after the first sign-in
 * @vault: an open vault
 * @error: the failure
 *
 * Keeps the device key and the session in @vault from now on.
 */
gboolean
wattle_session_keep (WattleSession *self, WattleVault *vault, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GBytes) key = g_bytes_new (self->device_key, crypto_sign_SECRETKEYBYTES);

  g_set_object (&self->vault, vault);
  return wattle_vault_store_secret (vault, WATTLE_SECRET_DEVICE_KEY, key, error)
         && wattle_session_keep_tokens (self, error);
}

/* Before the vault is locked. */
void
wattle_session_drop_vault (WattleSession *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  g_clear_object (&self->vault);
}

WattleTransport *
wattle_session_transport (WattleSession *self)
{
  return self->transport;
}

/**
 * wattle_session_identity:
 * @self: a session
 *
 * Returns: (transfer full) (nullable): who is signed in
 */
WattleIdentity *
wattle_session_identity (WattleSession *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->identity != NULL ? wattle_identity_ref (self->identity) : NULL;
}

/**
 * wattle_session_is_signed_in:
 * @self: a session
 *
 * Returns: whether calls can be made, now or when the server is reached again
 */
gboolean
wattle_session_is_signed_in (WattleSession *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->access_token != NULL || self->refresh_token != NULL;
}

/* Whether the server ended it, and nobody here did. */
gboolean
wattle_session_has_ended (WattleSession *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->ended;
}

/* The next call asks for new tokens, and so learns whether the session still stands. */
void
wattle_session_expire (WattleSession *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  wipe (&self->access_token);
}

void
wattle_session_pair_signature (
  WattleSession *self, WattleJsonWriter *writer, const char *name, const char *purpose, const char *subject)
{
  char time[40];
  g_autofree char *said = NULL;
  g_autofree char *text = NULL;
  guint8 signature[crypto_sign_BYTES];

  wattle_instant_print (wattle_clock_now (), time);
  said = g_strconcat (purpose, ":", subject, ":", time, NULL);
  crypto_sign_detached (signature, NULL, (const guint8 *) said, strlen (said), self->device_key);
  sodium_memzero (said, strlen (said));
  text = g_base64_encode (signature, sizeof signature);
  wattle_json_pair_string (writer, "time", time);
  wattle_json_pair_string (writer, name, text);
}

void
wattle_session_note_wait (WattleSession *self, const WattleResponse *response)
{
  if (response->retry_after > 0 && (response->status == 429 || response->status == 503))
    __atomic_store_n (&self->wait_until,
                      wattle_clock_monotonic () + response->retry_after * (gint64) G_USEC_PER_SEC, __ATOMIC_RELAXED);
}

/**
 * wattle_session_wait:
 * @self: a session
 *
 * Returns: for how many microseconds the server asked to be left alone
 */
gint64
wattle_session_wait (WattleSession *self)
{
  gint64 left = __atomic_load_n (&self->wait_until, __ATOMIC_RELAXED) - wattle_clock_monotonic ();

  return MAX (left, 0);
}

/* A public call; the answer becomes the session. */
gboolean
wattle_session_ask_for_tokens (
  WattleSession *self, const char *path, const char *token, GString *body, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body->str, body->len);
  WattleRequest request = { .method = "POST", .path = path, .token = token, .body = bytes };
  g_auto (WattleResponse) response = { 0 };
  gsize length;
  const char *text;

  sodium_memzero (body->str, body->len);
  if (!wattle_transport_send (self->transport, &request, &response, cancellable, error))
    return FALSE;
  wattle_session_note_wait (self, &response);
  if (!wattle_response_check (&response, error))
    return FALSE;
  text = g_bytes_get_data (response.body, &length);
  return take_answer (self, text, length, error);
}

/**
 * wattle_session_say_wiped:
 * @self: a session whose device key is still in memory
 * @set_aside: (nullable): base64 of what was not sent, sealed
 * @cancellable: (nullable): to stop
 * @error: the server was not told
 *
 * Needs no tokens: the device proves itself by its key.
 */
gboolean
wattle_session_say_wiped (WattleSession *self, const char *set_aside, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (WattleResponse) response = { 0 };
  WattleRequest request = { .method = "POST", .path = "/devices/wiped" };
  WattleJsonWriter writer = wattle_json_writer (body);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "device", self->identity->device);
  wattle_session_pair_signature (self, &writer, "signature", "wattle-wiped", self->identity->device);
  if (set_aside != NULL)
    wattle_json_pair_string (&writer, "set_aside", set_aside);
  wattle_json_end_object (&writer);
  request.body = bytes = g_bytes_new (body->str, body->len);
  return wattle_transport_send (self->transport, &request, &response, cancellable, error)
         && wattle_response_check (&response, error);
}

/**
 * wattle_session_fingerprint:
 * @self: a session
 *
 * Returns: (transfer full) (nullable): of this device's key, to be compared by two people
 */
char *
wattle_session_fingerprint (WattleSession *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autofree char *key = NULL;

  if (self->device_key == NULL)
    return NULL;
  key = g_base64_encode (self->device_key + crypto_sign_SEEDBYTES, crypto_sign_PUBLICKEYBYTES);
  return wattle_key_fingerprint (key);
}

/**
 * wattle_session_set_enrolment_code:
 * @self: a session
 * @code: (nullable): what an administrator printed, so that the first sign-in on this computer need not wait
 */
void
wattle_session_set_enrolment_code (WattleSession *self, const char *code)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  wipe (&self->enrolment_code);
  self->enrolment_code = g_strdup (code);
}

static gboolean
refresh (WattleSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GError) local = NULL;
  WattleJsonWriter writer = wattle_json_writer (body);

  if (self->refresh_token == NULL || self->identity == NULL)
    {
      wattle_set_field_error (
        error, WATTLE_ERROR_UNAUTHENTICATED, NULL,
        _("You are not signed in at the server. Changes are kept on this computer; sign in again "
           "to send them."));
      return FALSE;
    }
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "refresh_token", self->refresh_token);
  wattle_json_pair_string (&writer, "device", self->identity->device);
  wattle_session_pair_signature (self, &writer, "signature", "wattle-refresh", self->refresh_token);
  wattle_json_end_object (&writer);
  if (wattle_session_ask_for_tokens (self, "/sessions/refresh", NULL, body, cancellable, &local))
    return wattle_session_keep_tokens (self, error);
  if (g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED))
    {
      wipe (&self->access_token);
      wipe (&self->refresh_token);
      self->ended = TRUE;
      wattle_session_keep_tokens (self, NULL);
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * wattle_session_token:
 * @self: a session
 * @cancellable: (nullable): to stop
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): an access token that has some time left
 */
char *
wattle_session_token (WattleSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if ((self->access_token == NULL
       || (self->access_expires_at != 0 && self->access_expires_at - RENEW_BEFORE < wattle_clock_now ()))
      && !refresh (self, cancellable, error))
    return NULL;
  return g_strdup (self->access_token);
}

/**
 * wattle_session_vouch:
 * @self: a session
 * @statement: begins with words of its own, so that nothing else that is signed can be taken for it
 *
 * Returns: (transfer full) (nullable): the signature of this device's key in base64
 */
char *
wattle_session_vouch (WattleSession *self, const char *statement)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  guint8 signature[crypto_sign_BYTES];

  if (self->device_key == NULL)
    return NULL;
  crypto_sign_detached (signature, NULL, (const guint8 *) statement, strlen (statement), self->device_key);
  return g_base64_encode (signature, sizeof signature);
}

/* A token that the server no longer takes, unless another thread has renewed it meanwhile. */
static void
spend_token (WattleSession *self, const char *token)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (g_strcmp0 (self->access_token, token) == 0)
    wipe (&self->access_token);
}

/**
 * wattle_session_send:
 * @self: a session
 * @request: what to ask; its token is set here
 * @response: (out): the answer; clear it after use, also on failure
 * @cancellable: (nullable): to stop
 * @error: what the transport or the server said
 *
 * A signed-in call. Renews the tokens when they are spent.
 *
 * Returns: whether the server answered with success
 */
gboolean
wattle_session_send (WattleSession *self,
                     const WattleRequest *request,
                     WattleResponse *response,
                     GCancellable *cancellable,
                     GError **error)
{
  for (guint attempt = 0;; attempt++)
    {
      WattleRequest signed_in = *request;
      g_autofree char *token = wattle_session_token (self, cancellable, error);

      if (token == NULL)
        return FALSE;
      signed_in.token = token;
      if (!wattle_transport_send (self->transport, &signed_in, response, cancellable, error))
        return FALSE;
      wattle_session_note_wait (self, response);
      if (response->status != 401 || attempt > 0)
        return wattle_response_check (response, error);
      wattle_response_clear (response);
      spend_token (self, token);
    }
}

/**
 * wattle_session_call:
 * @self: a session
 * @method: "GET", "POST"…
 * @path: below /v1
 * @body: (nullable): JSON
 * @cancellable: (nullable): to stop
 * @error: what the transport or the server said
 *
 * Returns: (transfer full) (nullable): the answer; %NULL without an error when it is empty
 */
WattleJson *
wattle_session_call (WattleSession *self,
                     const char *method,
                     const char *path,
                     const char *body,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  WattleRequest request = { .method = method, .path = path, .body = bytes };
  g_auto (WattleResponse) response = { 0 };
  WattleJson *json;
  gsize length;
  const char *text;

  if (!wattle_session_send (self, &request, &response, cancellable, error))
    return NULL;
  text = g_bytes_get_data (response.body, &length);
  if (length == 0)
    return NULL;
  json = wattle_json_parse (text, length, NULL, NULL);
  if (json == NULL)
    wattle_session_nonsense (NULL, error);
  return json;
}

/**
 * wattle_session_set_role:
 * @self: a session
 * @role: one of the roles of the user
 * @cancellable: (nullable): to stop
 * @error: the failure; the role is as before
 */
gboolean
wattle_session_set_role (WattleSession *self, int role, GCancellable *cancellable, GError **error)
{
  g_autofree char *token = wattle_session_token (self, cancellable, error);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GString) body = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (body);

  if (token == NULL)
    return FALSE;
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "role", wattle_enum_nick (wattle_enum_find ("role"), role));
  wattle_json_end_object (&writer);
  return wattle_session_ask_for_tokens (self, "/sessions/role", token, body, cancellable, error)
         && wattle_session_keep_tokens (self, error);
}

/**
 * wattle_session_sign_out:
 * @self: a session
 * @cancellable: (nullable): to stop
 * @error: the server could not be told; here the tokens are gone all the same
 */
gboolean
wattle_session_sign_out (WattleSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WattleJson) answer = NULL;
  g_autoptr (GError) local = NULL;

  if (wattle_session_is_signed_in (self))
    answer = wattle_session_call (self, "DELETE", "/sessions/current", NULL, cancellable, &local);
  g_mutex_lock (&self->mutex);
  wipe (&self->access_token);
  wipe (&self->refresh_token);
  wattle_session_keep_tokens (self, NULL);
  g_mutex_unlock (&self->mutex);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
