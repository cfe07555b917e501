/* words.c: which records hold words that are typed: a table of every word of every searched record
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/postgresql/engine.h"

#include <string.h>

#define MAX_GROUPS 8

/* Behind every word that starts with it; a word alone ends before the first character that no word holds. */
#define END_OF_START "\xf4\x8f\xbf\xbf"
#define END_OF_WORD "\x01"

typedef struct
{
  char *low;
  char *high;
} Range;

/* Lists of where the ranges of a group begin and end, parted by commas, which no word holds. */
static void
make_range (GPtrArray *words, Range *range)
{
  g_autoptr (GString) low = g_string_new (NULL);
  g_autoptr (GString) high = g_string_new (NULL);

  for (guint i = 0; i < words->len; i++)
    {
      const char *word = words->pdata[i];
      gboolean start = g_str_has_suffix (word, "*");
      gssize length = (gssize) strlen (word) - start;

      g_string_append_len (g_string_append (low, i > 0 ? "," : ""), word, length);
      g_string_append_len (g_string_append (high, i > 0 ? "," : ""), word, length);
      g_string_append (high, start ? END_OF_START : END_OF_WORD);
    }
  range->low = g_string_free (g_steal_pointer (&low), FALSE);
  range->high = g_string_free (g_steal_pointer (&high), FALSE);
}

/* The longest word first: it narrows most. */
static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const GPtrArray *x = *(GPtrArray *const *) a;
  const GPtrArray *y = *(GPtrArray *const *) b;
  gsize left = strlen (x->pdata[0]), right = strlen (y->pdata[0]);

  return left == right ? 0 : left > right ? -1 : 1;
}

static WattleStatement *
statement_for (WattleConnection *connection, guint groups, GError **error)
{
  static const char first[] =
    "SELECT w.number FROM unnest (string_to_array (?, ','), string_to_array (?, ',')) AS r (low, high)"
    " JOIN search_word w ON w.practice = :practice AND w.type = ? AND w.word >= r.low COLLATE \"C\""
    " AND w.word < r.high COLLATE \"C\" WHERE true";
  static const char other[] =
    " AND EXISTS (SELECT 1 FROM unnest (string_to_array (?, ','), string_to_array (?, ',')) AS r (low, high)"
    " JOIN search_word x ON x.practice = :practice AND x.number = w.number AND x.word >= r.low COLLATE \"C\""
    " AND x.word < r.high COLLATE \"C\")";
  g_autoptr (GString) sql = g_string_new (first);
  WattleStatement *statement;

  for (guint i = 1; i < groups; i++)
    g_string_append (sql, other);
  g_string_append (sql, " LIMIT ?");
  statement = g_hash_table_lookup (connection->queries, sql->str);
  if (statement == NULL)
    {
      statement = wattle_postgresql_prepare (connection, sql->str, error);
      g_hash_table_insert (connection->queries, g_strdup (sql->str), statement);
    }
  return statement;
}

static gboolean
read_numbers (WattleStatement *statement, WattleNumberFunc func, gpointer data, GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean row;

  while (TRUE)
    {
      gint64 number;

      if (!wattle_connection_step (statement->connection, statement, &row, error))
        return FALSE;
      if (!row)
        break;
      number = wattle_column_integer (statement, 0);
      g_array_append_val (numbers, number);
    }
  for (guint i = 0; i < numbers->len; i++)
    if (!func (g_array_index (numbers, gint64, i), data, error))
      return FALSE;
  return TRUE;
}

gboolean
wattle_postgresql_find_words (WattleConnection *connection, WattleRecordType type, GPtrArray *groups, guint limit,
                              WattleNumberFunc func, gpointer data, GError **error)
{
  guint n = MIN (groups->len, MAX_GROUPS);
  g_autoptr (WattleStatement) statement = statement_for (connection, n, error);
  Range ranges[MAX_GROUPS] = { 0 };
  int place = 1;
  gboolean ok;

  g_ptr_array_sort (groups, compare_groups);
  for (guint i = 0; i < n; i++)
    {
      make_range (groups->pdata[i], &ranges[i]);
      wattle_bind_text (statement, place++, ranges[i].low);
      wattle_bind_text (statement, place++, ranges[i].high);
      if (i == 0)
        wattle_bind_text (statement, place++, wattle_type_get (type)->nick);
    }
  wattle_bind_integer (statement, place, limit);
  ok = read_numbers (statement, func, data, error);
  for (guint i = 0; i < n; i++)
    {
      g_free (ranges[i].low);
      g_free (ranges[i].high);
    }
  return ok;
}
