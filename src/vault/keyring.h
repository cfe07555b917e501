/* keyring.h: where one secret per vault is kept by the desktop
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WattleKeyringStatus:
 *
 * Asked before any look-up, because a locked keyring says "no such secret"
 * without an error.
 */
typedef enum
{
  WATTLE_KEYRING_OPEN,
  WATTLE_KEYRING_LOCKED,
  WATTLE_KEYRING_ABSENT
} WattleKeyringStatus;

/**
 * WattleKeyringItem:
 * @server: URL of the server
 * @account: who signs in there
 * @vault: id of the vault, so that two generations never share an item
 *
 * What a secret is found by.
 */
typedef struct
{
  const char *server;
  const char *account;
  const char *vault;
} WattleKeyringItem;

#define WATTLE_TYPE_KEYRING (wattle_keyring_get_type ())
G_DECLARE_INTERFACE (WattleKeyring, wattle_keyring, WATTLE, KEYRING, GObject)

struct _WattleKeyringInterface
{
  GTypeInterface parent;

  const char *id;

  gboolean (*status) (WattleKeyring       *self,
                      WattleKeyringStatus *status,
                      GCancellable        *cancellable,
                      GError             **error);
  gboolean (*unlock) (WattleKeyring       *self,
                      GCancellable        *cancellable,
                      GError             **error);
  gboolean (*lookup) (WattleKeyring           *self,
                      const WattleKeyringItem *item,
                      char                   **secret,
                      GCancellable            *cancellable,
                      GError                 **error);
  gboolean (*store)  (WattleKeyring           *self,
                      const WattleKeyringItem *item,
                      const char              *secret,
                      GCancellable            *cancellable,
                      GError                 **error);
  gboolean (*clear)  (WattleKeyring           *self,
                      const WattleKeyringItem *item,
                      GCancellable            *cancellable,
                      GError                 **error);
};

const char    *wattle_keyring_get_id     (WattleKeyring           *self);
gboolean       wattle_keyring_status     (WattleKeyring           *self,
                                          WattleKeyringStatus     *status,
                                          GCancellable            *cancellable,
                                          GError                 **error);
gboolean       wattle_keyring_unlock     (WattleKeyring           *self,
                                          GCancellable            *cancellable,
                                          GError                 **error);
gboolean       wattle_keyring_lookup     (WattleKeyring           *self,
                                          const WattleKeyringItem *item,
                                          char                   **secret,
                                          GCancellable            *cancellable,
                                          GError                 **error);
gboolean       wattle_keyring_store      (WattleKeyring           *self,
                                          const WattleKeyringItem *item,
                                          const char              *secret,
                                          GCancellable            *cancellable,
                                          GError                 **error);
gboolean       wattle_keyring_clear      (WattleKeyring           *self,
                                          const WattleKeyringItem *item,
                                          GCancellable            *cancellable,
                                          GError                 **error);
void           wattle_keyring_wipe_text  (char                    *secret);

WattleKeyring *wattle_keyring_secret_new (void);
WattleKeyring *wattle_keyring_memory_new (void);

#define WATTLE_TYPE_KEYRING_MEMORY (wattle_keyring_memory_get_type ())
G_DECLARE_FINAL_TYPE (WattleKeyringMemory, wattle_keyring_memory, WATTLE, KEYRING_MEMORY, GObject)

void           wattle_keyring_memory_set_status  (WattleKeyringMemory *self,
                                                  WattleKeyringStatus  status);
guint          wattle_keyring_memory_count       (WattleKeyringMemory *self);
guint          wattle_keyring_memory_stores      (WattleKeyringMemory *self);
void           wattle_keyring_memory_forget      (WattleKeyringMemory *self);
void           wattle_keyring_memory_spoil       (WattleKeyringMemory *self);

#define WATTLE_TYPE_KEYRING_SECRET (wattle_keyring_secret_get_type ())
G_DECLARE_FINAL_TYPE (WattleKeyringSecret, wattle_keyring_secret, WATTLE, KEYRING_SECRET, GObject)

G_END_DECLS
