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

/* Kind of the private rows that hold which patients a page told of. */
#define WATTLE_AUDIT_LISTS "audit-readings"

/**
 * WattleAuditQuery:
 * @patient: (nullable): id; of whom
 * @actor: (nullable): id; by whom
 * @before: only lines of a smaller number; 0 for the newest
 * @limit: at most so many
 */
typedef struct
{
  const char *patient;
  const char *actor;
  gint64 before;
  guint limit;
} WattleAuditQuery;

gboolean wattle_audit_write (WattleTransaction *transaction,
                             const WattleActor *actor,
                             const char *address,
                             const WattleAudit *act,
                             GError **error);
gboolean wattle_audit_write_list (WattleTransaction *transaction,
                                  const WattleActor *actor,
                                  const char *address,
                                  const WattleAudit *act,
                                  const char *hash,
                                  const char *ids,
                                  GError **error);
char *wattle_audit_list (WattleTransaction *transaction, WattleRecord *event);
GPtrArray *wattle_audit_find (WattleTransaction *transaction, const WattleAuditQuery *wanted, GError **error);

G_END_DECLS
