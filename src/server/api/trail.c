/* trail.c: GET /audit: who did or saw what
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include "base/error.h"
#include "base/id.h"
#include "server/auth/audit.h"

#define DEFAULT_LIMIT 100
#define MAX_LIMIT 1000

/* An id that is asked for, %NULL when none is. */
static gboolean
read_id (WattleCall *call, const char *name, const char **id, GError **error)
{
  *id = wattle_request_get_query (call->request, name);
  if (*id == NULL || wattle_id_is_valid (*id))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, name, "“%s” must be an id.", name);
  return FALSE;
}

typedef struct
{
  WattleCall *call;
  WattleAuditQuery query;
} Reading;

/* With the patient who was asked about: who looks at what became of somebody's chart looks at that chart. */
static gboolean
write_read (WattleTransaction *transaction, gpointer data, GError **error)
{
  const Reading *reading = data;
  const WattleAudit act = { .action = "audit.read", .patient = reading->query.patient };

  return wattle_audit_write (transaction, wattle_call_actor (reading->call),
                             wattle_request_get_peer (reading->call->request), &act, error);
}

static gboolean
read_query (WattleCall *call, WattleAuditQuery *query, GError **error)
{
  gint64 limit;

  if (!read_id (call, "patient", &query->patient, error) || !read_id (call, "actor", &query->actor, error)
      || !wattle_call_number (call, "before", 0, G_MAXINT64, &query->before, error)
      || !wattle_call_number (call, "limit", DEFAULT_LIMIT, MAX_LIMIT, &limit, error))
    return FALSE;
  query->limit = MAX (limit, 1);
  return TRUE;
}

/* What people wrote about a patient is not for those who may not know of one. */
static void
hide_reason (WattleCall *call, WattleReader *reader, WattleRecord *event)
{
  if (wattle_record_has (event, WATTLE_AUDIT_EVENT_PATIENT)
      && wattle_policy_reach ("read:contact", wattle_call_actor (call), reader) == WATTLE_REACH_NONE)
    wattle_record_unset (event, WATTLE_AUDIT_EVENT_REASON);
}

/* The patients whom lines about whole pages name by a hash. */
static void
write_lists (WattleTransaction *transaction, GPtrArray *events, WattleJsonWriter *writer)
{
  g_autoptr (GHashTable) written = g_hash_table_new (g_str_hash, g_str_equal);

  wattle_json_name (writer, "read");
  wattle_json_begin_object (writer);
  for (guint i = 0; i < events->len; i++)
    {
      g_autofree char *list = wattle_audit_list (transaction, events->pdata[i]);
      const char *hash = wattle_record_get_string (events->pdata[i], WATTLE_AUDIT_EVENT_CHANGES);
      g_auto (GStrv) ids = list != NULL ? g_strsplit (list, " ", -1) : NULL;

      if (ids == NULL || !g_hash_table_add (written, (gpointer) hash))
        continue;
      wattle_json_name (writer, hash);
      wattle_json_begin_array (writer);
      for (guint j = 0; ids[j] != NULL; j++)
        wattle_json_put_string (writer, ids[j]);
      wattle_json_end_array (writer);
    }
  wattle_json_end_object (writer);
}

/* Reading the trail is written into it. */
void
wattle_api_audit (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  Reading reading = { .call = call };

  if (!read_query (call, &reading.query, &error)
      || !wattle_writer_run (call->server->writer, write_read, &reading, &error)
      || (transaction = wattle_store_begin_read (call->server->store, &error)) == NULL
      || (events = wattle_audit_find (transaction, &reading.query, &error)) == NULL)
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "events");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < events->len; i++)
    {
      hide_reason (call, wattle_transaction_reader (transaction), events->pdata[i]);
      wattle_record_write_json (events->pdata[i], &writer);
    }
  wattle_json_end_array (&writer);
  write_lists (transaction, events, &writer);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, g_steal_pointer (&text));
}
