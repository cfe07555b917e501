/* loopback.c: where the browser brings back the answer of an identity provider
 *
 * RFC 8252 s 7.3: a port of this computer alone, open only while one sign-in
 * goes on. Anything else that calls there is told nothing and ends nothing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/loopback.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"

#define PATH "/back"
#define MAX_REQUEST 8192
/* A browser connects ahead of need; what says nothing for so long is let go. */
#define READ_SECONDS 2

struct _WattleLoopback
{
  GSocket *socket;
  char *url;
};

/**
 * wattle_loopback_new:
 * @error: no port of this computer could be opened
 *
 * Returns: (transfer full) (nullable): a listener on a free port of 127.0.0.1
 */
WattleLoopback *
wattle_loopback_new (GError **error)
{
  g_autoptr (GSocket) socket =
    g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  g_autoptr (GInetAddress) here = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (here, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  WattleLoopback *self;

  if (socket == NULL || !g_socket_bind (socket, wanted, FALSE, error) || !g_socket_listen (socket, error)
      || (bound = g_socket_get_local_address (socket, error)) == NULL)
    return NULL;
  self = g_new0 (WattleLoopback, 1);
  self->socket = g_steal_pointer (&socket);
  self->url =
    g_strdup_printf ("http://127.0.0.1:%u" PATH, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return self;
}

void
wattle_loopback_free (WattleLoopback *self)
{
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_free (self->url);
  g_free (self);
}

/**
 * wattle_loopback_url:
 * @self: a listener
 *
 * Returns: where the browser is to be sent back
 */
const char *
wattle_loopback_url (WattleLoopback *self)
{
  return self->url;
}

static gboolean
is_whole (const char *text)
{
  return strstr (text, "\r\n\r\n") != NULL;
}

/* The head of one request: bounded in size and, over all its pieces, in time. */
static gboolean
read_head (GSocket *peer, char head[MAX_REQUEST], GCancellable *cancellable)
{
  gint64 end = g_get_monotonic_time () + READ_SECONDS * G_USEC_PER_SEC;
  gsize length = 0;

  while (length < MAX_REQUEST - 1)
    {
      gint64 left = end - g_get_monotonic_time ();
      gssize got;

      if (left <= 0 || !g_socket_condition_timed_wait (peer, G_IO_IN, left, cancellable, NULL))
        return FALSE;
      got = g_socket_receive (peer, head + length, MAX_REQUEST - 1 - length, cancellable, NULL);
      if (got <= 0)
        return FALSE;
      length += got;
      head[length] = '\0';
      if (is_whole (head))
        return strlen (head) == length;
    }
  return FALSE;
}

static void
answer (GSocket *peer, gboolean ours, GCancellable *cancellable)
{
  g_autofree char *page =
    ours ? g_strdup_printf ("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Wattle</title></head>"
                            "<body><p>%s</p></body></html>",
                            _("You can close this page and go back to Wattle."))
         : g_strdup ("");
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\n"
                                           "Content-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n"
                                           "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
                                           "Content-Security-Policy: default-src 'none'\r\n\r\n%s",
                                           ours ? "200 OK" : "404 Not Found", strlen (page), page);
  gsize length = strlen (text);

  for (gsize sent = 0; sent < length;)
    {
      gssize more = g_socket_send (peer, text + sent, length - sent, cancellable, NULL);

      if (more <= 0)
        return;
      sent += more;
    }
}

/* The query of the request, when it is one that a browser was sent here with. */
static GHashTable *
query_of (char *head)
{
  const char *start = "GET " PATH "?";
  char *end;

  if (!g_str_has_prefix (head, start))
    return NULL;
  head += strlen (start);
  end = strchr (head, ' ');
  if (end == NULL)
    return NULL;
  *end = '\0';
  return g_uri_parse_params (head, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
}

/* TRUE when this was the one that is waited for, whatever it says. */
static gboolean
take (GSocket *peer, const char *state, char **code, GCancellable *cancellable)
{
  char head[MAX_REQUEST];
  g_autoptr (GHashTable) query = NULL;
  const char *given = NULL;
  gboolean ours;

  if (read_head (peer, head, cancellable))
    query = query_of (head);
  if (query != NULL)
    given = g_hash_table_lookup (query, "state");
  ours = given != NULL && strlen (given) == strlen (state) && sodium_memcmp (given, state, strlen (state)) == 0;
  if (ours)
    *code = g_strdup (g_hash_table_lookup (query, "code"));
  answer (peer, ours, cancellable);
  sodium_memzero (head, sizeof head);
  return ours;
}

static void
set_no_answer (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CANCELLED, "provider",
                          _("Nothing came back from the browser, so nobody was signed in. Nothing was changed; try "
                            "again when you are ready."));
}

/**
 * wattle_loopback_wait:
 * @self: a listener
 * @state: what the answer must carry
 * @wait: for how long, in microseconds
 * @cancellable: (nullable): to stop
 * @error: %WATTLE_ERROR_CANCELLED when nothing came, %WATTLE_ERROR_UNAUTHENTICATED
 *   when the provider said no
 *
 * Takes one answer. What carries another state is turned away and does not count.
 *
 * Returns: (transfer full) (nullable): the code
 */
char *
wattle_loopback_wait (
  WattleLoopback *self, const char *state, gint64 wait, GCancellable *cancellable, GError **error)
{
  gint64 end = g_get_monotonic_time () + wait;
  char *code = NULL;

  for (;;)
    {
      gint64 left = end - g_get_monotonic_time ();
      g_autoptr (GSocket) peer = NULL;

      if (left <= 0 || !g_socket_condition_timed_wait (self->socket, G_IO_IN, left, cancellable, NULL))
        break;
      peer = g_socket_accept (self->socket, cancellable, NULL);
      if (peer == NULL)
        continue;
      g_socket_set_timeout (peer, READ_SECONDS);
      if (take (peer, state, &code, cancellable))
        {
          g_socket_shutdown (peer, FALSE, TRUE, NULL);
          g_socket_close (peer, NULL);
          if (code == NULL)
            wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "provider",
                                    _("The identity provider did not sign you in. Nothing was changed; try again, or "
                                      "ask an administrator."));
          return code;
        }
      g_socket_close (peer, NULL);
    }
  set_no_answer (error);
  return NULL;
}
