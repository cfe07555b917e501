/* scopes.h: patients who come into and leave the sight of a practitioner, in the order of changes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleScopeMove:
 * @revision: comes before the row of this number
 * @patient: who
 * @gained: comes into sight; else leaves it
 */
typedef struct
{
  gint64 revision;
  char *patient;
  gboolean gained;
} WattleScopeMove;

/* Practitioners whose patients one operation may change. */
typedef struct _WattleScopes WattleScopes;

WattleScopes *wattle_scopes_new (void);
void wattle_scopes_free (WattleScopes *self);
void wattle_scopes_watch (WattleScopes *self, WattleReader *reader, WattleRecord *before, WattleRecord *after);
gboolean wattle_scopes_keep (
  WattleScopes *self, WattleTransaction *transaction, gint64 revision, GPtrArray *practitioners, GError **error);
GPtrArray *wattle_scopes_moves (
  WattleTransaction *transaction, const char *practitioner, gint64 after, gint64 upto, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleScopes, wattle_scopes_free)

G_END_DECLS
