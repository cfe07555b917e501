/* copy.c: all that is precious in a store, row by row into another one, and whether two stores hold the same
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/copy.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "store/store-private.h"

/* The precious tables. What each selects, in that order, is what its other statement takes. */
static const struct
{
  const char *name;
  WattleSql each;
  WattleSql put;
  const char *columns; /* i a number, t a text, b bytes */
  guint key;           /* the column that a page begins behind */
  guint keys;
} tables[WATTLE_COPY_TABLES] = {
  { "record", WATTLE_SQL_COPY_RECORD, WATTLE_SQL_INSERT, "btbiiiti", 7, 1 },
  { "audit", WATTLE_SQL_AUDIT_EACH, WATTLE_SQL_AUDIT_ADD, "ibtb", 0, 1 },
  { "operation", WATTLE_SQL_COPY_OPERATION, WATTLE_SQL_KEEP_OPERATION, "ttit", 0, 1 },
  { "private", WATTLE_SQL_COPY_PRIVATE, WATTLE_SQL_KEEP_PRIVATE, "tttti", 0, 2 },
  { "counter", WATTLE_SQL_COPY_COUNTER, WATTLE_SQL_SET_COUNTER, "ti", 0, 1 },
  { "meta", WATTLE_SQL_COPY_META, WATTLE_SQL_SET_META, "tt", 0, 1 },
};

typedef struct
{
  WattleTransaction *from;
  WattleTransaction *to; /* (nullable): none when only the digest is wanted */
  WattleTableDigest *digest;
  crypto_generichash_state state;
  char *after[2]; /* texts that the next page begins behind */
  gint64 number;  /* or the number */
} Walk;

static void
hash_cell (Walk *self, gboolean is_null, const void *bytes, gsize length)
{
  guint8 head[9] = { is_null ? 0 : 1 };
  guint64 size = GUINT64_TO_LE (length);

  memcpy (head + 1, &size, sizeof size);
  crypto_generichash_update (&self->state, head, sizeof head);
  crypto_generichash_update (&self->state, bytes != NULL ? bytes : "", length);
}

/* One cell into the digest and, as its parameter, into the other store. */
static void
take_cell (Walk *self, char kind, WattleStatement *row, int column, WattleStatement *put)
{
  const guint8 *bytes = NULL;
  gsize length = 0;
  gint64 number;

  if (kind == 'i')
    {
      number = wattle_column_integer (row, column);
      hash_cell (self, FALSE, &(gint64){ GINT64_TO_LE (number) }, sizeof number);
      if (put != NULL)
        wattle_bind_integer (put, column + 1, number);
      return;
    }
  bytes = kind == 't' ? (const guint8 *) wattle_column_text (row, column) : wattle_column_bytes (row, column);
  length = bytes != NULL ? (gsize) wattle_column_length (row, column) : 0;
  hash_cell (self, bytes == NULL, bytes, length);
  if (put == NULL)
    return;
  if (bytes == NULL)
    wattle_bind_null (put, column + 1);
  else if (kind == 't')
    wattle_bind_text_length (put, column + 1, (const char *) bytes, length);
  else
    wattle_bind_bytes (put, column + 1, bytes, length);
}

static void
remember_key (Walk *self, guint table, WattleStatement *row)
{
  for (guint i = 0; i < tables[table].keys; i++)
    {
      int column = (int) (tables[table].key + i);

      if (tables[table].columns[column] == 'i')
        self->number = wattle_column_integer (row, column);
      else
        {
          g_free (self->after[i]);
          self->after[i] = g_strdup (wattle_column_text (row, column));
        }
    }
}

static void
bind_key (Walk *self, guint table, WattleStatement *each)
{
  for (guint i = 0; i < tables[table].keys; i++)
    if (tables[table].columns[tables[table].key + i] == 'i')
      wattle_bind_integer (each, (int) i + 1, self->number);
    else
      wattle_bind_text (each, (int) i + 1, self->after[i]);
  wattle_bind_integer (each, (int) tables[table].keys + 1, WATTLE_PAGE_ROWS);
}

