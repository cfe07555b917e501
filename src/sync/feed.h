/* feed.h: one page of rows as a server sends them: whole or not at all
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"
#include "schema/record.h"

G_BEGIN_DECLS

/**
 * WattleFeedPage:
 * @epoch: of the server
 * @from: revision the page begins behind
 * @at: snapshot: revision to read changes from
 * @total: snapshot: rows in all
 * @to: revision the page leads to
 * @more: whether another page waits
 * @after: (nullable): snapshot: where the next page begins
 * @rows: lines between the first and the last
 */
typedef struct
{
  char *epoch;
  gint64 from;
  gint64 at;
  gint64 total;
  gint64 to;
  gboolean more;
  char *after;
  gint64 rows;
} WattleFeedPage;

typedef enum
{
  WATTLE_FEED_PUT,
  WATTLE_FEED_DELETE,
  WATTLE_FEED_GAINED,
  WATTLE_FEED_LOST,
} WattleFeedKind;

/**
 * WattleFeedLine:
 * @type: of what is put
 * @json: what is put, as it came; @length bytes
 * @scope: what was gained or lost
 * @id: what is gone
 */
typedef struct
{
  WattleFeedKind kind;
  WattleRecordType type;
  const char *json;
  gsize length;
  const char *scope;
  const char *id;
} WattleFeedLine;

typedef gboolean (*WattleFeedLineFunc) (const WattleFeedLine *line, gpointer data, GError **error);

void wattle_feed_page_clear (WattleFeedPage *self);
gboolean wattle_feed_check (GBytes *body, WattleFeedPage *page, GError **error);
gboolean wattle_feed_each (GBytes *body, WattleFeedLineFunc func, gpointer data, GError **error);

WattleRecord *wattle_feed_line_record (const WattleFeedLine *line, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WattleFeedPage, wattle_feed_page_clear)

G_END_DECLS
