/* turn.c: short-lived credentials for the relay of calls
 *
 * The scheme of draft-uberti-behave-turn-rest-00, which coturn calls use-auth-secret: a user name that says when it
 * ends, and its HMAC-SHA1 as the password. The rest of the name is random, never who somebody is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/turn.h"

#include <sodium.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"

#define SHA1_BYTES 20
#define MAX_URLS 8

static gboolean
is_relay (const char *url)
{
  return (g_str_has_prefix (url, "turn:") || g_str_has_prefix (url, "turns:")) && strlen (url) <= 200
         && strpbrk (url, " \t\"'<>\\@") == NULL;
}

/**
 * wattle_turn_check:
 * @self: what the configuration says
 * @policy: (nullable): "all" or "relay"
 * @error: names the key at fault
 */
gboolean
wattle_turn_check (WattleTurn *self, const char *policy, GError **error)
{
  g_auto (GStrv) urls = g_strsplit (self->urls != NULL ? self->urls : "", ",", -1);
  gboolean good = g_strv_length (urls) <= MAX_URLS;

  for (guint i = 0; self->urls != NULL && good && urls[i] != NULL; i++)
    good = is_relay (g_strstrip (urls[i]));
  if (!good)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "urls",
                            "“urls” in [turn] are at most %d addresses such as turn:relay.example.au:3478, with commas "
                            "between.",
                            MAX_URLS);
  else if (self->urls != NULL && (self->secret == NULL || strlen (self->secret) < 16))
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "secret_file",
                            "A relay needs “secret_file” in [turn]: a file with at least 16 characters.");
  else if (policy != NULL && strcmp (policy, "all") != 0 && strcmp (policy, "relay") != 0)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "policy", "“policy” in [turn] must be all or relay.");
  else
    {
      self->relay_only = g_strcmp0 (policy, "relay") == 0;
      return TRUE;
    }
  return FALSE;
}

void
wattle_turn_clear (WattleTurn *self)
{
  g_clear_pointer (&self->urls, g_free);
  if (self->secret != NULL)
    sodium_memzero (self->secret, strlen (self->secret));
  g_clear_pointer (&self->secret, g_free);
}

static void
write_urls (const WattleTurn *self, WattleJsonWriter *writer)
{
  g_auto (GStrv) urls = g_strsplit (self->urls, ",", -1);

  wattle_json_name (writer, "urls");
  wattle_json_begin_array (writer);
  for (guint i = 0; urls[i] != NULL; i++)
    wattle_json_put_string (writer, g_strstrip (urls[i]));
  wattle_json_end_array (writer);
}

/**
 * wattle_turn_write:
 * @self: the relay
 * @now: the instant
 * @writer: in an object: gets a member "turn", or nothing when there is no relay
 *
 * New credentials each time, for WATTLE_TURN_LIFE seconds.
 */
void
wattle_turn_write (const WattleTurn *self, gint64 now, WattleJsonWriter *writer)
{
  guint8 random[12], digest[SHA1_BYTES];
  char name[sizeof random * 2 + 1];
  gsize length = sizeof digest;
  gint64 until = now / WATTLE_SECOND + WATTLE_TURN_LIFE;
  g_autoptr (GHmac) hmac = NULL;
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;
  char instant[WATTLE_INSTANT_SIZE];

  if (self->urls == NULL || self->secret == NULL)
    return;
  randombytes_buf (random, sizeof random);
  user = g_strdup_printf ("%" G_GINT64_FORMAT ":%s", until, sodium_bin2hex (name, sizeof name, random, sizeof random));
  hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *) self->secret, strlen (self->secret));
  g_hmac_update (hmac, (const guchar *) user, -1);
  g_hmac_get_digest (hmac, digest, &length);
  password = g_base64_encode (digest, length);
  wattle_instant_print (until * WATTLE_SECOND, instant);
  wattle_json_name (writer, "turn");
  wattle_json_begin_object (writer);
  write_urls (self, writer);
  wattle_json_pair_string (writer, "username", user);
  wattle_json_pair_string (writer, "credential", password);
  wattle_json_pair_string (writer, "expires_at", instant);
  wattle_json_pair_string (writer, "policy", self->relay_only ? "relay" : "all");
  wattle_json_end_object (writer);
}
