/* effects.h: what a change of records means for sessions, sockets and sight
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/server.h"

G_BEGIN_DECLS

/* Gathered inside a transaction, carried out after its commit. */
typedef struct _WattleEffects WattleEffects;

WattleEffects *wattle_effects_new (void);
void wattle_effects_free (WattleEffects *self);
gboolean wattle_effects_note (
  WattleEffects *self, WattleTransaction *transaction, WattleRecord *before, WattleRecord *after, GError **error);
gboolean wattle_effects_sign_out (WattleEffects *self,
                                  WattleTransaction *transaction,
                                  const WattleSessionEnd *which,
                                  GError **error);
gboolean wattle_effects_look_again (WattleEffects *self, WattleTransaction *transaction, GError **error);
gboolean wattle_effects_touch_sessions (WattleEffects *self);
GPtrArray *wattle_effects_practitioners (WattleEffects *self);
void wattle_effects_carry_out (WattleEffects *self, WattleServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleEffects, wattle_effects_free)

G_END_DECLS
