/* main.c: the desktop application
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <locale.h>

#include "app/application.h"

int
main (int argc, char **argv)
{
  g_autoptr (WattleApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
#ifdef WATTLE_BUILT_SCHEMAS
  g_setenv ("GSETTINGS_SCHEMA_DIR", WATTLE_BUILT_SCHEMAS, FALSE);
#endif
  application = wattle_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
