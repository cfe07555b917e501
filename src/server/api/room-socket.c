/* room-socket.c: GET /rooms/{room}/socket: the way of one client to a room; GET /rooms: which are in use
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "server/api/room-relay.h"
#include "server/api/rooms.h"
#include "server/api/routes.h"

#define HELLOS_PER_MINUTE 60 /* of one address */
#define MESSAGES_PER_SECOND 100

/* One socket from its handshake to its end. @socket is there until closed_cb, on the thread of sockets. */
typedef struct
{
  WattleRoomLink link;
  gatomicrefcount references;
  WattleServer *server;
  WattleSocket *socket;
  char *room;
  gboolean asked;   /* the first message came */
  gboolean entered; /* and was answered */
  guint way;        /* to another server that has the room; 0 when it is here */
} Visitor;

/* The first message, on its way to the rows and back. */
typedef struct
{
  Visitor *visitor;
  WattleSocket *socket;
  WattleJson *hello;
  WattleRoomEntry *entry;
  char *home; /* (nullable): the server that has the room */
  const char *why;
  GError *error;
} Question;

static void
visitor_unref (gpointer data)
{
  Visitor *self = data;

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->room);
  g_free (self);
}

static void
send (WattleRoomLink *link, const char *text)
{
  Visitor *self = (Visitor *) link;

  if (self->socket != NULL)
    wattle_socket_send_text (self->socket, text, -1);
}

static void
close_link (WattleRoomLink *link)
{
  Visitor *self = (Visitor *) link;

  if (self->socket != NULL)
    wattle_socket_close (self->socket, WATTLE_SOCKET_CLOSE_POLICY, NULL);
}

static void
question_free (gpointer data)
{
  Question *self = data;

  visitor_unref (self->visitor);
  wattle_socket_unref (self->socket);
  wattle_json_free (self->hello);
  wattle_room_entry_free (self->entry);
  g_free (self->home);
  g_clear_error (&self->error);
  g_free (self);
}

/* Back on the thread of sockets. */
static gboolean
answered_cb (gpointer data)
{
  Question *self = data;
  Visitor *visitor = self->visitor;

  if (visitor->socket == NULL)
    return G_SOURCE_REMOVE;
  if (self->entry == NULL)
    {
      wattle_room_bye (&visitor->link, self->why, self->error != NULL ? self->error->message : "");
      return G_SOURCE_REMOVE;
    }
  wattle_socket_set_ready (visitor->socket);
  visitor->entered = TRUE;
  if (self->home != NULL)
    visitor->way =
      wattle_relay_enter (visitor->server->relay, self->home, g_steal_pointer (&self->entry), &visitor->link);
  else
    wattle_rooms_enter (visitor->server->rooms, g_steal_pointer (&self->entry), &visitor->link);
  return G_SOURCE_REMOVE;
}

/* On a thread that may read rows. */
static void
look_up (gpointer data, gpointer data_of_pool)
{
  WattleAsk *ask = data;
  WattleServer *server = data_of_pool;
  Question *self = ask->data;

  self->entry = wattle_room_entry_find (server, self->visitor->room, wattle_json_root (self->hello),
                                        wattle_socket_get_peer (self->socket), &self->why, &self->error);
  if (self->entry != NULL)
    self->home = wattle_relay_find_home (server->relay, self->entry->room);
  g_main_context_invoke_full (wattle_engine_get_socket_context (server->engine), G_PRIORITY_DEFAULT, answered_cb, self,
                              question_free);
  g_free (ask);
}

static void
ask (Visitor *self, WattleSocket *socket, WattleJson *hello)
{
  Question *question = g_new0 (Question, 1);
  WattleAsk *ask = g_new0 (WattleAsk, 1);

  self->asked = TRUE;
  g_atomic_ref_count_inc (&self->references);
  question->visitor = self;
  question->socket = wattle_socket_ref (socket);
  question->hello = hello;
  ask->run = look_up;
  ask->data = question;
  g_thread_pool_push (self->server->askers, ask, NULL);
}

static void
opened_cb (WattleSocket *socket, gpointer data)
{
  Visitor *self = data;

  self->socket = socket;
  wattle_socket_set_rate (socket, MESSAGES_PER_SECOND);
}

