/* room-entry.h: who stands at the door of a room, and what they may do there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"
#include "server/api/server.h"

G_BEGIN_DECLS

/* The kind of rows that say who was sent out of a room. */
#define WATTLE_ROOM_REMOVED "room-removed"

/**
 * WattleRoomVerbs:
 *
 * What a person may do in a room, from the rules room:… of the policy table.
 */
typedef enum
{
  WATTLE_ROOM_ENTER = 1 << 0,
  WATTLE_ROOM_ADMIT = 1 << 1,
  WATTLE_ROOM_TRIAGE = 1 << 2,
  WATTLE_ROOM_CLOSE = 1 << 3,
} WattleRoomVerbs;

/**
 * WattleRoomEntry:
 * @room: the room
 * @appointment: its visit
 * @patient: of the visit
 * @practice: whose
 * @user: (nullable): who; %NULL for a guest
 * @person: the same for guests: what tells people apart in a room
 * @device: tells the devices of a person apart
 * @role: "clinician", "patient", "reception", ...
 * @actor_role: the role in use, for the audit trail; -1 for a guest
 * @name: (nullable): of a guest
 * @identity: (nullable): Ed25519 key that the device enrolled with
 * @key: X25519 key of this stay
 * @suites: a JSON array of words
 * @proof: (nullable): opaque
 * @client: "native" or "browser"
 * @address: from where
 * @verbs: #WattleRoomVerbs
 * @owner: whether it is the clinician of the visit
 * @passed: sent here from another room; no rule lets them in
 * @seated: whether a signed word says they were in, and may be again
 * @n: the number they had; 0 for none
 * @session: (nullable): the stay they come back to
 * @family: (nullable): of the sessions that it came with
 * @last: the last message they got of it
 * @replace: whether to take over from another device
 * @opens_at: of the room
 * @closes_at: of the room
 */
typedef struct
{
  char *room;
  char *appointment;
  char *patient;
  char *practice;
  char *user;
  char *person;
  char *device;
  char *role;
  int actor_role;
  char *name;
  char *identity;
  char *key;
  char *suites;
  char *proof;
  char *client;
  char *address;
  guint verbs;
  gboolean owner;
  gboolean passed;
  gboolean seated;
  guint n;
  char *session;
  char *family;
  gint64 last;
  gboolean replace;
  gint64 opens_at;
  gint64 closes_at;
} WattleRoomEntry;

WattleRoomEntry *wattle_room_entry_find (
  WattleServer *server, const char *room, WattleJsonNode hello, const char *address, const char **why, GError **error);
WattleRecord *wattle_room_find_visit (WattleReader *reader, const char *room, GError **error);
gboolean wattle_room_may_triage (WattleReader *reader, const char *user, int role, const char *room);
gboolean
wattle_room_permits (WattleReader *reader, const char *user, int role, WattleRecord *visit, const char *rule);
gboolean wattle_room_takes_place (WattleRecord *visit);
void wattle_room_window (WattleRecord *visit, gint64 *opens_at, gint64 *closes_at);
void wattle_room_entry_write (const WattleRoomEntry *self, WattleJsonWriter *writer);
WattleRoomEntry *wattle_room_entry_read (WattleJsonNode node);
void wattle_room_entry_free (WattleRoomEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleRoomEntry, wattle_room_entry_free)

G_END_DECLS
