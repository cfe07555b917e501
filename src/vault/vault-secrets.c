/* vault-secrets.c: a few small secrets in one sealed file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "vault/vault-secrets.h"

#include "base/error.h"
#include "base/file.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

/* Sealed: nonce, then a GVariant a{say} with its tag. */
#define MAX_FILE_BYTES (256 * 1024)
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define CONTENT_TYPE G_VARIANT_TYPE ("a{say}")

static const char place[] = "wattle secrets 1";

typedef struct
{
  gpointer bytes;
  gsize    length;
} Wiped;

static void
wipe_cb (gpointer data)
{
  Wiped *wiped = data;

  sodium_memzero (wiped->bytes, wiped->length);
  g_free (wiped->bytes);
  g_free (wiped);
}

/*
 * wattle_vault_secret_take:
 * @bytes: (transfer full): memory of g_malloc()
 * @length: its size
 *
 * Returns: (transfer full): @bytes, overwritten when freed
 */
GBytes *
wattle_vault_secret_take (gpointer bytes, gsize length)
{
  Wiped *wiped = g_new (Wiped, 1);

  *wiped = (Wiped){ bytes, length };
  return g_bytes_new_with_free_func (bytes, length, wipe_cb, wiped);
}

/* An absent file is an empty dictionary; one that cannot be looked at is not absent. */
static GVariant *
load (const char *path, const guint8 *key, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GError) local = NULL;
  const guint8 *bytes;
  guint8 *plain;
  gsize length;

  sealed = wattle_file_read (path, MAX_FILE_BYTES, &local);
  if (g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{say}"), NULL, 0));
  if (sealed == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  bytes = g_bytes_get_data (sealed, &length);
  plain = g_malloc (length + 1);
  content = wattle_vault_secret_take (plain, length + 1);
  if (length < NONCE_BYTES + TAG_BYTES
      || crypto_aead_xchacha20poly1305_ietf_decrypt (plain, NULL, NULL, bytes + NONCE_BYTES, length - NONCE_BYTES,
                                                     (const guint8 *) place, sizeof place, bytes, key)
             != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "saved_records",
                              _("The file with the sign-in of this computer is damaged. It was left as it is: put it "
                                "back from a backup, or begin anew."));
      return NULL;
    }

  g_clear_pointer (&sealed, g_bytes_unref);
  sealed = g_bytes_new_from_bytes (content, 0, length - NONCE_BYTES - TAG_BYTES);
  return g_variant_ref_sink (g_variant_new_from_bytes (CONTENT_TYPE, sealed, FALSE));
}

static gboolean
save (const char *path, const guint8 *key, GVariant *content, GError **error)
{
  gsize length = g_variant_get_size (content);
  gsize sealed_length = NONCE_BYTES + length + TAG_BYTES;
  g_autofree guint8 *plain = g_malloc (length + 1);
  g_autofree guint8 *sealed = g_malloc (sealed_length);

  if (sealed_length > MAX_FILE_BYTES)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, NULL,
                              _("This is too much for the file with the sign-in of this computer. It was not "
                                "changed."));
      return FALSE;
    }

  g_variant_store (content, plain);
  randombytes_buf (sealed, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + NONCE_BYTES, NULL, plain, length, (const guint8 *) place,
                                              sizeof place, NULL, sealed, key);
  sodium_memzero (plain, length);
  return wattle_file_replace (path, sealed, sealed_length, error);
}

/*
 * wattle_vault_secrets_put:
 * @path: the file
 * @key: 32 bytes
 * @name: what to find it by
 * @secret: (nullable): the bytes, or %NULL to forget it
 * @error: the failure; the file is then as before
 *
 * Returns: %TRUE once it is on the disk
 */
gboolean
wattle_vault_secrets_put (const char *path, const guint8 *key, const char *name, GBytes *secret, GError **error)
{
  g_autoptr (GVariant) old = load (path, key, error);
  g_autoptr (GVariant) content = NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  const char *other;
  GVariant *value;

  if (old == NULL)
    return FALSE;

  g_variant_builder_init (&builder, CONTENT_TYPE);
  g_variant_iter_init (&iter, old);
  while (g_variant_iter_next (&iter, "{&s@ay}", &other, &value))
    {
      if (strcmp (other, name) != 0)
        g_variant_builder_add (&builder, "{s@ay}", other, value);
      g_variant_unref (value);
    }
  if (secret != NULL)
    g_variant_builder_add (&builder, "{s@ay}", name,
                           g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, secret, TRUE));
  content = g_variant_ref_sink (g_variant_builder_end (&builder));
  return save (path, key, content, error);
}

/*
 * wattle_vault_secrets_get:
 * @path: the file
 * @key: 32 bytes
 * @name: what to find it by
 * @error: %WATTLE_ERROR_NOT_FOUND when there is none of that name
 *
 * Returns: (transfer full) (nullable): the bytes, overwritten when freed
 */
GBytes *
wattle_vault_secrets_get (const char *path, const guint8 *key, const char *name, GError **error)
{
  g_autoptr (GVariant) content = load (path, key, error);
  g_autoptr (GVariant) value = NULL;
  gconstpointer bytes;
  gsize length;

  if (content == NULL)
    return NULL;
  if ((value = g_variant_lookup_value (content, name, G_VARIANT_TYPE_BYTESTRING)) == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, _("Nothing of this name is kept on this computer."));
      return NULL;
    }
  bytes = g_variant_get_fixed_array (value, &length, 1);
  return wattle_vault_secret_take (g_memdup2 (bytes, length), length);
}
