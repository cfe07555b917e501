/* bench-bare.c: what a first sync cannot beat: the same bytes downloaded, the same rows inserted by a bare loop
 *
 * Usage: bench-bare URL TOKEN FOLDER: prints seconds of the download, seconds of the loop, rows and bytes. The loop
 * inserts into a plain SQLite file with the tables, columns and indexes of the client's own, full text included;
 * whatever it takes to come by the values (JSON, words) is not counted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <libsoup/soup.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/store.h"

typedef struct
{
  char *insert;
  int n_columns;
  GPtrArray *values; /* of sqlite3_value */
} Table;

static void
check (const GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "bench-bare: %s\n", error->message);
  exit (1);
}

static void
check_sql (int rc, sqlite3 *db)
{
  if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE)
    return;
  fprintf (stderr, "bench-bare: %s\n", sqlite3_errmsg (db));
  exit (1);
}

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

/* The "after" of a page's last line, or NULL at the end. */
static char *
next_page (GBytes *body)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  const char *last = memrchr (text, '\n', length - 1);
  g_autoptr (WattleJson) json = wattle_json_parse (last + 1, text + length - last - 2, NULL, NULL);

  return json != NULL ? g_strdup (wattle_json_member_string (wattle_json_root (json), "after")) : NULL;
}

static GPtrArray *
download (const char *url, const char *token)
{
  GPtrArray *pages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *after = g_strdup ("");
  g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);
  GError *error = NULL;

  while (after != NULL)
    {
      g_autofree char *uri = *after != '\0' ? g_strdup_printf ("%s/v1/snapshot?limit=5000&after=%s", url, after)
                                            : g_strdup_printf ("%s/v1/snapshot?limit=5000", url);
      g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization", bearer);
      soup_message_headers_append (soup_message_get_request_headers (message), "Wattle-Schema", "1");
      g_ptr_array_add (pages, soup_session_send_and_read (session, message, NULL, &error));
      check (error);
      if (soup_message_get_status (message) != 200)
        g_error ("%s", (const char *) g_bytes_get_data (pages->pdata[pages->len - 1], NULL));
      g_free (after);
      after = next_page (pages->pdata[pages->len - 1]);
    }
  return pages;
}

/* Puts the rows where their columns can be read from, by the store itself. */
static guint
put_rows (WattleStore *store, GPtrArray *pages)
{
  GError *error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (store, &error);
  guint rows = 0;

  wattle_transaction_bulk_begin (transaction, &error);
  check (error);
  for (guint i = 0; i < pages->len; i++)
    {
      gsize length;
      const char *line = g_bytes_get_data (pages->pdata[i], &length);
      const char *end = line + length;

      for (; line < end; line = memchr (line, '\n', end - line) + 1)
        {
          g_autoptr (WattleJson) json =
            wattle_json_parse (line, (const char *) memchr (line, '\n', end - line) - line, NULL, &error);
          WattleJsonNode put = wattle_json_member (wattle_json_root (json), "put");
          gsize size;
          const char *text;

          check (error);
          if (!wattle_json_exists (put))
            continue;
          text = wattle_json_raw (put, &size);
          wattle_transaction_put_feed_row (transaction, wattle_type_find (wattle_json_member_string (put, "type"))->id,
                                           text, size, NULL, &error);
          check (error);
          rows++;
        }
    }
  wattle_transaction_bulk_end (transaction, NULL, NULL, NULL, &error);
  check (error);
  wattle_transaction_commit (transaction, &error);
  check (error);
  return rows;
}

static void
table_free (gpointer data)
{
  Table *self = data;

  g_free (self->insert);
  g_ptr_array_unref (self->values);
  g_free (self);
}

static Table *
read_table (sqlite3 *db, const char *name, const char *query)
{
  Table *self = g_new0 (Table, 1);
  GString *insert = g_string_new (NULL);
  sqlite3_stmt *statement;

  check_sql (sqlite3_prepare_v2 (db, query, -1, &statement, NULL), db);
  self->n_columns = sqlite3_column_count (statement);
  self->values = g_ptr_array_new_with_free_func ((GDestroyNotify) sqlite3_value_free);
  /* lint: allow sql-text: names come from our own schema */
  g_string_printf (insert, "INSERT INTO %s (", name);
  for (int i = 0; i < self->n_columns; i++)
    g_string_append_printf (insert, "%s%s", i > 0 ? ", " : "", sqlite3_column_name (statement, i));
  g_string_append (insert, ") VALUES (?");
  for (int i = 1; i < self->n_columns; i++)
    g_string_append (insert, ", ?");
  self->insert = g_string_free (g_string_append_c (insert, ')'), FALSE);
  while (sqlite3_step (statement) == SQLITE_ROW)
    for (int i = 0; i < self->n_columns; i++)
      g_ptr_array_add (self->values, sqlite3_value_dup (sqlite3_column_value (statement, i)));
  sqlite3_finalize (statement);
  return self;
}

