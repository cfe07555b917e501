/* keyring.c: where one secret per vault is kept by the desktop
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "vault/keyring.h"

#include <sodium.h>
#include <string.h>

G_DEFINE_INTERFACE (WattleKeyring, wattle_keyring, G_TYPE_OBJECT)

static void
wattle_keyring_default_init (WattleKeyringInterface *iface)
{
}

/**
 * wattle_keyring_get_id:
 * @self: a keyring
 *
 * Returns: the name of the kind of keyring, written beside the wrapped key so
 *   that another one is never taken for it
 */
const char *
wattle_keyring_get_id (WattleKeyring *self)
{
  return WATTLE_KEYRING_GET_IFACE (self)->id;
}

/**
 * wattle_keyring_status:
 * @self: a keyring
 * @status: (out): whether it is there and open
 * @cancellable: (nullable): to stop waiting
 * @error: %WATTLE_ERROR_BUSY when it did not answer in time, or cancelled
 *
 * Blocks. A keyring that is not there is an answer, not an error.
 *
 * Returns: whether @status is set
 */
gboolean
wattle_keyring_status (WattleKeyring *self, WattleKeyringStatus *status, GCancellable *cancellable, GError **error)
{
  return WATTLE_KEYRING_GET_IFACE (self)->status (self, status, cancellable, error);
}

/**
 * wattle_keyring_unlock:
 * @self: a keyring
 * @cancellable: (nullable): to stop waiting for the person
 * @error: %WATTLE_ERROR_LOCKED when the person said no
 *
 * Asks the desktop to ask the person for the password of the keyring. Blocks
 * for as long as that takes.
 *
 * Returns: whether it is open now
 */
gboolean
wattle_keyring_unlock (WattleKeyring *self, GCancellable *cancellable, GError **error)
{
  return WATTLE_KEYRING_GET_IFACE (self)->unlock (self, cancellable, error);
}

/**
 * wattle_keyring_lookup:
 * @self: a keyring that is open
 * @item: what to find it by
 * @secret: (out) (transfer full) (nullable): the text, or %NULL when an open
 *   keyring does not have it; free it with wattle_keyring_wipe_text()
 * @cancellable: (nullable): to stop waiting
 * @error: where to put an error
 *
 * Returns: whether the keyring answered
 */
gboolean
wattle_keyring_lookup (WattleKeyring *self, const WattleKeyringItem *item, char **secret, GCancellable *cancellable,
                       GError **error)
{
  *secret = NULL;
  return WATTLE_KEYRING_GET_IFACE (self)->lookup (self, item, secret, cancellable, error);
}

/**
 * wattle_keyring_store:
 * @self: a keyring that is open
 * @item: what to find it by
 * @secret: printable text
 * @cancellable: (nullable): to stop waiting
 * @error: where to put an error
 *
 * Returns: whether it is kept
 */
gboolean
wattle_keyring_store (WattleKeyring *self, const WattleKeyringItem *item, const char *secret,
                      GCancellable *cancellable, GError **error)
{
  return WATTLE_KEYRING_GET_IFACE (self)->store (self, item, secret, cancellable, error);
}

/**
 * wattle_keyring_clear:
 * @self: a keyring
 * @item: what to find it by
 * @cancellable: (nullable): to stop waiting
 * @error: where to put an error
 *
 * Returns: whether the keyring no longer has it
 */
gboolean
wattle_keyring_clear (WattleKeyring *self, const WattleKeyringItem *item, GCancellable *cancellable, GError **error)
{
  return WATTLE_KEYRING_GET_IFACE (self)->clear (self, item, cancellable, error);
}

/**
 * wattle_keyring_wipe_text:
 * @secret: (nullable) (transfer full): text of a secret
 *
 * Overwrites and frees it.
 */
void
wattle_keyring_wipe_text (char *secret)
{
  if (secret != NULL)
    sodium_memzero (secret, strlen (secret));
  g_free (secret);
}
