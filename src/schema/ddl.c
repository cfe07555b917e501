/* ddl.c: the index tables of every record type, for SQLite and PostgreSQL
 *
 * A record's one precious row is written by the store. What is printed here can
 * be dropped and built again from it: one table a type with a column for each
 * INDEX field. The text comes from the field tables alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sodium.h>
#include <string.h>

#include "schema/type.h"

/**
 * wattle_schema_column_type:
 * @field: an INDEX field
 * @postgres: of PostgreSQL, and not SQLite
 *
 * Returns: the type of its column in the index table
 */
const char *
wattle_schema_column_type (const WattleField *field, gboolean postgres)
{
  if (field->kind == WATTLE_KIND_REFERENCE)
    return postgres ? "bytea" : "BLOB";
  if (field->kind == WATTLE_KIND_ENUM || wattle_field_is_text (field))
    return postgres ? "text COLLATE \"C\"" : "TEXT";
  return postgres ? "bigint" : "INTEGER";
}

/* An index over a word of a short list finds half the table, and a planner without statistics prefers it. */
gboolean
wattle_schema_has_own_index (const WattleField *field)
{
  return (field->flags & WATTLE_FIELD_INDEXED) && field->kind != WATTLE_KIND_ENUM && field->kind != WATTLE_KIND_BOOLEAN
         && field->kind != WATTLE_KIND_FLAGS;
}

/* Most rows have no such text, and it is asked for by its value: entries without one would cost and find nothing. */
static gboolean
is_rare (const WattleField *field)
{
  return wattle_field_is_text (field) && (field->flags & WATTLE_FIELD_REQUIRED) == 0;
}

static void
print_type (const WattleType *type, gboolean postgres, GString *out)
{
  g_string_append_printf (out, "CREATE TABLE index_%s (\n", type->nick);
  g_string_append (out, postgres ? "  practice bigint NOT NULL,\n  id bytea NOT NULL,\n  deleted bigint NOT NULL"
                                 : "  id BLOB PRIMARY KEY,\n  deleted INTEGER NOT NULL");
  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & WATTLE_FIELD_INDEXED)
      g_string_append_printf (out, ",\n  \"%s\" %s", type->fields[i].name,
                              wattle_schema_column_type (&type->fields[i], postgres));
  g_string_append (out, postgres ? ",\n  PRIMARY KEY (practice, id)\n);\n" : "\n) STRICT, WITHOUT ROWID;\n");
  for (guint i = 0; i < type->n_fields; i++)
    if (wattle_schema_has_own_index (&type->fields[i]))
      {
        g_string_append_printf (out, "CREATE INDEX index_%s_%s ON index_%s (%s\"%s\"%s)", type->nick,
                                type->fields[i].name, type->nick, postgres ? "practice, " : "", type->fields[i].name,
                                postgres ? ", id" : "");
        if (is_rare (&type->fields[i]))
          g_string_append_printf (out, " WHERE \"%s\" IS NOT NULL", type->fields[i].name);
        g_string_append (out, ";\n");
      }
}

/**
 * wattle_schema_ddl:
 * @dialect: "sqlite" or "postgresql"
 *
 * Returns: (transfer full): statements that make the index tables
 */
char *
wattle_schema_ddl (const char *dialect)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < WATTLE_N_RECORDS; i++)
    print_type (&wattle_types[i], g_strcmp0 (dialect, "postgresql") == 0, out);
  return g_string_free (out, FALSE);
}

/**
 * wattle_schema_lock:
 *
 * Returns: (transfer full): one line a field, as committed in schema.lock, so
 * that a change of the schema shows in review
 */
char *
wattle_schema_lock (void)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "version %d\n", WATTLE_SCHEMA_VERSION);
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    for (guint i = 0; i < wattle_types[t].n_fields; i++)
      {
        const WattleField *field = &wattle_types[t].fields[i];

        g_string_append_printf (out, "%s.%s %s 0x%x since %u max %u %s\n", wattle_types[t].nick, field->name,
                                wattle_kind_nick (field->kind), field->flags, field->since, field->max,
                                field->ref != NULL ? field->ref : "-");
      }
  return g_string_free (out, FALSE);
}

/**
 * wattle_schema_hash:
 *
 * Returns: (transfer full): a hash of the field tables; a store whose index was
 * built under another one builds it again
 */
char *
wattle_schema_hash (void)
{
  g_autofree char *lock = wattle_schema_lock ();
  guint8 hash[16];
  char *text = g_malloc (sizeof hash * 2 + 1);

  crypto_generichash (hash, sizeof hash, (const guint8 *) lock, strlen (lock), NULL, 0);
  return sodium_bin2hex (text, sizeof hash * 2 + 1, hash, sizeof hash);
}

static void
document_field (const WattleField *field, GString *out)
{
  static const struct
  {
    guint flag;
    const char *word;
  } words[] = {
    { WATTLE_FIELD_REQUIRED, "required" },   { WATTLE_FIELD_INDEXED, "indexed" },
    { WATTLE_FIELD_SEARCH, "searched" },     { WATTLE_FIELD_CLINICAL, "clinical" },
    { WATTLE_FIELD_FINANCIAL, "financial" }, { WATTLE_FIELD_CONTACT, "contact" },
    { WATTLE_FIELD_SERVER, "set by operations" }, { WATTLE_FIELD_IMMUTABLE, "immutable" },
    { WATTLE_FIELD_UNIQUE, "unique" },       { WATTLE_FIELD_DIARY, "in the diary projection" },
    { WATTLE_FIELD_STAFF, "never for the patient" }, { WATTLE_FIELD_ACCOUNT, "in the account projection" },
  };

  g_string_append_printf (out, "| `%s` | %s%s%s | ", field->name, wattle_kind_nick (field->kind),
                          field->ref != NULL ? " " : "", field->ref != NULL ? field->ref : "");
  for (guint i = 0, n = 0; i < G_N_ELEMENTS (words); i++)
    if (field->flags & words[i].flag)
      g_string_append_printf (out, "%s%s", n++ > 0 ? ", " : "", words[i].word);
  g_string_append_printf (out, " | %s |\n", field->doc);
}

/**
 * wattle_schema_document:
 *
 * Returns: (transfer full): the documentation of every record type, in Markdown
 */
char *
wattle_schema_document (void)
{
  static const char *const scopes[] = { "the practice", "the patient", "the user", "the server alone" };
  GString *out = g_string_new ("# Records\n\nPrinted from the field tables in `src/schema/records`.\n");

  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    {
      const WattleType *type = &wattle_types[t];

      g_string_append_printf (
        out, "\n## %s (`%s`)\n\n%s Owned by %s.\n\n| field | kind | flags | meaning |\n|---|---|---|---|\n",
        type->singular, type->nick, type->doc, scopes[type->scope]);
      for (guint i = 0; i < type->n_fields; i++)
        document_field (&type->fields[i], out);
    }
  return g_string_free (out, FALSE);
}
