/* words.c: the words that a record is found by, and keeping them in step
 *
 * Each searched type has an FTS5 table without contents or positions: which
 * words stand in which record. search_row holds the order of results; spelling
 * holds every word of names with each one letter left out, so that a word with
 * one typing error meets it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/words.h"

#include <string.h>

#include "base/civil.h"
#include "base/text.h"

#define MAX_WORD_BYTES 64
#define MAX_SORT_BYTES 120
#define MAX_LEARNED 100000

/**
 * wattle_type_is_searched:
 * @type: a record type
 *
 * Returns: whether one of its fields is searched
 */
gboolean
wattle_type_is_searched (const WattleType *type)
{
  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & WATTLE_FIELD_SEARCH)
      return TRUE;
  return FALSE;
}

static void
append_words (GString *out, const char *text)
{
  g_autofree char *folded = wattle_text_fold (text);
  gsize start = 0;
  gboolean inside = FALSE;

  for (const char *at = folded; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!g_unichar_isalnum (c))
        {
          inside = FALSE;
          continue;
        }
      if (!inside)
        {
          if (out->len > 0)
            g_string_append_c (out, ' ');
          start = out->len;
          inside = TRUE;
        }
      if (out->len - start < MAX_WORD_BYTES)
        g_string_append_unichar (out, c);
    }
}

/**
 * wattle_words_split:
 * @text: (nullable): any text
 *
 * Returns: (transfer full): its words, folded, joined by single spaces
 */
char *
wattle_words_split (const char *text)
{
  GString *out = g_string_new (NULL);

  if (text != NULL)
    append_words (out, text);
  return g_string_free (out, FALSE);
}

/* Half of a name such as Smith-Jones or O’Brien finds it too. */
static void
append_halves (GString *out, const char *text)
{
  g_autofree char *halves = g_strdup (text);
  const char *apostrophe;

  /* U+2019 and U+2010 take three bytes each */
  while ((apostrophe = strstr (halves, "’")) != NULL || (apostrophe = strstr (halves, "‐")) != NULL)
    memcpy (halves + (apostrophe - halves), "   ", 3);
  if (strcmp (g_strdelimit (halves, "'-", ' '), text) != 0)
    append_words (out, halves);
}

/* An Australian number as it is dialled here, whatever way it is stored. */
static void
append_number (GString *out, const char *text)
{
  if (out->len > 0)
    g_string_append_c (out, ' ');
  if (g_str_has_prefix (text, "+61"))
    {
      g_string_append_c (out, '0');
      text += 3;
    }
  for (const char *at = text; *at != '\0'; at++)
    if (g_ascii_isalnum (*at))
      g_string_append_c (out, g_ascii_tolower (*at));
}

/* A number of a place is often given without its area code. */
static void
append_phone (GString *out, const char *text)
{
  append_number (out, text);
  if (strlen (text) == strlen ("+61293312345") && g_str_has_prefix (text, "+61") && strchr ("2378", text[3]) != NULL)
    g_string_append_printf (out, " %s", text + 4);
}

static void
append_field (GString *out, WattleRecord *record, WattleFieldId id)
{
  const WattleField *field = wattle_field_get (id);

  if (!wattle_record_has (record, id))
    return;
  if (field->kind == WATTLE_KIND_IDENTIFIER && g_strcmp0 (field->ref, "phone") == 0)
    append_phone (out, wattle_record_get_string (record, id));
  else if (field->kind == WATTLE_KIND_IDENTIFIER && g_strcmp0 (field->ref, "email") != 0)
    append_number (out, wattle_record_get_string (record, id));
  else if (wattle_field_is_text (field))
    {
      append_words (out, wattle_record_get_string (record, id));
      if (field->kind == WATTLE_KIND_STRING)
        append_halves (out, wattle_record_get_string (record, id));
    }
  else if (field->kind == WATTLE_KIND_DATE)
    {
      int year, month, day;

      wattle_date_to_ymd (wattle_record_get_integer (record, id), &year, &month, &day);
      g_string_append_printf (out, " %04d%02d%02d", year, month, day);
    }
}

/**
 * wattle_words_of:
 * @record: a record
 *
 * Returns: (transfer full): the words of its SEARCH fields
 */
