/* layout.c: the tables of a SQLite store: numbered steps for what is precious, building again for what is not
 *
 * Precious: record, audit, operation, private, counter, meta. They change by the
 * numbered steps below and nothing else. Everything named index_ or search_, and
 * spelling, is built from them whenever the field tables have changed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/engine.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "store/store-private.h"

/* "Wtl1": tells our files from every other SQLite database. */
#define APPLICATION_ID 0x57746c31

static const char *const steps[] = {
  "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
  "CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
  "INSERT INTO meta (name, value) VALUES ('made_by', 'wattle');"
  "CREATE TABLE record (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE CHECK (length (id) = 16),"
  "  type TEXT NOT NULL, scope BLOB, revision INTEGER NOT NULL, deleted INTEGER NOT NULL,"
  "  changed_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;"
  "CREATE INDEX record_revision ON record (revision);"
  "CREATE INDEX record_scope ON record (scope, revision);"
  "CREATE TABLE operation (id TEXT PRIMARY KEY, device TEXT, number INTEGER NOT NULL, answer TEXT NOT NULL)"
  "  STRICT, WITHOUT ROWID;"
  "CREATE INDEX operation_number ON operation (device, number);"
  "CREATE TABLE private (kind TEXT NOT NULL, key TEXT NOT NULL, owner TEXT, value TEXT NOT NULL,"
  "  expires_at INTEGER NOT NULL, PRIMARY KEY (kind, key)) STRICT;"
  "CREATE INDEX private_owner ON private (kind, owner, key);"
  "CREATE INDEX private_expiry ON private (expires_at) WHERE expires_at > 0;"
  "CREATE TABLE audit (sequence INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, body TEXT NOT NULL,"
  "  hash BLOB NOT NULL) STRICT;"
  "CREATE TRIGGER audit_no_gap BEFORE INSERT ON audit"
  "  WHEN NEW.sequence IS NOT (SELECT coalesce (max (sequence), 0) + 1 FROM audit)"
  "  BEGIN SELECT raise (ABORT, 'the audit trail only grows'); END;"
  "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit"
  "  BEGIN SELECT raise (ABORT, 'the audit trail only grows'); END;"
  "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit"
  "  BEGIN SELECT raise (ABORT, 'the audit trail only grows'); END;",
};

/* Indexes over more than one column. The first two keep the overlap rule fast: the predecessor of a booking among
 * those that occupy time. They hold all that its statements read, or the planner takes the longer diary. */
static const struct
{
  WattleRecordType type;
  const char *name;
  const char *columns;
} indexes[] = {
  { WATTLE_RECORD_APPOINTMENT, "active_practitioner",
    "(practitioner, starts_at, ends_at, deleted, status) WHERE deleted = 0"
    " AND status IN ('tentative', 'booked', 'arrived', 'in_visit', 'completed')" },
  { WATTLE_RECORD_APPOINTMENT, "active_room",
    "(location, room, starts_at, ends_at, deleted, status) WHERE deleted = 0"
    " AND status IN ('tentative', 'booked', 'arrived', 'in_visit', 'completed') AND room IS NOT NULL" },
  { WATTLE_RECORD_APPOINTMENT, "diary", "(practitioner, starts_at)" },
  { WATTLE_RECORD_APPOINTMENT, "visits", "(patient, starts_at)" },
  { WATTLE_RECORD_PATIENT, "name", "(deleted, family_name COLLATE NOCASE)" },
  { WATTLE_RECORD_PROGRESS_NOTE, "notes", "(patient, note_date)" },
  { WATTLE_RECORD_INVOICE, "owed", "(status, due_date)" },
};

static gboolean
refuse_foreign (WattleConnection *connection, GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                          _("The file %s is a database of another program, not one of Wattle. It was left as it is."),
                          connection->name);
  return FALSE;
}

static gboolean
check_version (WattleConnection *connection, gint64 version, gboolean read_only, GError **error)
{
  if (version <= (gint64) G_N_ELEMENTS (steps) || read_only)
    return TRUE;
  wattle_set_field_error (
    error, WATTLE_ERROR_UNSUPPORTED, NULL,
    _("The file %s was made by a newer version of Wattle. It was left as it is; install the newer "
       "version to go on."),
    connection->name);
  return FALSE;
}

static gboolean
run_steps (WattleConnection *connection, gint64 version, GError **error)
{
  for (guint i = version; i < G_N_ELEMENTS (steps); i++)
    {
      /* a pragma takes no parameter */
      g_autofree char *sql = g_strdup_printf ("BEGIN IMMEDIATE; %s PRAGMA user_version = %u;"
                                              " PRAGMA application_id = %d; COMMIT;",
                                              steps[i], i + 1, APPLICATION_ID);

      if (!wattle_connection_exec (connection, sql, error))
        {
          sqlite3_exec (wattle_sqlite_handle (connection), "ROLLBACK", NULL, NULL, NULL);
          return FALSE;
        }
    }
  return TRUE;
}

/* Checks whose file it is before the first byte is written, then runs the steps that it lacks. */
gboolean
wattle_sqlite_prepare_layout (WattleConnection *connection, gboolean read_only, GError **error)
{
  gint64 application, version, tables;

  if (!wattle_connection_integer (connection, "PRAGMA application_id", &application, error)
      || !wattle_connection_integer (connection, "PRAGMA user_version", &version, error)
      || !wattle_connection_integer (connection, "SELECT count (*) FROM sqlite_schema", &tables, error))
    return FALSE;
  if (application != APPLICATION_ID && (application != 0 || version != 0 || tables > 0 || read_only))
    return refuse_foreign (connection, error);
  if (!check_version (connection, version, read_only, error))
    return FALSE;
  return read_only
         || (wattle_connection_exec (connection, "PRAGMA journal_mode = WAL", error)
             && run_steps (connection, version, error));
}

