/* database.c: the databases of simulated servers, where those keep their records in PostgreSQL
 *
 * Each folder of a server has one, named after it. What WATTLE_TEST_DATABASE asks for is a
 * cluster of this program; a copy of a database takes the place of a copy of files, so
 * nothing may be connected to what is copied.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "database.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "store/postgresql/libpq.h"

static char *cluster; /* (nullable): folder of its socket */
static PGconn *administrator;
static pid_t owner; /* the process that this connection is of */

static char *
name_of (const char *dir)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, dir, -1);

  return g_strdup_printf ("sim_%.16s", hash);
}

static char *
address_of (const char *name)
{
  return g_strdup_printf ("postgresql:///%s?host=%s&user=postgres", name, cluster);
}

/* Each process has a connection of its own. */
static void
connect_administrator (void)
{
  g_autofree char *address = address_of ("postgres");
  const char *const keywords[] = { "dbname", NULL };
  const char *const values[] = { address, NULL };

  if (owner == getpid ())
    return;
  g_assert_true (wattle_libpq_load (NULL));
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
  connect_administrator ();
  /* lint: allow sql-exec: names made of hexadecimal digits */
  result = PQexec (administrator, sql);
  if (PQresultStatus (result) == PGRES_TUPLES_OK)
    number = g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10);
  else if (PQresultStatus (result) != PGRES_COMMAND_OK)
    g_error ("%s: %s", sql, PQerrorMessage (administrator));
  PQclear (result);
  return number;
}

/* A session that was closed takes a moment to go, and PostgreSQL itself would look only ten times a second. */
static void
wait_until_free (const char *name)
{
  while (run ("SELECT count (*) FROM pg_stat_activity WHERE datname = '%s'", name) > 0)
    ;
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
  /* what works in the background at its own time would make no two runs alike */
  run ("ALTER SYSTEM SET autovacuum = off");
  run ("ALTER SYSTEM SET client_min_messages = error");
  run ("ALTER SYSTEM SET client_min_messages = error");
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

/* Makes the database of a folder. Returns FALSE when there was one. */
gboolean
sim_database_make (const char *dir)
{
  g_autofree char *name = name_of (dir);

  if (run ("SELECT count (*) FROM pg_database WHERE datname = '%s'", name) > 0)
    return FALSE;
  run ("CREATE DATABASE %s", name);
  return TRUE;
}

char *
sim_database_address (const char *dir)
{
  g_autofree char *name = name_of (dir);

  return address_of (name);
}

void
sim_database_copy (const char *from, const char *to)
{
  g_autofree char *source = name_of (from);
  g_autofree char *target = name_of (to);

  wait_until_free (source);
  sim_database_remove (to);
  run ("CREATE DATABASE %s TEMPLATE %s", target, source);
}

void
sim_database_move (const char *from, const char *to)
{
  g_autofree char *source = name_of (from);
  g_autofree char *target = name_of (to);

  sim_database_remove (to);
  run ("ALTER DATABASE %s RENAME TO %s", source, target);
}

void
sim_database_remove (const char *dir)
{
  g_autofree char *name = name_of (dir);

  wait_until_free (name);
  run ("DROP DATABASE IF EXISTS %s", name);
}
