/* scopes.h: what comes into and leaves the sight of people, in the order of changes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleScopeMove:
 * @revision: comes before the row of this number
 * @what: id of a patient, or of a single row that left
 * @kind: whether the patient is gained or lost, or the row left
 */
typedef struct
{
  gint64 revision;
  char *what;
  enum
  {
    WATTLE_MOVE_GAINED,
    WATTLE_MOVE_LOST,
    WATTLE_MOVE_LEFT,
  } kind;
} WattleScopeMove;

/* People to whom one and the same row of the practice can be lost without a patient being so. */
#define WATTLE_AUDIENCE_BILLING "billing" /* sees printed invoices, no other documents */
#define WATTLE_AUDIENCE_STAFF "staff"     /* sees accounts of the staff, not those of patients */
char *wattle_scopes_audience_of_patient (const char *patient);

/* What one operation may change about who sees what. */
typedef struct _WattleScopes WattleScopes;

WattleScopes *wattle_scopes_new (void);
void wattle_scopes_free (WattleScopes *self);
void wattle_scopes_watch (WattleScopes *self, WattleReader *reader, WattleRecord *before, WattleRecord *after);
void wattle_scopes_watch_visits (WattleScopes *self, WattleReader *reader, const WattleQuery *visits);
gboolean wattle_scopes_keep (
  WattleScopes *self, WattleTransaction *transaction, gint64 revision, GPtrArray *practitioners, GError **error);
GPtrArray *wattle_scopes_moves (
  WattleTransaction *transaction, GPtrArray *audiences, gint64 after, gint64 upto, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleScopes, wattle_scopes_free)

G_END_DECLS
