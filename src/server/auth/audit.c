/* audit.c: writing down who did or saw what
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/audit.h"

#include "base/clock.h"
#include "base/id.h"

#define LIST "audit_list" /* type of object of a line about many patients */

/**
 * wattle_audit_write:
 * @transaction: the write transaction of the act itself
 * @actor: (nullable): who; %NULL for somebody unknown
 * @address: (nullable): from where
 * @act: what
 * @error: the failure; the act must then fail too
 */
gboolean
wattle_audit_write (
  WattleTransaction *transaction, const WattleActor *actor, const char *address, const WattleAudit *act, GError **error)
{
  g_autoptr (WattleRecord) event = wattle_record_new (WATTLE_RECORD_AUDIT_EVENT);
  g_autofree char *id = wattle_id_new ();

  wattle_record_set_id (event, id);
  wattle_record_set_integer (event, WATTLE_AUDIT_EVENT_AT, wattle_clock_now ());
  if (actor != NULL)
    {
      wattle_record_set_string (event, WATTLE_AUDIT_EVENT_ACTOR, actor->user);
      wattle_record_set_string (event, WATTLE_AUDIT_EVENT_DEVICE, actor->device);
      if (actor->role >= 0)
        wattle_record_set_integer (event, WATTLE_AUDIT_EVENT_ROLE, actor->role);
    }
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_ADDRESS, address);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_ACTION, act->action);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_OBJECT_TYPE, act->object_type);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_OBJECT, act->object);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_PATIENT, act->patient);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_OUTCOME, act->outcome != NULL ? act->outcome : "ok");
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_REASON, act->reason);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_CHANGES, act->changes);
  return wattle_transaction_audit (transaction, event, error);
}

/**
 * wattle_audit_write_list:
 * @transaction: the write transaction
 * @actor: who read
 * @address: (nullable): from where
 * @act: what; without object, patient and changes
 * @hash: of @ids, as the line names it
 * @ids: the patients, with blanks between them
 * @error: the failure
 *
 * Writes one line about many patients. The chain covers the hash; the list itself is a private row.
 */
gboolean
wattle_audit_write_list (WattleTransaction *transaction,
                         const WattleActor *actor,
                         const char *address,
                         const WattleAudit *act,
                         const char *hash,
                         const char *ids,
                         GError **error)
{
  g_autofree char *object = wattle_id_derive (WATTLE_AUDIT_LISTS, hash);
  WattleAudit line = *act;

  line.object_type = LIST;
  line.object = object;
  line.changes = hash;
  return wattle_transaction_keep_private (transaction, WATTLE_AUDIT_LISTS, hash, actor->user, ids, 0, error)
         && wattle_audit_write (transaction, actor, address, &line, error);
}

/**
 * wattle_audit_list:
 * @transaction: any
 * @event: a line of the trail
 *
 * Returns: (transfer full) (nullable): ids of the patients that it names by a hash, with blanks between them
 */
char *
wattle_audit_list (WattleTransaction *transaction, WattleRecord *event)
{
  const char *hash = wattle_record_get_string (event, WATTLE_AUDIT_EVENT_CHANGES);
  g_autoptr (WattlePrivateRow) row = NULL;

  if (hash == NULL || g_strcmp0 (wattle_record_get_string (event, WATTLE_AUDIT_EVENT_OBJECT_TYPE), LIST) != 0)
    return NULL;
  row = wattle_transaction_private (transaction, WATTLE_AUDIT_LISTS, hash, NULL);
  return row != NULL ? g_strdup (row->value) : NULL;
}

/* The lines of one question to the store. */
static gboolean
add_lines (WattleTransaction *transaction,
           const WattleAuditQuery *wanted,
           WattleFieldId field,
           const char *id,
           GPtrArray *lines,
           GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_AUDIT_EVENT);
  g_autoptr (GPtrArray) found = NULL;

  if (id != NULL)
    wattle_query_where_text (&query, field, id);
  if (wanted->actor != NULL)
    wattle_query_where_text (&query, WATTLE_AUDIT_EVENT_ACTOR, wanted->actor);
  if (wanted->before > 0)
    wattle_query_where (&query, WATTLE_AUDIT_EVENT_SEQUENCE, WATTLE_COMPARE_LESS, wanted->before);
  wattle_query_order_by (&query, WATTLE_AUDIT_EVENT_SEQUENCE, TRUE);
  query.limit = wanted->limit;
  found = wattle_reader_query (wattle_transaction_reader (transaction), &query, error);
  for (guint i = 0; found != NULL && i < found->len; i++)
    g_ptr_array_add (lines, g_object_ref (found->pdata[i]));
  return found != NULL;
}

static int
newest_first (gconstpointer a, gconstpointer b)
{
  gint64 left = wattle_record_get_integer (*(WattleRecord *const *) a, WATTLE_AUDIT_EVENT_SEQUENCE);
  gint64 right = wattle_record_get_integer (*(WattleRecord *const *) b, WATTLE_AUDIT_EVENT_SEQUENCE);

  return left > right ? -1 : left < right;
}

/**
 * wattle_audit_find:
 * @transaction: any
 * @wanted: which lines
 * @error: the failure
 *
 * A patient is found in the lines about them and in those about many, among whom they were.
 *
 * Returns: (transfer full) (element-type WattleRecord) (nullable): the lines, the newest first
 */
GPtrArray *
wattle_audit_find (WattleTransaction *transaction, const WattleAuditQuery *wanted, GError **error)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) lists = NULL;

  if (!add_lines (transaction, wanted, WATTLE_AUDIT_EVENT_PATIENT, wanted->patient, lines, error))
    return NULL;
  if (wanted->patient == NULL)
    return g_steal_pointer (&lines);
  lists = wattle_transaction_privates_holding (transaction, WATTLE_AUDIT_LISTS, wanted->patient, error);
  if (lists == NULL)
    return NULL;
  for (guint i = 0; i < lists->len; i++)
    {
      g_autofree char *object = wattle_id_derive (WATTLE_AUDIT_LISTS, lists->pdata[i]);

      if (!add_lines (transaction, wanted, WATTLE_AUDIT_EVENT_OBJECT, object, lines, error))
        return NULL;
    }
  g_ptr_array_sort (lines, newest_first);
  if (lines->len > wanted->limit)
    g_ptr_array_set_size (lines, wanted->limit);
  return g_steal_pointer (&lines);
}
