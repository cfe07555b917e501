/* configuration.c: what wattled is told: its file of keys and its command line
 *
 * One table names every key; a test compares it with data/wattled.conf.example.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/configuration.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "store/directory.h"

#define DEFAULT_PORT 8642

typedef enum
{
  TEXT,
  NUMBER,
  SIZE,
  FLAG,
  LISTEN,
} Kind;

typedef struct
{
  const char *group;
  const char *key;
  Kind kind;
  gsize offset;
  guint64 max;
} Key;

#define AT(member) G_STRUCT_OFFSET (WattleConfiguration, member)

static const Key keys[] = {
  { "server", "data_dir", TEXT, AT (data_dir), 0 },
  { "server", "database", TEXT, AT (database), 0 },
  { "server", "practice", TEXT, AT (practice), 0 },
  { "server", "listen", LISTEN, 0, 0 },
  { "server", "trust_forwarded", FLAG, AT (engine.trust_forwarded), 0 },
  { "server", "origin", TEXT, AT (origin), 0 },
  { "server", "threads", NUMBER, AT (engine.threads), 256 },
  { "server", "readers", NUMBER, AT (readers), 64 },
  { "server", "public_metrics", FLAG, AT (public_metrics), 0 },
  { "server", "checkpoints", TEXT, AT (checkpoints), 0 },
  { "server", "public_url", TEXT, AT (public_url), 0 },
  { "smtp", "host", TEXT, AT (smtp.host), 0 },
  { "smtp", "port", NUMBER, AT (smtp.port), 65535 },
  { "smtp", "implicit_tls", FLAG, AT (smtp.implicit_tls), 0 },
  { "smtp", "user", TEXT, AT (smtp.user), 0 },
  { "smtp", "password_file", TEXT, AT (smtp_password_file), 0 },
  { "smtp", "from", TEXT, AT (smtp.from), 0 },
  { "smtp", "ca_file", TEXT, AT (smtp.ca_file), 0 },
  { "oidc", "issuer", TEXT, AT (oidc.issuer), 0 },
  { "oidc", "client_id", TEXT, AT (oidc.client_id), 0 },
  { "oidc", "client_secret_file", TEXT, AT (oidc_secret_file), 0 },
  { "oidc", "hosts", TEXT, AT (oidc.hosts), 0 },
  { "oidc", "label", TEXT, AT (oidc.label), 0 },
  { "turn", "urls", TEXT, AT (turn.urls), 0 },
  { "turn", "secret_file", TEXT, AT (turn_secret_file), 0 },
  { "turn", "policy", TEXT, AT (turn_policy), 0 },
  { "limits", "room_leave_seconds", NUMBER, AT (leave_seconds), 3600 },
  { "limits", "connections", NUMBER, AT (engine.max_connections), 1000000 },
  { "limits", "connections_per_address", NUMBER, AT (engine.max_per_address), 1000000 },
  { "limits", "sockets", NUMBER, AT (engine.max_sockets), 1000000 },
  { "limits", "sign_ins_per_minute", NUMBER, AT (limits.sign_ins_per_minute), 100000 },
  { "limits", "calls_per_minute", NUMBER, AT (limits.calls_per_minute), 1000000 },
  { "limits", "sync_calls_per_minute", NUMBER, AT (limits.sync_calls_per_minute), 1000000 },
  { "limits", "public_calls_per_minute", NUMBER, AT (limits.public_calls_per_minute), 1000000 },
  { "limits", "prescriptions_per_hour", NUMBER, AT (limits.prescriptions_per_hour), 10000 },
  { "limits", "patient_bookings_per_hour", NUMBER, AT (limits.patient_bookings_per_hour), 10000 },
  { "limits", "patient_uploads_per_day", NUMBER, AT (limits.patient_uploads_per_day), 100000 },
  { "limits", "devices_per_user", NUMBER, AT (limits.devices_per_user), 1000 },
  { "limits", "blob_bytes", SIZE, AT (max_blob), G_GUINT64_CONSTANT (1) << 32 },
};

static gpointer
member (WattleConfiguration *self, const Key *key)
{
  return G_STRUCT_MEMBER_P (self, key->offset);
}

void
wattle_configuration_init (WattleConfiguration *self)
{
  *self = (WattleConfiguration){ .port = DEFAULT_PORT,
                                 .limits = { .sign_ins_per_minute = 5,
                                             .calls_per_minute = 100,
                                             .sync_calls_per_minute = 6000,
                                             .public_calls_per_minute = 600,
                                             .prescriptions_per_hour = 10,
                                             .patient_bookings_per_hour = 3,
                                             .patient_uploads_per_day = 50,
                                             .devices_per_user = 5 },
                                 .smtp = { .port = 587 },
                                 .leave_seconds = 20,
                                 .max_blob = 64 * 1024 * 1024 };
  self->data_dir = wattle_directory_default ();
  self->address = g_strdup ("127.0.0.1");
}

void
wattle_configuration_clear (WattleConfiguration *self)
{
  g_clear_pointer (&self->data_dir, g_free);
  g_clear_pointer (&self->database, g_free);
  g_clear_pointer (&self->practice, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->unix_path, g_free);
  g_clear_pointer (&self->origin, g_free);
  g_clear_pointer (&self->public_url, g_free);
  g_clear_pointer (&self->smtp.host, g_free);
  g_clear_pointer (&self->smtp.user, g_free);
  g_clear_pointer (&self->smtp.password, g_free);
  g_clear_pointer (&self->smtp.from, g_free);
  g_clear_pointer (&self->smtp.ca_file, g_free);
  g_clear_pointer (&self->smtp_password_file, g_free);
  g_clear_pointer (&self->oidc.issuer, g_free);
  g_clear_pointer (&self->oidc.client_id, g_free);
  g_clear_pointer (&self->oidc.client_secret, g_free);
  g_clear_pointer (&self->oidc.hosts, g_free);
  g_clear_pointer (&self->oidc.label, g_free);
  g_clear_pointer (&self->oidc_secret_file, g_free);
  g_clear_pointer (&self->checkpoints, g_free);
  wattle_turn_clear (&self->turn);
  g_clear_pointer (&self->turn_secret_file, g_free);
  g_clear_pointer (&self->turn_policy, g_free);
}

/**
 * wattle_configuration_listen:
 * @self: a configuration
 * @where: "127.0.0.1:8642", "[::1]:8642", or "unix:" and a path
 * @error: what is wrong with it
 */
