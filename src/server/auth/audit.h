/* audit.h: writing down who did or saw what
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleAudit:
 * @action: such as "note.sign" or "changes.read"
 * @object_type: (nullable): nick of a record type
 * @object: (nullable): its id
 * @patient: (nullable): whose record it belongs to
 * @outcome: (nullable): "ok" when %NULL
 * @reason: (nullable): counts and words without names
 * @changes: (nullable): hash of what was asked
 */
typedef struct
{
  const char *action;
  const char *object_type;
  const char *object;
  const char *patient;
  const char *outcome;
  const char *reason;
  const char *changes;
} WattleAudit;

gboolean wattle_audit_write (WattleTransaction *transaction,
                             const WattleActor *actor,
                             const char *address,
                             const WattleAudit *act,
                             GError **error);

G_END_DECLS
