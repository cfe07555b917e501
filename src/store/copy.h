/* copy.h: all that is precious in a store, into another one, and whether two stores hold the same
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

#define WATTLE_COPY_TABLES 6

typedef struct
{
  const char *name;
  gint64 rows;
  guint8 hash[32]; /* BLAKE2b over every cell of every row, in the order of its key */
} WattleTableDigest;

typedef void (*WattleCopyFunc) (const char *table, gint64 rows, gpointer data);

gboolean wattle_transaction_copy (WattleTransaction *from,
                                  WattleTransaction *to,
                                  WattleTableDigest digests[WATTLE_COPY_TABLES],
                                  WattleCopyFunc func,
                                  gpointer data,
                                  GCancellable *cancellable,
                                  GError **error);
gboolean wattle_transaction_digest (WattleTransaction *self,
                                    WattleTableDigest digests[WATTLE_COPY_TABLES],
                                    WattleCopyFunc func,
                                    gpointer data,
                                    GCancellable *cancellable,
                                    GError **error);

G_END_DECLS
