/* housekeeping.h: what a server does by itself from time to time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

#define WATTLE_HOUSEKEEPING_SECONDS 3600

gboolean wattle_housekeeping_expire (WattleTransaction *transaction, gpointer data, GError **error);

G_END_DECLS
