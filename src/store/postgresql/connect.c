/* connect.c: a session with PostgreSQL: how it is opened, as whom it works, and what its failures mean to a person
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/postgresql/engine.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define MAX_NAME 40

/* Every session alike, whatever the cluster's own settings: no plan that reads a whole table for want of statistics,
 * an acknowledgement that survives the loss of power, and nobody waits for ever. */
static const char session_settings[] = "SET synchronous_commit = on;"
                                       "SET search_path = wattle, public, pg_temp;"
                                       "SET timezone = 'UTC';"
                                       "SET client_min_messages = error;"
                                       "SET default_transaction_isolation = 'read committed';"
                                       "SET statement_timeout = '60s';"
                                       "SET lock_timeout = '10s';"
                                       "SET idle_in_transaction_session_timeout = '60s';"
                                       "SET enable_seqscan = off;"
                                       "SET random_page_cost = 1.1;"
                                       "SET jit = off;";

/* libpq would print them. */
static void
keep_quiet (void *data, const PGresult *result)
{
}

/**
 * wattle_postgresql_session:
 * @address: a postgresql:// address or key=value pairs
 * @error: (out): %WATTLE_ERROR_OFFLINE when nobody answers, %WATTLE_ERROR_UNSUPPORTED without the client library or
 * by a server that is too old
 *
 * Returns: (nullable): a connection to be closed by PQfinish()
 */
PGconn *
wattle_postgresql_session (const char *address, GError **error)
{
  /* what the address says itself comes later and holds */
  static const char *const keywords[] = { "fallback_application_name", "connect_timeout", "keepalives_idle",
                                          "keepalives_interval", "keepalives_count", "tcp_user_timeout",
                                          "client_encoding", "target_session_attrs", "dbname", NULL };
  const char *const values[] = { "wattle", "10", "10", "5", "3", "15000", "UTF8", "any", address, NULL };
  PGconn *pg;

  if (!wattle_libpq_load (error))
    return NULL;
  pg = PQconnectdbParams (keywords, values, TRUE);
  if (PQstatus (pg) == CONNECTION_OK && PQserverVersion (pg) >= 150000)
    {
      PQsetNoticeReceiver (pg, keep_quiet, NULL);
      return pg;
    }
  if (PQstatus (pg) == CONNECTION_OK)
    wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "database",
                            _("This database is PostgreSQL %d; 15 or later is needed. Nothing was changed."),
                            PQserverVersion (pg) / 10000);
  else
    wattle_set_field_error (error, WATTLE_ERROR_OFFLINE, "database",
                            _("The database cannot be reached. Nothing was changed; see that PostgreSQL runs and that"
                              " its address in the configuration is right."));
  g_debug ("PostgreSQL: %s", PQerrorMessage (pg));
  PQfinish (pg);
  return NULL;
}

/**
 * wattle_postgresql_check_name:
 * @practice: name of a practice in its database
 * @error: what is wrong with it
 */
gboolean
wattle_postgresql_check_name (const char *practice, GError **error)
{
  gsize length = strlen (practice);

  if (length > 0 && length <= MAX_NAME && strspn (practice, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "practice",
                          "“practice” must be a name of 1 to %d small letters, digits, - and _.", MAX_NAME);
  return FALSE;
}

/**
 * wattle_postgresql_lost:
 * @self: a connection that broke, or whose server may not be written to any more
 * @error: (out): %WATTLE_ERROR_BUSY: to be tried again
 *
 * Returns: %FALSE
 */
gboolean
wattle_postgresql_lost (WattlePostgresql *self, GError **error)
{
  self->configured = FALSE;
  wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL,
                          _("The connection to the database was lost. Nothing was acknowledged; it is tried again."));
  return FALSE;
}

typedef struct
{
  const char *state; /* the start of an SQLSTATE */
  WattleErrorCode code;
  const char *field;
  const char *sentence;
} Meaning;

static const Meaning meanings[] = {
  { "23P01", WATTLE_ERROR_CONFLICT, "starts_at",
    N_("This time is already taken. Nothing was changed; choose another time.") },
  { "23505", WATTLE_ERROR_CONFLICT, "id", N_("Another record already has this value. Nothing was changed.") },
  { "40", WATTLE_ERROR_BUSY, NULL,
    N_("The database was busy with the same records. Nothing was changed; try again.") },
  { "55P03", WATTLE_ERROR_BUSY, NULL,
    N_("Another server works on these records. Nothing was changed; try again.") },
  { "57014", WATTLE_ERROR_BUSY, NULL, N_("The database took too long. Nothing was changed; try again.") },
  { "53100", WATTLE_ERROR_DISK_FULL, NULL,
    N_("There is no space left for the database. This change was not saved; everything before it was. Make room and"
        " try again.") },
  { "53", WATTLE_ERROR_BUSY, NULL, N_("The database has too much to do. Nothing was changed; try again.") },
  { "XX001", WATTLE_ERROR_CORRUPT, NULL,
    N_("The database is damaged. It was left as it is; restore it from a backup.") },
  { "XX002", WATTLE_ERROR_CORRUPT, NULL,
    N_("An index of the database is damaged. It was left as it is; see what wattlectl doctor says.") },
  { "42501", WATTLE_ERROR_FAILED, NULL,
    N_("The role of this server may not do that in the database. Let the owner of the database run wattlectl doctor"
        " once, which sets the tables up.") },
};

static gboolean
is_gone (WattlePostgresql *self, const char *state)
{
  return PQstatus (self->pg) == CONNECTION_BAD || g_str_has_prefix (state, "08") || g_str_has_prefix (state, "57P")
         || g_str_has_prefix (state, "25006") || g_str_has_prefix (state, "25P03");
}

