/* threads.c: POST /threads/inspect: reading a conversation of others, which is told in it
 *
 * The only way to the operation thread.inspect: the password comes with the
 * call and is checked before anything else, and is written down nowhere.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include "base/error.h"
#include "server/api/perform.h"

#define MAX_MESSAGES 5000

typedef struct
{
  WattleCall *call;
  const char *thread;
  char *args;
  WattleEffects *effects;
  GString *answer;
} Work;

static void
work_clear (Work *self)
{
  g_clear_pointer (&self->args, g_free);
  g_clear_pointer (&self->effects, wattle_effects_free);
  if (self->answer != NULL)
    g_string_free (self->answer, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static gboolean
read_args (Work *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  const char *reason;

  self->thread = wattle_call_string (self->call, "thread", TRUE, error);
  reason = self->thread != NULL ? wattle_call_string (self->call, "reason", TRUE, error) : NULL;
  if (reason == NULL)
    return FALSE;
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", self->thread);
  wattle_json_pair_string (&writer, "reason", reason);
  wattle_json_end_object (&writer);
  self->args = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}

/* What was withdrawn is not shown to an outsider either. */
static void
write_message (WattleRecord *message, WattleJsonWriter *writer)
{
  g_autoptr (WattleRecord) copy = wattle_record_copy (message);

  if (wattle_record_get_integer (copy, WATTLE_MESSAGE_STATUS) == WATTLE_MESSAGE_STATUS_WITHDRAWN)
    wattle_record_unset (copy, WATTLE_MESSAGE_BODY);
  wattle_record_write_json (copy, writer);
}

static gboolean
write_answer (Work *self, WattleTransaction *transaction, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_MESSAGE);
  g_autoptr (WattleRecord) thread = wattle_reader_get (reader, WATTLE_RECORD_THREAD, self->thread, error);
  g_autoptr (GPtrArray) messages = NULL;
  WattleJsonWriter writer;

  wattle_query_where_text (&query, WATTLE_MESSAGE_THREAD, self->thread);
  wattle_query_order_by (&query, WATTLE_MESSAGE_SENT_AT, FALSE);
  query.limit = MAX_MESSAGES;
  messages = thread != NULL ? wattle_reader_query (reader, &query, error) : NULL;
  if (messages == NULL)
    return FALSE;
  self->answer = g_string_new (NULL);
  writer = wattle_json_writer (self->answer);
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "thread");
  wattle_record_write_json (thread, &writer);
  wattle_json_name (&writer, "messages");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < messages->len; i++)
    write_message (messages->pdata[i], &writer);
  wattle_json_end_array (&writer);
  wattle_json_pair_integer (&writer, "head", wattle_transaction_revision (transaction));
  wattle_json_end_object (&writer);
  return TRUE;
}

static gboolean
inspect (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  WattleAct act = { "thread.inspect", self->args, TRUE };
  g_autoptr (WattleOutcome) outcome = wattle_outcome_new ();

  return wattle_call_read_session (self->call, transaction, error)
         && wattle_perform (transaction, wattle_call_actor (self->call), wattle_request_get_peer (self->call->request),
                            &act, self->effects, outcome, error)
         && write_answer (self, transaction, error);
}

void
wattle_api_thread_inspect (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Work) self = { .call = call, .effects = wattle_effects_new () };
  g_autoptr (GError) error = NULL;
  gboolean read = read_args (&self, &error);

  if (read && !wattle_call_check_password (call, "password"))
    return;
  if (!read || !wattle_writer_run (call->server->writer, inspect, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_effects_carry_out (self.effects, call->server);
  wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
}
