/* session-sign-in.c: how a person signs in: with a password or at an identity provider, from this device
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/session-private.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "sync/loopback.h"

/* How long the browser may take. */
#define PROVIDER_WAIT (5 * 60 * (gint64) G_USEC_PER_SEC)

static void
write_device (WattleJsonWriter *writer, const char *id, const guint8 *device_key, const char *enrolment_code)
{
  g_autofree char *key = NULL;
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);

  wattle_json_name (writer, "device");
  wattle_json_begin_object (writer);
  if (id != NULL)
    wattle_json_pair_string (writer, "id", id);
  /* The public key is the second half of the secret one. */
  key = g_base64_encode (device_key + crypto_sign_SEEDBYTES, crypto_sign_PUBLICKEYBYTES);
  wattle_json_pair_string (writer, "name", g_get_host_name ());
  wattle_json_pair_string (writer, "public_key", key);
  wattle_json_pair_string (writer, "system", system != NULL ? system : "Linux");
  if (id == NULL && enrolment_code != NULL)
    wattle_json_pair_string (writer, "enrolment_code", enrolment_code);
  wattle_json_end_object (writer);
}

static guint8 *
make_device_key (void)
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  guint8 *key = sodium_malloc (crypto_sign_SECRETKEYBYTES);

  if (key == NULL)
    g_error ("no memory for a key");
  crypto_sign_keypair (public_key, key);
  return key;
}

/* How a person proves who they are: a password, or what an identity provider's answer brought. */
typedef struct
{
  const char *path;
  const char *login;
  const char *password;
  const char *code;
  const char *state;
  const char *verifier;
} Proof;

static void
begin_sign_in (WattleJsonWriter *writer, const Proof *proof)
{
  wattle_json_begin_object (writer);
  if (proof->state != NULL)
    {
      wattle_json_pair_string (writer, "state", proof->state);
      wattle_json_pair_string (writer, "code_verifier", proof->verifier);
    }
  else
    {
      wattle_json_pair_string (writer, "login", proof->login);
      wattle_json_pair_string (writer, "password", proof->password);
    }
  if (proof->code != NULL && *proof->code != '\0')
    wattle_json_pair_string (writer, "code", proof->code);
}

static gboolean
sign_in_as_known (WattleSession *self, const Proof *proof, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autofree char *subject = g_strconcat (self->identity->device, ":", proof->login, NULL);
  WattleJsonWriter writer = wattle_json_writer (body);

  begin_sign_in (&writer, proof);
  write_device (&writer, self->identity->device, self->device_key, NULL);
  wattle_session_pair_signature (self, &writer, "challenge_signature", "wattle-sign-in", subject);
  wattle_json_end_object (&writer);
  return wattle_session_ask_for_tokens (self, proof->path, NULL, body, cancellable, error)
         && wattle_session_keep_tokens (self, error);
}

/* A session without its key is asked for again; one with the key of another device would be refused for ever. */
static gboolean
keep_with_key (WattleSession *self, GError **error)
{
  g_autoptr (GBytes) key = g_bytes_new (self->device_key, crypto_sign_SECRETKEYBYTES);

  return wattle_vault_store_secret (self->vault, WATTLE_SECRET_SESSION, NULL, error)
         && wattle_vault_store_secret (self->vault, WATTLE_SECRET_DEVICE_KEY, key, error)
         && wattle_session_keep_tokens (self, error);
}

/* This computer as a device that the server has not seen before. */
static gboolean
sign_in_as_new (WattleSession *self, const Proof *proof, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) body = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (body);
  guint8 *fresh = make_device_key ();

  begin_sign_in (&writer, proof);
  write_device (&writer, NULL, fresh, self->enrolment_code);
  wattle_json_end_object (&writer);
  if (!wattle_session_ask_for_tokens (self, proof->path, NULL, body, cancellable, error))
    {
      sodium_free (fresh);
      return FALSE;
    }
  g_clear_pointer (&self->device_key, sodium_free);
  self->device_key = fresh;
  return self->vault == NULL || keep_with_key (self, error);
}

static gboolean
is_unknown_device (const GError *error)
{
  return g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED)
         && g_strcmp0 (wattle_error_get_field (error), "device.id") == 0;
}

/**
 * wattle_session_sign_in:
 * @self: a session
 * @login: name
 * @password: password
 * @code: (nullable): second factor
 * @cancellable: (nullable): to stop
 * @error: %WATTLE_ERROR_UNAUTHENTICATED, with the field "code" when one is wanted
 *
 * The first time on a computer this makes the key of the device; keep it with
 * wattle_session_keep(). A server that no longer knows the device, since it was
 * restored, is given a new one.
 */