/**
 * wattle_postgresql_fail:
 * @self: a connection
 * @result: (nullable): an answer that is a failure
 * @error: (out): the code and a sentence for it
 *
 * The database's own words are not passed on: they may hold a value.
 *
 * Returns: %FALSE
 */
gboolean
wattle_postgresql_fail (WattlePostgresql *self, const PGresult *result, GError **error)
{
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;

  if (state == NULL || is_gone (self, state))
    return wattle_postgresql_lost (self, error);
  if (self->watched != NULL && g_cancellable_is_cancelled (self->watched) && strcmp (state, "57014") == 0)
    return wattle_connection_stopped (error);
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (g_str_has_prefix (state, meanings[i].state))
      {
        wattle_set_field_error (error, meanings[i].code, meanings[i].field, "%s", _(meanings[i].sentence));
        return FALSE;
      }
  g_debug ("PostgreSQL: %s", PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY));
  wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                          _("The database refused this (%s). This change was not saved."), state);
  return FALSE;
}

/**
 * wattle_postgresql_simple:
 * @self: a connection without a pipeline
 * @sql: constant text, or text made of the field tables alone; several statements
 * @error: the failure
 */
gboolean
wattle_postgresql_simple (WattlePostgresql *self, const char *sql, GError **error)
{
  /* lint: allow sql-exec: the caller gives constant text */
  PGresult *result = PQexec (self->pg, sql);
  ExecStatusType status = PQresultStatus (result);
  gboolean ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

  if (!ok)
    wattle_postgresql_fail (self, result, error);
  PQclear (result);
  return ok;
}

/**
 * wattle_postgresql_ask:
 * @self: a connection without a pipeline
 * @sql: constant text of one statement
 * @parameter: (nullable): its one parameter
 * @error: the failure
 *
 * Returns: (nullable): the answer as texts, to be freed by PQclear()
 */
PGresult *
wattle_postgresql_ask (WattlePostgresql *self, const char *sql, const char *parameter, GError **error)
{
  /* lint: allow sql-exec: the caller gives constant text */
  PGresult *result = PQexecParams (self->pg, sql, parameter != NULL ? 1 : 0, NULL, &parameter, NULL, NULL, FALSE);

  if (PQresultStatus (result) == PGRES_TUPLES_OK || PQresultStatus (result) == PGRES_COMMAND_OK)
    return result;
  wattle_postgresql_fail (self, result, error);
  PQclear (result);
  return NULL;
}

/**
 * wattle_postgresql_connect:
 * @self: a connection
 * @error: the failure
 *
 * Opens the session, again after it was lost, as whoever the address says.
 */
gboolean
wattle_postgresql_connect (WattlePostgresql *self, GError **error)
{
  g_clear_pointer (&self->pg, PQfinish);
  self->configured = FALSE;
  self->pending = 0;
  self->open = FALSE;
  self->generation++;
  self->pg = wattle_postgresql_session (self->address, error);
  return self->pg != NULL && wattle_postgresql_simple (self, session_settings, error);
}

/* Makes the practice when it is not there; what may only be read must be. */
static gboolean
find_practice (WattlePostgresql *self, GError **error)
{
  static const char enter[] = "INSERT INTO practice (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";
  PGresult *result = NULL;

  if (!self->must_exist && !self->reader)
    result = wattle_postgresql_ask (self, enter, self->practice_name, error);
  if (!self->must_exist && !self->reader && result == NULL)
    return FALSE;
  PQclear (result);
  result = wattle_postgresql_ask (self, "SELECT number FROM practice WHERE name = $1", self->practice_name, error);
  if (result == NULL)
    return FALSE;
  self->practice = PQntuples (result) == 1 ? g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10) : 0;
  PQclear (result);
  if (self->practice > 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "practice", _("The database has no practice “%s”."),
                          self->practice_name);
  return FALSE;
}

static gboolean
start_counter (WattlePostgresql *self, GError **error)
{
  static const char enter[] = "INSERT INTO counter (practice, name, value) VALUES ($1, 'revision', 0)"
                              " ON CONFLICT (practice, name) DO NOTHING";
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, self->practice);
  PGresult *set, *made = NULL;

  if (self->must_exist || self->reader)
    return TRUE;
  if (!wattle_postgresql_simple (self, "BEGIN", error))
    return FALSE;
  set = wattle_postgresql_ask (self, "SELECT set_config ('wattle.practice', $1, true)", number, error);
  if (set != NULL)
    made = wattle_postgresql_ask (self, enter, number, error);
  PQclear (set);
  PQclear (made);
  return made != NULL && wattle_postgresql_simple (self, "COMMIT", error);
}

/**
 * wattle_postgresql_configure:
 * @self: an open session
 * @error: the failure
 *
 * From here on it works as the role that owns nothing, for one practice.
 */
gboolean
wattle_postgresql_configure (WattlePostgresql *self, GError **error)
{
  PGresult *result;

  if (!wattle_postgresql_simple (self, "SET ROLE " WATTLE_POSTGRESQL_ROLE, error))
    return FALSE;
  result = wattle_postgresql_ask (self, "SELECT set_config ('wattle.name', $1, false)", self->practice_name, error);
  if (result == NULL)
    return FALSE;
  PQclear (result);
  if (!find_practice (self, error) || !start_counter (self, error))
    return FALSE;
  if (!PQenterPipelineMode (self->pg))
    return wattle_postgresql_lost (self, error);
  self->configured = TRUE;
  return TRUE;
}
