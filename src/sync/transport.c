/* transport.c: the interface of transports, and what an answer's status means
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/transport.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/json.h"

/* Words of a server are shown to a person; more than this is not for one. */
#define MAX_SENTENCE 500

G_DEFINE_INTERFACE (WattleTransport, wattle_transport, G_TYPE_OBJECT)

static void
wattle_transport_default_init (WattleTransportInterface *iface)
{
}

/**
 * wattle_transport_send:
 * @self: a transport
 * @request: what to ask
 * @response: (out): the answer, of whatever status; clear it after use
 * @cancellable: (nullable): to stop
 * @error: %WATTLE_ERROR_OFFLINE when there was none, %WATTLE_ERROR_TOO_LARGE
 *
 * Blocks. May be called from any thread.
 *
 * Returns: whether there was an answer
 */
gboolean
wattle_transport_send (WattleTransport *self,
                       const WattleRequest *request,
                       WattleResponse *response,
                       GCancellable *cancellable,
                       GError **error)
{
  *response = (WattleResponse){ .upload_offset = -1 };
  return WATTLE_TRANSPORT_GET_IFACE (self)->send (self, request, response, cancellable, error);
}

/**
 * wattle_transport_listen:
 * @self: a transport
 * @token: access token, sent as the first message
 * @func: called on the thread-default main context of this call
 * @data: for @func
 *
 * Opens the line of events, instead of one that may be open.
 */
void
wattle_transport_listen (WattleTransport *self, const char *token, WattleEventsFunc func, gpointer data)
{
  WATTLE_TRANSPORT_GET_IFACE (self)->listen (self, token, func, data);
}

/**
 * wattle_transport_tell:
 * @self: a transport
 * @text: what the server is told on the line of events, if that is open: nobody waits for it
 *
 * On the thread that listens.
 */
void
wattle_transport_tell (WattleTransport *self, const char *text)
{
  WattleTransportInterface *iface = WATTLE_TRANSPORT_GET_IFACE (self);

  if (iface->tell != NULL)
    iface->tell (self, text);
}

void
wattle_transport_hang_up (WattleTransport *self)
{
  WATTLE_TRANSPORT_GET_IFACE (self)->hang_up (self);
}

gint64
wattle_transport_waiting_since (WattleTransport *self)
{
  WattleTransportInterface *iface = WATTLE_TRANSPORT_GET_IFACE (self);

  return iface->waiting_since != NULL ? iface->waiting_since (self) : 0;
}

void
wattle_response_clear (WattleResponse *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
}

/* For an answer without words of a Wattle server. It says nothing of an operation: 400 and 422 of something between are
 * failures like others, or what waits would be set aside as refused. */
static WattleErrorCode
code_of_status (guint status)
{
  static const struct
  {
    guint status;
    WattleErrorCode code;
  } codes[] = {
    { 401, WATTLE_ERROR_UNAUTHENTICATED }, { 403, WATTLE_ERROR_FORBIDDEN },    { 404, WATTLE_ERROR_NOT_FOUND },
    { 409, WATTLE_ERROR_CONFLICT },        { 410, WATTLE_ERROR_UNSUPPORTED },  { 413, WATTLE_ERROR_TOO_LARGE },
    { 426, WATTLE_ERROR_UNSUPPORTED },     { 429, WATTLE_ERROR_RATE_LIMITED }, { 503, WATTLE_ERROR_BUSY },
    { 502, WATTLE_ERROR_OFFLINE },         { 504, WATTLE_ERROR_OFFLINE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (codes[i].status == status)
      return codes[i].code;
  return WATTLE_ERROR_FAILED;
}

/**
 * wattle_response_check:
 * @response: an answer
 * @error: what the server said, with its code and field
 *
 * Returns: whether the status is one of success
 */
gboolean
wattle_response_check (const WattleResponse *response, GError **error)
{
  g_autoptr (WattleJson) json = NULL;
  WattleJsonNode said;
  const char *nick, *message;
  gsize length = 0;
  const char *text = response->body != NULL ? g_bytes_get_data (response->body, &length) : NULL;

  if (response->status >= 200 && response->status < 300)
    return TRUE;
  if (length > 0)
    json = wattle_json_parse (text, length, NULL, NULL);
  if (json != NULL)
    {
      said = wattle_json_member (wattle_json_root (json), "error");
      nick = wattle_json_member_string (said, "code");
      message = wattle_json_member_string (said, "message");
      if (nick != NULL && message != NULL)
        {
          wattle_set_field_error (error, wattle_error_code_from_nick (nick), wattle_json_member_string (said, "field"),
                                  "%.*s", MAX_SENTENCE, message);
          return FALSE;
        }
    }
  wattle_set_field_error (error, code_of_status (response->status), NULL,
                          _("The server answered with status %u. Nothing was lost; this will be tried again."),
                          response->status);
  return FALSE;
}
