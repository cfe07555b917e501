/* quarantine.h: what the server did not take and nobody may lose
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"
#include "domain/policy.h"
#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleRefused:
 * @id: of the operation
 * @name: of it
 * @at: instant at which the person did it
 * @args: what they filled in
 * @error: why it was refused
 */
typedef struct
{
  const char *id;
  const char *name;
  gint64 at;
  WattleJsonNode args;
  const GError *error;
} WattleRefused;

gboolean wattle_quarantine_keep (WattleTransaction *transaction,
                                 const WattleActor *actor,
                                 const WattleRefused *refused,
                                 GError **error);

G_END_DECLS
