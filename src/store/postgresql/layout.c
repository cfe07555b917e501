/* layout.c: the tables in PostgreSQL: numbered steps for what is precious, additions for what the field tables ask
 *
 * The tables belong to whoever the address signs in as the first time; wattled
 * works as a role that owns nothing. Every row names its practice, and the
 * policy of its table shows a transaction those of one practice alone. Index
 * tables serve all practices of the database, so they only ever grow; each
 * practice fills its own rows again when its field tables have changed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/postgresql/engine.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "store/store-private.h"

/* One number for all of Wattle: only one program at a time sets up tables. */
#define SETTING_UP "SELECT pg_advisory_xact_lock (1467247665)"

static const char *const steps[] = {
  "CREATE TABLE practice (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
  "  name text COLLATE \"C\" NOT NULL UNIQUE);"
  "CREATE TABLE meta (practice bigint NOT NULL, name text COLLATE \"C\" NOT NULL, value text NOT NULL,"
  "  PRIMARY KEY (practice, name));"
  "CREATE TABLE counter (practice bigint NOT NULL, name text COLLATE \"C\" NOT NULL, value bigint NOT NULL,"
  "  PRIMARY KEY (practice, name)) WITH (fillfactor = 50);"
  "CREATE TABLE record (practice bigint NOT NULL, number bigint NOT NULL,"
  "  id bytea NOT NULL CHECK (octet_length (id) = 16), type text COLLATE \"C\" NOT NULL, scope bytea,"
  "  revision bigint NOT NULL, deleted bigint NOT NULL, changed_at bigint NOT NULL, body text NOT NULL,"
  "  PRIMARY KEY (practice, id), UNIQUE (practice, number));"
  "CREATE INDEX record_revision ON record (practice, revision);"
  "CREATE INDEX record_scope ON record (practice, coalesce (scope, '\\x00'), revision);"
  "CREATE TABLE operation (practice bigint NOT NULL, id text COLLATE \"C\" NOT NULL, device text COLLATE \"C\","
  "  number bigint NOT NULL, answer text NOT NULL, PRIMARY KEY (practice, id));"
  "CREATE INDEX operation_number ON operation (practice, device, number);"
  "CREATE TABLE private (practice bigint NOT NULL, kind text COLLATE \"C\" NOT NULL, key text COLLATE \"C\" NOT NULL,"
  "  owner text COLLATE \"C\", value text NOT NULL, expires_at bigint NOT NULL, PRIMARY KEY (practice, kind, key));"
  "CREATE INDEX private_owner ON private (practice, kind, owner, key);"
  "CREATE INDEX private_expiry ON private (practice, expires_at) WHERE expires_at > 0;"
  "CREATE TABLE audit (practice bigint NOT NULL, sequence bigint NOT NULL, id bytea NOT NULL, body text NOT NULL,"
  "  hash bytea NOT NULL, PRIMARY KEY (practice, sequence), UNIQUE (practice, id));"
  "CREATE TABLE search_row (practice bigint NOT NULL, number bigint NOT NULL, type bigint NOT NULL,"
  "  sort text COLLATE \"C\" NOT NULL, PRIMARY KEY (practice, number));"
  "CREATE INDEX search_row_sort ON search_row (practice, type, sort, number);"
  "CREATE TABLE search_word (practice bigint NOT NULL, type text COLLATE \"C\" NOT NULL,"
  "  word text COLLATE \"C\" NOT NULL, number bigint NOT NULL, PRIMARY KEY (practice, type, word, number));"
  "CREATE INDEX search_word_number ON search_word (practice, number, word);"
  "CREATE TABLE spelling (practice bigint NOT NULL, type bigint NOT NULL, variant text COLLATE \"C\" NOT NULL,"
  "  word text COLLATE \"C\" NOT NULL, PRIMARY KEY (practice, type, variant, word));"
  "ALTER TABLE practice ENABLE ROW LEVEL SECURITY;"
  "ALTER TABLE practice FORCE ROW LEVEL SECURITY;"
  "CREATE POLICY own ON practice USING (name = current_setting ('wattle.name', true));"
  "GRANT SELECT, INSERT ON practice TO " WATTLE_POSTGRESQL_ROLE ";"
  "GRANT SELECT ON layout TO " WATTLE_POSTGRESQL_ROLE ";"
  "DO $$DECLARE one text; BEGIN"
  "  FOREACH one IN ARRAY ARRAY['meta', 'counter', 'record', 'operation', 'private', 'audit', 'search_row',"
  "      'search_word', 'spelling'] LOOP"
  "    EXECUTE format ('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);"
  "    EXECUTE format ('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);"
  "    EXECUTE format ('CREATE POLICY own ON %I USING (practice = nullif (current_setting (''wattle.practice'', true),"
  " '''')::bigint)', one);"
  "    EXECUTE format ('GRANT SELECT, INSERT ON %I TO " WATTLE_POSTGRESQL_ROLE "', one);"
  "    IF one <> 'audit' THEN"
  "      EXECUTE format ('GRANT UPDATE, DELETE ON %I TO " WATTLE_POSTGRESQL_ROLE "', one);"
  "    END IF;"
  "  END LOOP;"
  "END$$;",
};

