/* fuzz-configuration.c: any bytes as the configuration file of the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include "server/configuration.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static char *path;
  g_auto (WattleConfiguration) configuration = { 0 };
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    {
      g_autofree char *folder = g_dir_make_tmp ("wattle-fuzz-XXXXXX", NULL);

      path = g_build_filename (folder, "wattled.conf", NULL);
    }
  g_assert_true (g_file_set_contents_full (path, (const char *) data, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  wattle_configuration_init (&configuration);
  g_assert_true (wattle_configuration_load (&configuration, path, &error) == (error == NULL));
  return 0;
}
