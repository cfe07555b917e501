/* guest-pass.h: what lets somebody without an account into one room: a link, and the token it is exchanged for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "telehealth/guest-link.h"

G_BEGIN_DECLS

/**
 * WattleGuestPass:
 * @server: address of the server
 * @secret: of the link
 * @wish: the token that using the link will give, however often it is asked for
 * @practice: (nullable): who invites; known once it was asked
 * @room: (nullable): the room, once the link was used
 * @token: (nullable): what the room takes, once the link was used
 * @opens_at: when the room opens, microseconds since 1970; 0 before it was asked
 * @closes_at: when it closes; likewise
 *
 * Lives as long as the program, so that whoever left can come again though the link works once.
 */
typedef struct
{
  char *server;
  char *secret;
  char *wish;
  char *practice;
  char *room;
  char *token;
  gint64 opens_at;
  gint64 closes_at;
} WattleGuestPass;

WattleGuestPass *wattle_guest_pass_new (const WattleGuestLink *link);
WattleGuestPass *wattle_guest_pass_ref (WattleGuestPass *self);
void wattle_guest_pass_unref (WattleGuestPass *self);
void wattle_guest_pass_look_async (WattleGuestPass *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
void wattle_guest_pass_use_async (WattleGuestPass *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
gboolean wattle_guest_pass_finish (WattleGuestPass *self, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleGuestPass, wattle_guest_pass_unref)

G_END_DECLS
