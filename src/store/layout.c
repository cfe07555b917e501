/* layout.c: whether the index of a store fits the field tables, and building it again from what is precious
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include <string.h>

/* Raise it when words.c or the indexes below change: every store builds its index again. */
#define INDEX_VERSION "4"

/**
 * wattle_layout_hash:
 *
 * Printed once: a server asks at each transaction.
 *
 * Returns: what the index of a store of this version was built for
 */
const char *
wattle_layout_hash (void)
{
  static char *hash;

  if (g_once_init_enter (&hash))
    {
      g_autofree char *schema = wattle_schema_hash ();

      g_once_init_leave (&hash, g_strconcat (schema, "-" INDEX_VERSION, NULL));
    }
  return hash;
}

/**
 * wattle_layout_is_current:
 * @connection: a connection
 * @current: (out): whether the index was built for these field tables
 * @error: the failure
 */
gboolean
wattle_layout_is_current (WattleConnection *connection, gboolean *current, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, WATTLE_SQL_META, error);
  const char *hash = wattle_layout_hash ();
  gboolean row;

  if (statement == NULL)
    return FALSE;
  wattle_bind_text (statement, 1, "index");
  if (!wattle_connection_step (connection, statement, &row, error))
    return FALSE;
  *current = row && strcmp (wattle_column_text (statement, 0), hash) == 0;
  return TRUE;
}

/* The record of one row, into the index. */
static gboolean
fill_row (WattleConnection *connection, WattleStatement *statement, GError **error)
{
  g_autoptr (WattleRecord) record = NULL;

  /* a type of a newer version stays in its precious row and waits */
  if (wattle_type_find (wattle_column_text (statement, 1)) == NULL)
    return TRUE;
  record = wattle_body_to_record (wattle_column_text (statement, 3), wattle_column_length (statement, 3), error);
  return record != NULL && wattle_index_put (connection, record, TRUE, error)
         && wattle_words_put (connection, wattle_column_integer (statement, 0), NULL, record, error);
}

typedef struct
{
  GCancellable *cancellable;
  GFileProgressCallback progress;
  gpointer progress_data;
  gint64 done;
  gint64 total;
} Filling;

static gboolean
fill_some (WattleConnection *connection, WattleSql which, Filling *filling, gint64 *last, guint *rows, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (connection, which, error);
  gboolean row;

  *rows = 0;
  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, *last);
  wattle_bind_integer (statement, 2, WATTLE_PAGE_ROWS);
  while (TRUE)
    {
      if (!wattle_connection_step (connection, statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      if (filling->progress != NULL && filling->done % 1000 == 0)
        filling->progress (filling->done, filling->total, filling->progress_data);
      filling->done++;
      if (g_cancellable_is_cancelled (filling->cancellable))
        return wattle_connection_stopped (error);
      if (which == WATTLE_SQL_EACH_RECORD)
        {
          if (!fill_row (connection, statement, error))
            return FALSE;
        }
      else
        {
          g_autoptr (WattleRecord) event = wattle_audit_row_to_record (statement, 2, 3, error);

          if (event == NULL || !wattle_index_put (connection, event, TRUE, error))
            return FALSE;
        }
      *last = wattle_column_integer (statement, 0);
      ++*rows;
    }
}

static gboolean
fill_from (WattleConnection *connection, WattleSql which, Filling *filling, GError **error)
{
  gint64 last = 0;
  guint rows;

  do
    if (!fill_some (connection, which, filling, &last, &rows, error))
      return FALSE;
  while (rows == WATTLE_PAGE_ROWS);
  return TRUE;
}

/**
 * wattle_layout_rebuild:
 * @self: a write transaction
 * @cancellable: (nullable): to stop
 * @progress: (nullable): called with records done and to do
 * @progress_data: for @progress
 * @error: the failure
 *
 * Builds index and search tables again from the precious rows.
 */
gboolean
wattle_layout_rebuild (WattleTransaction *self, GCancellable *cancellable, GFileProgressCallback progress,
                       gpointer progress_data, GError **error)
{
  WattleConnection *connection = self->connection;
  Filling filling = { cancellable, progress, progress_data, 0, 0 };

  if (!connection->engine->clear_index (connection, error)
      || !wattle_connection_integer (connection, "SELECT count (*) FROM record", &filling.total, error)
      || !fill_from (connection, WATTLE_SQL_EACH_RECORD, &filling, error)
      || !fill_from (connection, WATTLE_SQL_AUDIT_EACH, &filling, error))
    return FALSE;
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    if (!connection->engine->create_indexes (connection, t, error))
      return FALSE;
  return wattle_layout_set_current (self, TRUE, error);
}

/**
 * wattle_layout_set_current:
 * @self: a write transaction
 * @current: whether the index is complete
 * @error: the failure
 */
gboolean
wattle_layout_set_current (WattleTransaction *self, gboolean current, GError **error)
{
  const char *hash = wattle_layout_hash ();

  return wattle_transaction_set_meta (self, "index", current ? hash : NULL, error);
}
