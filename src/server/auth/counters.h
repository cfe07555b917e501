/* counters.h: how often something was tried, counted in the store for every process of the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/auth/keys.h"
#include "store/store.h"

G_BEGIN_DECLS

#define WATTLE_COUNTER_BUCKETS 4096
#define WATTLE_COUNTERS_PER_BUCKET 24

/**
 * WattleCounter:
 * @what: the kind of act, such as "sign-in"
 * @who: an address, a name or an id; only a keyed hash of it is kept
 */
typedef struct
{
  const char *what;
  const char *who;
} WattleCounter;

gboolean wattle_counter_take (WattleTransaction *transaction,
                              WattleKeys *keys,
                              WattleCounter counter,
                              guint limit,
                              guint window,
                              gint64 now,
                              guint *wait,
                              GError **error);
gboolean wattle_counter_is_full (WattleTransaction *transaction,
                                 WattleKeys *keys,
                                 WattleCounter counter,
                                 guint limit,
                                 gint64 now,
                                 guint *wait,
                                 GError **error);
gboolean wattle_counter_wait (WattleTransaction *transaction,
                              WattleKeys *keys,
                              WattleCounter counter,
                              gint64 now,
                              guint *wait,
                              GError **error);
gboolean wattle_counter_try (WattleTransaction *transaction,
                             WattleKeys *keys,
                             WattleCounter counter,
                             gint64 now,
                             guint *count,
                             GError **error);
gboolean
wattle_counter_take_back (WattleTransaction *transaction, WattleKeys *keys, WattleCounter counter, GError **error);
gboolean wattle_counter_clear (WattleTransaction *transaction, WattleKeys *keys, WattleCounter counter, GError **error);

G_END_DECLS
