/* statements.c: the registry of every statement: constant text and the field tables, never input
 *
 * Statements are prepared when first used and kept with their connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/connection.h"

#include "base/error.h"

/**
 * wattle_connection_statement:
 * @self: a connection
 * @which: which statement
 * @error: the failure
 *
 * Returns: (transfer none) (nullable): the statement, ready to bind; end its use
 *   with wattle_statement_done()
 */
WattleStatement *
wattle_connection_statement (WattleConnection *self, WattleSql which, GError **error)
{
  if (self->fixed[which] == NULL)
    self->fixed[which] = self->engine->prepare (self, self->engine->fixed[which], error);
  return self->fixed[which];
}

static void
append_fields (GString *sql, const WattleType *type, const char *format)
{
  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & WATTLE_FIELD_INDEXED)
      {
        g_autoptr (GString) one = g_string_new (format);

        g_string_replace (one, "@", type->fields[i].name, 0);
        g_string_append (sql, one->str);
      }
}

/* A replacing statement needs a savepoint in SQLite, and every savepoint makes FTS5 write out what it has gathered:
 * rows that are known to be new go in plainly. */
static char *
put_sql (const WattleEngine *engine, gboolean is_new, const WattleType *type)
{
  gboolean postgresql = engine->is_postgresql;
  GString *sql = g_string_new (is_new || postgresql ? "INSERT" : "INSERT OR REPLACE");

  /* lint: allow sql-text: names come from the field tables */
  g_string_append_printf (sql, " INTO index_%s (%sid, deleted", type->nick, postgresql ? "practice, " : "");
  append_fields (sql, type, ", \"@\"");
  g_string_append (sql, postgresql ? ") VALUES (:practice, ?, ?" : ") VALUES (?, ?");
  append_fields (sql, type, ", ?");
  g_string_append_c (sql, ')');
  if (postgresql && !is_new)
    {
      g_string_append (sql, " ON CONFLICT (practice, id) DO UPDATE SET deleted = excluded.deleted");
      append_fields (sql, type, ", \"@\" = excluded.\"@\"");
    }
  return g_string_free (sql, FALSE);
}

static char *
typed_sql (const WattleEngine *engine, WattleTypeSql which, const WattleType *type)
{
  GString *sql;

  if (which == WATTLE_TYPE_SQL_ADD || which == WATTLE_TYPE_SQL_PUT)
    return put_sql (engine, which == WATTLE_TYPE_SQL_ADD, type);
  sql = g_string_new (engine->typed[which]);
  g_string_replace (sql, "@", type->nick, 0);
  return g_string_free (sql, FALSE);
}

/**
 * wattle_connection_type_statement:
 * @self: a connection
 * @which: which statement
 * @type: of which record type
 * @error: the failure
 *
 * Returns: (transfer none) (nullable): the statement, ready to bind
 */
WattleStatement *
wattle_connection_type_statement (WattleConnection *self, WattleTypeSql which, WattleRecordType type, GError **error)
{
  WattleStatement **place = &self->typed[which][type];

  if (*place == NULL)
    {
      g_autofree char *sql = typed_sql (self->engine, which, wattle_type_get (type));

      *place = self->engine->prepare (self, sql, error);
    }
  return *place;
}

static void
append_condition (GString *sql, const WattleCondition *condition)
{
  static const char *const operators[] = { "=", "<", ">=", ">" };
  const char *name = wattle_field_get (condition->field)->name;
  guint64 mask = condition->number;

  switch (condition->compare)
    {
    case WATTLE_COMPARE_MISSING:
      g_string_append_printf (sql, " AND \"%s\" IS NULL", name);
      return;
    case WATTLE_COMPARE_ONE_OF:
      if (mask == 0)
        {
          g_string_append (sql, " AND 0 = 1");
          return;
        }
      g_string_append_printf (sql, " AND \"%s\" IN (", name);
      for (gboolean first = TRUE; mask != 0; mask &= mask - 1, first = FALSE)
        g_string_append (sql, first ? "?" : ", ?");
      g_string_append_c (sql, ')');
      return;
    default:
      g_string_append_printf (sql, " AND \"%s\" %s ?", name, operators[condition->compare]);
      return;
    }
}

