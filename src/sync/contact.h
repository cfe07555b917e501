/* contact.h: for how long a computer has worked without the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "vault/vault.h"

G_BEGIN_DECLS

/**
 * WattleContact:
 * @heard: when the server was heard of last
 * @seen: the highest time that this computer's clock has shown since
 * @kept: what of @seen is on the disk
 */
typedef struct
{
  gint64 heard;
  gint64 seen;
  gint64 kept;
} WattleContact;

gboolean wattle_contact_load (WattleContact *self, WattleVault *vault, GError **error);
gboolean wattle_contact_note (WattleContact *self, WattleVault *vault, gboolean heard, GError **error);
gboolean wattle_contact_check (const WattleContact *self, gint64 days, GError **error);

G_END_DECLS
