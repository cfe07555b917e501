/* perform.h: an operation inside a write transaction, with all that follows from it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/effects.h"

G_BEGIN_DECLS

/**
 * WattleAct:
 * @name: of an operation
 * @args: its arguments, a JSON object
 * @password_given: whether the person gave their password again just now
 *
 * An operation that no device sent: one of a call, or of the server itself.
 */
typedef struct
{
  const char *name;
  const char *args;
  gboolean password_given;
} WattleAct;

gint64 wattle_perform_number (WattleOperationContext *context, const char *sequence, GError **error);
gboolean wattle_perform_keep (WattleTransaction *transaction,
                              WattleEffects *effects,
                              WattleOutcome *outcome,
                              GError **error);
gboolean wattle_perform_audit (WattleTransaction *transaction,
                               const WattleActor *actor,
                               const char *address,
                               const char *name,
                               WattleJsonNode args,
                               WattleOutcome *outcome,
                               const char *status,
                               GError **error);
gboolean wattle_perform (WattleTransaction *transaction,
                         const WattleActor *actor,
                         const char *address,
                         const WattleAct *act,
                         WattleEffects *effects,
                         WattleOutcome *outcome,
                         GError **error);

G_END_DECLS
