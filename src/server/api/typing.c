/* typing.c: that somebody is writing, passed on to the others of a conversation and kept nowhere
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/typing.h"

#include "base/clock.h"
#include "base/id.h"
#include "domain/messaging.h"
#include "domain/policy.h"

typedef struct
{
  WattleSession *session; /* (nullable): who writes, when their socket is here */
  char *thread;
  char *user; /* id of who writes */
} Typing;

static void
typing_free (Typing *self)
{
  g_clear_pointer (&self->session, wattle_session_unref);
  g_free (self->thread);
  g_free (self->user);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Typing, typing_free)

/* Everybody else who may read the conversation now, on each of their devices. */
static void
deliver (WattleServer *server, WattleReader *reader, WattleRecord *thread, const char *user)
{
  g_autoptr (GPtrArray) sessions = wattle_hub_sessions (server->hub);
  g_autofree char *text =
    g_strdup_printf ("{\"typing\":{\"thread\":\"%s\",\"user\":\"%s\"}}", wattle_record_id (thread), user);

  for (guint i = 0; i < sessions->len; i++)
    {
      WattleSession *session = sessions->pdata[i];

      if (g_strcmp0 (session->actor.user, user) != 0 && wattle_thread_has (thread, &session->actor)
          && wattle_policy_check ("read:message", &session->actor, reader, thread, NULL))
        wattle_hub_send (server->hub, session, text);
    }
}

/* On a thread that may read rows. */
static void
look (gpointer data, gpointer data_of_pool)
{
  WattleAsk *ask = data;
  WattleServer *server = data_of_pool;
  g_autoptr (Typing) self = ask->data;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (server->store, NULL);
  WattleReader *reader = transaction != NULL ? wattle_transaction_reader (transaction) : NULL;
  g_autoptr (WattleRecord) thread =
    reader != NULL ? wattle_reader_get (reader, WATTLE_RECORD_THREAD, self->thread, NULL) : NULL;

  g_free (ask);
  if (thread == NULL)
    return;
  if (self->session != NULL)
    {
      if (!wattle_policy_check ("thread:typing", &self->session->actor, reader, thread, NULL)
          || wattle_thread_phase (reader, thread, wattle_clock_now ()) != WATTLE_THREAD_PHASE_OPEN)
        return;
      wattle_hub_typing (server->hub, self->thread, self->user);
    }
  deliver (server, reader, thread, self->user);
}

static void
push (WattleServer *server, WattleSession *session, const char *thread, const char *user)
{
  WattleAsk *ask = g_new0 (WattleAsk, 1);
  Typing *typing = g_new0 (Typing, 1);

  typing->session = session;
  typing->thread = g_strdup (thread);
  typing->user = g_strdup (user);
  ask->run = look;
  ask->data = typing;
  g_thread_pool_push (server->askers, ask, NULL);
}

/**
 * wattle_typing_take:
 * @server: the server
 * @socket: of a device that is signed in
 * @thread: id of what it says that somebody writes in
 *
 * Passes it on to the others of that conversation, here and at the other
 * servers, when the rule thread:typing lets the sender. Who may not is told
 * nothing, whether there is such a conversation or not. From any thread.
 */
void
wattle_typing_take (WattleServer *server, WattleSocket *socket, const char *thread)
{
  WattleSession *session = wattle_hub_session (server->hub, socket);

  if (session != NULL)
    push (server, session, thread, session->actor.user);
}

/**
 * wattle_typing_hear:
 * @thread: a conversation
 * @user: who writes in it, as another server found
 * @server: the server
 */
void
wattle_typing_hear (const char *thread, const char *user, gpointer server)
{
  if (wattle_id_is_valid (thread) && wattle_id_is_valid (user))
    push (server, NULL, thread, user);
}