static gboolean
walk_page (Walk *self, guint table, guint *rows, GError **error)
{
  g_autoptr (WattleStatement) each = wattle_connection_statement (self->from->connection, tables[table].each, error);
  gboolean row;

  *rows = 0;
  if (each == NULL)
    return FALSE;
  bind_key (self, table, each);
  while (TRUE)
    {
      g_autoptr (WattleStatement) put = NULL;

      if (!wattle_connection_step (self->from->connection, each, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      if (self->to != NULL)
        {
          put = wattle_connection_statement (self->to->connection, tables[table].put, error);
          if (put == NULL)
            return FALSE;
        }
      for (int i = 0; tables[table].columns[i] != '\0'; i++)
        take_cell (self, tables[table].columns[i], each, i, put);
      if (put != NULL && !wattle_connection_run (self->to->connection, put, error))
        return FALSE;
      remember_key (self, table, each);
      ++*rows;
      self->digest->rows++;
    }
}

static gboolean
walk_table (Walk *self, guint table, WattleCopyFunc func, gpointer data, GCancellable *cancellable, GError **error)
{
  guint rows;

  self->digest->name = tables[table].name;
  self->digest->rows = 0;
  self->number = G_MININT64;
  for (guint i = 0; i < G_N_ELEMENTS (self->after); i++)
    {
      g_free (self->after[i]);
      self->after[i] = g_strdup ("");
    }
  crypto_generichash_init (&self->state, NULL, 0, sizeof self->digest->hash);
  do
    {
      if (g_cancellable_is_cancelled (cancellable))
        return wattle_connection_stopped (error);
      if (!walk_page (self, table, &rows, error))
        return FALSE;
      if (func != NULL)
        func (self->digest->name, self->digest->rows, data);
    }
  while (rows == WATTLE_PAGE_ROWS);
  crypto_generichash_final (&self->state, self->digest->hash, sizeof self->digest->hash);
  if (self->to != NULL && tables[table].each == WATTLE_SQL_COPY_RECORD && self->digest->rows > 0
      && self->to->connection->engine->last_number == NULL)
    self->to->number = self->number;
  return TRUE;
}

static gboolean
walk_all (WattleTransaction *from,
          WattleTransaction *to,
          WattleTableDigest digests[WATTLE_COPY_TABLES],
          WattleCopyFunc func,
          gpointer data,
          GCancellable *cancellable,
          GError **error)
{
  Walk walk = { .from = from, .to = to };
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < G_N_ELEMENTS (tables); i++)
    {
      walk.digest = &digests[i];
      ok = walk_table (&walk, i, func, data, cancellable, error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (walk.after); i++)
    g_free (walk.after[i]);
  return ok;
}

/**
 * wattle_transaction_copy:
 * @from: a transaction of the store that stays as it is
 * @to: a write transaction of a store that holds no practice
 * @digests: (out): what was copied
 * @func: (nullable): told how many rows of a table are done
 * @data: for @func
 * @cancellable: (nullable): to stop; the caller then rolls back
 * @error: (out): %WATTLE_ERROR_CONFLICT when @to holds a practice already
 *
 * Copies every precious row as it is and builds the index of @to.
 */
gboolean
wattle_transaction_copy (WattleTransaction *from,
                         WattleTransaction *to,
                         WattleTableDigest digests[WATTLE_COPY_TABLES],
                         WattleCopyFunc func,
                         gpointer data,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autofree char *practice = NULL;
  gint64 records;

  if (!wattle_transaction_may_write (to, error))
    return FALSE;
  practice = wattle_transaction_meta (to, "practice", NULL);
  if (!wattle_connection_integer (to->connection, "SELECT count (*) FROM record", &records, error))
    return FALSE;
  if (practice != NULL || records > 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, NULL,
                              _("There is a practice already where this one should go. Nothing was changed."));
      return FALSE;
    }
  return walk_all (from, to, digests, func, data, cancellable, error)
         && wattle_layout_rebuild (to, cancellable, NULL, NULL, error);
}

/**
 * wattle_transaction_digest:
 * @self: a transaction
 * @digests: (out): rows and hash of each precious table
 * @func: (nullable): told how many rows of a table are done
 * @data: for @func
 * @cancellable: (nullable): to stop
 * @error: the failure
 *
 * Two stores with the same digests hold the same, whatever their databases.
 */
gboolean
wattle_transaction_digest (WattleTransaction *self,
                           WattleTableDigest digests[WATTLE_COPY_TABLES],
                           WattleCopyFunc func,
                           gpointer data,
                           GCancellable *cancellable,
                           GError **error)
{
  return walk_all (self, NULL, digests, func, data, cancellable, error);
}
