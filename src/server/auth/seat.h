/* seat.h: the signed word that brings somebody back to a seat in a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/auth/keys.h"

G_BEGIN_DECLS

/* The session of a seat that lets somebody wait in a room that is not theirs. */
#define WATTLE_SEAT_PASS "pass"

/**
 * WattleSeat:
 * @room: which room
 * @person: who: id of a user or of a guest
 * @role: as what: "patient", ...
 * @session: which stay in the room, for what was kept of it
 * @n: the number of the seat
 * @seated: whether they were in, and not waiting
 * @expires_at: until when it counts
 *
 * What was true when it was signed. It proves no identity: whoever shows it says who they are as well.
 */
typedef struct
{
  char *room;
  char *person;
  char *role;
  char *session;
  guint n;
  gboolean seated;
  gint64 expires_at;
} WattleSeat;

char *wattle_seat_print (const WattleSeat *self, WattleKeys *keys);
WattleSeat *wattle_seat_parse (const char *text, WattleKeys *keys, gint64 now);
void wattle_seat_free (WattleSeat *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSeat, wattle_seat_free)

G_END_DECLS
