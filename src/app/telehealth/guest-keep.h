/* guest-keep.h: a guest's pass in the keyring of this computer, so that it outlives the program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/telehealth/guest-pass.h"

G_BEGIN_DECLS

void wattle_guest_keep (WattleGuestPass *pass, gboolean inside);
void wattle_guest_forget (void);
void wattle_guest_recall_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
WattleGuestPass *wattle_guest_recall_finish (GAsyncResult *result, gboolean *inside);

G_END_DECLS
