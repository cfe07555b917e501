/* set-aside.h: what a wiped device had not sent, sealed for this server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/auth/keys.h"

G_BEGIN_DECLS

char *wattle_set_aside_key (WattleKeys *keys);
GBytes *wattle_set_aside_open (WattleKeys *keys, const guint8 *sealed, gsize length, GError **error);

G_END_DECLS
