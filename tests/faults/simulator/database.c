/* database.c: the database of a simulated server, where that keeps its records in PostgreSQL
 *
 * What WATTLE_TEST_DATABASE asks for is a cluster of this program. Each process that runs
 * schedules has one database in it, and copies of all records stand in schemas beside them:
 * taking a copy of a database, and dropping it, costs more than a schedule.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "database.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "store/postgresql/libpq.h"

#define TEMPLATE "sim_template"

/* Beside each table of the server's schema stand three like it: as the template left it, as it was before a call, and
 * as it was at the backup. A function keeps its plans, so that a copy costs little more than its rows. */
static const char places[] =
  "DO $do$DECLARE place text; one text; taken text; given text;"
  "BEGIN FOREACH place IN ARRAY ARRAY['fresh', 'aside', 'backup'] LOOP"
  "  EXECUTE format ('CREATE SCHEMA %I', place); taken := ''; given := '';"
  "  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'wattle'"
  "      AND tablename NOT IN ('practice', 'layout') LOOP"
  "    EXECUTE format ('CREATE TABLE %I.%I AS TABLE wattle.%I', place, one, one);"
  "    taken := taken || format ('DELETE FROM %1$I.%2$I; INSERT INTO %1$I.%2$I TABLE wattle.%2$I;', place, one);"
  "    given := given || format ('DELETE FROM wattle.%2$I; INSERT INTO wattle.%2$I TABLE %1$I.%2$I;', place, one);"
  "  END LOOP;"
  "  EXECUTE format ('CREATE FUNCTION %I.take () RETURNS int LANGUAGE plpgsql AS %L', place,"
  "    'BEGIN ' || taken || 'RETURN 0; END');"
  "  EXECUTE format ('CREATE FUNCTION %I.give () RETURNS int LANGUAGE plpgsql AS %L', place,"
  "    'BEGIN ' || given || 'RETURN 0; END');"
  "END LOOP; END$do$";

static char *cluster; /* (nullable): folder of its socket */
static char *own;     /* (nullable): name of this process's database */
static PGconn *administrator;
static pid_t owner; /* the process that this connection is of */

static char *
address_of (const char *name)
{
  return g_strdup_printf ("postgresql:///%s?host=%s&user=postgres", name, cluster);
}

/* Each process has a connection of its own. */
static void
connect_administrator (const char *name)
{
  g_autofree char *address = address_of (name);
  const char *const keywords[] = { "dbname", NULL };
  const char *const values[] = { address, NULL };

  g_assert_true (wattle_libpq_load (NULL));
  if (owner == getpid ())
    PQfinish (administrator);
  administrator = PQconnectdbParams (keywords, values, TRUE);
  g_assert_cmpint (PQstatus (administrator), ==, CONNECTION_OK);
  owner = getpid ();
}

static G_GNUC_PRINTF (1, 2) gint64
run (const char *format, ...)
{
  va_list args;
  g_autofree char *sql = NULL;
  PGresult *result;
  gint64 number = 0;

  va_start (args, format);
  sql = g_strdup_vprintf (format, args);
  va_end (args);
  /* lint: allow sql-exec: words of this file and numbers of processes */
  result = PQexec (administrator, sql);
  if (PQresultStatus (result) == PGRES_TUPLES_OK)
    number = g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10);
  else if (PQresultStatus (result) != PGRES_COMMAND_OK)
    g_error ("%s: %s", sql, PQerrorMessage (administrator));
  PQclear (result);
  return number;
}

/* Starts a cluster when the tests are to run on PostgreSQL. Before the first fork; it ends with this process. */
void
sim_database_start (void)
{
  const char *script = g_getenv ("WATTLE_POSTGRESQL");
  const char *argv[] = { "/usr/bin/python3", script, "serve", NULL };
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  int in, out;
  char c;

  if (g_strcmp0 (g_getenv ("WATTLE_TEST_DATABASE"), "postgresql") != 0)
    return;
  g_assert_nonnull (script);
  g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &in, &out, NULL, &error);
  g_assert_no_error (error);
  while (read (out, &c, 1) == 1 && c != '\n')
    g_string_append_c (line, c);
  g_assert_cmpstr (line->str, !=, "");
  cluster = g_string_free (g_steal_pointer (&line), FALSE);
  connect_administrator ("postgres");
  /* what works in the background at its own time would make no two runs alike */
  run ("ALTER SYSTEM SET autovacuum = off");
  run ("ALTER SYSTEM SET client_min_messages = error");
  /* here servers come and go, and plan anew what they ask twice; and nothing is ever recovered from the log */
  run ("ALTER SYSTEM SET plan_cache_mode = force_generic_plan");
  run ("ALTER SYSTEM SET jit = off");
  run ("ALTER SYSTEM SET full_page_writes = off");
  run ("ALTER SYSTEM SET synchronous_commit = off");
  run ("SELECT pg_reload_conf ()::int");
  g_clear_pointer (&administrator, PQfinish);
  owner = 0;
}

gboolean
sim_database_is_used (void)
{
  return cluster != NULL;
}

/* This process keeps to files. */
void
sim_database_forget (void)
{
  g_clear_pointer (&cluster, g_free);
}

/* The database that is to become the template. Returns FALSE when this process has one. */
gboolean
sim_database_make (void)
{
  if (own != NULL)
    return FALSE;
  connect_administrator ("postgres");
  run ("CREATE DATABASE " TEMPLATE);
  own = g_strdup (TEMPLATE);
  return TRUE;
}

/* What is in the template's database is what others begin with; nothing has it open any more. */
void
sim_database_finish (void)
{
  connect_administrator (own);
  run ("%s", places);
  PQfinish (administrator);
  owner = 0;
}

/* This process's database, as the template was left. */
void
sim_database_begin (void)
{
  if (own != NULL)
    {
      run ("SELECT fresh.give ()");
      return;
    }
  connect_administrator ("postgres");
  /* a session that was closed takes a moment to go, and PostgreSQL itself would look only ten times a second */
  while (run ("SELECT count (*) FROM pg_stat_activity WHERE datname = '" TEMPLATE "'") > 0)
    ;
  own = g_strdup_printf ("sim_%d", getpid ());
  run ("CREATE DATABASE %s TEMPLATE " TEMPLATE, own);
  connect_administrator (own);
}

char *
sim_database_address (void)
{
  return address_of (own);
}

/* A copy of the records as they are, in the place of an earlier one: "aside" or "backup". */
void
sim_database_take (const char *place)
{
  run ("SELECT %s.take ()", place);
}

/* The records become those of a copy; no server has them open. */
void
sim_database_give (const char *place)
{
  run ("SELECT %s.give ()", place);
}