char *
wattle_words_of (WattleRecord *record)
{
  const WattleType *type = wattle_record_type (record);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & WATTLE_FIELD_SEARCH)
      append_field (out, record, (type->id << 8) | i);
  return g_string_free (out, FALSE);
}

static void
append_named (GString *out, WattleRecord *record, const char *name)
{
  WattleFieldId id;

  if (wattle_field_find (wattle_record_type (record), name, &id) && wattle_record_has (record, id))
    append_words (out, wattle_record_get_string (record, id));
}

/**
 * wattle_sort_of:
 * @record: a record
 *
 * Returns: (transfer full): what results are ordered by: people by family name,
 *   notes by their date, others by their words
 */
char *
wattle_sort_of (WattleRecord *record)
{
  GString *out = g_string_new (NULL);

  if (wattle_record_type (record)->id == WATTLE_RECORD_PROGRESS_NOTE)
    append_field (out, record, WATTLE_PROGRESS_NOTE_NOTE_DATE);
  else
    {
      append_named (out, record, "family_name");
      append_named (out, record, "given_names");
      append_named (out, record, "preferred_name");
    }
  if (out->len == 0)
    {
      g_autofree char *words = wattle_words_of (record);
      g_string_append (out, words);
    }
  if (out->len > MAX_SORT_BYTES)
    g_string_truncate (out, g_utf8_find_prev_char (out->str, out->str + MAX_SORT_BYTES) - out->str);
  return g_string_free (out, FALSE);
}

/**
 * wattle_word_is_spelled:
 * @type: where it stands
 * @word: a folded word
 *
 * Returns: whether typing errors in it are forgiven: a word of a name and not a
 *   number, nor one of a clinical text
 */
gboolean
wattle_word_is_spelled (WattleRecordType type, const char *word)
{
  glong length = g_utf8_strlen (word, -1);

  if (type == WATTLE_RECORD_PROGRESS_NOTE || type == WATTLE_RECORD_DOCUMENT || type == WATTLE_RECORD_INVOICE)
    return FALSE;
  return length >= 4 && length <= 24 && strpbrk (word, "0123456789") == NULL;
}

/**
 * wattle_word_variants:
 * @word: a folded word
 *
 * Returns: (transfer full): the word, and the word with each one letter left out
 */
GPtrArray *
wattle_word_variants (const char *word)
{
  GPtrArray *variants = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (variants, g_strdup (word));
  for (const char *at = word; *at != '\0'; at = g_utf8_next_char (at))
    {
      GString *variant = g_string_new_len (word, at - word);

      g_string_append (variant, g_utf8_next_char (at));
      g_ptr_array_add (variants, g_string_free (variant, FALSE));
    }
  return variants;
}

static gboolean
run_spelling (WattleConnection *connection,
              WattleSql which,
              WattleRecordType type,
              const char *variant,
              const char *word,
              GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, which, error);

  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, type);
  wattle_bind_text (statement, 2, variant);
  wattle_bind_text (statement, 3, word);
  return wattle_connection_run (connection, statement, error);
}

static gboolean
each_variant (WattleConnection *connection, WattleSql which, WattleRecordType type, const char *word, GError **error)
{
  g_autoptr (GPtrArray) variants = wattle_word_variants (word);

  if (connection->engine->words_as_list)
    {
      g_autofree char *list = NULL;

      g_ptr_array_add (variants, NULL);
      list = g_strjoinv (" ", (GStrv) variants->pdata);
      return run_spelling (connection, which, type, list, word, error);
    }
  for (guint i = 0; i < variants->len; i++)
    if (!run_spelling (connection, which, type, g_ptr_array_index (variants, i), word, error))
      return FALSE;
  return TRUE;
}

static gboolean
learn (WattleConnection *connection, WattleRecordType type, const char *word, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%u %s", type, word);
  g_autoptr (WattleStatement) statement = NULL;
  gboolean known;

  if (g_hash_table_contains (connection->learned, key))
    return TRUE;
  if (g_hash_table_size (connection->learned) >= MAX_LEARNED)
    g_hash_table_remove_all (connection->learned);
  g_hash_table_add (connection->learned, g_steal_pointer (&key));
  statement = wattle_connection_statement (connection, WATTLE_SQL_SPELLING_HAS, error);
  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, type);
  wattle_bind_text (statement, 2, word);
  return wattle_connection_step (connection, statement, &known, error)
         && (known || each_variant (connection, WATTLE_SQL_SPELLING_ADD, type, word, error));
}

