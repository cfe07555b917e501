/* search.c: finding records by what is typed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/words.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"

#define MAX_TYPED_BYTES 200
#define MAX_WORDS 8
#define SCAN_ROWS 1000   /* of the sorted names that start as a typed word does */
#define CANDIDATES 500   /* of the rows that hold all words */

typedef struct
{
  gint64 number;
  char *sort;
  guint rank;
} Candidate;

static void
candidate_free (gpointer data)
{
  Candidate *self = data;

  g_free (self->sort);
  g_free (self);
}

/* What was typed: the words, and for a number that may also be a date its other reading. */
typedef struct
{
  GPtrArray *words;
  GPtrArray *others;
} Typed;

typedef struct
{
  WattleTransaction *transaction;
  WattleRecordType type;
  GStrv words;
  GStrv others; /* of the same length; "" for none */
  guint limit;
  GPtrArray *found;
  GHashTable *seen; /* numbers */
} Search;

static gboolean
starts_some_word (const char *text, const char *prefix)
{
  gsize length = strlen (prefix);

  for (const char *at = text; at != NULL; at = strchr (at, ' '))
    {
      if (*at == ' ')
        at++;
      if (strncmp (at, prefix, length) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_some_word (const char *text, const char *word)
{
  gsize length = strlen (word);

  for (const char *at = text; at != NULL; at = strchr (at, ' '))
    {
      if (*at == ' ')
        at++;
      if (strncmp (at, word, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
        return TRUE;
    }
  return FALSE;
}

/* Lower is better: the family name first, then whole words. */
static guint
rank_of (Search *self, const char *sort)
{
  guint rank = 2 + 2 * g_strv_length (self->words);
  gboolean family = FALSE;

  for (guint i = 0; self->words[i] != NULL; i++)
    {
      if (is_some_word (sort, self->words[i]))
        rank -= 2;
      family = family || g_str_has_prefix (sort, self->words[i]);
    }
  return family ? rank - 1 : rank;
}

static void
add (Search *self, gint64 number, const char *sort, guint worse)
{
  Candidate *candidate;

  if (!g_hash_table_add (self->seen, GSIZE_TO_POINTER (number)))
    return;
  candidate = g_new0 (Candidate, 1);
  candidate->number = number;
  candidate->sort = g_strdup (sort);
  candidate->rank = rank_of (self, sort) + worse;
  g_ptr_array_add (self->found, candidate);
}

/* Sorted names that start with one word and hold the others: sorted already, so it ends with the limit. */
static gboolean
scan_names (Search *self, const char *first, GError **error)
{
  WattleConnection *connection = self->transaction->connection;
  g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, WATTLE_SQL_SEARCH_SORTED, error);
  g_autofree char *end = g_strconcat (first, "\xf4\x8f\xbf\xbf", NULL);
  guint kept = 0;
  gboolean row;

  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, self->type);
  wattle_bind_text (statement, 2, first);
  wattle_bind_text (statement, 3, end);
  wattle_bind_integer (statement, 4, SCAN_ROWS);
  while (kept < self->limit)
    {
      const char *sort;
      gboolean all = TRUE;

      if (!wattle_connection_step (connection, statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      sort = wattle_column_text (statement, 1);
      for (guint i = 0; all && self->words[i] != NULL; i++)
        all = starts_some_word (sort, self->words[i]);
      if (!all)
        continue;
      add (self, wattle_column_integer (statement, 0), sort, 0);
      kept++;
    }
  return TRUE;
}

static gboolean
add_number (Search *self, gint64 number, guint worse, GError **error)
{
  WattleConnection *connection = self->transaction->connection;
  g_autoptr (WattleStatement) statement = NULL;
  gboolean row;

  if (g_hash_table_contains (self->seen, GSIZE_TO_POINTER (number)))
    return TRUE;
  statement = wattle_connection_statement (connection, WATTLE_SQL_SEARCH_ROW, error);
  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, number);
  if (!wattle_connection_step (connection, statement, &row, error))
    return FALSE;
  if (row)
    add (self, number, wattle_column_text (statement, 0), worse);
  return TRUE;
}

typedef struct
{
  Search *search;
  guint worse;
} Adding;

static gboolean
add_number_cb (gint64 number, gpointer data, GError **error)
{
  Adding *adding = data;

  return add_number (adding->search, number, adding->worse, error);
}

static gboolean
match_words (Search *self, GPtrArray *groups, guint worse, GError **error)
{
  WattleConnection *connection = self->transaction->connection;
  Adding adding = { self, worse };

  return connection->engine->find_words (connection, self->type, groups, CANDIDATES, add_number_cb, &adding, error);
}

/* Damerau's distance is at most one: one letter more, less, other, or two swapped. */
static gboolean
is_near (const char *a, const char *b)
{
  g_autofree gunichar *x = NULL;
  g_autofree gunichar *y = NULL;
  glong n, m, head = 0, tail = 0;

  x = g_utf8_to_ucs4_fast (a, -1, &n);
  y = g_utf8_to_ucs4_fast (b, -1, &m);
  while (head < MIN (n, m) && x[head] == y[head])
    head++;
  while (tail < MIN (n, m) - head && x[n - 1 - tail] == y[m - 1 - tail])
    tail++;
  n -= head + tail;
  m -= head + tail;
  return (n <= 1 && m <= 1) || (n == 2 && m == 2 && x[head] == y[head + 1] && x[head + 1] == y[head]);
}

/* Adds the known words one typing error away, by one of the forms with a letter left out. */
static gboolean
append_known (Search *self, const char *word, const char *variant, GPtrArray *group, GError **error)
{
  WattleConnection *connection = self->transaction->connection;
  g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, WATTLE_SQL_SPELLING_FIND, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, self->type);
  wattle_bind_text (statement, 2, variant);
  while (TRUE)
    {
      const char *known;

      if (!wattle_connection_step (connection, statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      known = wattle_column_text (statement, 0);
      if (is_near (word, known))
        g_ptr_array_add (group, g_strdup (known));
    }
}

static gboolean
append_near (Search *self, const char *word, GPtrArray *group, GError **error)
{
  g_autoptr (GPtrArray) variants = wattle_word_variants (word);

  for (guint i = 0; i < variants->len && wattle_word_is_spelled (self->type, word); i++)
    if (!append_known (self, word, g_ptr_array_index (variants, i), group, error))
      return FALSE;
  return TRUE;
}

/* Every word as the start of a word, in any order; with near, also words with one typing error. */
static GPtrArray *
expression (Search *self, gboolean near, GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; self->words[i] != NULL; i++)
    {
      GPtrArray *group = g_ptr_array_new_with_free_func (g_free);

      g_ptr_array_add (groups, group);
      g_ptr_array_add (group, g_strconcat (self->words[i], "*", NULL));
      if (self->others[i][0] != '\0')
        g_ptr_array_add (group, g_strconcat (self->others[i], "*", NULL));
      if (near && !append_near (self, self->words[i], group, error))
        return NULL;
    }
  return g_steal_pointer (&groups);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const Candidate *x = *(Candidate *const *) a;
  const Candidate *y = *(Candidate *const *) b;

  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  return strcmp (x->sort, y->sort);
}

static gboolean
find_candidates (Search *self, GError **error)
{
  g_autoptr (GPtrArray) exact = NULL;
  g_autoptr (GPtrArray) near = NULL;

  for (guint i = 0; self->words[i] != NULL; i++)
    if (!scan_names (self, self->words[i], error))
      return FALSE;
  if (self->words[0] == NULL)
    return scan_names (self, "", error);
  exact = expression (self, FALSE, error);
  if (self->found->len < self->limit && !match_words (self, exact, 0, error))
    return FALSE;
  if (self->found->len > 0)
    return TRUE;
  near = expression (self, TRUE, error);
  return near != NULL && match_words (self, near, 100, error);
}

static gboolean
load (Search *self, GPtrArray *hits, GError **error)
{
  WattleConnection *connection = self->transaction->connection;
  gboolean row;

  g_ptr_array_sort (self->found, compare);
  for (guint i = 0; i < MIN (self->found->len, self->limit); i++)
    {
      const Candidate *candidate = g_ptr_array_index (self->found, i);
      g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, WATTLE_SQL_BODY, error);
      WattleRecord *record;
      WattleSearchHit *hit;

      if (statement == NULL)
        return FALSE;
      wattle_bind_integer (statement, 1, candidate->number);
      if (!wattle_connection_step (connection, statement, &row, error))
        return FALSE;
      if (!row)
        continue;
      record = wattle_body_to_record (wattle_column_text (statement, 0), wattle_column_length (statement, 0), error);
      if (record == NULL)
        return FALSE;
      hit = g_new0 (WattleSearchHit, 1);
      hit->type = self->type;
      hit->record = record;
      hit->rank = hits->len;
      g_ptr_array_add (hits, hit);
    }
  return TRUE;
}

static gboolean
search_type (WattleTransaction *transaction, WattleRecordType type, const Typed *typed, guint limit, GPtrArray *hits,
             GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (candidate_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  Search search = { transaction, type, (GStrv) typed->words->pdata, (GStrv) typed->others->pdata, limit, found, seen };

  return find_candidates (&search, error) && load (&search, hits, error);
}

static void
add_typed (Typed *self, char *word, char *other)
{
  g_ptr_array_add (self->words, word);
  g_ptr_array_add (self->others, other != NULL ? other : g_strdup (""));
}

static char *
date_word (int year, int month, int day)
{
  gint64 date;

  return wattle_date_from_ymd (year, month, day, &date) ? g_strdup_printf ("%04d%02d%02d", year, month, day) : NULL;
}

/* Numbers that were typed apart belong together, as in 0412 345 678; a country code gives way to 0. */
static void
take_digits (Typed *self, GString *digits, gboolean plus)
{
  char *other = NULL;

  if (digits->len == 0)
    return;
  if (g_str_has_prefix (digits->str, "61") && (plus || digits->len == 11))
    {
      g_string_erase (digits, 0, 1);
      digits->str[0] = '0';
    }
  if (digits->len == 8)
    {
      int number = (int) g_ascii_strtoll (digits->str, NULL, 10);

      other = date_word (number % 10000, number / 10000 % 100, number / 1000000);
    }
  add_typed (self, g_strdup (digits->str), other);
  g_string_truncate (digits, 0);
}

/* 1/2/1980, 1.2.80, 01-02-1980 or 1980-02-01. */
static gboolean
take_date (Typed *self, const char *token)
{
  int a, b, c, read = 0;
  char *first, *second = NULL;

  if (strlen (token) > 10
      || (sscanf (token, "%d/%d/%d%n", &a, &b, &c, &read) != 3 && sscanf (token, "%d.%d.%d%n", &a, &b, &c, &read) != 3
          && sscanf (token, "%4d-%2d-%4d%n", &a, &b, &c, &read) != 3))
    return FALSE;
  if (token[read] != '\0' || a < 0 || b < 0 || c < 0)
    return FALSE;
  if (a > 31)
    first = date_word (a, b, c);
  else if (c < 100)
    {
      first = date_word (1900 + c, b, a);
      second = date_word (2000 + c, b, a);
    }
  else
    first = date_word (c, b, a);
  if (first == NULL)
    {
      g_free (second);
      return FALSE;
    }
  add_typed (self, first, second);
  return TRUE;
}

static void
take_words (Typed *self, const char *token)
{
  g_autofree char *split = wattle_words_split (token);
  g_auto (GStrv) words = g_strsplit (split, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      add_typed (self, g_strdup (words[i]), NULL);
}

static void
parse_typed (Typed *self, const char *text)
{
  g_autofree char *typed = g_utf8_make_valid (text, strnlen (text, MAX_TYPED_BYTES));
  g_auto (GStrv) tokens = g_strsplit_set (typed, " \t\n,;", -1);
  g_autoptr (GString) digits = g_string_new (NULL);
  gboolean plus = FALSE;

  for (guint i = 0; tokens[i] != NULL; i++)
    {
      const char *token = tokens[i];

      if (token[0] == '\0')
        continue;
      if (take_date (self, token))
        continue;
      if (strspn (token, "0123456789+()-/.") == strlen (token) && strpbrk (token, "0123456789") != NULL)
        {
          plus = digits->len == 0 ? token[strspn (token, "(")] == '+' : plus;
          for (const char *at = token; *at != '\0'; at++)
            if (g_ascii_isdigit (*at) && digits->len < 32)
              g_string_append_c (digits, *at);
          continue;
        }
      take_digits (self, digits, plus);
      take_words (self, token);
    }
  take_digits (self, digits, plus);
  if (self->words->len > MAX_WORDS)
    {
      g_ptr_array_set_size (self->words, MAX_WORDS);
      g_ptr_array_set_size (self->others, MAX_WORDS);
    }
  g_ptr_array_add (self->words, NULL);
  g_ptr_array_add (self->others, NULL);
}

static void
hit_free (gpointer data)
{
  WattleSearchHit *self = data;

  g_object_unref (self->record);
  g_free (self);
}

/**
 * wattle_transaction_search:
 * @self: a transaction
 * @types: bit mask of #WattleRecordType; types without SEARCH fields are passed over
 * @typed: what was typed; "" finds the first in order
 * @limit: at most so many of each type
 * @error: the failure
 *
 * Every word must start a word of the record, in any order. When nothing does,
 * words of names may differ by one typing error.
 *
 * Returns: (transfer full) (element-type WattleSearchHit) (nullable): the hits,
 *   people first; best first within a type
 */
GPtrArray *
wattle_transaction_search (WattleTransaction *self, guint64 types, const char *typed, guint limit, GError **error)
{
  static const WattleRecordType first[] = { WATTLE_RECORD_PATIENT, WATTLE_RECORD_PRACTITIONER };
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) hits = g_ptr_array_new_with_free_func (hit_free);
  Typed parsed = { words, others };
  guint64 asked = 0;

  parse_typed (&parsed, typed);
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    if ((types & WATTLE_TYPE_BIT (t)) && wattle_type_is_searched (&wattle_types[t]))
      asked |= WATTLE_TYPE_BIT (t);
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    if ((asked & WATTLE_TYPE_BIT (first[i])) && !search_type (self, first[i], &parsed, limit, hits, error))
      return NULL;
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    if ((asked & WATTLE_TYPE_BIT (t)) && t != first[0] && t != first[1]
        && !search_type (self, t, &parsed, limit, hits, error))
      return NULL;
  return g_steal_pointer (&hits);
}
