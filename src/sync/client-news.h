/* client-news.h: what the threads of a client have to tell, carried to the main context in its order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/client-object.h"
#include "sync/items.h"

G_BEGIN_DECLS

typedef enum
{
  WATTLE_NEWS_ENTRY,
  WATTLE_NEWS_REMOVED,
  WATTLE_NEWS_CONFLICT,
  WATTLE_NEWS_RESOLVED,
  WATTLE_NEWS_PROGRESS,
  WATTLE_NEWS_COMPLAINT,
  WATTLE_NEWS_TYPING,
  WATTLE_NEWS_ROOMS,
  WATTLE_NEWS_STEP,
} WattleNewsKind;

/**
 * WattleNews:
 * @client: whom it is told; held until then
 * @generation: of the core that it is about
 * @kind: what happened; says which of the others are set
 * @item: a change in the outbox
 * @conflict: two values to choose from
 * @id: of an operation or a conversation, or a sentence
 * @user: id of who types
 * @number: of a conflict
 * @fraction: of a fetch, negative when there is none
 * @rows: that were fetched
 * @total: rows that there are
 * @step: of the sync
 * @error: (nullable): why it failed
 * @ended: whether the server ended the session
 * @too_long: whether the server was not heard for longer than the practice allows
 * @read_only: whether this program is older than the server wants
 */
typedef struct
{
  WattleClient *client;
  guint generation;
  WattleNewsKind kind;
  WattleOutboxItem *item;
  WattleConflictItem *conflict;
  char *id;
  char *user;
  gint64 number;
  double fraction;
  gint64 rows;
  gint64 total;
  WattleStep step;
  GError *error;
  gboolean ended;
  gboolean too_long;
  gboolean read_only;
} WattleNews;

/* client.c */
void wattle_client_take_news (WattleClient *self, const WattleNews *news);

/* client-news.c */
WattleEngineListener wattle_client_listener (WattleClient *self);
WattleThread *wattle_client_start_thread (WattleClient *self);

G_END_DECLS
