/* rooms.h: the rooms of video visits: who is in, who waits, and what they say to each other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/room-entry.h"

/*
 * A room is the `call_room` of a visit. It opens WATTLE_ROOM_EARLY before the visit starts and closes
 * WATTLE_ROOM_LATE after it ends. The server relays sealed bytes and knows room, roles, keys and times, no more.
 *
 * `GET /v1/rooms/{room}/socket` is a WebSocket of text messages: one JSON object each, at most 64 KiB, 4 KiB until
 * the first one was good. Every object has a `type`. Members in brackets may be absent.
 *
 * A client may number its messages with `seq`, from 1 in each session of the room; what the server has heard before
 * is ignored, and `heard` in lobby and welcome says how far it heard. Messages marked # below carry the server's own
 * `seq`, from 1 for each participant. The server keeps 200 of them and 60 seconds: a socket that breaks is opened
 * again with `hello {resume, last}`, and what came after `last` follows. Who does not come back within 20 seconds
 * has left.
 *
 * From a client:
 *
 *   hello {token, key, [suites], [proof], [resume, last], [replace], [pass], [client]}
 *       The first message, once. token: of the session, or of a guest. key: base64 of an X25519 public key of 32
 *       bytes. suites: what it seals with, ["box", "aesgcm"] when absent. proof: at most 256 bytes, relayed as they
 *       are: a signature of the device's Ed25519 key. resume: from the latest lobby, welcome or pong. replace: take
 *       over from another device of the same person. pass: from moved. client: "native" (default) or "browser".
 *   admit {to}                    let a waiting person in
 *   deny {to, [note]}             send a waiting person away
 *   remove {to, [note]}           send a participant away; both may come and wait again, but not resume
 *   note {to, note}               a word to a waiting person, at most 300 characters, never about health
 *   move {to, room}               send a waiting person to the waiting room of another visit
 *   lock {on}                     while it is on nobody new may come, nor wait
 *   end {}                        end the call for everybody
 *   state {state}                 "video", "audio", "text" or "telephone": how one is in the call
 *   need-offer {to, gen, [why]}   ask whoever offers for a new generation of the connection
 *   sealed {to, gen, blob}        base64 of any kind for another participant
 *   mismatch {with}               the certificate was not the one of the description: written to the audit trail
 *   ping {[turn]}                 answered by pong; turn: true asks for new credentials as well
 *   leave {}                      at once and for good
 *
 * From the server:
 *
 *   lobby {fresh, you, room, state, since, [note], heard, resume, [turn], opens_at, closes_at, now}
 *       One waits. state: "waiting". fresh: the numbers of both sides begin anew; else what came after `last` follows.
 *       since: when one came. note: the latest one.
 *   welcome {fresh, you, room, peers, waiting, locked, heard, resume, [turn], opens_at, closes_at, now}
 *       One is in, at once or after admit (then fresh is false: the numbers go on). you: {n, role, owner, verbs}.
 *       peers: as in peer. waiting: as in waiting, only for those who may triage. verbs: of "enter", "admit",
 *       "triage" and "close" those that one has. The desk, which may triage and not enter, gets it without being
 *       among the peers of others.
 * # note {note}                   to who waits
 * # peer {what, n, role, owner, key, suites, client, since, away, [user, device, identity, proof, state, name]}
 *       what: "join", "leave", "away" (the socket broke), "back", "state". A join with an n and key that are known
 *       is the same person as before (the server restarted): nothing has to be rebuilt. identity: base64 of the
 *       Ed25519 public key that the device enrolled with; absent for guests. name: of a guest, as the staff typed it,
 *       for those who may triage.
 * # waiting {what, ...as peer}
 *       what: "here", "away", "back", "gone" (left, admitted, sent away).
 * # locked {on, by}
 * # need-offer {from, gen, [why]}
 * # sealed {from, gen, blob}
 * # moved {room, pass}            go to that room: hello {token, pass, ...}; this socket closes
 *   pong {now, resume, [turn]}
 *   error {for, code, message}    what was asked is not done; the socket stays
 *   bye {why, message, [retry_ms]}   the socket closes. why: "signed_out", "not_found", "forbidden", "early", "late",
 *       "locked", "full", "elsewhere" (another device of the same person is in: ask, then hello {replace}),
 *       "replaced", "denied", "removed", "ended", "closed" (its time is over, or the visit was cancelled while one
 *       waited), "moved", "slow" (too many messages), "browser" (the practice wants no browsers), "bad" (not
 *       understood), "failed" (the server could not look: come again)
 *   {"goodbye": "restart", "retry_ms": n}   without a type: the server restarts; come again with resume
 *
 * turn is {urls, username, credential, expires_at, policy}, policy "all" or "relay"; absent when there is no relay.
 * n is a small number that a person keeps through resume. The owner, the clinician of the visit, offers to all; of
 * two others the lower n offers. At most WATTLE_ROOM_SEATS are in and WATTLE_ROOM_CHAIRS wait.
 *
 * Whose patient comes into the waiting room has arrived: the visit says so in every list. While people are in a room
 * the rows are asked again whether they may be; who may not gets bye "forbidden".
 *
 * resume is signed and good for WATTLE_ROOM_RESUME seconds; it brings one back to one's seat without a new admission,
 * also after a restart of the server, unless one was removed.
 *
 * Guests come by a link, https://HOST/call#SECRET or wattle://HOST/call#SECRET, or by a code that they type.
 * POST /v1/rooms/{room}/guests {name, role, [until], [send]} makes it: role "patient", "guardian", "interpreter" or
 * "observer"; until "hour" or "visit" (default); send an e-mail address. POST /v1/rooms/guests {secret, look: true}
 * answers {practice, role, browser, opens_at, closes_at} and uses nothing up; without look it answers {room, token,
 * expires_at} besides, once, and the token is what hello takes. A client that sends a token of its own, 32 random bytes
 * in base64url, gets it back, and the same answer whenever it asks or looks again: the first one may have been lost.
 * GET /v1/rooms answers {rooms, elsewhere}: those with somebody in them, and the ids of those whose home is another
 * server. When one of them changes, the sockets of events of who may ask are told {"rooms": true}.
 * GET /v1/rooms/{room}/turn answers {[turn]} to who has a session.
 */

