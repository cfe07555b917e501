/* oidc.c: the identity provider of a practice that has one, OpenID Connect Core 1.0
 *
 * The server asks the provider itself, at hosts that the configuration fixes,
 * without redirects, bounded in size and time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/integrations/oidc/oidc.h"

#include <libsoup/soup.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "server/integrations/oidc/jwt.h"

#define TIMEOUT_SECONDS 5
#define SILENCE (10 * G_USEC_PER_SEC) /* so long is one that did not answer not asked again */
#define MAX_ANSWER (256 * 1024)
#define KEEP_DISCOVERY WATTLE_HOUR
#define KEYS_AGAIN WATTLE_MINUTE /* no sooner, whatever keys a statement names */
#define SKEW (2 * WATTLE_MINUTE)
#define LOGOUT_EVENT "http://schemas.openid.net/event/backchannel-logout"

struct _WattleOidc
{
  const WattleOidcConfig *config;
  GMutex lock; /* held while the provider is asked: by few threads, and one answer serves all */
  WattleJson *discovery;
  gint64 discovered_at; /* monotonic */
  WattleJson *keys;
  gint64 keys_at; /* monotonic */
  gint64 silent_until; /* monotonic */
};

static gboolean
refuse (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "id_token",
                          "What the provider of your sign-in sent could not be verified. Nobody was signed in.");
  return FALSE;
}

static gboolean
away (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_BUSY, "oidc",
                          "The provider of your sign-in does not answer as it should. Try again in a moment, or sign "
                          "in with your password.");
  return FALSE;
}

/**
 * wattle_oidc_is_loopback:
 * @uri: (nullable): where a browser shall be sent back to
 *
 * Returns: whether it is this machine by number, over plain HTTP, RFC 8252 s 7.3
 */
gboolean
wattle_oidc_is_loopback (const char *uri)
{
  g_autoptr (GUri) parsed = uri != NULL && strlen (uri) <= 256 ? g_uri_parse (uri, G_URI_FLAGS_NONE, NULL) : NULL;

  return parsed != NULL && strcmp (g_uri_get_scheme (parsed), "http") == 0 && g_uri_get_userinfo (parsed) == NULL
         && g_uri_get_fragment (parsed) == NULL && g_uri_get_port (parsed) > 0
         && (g_strcmp0 (g_uri_get_host (parsed), "127.0.0.1") == 0 || g_strcmp0 (g_uri_get_host (parsed), "::1") == 0);
}

/* Whether the server may ask there: fixed hosts, and TLS for all that is not this machine. */
static gboolean
is_allowed (const WattleOidcConfig *config, const char *uri)
{
  g_autoptr (GUri) issuer = g_uri_parse (config->issuer, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GUri) parsed = uri != NULL ? g_uri_parse (uri, G_URI_FLAGS_NONE, NULL) : NULL;
  g_auto (GStrv) hosts = g_strsplit (config->hosts != NULL ? config->hosts : "", ",", 32);
  const char *host = parsed != NULL ? g_uri_get_host (parsed) : NULL;
  gboolean known;

  if (issuer == NULL || host == NULL)
    return FALSE;
  known = g_strcmp0 (host, g_uri_get_host (issuer)) == 0;
  for (guint i = 0; hosts[i] != NULL; i++)
    known |= strcmp (g_strstrip (hosts[i]), host) == 0;
  return known && (strcmp (g_uri_get_scheme (parsed), "https") == 0 || wattle_oidc_is_loopback (uri));
}

/**
 * wattle_oidc_config_check:
 * @config: what the configuration says
 * @error: %WATTLE_ERROR_INVALID
 *
 * Returns: whether it can be used, or there is none
 */
gboolean
wattle_oidc_config_check (const WattleOidcConfig *config, GError **error)
{
  if (config->issuer == NULL || (config->client_id != NULL && is_allowed (config, config->issuer)))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "issuer",
                          "[oidc] needs an “issuer” that begins with https:// and a “client_id”.");
  return FALSE;
}