static gboolean
found_one (gint64 number, gpointer data, GError **error)
{
  *(gboolean *) data = TRUE;
  return TRUE;
}

/* A word that no record holds any more must not stay behind. */
static gboolean
unlearn (WattleConnection *connection, WattleRecordType type, const char *word, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GPtrArray) groups = g_ptr_array_new ();
  gboolean used = FALSE;

  g_hash_table_remove_all (connection->learned);
  g_ptr_array_add (words, (char *) word);
  g_ptr_array_add (groups, words);
  return connection->engine->find_words (connection, type, groups, 1, found_one, &used, error)
         && (used || each_variant (connection, WATTLE_SQL_SPELLING_DROP, type, word, error));
}

static gboolean
update_spelling (WattleConnection *connection, WattleRecordType type, const char *old, const char *new, GError **error)
{
  g_auto (GStrv) before = g_strsplit (old != NULL ? old : "", " ", -1);
  g_auto (GStrv) after = g_strsplit (new != NULL ? new : "", " ", -1);

  for (guint i = 0; before[i] != NULL; i++)
    if (wattle_word_is_spelled (type, before[i]) && !g_strv_contains ((const char *const *) after, before[i])
        && !unlearn (connection, type, before[i], error))
      return FALSE;
  for (guint i = 0; after[i] != NULL; i++)
    if (wattle_word_is_spelled (type, after[i]) && !g_strv_contains ((const char *const *) before, after[i])
        && !learn (connection, type, after[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
write_words (WattleConnection *connection, WattleTypeSql which, WattleRecordType type, gint64 number, const char *words,
             GError **error)
{
  g_autoptr (WattleStatement) statement = NULL;

  if (words == NULL)
    return TRUE;
  statement = wattle_connection_type_statement (connection, which, type, error);
  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, number);
  wattle_bind_text (statement, 2, words);
  return wattle_connection_run (connection, statement, error);
}

static gboolean
write_sort (WattleConnection *connection, WattleSql which, WattleRecordType type, gint64 number, const char *sort,
            GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, which, error);

  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, number);
  if (sort != NULL)
    {
      wattle_bind_integer (statement, 2, type);
      wattle_bind_text (statement, 3, sort);
    }
  return wattle_connection_run (connection, statement, error);
}

/**
 * wattle_words_put:
 * @connection: the writing connection
 * @number: the row of the record
 * @before: (nullable): the record as it was in the search tables
 * @after: (nullable): the record as it is; %NULL when it goes
 * @error: the failure
 *
 * Keeps the search tables in step. A deleted record is not found.
 */
gboolean
wattle_words_put (WattleConnection *connection, gint64 number, WattleRecord *before, WattleRecord *after,
                  GError **error)
{
  const WattleType *type = wattle_record_type (after != NULL ? after : before);
  gboolean had = before != NULL && !wattle_record_is_deleted (before);
  gboolean has = after != NULL && !wattle_record_is_deleted (after);
  g_autofree char *old = had ? wattle_words_of (before) : NULL;
  g_autofree char *new = has ? wattle_words_of (after) : NULL;
  g_autofree char *sort = has ? wattle_sort_of (after) : NULL;

  if (!wattle_type_is_searched (type))
    return TRUE;
  if (g_strcmp0 (old, new) != 0)
    {
      if (!write_words (connection, WATTLE_TYPE_SQL_DROP_WORDS, type->id, number, old, error)
          || !write_words (connection, WATTLE_TYPE_SQL_ADD_WORDS, type->id, number, new, error)
          || !update_spelling (connection, type->id, old, new, error))
        return FALSE;
    }
  else if (has)
    {
      g_autofree char *old_sort = wattle_sort_of (before);

      if (strcmp (old_sort, sort) == 0)
        return TRUE;
    }
  return (!had && !has)
         || write_sort (connection, !has ? WATTLE_SQL_SEARCH_DROP : had ? WATTLE_SQL_SEARCH_PUT : WATTLE_SQL_SEARCH_ADD,
                        type->id, number, sort, error);
}
