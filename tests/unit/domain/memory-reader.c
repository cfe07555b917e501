/* memory-reader.c: records in memory behind the interface of rules, for tests
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "memory-reader.h"

#include <string.h>

#include "base/error.h"

static gboolean
broken (WattleReader *reader, GError **error)
{
  if (((WattleMemoryReader *) reader)->fails)
    wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL, "The records cannot be read.");
  return ((WattleMemoryReader *) reader)->fails;
}

static WattleRecord *
get (WattleReader *reader, WattleRecordType type, const char *id, GError **error)
{
  WattleRecord *found = g_hash_table_lookup (((WattleMemoryReader *) reader)->records, id);

  if (broken (reader, error))
    return NULL;
  if (found == NULL || wattle_record_type (found)->id != type)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, "There is no such %s.",
                              wattle_type_get (type)->nick);
      return NULL;
    }
  return g_object_ref (found);
}

static gboolean
holds (WattleRecord *record, const WattleCondition *condition)
{
  gint64 number;

  if (condition->compare == WATTLE_COMPARE_MISSING)
    return !wattle_record_has (record, condition->field);
  if (wattle_field_is_text (wattle_field_get (condition->field)))
    return g_strcmp0 (wattle_record_get_string (record, condition->field), condition->text) == 0
           && condition->text != NULL;
  if (!wattle_record_has (record, condition->field))
    return FALSE;
  number = wattle_record_get_integer (record, condition->field);
  switch (condition->compare)
    {
    case WATTLE_COMPARE_EQUAL:
      return number == condition->number;
    case WATTLE_COMPARE_LESS:
      return number < condition->number;
    case WATTLE_COMPARE_AT_LEAST:
      return number >= condition->number;
    case WATTLE_COMPARE_GREATER:
      return number > condition->number;
    default:
      return (condition->number >> number & 1) != 0;
    }
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  WattleRecord *left = *(WattleRecord **) a;
  WattleRecord *right = *(WattleRecord **) b;
  const WattleQuery *query = data;
  int order = 0;

  if (query->order != 0 && wattle_field_is_text (wattle_field_get (query->order)))
    order = g_strcmp0 (wattle_record_get_string (left, query->order), wattle_record_get_string (right, query->order));
  else if (query->order != 0)
    {
      gint64 x = wattle_record_get_integer (left, query->order);
      gint64 y = wattle_record_get_integer (right, query->order);

      order = (x > y) - (x < y);
    }
  if (order == 0)
    order = strcmp (wattle_record_id (left), wattle_record_id (right));
  return query->descending ? -order : order;
}

static GPtrArray *
find_all (WattleReader *reader, const WattleQuery *query)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer record;

  g_hash_table_iter_init (&iter, ((WattleMemoryReader *) reader)->records);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    {
      gboolean all = wattle_record_type (record)->id == query->type
                     && (query->with_deleted || !wattle_record_is_deleted (record));

      for (guint i = 0; all && i < query->n_conditions; i++)
        all = holds (record, &query->conditions[i]);
      if (all)
        g_ptr_array_add (found, g_object_ref (record));
    }
  g_ptr_array_sort_with_data (found, compare, (gpointer) query);
  return found;
}

static GPtrArray *
query (WattleReader *reader, const WattleQuery *query, GError **error)
{
  GPtrArray *found;
  guint limit = query->limit != 0 ? query->limit : 1000;

  if (broken (reader, error))
    return NULL;
  found = find_all (reader, query);
  if (query->offset > 0)
    g_ptr_array_remove_range (found, 0, MIN (query->offset, found->len));
  if (found->len > limit)
    g_ptr_array_set_size (found, limit);
  return found;
}

static gint64
count (WattleReader *reader, const WattleQuery *query, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;

  if (broken (reader, error))
    return -1;
  found = find_all (reader, query);
  return found->len;
}

WattleMemoryReader *
wattle_memory_reader_new (void)
{
  WattleMemoryReader *self = g_new0 (WattleMemoryReader, 1);

  self->reader = (WattleReader){ get, query, count };
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  return self;
}

void
wattle_memory_reader_free (WattleMemoryReader *self)
{
  g_hash_table_unref (self->records);
  g_free (self);
}

/* Keeps a copy, as a store would. */
void
wattle_memory_reader_put (WattleMemoryReader *self, WattleRecord *record)
{
  WattleRecord *copy = wattle_record_copy (record);

  wattle_record_set_revision (copy, wattle_record_revision (copy) + 1);
  g_hash_table_replace (self->records, g_strdup (wattle_record_id (copy)), copy);
}

/* Whether no id of an outcome is that of a record of another type, which every store refuses. */
static gboolean
fits (WattleMemoryReader *self, WattleOutcome *outcome)
{
  for (guint i = 0; i < outcome->records->len; i++)
    {
      WattleRecord *record = g_ptr_array_index (outcome->records, i);
      WattleRecord *old = g_hash_table_lookup (self->records, wattle_record_id (record));

      if (old != NULL && wattle_record_type (old) != wattle_record_type (record))
        return FALSE;
    }
  return TRUE;
}

/* Keeps all of an outcome, or nothing when a store would refuse it. */
void
wattle_memory_reader_apply (WattleMemoryReader *self, WattleOutcome *outcome)
{
  if (!fits (self, outcome))
    return;
  for (guint i = 0; i < outcome->records->len; i++)
    wattle_memory_reader_put (self, g_ptr_array_index (outcome->records, i));
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char **) a, *(char **) b);
}

/* Every record as text, in one order: two readers that hold the same give the same. */
char *
wattle_memory_reader_dump (WattleMemoryReader *self)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer record;

  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    g_ptr_array_add (lines, wattle_record_to_json (record));
  g_ptr_array_sort (lines, compare_text);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}