WattleOidc *
wattle_oidc_new (const WattleOidcConfig *config)
{
  WattleOidc *self = g_new0 (WattleOidc, 1);

  g_mutex_init (&self->lock);
  self->config = config;
  return self;
}

void
wattle_oidc_free (WattleOidc *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->discovery, wattle_json_free);
  g_clear_pointer (&self->keys, wattle_json_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

const char *
wattle_oidc_label (WattleOidc *self)
{
  return self->config->label != NULL ? self->config->label : self->config->issuer;
}

const char *
wattle_oidc_issuer (WattleOidc *self)
{
  return self->config->issuer;
}

static GBytes *
read_bounded (GInputStream *stream, GCancellable *cancellable)
{
  g_autofree guint8 *data = g_malloc (MAX_ANSWER + 1);
  gsize size = 0;

  if (!g_input_stream_read_all (stream, data, MAX_ANSWER + 1, &size, cancellable, NULL) || size > MAX_ANSWER)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

static gboolean
cancel_cb (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

/* Sends, and reads the answer, within its time: also from a provider that drips. */
static GBytes *
exchange (WattleOidc *self, SoupMessage *message)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("timeout", TIMEOUT_SECONDS, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSource) timer = g_timeout_source_new_seconds (TIMEOUT_SECONDS);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes) body = NULL;

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  g_source_set_callback (timer, cancel_cb, g_object_ref (cancellable), g_object_unref);
  g_source_attach (timer, NULL);
  stream = soup_session_send (session, message, cancellable, NULL);
  if (stream != NULL && soup_message_get_status (message) == 200)
    body = read_bounded (stream, cancellable);
  g_source_destroy (timer);
  if (stream == NULL || g_cancellable_is_cancelled (cancellable))
    self->silent_until = g_get_monotonic_time () + SILENCE;
  return g_steal_pointer (&body);
}

/* Under the lock. One question to the provider; @form makes it a POST. */
static WattleJson *
ask (WattleOidc *self, const char *uri, const char *form, GError **error)
{
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GBytes) body = NULL;
  WattleJson *json = NULL;
  gsize size;
  const char *text;

  if (!is_allowed (self->config, uri) || g_get_monotonic_time () < self->silent_until)
    {
      away (error);
      return NULL;
    }
  message = soup_message_new (form != NULL ? "POST" : "GET", uri);
  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Accept", "application/json");
  if (form != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (form, strlen (form));

      soup_message_set_request_body_from_bytes (message, "application/x-www-form-urlencoded", bytes);
    }
  body = exchange (self, message);
  if (body != NULL)
    {
      text = g_bytes_get_data (body, &size);
      json = size > 0 ? wattle_json_parse (text, size, NULL, NULL) : NULL;
    }
  if (json == NULL)
    away (error);
  return json;
}

/* Under the lock. */
static gboolean
discover (WattleOidc *self, GError **error)
{
  g_autofree char *uri = NULL;
  g_autoptr (WattleJson) json = NULL;
  gint64 now = g_get_monotonic_time ();

  if (self->discovery != NULL && now - self->discovered_at < KEEP_DISCOVERY)
    return TRUE;
  uri = g_strconcat (self->config->issuer, "/.well-known/openid-configuration", NULL);
  json = ask (self, uri, NULL, error);
  if (json == NULL)
    return FALSE;
  if (g_strcmp0 (wattle_json_member_string (wattle_json_root (json), "issuer"), self->config->issuer) != 0)
    return away (error);
  g_clear_pointer (&self->discovery, wattle_json_free);
  self->discovery = g_steal_pointer (&json);
  self->discovered_at = now;
  return TRUE;
}

static const char *
endpoint (WattleOidc *self, const char *name)
{
  return wattle_json_member_string (wattle_json_root (self->discovery), name);
}

/* Under the lock. */
static gboolean
fetch_keys (WattleOidc *self, gboolean again, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  WattleJson *keys;

  if (self->keys != NULL && (!again || now - self->keys_at < KEYS_AGAIN))
    return TRUE;
  keys = ask (self, endpoint (self, "jwks_uri"), NULL, error);
  if (keys == NULL)
    return FALSE;
  g_clear_pointer (&self->keys, wattle_json_free);
  self->keys = keys;
  self->keys_at = now;
  return TRUE;
}

