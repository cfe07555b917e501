/* schema.c: wattlectl schema: the record types in print
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>

#include "ctl/ctl.h"
#include "domain/policy.h"

/* Every record, and who may do and see what. */
static char *
document (void)
{
  g_autofree char *records = wattle_schema_document ();
  g_autofree char *policy = wattle_policy_document ();

  return g_strconcat (records, "\n", policy, NULL);
}

WattleCtlExit
wattle_ctl_schema (WattleCtl *ctl, char **argv, GError **error)
{
  g_autofree char *dialect = NULL;
  g_autofree char *text = NULL;
  gboolean lock = FALSE, markdown = FALSE;
  const GOptionEntry entries[] = {
    { "sql", 0, 0, G_OPTION_ARG_STRING, &dialect, NULL, NULL },
    { "lock", 0, 0, G_OPTION_ARG_NONE, &lock, NULL, NULL },
    { "markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, NULL, NULL },
    { NULL },
  };

  if (!wattle_ctl_options (ctl, "schema", entries, &argv, 0, 0, error))
    return WATTLE_CTL_USAGE;
  if ((dialect != NULL) + lock + markdown > 1
      || (dialect != NULL && g_strcmp0 (dialect, "sqlite") != 0 && g_strcmp0 (dialect, "postgresql") != 0))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("Choose one of --sql sqlite, --sql postgresql, --lock and --markdown."));
      return WATTLE_CTL_USAGE;
    }
  text = dialect != NULL ? wattle_schema_ddl (dialect) : lock ? wattle_schema_lock () : document ();
  g_print ("%s", text);
  return WATTLE_CTL_DONE;
}
