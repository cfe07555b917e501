/* statement.c: prepared statements of PostgreSQL, sent in a pipeline
 *
 * A statement from which no row is wanted is only sent; its answer is read with
 * that of the next one that is waited for. All parameters and columns are
 * binary: numbers as int8, ids as their bytes, texts as UTF-8.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/postgresql/engine.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

#define MAX_PARAMETERS 64
#define MAX_BYTES 32 /* of an id, a hash, a number */
#define MAX_PENDING 256 /* their answers must fit the buffers of the socket */

typedef struct
{
  WattleStatement parent;
  char *sql;
  char name[16];
  guint generation;
  int n;                       /* parameters */
  int practice;                /* which of them is the practice; 0 for none */
  guint8 places[MAX_PARAMETERS + 1]; /* of a parameter in the text, to its own number; 0 for none */
  const char *values[MAX_PARAMETERS];
  int lengths[MAX_PARAMETERS];
  int formats[MAX_PARAMETERS];
  guint8 kept[MAX_PARAMETERS][MAX_BYTES];
  WattleMemoryUse use;
  char *table;                 /* (nullable): what it reads or writes */
  PGresult *result;
  gboolean is_memory;          /* whether the result is kept there */
  int row;
} Statement;

static void
fail_once (WattlePostgresql *self, const PGresult *result)
{
  if (self->failure == NULL)
    wattle_postgresql_fail (self, result, &self->failure);
}

static gboolean
tell_failure (WattlePostgresql *self, GError **error)
{
  if (error != NULL)
    *error = g_error_copy (self->failure);
  return FALSE;
}

/* The answers to one statement; @last is given the one with its rows or its count. */
static void
read_answer (WattlePostgresql *self, PGresult **last)
{
  PGresult *result;

  while ((result = PQgetResult (self->pg)) != NULL)
    {
      ExecStatusType status = PQresultStatus (result);

      if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_PIPELINE_ABORTED)
        fail_once (self, result);
      if (last != NULL && (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK))
        {
          PQclear (*last);
          *last = result;
        }
      else
        PQclear (result);
      if (PQstatus (self->pg) == CONNECTION_BAD)
        return;
    }
}

/* A question that was sent ahead of its time: where its answer stands among those that are awaited. */
typedef struct
{
  guint place;
  GBytes *key;
} Foreseen;

static void
foreseen_free (gpointer data)
{
  Foreseen *self = data;

  g_bytes_unref (self->key);
  g_free (self);
}

static void
take_foreseen (WattlePostgresql *self, PGresult *answer)
{
  Foreseen *one = g_queue_pop_head (&self->foreseen);

  if (answer == NULL || self->failure != NULL || !wattle_memory_keep (self->memory, one->key, answer))
    PQclear (answer);
  foreseen_free (one);
}

/* All that was sent, up to the synchronisation. */
static void
read_answers (WattlePostgresql *self, PGresult **last)
{
  guint total = self->pending;

  for (guint i = 0; i < total && PQstatus (self->pg) != CONNECTION_BAD; i++)
    {
      Foreseen *next = g_queue_peek_head (&self->foreseen);
      gboolean is_foreseen = next != NULL && next->place == i;
      PGresult *answer = NULL;

      read_answer (self, is_foreseen ? &answer : i + 1 == total ? last : NULL);
      if (is_foreseen)
        take_foreseen (self, answer);
    }
}

/**
 * wattle_postgresql_collect:
 * @self: a connection
 * @last: (out) (optional) (nullable): the answer to the last statement, to be
 *   freed by PQclear()
 * @error: the first failure of this transaction
 *
 * Waits for the answers to all that was sent.
 */
gboolean
wattle_postgresql_collect (WattlePostgresql *self, PGresult **last, GError **error)
{
  PGresult *found = NULL;

  if (self->pending > 0 && !PQpipelineSync (self->pg))
    fail_once (self, NULL);
  else if (self->pending > 0)
    {
      read_answers (self, &found);
      if (PQstatus (self->pg) != CONNECTION_BAD)
        PQclear (PQgetResult (self->pg)); /* that of the synchronisation */
      else
        fail_once (self, NULL);
    }
  self->pending = 0;
  self->owing = FALSE;
  g_queue_clear_full (&self->foreseen, foreseen_free);
  if (self->failure != NULL)
    {
      PQclear (found);
      return tell_failure (self, error);
    }
  if (last != NULL)
    *last = found;
  else
    PQclear (found);
  return TRUE;
}

static gboolean
prepare_there (WattlePostgresql *self, Statement *statement, GError **error)
{
  if (statement->generation == self->generation)
    return TRUE;
  if (!wattle_postgresql_collect (self, NULL, error))
    return FALSE;
  g_snprintf (statement->name, sizeof statement->name, "s%u", self->names++);
  self->pending++;
  if (!PQsendPrepare (self->pg, statement->name, statement->sql, 0, NULL))
    fail_once (self, NULL);
  if (!wattle_postgresql_collect (self, NULL, error))
    return FALSE;
  statement->generation = self->generation;
  return TRUE;
}