/* Texts are ordered without regard to the case of ASCII letters, what is missing first: in the same way everywhere. */
static void
append_order (GString *sql, const WattleQuery *query, gboolean postgresql)
{
  const char *direction = query->descending ? " DESC" : "";

  g_string_append (sql, " ORDER BY ");
  if (query->order != 0)
    {
      const WattleField *field = wattle_field_get (query->order);
      gboolean fold = field->kind == WATTLE_KIND_STRING;

      if (postgresql)
        g_string_append_printf (sql, fold ? "lower (\"%s\")%s NULLS %s, " : "\"%s\"%s NULLS %s, ", field->name,
                                direction, query->descending ? "LAST" : "FIRST");
      else
        g_string_append_printf (sql, "\"%s\"%s%s, ", field->name, fold ? " COLLATE NOCASE" : "", direction);
    }
  g_string_append_printf (sql, "id%s", direction);
}

static void
append_selection (GString *sql, const WattleQuery *query, gboolean postgresql)
{
  const char *nick = wattle_type_get (query->type)->nick;

  if (!postgresql)
    /* lint: allow sql-text: names come from the field tables */
    g_string_append_printf (sql, " FROM index_%s WHERE %s", nick, query->with_deleted ? "1" : "deleted = 0");
  else
    /* lint: allow sql-text: names come from the field tables */
    g_string_append_printf (sql, " FROM index_%s WHERE practice = :practice%s", nick,
                            query->with_deleted ? "" : " AND deleted = 0");
}

static int
bind_condition (WattleStatement *statement, int place, const WattleCondition *condition)
{
  const WattleField *field = wattle_field_get (condition->field);
  const WattleEnum *list = wattle_field_enum (field);

  if (condition->compare == WATTLE_COMPARE_MISSING)
    return place;
  if (condition->compare == WATTLE_COMPARE_ONE_OF)
    {
      for (guint i = 0; i < 64; i++)
        if ((guint64) condition->number >> i & 1)
          wattle_bind_text (statement, place++, list != NULL && i < list->n_values ? list->values[i].nick : NULL);
      return place;
    }
  if (field->kind == WATTLE_KIND_REFERENCE)
    wattle_bind_id (statement, place, condition->text);
  else if (wattle_field_is_text (field))
    wattle_bind_text (statement, place, condition->text);
  else if (field->kind == WATTLE_KIND_ENUM)
    wattle_bind_text (statement, place,
                      condition->number >= 0 && condition->number < list->n_values
                        ? list->values[condition->number].nick : NULL);
  else
    wattle_bind_integer (statement, place, condition->number);
  return place + 1;
}

static gboolean
check_query (const WattleQuery *query, GError **error)
{
  gboolean ok = query->type < WATTLE_N_RECORDS && query->n_conditions <= WATTLE_QUERY_MAX_CONDITIONS
                && (query->order == 0 || WATTLE_FIELD_TYPE (query->order) == query->type);

  for (guint i = 0; ok && i < query->n_conditions; i++)
    ok = WATTLE_FIELD_TYPE (query->conditions[i].field) == query->type
         && (wattle_field_get (query->conditions[i].field)->flags & WATTLE_FIELD_INDEXED);
  ok = ok && (query->order == 0 || (wattle_field_get (query->order)->flags & WATTLE_FIELD_INDEXED));
  if (!ok)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, "A query may only name indexed fields of its own type.");
  return ok;
}

/**
 * wattle_connection_query_statement:
 * @self: a connection
 * @query: a query
 * @count: whether the number of matches is wanted, and not their ids
 * @error: the failure
 *
 * Returns: (transfer none) (nullable): the bound statement; the query's texts
 *   must outlive its use
 */
WattleStatement *
wattle_connection_query_statement (WattleConnection *self, const WattleQuery *query, gboolean count, GError **error)
{
  g_autoptr (GString) sql = g_string_sized_new (256);
  WattleStatement *statement;
  int place = 1;

  if (!check_query (query, error))
    return NULL;
  g_string_append (sql, count ? "SELECT count (*)" : "SELECT id");
  append_selection (sql, query, self->engine->is_postgresql);
  for (guint i = 0; i < query->n_conditions; i++)
    append_condition (sql, &query->conditions[i]);
  if (!count)
    {
      append_order (sql, query, self->engine->is_postgresql);
      g_string_append (sql, " LIMIT ? OFFSET ?");
    }

  statement = g_hash_table_lookup (self->queries, sql->str);
  if (statement == NULL)
    {
      statement = self->engine->prepare (self, sql->str, error);
      if (statement == NULL)
        return NULL;
      g_hash_table_insert (self->queries, g_strdup (sql->str), statement);
    }
  for (guint i = 0; i < query->n_conditions; i++)
    place = bind_condition (statement, place, &query->conditions[i]);
  if (!count)
    {
      wattle_bind_integer (statement, place, query->limit > 0 ? query->limit : 1000);
      wattle_bind_integer (statement, place + 1, query->offset);
    }
  return statement;
}
