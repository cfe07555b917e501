/* fuzz-vault-file.c: any bytes as the file that holds the wrapped key
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "vault/vault-file.h"
#include "vault/vault-secrets.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <stdint.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static char *path;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autofree char *folder = g_dir_make_tmp ("wattle-fuzz-XXXXXX", NULL);

  path = g_build_filename (folder, "cache.meta", NULL);
  return sodium_init () < 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint8 key[32] = { 0 };
  FILE *out = fopen (path, "wb");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) sealed_error = NULL;
  g_autoptr (GBytes) secret = NULL;
  WattleVaultFile *file;

  fwrite (data, 1, size, out);
  fclose (out);
  file = wattle_vault_file_load (path, &error);
  g_assert_true ((file == NULL) == (error != NULL));
  g_clear_pointer (&file, wattle_vault_file_free);

  secret = wattle_vault_secrets_get (path, key, "device-key", &sealed_error);
  g_assert_true (secret == NULL && sealed_error != NULL);
  return 0;
}