static void
bind_practice (WattlePostgresql *self, Statement *statement)
{
  gint64 number = GINT64_TO_BE (self->practice);

  if (statement->practice == 0)
    return;
  memcpy (statement->kept[statement->practice - 1], &number, sizeof number);
  statement->values[statement->practice - 1] = (const char *) statement->kept[statement->practice - 1];
  statement->lengths[statement->practice - 1] = sizeof number;
}

/* Where the parameter ?1 is; what has none has a place that is empty. */
static guint
first_place (Statement *self)
{
  return self->places[1] > 0 ? self->places[1] - 1 : MAX_PARAMETERS - 1;
}

/**
 * wattle_postgresql_send:
 * @statement: a bound statement
 * @error: the failure of this or an earlier one of the transaction
 */
gboolean
wattle_postgresql_send (WattleStatement *statement, GError **error)
{
  WattlePostgresql *self = WATTLE_POSTGRESQL (statement->connection);
  Statement *own = (Statement *) statement;

  if (self->failure != NULL)
    return tell_failure (self, error);
  if (self->watched != NULL && g_cancellable_is_cancelled (self->watched))
    return wattle_connection_stopped (error);
  if (!prepare_there (self, own, error))
    return FALSE;
  if (self->pending >= MAX_PENDING && !wattle_postgresql_collect (self, NULL, error))
    return FALSE;
  bind_practice (self, own);
  if (own->use == WATTLE_MEMORY_WRITES)
    wattle_memory_write (self->memory, own->table, own->values[first_place (own)], own->lengths[first_place (own)]);
  self->pending++;
  self->owing = TRUE;
  if (PQsendQueryPrepared (self->pg, own->name, own->n, own->values, own->lengths, own->formats, TRUE))
    return TRUE;
  fail_once (self, NULL);
  return tell_failure (self, error);
}

/**
 * wattle_postgresql_now:
 * @statement: a bound statement
 * @result: (out): its answer, to be freed by PQclear()
 * @error: the failure of this or an earlier one of the transaction
 *
 * Sends it and waits for all answers.
 */
gboolean
wattle_postgresql_now (WattleStatement *statement, PGresult **result, GError **error)
{
  *result = NULL;
  return wattle_postgresql_send (statement, error)
         && wattle_postgresql_collect (WATTLE_POSTGRESQL (statement->connection), result, error);
}

/* ?1 or ? becomes $1 and so on without gaps, :practice the practice's own. */
static void
translate (Statement *self, const char *sql)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint next = 1;

  for (const char *at = sql; *at != '\0';)
    {
      if (*at == '?')
        {
          char *end;
          guint place = (guint) g_ascii_strtoull (at + 1, &end, 10);

          place = place > 0 ? place : next++;
          g_assert (place <= MAX_PARAMETERS && self->n < MAX_PARAMETERS);
          if (self->places[place] == 0)
            self->places[place] = (guint8) ++self->n;
          g_string_append_printf (text, "$%u", self->places[place]);
          at = end;
        }
      else if (g_str_has_prefix (at, ":practice"))
        {
          if (self->practice == 0)
            self->practice = ++self->n;
          g_string_append_printf (text, "$%d", self->practice);
          at += strlen (":practice");
        }
      else
        g_string_append_c (text, *at++);
    }
  self->sql = g_string_free (g_steal_pointer (&text), FALSE);
}

WattleStatement *
wattle_postgresql_prepare (WattleConnection *connection, const char *sql, GError **error)
{
  Statement *self = g_new0 (Statement, 1);

  self->parent.connection = connection;
  translate (self, sql);
  self->use = wattle_memory_use (sql, &self->table);
  for (int i = 0; i < self->n; i++)
    self->formats[i] = 1;
  return &self->parent;
}

static void
finalize (WattleStatement *statement)
{
  Statement *self = (Statement *) statement;

  if (!self->is_memory)
    PQclear (self->result);
  g_free (self->table);
  g_free (self->sql);
  g_free (self);
}

static void
bind (WattleStatement *statement, int place, const void *value, gsize length)
{
  Statement *self = (Statement *) statement;
  int number = self->places[place];

  if (number == 0)
    return;
  self->values[number - 1] = value;
  self->lengths[number - 1] = (int) length;
}

static void
bind_null (WattleStatement *statement, int place)
{
  bind (statement, place, NULL, 0);
}

static void
bind_bytes (WattleStatement *statement, int place, const guint8 *bytes, gsize length)
{
  Statement *self = (Statement *) statement;
  int number = self->places[place];

  g_assert (length <= MAX_BYTES);
  if (number == 0)
    return;
  memcpy (self->kept[number - 1], bytes, length);
  bind (statement, place, self->kept[number - 1], length);
}

static void
bind_integer (WattleStatement *statement, int place, gint64 value)
{
  gint64 number = GINT64_TO_BE (value);

  bind_bytes (statement, place, (const guint8 *) &number, sizeof number);
}

