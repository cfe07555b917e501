/* recall.c: what the writer has read already
 *
 * Rules ask for the same people, places and settings in every operation, and
 * each answer costs a question and a record made of its text. While a
 * transaction writes, nobody else changes a record: an answer stays true until
 * the transaction itself puts a record of that type. On a server it outlives the
 * transaction as long as the practice's change number is the one it was left
 * with, for whoever puts a record takes the next one, in whichever process.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/recall.h"

#include <string.h>

#define MAX_RECORDS 1000
#define MAX_ANSWERS 500 /* a type */
#define MAX_IDS 100     /* an answer */

struct _WattleRecall
{
  gint64 revision;                       /* that it belongs to; -1 for none */
  GHashTable *records;                   /* id: WattleRecord */
  GHashTable *answers[WATTLE_N_RECORDS]; /* (nullable): key of a query: GPtrArray of ids */
};

WattleRecall *
wattle_recall_new (void)
{
  WattleRecall *self = g_new0 (WattleRecall, 1);

  self->revision = -1;
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  return self;
}

void
wattle_recall_free (WattleRecall *self)
{
  for (guint i = 0; i < WATTLE_N_RECORDS; i++)
    g_clear_pointer (&self->answers[i], g_hash_table_unref);
  g_hash_table_unref (self->records);
  g_free (self);
}

/**
 * wattle_recall_forget:
 * @self: the memory
 *
 * What was rolled back may stand in any of it.
 */
void
wattle_recall_forget (WattleRecall *self)
{
  self->revision = -1;
  g_hash_table_remove_all (self->records);
  for (guint i = 0; i < WATTLE_N_RECORDS; i++)
    if (self->answers[i] != NULL)
      g_hash_table_remove_all (self->answers[i]);
}

/**
 * wattle_recall_begin:
 * @self: the memory
 * @revision: the practice's change number as a write transaction finds it; -1 to begin with nothing
 */
void
wattle_recall_begin (WattleRecall *self, gint64 revision)
{
  if (revision < 0 || self->revision != revision)
    wattle_recall_forget (self);
}

/**
 * wattle_recall_end:
 * @self: the memory
 * @revision: the practice's change number as a transaction has left it
 *
 * After its commit.
 */
void
wattle_recall_end (WattleRecall *self, gint64 revision)
{
  self->revision = revision;
}

/**
 * wattle_recall_touch:
 * @self: the memory
 * @type: a record type
 * @id: id of a record of it that is put or taken away
 */
void
wattle_recall_touch (WattleRecall *self, WattleRecordType type, const char *id)
{
  g_hash_table_remove (self->records, id);
  if (self->answers[type] != NULL)
    g_hash_table_remove_all (self->answers[type]);
}

gboolean
wattle_recall_knows (WattleRecall *self, const char *id)
{
  return g_hash_table_contains (self->records, id);
}

/**
 * wattle_recall_record:
 * @self: the memory
 * @type: a record type
 * @id: an id
 *
 * Returns: (transfer full) (nullable): the record, the caller's own
 */
WattleRecord *
wattle_recall_record (WattleRecall *self, WattleRecordType type, const char *id)
{
  WattleRecord *known = g_hash_table_lookup (self->records, id);

  return known != NULL && wattle_record_type (known)->id == type ? wattle_record_copy (known) : NULL;
}

/**
 * wattle_recall_keep_record:
 * @self: the memory
 * @record: as the store holds it; it is copied
 */
void
wattle_recall_keep_record (WattleRecall *self, WattleRecord *record)
{
  WattleRecord *copy;

  if (g_hash_table_size (self->records) >= MAX_RECORDS)
    g_hash_table_remove_all (self->records);
  copy = wattle_record_copy (record);
  g_hash_table_replace (self->records, (char *) wattle_record_id (copy), copy);
}

/**
 * wattle_recall_key:
 * @query: a query
 *
 * Returns: (transfer full): what its answer is kept under
 */
GBytes *
wattle_recall_key (const WattleQuery *query)
{
  g_autoptr (GByteArray) key = g_byte_array_sized_new (160);
  guint fixed[] = { query->n_conditions, query->order,  query->descending,
                    query->limit,        query->offset, query->with_deleted };

  g_byte_array_append (key, (const guint8 *) fixed, sizeof fixed);
  for (guint i = 0; i < query->n_conditions; i++)
    {
      const WattleCondition *condition = &query->conditions[i];
      gint64 numbers[] = { condition->field, condition->compare, condition->number, condition->text != NULL };

      g_byte_array_append (key, (const guint8 *) numbers, sizeof numbers);
      if (condition->text != NULL)
        g_byte_array_append (key, (const guint8 *) condition->text, strlen (condition->text) + 1);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&key));
}

/**
 * wattle_recall_ids:
 * @self: the memory
 * @query: a query
 * @key: its key
 * @ids: (out) (transfer full): the ids that it found
 *
 * Returns: whether the answer is known
 */
gboolean
wattle_recall_ids (WattleRecall *self, const WattleQuery *query, GBytes *key, GPtrArray **ids)
{
  GHashTable *answers = self->answers[query->type];
  GPtrArray *known = answers != NULL ? g_hash_table_lookup (answers, key) : NULL;

  *ids = known != NULL ? g_ptr_array_ref (known) : NULL;
  return known != NULL;
}

/**
 * wattle_recall_keep_ids:
 * @self: the memory
 * @query: a query
 * @key: its key
 * @ids: what it found
 */
void
wattle_recall_keep_ids (WattleRecall *self, const WattleQuery *query, GBytes *key, GPtrArray *ids)
{
  GHashTable **answers = &self->answers[query->type];

  if (ids->len > MAX_IDS)
    return;
  if (*answers == NULL)
    *answers = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref,
                                      (GDestroyNotify) g_ptr_array_unref);
  else if (g_hash_table_size (*answers) >= MAX_ANSWERS)
    g_hash_table_remove_all (*answers);
  g_hash_table_replace (*answers, g_bytes_ref (key), g_ptr_array_ref (ids));
}
