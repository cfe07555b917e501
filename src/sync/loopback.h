/* loopback.h: where the browser brings back the answer of an identity provider
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WattleLoopback WattleLoopback;

WattleLoopback *wattle_loopback_new (GError **error);
void wattle_loopback_free (WattleLoopback *self);
const char *wattle_loopback_url (WattleLoopback *self);
char *wattle_loopback_wait (
  WattleLoopback *self, const char *state, gint64 wait, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleLoopback, wattle_loopback_free)

G_END_DECLS
