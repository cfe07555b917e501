/* transport.h: how requests reach a server, so that tests and simulations can stand in for the network
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WattleRequest:
 * @method: "GET", "POST"…
 * @path: below /v1, with its query
 * @token: (nullable): access token
 * @body: (nullable): bytes to send
 * @content_type: (nullable): of @body; JSON when %NULL
 * @upload_offset: where a piece of a blob begins; only with @upload_length
 * @upload_length: size of the whole blob; 0 for other requests
 * @range_offset: where the part begins that is wanted; only with @range_length
 * @range_length: how much of it is wanted at most; 0 for all
 * @max_bytes: largest answer that is read; 0 for 1 MiB
 * @quick: give up after 3 seconds of silence, not 30
 */
typedef struct
{
  const char *method;
  const char *path;
  const char *token;
  GBytes *body;
  const char *content_type;
  gint64 upload_offset;
  gint64 upload_length;
  gint64 range_offset;
  gint64 range_length;
  gsize max_bytes;
  gboolean quick;
} WattleRequest;

/**
 * WattleResponse:
 * @status: HTTP status
 * @body: what was sent, decoded
 * @upload_offset: value of that header, -1 without one
 * @retry_after: seconds, 0 without one
 */
typedef struct
{
  guint status;
  GBytes *body;
  gint64 upload_offset;
  guint retry_after;
} WattleResponse;

void wattle_response_clear (WattleResponse *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WattleResponse, wattle_response_clear)

/**
 * WattleEventsFunc:
 * @message: (nullable): one message of the server; %NULL when the line is closed
 * @data: what was given
 */
typedef void (*WattleEventsFunc) (const char *message, gpointer data);

#define WATTLE_TYPE_TRANSPORT (wattle_transport_get_type ())
G_DECLARE_INTERFACE (WattleTransport, wattle_transport, WATTLE, TRANSPORT, GObject)

/**
 * WattleTransportInterface:
 * @send: one request, blocking; %FALSE with WATTLE_ERROR_OFFLINE when there was no answer
 * @listen: opens the line of events and reports on the thread-default main context
 * @tell: (nullable): says something on that line, when it is open; on the thread that listens
 * @hang_up: closes that line without a report
 * @waiting_since: monotonic time since when a request has heard nothing; 0 when none waits
 */
struct _WattleTransportInterface
{
  GTypeInterface parent;

  gboolean (*send) (WattleTransport *self,
                    const WattleRequest *request,
                    WattleResponse *response,
                    GCancellable *cancellable,
                    GError **error);
  void (*listen) (WattleTransport *self, const char *token, WattleEventsFunc func, gpointer data);
  void (*tell) (WattleTransport *self, const char *text);
  void (*hang_up) (WattleTransport *self);
  gint64 (*waiting_since) (WattleTransport *self);
};

gboolean wattle_transport_send (WattleTransport *self,
                                const WattleRequest *request,
                                WattleResponse *response,
                                GCancellable *cancellable,
                                GError **error);
void wattle_transport_listen (WattleTransport *self, const char *token, WattleEventsFunc func, gpointer data);
void wattle_transport_tell (WattleTransport *self, const char *text);
void wattle_transport_hang_up (WattleTransport *self);
gint64 wattle_transport_waiting_since (WattleTransport *self);
gboolean wattle_response_check (const WattleResponse *response, GError **error);

WattleTransport *wattle_transport_soup_new (const char *server_url);

G_END_DECLS