/* Whether an index above starts with the same column, so that one over it alone would only cost. */
static gboolean
is_covered (const WattleType *type, const WattleField *field)
{
  g_autofree char *start = g_strdup_printf ("(%s, ", field->name);

  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    if (indexes[i].type == type->id && g_str_has_prefix (indexes[i].columns, start)
        && strstr (indexes[i].columns, " WHERE ") == NULL)
      return TRUE;
  return FALSE;
}

static gboolean
run_ddl (WattleConnection *connection, const char *start, GError **error)
{
  static char **statements;

  /* printed once, and asked for once a field */
  if (g_once_init_enter (&statements))
    {
      g_autofree char *ddl = wattle_schema_ddl ("sqlite");

      g_once_init_leave (&statements, g_strsplit (ddl, ";\n", -1));
    }
  for (guint i = 0; statements[i] != NULL; i++)
    if (g_str_has_prefix (statements[i], start) && !wattle_connection_exec (connection, statements[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
create_search (WattleConnection *connection, GError **error)
{
  if (!wattle_connection_exec (connection,
                               "CREATE TABLE search_row (number INTEGER PRIMARY KEY, type INTEGER NOT NULL,"
                               "  sort TEXT NOT NULL) STRICT;"
                               "CREATE TABLE spelling (type INTEGER NOT NULL, variant TEXT NOT NULL,"
                               "  word TEXT NOT NULL, PRIMARY KEY (type, variant, word)) STRICT, WITHOUT ROWID;"
                               "CREATE INDEX search_row_sort ON search_row (type, sort);",
                               error))
    return FALSE;
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    if (wattle_type_is_searched (&wattle_types[t]))
      {
        g_autofree char *sql = g_strdup_printf ("CREATE VIRTUAL TABLE search_%s USING fts5 (words, content = '',"
                                                " columnsize = 0, detail = none, tokenize = 'ascii', prefix = '1 2 3')",
                                                wattle_types[t].nick);

        if (!wattle_connection_exec (connection, sql, error))
          return FALSE;
      }
  return TRUE;
}

/* Names come from the file and not from the present field tables: an older version may have had other types. */
static gboolean
drop_all (WattleConnection *connection, GError **error)
{
  static const char listing[] =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name LIKE 'index\\_%' ESCAPE '\\'"
    " OR name = 'search_row' OR name = 'spelling' OR sql LIKE 'CREATE VIRTUAL TABLE search\\_%'"
    " ESCAPE '\\')";
  g_autoptr (GPtrArray) drops = g_ptr_array_new_with_free_func (sqlite3_free);
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2 (wattle_sqlite_handle (connection), listing, -1, &statement, NULL);

  while (rc == SQLITE_OK || rc == SQLITE_ROW)
    {
      rc = sqlite3_step (statement);
      if (rc == SQLITE_ROW)
        g_ptr_array_add (drops, sqlite3_mprintf ("DROP TABLE \"%w\"", sqlite3_column_text (statement, 0)));
    }
  sqlite3_finalize (statement);
  if (rc != SQLITE_DONE)
    {
      wattle_sqlite_fail (wattle_sqlite_handle (connection), rc, connection->name, error);
      return FALSE;
    }
  for (guint i = 0; i < drops->len; i++)
    if (!wattle_connection_exec (connection, g_ptr_array_index (drops, i), error))
      return FALSE;
  return TRUE;
}

/* Takes the secondary indexes away, so that many rows go in fast. */
gboolean
wattle_sqlite_drop_indexes (WattleConnection *connection, WattleRecordType type, GError **error)
{
  const WattleType *described = wattle_type_get (type);

  for (guint i = 0; i < described->n_fields; i++)
    {
      g_autofree char *sql =
        g_strdup_printf ("DROP INDEX IF EXISTS index_%s_%s", described->nick, described->fields[i].name);

      if ((described->fields[i].flags & WATTLE_FIELD_INDEXED) && !wattle_connection_exec (connection, sql, error))
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    {
      g_autofree char *sql = g_strdup_printf ("DROP INDEX IF EXISTS index_%s_by_%s", described->nick, indexes[i].name);

      if (indexes[i].type == type && !wattle_connection_exec (connection, sql, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
wattle_sqlite_create_indexes (WattleConnection *connection, WattleRecordType type, GError **error)
{
  const WattleType *described = wattle_type_get (type);

  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    {
      g_autofree char *sql = g_strdup_printf ("CREATE INDEX index_%s_by_%s ON index_%s %s", described->nick,
                                              indexes[i].name, described->nick, indexes[i].columns);

      if (indexes[i].type == type && !wattle_connection_exec (connection, sql, error))
        return FALSE;
    }
  for (guint i = 0; i < described->n_fields; i++)
    {
      /* lint: allow sql-text: names come from the field tables */
      g_autofree char *start =
        g_strdup_printf ("CREATE INDEX index_%s_%s ON", described->nick, described->fields[i].name);

      if (!is_covered (described, &described->fields[i]) && !run_ddl (connection, start, error))
        return FALSE;
    }
  return TRUE;
}

/* Leaves the index tables of these field tables, empty and without secondary indexes. */
gboolean
wattle_sqlite_clear_index (WattleConnection *connection, GError **error)
{
  wattle_connection_finalize_all (connection);
  return drop_all (connection, error) && run_ddl (connection, "CREATE TABLE ", error)
         && create_search (connection, error);
}
