/* server-call.c: the two calls to a server that come before any session
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/start/server-call.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/error.h"

/* Both answers are a few hundred bytes; whoever sends more is not a server of ours. */
#define MAX_ANSWER (64 * 1024)
#define TIMEOUT 15

typedef struct
{
  SoupSession *session;
  SoupMessage *message;
  char *buffer;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_object (&call->session);
  g_clear_object (&call->message);
  g_free (call->buffer);
  g_free (call);
}

static gboolean
is_loopback (const char *host)
{
  return g_str_equal (host, "localhost") || g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1");
}

/**
 * wattle_server_url:
 * @typed: what a person typed
 * @error: %WATTLE_ERROR_INVALID with a sentence
 *
 * Returns: (transfer full) (nullable): the address without a path; https unless
 * it names this computer
 */
char *
wattle_server_url (const char *typed, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (typed));
  g_autofree char *full = strstr (trimmed, "://") != NULL ? g_strdup (trimmed)
                                                          : g_strconcat ("https://", trimmed, NULL);
  g_autoptr (GUri) uri = g_uri_parse (full, SOUP_HTTP_URI_FLAGS, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  int number = uri != NULL ? g_uri_get_port (uri) : -1;
  g_autofree char *port = NULL;

  if (host == NULL || *host == '\0' || strpbrk (host, " \t\n") != NULL
      || !(g_str_equal (scheme, "https") || g_str_equal (scheme, "http")))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "url",
                              _("This is not the address of a server. It looks like clinic.example.com.au."));
      return NULL;
    }
  if (g_str_equal (scheme, "http") && !is_loopback (host))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "url",
                              _("This address is not encrypted, so anyone on the way could read along. "
                                "Use one that begins with https://."));
      return NULL;
    }
  port = number > 0 && number != (g_str_equal (scheme, "https") ? 443 : 80) ? g_strdup_printf (":%d", number)
                                                                            : g_strdup ("");
  return g_strdup_printf (strchr (host, ':') != NULL ? "%s://[%s]%s" : "%s://%s%s", scheme, host, port);
}

static void
answer (GTask *task, gsize length)
{
  Call *call = g_task_get_task_data (task);
  guint status = soup_message_get_status (call->message);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) json = NULL;
  const char *sentence;

  if (length <= MAX_ANSWER)
    json = wattle_json_parse (call->buffer, length, &WATTLE_JSON_WIRE_LIMITS, NULL);
  if (json == NULL)
    wattle_set_field_error (&error, WATTLE_ERROR_UNSUPPORTED, "url",
                            _("Something answered there, but it is not a Wattle server."));
  else if (status >= 400)
    {
      WattleJsonNode problem = wattle_json_member (wattle_json_root (json), "error");

      sentence = wattle_json_member_string (problem, "message");
      wattle_set_field_error (&error, wattle_error_code_from_nick (wattle_json_member_string (problem, "code")),
                              wattle_json_member_string (problem, "field"), "%s",
                              sentence != NULL ? sentence : _("The server refused without saying why."));
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&json), (GDestroyNotify) wattle_json_free);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error))
    answer (task, length);
  else
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_OFFLINE, _("The connection broke off: %s."),
                             error->message);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (stream == NULL && error->domain == G_TLS_ERROR)
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_FORBIDDEN,
                             _("The server could not prove who it is, so nothing was sent to it: %s."),
                             error->message);
  else if (stream == NULL)
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_OFFLINE, _("No server answers there: %s."),
                             error->message);
  else
    {
      call->buffer = g_malloc (MAX_ANSWER + 1);
      g_input_stream_read_all_async (stream, call->buffer, MAX_ANSWER + 1, G_PRIORITY_DEFAULT,
                                     g_task_get_cancellable (task), read_cb, g_object_ref (task));
    }
}

/**
 * wattle_server_call_async:
 * @url: from wattle_server_url()
 * @method: "GET" or "POST"
 * @path: such as "/v1/hello"
 * @body: (nullable): JSON
 * @cancellable: (nullable): to stop
 * @callback: told on the main context
 * @user_data: for @callback
 */
void
wattle_server_call_async (const char *url,
                          const char *method,
                          const char *path,
                          const char *body,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *full = g_strconcat (url, path, NULL);
  Call *call = g_new0 (Call, 1);

  g_task_set_task_data (task, call, call_free);
  call->session = soup_session_new_with_options ("timeout", TIMEOUT, NULL);
  call->message = soup_message_new (method, full);
  if (call->message == NULL)
    {
      g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_INVALID, _("This is not the address of a server."));
      return;
    }
  soup_message_add_flags (call->message, SOUP_MESSAGE_NO_REDIRECT);
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (call->message, "application/json", bytes);
    }
  soup_session_send_async (call->session, call->message, G_PRIORITY_DEFAULT, cancellable, sent_cb,
                           g_object_ref (task));
}

/**
 * wattle_server_call_finish:
 * @result: what the callback was given
 * @error: why there is no answer, in a sentence
 *
 * Returns: (transfer full) (nullable): the answer
 */
WattleJson *
wattle_server_call_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * wattle_server_is_wattled:
 * @hello: the answer to GET /v1/hello
 * @error: what is wrong with it, in a sentence
 *
 * Returns: whether a server of ours answered
 */
gboolean
wattle_server_is_wattled (const WattleJson *hello, GError **error)
{
  if (g_strcmp0 (wattle_json_member_string (wattle_json_root (hello), "product"), "wattled") == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "url",
                          _("Something answered there, but it is not a Wattle server."));
  return FALSE;
}
