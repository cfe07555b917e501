/* events.c: GET /events: the socket over which a device hears that something changed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "server/api/typing.h"

/* Of somebody who types only so many marks are passed on; more are read and dropped. */
#define TYPING_GAP (2 * WATTLE_SECOND)

/* One socket from its handshake to its end; @state is set once, by whoever looked at the token. */
typedef struct
{
  gatomicrefcount references;
  WattleServer *server;
  gboolean asked; /* the first frame came; socket thread only */
  int member;     /* atomic: signed in */
  int closed;     /* atomic: the socket is gone */
  gint64 typed_at; /* monotonic; socket thread only */
} Listener;

typedef struct
{
  Listener *listener;
  WattleSocket *socket;
  char *token;
} Question;

static void
listener_unref (gpointer data)
{
  Listener *self = data;

  if (g_atomic_ref_count_dec (&self->references))
    g_free (self);
}

static void
close_refused (WattleSocket *socket)
{
  wattle_socket_send_text (socket, "{\"signed_out\":true}", -1);
  wattle_socket_close (socket, WATTLE_SOCKET_CLOSE_POLICY, "sign in again");
}

static gboolean
may_listen (WattleSession *session)
{
  return session != NULL && !session->pending && !session->missing_factor
         && wattle_policy_reach ("GET /v1/events", &session->actor, NULL) != WATTLE_REACH_NONE;
}

/* Reads the rows of a session, which may take longer than the thread of all sockets can wait. */
static void
sign_in (gpointer data, gpointer data_of_pool)
{
  WattleAsk *ask = data;
  Question *question = ask->data;
  WattleServer *server = data_of_pool;
  g_autoptr (WattleSession) session = wattle_server_find_session (server, question->token, NULL);

  if (!may_listen (session) || !wattle_hub_add (server->hub, question->socket, session))
    close_refused (question->socket);
  else if (g_atomic_int_get (&question->listener->closed))
    wattle_hub_remove (server->hub, question->socket);
  else
    {
      g_atomic_int_set (&question->listener->member, 1);
      wattle_socket_set_ready (question->socket);
      wattle_hub_at (server->hub, question->socket, -1);
    }
  listener_unref (question->listener);
  wattle_socket_unref (question->socket);
  g_free (question->token);
  g_free (question);
  g_free (ask);
}

static void
ask (Listener *self, WattleSocket *socket, const char *token)
{
  Question *question = g_new0 (Question, 1);
  WattleAsk *ask = g_new0 (WattleAsk, 1);

  self->asked = TRUE;
  g_atomic_ref_count_inc (&self->references);
  question->listener = self;
  question->socket = wattle_socket_ref (socket);
  question->token = g_strdup (token);
  ask->run = sign_in;
  ask->data = question;
  g_thread_pool_push (self->server->askers, ask, NULL);
}

/* FALSE for what no program of ours says. */
static gboolean
take_typing (Listener *self, WattleSocket *socket, const char *thread)
{
  gint64 now = g_get_monotonic_time ();

  if (!wattle_id_is_valid (thread))
    return FALSE;
  if (!g_atomic_int_get (&self->member) || (self->typed_at != 0 && now - self->typed_at < TYPING_GAP))
    return TRUE;
  self->typed_at = now;
  wattle_typing_take (self->server, socket, thread);
  return TRUE;
}

static void
message_cb (WattleSocket *socket, const char *text, gsize length, gpointer data)
{
  Listener *self = data;
  g_autoptr (WattleJson) json = wattle_json_parse (text, length, NULL, NULL);
  WattleJsonNode root = json != NULL ? wattle_json_root (json) : (WattleJsonNode){ NULL, 0 };
  const char *token = wattle_json_member_string (root, "token");
  const char *typing = wattle_json_member_string (root, "typing");
  gint64 cursor = wattle_json_member_integer (root, "at", -1);

  if (!self->asked && token != NULL)
    ask (self, socket, token);
  else if (self->asked && cursor >= 0)
    {
      if (g_atomic_int_get (&self->member))
        wattle_hub_at (self->server->hub, socket, cursor);
    }
  else if (!self->asked || typing == NULL || !take_typing (self, socket, typing))
    wattle_socket_close (socket, WATTLE_SOCKET_CLOSE_POLICY, "not understood");
}

static void
closed_cb (WattleSocket *socket, guint code, gpointer data)
{
  Listener *self = data;

  g_atomic_int_set (&self->closed, 1);
  wattle_hub_remove (self->server->hub, socket);
}

void
wattle_api_events (WattleCall *arg)
{
  static const WattleSocketEvents events = { NULL, message_cb, closed_cb };
  g_autoptr (WattleCall) call = arg;
  Listener *listener = g_new0 (Listener, 1);

  g_atomic_ref_count_init (&listener->references);
  listener->server = call->server;
  wattle_request_accept_socket (call->request, &events, listener, listener_unref);
}
