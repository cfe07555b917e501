/* servers.c: relays as the media library names them
 *
 * RFC 7064 and 7065 on one side, URLs with user and password in them on the other.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/servers.h"

#include <string.h>

#include "telehealth/media/tls.h"

#define MAX_SERVERS 8
/* Ways to relays that were opened in one call; credentials change, relays do not. */
#define MAX_WAYS 4

/* A way through TLS that is there already, or a new one. */
typedef struct
{
  char *address;
  WattleTls *tls;
} Way;

static guint16
way_to (const char *address, const char *authorities, GPtrArray *ways)
{
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (address, 5349, NULL);
  g_autoptr (GError) error = NULL;
  Way *way = NULL;

  for (guint i = 0; i < ways->len; i++)
    if (g_str_equal (((Way *) g_ptr_array_index (ways, i))->address, address))
      return wattle_tls_port (((Way *) g_ptr_array_index (ways, i))->tls);
  if (parsed == NULL || ways->len >= MAX_WAYS)
    return 0;
  way = g_new0 (Way, 1);
  way->address = g_strdup (address);
  way->tls = wattle_tls_new (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)),
                             g_network_address_get_port (G_NETWORK_ADDRESS (parsed)), authorities, &error);
  if (way->tls == NULL)
    {
      g_message ("no way through TLS: %s", error->message);
      g_free (way->address);
      g_free (way);
      return 0;
    }
  g_ptr_array_add (ways, way);
  return wattle_tls_port (way->tls);
}

static gboolean
good_address (const char *address)
{
  return *address != '\0' && strlen (address) < 280
         && strspn (address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]") == strlen (address);
}

/**
 * wattle_servers_take:
 * @servers: an array of objects with "uri", "username" and "credential"
 * @authorities: (nullable): see wattle_tls_new()
 * @ways: where ways through TLS are kept
 * @stun: (out): the first STUN server, if there is one
 *
 * Returns: (transfer full): the relays. What cannot be understood is left out
 */
GStrv
wattle_servers_take (WattleJsonNode servers, const char *authorities, GPtrArray *ways, char **stun)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  WattleJsonIter iter = wattle_json_iter (servers);
  WattleJsonNode server;

  for (guint n = 0; n < MAX_SERVERS && wattle_json_next (&iter, NULL, &server); n++)
    {
      const char *uri = wattle_json_member_string (server, "uri");
      const char *name = wattle_json_member_string (server, "username");
      const char *credential = wattle_json_member_string (server, "credential");
      const char *scheme = uri != NULL ? strchr (uri, ':') : NULL;
      g_auto (GStrv) parts = scheme != NULL ? g_strsplit (scheme + 1, "?", 2) : NULL;
      g_autofree char *user = g_uri_escape_string (name != NULL ? name : "", NULL, FALSE);
      g_autofree char *password = g_uri_escape_string (credential != NULL ? credential : "", NULL, FALSE);
      gboolean tcp = parts != NULL && g_strcmp0 (parts[1], "transport=tcp") == 0;
      g_autofree char *made = NULL;
      guint16 port = 0;

      if (parts == NULL || parts[0] == NULL || !good_address (parts[0]))
        continue;
      if (g_str_has_prefix (uri, "stun:") && *stun == NULL)
        *stun = g_strdup_printf ("stun://%s", parts[0]);
      else if (g_str_has_prefix (uri, "turn:"))
        made = g_strdup_printf ("turn://%s:%s@%s?transport=%s", user, password, parts[0], tcp ? "tcp" : "udp");
      else if (g_str_has_prefix (uri, "turns:") && (port = way_to (parts[0], authorities, ways)) != 0)
        made = g_strdup_printf ("turn://%s:%s@127.0.0.1:%u?transport=tcp", user, password, port);
      if (made != NULL)
        g_strv_builder_add (builder, made);
    }
  return g_strv_builder_end (builder);
}
