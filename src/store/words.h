/* words.h: the words that a record is found by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store-private.h"

G_BEGIN_DECLS

char      *wattle_words_split     (const char       *text);
gboolean   wattle_word_is_spelled (WattleRecordType  type,
                                   const char       *word);
GPtrArray *wattle_word_variants   (const char       *word);

G_END_DECLS