/* @ stands for the table of a record type. */
static const char policies[] =
  "ALTER TABLE @ ENABLE ROW LEVEL SECURITY;"
  "ALTER TABLE @ FORCE ROW LEVEL SECURITY;"
  "DROP POLICY IF EXISTS own ON @;"
  "CREATE POLICY own ON @ USING (practice = nullif (current_setting ('wattle.practice', true), '')::bigint);"
  "GRANT SELECT, INSERT, UPDATE, DELETE ON @ TO " WATTLE_POSTGRESQL_ROLE ";";

/* Indexes over more than one column, as those of SQLite. */
#define ACTIVE                                                                                                       \
  "deleted = 0 AND status IN ('tentative', 'booked', 'arrived', 'in_visit', 'completed')"                            \
  " AND (imported_from IS NULL OR status <> 'completed')"

static const char several[] =
  "CREATE INDEX IF NOT EXISTS index_appointment_by_active_practitioner ON index_appointment"
  "  (practice, practitioner, starts_at) INCLUDE (ends_at, id) WHERE " ACTIVE ";"
  "CREATE INDEX IF NOT EXISTS index_appointment_by_active_room ON index_appointment"
  "  (practice, location, room, starts_at) INCLUDE (ends_at, id) WHERE room IS NOT NULL AND " ACTIVE ";"
  "CREATE INDEX IF NOT EXISTS index_appointment_by_diary ON index_appointment"
  "  (practice, practitioner, starts_at NULLS FIRST, id);"
  "CREATE INDEX IF NOT EXISTS index_appointment_by_visits ON index_appointment"
  "  (practice, patient, starts_at NULLS FIRST, id);"
  "CREATE INDEX IF NOT EXISTS index_patient_by_name ON index_patient"
  "  (practice, deleted, lower (family_name) NULLS FIRST, id);"
  "CREATE INDEX IF NOT EXISTS index_progress_note_by_notes ON index_progress_note"
  "  (practice, patient, note_date NULLS FIRST, id);"
  "CREATE INDEX IF NOT EXISTS index_invoice_by_owed ON index_invoice (practice, status, due_date NULLS FIRST, id);";

/* What the store's own rule lets through, the database refuses: no two visits of a practitioner, or in a room, meet. */
static const char backstop[] =
  "CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;"
  "ALTER TABLE index_appointment ADD CONSTRAINT one_visit_of_a_practitioner EXCLUDE USING gist"
  "  (practice WITH =, practitioner WITH =, int8range (starts_at, greatest (starts_at, ends_at)) WITH &&)"
  "  WHERE (" ACTIVE ");"
  "ALTER TABLE index_appointment ADD CONSTRAINT one_visit_in_a_room EXCLUDE USING gist"
  "  (practice WITH =, location WITH =, room WITH =, int8range (starts_at, greatest (starts_at, ends_at)) WITH &&)"
  "  WHERE (room IS NOT NULL AND " ACTIVE ");";

static gint64
number_of (PGresult *result, int column)
{
  return PQntuples (result) > 0 && !PQgetisnull (result, 0, column)
           ? g_ascii_strtoll (PQgetvalue (result, 0, column), NULL, 10) : 0;
}

static gboolean
ask_number (WattlePostgresql *self, const char *sql, const char *parameter, gint64 *number, GError **error)
{
  PGresult *result = wattle_postgresql_ask (self, sql, parameter, error);

  if (result == NULL)
    return FALSE;
  *number = number_of (result, 0);
  PQclear (result);
  return TRUE;
}

/* The version of the tables, 0 for none; the schema version and whether the index tables are those of this program. */
static gboolean
read_state (WattlePostgresql *self, gint64 *version, gint64 *schema, gboolean *fits, GError **error)
{
  const char *hash = wattle_layout_hash ();
  PGresult *result;
  gint64 exists;

  *version = *schema = 0;
  *fits = FALSE;
  if (!ask_number (self, "SELECT count (*) FROM pg_tables WHERE schemaname = 'wattle' AND tablename = 'layout'", NULL,
                   &exists, error))
    return FALSE;
  if (exists == 0)
    return TRUE;
  result = wattle_postgresql_ask (self, "SELECT version, schema, fields FROM layout", NULL, error);
  if (result == NULL)
    return FALSE;
  *version = number_of (result, 0);
  *schema = number_of (result, 1);
  *fits = PQntuples (result) > 0 && strcmp (PQgetvalue (result, 0, 2), hash) == 0;
  PQclear (result);
  return TRUE;
}

