/* subjects.h: whom the identity provider's names belong to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

char *wattle_subject_find (WattleTransaction *transaction, const char *issuer, const char *subject, GError **error);
gboolean wattle_subject_link (
  WattleTransaction *transaction, const char *issuer, const char *subject, const char *user, GError **error);
gboolean wattle_subject_unlink (WattleTransaction *transaction, const char *user, GError **error);

G_END_DECLS
