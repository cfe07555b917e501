/* page.h: how one database page is sealed on disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_PAGE_SIZE 4096
#define WATTLE_PAGE_NONCE_BYTES 24
#define WATTLE_PAGE_TAG_BYTES 16
#define WATTLE_PAGE_RESERVE (WATTLE_PAGE_NONCE_BYTES + WATTLE_PAGE_TAG_BYTES)
#define WATTLE_PAGE_CONTENT (WATTLE_PAGE_SIZE - WATTLE_PAGE_RESERVE)
#define WATTLE_PAGE_KEY_BYTES 32

#define WATTLE_WAL_HEADER 32
#define WATTLE_WAL_FRAME_HEADER 24
#define WATTLE_WAL_FRAME (WATTLE_WAL_FRAME_HEADER + WATTLE_PAGE_SIZE)

/**
 * WattlePageKind:
 *
 * The file a page belongs to. Each kind has a key of its own, so a page of one
 * file never opens in another.
 */
typedef enum
{
  WATTLE_PAGE_MAIN,
  WATTLE_PAGE_WAL,
  WATTLE_PAGE_JOURNAL,
  WATTLE_N_PAGE_KINDS
} WattlePageKind;

typedef struct _WattlePageKeys WattlePageKeys;

WattlePageKeys *wattle_page_keys_new   (const guint8         *key);
WattlePageKeys *wattle_page_keys_ref   (WattlePageKeys       *keys);
void            wattle_page_keys_unref (WattlePageKeys       *keys);

gboolean        wattle_page_seal       (const WattlePageKeys *keys,
                                        WattlePageKind        kind,
                                        guint64               offset,
                                        const guint8         *number,
                                        const guint8         *plain,
                                        guint8               *sealed);
gboolean        wattle_page_open       (const WattlePageKeys *keys,
                                        WattlePageKind        kind,
                                        guint64               offset,
                                        const guint8         *number,
                                        const guint8         *sealed,
                                        guint8               *plain);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattlePageKeys, wattle_page_keys_unref)

G_END_DECLS
