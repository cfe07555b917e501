/* remove.c: taking a practice that was never finished out of its database
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/postgresql/postgresql.h"

#include "store/postgresql/engine.h"

static const char remove_rows[] =
  "DO $$DECLARE one regclass; BEGIN"
  "  FOR one IN SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
  "      WHERE c.relnamespace = 'wattle'::regnamespace AND c.relkind = 'r' AND a.attname = 'practice' LOOP"
  "    EXECUTE format ('DELETE FROM %s WHERE practice = current_setting (''wattle.practice'')::bigint', one);"
  "  END LOOP;"
  "END$$;"
  "DELETE FROM practice WHERE name = current_setting ('wattle.name')";

static gboolean
ask (WattlePostgresql *self, const char *sql, const char *parameter, GError **error)
{
  PGresult *result = wattle_postgresql_ask (self, sql, parameter, error);

  PQclear (result);
  return result != NULL;
}

/**
 * wattle_postgresql_remove:
 * @database: address of a PostgreSQL, of the owner of its tables
 * @practice: (nullable): name of the practice there
 * @error: the failure
 *
 * Takes every row of the practice away, its audit trail too: only for one that
 * was never whole.
 */
gboolean
wattle_postgresql_remove (const char *database, const char *practice, GError **error)
{
  const char *name = practice != NULL ? practice : "practice";
  WattlePostgresql self = { .address = (char *) database };
  gboolean ok = wattle_postgresql_check_name (name, error) && wattle_postgresql_connect (&self, error)
                && wattle_postgresql_simple (&self, "BEGIN; SET LOCAL statement_timeout = 0", error)
                && ask (&self, "SELECT set_config ('wattle.name', $1, true)", name, error)
                && ask (&self,
                        "SELECT set_config ('wattle.practice', number::text, true) FROM practice WHERE name = $1",
                        name, error)
                && wattle_postgresql_simple (&self, remove_rows, error)
                && wattle_postgresql_simple (&self, "COMMIT", error);

  g_clear_pointer (&self.pg, PQfinish);
  return ok;
}
