/* account.h: the practice of a new server, its people and its choices about them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"
#include "store/store.h"

G_BEGIN_DECLS

char *wattle_login_fold (const char *login, GError **error);
WattleRecord *wattle_account_find (WattleReader *reader, const char *login, GError **error);
WattleRecord *wattle_account_create (WattleTransaction *transaction,
                                     const WattleActor *actor,
                                     WattleJsonNode wanted,
                                     const char *password_hash,
                                     GError **error);
gboolean wattle_account_may_grant (const WattleActor *actor, guint roles, GError **error);
gboolean wattle_account_put (WattleTransaction *transaction, WattleRecord *record, const char *by, GError **error);
gboolean wattle_account_settle (WattleTransaction *transaction, WattleRecord *practice, GError **error);
WattleRecord *
wattle_account_setup (WattleTransaction *transaction, WattleJsonNode wanted, const char *password_hash, GError **error);
gboolean wattle_account_is_open (WattleRecord *user);

G_END_DECLS