gboolean
wattle_session_sign_in (WattleSession *self,
                        const char *login,
                        const char *password,
                        const char *code,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GError) local = NULL;
  Proof proof = { .path = "/sessions", .login = login, .password = password, .code = code };

  if (self->identity == NULL)
    return sign_in_as_new (self, &proof, cancellable, error);
  if (sign_in_as_known (self, &proof, cancellable, &local))
    return TRUE;
  if (is_unknown_device (local))
    return sign_in_as_new (self, &proof, cancellable, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* RFC 7636 s 4.1: 43 characters that nobody can guess. */
static char *
make_verifier (void)
{
  guint8 bytes[32];
  char *text = g_malloc (64);

  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2base64 (text, 64, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero (bytes, sizeof bytes);
  return text;
}

/* The server says where the person goes; a browser is opened at a web page only, and at a safe one. */
static gboolean
is_web_page (const char *url)
{
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL) : NULL;
  g_autoptr (GInetAddress) address = NULL;

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return FALSE;
  if (strcmp (g_uri_get_scheme (uri), "https") == 0)
    return TRUE;
  address = g_inet_address_new_from_string (g_uri_get_host (uri));
  return strcmp (g_uri_get_scheme (uri), "http") == 0 && address != NULL && g_inet_address_get_is_loopback (address);
}

/* Where the server sends the browser. */
static WattleJson *
begin_at_provider (
  WattleSession *self, const char *verifier, const char *back, GCancellable *cancellable, GError **error)
{
  guint8 hash[crypto_hash_sha256_BYTES];
  char challenge[64];
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (WattleResponse) response = { 0 };
  g_autoptr (WattleJson) json = NULL;
  WattleRequest request = { .method = "POST", .path = "/oidc/begin" };
  WattleJsonWriter writer = wattle_json_writer (body);
  const char *text;
  gsize length;

  crypto_hash_sha256 (hash, (const guint8 *) verifier, strlen (verifier));
  sodium_bin2base64 (challenge, sizeof challenge, hash, sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "code_challenge", challenge);
  wattle_json_pair_string (&writer, "redirect_uri", back);
  wattle_json_end_object (&writer);
  request.body = bytes = g_bytes_new (body->str, body->len);
  if (!wattle_transport_send (self->transport, &request, &response, cancellable, error))
    return NULL;
  wattle_session_note_wait (self, &response);
  if (!wattle_response_check (&response, error))
    return NULL;
  text = g_bytes_get_data (response.body, &length);
  json = wattle_json_parse (text, length, NULL, NULL);
  if (json != NULL && is_web_page (wattle_json_member_string (wattle_json_root (json), "url"))
      && wattle_json_member_string (wattle_json_root (json), "state") != NULL)
    return g_steal_pointer (&json);
  wattle_session_nonsense (NULL, error);
  return NULL;
}

/* The first time here the provider's word says who it is, and what is saved goes by the name that was typed. */
static gboolean
check_login (WattleSession *self, const char *login, GError **error)
{
  const char *theirs = wattle_record_get_string (self->identity->user, WATTLE_USER_LOGIN);
  g_autofree char *folded = theirs != NULL ? g_utf8_strdown (theirs, -1) : NULL;

  if (g_strcmp0 (folded, login) == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "login",
                          _("The identity provider signed in somebody with another sign-in name. Nothing was saved "
                             "here. Check the sign-in name, or sign out in the browser, and try again."));
  return FALSE;
}

/* One way through the browser and back. The mutex is not held while a person is waited for. */
static gboolean
go_to_provider (WattleSession *self,
                const char *login,
                const WattleBrowser *browser,
                gboolean as_new,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (WattleLoopback) loopback = wattle_loopback_new (error);
  g_autofree char *verifier = make_verifier ();
  g_autoptr (WattleJson) begun = NULL;
  g_autofree char *code = NULL;
  g_autoptr (GMutexLocker) locker = NULL;
  Proof proof = { .path = "/oidc/finish", .login = login, .verifier = verifier };

  begun =
    loopback != NULL ? begin_at_provider (self, verifier, wattle_loopback_url (loopback), cancellable, error) : NULL;
  if (begun == NULL)
    return FALSE;
  proof.state = wattle_json_member_string (wattle_json_root (begun), "state");
  browser->open (wattle_json_member_string (wattle_json_root (begun), "url"), browser->data);
  code = wattle_loopback_wait (loopback, proof.state, PROVIDER_WAIT, cancellable, error);
  if (code == NULL)
    return FALSE;
  proof.code = code;
  locker = g_mutex_locker_new (&self->mutex);
  return as_new ? sign_in_as_new (self, &proof, cancellable, error)
                : sign_in_as_known (self, &proof, cancellable, error);
}

/**
 * wattle_session_sign_in_provider:
 * @self: a session
 * @login: name
 * @browser: what shows the provider's page
 * @cancellable: (nullable): to stop
 * @error: what the server, the provider or the browser said
 *
 * As wattle_session_sign_in(), with the practice's identity provider instead of
 * a password.
 */
gboolean
wattle_session_sign_in_provider (
  WattleSession *self, const char *login, const WattleBrowser *browser, GCancellable *cancellable, GError **error)
{
  g_autoptr (WattleIdentity) known = wattle_session_identity (self);
  g_autoptr (GError) local = NULL;

  if (known != NULL)
    {
      if (go_to_provider (self, login, browser, FALSE, cancellable, &local))
        return TRUE;
      if (!is_unknown_device (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  if (!go_to_provider (self, login, browser, TRUE, cancellable, error))
    return FALSE;
  if (check_login (self, login, error))
    return TRUE;
  wattle_session_sign_out (self, cancellable, NULL);
  return FALSE;
}

/**
 * wattle_session_check_password:
 * @self: a session
 * @login: name
 * @password: password
 * @cancellable: (nullable): to stop
 *
 * Asks with a device that nobody has: the server looks at that only after the
 * password, and opens nothing.
 *
 * Returns: whether the server takes this password
 */
gboolean
wattle_session_check_password (WattleSession *self, const char *login, const char *password, GCancellable *cancellable)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GError) local = NULL;
  g_autofree char *nobody = wattle_id_new ();
  WattleJsonWriter writer = wattle_json_writer (body);
  Proof proof = { .login = login, .password = password };

  begin_sign_in (&writer, &proof);
  wattle_json_name (&writer, "device");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", nobody);
  wattle_json_end_object (&writer);
  wattle_json_end_object (&writer);
  return !wattle_session_ask_for_tokens (self, "/sessions", NULL, body, cancellable, &local)
         && is_unknown_device (local);
}