gboolean
wattle_configuration_listen (WattleConfiguration *self, const char *where, GError **error)
{
  const char *colon = strrchr (where, ':');
  g_autofree char *address = NULL;
  guint64 port;
  gsize length;

  if (g_str_has_prefix (where, "unix:") && where[5] == '/')
    {
      g_free (self->unix_path);
      self->unix_path = g_strdup (where + 5);
      return TRUE;
    }
  if (colon != NULL && g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    {
      address = g_strndup (where, colon - where);
      length = strlen (address);
      if (length > 2 && address[0] == '[' && address[length - 1] == ']')
        {
          address[length - 1] = '\0';
          memmove (address, address + 1, length - 1);
        }
      if (g_hostname_is_ip_address (address))
        {
          g_clear_pointer (&self->unix_path, g_free);
          g_free (self->address);
          self->address = g_steal_pointer (&address);
          self->port = port;
          return TRUE;
        }
    }
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "listen",
                          "“%s” is no place to listen: write 127.0.0.1:8642, [::1]:8642 or unix:/path/of/a/socket.",
                          where);
  return FALSE;
}

static gboolean
take_number (WattleConfiguration *self, const Key *key, const char *value, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, 0, key->max, &number, NULL))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, key->key,
                              "“%s” in [%s] must be a number from 0 to %" G_GUINT64_FORMAT ".", key->key, key->group,
                              key->max);
      return FALSE;
    }
  if (key->kind == SIZE)
    *(guint64 *) member (self, key) = number;
  else
    *(guint *) member (self, key) = number;
  return TRUE;
}