/* Under the lock. A provider changes its keys without saying so. */
static WattleJson *
open_statement (WattleOidc *self, const char *token, GError **error)
{
  for (guint attempt = 0; attempt < 2; attempt++)
    {
      g_autoptr (GError) local = NULL;
      WattleJwtFailure failure;
      WattleJson *claims;

      if (!fetch_keys (self, attempt > 0, error))
        return NULL;
      claims = wattle_jwt_open (token, wattle_json_member (wattle_json_root (self->keys), "keys"), &failure, &local);
      if (claims != NULL)
        return claims;
      if (failure != WATTLE_JWT_UNKNOWN_KEY || attempt > 0)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
  return NULL;
}

static gboolean
is_audience (WattleJsonNode claims, const char *client_id)
{
  WattleJsonNode audience = wattle_json_member (claims, "aud");
  const char *party = wattle_json_member_string (claims, "azp");
  WattleJsonIter iter;
  WattleJsonNode value;

  if (party != NULL && strcmp (party, client_id) != 0)
    return FALSE;
  if (wattle_json_string (audience) != NULL)
    return strcmp (wattle_json_string (audience), client_id) == 0;
  /* Several audiences: only when it says that it was made for this one. */
  if (wattle_json_kind (audience) != WATTLE_JSON_ARRAY || (wattle_json_length (audience) > 1 && party == NULL))
    return FALSE;
  iter = wattle_json_iter (audience);
  while (wattle_json_next (&iter, NULL, &value))
    if (g_strcmp0 (wattle_json_string (value), client_id) == 0)
      return TRUE;
  return FALSE;
}

/* Core s 3.1.3.7: issuer, audience, times. */
static gboolean
check_claims (WattleOidc *self, WattleJsonNode claims, gint64 now)
{
  gint64 expires = wattle_json_member_integer (claims, "exp", 0);
  gint64 issued = wattle_json_member_integer (claims, "iat", 0);
  gint64 limit = G_MAXINT64 / WATTLE_SECOND;

  return g_strcmp0 (wattle_json_member_string (claims, "iss"), self->config->issuer) == 0
         && is_audience (claims, self->config->client_id) && expires > 0 && expires < limit && issued > 0
         && issued < limit && expires * WATTLE_SECOND > now - SKEW && issued * WATTLE_SECOND < now + SKEW;
}

static char *
subject_of (WattleJsonNode claims)
{
  const char *subject = wattle_json_member_string (claims, "sub");

  return subject != NULL && *subject != '\0' && strlen (subject) <= 255 ? g_strdup (subject) : NULL;
}

static gboolean
is_one_of (const char *word, const char *const *words)
{
  return word != NULL && g_strv_contains (words, word);
}

/* What somebody knows and something that they have or are, or the provider's word for it, RFC 8176 s 2. */
static gboolean
says_two_factors (WattleJsonNode claims)
{
  static const char *const known[] = { "pwd", "pin", "kba", NULL };
  static const char *const had[] = { "otp",  "hwk", "swk", "sc", "sms", "tel", "fpt",
                                     "face", "iris", "retina", "vbm", "pop", NULL };
  WattleJsonNode methods = wattle_json_member (claims, "amr");
  WattleJsonIter iter = wattle_json_iter (methods);
  WattleJsonNode value;
  gboolean knows = FALSE, has = FALSE, both = FALSE;

  while (wattle_json_kind (methods) == WATTLE_JSON_ARRAY && wattle_json_next (&iter, NULL, &value))
    {
      const char *word = wattle_json_string (value);

      both |= g_strcmp0 (word, "mfa") == 0;
      knows |= is_one_of (word, known);
      has |= is_one_of (word, had);
    }
  return both || (knows && has);
}

/**
 * wattle_oidc_authorization_url:
 * @self: the provider
 * @redirect_uri: where the browser goes afterwards, on the person's computer
 * @state: of this sign-in
 * @nonce: that comes back in the id_token
 * @challenge: S256 of the verifier, RFC 7636
 * @error: the provider does not answer
 *
 * Returns: (transfer full) (nullable): what the browser opens
 */
char *
wattle_oidc_authorization_url (WattleOidc *self,
                               const char *redirect_uri,
                               const char *state,
                               const char *nonce,
                               const char *challenge,
                               GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *query = NULL;
  const char *base;

  if (!discover (self, error))
    return NULL;
  base = endpoint (self, "authorization_endpoint");
  if (!is_allowed (self->config, base))
    {
      away (error);
      return NULL;
    }
  query = soup_form_encode ("response_type", "code", "client_id", self->config->client_id, "redirect_uri", redirect_uri,
                            "scope", "openid email", "state", state, "nonce", nonce, "code_challenge", challenge,
                            "code_challenge_method", "S256", NULL);
  return g_strconcat (base, strchr (base, '?') != NULL ? "&" : "?", query, NULL);
}

/**
 * wattle_oidc_redeem:
 * @self: the provider
 * @code: what the browser brought back
 * @now: the instant
 * @person: (out): who it is
 * @error: %WATTLE_ERROR_UNAUTHENTICATED, or the provider does not answer
 *
 * Blocks. Exchanges the code and checks the id_token.
 */
gboolean
wattle_oidc_redeem (
  WattleOidc *self, const WattleOidcCode *code, gint64 now, WattleOidcPerson *person, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *form = NULL;
  g_autoptr (WattleJson) answer = NULL;
  g_autoptr (WattleJson) claims = NULL;
  g_autofree char *subject = NULL;
  const char *secret = self->config->client_secret;

  if (!discover (self, error))
    return FALSE;
  form = soup_form_encode ("grant_type", "authorization_code", "code", code->code, "redirect_uri", code->redirect_uri,
                           "client_id", self->config->client_id, "code_verifier", code->verifier,
                           secret != NULL ? "client_secret" : NULL, secret, NULL);
  answer = ask (self, endpoint (self, "token_endpoint"), form, NULL);
  if (answer != NULL)
    claims = open_statement (self, wattle_json_member_string (wattle_json_root (answer), "id_token"), error);
  else
    refuse (error); /* a code that was used or is not the person's */
  if (claims == NULL)
    return FALSE;
  subject = subject_of (wattle_json_root (claims));
  if (subject != NULL && check_claims (self, wattle_json_root (claims), now)
      && g_strcmp0 (wattle_json_member_string (wattle_json_root (claims), "nonce"), code->nonce) == 0)
    {
      person->subject = g_steal_pointer (&subject);
      person->email_verified = wattle_json_member_boolean (wattle_json_root (claims), "email_verified");
      person->two_factors = says_two_factors (wattle_json_root (claims));
      return TRUE;
    }
  return refuse (error);
}

/**
 * wattle_oidc_read_logout:
 * @self: the provider
 * @token: (nullable): the logout_token of a back-channel call
 * @now: the instant
 * @id: (out) (transfer full): of this statement, so that it counts once
 * @error: %WATTLE_ERROR_UNAUTHENTICATED
 *
 * OpenID Connect Back-Channel Logout 1.0 s 2.6.
 *
 * Returns: (transfer full) (nullable): whose sessions end
 */
char *
wattle_oidc_read_logout (WattleOidc *self, const char *token, gint64 now, char **id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (WattleJson) claims = NULL;
  g_autofree char *subject = NULL;
  WattleJsonNode root;

  if (!discover (self, error))
    return NULL;
  claims = open_statement (self, token, error);
  if (claims == NULL)
    return NULL;
  root = wattle_json_root (claims);
  subject = subject_of (root);
  *id = g_strdup (wattle_json_member_string (root, "jti"));
  if (subject != NULL && *id != NULL && check_claims (self, root, now)
      && !wattle_json_exists (wattle_json_member (root, "nonce"))
      && wattle_json_exists (wattle_json_member (wattle_json_member (root, "events"), LOGOUT_EVENT)))
    return g_steal_pointer (&subject);
  refuse (error);
  return NULL;
}
