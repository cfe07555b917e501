/* check.c: whether a store is what it should be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

#define MAX_FINDINGS 100 /* of one kind; a damaged file has the same thing everywhere */

/* @ stands for a type of the field tables. */
static const char missing_record[] = "SELECT count (*) FROM record r WHERE r.type = '@'"
                                     " AND NOT EXISTS (SELECT 1 FROM index_@ i WHERE i.id = r.id)";
static const char missing_event[] = "SELECT count (*) FROM audit a"
                                    " WHERE NOT EXISTS (SELECT 1 FROM index_@ i WHERE i.id = a.id)";
static const char extra_record[] = "SELECT count (*) FROM index_@ i"
                                   " WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.id = i.id AND r.type = '@')";
static const char extra_event[] = "SELECT count (*) FROM index_@ i"
                                  " WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.id = i.id)";

static void
find (GPtrArray *findings, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
find (GPtrArray *findings, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (findings, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* Each row's own text must say what its columns say. */
static void
check_row (WattleStatement *statement, GPtrArray *findings)
{
  const char *nick = wattle_column_text (statement, 1);
  const WattleType *type = wattle_type_find (nick);
  g_autoptr (WattleRecord) record = NULL;

  if (type == NULL)
    {
      g_autofree char *said = nick != NULL ? g_utf8_make_valid (nick, -1) : g_strdup ("");

      find (findings, _("Row %lld holds a “%s”, which this version does not know."),
            (long long) wattle_column_integer (statement, 0), said);
      return;
    }
  record = wattle_body_to_record (wattle_column_text (statement, 3), wattle_column_length (statement, 3), NULL);
  if (record == NULL || wattle_record_type (record) != type)
    find (findings, _("Row %lld, a “%s”, cannot be read."), (long long) wattle_column_integer (statement, 0), nick);
  else if (wattle_record_is_deleted (record) != (wattle_column_integer (statement, 2) != 0))
    find (findings, _("Row %lld, a “%s”, is deleted in one place and not in the other."),
          (long long) wattle_column_integer (statement, 0), nick);
}

static gboolean
check_page (WattleTransaction *self, GPtrArray *findings, gint64 *last, guint *rows, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_EACH_RECORD, error);
  gboolean row;

  *rows = 0;
  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, *last);
  wattle_bind_integer (statement, 2, WATTLE_PAGE_ROWS);
  while (TRUE)
    {
      if (!wattle_connection_step (self->connection, statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      check_row (statement, findings);
      *last = wattle_column_integer (statement, 0);
      ++*rows;
    }
}

static gboolean
check_records (WattleTransaction *self, GPtrArray *findings, GError **error)
{
  guint before = findings->len, rows;
  gint64 last = 0;

  do
    if (!check_page (self, findings, &last, &rows, error))
      return FALSE;
  while (rows == WATTLE_PAGE_ROWS && findings->len - before < MAX_FINDINGS);
  return TRUE;
}

/* Every record has its row in the index table of its type, and the other way round. */
static gboolean
check_index (WattleTransaction *self, const WattleType *type, GPtrArray *findings, GError **error)
{
  gboolean audit = type->id == WATTLE_RECORD_AUDIT_EVENT;
  g_autoptr (GString) missing = g_string_new (audit ? missing_event : missing_record);
  g_autoptr (GString) extra = g_string_new (audit ? extra_event : extra_record);
  gint64 n_missing, n_extra;

  g_string_replace (missing, "@", type->nick, 0);
  g_string_replace (extra, "@", type->nick, 0);
  if (!wattle_connection_integer (self->connection, missing->str, &n_missing, error)
      || !wattle_connection_integer (self->connection, extra->str, &n_extra, error))
    return FALSE;
  if (n_missing > 0)
    find (findings, _("%lld records of the kind “%s” are missing from the index. Build it again."),
          (long long) n_missing, type->nick);
  if (n_extra > 0)
    find (findings, _("The index of “%s” has %lld rows too many. Build it again."), type->nick, (long long) n_extra);
  return TRUE;
}

static gboolean
check_words (WattleTransaction *self, const WattleType *type, GPtrArray *findings, GError **error)
{
  g_autoptr (WattleStatement) statement = NULL;
  g_autoptr (GError) local = NULL;

  if (!wattle_type_is_searched (type) || !self->write
      || self->connection->engine->typed[WATTLE_TYPE_SQL_CHECK_WORDS] == NULL)
    return TRUE;
  statement = wattle_connection_type_statement (self->connection, WATTLE_TYPE_SQL_CHECK_WORDS, type->id, error);
  if (statement == NULL)
    return FALSE;
  if (wattle_connection_run (self->connection, statement, &local))
    return TRUE;
  if (wattle_error_get_code (local) != WATTLE_ERROR_CORRUPT)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  find (findings, _("The search words of “%s” are damaged. Build the index again."), type->nick);
  return TRUE;
}

static gboolean
check_search_rows (WattleTransaction *self, GPtrArray *findings, GError **error)
{
  gint64 orphans;

  if (!wattle_connection_integer (self->connection,
                                  "SELECT count (*) FROM search_row s WHERE NOT EXISTS"
                                  " (SELECT 1 FROM record r WHERE r.number = s.number AND r.deleted = 0)",
                                  &orphans, error))
    return FALSE;
  if (orphans > 0)
    find (findings, _("%lld search results lead nowhere. Build the index again."), (long long) orphans);
  return TRUE;
}

static gboolean
check_audit (WattleTransaction *self, GPtrArray *findings, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  gint64 first_bad = 0;

  if (wattle_transaction_audit_verify (self, &first_bad, cancellable, &local))
    return TRUE;
  if (first_bad == 0)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_ptr_array_add (findings, g_strdup (local->message));
  return TRUE;
}

static gboolean
check_diary (WattleTransaction *self, GPtrArray *findings, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (self->store->side != WATTLE_STORE_SERVER || wattle_overlap_scan (self->connection, &local))
    return TRUE;
  if (wattle_error_get_code (local) != WATTLE_ERROR_CONFLICT)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_ptr_array_add (findings, g_strdup (local->message));
  return TRUE;
}

static gboolean
check_all (WattleTransaction *self, GPtrArray *findings, GCancellable *cancellable, GError **error)
{
  if (!self->connection->engine->check_storage (self->connection, findings, error))
    return FALSE;
  /* a file that is torn answers nothing else in earnest */
  if (findings->len > 0)
    return TRUE;
  if (!check_records (self, findings, error))
    return FALSE;
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    if (!check_index (self, &wattle_types[t], findings, error)
        || !check_words (self, &wattle_types[t], findings, error))
      return FALSE;
  return check_search_rows (self, findings, error) && check_audit (self, findings, cancellable, error)
         && check_diary (self, findings, error);
}

/**
 * wattle_store_check:
 * @self: a store
 * @findings: (element-type utf8): sentences are added here; none when all is well
 * @cancellable: (nullable): to stop
 * @error: why it could not be checked
 *
 * Looks at everything: the file, each record, the index, the search words, the
 * audit trail and, on a server, the diary. Holds the writing connection
 * meanwhile and changes nothing.
 *
 * Returns: whether everything was looked at
 */
gboolean
wattle_store_check (WattleStore *self, GPtrArray *findings, GCancellable *cancellable, GError **error)
{
  g_autoptr (WattleTransaction) transaction = NULL;
  gboolean ok;

  /* the check of search words is an INSERT to SQLite */
  if (self->options.read_only)
    transaction = wattle_store_begin_read (self, error);
  else
    transaction = wattle_store_begin_write (self, error);
  if (transaction == NULL)
    return FALSE;
  wattle_transaction_set_cancellable (transaction, cancellable);
  ok = check_all (transaction, findings, cancellable, error);
  wattle_transaction_set_cancellable (transaction, NULL);
  return ok;
}
