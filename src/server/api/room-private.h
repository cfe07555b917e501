/* room-private.h: what the files of the rooms share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/rooms.h"

G_BEGIN_DECLS

#define WATTLE_ROOM_KEPT 200                 /* messages for one person */
#define WATTLE_ROOM_KEPT_BYTES (512 * 1024)
#define WATTLE_ROOM_KEPT_SECONDS 60
#define WATTLE_ROOM_MAX_NOTE 300

typedef enum
{
  WATTLE_ROOM_WAITING, /* in the lobby */
  WATTLE_ROOM_IN,
  WATTLE_ROOM_DESK, /* sees who waits, is not in the call */
} WattleRoomPlace;

typedef struct _WattleRoom WattleRoom;

typedef struct
{
  gint64 seq;
  gint64 at; /* monotonic */
  char *text;
  gsize size;
} WattleRoomKept;

typedef struct
{
  WattleRoom *room;
  WattleRoomEntry *entry;
  WattleRoomLink *link; /* (nullable): while the socket is broken */
  WattleRoomPlace place;
  guint n;
  char *session;
  gint64 since;     /* instant of coming */
  gint64 away_since; /* monotonic, 0 while the socket is there */
  char *state;      /* (nullable) */
  char *note;       /* (nullable): the latest for who waits */
  gint64 seq;       /* of the last counted message to them */
  gint64 heard;     /* of the last message from them */
  GQueue kept;      /* WattleRoomKept */
  gsize kept_bytes;
  double tokens; /* messages that may still come */
  double bytes;
  gint64 filled_at; /* monotonic */
  guint mismatches; /* that they told of */
} WattleRoomPerson;

struct _WattleRoom
{
  WattleRooms *rooms;
  char *id;
  char *appointment;
  char *patient;
  char *practice;
  gint64 started_at;
  gint64 closes_at;
  gint64 watched_at; /* monotonic: when its visit was looked at */
  gboolean locked;
  GHashTable *removed; /* people who were sent away, until that is kept */
  guint last_n;
  GPtrArray *people; /* WattleRoomPerson, in the order of coming */
};

struct _WattleRooms
{
  WattleServer *server;
  GHashTable *rooms; /* id: WattleRoom */
  GMainContext *context;
  GSource *tick;
  guint look; /* of all rooms, when it was last told that they changed */
};

/* rooms.c */
gboolean wattle_room_may (const WattleRoomPerson *self, guint verb);
WattleRoomPerson *wattle_room_find (WattleRoom *self, gint64 n);
void wattle_room_emit (WattleRoomPerson *self, const char *members);
void wattle_room_tell_peer (WattleRoomPerson *about, const char *what);
void wattle_room_tell_waiting (WattleRoomPerson *about, const char *what);
void wattle_room_welcome (WattleRoomPerson *self, gboolean fresh);
void wattle_room_drop (WattleRoomPerson *self, const char *why, const char *sentence);
void wattle_room_hand_over (WattleRoom *self, const char *word);
void wattle_room_end (WattleRoom *self, const char *why, const char *sentence);
char *wattle_room_resume (WattleRoomPerson *self);

/* room-words.c */
void wattle_room_say (WattleRoomPerson *self, WattleJsonNode message);
void wattle_room_ask_move (WattleRoomPerson *by, WattleRoomPerson *other, const char *target);

/* room-watch.c */
void wattle_room_watch (WattleRoom *self);

/* room-trail.c */
void wattle_room_audit (WattleRoomPerson *by, const char *action, WattleRoomPerson *about);
void wattle_room_forbid (WattleRoomPerson *self);
void wattle_room_arrive (WattleRoom *self);

G_END_DECLS
