/* room-relay.h: one room for people whose sockets are at different servers of a practice
 *
 * A room lives on one server, its home: the first that somebody entered it at, as a row says that is renewed while
 * the server lives. The others hand on what their sockets hear and say, by the same NOTIFY that pokes take.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/rooms.h"

G_BEGIN_DECLS

#define WATTLE_RELAY_WORD "room "

WattleRelay *wattle_relay_new (WattleRooms *rooms, WattleServer *server);
void wattle_relay_start (WattleRelay *self, GMainContext *context);
void wattle_relay_stop (WattleRelay *self);
void wattle_relay_free (WattleRelay *self);
void wattle_relay_set_tell (WattleRelay *self, WattleHubTell tell, gpointer data);
void wattle_relay_hear (WattleRelay *self, const char *words);
char *wattle_relay_find_home (WattleRelay *self, const char *room);
GPtrArray *wattle_relay_rooms_elsewhere (WattleRelay *self, WattleTransaction *transaction);
guint wattle_relay_enter (WattleRelay *self, const char *home, WattleRoomEntry *entry, WattleRoomLink *link);
void wattle_relay_say (WattleRelay *self, guint way, const char *text, gsize length);
void wattle_relay_gone (WattleRelay *self, guint way);

G_END_DECLS