static void
words_of (sqlite3_context *context, int n, sqlite3_value **values)
{
  g_autoptr (WattleRecord) record = wattle_record_from_text ((const char *) sqlite3_value_text (values[0]), -1, NULL);

  sqlite3_result_text (context, record != NULL ? wattle_record_search_text (record) : g_strdup (""), -1, g_free);
}

static GPtrArray *
read_tables (sqlite3 *db, GPtrArray *creates, GPtrArray *indexes)
{
  static const char listing[] =
    "SELECT name, sql, type FROM sqlite_schema WHERE sql IS NOT NULL AND (tbl_name = 'record' OR tbl_name = "
    "'search_row'"
    " OR tbl_name LIKE 'index\\_%' ESCAPE '\\' OR sql LIKE 'CREATE VIRTUAL TABLE search\\_%' ESCAPE '\\')";
  GPtrArray *tables = g_ptr_array_new_with_free_func (table_free);
  sqlite3_stmt *statement;

  sqlite3_create_function (db, "words_of", 1, SQLITE_UTF8, NULL, words_of, NULL, NULL);
  check_sql (sqlite3_prepare_v2 (db, listing, -1, &statement, NULL), db);
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      const char *name = (const char *) sqlite3_column_text (statement, 0);
      const char *sql = (const char *) sqlite3_column_text (statement, 1);
      /* lint: allow sql-text: names come from our own schema */
      g_autofree char *query = g_strdup_printf ("SELECT * FROM %s", name);
      /* lint: allow sql-text: names come from our own schema */
      g_autofree char *words = g_strdup_printf ("SELECT number AS rowid, words_of (body) AS words FROM record"
                                                " WHERE type = substr ('%s', 8)",
                                                name);
      gboolean is_index = strcmp ((const char *) sqlite3_column_text (statement, 2), "index") == 0;

      g_ptr_array_add (is_index && strcmp (name, "record_revision") != 0 ? indexes : creates, g_strdup (sql));
      if (!is_index)
        g_ptr_array_add (tables, read_table (db, name, strstr (sql, "VIRTUAL") != NULL ? words : query));
    }
  sqlite3_finalize (statement);
  return tables;
}

static void
run_all (sqlite3 *db, GPtrArray *statements)
{
  for (guint i = 0; i < statements->len; i++)
    /* lint: allow sql-exec: what the store itself made its tables with */
    check_sql (sqlite3_exec (db, statements->pdata[i], NULL, NULL, NULL), db);
}

static void
insert_all (const char *path, GPtrArray *tables, GPtrArray *creates, GPtrArray *indexes)
{
  sqlite3 *db = NULL;

  check_sql (sqlite3_open (path, &db), db);
  check_sql (sqlite3_exec (db,
                           "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; BEGIN",
                           NULL, NULL, NULL),
             db);
  run_all (db, creates);
  for (guint t = 0; t < tables->len; t++)
    {
      Table *table = tables->pdata[t];
      sqlite3_stmt *statement;

      check_sql (sqlite3_prepare_v2 (db, table->insert, -1, &statement, NULL), db);
      for (guint i = 0; i < table->values->len; i += table->n_columns)
        {
          for (int column = 0; column < table->n_columns; column++)
            sqlite3_bind_value (statement, column + 1, table->values->pdata[i + column]);
          check_sql (sqlite3_step (statement), db);
          sqlite3_reset (statement);
        }
      sqlite3_finalize (statement);
    }
  run_all (db, indexes);
  check_sql (sqlite3_exec (db, "COMMIT", NULL, NULL, NULL), db);
  sqlite3_close (db);
}

int
main (int argc, char **argv)
{
  g_autofree char *source = g_build_filename (argv[3], "source.db", NULL);
  g_autofree char *path = g_build_filename (argv[3], "bare.db", NULL);
  WattleStoreOptions options = { .side = WATTLE_STORE_CLIENT, .path = source };
  g_autoptr (GPtrArray) creates = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) indexes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GPtrArray) tables = NULL;
  g_autoptr (WattleStore) store = NULL;
  GError *error = NULL;
  gsize bytes = 0;
  double start = now (), downloaded;
  sqlite3 *db = NULL;
  guint rows;

  pages = download (argv[1], argv[2]);
  downloaded = now () - start;
  for (guint i = 0; i < pages->len; i++)
    bytes += g_bytes_get_size (pages->pdata[i]);
  store = wattle_store_open (&options, &error);
  check (error);
  rows = put_rows (store, pages);
  wattle_store_close (store, &error);
  check (error);
  check_sql (sqlite3_open (source, &db), db);
  tables = read_tables (db, creates, indexes);
  sqlite3_close (db);
  start = now ();
  insert_all (path, tables, creates, indexes);
  printf ("%.3f %.3f %u %" G_GSIZE_FORMAT "\n", downloaded, now () - start, rows, bytes);
  return 0;
}
