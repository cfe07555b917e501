/* enrolment.h: the printed code that lets one new device of a person in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/auth/keys.h"
#include "store/store.h"

G_BEGIN_DECLS

char *wattle_short_code (guint letters);
char *wattle_enrolment_new_code (
  WattleTransaction *transaction, WattleKeys *keys, const char *user, gint64 expires_at, GError **error);
gboolean wattle_enrolment_use_code (
  WattleTransaction *transaction, WattleKeys *keys, const char *user, const char *code, gint64 now, GError **error);

G_END_DECLS