static void
first_message (Visitor *self, WattleSocket *socket, const char *text, gsize length)
{
  g_autoptr (WattleJson) json = wattle_json_parse (text, length, NULL, NULL);
  const char *network = wattle_socket_get_network (socket);
  WattleJsonNode root = json != NULL ? wattle_json_root (json) : (WattleJsonNode){ NULL, 0 };

  if (json == NULL || wattle_json_kind (root) != WATTLE_JSON_OBJECT
      || g_strcmp0 (wattle_json_member_string (root, "type"), "hello") != 0)
    wattle_room_bye (&self->link, "bad", "This program sent something that was not understood.");
  else if (self->server->limits.public_calls_per_minute > 0
           && wattle_rates_take (self->server->rates, "rooms", network, HELLOS_PER_MINUTE, 60) > 0)
    wattle_room_bye (&self->link, "slow", "There were too many attempts. Wait a minute before you try again.");
  else
    ask (self, socket, g_steal_pointer (&json));
}

static void
message_cb (WattleSocket *socket, const char *text, gsize length, gpointer data)
{
  Visitor *self = data;

  if (!self->asked)
    first_message (self, socket, text, length);
  else if (self->way > 0)
    wattle_relay_say (self->server->relay, self->way, text, length);
  else if (self->entered)
    wattle_rooms_message (self->server->rooms, &self->link, text, length);
  else
    wattle_room_bye (&self->link, "bad", "This program did not wait for its answer.");
}

static void
closed_cb (WattleSocket *socket, guint code, gpointer data)
{
  Visitor *self = data;

  self->socket = NULL;
  if (self->way > 0)
    wattle_relay_gone (self->server->relay, self->way);
  else
    wattle_rooms_gone (self->server->rooms, &self->link);
}

void
wattle_api_room_socket (WattleCall *arg)
{
  static const WattleSocketEvents events = { opened_cb, message_cb, closed_cb };
  g_autoptr (WattleCall) call = arg;
  Visitor *self = g_new0 (Visitor, 1);

  g_atomic_ref_count_init (&self->references);
  self->link.send = send;
  self->link.close = close_link;
  self->server = call->server;
  self->room = g_strdup (wattle_request_get_param (call->request, "room"));
  wattle_request_accept_socket (call->request, &events, self, visitor_unref);
}

typedef struct
{
  WattleCall *call;
  GPtrArray *elsewhere;
} List;

static void
list_free (gpointer data)
{
  List *self = data;

  wattle_call_free (self->call);
  g_ptr_array_unref (self->elsewhere);
  g_free (self);
}

/* The rooms belong to the thread of sockets. */
static gboolean
list_cb (gpointer data)
{
  List *self = data;
  WattleCall *call = self->call;
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "rooms");
  wattle_rooms_write (call->server->rooms, &writer);
  wattle_json_name (&writer, "elsewhere");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < self->elsewhere->len; i++)
    wattle_json_put_string (&writer, self->elsewhere->pdata[i]);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, text);
  return G_SOURCE_REMOVE;
}

void
wattle_api_rooms (WattleCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, &error);
  List *self;

  if (transaction == NULL)
    {
      wattle_call_respond_error (call, error);
      wattle_call_free (call);
      return;
    }
  self = g_new0 (List, 1);
  self->call = call;
  self->elsewhere = wattle_relay_rooms_elsewhere (call->server->relay, transaction);
  wattle_call_hold (call);
  g_main_context_invoke_full (wattle_engine_get_socket_context (call->server->engine), G_PRIORITY_DEFAULT, list_cb,
                              self, list_free);
}

/* Before a call, to see whether the relay can be reached. */
void
wattle_api_room_turn (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, &error);
  WattleReader *reader = transaction != NULL ? wattle_transaction_reader (transaction) : NULL;
  const char *room = wattle_request_get_param (call->request, "room");
  g_autoptr (WattleRecord) visit = reader != NULL ? wattle_room_find_visit (reader, room, &error) : NULL;
  GString *text;
  WattleJsonWriter writer;

  if (visit == NULL || !wattle_policy_check (call->route->rule, wattle_call_actor (call), reader, visit, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  text = g_string_new (NULL);
  writer = wattle_json_writer (text);
  wattle_json_begin_object (&writer);
  wattle_turn_write (&call->server->turn, wattle_clock_now (), &writer);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, text);
}
