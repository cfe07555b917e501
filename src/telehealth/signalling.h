/* signalling.h: one's stay in a room of the server: coming, coming back, and the messages of both sides
 *
 * The messages are those of the server's table of rooms. Nothing here starts a
 * timer: whoever owns it calls wattle_signalling_tick() a few times a second.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"
#include "telehealth/line.h"

G_BEGIN_DECLS

/* More people than a room holds, in it and waiting. */
#define WATTLE_ROOM_MAX_PEOPLE 16
#define WATTLE_ROOM_ROLE_LENGTH 24

/**
 * WattleRoomEvent:
 * @WATTLE_ROOM_TOKEN_WANTED: a socket is open: wattle_signalling_take_token(), at once or later
 * @WATTLE_ROOM_LOBBY: one waits; the message "lobby"
 * @WATTLE_ROOM_NOTE: "note": a word for who waits
 * @WATTLE_ROOM_WELCOME: one is in; the message "welcome"
 * @WATTLE_ROOM_PEER: "peer": somebody in the room came, went or changed
 * @WATTLE_ROOM_WAITING: "waiting": the same of somebody who waits
 * @WATTLE_ROOM_LOCKED: "locked"
 * @WATTLE_ROOM_NEED_OFFER: "need-offer": another wants a new generation of the connection
 * @WATTLE_ROOM_SEALED: "sealed": bytes of another
 * @WATTLE_ROOM_RELAYS: "turn" inside of the message: new credentials of the relays
 * @WATTLE_ROOM_REFUSED: "error": something asked was not done; @text is the server's sentence
 * @WATTLE_ROOM_DOWN: the line broke and is opened again by itself; @text is a sentence
 * @WATTLE_ROOM_BYE: "bye": the stay is over; @text is a sentence
 */
typedef enum
{
  WATTLE_ROOM_TOKEN_WANTED,
  WATTLE_ROOM_LOBBY,
  WATTLE_ROOM_NOTE,
  WATTLE_ROOM_WELCOME,
  WATTLE_ROOM_PEER,
  WATTLE_ROOM_WAITING,
  WATTLE_ROOM_LOCKED,
  WATTLE_ROOM_NEED_OFFER,
  WATTLE_ROOM_SEALED,
  WATTLE_ROOM_RELAYS,
  WATTLE_ROOM_REFUSED,
  WATTLE_ROOM_DOWN,
  WATTLE_ROOM_BYE
} WattleRoomEvent;

/**
 * WattleRoomFunc:
 * @event: what happened
 * @message: the server's message, an object; of none for what did not come from it
 * @text: (nullable): a sentence for a person
 * @data: of wattle_signalling_new()
 */
typedef void (*WattleRoomFunc) (WattleRoomEvent event, WattleJsonNode message, const char *text, gpointer data);

/**
 * WattleRoomPerson:
 * @number: in the room
 * @role: "clinician", "patient", "guardian", "interpreter", "observer" or what the practice has besides
 * @owner: the clinician of the visit, who offers to all
 * @has_key: whether @key came
 * @key: their public key
 * @browser: joined with a web browser
 * @aesgcm: seals as a browser does only
 * @away: their line is broken
 * @since: microseconds since 1970 when they came, 0 when it was not said
 * @guest: came by a link, without an account
 * @name: (nullable): of a guest, as the staff typed it
 * @identity: (nullable): what their device enrolled with, base64
 * @proof: (nullable): its signature
 * @state: (nullable): how they are in the call
 *
 * What the server says of somebody; its texts belong to the message.
 */
typedef struct
{
  guint number;
  const char *role;
  gboolean owner;
  gboolean has_key;
  guint8 key[32];
  gboolean browser;
  gboolean aesgcm;
  gboolean away;
  gint64 since;
  gboolean guest;
  const char *name;
  const char *identity;
  const char *proof;
  const char *state;
} WattleRoomPerson;

typedef gint64 (*WattleRoomClock) (gpointer data);

typedef struct _WattleSignalling WattleSignalling;

WattleSignalling *wattle_signalling_new        (WattleLine       *line,
                                                WattleRoomClock   clock,
                                                WattleRoomFunc    func,
                                                gpointer          data);
void              wattle_signalling_free       (WattleSignalling *self);
void              wattle_signalling_enter      (WattleSignalling *self,
                                                const char       *room,
                                                const char       *key);
void              wattle_signalling_take_token (WattleSignalling *self,
                                                const char       *token,
                                                const char       *proof);
void              wattle_signalling_replace    (WattleSignalling *self);
void              wattle_signalling_again      (WattleSignalling *self);
void              wattle_signalling_leave      (WattleSignalling *self);
void              wattle_signalling_tick       (WattleSignalling *self);
gboolean          wattle_signalling_is_up      (WattleSignalling *self);
const char       *wattle_signalling_room       (WattleSignalling *self);

void              wattle_signalling_say        (WattleSignalling *self,
                                                const char       *type,
                                                guint             to,
                                                const char       *name,
                                                const char       *value);
void              wattle_signalling_say_about  (WattleSignalling *self,
                                                const char       *type,
                                                guint             to,
                                                guint             generation,
                                                const char       *name,
                                                const char       *value);
void              wattle_signalling_lock       (WattleSignalling *self,
                                                gboolean          on);
void              wattle_signalling_mismatch   (WattleSignalling *self,
                                                guint             with);

gboolean          wattle_room_person_parse     (WattleJsonNode    message,
                                                WattleRoomPerson *person);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSignalling, wattle_signalling_free)

G_END_DECLS
