/* seat.c: the signed word that brings somebody back to a seat in a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/seat.h"

#include <sodium.h>
#include <string.h>

#define MAX_TEXT 512
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define N_WORDS 7

static void
sign (WattleKeys *keys, const char *words, guint8 mac[crypto_auth_BYTES])
{
  guint8 key[WATTLE_KEY_BYTES];

  G_STATIC_ASSERT (WATTLE_KEY_BYTES == crypto_auth_KEYBYTES);
  wattle_keys_derive (keys, WATTLE_KEY_ROOMS, key);
  crypto_auth (mac, (const guint8 *) words, strlen (words), key);
  sodium_memzero (key, sizeof key);
}

/**
 * wattle_seat_print:
 * @self: a seat
 * @keys: the server's key
 *
 * Returns: (transfer full): it, signed
 */
char *
wattle_seat_print (const WattleSeat *self, WattleKeys *keys)
{
  g_autofree char *words =
    g_strdup_printf ("%s %s %s %s %u %d %" G_GINT64_FORMAT, self->room, self->person, self->role, self->session,
                     self->n, self->seated, self->expires_at);
  guint8 mac[crypto_auth_BYTES];
  char text[sodium_base64_ENCODED_LEN (crypto_auth_BYTES, VARIANT)];
  g_autofree char *first = g_malloc (sodium_base64_ENCODED_LEN (strlen (words), VARIANT));

  sign (keys, words, mac);
  sodium_bin2base64 (text, sizeof text, mac, sizeof mac, VARIANT);
  sodium_bin2base64 (first, sodium_base64_ENCODED_LEN (strlen (words), VARIANT), (const guint8 *) words,
                     strlen (words), VARIANT);
  return g_strconcat (first, ".", text, NULL);
}

static char *
decode (const char *text, gsize length, gsize *size)
{
  g_autofree char *bytes = g_malloc0 (MAX_TEXT + 1);

  if (length > MAX_TEXT
      || sodium_base642bin ((guint8 *) bytes, MAX_TEXT, text, length, NULL, size, NULL, VARIANT) != 0)
    return NULL;
  return g_steal_pointer (&bytes);
}

/**
 * wattle_seat_parse:
 * @text: (nullable): what a client showed
 * @keys: the server's key
 * @now: the instant
 *
 * Returns: (transfer full) (nullable): the seat, if this server's practice signed it and it still counts
 */
WattleSeat *
wattle_seat_parse (const char *text, WattleKeys *keys, gint64 now)
{
  const char *dot = text != NULL && strlen (text) <= 2 * MAX_TEXT ? strchr (text, '.') : NULL;
  gsize n_words = 0, n_mac = 0;
  g_autofree char *words = dot != NULL ? decode (text, dot - text, &n_words) : NULL;
  g_autofree char *mac = dot != NULL ? decode (dot + 1, strlen (dot + 1), &n_mac) : NULL;
  guint8 good[crypto_auth_BYTES];
  g_auto (GStrv) parts = NULL;
  g_autoptr (WattleSeat) self = NULL;

  if (words == NULL || mac == NULL || n_mac != sizeof good || strlen (words) != n_words)
    return NULL;
  sign (keys, words, good);
  if (sodium_memcmp (mac, good, sizeof good) != 0)
    return NULL;
  parts = g_strsplit (words, " ", N_WORDS + 1);
  if (g_strv_length (parts) != N_WORDS)
    return NULL;
  self = g_new0 (WattleSeat, 1);
  self->room = g_strdup (parts[0]);
  self->person = g_strdup (parts[1]);
  self->role = g_strdup (parts[2]);
  self->session = g_strdup (parts[3]);
  self->n = g_ascii_strtoull (parts[4], NULL, 10);
  self->seated = strcmp (parts[5], "1") == 0;
  self->expires_at = g_ascii_strtoll (parts[6], NULL, 10);
  return self->expires_at > now ? g_steal_pointer (&self) : NULL;
}

void
wattle_seat_free (WattleSeat *self)
{
  if (self == NULL)
    return;
  g_free (self->room);
  g_free (self->person);
  g_free (self->role);
  g_free (self->session);
  g_free (self);
}
