/* trail.h: a device's memory of the server's audit trail, which the server cannot take back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"
#include "sync/outbox.h"

G_BEGIN_DECLS

gint64 wattle_trail_newest (WattleOutbox *outbox, const char *epoch);
char *wattle_trail_compare (WattleOutbox *outbox, const char *epoch, gint64 asked, WattleJsonNode hello, gint64 now);

G_END_DECLS
