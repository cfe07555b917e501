/* postgresql.h: the engine that keeps records in PostgreSQL 15 and later, for servers and their administrators
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

void     wattle_postgresql_use         (void);
gboolean wattle_postgresql_remove      (const char      *database,
                                        const char      *practice,
                                        GError         **error);

typedef struct _WattleNews WattleNews;

/**
 * WattleNewsFunc:
 * @words: (nullable): what another process said; %NULL when something may have been missed
 * @data: of the caller
 *
 * Runs on the thread of the news.
 */
typedef void (*WattleNewsFunc) (const char *words, gpointer data);

WattleNews *wattle_news_new            (const char      *database,
                                        const char      *practice,
                                        WattleNewsFunc   func,
                                        gpointer         data);
void        wattle_news_tell           (WattleNews      *self,
                                        const char      *words);
void        wattle_news_free           (WattleNews      *self);

G_END_DECLS
