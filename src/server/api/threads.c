/* threads.c: GET /threads and POST /threads/inspect: which conversations of others there are, and reading one, which is
 * told in it
 *
 * The second is the only way to the operation thread.inspect: the password comes with
 * the call and is checked before anything else, and is written down nowhere.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/naming.h"
#include "server/api/perform.h"

#define MAX_MESSAGES 5000
#define DEFAULT_LIMIT 50
#define MAX_LIMIT 200

typedef struct
{
  const char *practitioner; /* (nullable) */
  gint64 before;            /* microseconds; 0 for none */
  gint64 limit;
} Wanted;

static gboolean
read_wanted (WattleCall *call, Wanted *wanted, GError **error)
{
  wanted->practitioner = wattle_request_get_query (call->request, "practitioner");
  if (wanted->practitioner != NULL && !wattle_id_is_valid (wanted->practitioner))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "practitioner", "“practitioner” must be an id.");
      return FALSE;
    }
  return wattle_call_number (call, "before", 0, G_MAXINT64, &wanted->before, error)
         && wattle_call_number (call, "limit", DEFAULT_LIMIT, MAX_LIMIT, &wanted->limit, error);
}

/* A patient stands here as the account that they sign in with, which administrators see anyway: patient to login. */
static GHashTable *
read_accounts (WattleReader *reader, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_USER);
  g_autoptr (GPtrArray) users = wattle_reader_query (reader, &query, error);
  GHashTable *accounts;

  if (users == NULL)
    return NULL;
  accounts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < users->len; i++)
    if (wattle_record_has (users->pdata[i], WATTLE_USER_PATIENT))
      g_hash_table_insert (accounts, g_strdup (wattle_record_get_string (users->pdata[i], WATTLE_USER_PATIENT)),
                           g_strdup (wattle_record_get_string (users->pdata[i], WATTLE_USER_LOGIN)));
  return accounts;
}

static void
pair_instant (WattleJsonWriter *writer, const char *name, gint64 instant)
{
  g_autofree char *text = wattle_instant_format (instant);

  wattle_json_pair_string (writer, name, text);
}

static char *
practitioner_of (WattleReader *reader, WattleRecord *thread)
{
  const char *name = wattle_record_get_string (thread, WATTLE_THREAD_PRACTITIONER_NAME);
  const char *id = wattle_record_get_string (thread, WATTLE_THREAD_PRACTITIONER);
  g_autoptr (WattleRecord) practitioner = NULL;

  if (name != NULL || id == NULL)
    return g_strdup (name);
  practitioner = wattle_reader_get (reader, WATTLE_RECORD_PRACTITIONER, id, NULL);
  return practitioner != NULL ? wattle_practitioner_display_name (practitioner) : NULL;
}

/* Between whom and when; nothing of what was said, not even what about. */
static void
write_summary (WattleReader *reader, WattleRecord *thread, GHashTable *accounts, WattleJsonWriter *writer)
{
  WattleQuery messages = wattle_query (WATTLE_RECORD_MESSAGE);
  gboolean staff = wattle_record_get_integer (thread, WATTLE_THREAD_KIND) == WATTLE_THREAD_KIND_STAFF;
  const char *visit_id = wattle_record_get_string (thread, WATTLE_THREAD_APPOINTMENT);
  g_autofree char *practitioner = practitioner_of (reader, thread);
  const char *members = wattle_record_get_string (thread, WATTLE_THREAD_MEMBERS);
  const char *patient = wattle_record_get_string (thread, WATTLE_THREAD_PATIENT);
  const char *account = patient != NULL ? g_hash_table_lookup (accounts, patient) : NULL;
  g_autoptr (WattleRecord) visit =
    visit_id != NULL ? wattle_reader_get (reader, WATTLE_RECORD_APPOINTMENT, visit_id, NULL) : NULL;

  wattle_query_where_text (&messages, WATTLE_MESSAGE_THREAD, wattle_record_id (thread));
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "id", wattle_record_id (thread));
  wattle_json_pair_string (writer, "kind", staff ? "staff" : "visit");
  if (practitioner != NULL)
    wattle_json_pair_string (writer, "practitioner_name", practitioner);
  if (staff && members != NULL)
    wattle_json_pair_string (writer, "members", members);
  if (account != NULL)
    wattle_json_pair_string (writer, "account", account);
  if (visit != NULL)
    pair_instant (writer, "starts_at", wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT));
  pair_instant (writer, "last_at", wattle_record_get_integer (thread, WATTLE_THREAD_LAST_AT));
  wattle_json_pair_integer (writer, "before", wattle_record_get_integer (thread, WATTLE_THREAD_LAST_AT));
  wattle_json_pair_integer (writer, "messages", wattle_reader_count (reader, &messages, NULL));
  wattle_json_end_object (writer);
}

static gboolean
write_listed (WattleTransaction *transaction, gpointer data, GError **error)
{
  return wattle_call_audit (data, transaction, "threads.list", NULL, error);
}

static GPtrArray *
find_threads (WattleReader *reader, const Wanted *wanted, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_THREAD);

  if (wanted->practitioner != NULL)
    wattle_query_where_text (&query, WATTLE_THREAD_PRACTITIONER, wanted->practitioner);
  if (wanted->before > 0)
    wattle_query_where (&query, WATTLE_THREAD_LAST_AT, WATTLE_COMPARE_LESS, wanted->before);
  wattle_query_order_by (&query, WATTLE_THREAD_LAST_AT, TRUE);
  query.limit = MAX (wanted->limit, 1);
  return wattle_reader_query (reader, &query, error);
}

/* That somebody looked for conversations is written down, too. */
void
wattle_api_threads (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (GPtrArray) threads = NULL;
  g_autoptr (GHashTable) accounts = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  Wanted wanted = { 0 };

  if (!read_wanted (call, &wanted, &error) || !wattle_writer_run (call->server->writer, write_listed, call, &error)
      || (transaction = wattle_store_begin_read (call->server->store, &error)) == NULL
      || (threads = find_threads (wattle_transaction_reader (transaction), &wanted, &error)) == NULL
      || (accounts = read_accounts (wattle_transaction_reader (transaction), &error)) == NULL)
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "threads");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < threads->len; i++)
    write_summary (wattle_transaction_reader (transaction), threads->pdata[i], accounts, &writer);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, g_steal_pointer (&text));
}

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
