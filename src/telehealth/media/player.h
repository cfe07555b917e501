/* player.h: shows a recording of a call, as it is handed over bit by bit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "telehealth/media/playback.h"
#include "telehealth/link.h"

G_BEGIN_DECLS

/* How many rings it takes. */
#define WATTLE_PLAYER_RINGS 4

typedef struct _WattlePlayer WattlePlayer;

WattlePlayer *wattle_player_new (
  GstClock *clock, GstClockTime base_time, WattlePlayback *playback, guint first_ring, WattleLink *link);
void wattle_player_free (WattlePlayer *self);
void wattle_player_push (WattlePlayer *self, GBytes *bytes);
void wattle_player_end (WattlePlayer *self);
void wattle_player_pause (WattlePlayer *self, gboolean on);
void wattle_player_release (WattlePlayer *self, guint ring, guint place);
void wattle_player_set_size (WattlePlayer *self, const char *track, guint width, guint height);

G_END_DECLS
