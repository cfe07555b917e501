/* reader.c: how a rule reads records, whoever keeps them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/reader.h"

#include "base/error.h"

/**
 * wattle_query:
 * @type: what is looked for
 *
 * Returns: a query for every record of @type that is not deleted
 */
WattleQuery
wattle_query (WattleRecordType type)
{
  return (WattleQuery){ .type = type };
}

static WattleCondition *
add_condition (WattleQuery *self, WattleFieldId field, WattleCompare compare)
{
  WattleCondition *condition = &self->conditions[self->n_conditions];

  g_assert (self->n_conditions < WATTLE_QUERY_MAX_CONDITIONS);
  g_assert (WATTLE_FIELD_TYPE (field) == self->type);
  g_assert (wattle_field_get (field)->flags & WATTLE_FIELD_INDEXED);
  self->n_conditions++;
  condition->field = field;
  condition->compare = compare;
  return condition;
}

/**
 * wattle_query_where_text:
 * @self: a query
 * @field: an indexed text field
 * @value: (transfer none): the value it must have; must outlive the query
 */
void
wattle_query_where_text (WattleQuery *self, WattleFieldId field, const char *value)
{
  g_assert (wattle_field_is_text (wattle_field_get (field)));
  add_condition (self, field, WATTLE_COMPARE_EQUAL)->text = value;
}

/**
 * wattle_query_where:
 * @self: a query
 * @field: an indexed field
 * @compare: how; for text fields only %WATTLE_COMPARE_MISSING
 * @value: what with, in the unit of the field's kind
 */
void
wattle_query_where (WattleQuery *self, WattleFieldId field, WattleCompare compare, gint64 value)
{
  g_assert (compare == WATTLE_COMPARE_MISSING || !wattle_field_is_text (wattle_field_get (field)));
  add_condition (self, field, compare)->number = value;
}

void
wattle_query_order_by (WattleQuery *self, WattleFieldId field, gboolean descending)
{
  g_assert (wattle_field_get (field)->flags & WATTLE_FIELD_INDEXED);
  self->order = field;
  self->descending = descending;
}

/**
 * wattle_reader_get:
 * @self: a reader
 * @type: a record type
 * @id: (nullable): an id
 * @error: %WATTLE_ERROR_NOT_FOUND when there is none
 *
 * Returns: (transfer full) (nullable): the record, also when it is deleted
 */
WattleRecord *
wattle_reader_get (WattleReader *self, WattleRecordType type, const char *id, GError **error)
{
  if (id == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, "There is no such %s.",
                              wattle_type_get (type)->nick);
      return NULL;
    }
  return self->get (self, type, id, error);
}

/**
 * wattle_reader_find:
 * @self: a reader
 * @query: what to look for
 * @error: %WATTLE_ERROR_NOT_FOUND when nothing matches
 *
 * Returns: (transfer full) (nullable): the first match
 */
WattleRecord *
wattle_reader_find (WattleReader *self, const WattleQuery *query, GError **error)
{
  WattleQuery first = *query;
  g_autoptr (GPtrArray) found = NULL;

  first.limit = 1;
  found = self->query (self, &first, error);
  if (found == NULL)
    return NULL;
  if (found->len == 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, "There is no such %s.",
                              wattle_type_get (query->type)->nick);
      return NULL;
    }
  return g_object_ref (g_ptr_array_index (found, 0));
}

GPtrArray *
wattle_reader_query (WattleReader *self, const WattleQuery *query, GError **error)
{
  return self->query (self, query, error);
}

gint64
wattle_reader_count (WattleReader *self, const WattleQuery *query, GError **error)
{
  return self->count (self, query, error);
}
