/* memory.c: what a write transaction has read already
 *
 * It holds the practice's lock, so nobody else changes a row of the practice
 * meanwhile: an answer stays true until the transaction itself writes to that
 * table, or, of a record or counter, to that row. Rules ask for the same people
 * and settings again and again, and each question would be a journey.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/postgresql/memory.h"

#include <string.h>

#define MAX_ENTRIES 4000
#define MAX_BYTES 65536

struct _WattleMemory
{
  GHashTable *answers;  /* GBytes of version, statement and parameters: PGresult */
  GHashTable *versions; /* name of a table: how often it was written to */
  GHashTable *written;  /* GBytes of table and first parameter: how often that row was written to */
};

static void
answer_free (gpointer data)
{
  PQclear (data);
}

WattleMemory *
wattle_memory_new (void)
{
  WattleMemory *self = g_new0 (WattleMemory, 1);

  self->answers = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, answer_free);
  self->versions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->written = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  return self;
}

void
wattle_memory_free (WattleMemory *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->versions);
  g_hash_table_unref (self->written);
  g_free (self);
}

/**
 * wattle_memory_clear:
 * @self: the memory
 *
 * At the ends of a transaction and when a savepoint is rolled back.
 */
void
wattle_memory_clear (WattleMemory *self)
{
  g_hash_table_remove_all (self->answers);
  g_hash_table_remove_all (self->versions);
  g_hash_table_remove_all (self->written);
}

static char *
word_behind (const char *sql, const char *words)
{
  const char *at = strstr (sql, words);

  if (at == NULL)
    return NULL;
  at += strlen (words);
  return g_strndup (at, strspn (at, "abcdefghijklmnopqrstuvwxyz_"));
}

/**
 * wattle_memory_use:
 * @sql: a statement
 * @table: (out) (transfer full) (nullable): the one table that it reads or writes
 *
 * Returns: what the memory has to do with it
 */
WattleMemoryUse
wattle_memory_use (const char *sql, char **table)
{
  static const char *const kept[] = { "record", "counter", "meta", "private", "operation" };

  *table = NULL;
  if (g_str_has_prefix (sql, "INSERT INTO ") || g_str_has_prefix (sql, "DELETE FROM "))
    *table = word_behind (sql, g_str_has_prefix (sql, "INSERT") ? "INSERT INTO " : "DELETE FROM ");
  else if (g_str_has_prefix (sql, "UPDATE "))
    *table = word_behind (sql, "UPDATE ");
  if (*table != NULL)
    return WATTLE_MEMORY_WRITES;
  if (!g_str_has_prefix (sql, "SELECT ") || strstr (sql, "JOIN") != NULL || strstr (sql, "FOR NO KEY") != NULL
      || strstr (sql, "unnest") != NULL || strstr (sql, "count (*)") != NULL)
    return WATTLE_MEMORY_NONE;
  *table = word_behind (sql, " FROM ");
  if (*table == NULL)
    return WATTLE_MEMORY_NONE;
  /* of a record only the row with that id */
  if (strcmp (*table, "record") == 0 && !g_str_has_suffix (sql, " AND id = ?1"))
    return WATTLE_MEMORY_NONE;
  if (strcmp (*table, "counter") == 0 && !g_str_has_suffix (sql, " AND name = ?1"))
    return WATTLE_MEMORY_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (strcmp (*table, kept[i]) == 0)
      return WATTLE_MEMORY_READS;
  return g_str_has_prefix (*table, "index_") ? WATTLE_MEMORY_READS : WATTLE_MEMORY_NONE;
}

static gboolean
is_by_row (const char *table)
{
  return strcmp (table, "record") == 0 || strcmp (table, "counter") == 0;
}

static GBytes *
row_key (const char *table, const char *value, int length)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();

  g_byte_array_append (key, (const guint8 *) table, strlen (table) + 1);
  if (value != NULL)
    g_byte_array_append (key, (const guint8 *) value, length);
  return g_byte_array_free_to_bytes (g_steal_pointer (&key));
}

/**
 * wattle_memory_write:
 * @self: the memory
 * @table: what is written to
 * @value: (nullable): the first parameter of the statement
 * @length: its length
 */
void
wattle_memory_write (WattleMemory *self, const char *table, const char *value, int length)
{
  guint version = GPOINTER_TO_UINT (g_hash_table_lookup (self->versions, table));

  if (is_by_row (table))
    {
      GBytes *key = row_key (table, value, length);

      version = GPOINTER_TO_UINT (g_hash_table_lookup (self->written, key));
      g_hash_table_replace (self->written, key, GUINT_TO_POINTER (version + 1));
    }
  else
    g_hash_table_replace (self->versions, g_strdup (table), GUINT_TO_POINTER (version + 1));
}

/**
 * wattle_memory_version:
 * @self: the memory
 * @table: name of a table
 * @value: (nullable): the first parameter of a question to it
 * @length: its length
 *
 * Returns: how often this transaction has written to what the question reads
 */
guint
wattle_memory_version (WattleMemory *self, const char *table, const char *value, int length)
{
  g_autoptr (GBytes) key = is_by_row (table) ? row_key (table, value, length) : NULL;

  return GPOINTER_TO_UINT (key != NULL ? g_hash_table_lookup (self->written, key)
                                       : g_hash_table_lookup (self->versions, table));
}

/**
 * wattle_memory_key:
 * @statement: which statement
 * @version: of what it reads
 * @n: parameters
 * @values: theirs
 * @lengths: theirs
 *
 * Returns: (transfer full): what an answer is kept under; one that is out of date
 *   may still be in use, and stays under its own
 */
GBytes *
wattle_memory_key (gconstpointer statement, guint version, int n, const char *const *values, const int *lengths)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();

  g_byte_array_append (key, (const guint8 *) &statement, sizeof statement);
  g_byte_array_append (key, (const guint8 *) &version, sizeof version);
  for (int i = 0; i < n; i++)
    {
      int length = values[i] != NULL ? lengths[i] : -1;

      g_byte_array_append (key, (const guint8 *) &length, sizeof length);
      if (length > 0)
        g_byte_array_append (key, (const guint8 *) values[i], length);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&key));
}

/**
 * wattle_memory_find:
 * @self: the memory
 * @key: of the question
 *
 * Returns: (transfer none) (nullable): the answer, until the memory is cleared
 */
PGresult *
wattle_memory_find (WattleMemory *self, GBytes *key)
{
  return g_hash_table_lookup (self->answers, key);
}

/**
 * wattle_memory_keep:
 * @self: the memory
 * @key: of the question, with the version at which it was asked
 * @result: the answer
 *
 * Returns: whether @result is the memory's from now on
 */
gboolean
wattle_memory_keep (WattleMemory *self, GBytes *key, PGresult *result)
{
  if (g_hash_table_size (self->answers) >= MAX_ENTRIES || PQresultMemorySize (result) > MAX_BYTES
      || g_hash_table_contains (self->answers, key))
    return FALSE;
  g_hash_table_insert (self->answers, g_bytes_ref (key), result);
  return TRUE;
}