static gboolean
refuse_newer (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, NULL,
                          _("The database was set up by a newer version of Wattle. It was left as it is; install the"
                            " newer version to go on."));
  return FALSE;
}

/* The role of all servers, for whoever signs in. */
static gboolean
make_role (WattlePostgresql *self, GError **error)
{
  static const char make[] =
    "DO $$BEGIN"
    "  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '" WATTLE_POSTGRESQL_ROLE "') THEN"
    "    BEGIN CREATE ROLE " WATTLE_POSTGRESQL_ROLE " NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN"
    "      NULL; END;"
    "  END IF;"
    "  IF NOT pg_has_role (current_user, '" WATTLE_POSTGRESQL_ROLE "', 'member') THEN"
    "    EXECUTE format ('GRANT " WATTLE_POSTGRESQL_ROLE " TO %I', current_user);"
    "  END IF;"
    "END$$;"
    "CREATE SCHEMA IF NOT EXISTS wattle;"
    "GRANT USAGE ON SCHEMA wattle TO " WATTLE_POSTGRESQL_ROLE ";"
    "CREATE TABLE IF NOT EXISTS layout (version bigint NOT NULL, schema bigint NOT NULL, fields text NOT NULL);"
    "INSERT INTO layout (version, schema, fields) SELECT 0, 0, '' WHERE NOT EXISTS (SELECT 1 FROM layout);";

  return wattle_postgresql_simple (self, make, error);
}

static gboolean
run_steps (WattlePostgresql *self, gint64 version, GError **error)
{
  for (gsize i = (gsize) version; i < G_N_ELEMENTS (steps); i++)
    if (!wattle_postgresql_simple (self, steps[i], error))
      return FALSE;
  return TRUE;
}

/* One type's table, with the columns that it lacks; a column of another kind is made anew. */
static void
append_table (GString *sql, const WattleType *type)
{
  g_autofree char *table = g_strdup_printf ("index_%s", type->nick);
  g_autoptr (GString) policy = g_string_new (policies);

  g_string_append_printf (sql,
                          "CREATE TABLE IF NOT EXISTS %s (practice bigint NOT NULL, id bytea NOT NULL,"
                          " deleted bigint NOT NULL, PRIMARY KEY (practice, id));",
                          table);
  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & WATTLE_FIELD_INDEXED)
      {
        const char *name = type->fields[i].name;
        const char *kind = wattle_schema_column_type (&type->fields[i], TRUE);
        const char *plain = strcmp (kind, "text COLLATE \"C\"") == 0 ? "text" : kind;

        /* lint: allow sql-text: names come from the field tables */
        g_string_append_printf (sql,
                                "DO $$BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema ="
                                " 'wattle' AND table_name = '%s' AND column_name = '%s' AND data_type <> '%s') THEN"
                                " ALTER TABLE %s DROP COLUMN \"%s\"; END IF; END$$;"
                                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS \"%s\" %s;",
                                table, name, plain, table, name, table, name, kind);
        if (wattle_schema_has_own_index (&type->fields[i]))
          g_string_append_printf (sql, "CREATE INDEX IF NOT EXISTS %s_%s ON %s (practice, \"%s\", id);", table, name,
                                  table, name);
      }
  g_string_replace (policy, "@", table, 0);
  g_string_append (sql, policy->str);
}

/* The index tables as the field tables of this program want them. */
static gboolean
fit_tables (WattlePostgresql *self, GError **error)
{
  const char *hash = wattle_layout_hash ();
  g_autoptr (GString) sql = g_string_new (NULL);
  PGresult *result;

  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    append_table (sql, &wattle_types[t]);
  g_string_append (sql, several);
  /* lint: allow sql-text: numbers of this program alone */
  g_string_append_printf (sql, "UPDATE layout SET version = %u, schema = %d;", (guint) G_N_ELEMENTS (steps),
                          WATTLE_SCHEMA_VERSION);
  if (!wattle_postgresql_simple (self, sql->str, error))
    return FALSE;
  result = wattle_postgresql_ask (self, "UPDATE layout SET fields = $1", hash, error);
  PQclear (result);
  return result != NULL;
}

