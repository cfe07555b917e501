/* reader.h: how a rule reads records, whoever keeps them
 *
 * Rules run on both sides: the client's cache and the server's transaction each
 * offer this interface. A query names indexed fields only, so that a store can
 * answer it with constant statements.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

#define WATTLE_QUERY_MAX_CONDITIONS 6

typedef enum
{
  WATTLE_COMPARE_EQUAL,
  WATTLE_COMPARE_LESS,
  WATTLE_COMPARE_AT_LEAST,
  WATTLE_COMPARE_GREATER,
  WATTLE_COMPARE_ONE_OF,  /* enum fields: number is a bit mask of values */
  WATTLE_COMPARE_MISSING, /* the field has no value */
} WattleCompare;

typedef struct
{
  WattleFieldId field;
  WattleCompare compare;
  const char *text; /* for text fields; borrowed from the caller */
  gint64 number;    /* for others */
} WattleCondition;

/**
 * WattleQuery:
 * @type: what is looked for
 * @conditions: all must hold; @n_conditions of them
 * @order: field to sort by, 0 for the order of ids (which is the order of making)
 * @descending: largest first
 * @limit: at most so many; 0 means 1000
 * @offset: skip so many
 * @with_deleted: also records whose state is deleted
 *
 * Plain data on the caller's stack. Every field must be INDEXED.
 */
typedef struct
{
  WattleRecordType type;
  WattleCondition conditions[WATTLE_QUERY_MAX_CONDITIONS];
  guint n_conditions;
  WattleFieldId order;
  gboolean descending;
  guint limit;
  guint offset;
  gboolean with_deleted;
} WattleQuery;

WattleQuery   wattle_query            (WattleRecordType  type);
void          wattle_query_where_text (WattleQuery      *self,
                                       WattleFieldId     field,
                                       const char       *value);
void          wattle_query_where      (WattleQuery      *self,
                                       WattleFieldId     field,
                                       WattleCompare     compare,
                                       gint64            value);
void          wattle_query_order_by   (WattleQuery      *self,
                                       WattleFieldId     field,
                                       gboolean          descending);

typedef struct _WattleReader WattleReader;

/**
 * WattleReader:
 * @get: a record by id, (transfer full); %NULL with %WATTLE_ERROR_NOT_FOUND
 * @query: the records that match, (element-type WattleRecord) (transfer full)
 * @count: how many match, whatever the limit; -1 on error
 *
 * The first members of whatever structure implements it.
 */
struct _WattleReader
{
  WattleRecord *(*get) (WattleReader *self, WattleRecordType type, const char *id, GError **error);
  GPtrArray *(*query) (WattleReader *self, const WattleQuery *query, GError **error);
  gint64 (*count) (WattleReader *self, const WattleQuery *query, GError **error);
};

WattleRecord *wattle_reader_get       (WattleReader      *self,
                                       WattleRecordType   type,
                                       const char        *id,
                                       GError           **error);
WattleRecord *wattle_reader_find      (WattleReader      *self,
                                       const WattleQuery *query,
                                       GError           **error);
GPtrArray    *wattle_reader_query     (WattleReader      *self,
                                       const WattleQuery *query,
                                       GError           **error);
gint64        wattle_reader_count     (WattleReader      *self,
                                       const WattleQuery *query,
                                       GError           **error);

G_END_DECLS
