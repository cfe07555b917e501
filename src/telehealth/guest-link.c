/* guest-link.c: the link that invites somebody into the room of a visit, as a stranger may have written it
 *
 * wattle://clinic.example/call#SECRET is https://clinic.example/call#SECRET for the program instead of a browser.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/guest-link.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

#define SECRET_MIN 16
#define SECRET_MAX 128
#define HOST_MAX 253 /* RFC 1035 s 2.3.4, without the last dot */
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static gboolean
consists_of (const char *text, const char *allowed)
{
  return strspn (text, allowed) == strlen (text);
}

/* A name as it stands in the DNS or a number: nothing that looks like another, nothing escaped. */
static gboolean
is_host (const char *host)
{
  if (host == NULL || *host == '\0' || strlen (host) > HOST_MAX)
    return FALSE;
  if (strchr (host, ':') != NULL)
    return g_hostname_is_ip_address (host) && consists_of (host, DIGITS "abcdefABCDEF:.");
  return consists_of (host, LETTERS DIGITS ".-") && host[0] != '.' && host[0] != '-' && strstr (host, "..") == NULL;
}

static gboolean
is_loopback (const char *host)
{
  return g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1") || g_ascii_strcasecmp (host, "localhost") == 0;
}

/* Where a server lives below a path of its host, which most do not; NULL when this is no path of an invitation. */
static char *
base_of (const char *path)
{
  const char *end = g_str_has_suffix (path, "/call") ? path + strlen (path) - strlen ("/call") : NULL;

  if (end == NULL || !consists_of (path, LETTERS DIGITS "/-_.") || strstr (path, "//") != NULL)
    return NULL;
  return g_strndup (path, end - path);
}

static gboolean
is_secret (const char *text)
{
  return text != NULL && strlen (text) >= SECRET_MIN && strlen (text) <= SECRET_MAX
         && consists_of (text, LETTERS DIGITS "-_");
}

static WattleGuestLink *
take (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  g_autofree char *base = base_of (g_uri_get_path (uri));
  g_autofree char *port = g_uri_get_port (uri) > 0 ? g_strdup_printf (":%d", g_uri_get_port (uri)) : g_strdup ("");
  WattleGuestLink *self;

  if (g_ascii_strcasecmp (g_uri_get_scheme (uri), "wattle") != 0 || g_uri_get_userinfo (uri) != NULL
      || g_uri_get_query (uri) != NULL || !is_host (host) || base == NULL || !is_secret (g_uri_get_fragment (uri)))
    return NULL;
  self = g_new0 (WattleGuestLink, 1);
  self->host = g_strdup_printf (strchr (host, ':') != NULL ? "[%s]%s" : "%s%s", host, port);
  self->server = g_strconcat (is_loopback (host) ? "http://" : "https://", self->host, base, NULL);
  self->secret = g_strdup (g_uri_get_fragment (uri));
  return self;
}

/**
 * wattle_guest_link_parse:
 * @text: any bytes
 * @error: %WATTLE_ERROR_INVALID: it is not such a link
 *
 * Looks at it alone; nothing is asked of any server.
 *
 * Returns: (transfer full) (nullable): what it leads to: a server by https, or on this computer
 */
WattleGuestLink *
wattle_guest_link_parse (const char *text, GError **error)
{
  gsize length = strnlen (text, WATTLE_GUEST_LINK_MAX + 1);
  g_autoptr (GUri) uri = NULL;
  WattleGuestLink *self = NULL;

  /* Before the library resolves dots: a path that climbs is nobody's honest link. */
  if (length <= WATTLE_GUEST_LINK_MAX && consists_of (text, LETTERS DIGITS ":/#[].-_") && strstr (text, "/.") == NULL)
    uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  if (uri != NULL)
    self = take (uri);
  if (self == NULL)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "link", "%s",
                            _("This link is not an invitation that Wattle understands, so nothing was opened. Copy it "
                               "again from the message of the practice, or call the practice."));
  return self;
}

/* Whether it was meant to be a link, so that no address is needed beside it. */
gboolean
wattle_guest_link_is_link (const char *text)
{
  return strstr (text, "://") != NULL || strstr (text, "/call") != NULL;
}

/* What follows the scheme of an address, without blanks around it. */
static char *
without_scheme (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strndup (text, WATTLE_GUEST_LINK_MAX + 1));
  const char *mark = strstr (stripped, "://");

  return g_strdup (mark != NULL ? mark + strlen ("://") : stripped);
}

static WattleGuestLink *
parse_code (const char *text, const char *address, GError **error)
{
  g_autofree char *code = g_strstrip (g_strndup (text, SECRET_MAX + 1));
  g_autofree char *host = without_scheme (address);
  g_autofree char *link = NULL;
  WattleGuestLink *self;

  if (!is_secret (code))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "code", "%s",
                              _("This is no code of a video visit. It has letters, digits and dashes, and stands in "
                                 "the message of the practice; so does a link, which can be pasted here."));
      return NULL;
    }
  if (g_str_has_suffix (host, "/call"))
    host[strlen (host) - strlen ("/call")] = '\0';
  if (g_str_has_suffix (host, "/"))
    host[strlen (host) - 1] = '\0';
  link = g_strdup_printf ("wattle://%s/call#%s", host, code);
  self = wattle_guest_link_parse (link, NULL);
  if (self == NULL)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "address", "%s",
                            _("Type the address of the practice, too: it stands beside the code, such as "
                               "clinic.example.com.au."));
  return self;
}

/**
 * wattle_guest_link_parse_typed:
 * @text: what a person typed or pasted: a code, or a link as a browser or this program opens it
 * @address: of the practice, for a code
 * @error: %WATTLE_ERROR_INVALID: with a sentence of what is missing
 *
 * Returns: (transfer full) (nullable): as wattle_guest_link_parse()
 */
WattleGuestLink *
wattle_guest_link_parse_typed (const char *text, const char *address, GError **error)
{
  g_autofree char *rest = NULL;
  g_autofree char *link = NULL;

  if (!wattle_guest_link_is_link (text))
    return parse_code (text, address, error);
  rest = without_scheme (text);
  link = g_strconcat ("wattle://", rest, NULL);
  return wattle_guest_link_parse (link, error);
}

void
wattle_guest_link_free (WattleGuestLink *self)
{
  g_free (self->server);
  g_free (self->host);
  g_free (self->secret);
  g_free (self);
}
