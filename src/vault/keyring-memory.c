/* keyring-memory.c: a keyring for tests, gone with the process
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "vault/keyring.h"

#include "base/error.h"

#include <glib/gi18n.h>

struct _WattleKeyringMemory
{
  GObject parent_instance;

  GHashTable *secrets;
  WattleKeyringStatus status;
  guint stores;
};

static void wattle_keyring_memory_iface_init (WattleKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WattleKeyringMemory, wattle_keyring_memory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WATTLE_TYPE_KEYRING, wattle_keyring_memory_iface_init))

static char *
item_name (const WattleKeyringItem *item)
{
  return g_strjoin ("\n", item->server, item->account, item->vault, NULL);
}

static gboolean
memory_status (WattleKeyring *keyring, WattleKeyringStatus *status, GCancellable *cancellable, GError **error)
{
  *status = WATTLE_KEYRING_MEMORY (keyring)->status;
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
memory_unlock (WattleKeyring *keyring, GCancellable *cancellable, GError **error)
{
  WattleKeyringMemory *self = WATTLE_KEYRING_MEMORY (keyring);

  if (self->status == WATTLE_KEYRING_ABSENT)
    {
      wattle_set_field_error (error, WATTLE_ERROR_LOCKED, NULL, _("The keyring stayed locked. Nothing was changed."));
      return FALSE;
    }
  self->status = WATTLE_KEYRING_OPEN;
  return TRUE;
}

/* As the real one: locked answers "no such secret" and says nothing of being locked. */
static gboolean
memory_lookup (WattleKeyring *keyring, const WattleKeyringItem *item, char **secret, GCancellable *cancellable,
               GError **error)
{
  WattleKeyringMemory *self = WATTLE_KEYRING_MEMORY (keyring);
  g_autofree char *name = item_name (item);

  if (self->status == WATTLE_KEYRING_OPEN)
    *secret = g_strdup (g_hash_table_lookup (self->secrets, name));
  return TRUE;
}

static gboolean
memory_store (WattleKeyring *keyring, const WattleKeyringItem *item, const char *secret, GCancellable *cancellable,
              GError **error)
{
  WattleKeyringMemory *self = WATTLE_KEYRING_MEMORY (keyring);

  if (self->status != WATTLE_KEYRING_OPEN)
    {
      wattle_set_field_error (error, WATTLE_ERROR_LOCKED, NULL, _("The keyring is locked. Nothing was changed."));
      return FALSE;
    }
  self->stores++;
  g_hash_table_replace (self->secrets, item_name (item), g_strdup (secret));
  return TRUE;
}

static gboolean
memory_clear (WattleKeyring *keyring, const WattleKeyringItem *item, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = item_name (item);

  g_hash_table_remove (WATTLE_KEYRING_MEMORY (keyring)->secrets, name);
  return TRUE;
}

static void
wattle_keyring_memory_finalize (GObject *object)
{
  WattleKeyringMemory *self = WATTLE_KEYRING_MEMORY (object);

  g_clear_pointer (&self->secrets, g_hash_table_unref);
  G_OBJECT_CLASS (wattle_keyring_memory_parent_class)->finalize (object);
}

static void
wattle_keyring_memory_class_init (WattleKeyringMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_keyring_memory_finalize;
}

static void
wattle_keyring_memory_iface_init (WattleKeyringInterface *iface)
{
  iface->id = "memory";
  iface->status = memory_status;
  iface->unlock = memory_unlock;
  iface->lookup = memory_lookup;
  iface->store = memory_store;
  iface->clear = memory_clear;
}

static void
wattle_keyring_memory_init (WattleKeyringMemory *self)
{
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) wattle_keyring_wipe_text);
}

/**
 * wattle_keyring_memory_new:
 *
 * Returns: (transfer full): an open, empty keyring that lives in memory
 */
WattleKeyring *
wattle_keyring_memory_new (void)
{
  return g_object_new (WATTLE_TYPE_KEYRING_MEMORY, NULL);
}

/**
 * wattle_keyring_memory_set_status:
 * @self: the keyring
 * @status: how it shall answer from now on
 */
void
wattle_keyring_memory_set_status (WattleKeyringMemory *self, WattleKeyringStatus status)
{
  self->status = status;
}

/**
 * wattle_keyring_memory_count:
 * @self: the keyring
 *
 * Returns: how many secrets it holds
 */
guint
wattle_keyring_memory_count (WattleKeyringMemory *self)
{
  return g_hash_table_size (self->secrets);
}

/**
 * wattle_keyring_memory_stores:
 * @self: the keyring
 *
 * Returns: how many secrets were ever stored in it
 */
guint
wattle_keyring_memory_stores (WattleKeyringMemory *self)
{
  return self->stores;
}

/**
 * wattle_keyring_memory_forget:
 * @self: the keyring
 *
 * Loses every secret, as a reset of the keyring does.
 */
void
wattle_keyring_memory_forget (WattleKeyringMemory *self)
{
  g_hash_table_remove_all (self->secrets);
}

/**
 * wattle_keyring_memory_spoil:
 * @self: the keyring
 *
 * Replaces every secret by another one, as a keyring restored from elsewhere.
 */
void
wattle_keyring_memory_spoil (WattleKeyringMemory *self)
{
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, self->secrets);
  while (g_hash_table_iter_next (&iter, NULL, NULL))
    g_hash_table_iter_replace (&iter, g_strdup ("another secret"));
}
