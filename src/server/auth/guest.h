/* guest.h: people without an account who may enter one room: their link, their code and their token
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/auth/keys.h"
#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleGuest:
 * @id: a random id
 * @room: the one room that opens for them
 * @name: as the staff typed it; sealed at rest
 * @role: "patient", "guardian", "interpreter" or "observer"
 * @link_until: how long the link works, if nobody used it
 * @until: how long they may enter
 */
typedef struct
{
  char *id;
  char *room;
  char *name;
  char *role;
  gint64 link_until;
  gint64 until;
} WattleGuest;

void wattle_guest_free (WattleGuest *self);
gboolean wattle_guest_make (WattleTransaction *transaction,
                            WattleKeys *keys,
                            const WattleGuest *self,
                            char **secret,
                            char **code,
                            GError **error);
WattleGuest *wattle_guest_look (
  WattleTransaction *transaction, WattleKeys *keys, const char *secret, gint64 now, GError **error);
gboolean wattle_guest_redeem (WattleTransaction *transaction,
                              WattleKeys *keys,
                              const char *secret,
                              gint64 now,
                              WattleGuest **guest,
                              char **token,
                              GError **error);
WattleGuest *wattle_guest_find (WattleTransaction *transaction, WattleKeys *keys, const char *token, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleGuest, wattle_guest_free)

G_END_DECLS