G_BEGIN_DECLS

#define WATTLE_ROOM_SEATS 4
#define WATTLE_ROOM_CHAIRS 8
#define WATTLE_ROOM_RESUME (5 * 60) /* seconds */

/**
 * WattleRoomLink:
 * @send: sends a text message
 * @close: closes, after the last message
 * @person: (nullable): of the room; not for whoever made the link
 *
 * The way to a client: its socket here, or one of another server. All on the thread of sockets.
 */
typedef struct _WattleRoomLink WattleRoomLink;
struct _WattleRoomLink
{
  void (*send) (WattleRoomLink *self, const char *text);
  void (*close) (WattleRoomLink *self);
  gpointer person;
};

WattleRooms *wattle_rooms_new (WattleServer *server);
void wattle_rooms_free (WattleRooms *self);
void wattle_rooms_start (WattleRooms *self, GMainContext *context);
void wattle_rooms_enter (WattleRooms *self, WattleRoomEntry *entry, WattleRoomLink *link);
void wattle_rooms_message (WattleRooms *self, WattleRoomLink *link, const char *text, gsize length);
void wattle_rooms_gone (WattleRooms *self, WattleRoomLink *link);
void wattle_rooms_sign_out (WattleRooms *self, const WattleSessionEnd *which);
void wattle_rooms_write (WattleRooms *self, WattleJsonWriter *writer);
void wattle_room_bye (WattleRoomLink *link, const char *why, const char *sentence);

G_END_DECLS
