/* client-setup.h: a client with a keyring and a transport of one's own
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/client.h"
#include "sync/transport.h"
#include "vault/vault.h"

G_BEGIN_DECLS

WattleClient *wattle_client_new_with (const char *server_url,
                                      const char *data_dir,
                                      WattleKeyring *keyring,
                                      WattleTransport *transport);
void wattle_client_set_vault_mode (WattleClient *self, WattleVaultMode mode);

G_END_DECLS