/* An engine that speaks as PostgreSQL does may lack it: the store's own rule stands, and the check tells. */
static gboolean
add_backstop (WattlePostgresql *self, GError **error)
{
  gint64 exists;

  if (!ask_number (self, "SELECT count (*) FROM pg_constraint WHERE conname = 'one_visit_of_a_practitioner'", NULL,
                   &exists, error))
    return FALSE;
  if (exists > 0)
    return TRUE;
  if (!wattle_postgresql_simple (self, "SAVEPOINT backstop", error))
    return FALSE;
  return wattle_postgresql_simple (self, backstop, NULL)
         || wattle_postgresql_simple (self, "ROLLBACK TO SAVEPOINT backstop", error);
}

static gboolean
set_up (WattlePostgresql *self, GError **error)
{
  gint64 version, schema;
  gboolean fits;

  if (!wattle_postgresql_simple (self, "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;" SETTING_UP,
                                 error)
      || !read_state (self, &version, &schema, &fits, error))
    return FALSE;
  if (version > (gint64) G_N_ELEMENTS (steps) || schema > WATTLE_SCHEMA_VERSION)
    return refuse_newer (error);
  if (version == (gint64) G_N_ELEMENTS (steps) && fits)
    return wattle_postgresql_simple (self, "COMMIT", error);
  return make_role (self, error) && run_steps (self, version, error) && fit_tables (self, error)
         && add_backstop (self, error) && wattle_postgresql_simple (self, "COMMIT", error);
}

/**
 * wattle_postgresql_prepare_layout:
 * @connection: the writing connection, as whoever its address signs in
 * @read_only: whether nothing may be written
 * @error: (out): %WATTLE_ERROR_UNSUPPORTED for a database of a newer version
 *
 * All or nothing: the steps that it lacks and the index tables, in one transaction.
 */
gboolean
wattle_postgresql_prepare_layout (WattleConnection *connection, gboolean read_only, GError **error)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (connection);
  gint64 version, schema;
  gboolean fits;

  if (!read_state (self, &version, &schema, &fits, error))
    return FALSE;
  if (version > (gint64) G_N_ELEMENTS (steps) || schema > WATTLE_SCHEMA_VERSION)
    return read_only || refuse_newer (error);
  if (read_only || (version == (gint64) G_N_ELEMENTS (steps) && fits))
    return TRUE;
  if (set_up (self, error))
    return TRUE;
  wattle_postgresql_simple (self, "ROLLBACK", NULL);
  return FALSE;
}

/* The rows of this practice alone. */
gboolean
wattle_postgresql_clear_index (WattleConnection *connection, GError **error)
{
  static const char *const words[] = { "DELETE FROM search_row WHERE practice = :practice",
                                       "DELETE FROM search_word WHERE practice = :practice",
                                       "DELETE FROM spelling WHERE practice = :practice" };

  if (!wattle_connection_exec (connection, "SET LOCAL statement_timeout = 0", error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (!wattle_connection_exec (connection, words[i], error))
      return FALSE;
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    {
      /* lint: allow sql-text: names come from the field tables */
      g_autofree char *sql = g_strdup_printf ("DELETE FROM index_%s WHERE practice = :practice", wattle_types[t].nick);

      if (!wattle_connection_exec (connection, sql, error))
        return FALSE;
    }
  return TRUE;
}

/* What PostgreSQL itself does not watch over: who owns the tables, their policies and the backstop. */
gboolean
wattle_postgresql_check_storage (WattleConnection *connection, GPtrArray *findings, GError **error)
{
  gint64 open, constraints, may_change;

  if (!wattle_connection_integer (connection,
                                  "SELECT count (*) FROM pg_class WHERE relnamespace = 'wattle'::regnamespace"
                                  " AND relkind = 'r' AND relname <> 'layout'"
                                  " AND NOT (relrowsecurity AND relforcerowsecurity)",
                                  &open, error)
      || !wattle_connection_integer (connection,
                                     "SELECT count (*) FROM pg_constraint WHERE conname IN"
                                     " ('one_visit_of_a_practitioner', 'one_visit_in_a_room')",
                                     &constraints, error)
      || !wattle_connection_integer (connection,
                                     "SELECT count (*) FROM (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p (name)"
                                     " WHERE has_table_privilege ('wattle.audit', p.name)",
                                     &may_change, error))
    return FALSE;
  if (open > 0)
    g_ptr_array_add (findings, g_strdup_printf (_("%lld tables do not keep the practices of the database apart."),
                                                (long long) open));
  if (constraints < 2)
    g_ptr_array_add (findings, g_strdup (_("The database itself does not refuse two visits at the same time: the"
                                           " extension btree_gist is not there.")));
  if (may_change > 0)
    g_ptr_array_add (findings, g_strdup (_("The role of the server may change the audit trail.")));
  return TRUE;
}
