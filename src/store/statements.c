/* statements.c: the registry of every statement: constant text and the field tables, never input
 *
 * Statements are prepared when first used and kept with their connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/connection.h"

#include "base/error.h"

static const char *const fixed_sql[WATTLE_N_SQL] = {
#define S(NAME, sql) sql,
#include "store/statements.def"
#undef S
};

static gboolean
prepare (WattleConnection *self, const char *sql, sqlite3_stmt **statement, GError **error)
{
  int rc = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);

  if (rc == SQLITE_OK)
    return TRUE;
  wattle_connection_fail (self, rc, error);
  return FALSE;
}

/**
 * wattle_connection_statement:
 * @self: a connection
 * @which: which statement
 * @error: the failure
 *
 * Returns: (transfer none) (nullable): the statement, ready to bind; end its use
 *   with wattle_statement_done()
 */
sqlite3_stmt *
wattle_connection_statement (WattleConnection *self, WattleSql which, GError **error)
{
  if (self->fixed[which] == NULL && !prepare (self, fixed_sql[which], &self->fixed[which], error))
    return NULL;
  return self->fixed[which];
}

static char *
put_sql (const char *verb, const WattleType *type)
{
  GString *sql = g_string_new (NULL);
  guint n = 2;

  /* lint: allow sql-text: names come from the field tables */
  g_string_append_printf (sql, "%s INTO index_%s (id, deleted", verb, type->nick);
  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & WATTLE_FIELD_INDEXED)
      {
        g_string_append_printf (sql, ", %s", type->fields[i].name);
        n++;
      }
  g_string_append (sql, ") VALUES (?");
  for (guint i = 1; i < n; i++)
    g_string_append (sql, ", ?");
  g_string_append_c (sql, ')');
  return g_string_free (sql, FALSE);
}

static char *
typed_sql (WattleTypeSql which, const WattleType *type)
{
  static const char *const texts[WATTLE_N_TYPE_SQL] = {
    [WATTLE_TYPE_SQL_FORGET] = "DELETE FROM index_@ WHERE id = ?1",
    [WATTLE_TYPE_SQL_ROWS] = "SELECT r.revision, r.type, r.id, r.scope, r.deleted, r.body FROM index_@ i"
                             " JOIN record r ON r.id = i.id WHERE i.deleted = 0 AND i.id > ?1 ORDER BY i.id LIMIT ?2",
    [WATTLE_TYPE_SQL_ADD_WORDS] = "INSERT INTO search_@ (rowid, words) VALUES (?1, ?2)",
    [WATTLE_TYPE_SQL_DROP_WORDS] = "INSERT INTO search_@ (search_@, rowid, words) VALUES ('delete', ?1, ?2)",
    [WATTLE_TYPE_SQL_FIND_WORDS] = "SELECT rowid FROM search_@ WHERE search_@ MATCH ?1 LIMIT ?2",
    [WATTLE_TYPE_SQL_MERGE_WORDS] = "INSERT INTO search_@ (search_@) VALUES ('optimize')",
    [WATTLE_TYPE_SQL_CHECK_WORDS] = "INSERT INTO search_@ (search_@) VALUES ('integrity-check')",
  };
  GString *sql;

  /* A replacing statement needs a savepoint, and every savepoint makes FTS5 write out what it has gathered: rows
   * that are known to be new go in plainly. */
  if (which == WATTLE_TYPE_SQL_ADD)
    return put_sql ("INSERT", type);
  if (which == WATTLE_TYPE_SQL_PUT)
    return put_sql ("INSERT OR REPLACE", type);
  sql = g_string_new (texts[which]);
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
sqlite3_stmt *
wattle_connection_type_statement (WattleConnection *self, WattleTypeSql which, WattleRecordType type, GError **error)
{
  sqlite3_stmt **place = &self->typed[which][type];

  if (*place == NULL)
    {
      g_autofree char *sql = typed_sql (which, wattle_type_get (type));

      if (!prepare (self, sql, place, error))
        return NULL;
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
      g_string_append_printf (sql, " AND %s IS NULL", name);
      return;
    case WATTLE_COMPARE_ONE_OF:
      g_string_append_printf (sql, " AND %s IN (", name);
      for (gboolean first = TRUE; mask != 0; mask &= mask - 1, first = FALSE)
        g_string_append (sql, first ? "?" : ", ?");
      g_string_append_c (sql, ')');
      return;
    default:
      g_string_append_printf (sql, " AND %s %s ?", name, operators[condition->compare]);
      return;
    }
}

static void
append_order (GString *sql, const WattleQuery *query)
{
  const char *direction = query->descending ? " DESC" : "";

  if (query->order != 0)
    {
      const WattleField *field = wattle_field_get (query->order);

      g_string_append_printf (sql, " ORDER BY %s%s%s, id%s", field->name,
                              field->kind == WATTLE_KIND_STRING ? " COLLATE NOCASE" : "", direction, direction);
    }
  else
    g_string_append_printf (sql, " ORDER BY id%s", direction);
}

static int
bind_condition (sqlite3_stmt *statement, int place, const WattleCondition *condition)
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
    sqlite3_bind_int64 (statement, place, condition->number);
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
sqlite3_stmt *
wattle_connection_query_statement (WattleConnection *self, const WattleQuery *query, gboolean count, GError **error)
{
  g_autoptr (GString) sql = g_string_sized_new (256);
  sqlite3_stmt *statement;
  int place = 1;

  if (!check_query (query, error))
    return NULL;
  /* lint: allow sql-text: names come from the field tables */
  g_string_append_printf (sql, "SELECT %s FROM index_%s WHERE %s", count ? "count (*)" : "id",
                          wattle_type_get (query->type)->nick, query->with_deleted ? "1" : "deleted = 0");
  for (guint i = 0; i < query->n_conditions; i++)
    append_condition (sql, &query->conditions[i]);
  if (!count)
    {
      append_order (sql, query);
      g_string_append (sql, " LIMIT ? OFFSET ?");
    }

  statement = g_hash_table_lookup (self->queries, sql->str);
  if (statement == NULL)
    {
      if (!prepare (self, sql->str, &statement, error))
        return NULL;
      g_hash_table_insert (self->queries, g_strdup (sql->str), statement);
    }
  for (guint i = 0; i < query->n_conditions; i++)
    place = bind_condition (statement, place, &query->conditions[i]);
  if (!count)
    {
      sqlite3_bind_int64 (statement, place, query->limit > 0 ? query->limit : 1000);
      sqlite3_bind_int64 (statement, place + 1, query->offset);
    }
  return statement;
}