static void
bind_text (WattleStatement *statement, int place, const char *text, gssize length)
{
  bind (statement, place, text, text == NULL ? 0 : length < 0 ? strlen (text) : (gsize) length);
}

/* What the answer of a bound question is kept under: the transaction's own writes to what it reads make it another. */
static GBytes *
key_of (WattlePostgresql *connection, Statement *self)
{
  guint place = first_place (self);

  bind_practice (connection, self);
  return wattle_memory_key (
    self, wattle_memory_version (connection->memory, self->table, self->values[place], self->lengths[place]), self->n,
    self->values, self->lengths);
}

/* Asks, unless this transaction has asked before and nothing has changed since. */
static gboolean
ask (WattleStatement *statement, GError **error)
{
  Statement *self = (Statement *) statement;
  WattlePostgresql *connection = WATTLE_POSTGRESQL (statement->connection);
  g_autoptr (GBytes) key = NULL;

  if (self->use != WATTLE_MEMORY_READS || !connection->locked || connection->failure != NULL)
    return wattle_postgresql_now (statement, &self->result, error);
  key = key_of (connection, self);
  self->result = wattle_memory_find (connection->memory, key);
  self->is_memory = self->result != NULL;
  if (self->is_memory)
    return TRUE;
  if (!wattle_postgresql_now (statement, &self->result, error))
    return FALSE;
  self->is_memory = wattle_memory_keep (connection->memory, key, self->result);
  return TRUE;
}

/* Sends a question whose answer is read with that of the next one that is waited for. */
static void
foresee (WattleStatement *statement)
{
  Statement *self = (Statement *) statement;
  WattlePostgresql *connection = WATTLE_POSTGRESQL (statement->connection);
  g_autoptr (GBytes) key = NULL;
  Foreseen *one;

  if (self->use != WATTLE_MEMORY_READS || !connection->locked || connection->failure != NULL)
    return;
  key = key_of (connection, self);
  if (wattle_memory_find (connection->memory, key) != NULL || !wattle_postgresql_send (statement, NULL))
    return;
  one = g_new (Foreseen, 1);
  *one = (Foreseen){ .place = connection->pending - 1, .key = g_bytes_ref (key) };
  g_queue_push_tail (&connection->foreseen, one);
}

static gboolean
step (WattleStatement *statement, gboolean *row, GError **error)
{
  Statement *self = (Statement *) statement;

  if (self->result == NULL)
    {
      self->row = 0;
      if (!ask (statement, error))
        return FALSE;
    }
  else
    self->row++;
  *row = self->row < PQntuples (self->result);
  return TRUE;
}

static gboolean
change (WattleStatement *statement, gint64 *changed, GError **error)
{
  PGresult *result;

  if (!wattle_postgresql_now (statement, &result, error))
    return FALSE;
  *changed = g_ascii_strtoll (PQcmdTuples (result), NULL, 10);
  PQclear (result);
  return TRUE;
}

static void
done (WattleStatement *statement)
{
  Statement *self = (Statement *) statement;

  if (!self->is_memory)
    PQclear (self->result);
  self->result = NULL;
  self->is_memory = FALSE;
  memset (self->values, 0, sizeof self->values);
}

/* Without a row the columns are empty, as in SQLite. */
static const char *
value_of (Statement *self, int column)
{
  if (self->result == NULL || self->row >= PQntuples (self->result) || PQgetisnull (self->result, self->row, column))
    return NULL;
  return PQgetvalue (self->result, self->row, column);
}

static gint64
column_integer (WattleStatement *statement, int column)
{
  Statement *self = (Statement *) statement;
  const char *value = value_of (self, column);
  gint64 number = 0;
  gint32 small;

  if (value == NULL)
    return 0;
  if (PQgetlength (self->result, self->row, column) == sizeof small)
    {
      memcpy (&small, value, sizeof small);
      return (gint32) GINT32_FROM_BE (small);
    }
  memcpy (&number, value, sizeof number);
  return GINT64_FROM_BE (number);
}

static const char *
column_text (WattleStatement *statement, int column)
{
  return value_of ((Statement *) statement, column);
}

static const guint8 *
column_bytes (WattleStatement *statement, int column)
{
  return (const guint8 *) value_of ((Statement *) statement, column);
}

static int
column_length (WattleStatement *statement, int column)
{
  Statement *self = (Statement *) statement;

  return value_of (self, column) != NULL ? PQgetlength (self->result, self->row, column) : 0;
}

const WattleEngine wattle_postgresql_statements = {
  .prepare = wattle_postgresql_prepare,
  .finalize = finalize,
  .bind_null = bind_null,
  .bind_integer = bind_integer,
  .bind_text = bind_text,
  .bind_bytes = bind_bytes,
  .step = step,
  .run = wattle_postgresql_send,
  .foresee = foresee,
  .change = change,
  .done = done,
  .column_integer = column_integer,
  .column_text = column_text,
  .column_bytes = column_bytes,
  .column_length = column_length,
};