static gboolean
take (WattleConfiguration *self, const Key *key, const char *value, GError **error)
{
  char **text;

  switch (key->kind)
    {
    case LISTEN:
      return wattle_configuration_listen (self, value, error);
    case TEXT:
      text = member (self, key);
      g_free (*text);
      *text = g_strdup (value);
      return TRUE;
    case FLAG:
      if (strcmp (value, "true") == 0 || strcmp (value, "false") == 0)
        {
          *(gboolean *) member (self, key) = value[0] == 't';
          return TRUE;
        }
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, key->key, "“%s” in [%s] must be true or false.", key->key,
                              key->group);
      return FALSE;
    default:
      return take_number (self, key, value, error);
    }
}

static gboolean
take_named (WattleConfiguration *self, const char *group, const char *name, const char *value, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (keys[i].group, group) == 0 && strcmp (keys[i].key, name) == 0)
      return take (self, &keys[i], value, error);
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, name, "There is no key “%s” in [%s]; see wattled.conf.example.",
                          name, group);
  return FALSE;
}

static gboolean
read_secret (const char *path, char **secret, GError **error)
{
  g_autoptr (GBytes) bytes = path != NULL ? wattle_file_read (path, 1024, error) : NULL;

  if (path == NULL)
    return TRUE;
  if (bytes == NULL)
    return FALSE;
  *secret = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_strchomp (*secret);
  return TRUE;
}

/* Links are pasted together from the address, mail needs a sender, a provider its client. */
static gboolean
check_outside (WattleConfiguration *self, GError **error)
{
  char **const optional[] = { &self->public_url,       &self->smtp.host,      &self->smtp.user,
                              &self->smtp.from,        &self->smtp.ca_file,   &self->smtp_password_file,
                              &self->oidc.issuer,      &self->oidc.client_id, &self->oidc_secret_file,
                              &self->oidc.hosts,       &self->oidc.label,     &self->turn.urls,
                              &self->turn_secret_file, &self->turn_policy };

  for (guint i = 0; i < G_N_ELEMENTS (optional); i++)
    if (*optional[i] != NULL && **optional[i] == '\0')
      g_clear_pointer (optional[i], g_free);
  if (self->public_url != NULL
      && (!g_uri_is_valid (self->public_url, G_URI_FLAGS_NONE, NULL) || g_str_has_suffix (self->public_url, "/")))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "public_url",
                              "“public_url” must be an address such as https://wattle.example.au, without a slash at "
                              "the end.");
      return FALSE;
    }
  if (self->smtp.host != NULL && (self->smtp.from == NULL || self->public_url == NULL))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "from",
                              "Mail needs “from” in [smtp] and “public_url” in [server].");
      return FALSE;
    }
  return wattle_oidc_config_check (&self->oidc, error)
         && read_secret (self->smtp_password_file, &self->smtp.password, error)
         && read_secret (self->oidc_secret_file, &self->oidc.client_secret, error)
         && read_secret (self->turn_secret_file, &self->turn.secret, error)
         && wattle_turn_check (&self->turn, self->turn_policy, error);
}

/**
 * wattle_configuration_load:
 * @self: a configuration
 * @path: a key file
 * @error: names the file or the key at fault
 *
 * What the file does not say stays as it is.
 */
gboolean
wattle_configuration_load (WattleConfiguration *self, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &local))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, "The configuration “%s” cannot be read: %s", path,
                              local->message);
      return FALSE;
    }
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) names = g_key_file_get_keys (file, groups[i], NULL, NULL);

      for (guint j = 0; names != NULL && names[j] != NULL; j++)
        {
          g_autofree char *value = g_key_file_get_string (file, groups[i], names[j], NULL);

          if (!take_named (self, groups[i], names[j], value != NULL ? g_strstrip (value) : "", error))
            return FALSE;
        }
    }
  return check_outside (self, error);
}

/**
 * wattle_configuration_n_keys:
 *
 * Returns: how many keys a file may have
 */
guint
wattle_configuration_n_keys (void)
{
  return G_N_ELEMENTS (keys);
}
