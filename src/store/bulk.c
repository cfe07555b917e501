/* bulk.c: loading many records at once
 *
 * Between its begin and its end the tables that are nearly empty have no
 * secondary indexes, and rules between records are not asked for each of them.
 * The end builds the indexes type by type and asks the rules once, in order. A
 * load may run over several transactions: while it does, the store knows that
 * its index is unfinished, so a crash only means that it is built at next open.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

/* A table with fewer rows gets its indexes again in less time than they cost while loading. */
#define FEW_ROWS 20000

static gboolean
is_nearly_empty (WattleConnection *connection, const WattleType *type, gboolean *nearly_empty, GError **error)
{
  g_autofree char *sql =
    /* lint: allow sql-text: names come from the field tables */
    g_strdup_printf ("SELECT count (*) FROM (SELECT 1 FROM index_%s LIMIT %d) AS few", type->nick, FEW_ROWS);
  gint64 rows;

  if (!wattle_connection_integer (connection, sql, &rows, error))
    return FALSE;
  *nearly_empty = rows < FEW_ROWS;
  return TRUE;
}

/**
 * wattle_transaction_bulk_begin:
 * @self: a write transaction
 * @error: the failure
 *
 * Opens a bulk load. It lasts, over commits, until wattle_transaction_bulk_end().
 */
gboolean
wattle_transaction_bulk_begin (WattleTransaction *self, GError **error)
{
  guint64 types = 0;

  if (!wattle_transaction_may_write (self, error))
    return FALSE;
  if (self->bulk)
    return TRUE;
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    {
      gboolean nearly_empty;

      if (!is_nearly_empty (self->connection, &wattle_types[t], &nearly_empty, error))
        return FALSE;
      if (nearly_empty && !self->connection->engine->drop_indexes (self->connection, t, error))
        return FALSE;
      if (nearly_empty)
        types |= WATTLE_TYPE_BIT (t);
    }
  if (!wattle_layout_set_current (self, FALSE, error))
    return FALSE;
  self->bulk = TRUE;
  self->bulk_types = types;
  return TRUE;
}

static gboolean
build_indexes (WattleTransaction *self, GCancellable *cancellable, GFileProgressCallback progress,
               gpointer progress_data, GError **error)
{
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    {
      if (progress != NULL)
        progress (t, WATTLE_N_RECORDS, progress_data);
      if (g_cancellable_is_cancelled (cancellable))
        return wattle_connection_stopped (error);
      if ((self->bulk_types & WATTLE_TYPE_BIT (t)) != 0
          && !self->connection->engine->create_indexes (self->connection, t, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_unique_field (WattleConnection *connection, const WattleType *type, const WattleField *field, GError **error)
{
  g_autofree char *sql =
    /* lint: allow sql-text: names come from the field tables */
    g_strdup_printf ("SELECT count (*) FROM (SELECT 1 FROM index_%s WHERE deleted = 0 AND \"%s\" IS NOT"
                     " NULL GROUP BY \"%s\" HAVING count (*) > 1 LIMIT 1) AS few",
                     type->nick, field->name, field->name);
  gint64 doubles;

  if (!wattle_connection_integer (connection, sql, &doubles, error))
    return FALSE;
  if (doubles == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, field->name,
                          _("Two of the loaded records share a value that only one may have. Nothing was kept."));
  return FALSE;
}

static gboolean
check_rules (WattleTransaction *self, GError **error)
{
  if (self->store->side != WATTLE_STORE_SERVER)
    return TRUE;
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    for (guint i = 0; i < wattle_types[t].n_fields; i++)
      if ((wattle_types[t].fields[i].flags & WATTLE_FIELD_UNIQUE)
          && !check_unique_field (self->connection, &wattle_types[t], &wattle_types[t].fields[i], error))
        return FALSE;
  return wattle_overlap_scan (self->connection, error);
}

/**
 * wattle_transaction_bulk_end:
 * @self: a write transaction while a bulk load is open
 * @cancellable: (nullable): to stop; the caller then rolls back
 * @progress: (nullable): called with record types done and to do
 * @progress_data: for @progress
 * @error: (out): %WATTLE_ERROR_CONFLICT when loaded records break a rule; the
 *   caller then rolls back
 *
 * Ends a bulk load: builds the indexes and asks the rules.
 */
gboolean
wattle_transaction_bulk_end (WattleTransaction *self, GCancellable *cancellable, GFileProgressCallback progress,
                             gpointer progress_data, GError **error)
{
  if (!wattle_transaction_may_write (self, error))
    return FALSE;
  if (!self->bulk)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, "No bulk load is open.");
      return FALSE;
    }
  if (!build_indexes (self, cancellable, progress, progress_data, error) || !check_rules (self, error)
      || !wattle_layout_set_current (self, TRUE, error))
    return FALSE;
  self->bulk = FALSE;
  self->bulk_types = 0;
  return TRUE;
}
