/* turn.h: short-lived credentials for the relay of calls
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"

G_BEGIN_DECLS

#define WATTLE_TURN_LIFE (10 * 60) /* seconds */

/**
 * WattleTurn:
 * @urls: (nullable): `turn:` and `turns:` addresses with commas between; no relay without
 * @secret: (nullable): what the relay shares with this server
 * @relay_only: whether calls go over the relay alone, so that neither side learns the other's address
 */
typedef struct
{
  char *urls;
  char *secret;
  gboolean relay_only;
} WattleTurn;

gboolean wattle_turn_check (WattleTurn *self, const char *policy, GError **error);
void wattle_turn_clear (WattleTurn *self);
void wattle_turn_write (const WattleTurn *self, gint64 now, WattleJsonWriter *writer);

G_END_DECLS
