/* commands.c: the table of the commands, and what each of them needs first
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "ctl/ctl.h"
#include "server/configuration.h"

static WattleCtlExit
version (WattleCtl *ctl, char **argv, GError **error)
{
  g_print ("wattlectl %s, schema %d\n", WATTLE_VERSION, WATTLE_SCHEMA_VERSION);
  return WATTLE_CTL_DONE;
}

static const WattleCtlCommand commands[] = {
  { "init", "[--practice NAME] [--zone ZONE] [--login LOGIN] [--name NAME] [--password-stdin]",
    N_("Make a practice with its first location and its first administrator."),
    N_("Asks on the terminal for what no option gives; a password is never an option.\n\n"
        "  --practice NAME    name of the practice\n"
        "  --zone ZONE        its time zone, such as Australia/Sydney\n"
        "  --login LOGIN      sign-in name of the first administrator\n"
        "  --name NAME        their name as others see it\n"
        "  --password-stdin   their password is the first line of standard input"),
    wattle_ctl_init },
  { "demo", "[--patients N] [--years Y] [--practitioners N] [--seed S] [--now INSTANT] [--password WORDS]",
    N_("Make an invented practice to try things in."),
    N_("The same seed and the same moment give the same practice. Nobody in it exists.\n\n"
        "  --patients N       how many (600)\n"
        "  --years Y          of past bookings (1)\n"
        "  --practitioners N  how many (as many as the patients keep busy)\n"
        "  --seed S           another seed is another practice (1)\n"
        "  --now INSTANT      the moment it is made for, such as 2026-11-20T09:00:00+11:00 (now)\n"
        "  --password WORDS   what everybody in it signs in with"),
    wattle_ctl_demo },
  { "import fhir", "[--source NAME] [--report FILE] FILE...",
    N_("Take people, visits, problems and medicines from FHIR R4 files (JSON or XML)."),
    N_(
      "Reads bundles and single resources. Each file is taken whole or not at all; a broken one is named and the\n"
      "others go on. The same files a second time import nothing; what changed in the source is changed here, unless\n"
      "somebody edited it here meanwhile.\n\n"
      "  --source NAME  the system that the files come from: ids mean something only within one system (fhir)\n"
      "  --report FILE  write what was taken and what was not as JSON too"),
    wattle_ctl_import },
  { "schema", "[--sql sqlite|postgresql | --lock | --markdown]",
    N_("Print the record types: as documentation, as SQL, or as the lock that reviews compare."), NULL,
    wattle_ctl_schema },
  { "doctor", "[--quick]", N_("Check a data directory and say in sentences what is wrong."),
    N_("Looks at the folder, its files, who may read them, the database, the audit trail and the blobs, and changes\n"
        "nothing. May run while the server does.\n\n"
        "  --quick  leave out what reads every byte"),
    wattle_ctl_doctor },
  { "migrate", "--to-database ADDRESS [--to-practice-name NAME] | --to-sqlite",
    N_("Take a practice from SQLite into PostgreSQL, or back, and prove that it is the same."),
    N_("The servers of the practice must be stopped. All or nothing: the practice stays where it is and is not\n"
        "changed; the copy is read again and compared row by row before it counts.\n\n"
        "  --to-database ADDRESS    the PostgreSQL, as postgresql://...\n"
        "  --to-practice-name NAME  its name among the practices there (practice)\n"
        "  --to-sqlite              from --database into the data directory"),
    wattle_ctl_migrate },
  { "audit verify", "[--checkpoints FILE]...", N_("Check that nobody touched the audit trail."),
    N_("Follows the chain from the first event to the last and compares it with every signed checkpoint: those in\n"
        "the data directory and in the files or folders that are named, such as a copy from the backup. Says which\n"
        "event is the first that was altered, removed, put in or moved. Exit status 1 when there is one."),
    wattle_ctl_audit },
  { "audit list", "[--patient ID] [--actor ID] [--before NUMBER] [--limit N]",
    N_("Print who did or saw what, the newest first."),
    N_("One event a line, tabs between: its number, time, and the ids of who, what and of whom; never a name or what\n"
        "somebody wrote. May run while the server does. Reading it is written into it, with the account of the\n"
        "operating system.\n\n"
        "  --patient ID     only what touched this patient\n"
        "  --actor ID       only what this user did\n"
        "  --before NUMBER  only events of a smaller number, to go on from a list\n"
        "  --limit N        how many at most (50; 1000 is the most)"),
    wattle_ctl_audit_list },
  { "audit show", "NUMBER", N_("Print all that the audit trail says of one event, but what people wrote."),
    N_("May run while the server does. Reading it is written into it."), wattle_ctl_audit_show },
  { "set-aside", "[FILE]", N_("Print what devices that were wiped had not sent."),
    N_("Devices seal it for this server alone. Without FILE: what they handed over; with it: what is in a file that\n"
        "was left on one of them. Stop the server before; reading it is written down in the audit trail."),
    wattle_ctl_set_aside },
  { "user password", "[--password-stdin] LOGIN", N_("Give a user a new password; they are signed out everywhere."),
    NULL, wattle_ctl_password },
  { "version", "", N_("Print the version of this program."), NULL, version },
};

/**
 * wattle_ctl_commands:
 * @n_commands: (out): how many
 *
 * Returns: (transfer none): every command but help
 */
const WattleCtlCommand *
wattle_ctl_commands (guint *n_commands)
{
  *n_commands = G_N_ELEMENTS (commands);
  return commands;
}

/**
 * wattle_ctl_options:
 * @ctl: the program; what says where the practice is, is put there
 * @name: the command
 * @entries: (nullable): its options
 * @argv: (inout): arguments with argv[0]; on return what is left, without it
 * @min_arguments: so many must be left
 * @max_arguments: so many may be
 * @error: what is wrong with the command line; see wattle_ctl_is_usage()
 *
 * Reads the options of a command.
 */
gboolean
wattle_ctl_options (WattleCtl *ctl,
                    const char *name,
                    const GOptionEntry *entries,
                    char ***argv,
                    int min_arguments,
                    int max_arguments,
                    GError **error)
{
  char *values[4] = { NULL };
  const GOptionEntry common[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &values[0], NULL, NULL },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &values[1], NULL, NULL },
    { "database", 0, 0, G_OPTION_ARG_STRING, &values[2], NULL, NULL },
    { "practice-name", 0, 0, G_OPTION_ARG_STRING, &values[3], NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  int argc = g_strv_length (*argv), left;
  gboolean ok = TRUE;

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, common, NULL);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, argv, error))
    return FALSE;
  for (guint i = 0; ok && i < G_N_ELEMENTS (values); i++)
    if (values[i] != NULL)
      ok = wattle_ctl_take (ctl, common[i].long_name, values[i], error);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_free (values[i]);
  if (!ok)
    return FALSE;
  *argv += 1;
  if (**argv != NULL && g_strcmp0 (**argv, "--") == 0)
    *argv += 1;
  left = g_strv_length (*argv);
  if (left >= min_arguments && left <= max_arguments)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               left < min_arguments ? _("Something is missing: see “wattlectl help %s”.")
                                    : _("There is too much: see “wattlectl help %s”."),
               name);
  return FALSE;
}

gboolean
wattle_ctl_is_usage (const GError *error)
{
  return error->domain == G_OPTION_ERROR;
}

/**
 * wattle_ctl_file:
 * @ctl: the program
 * @name: a name in the data directory
 *
 * Returns: (transfer full): its path
 */
char *
wattle_ctl_file (WattleCtl *ctl, const char *name)
{
  return g_build_filename (ctl->data, name, NULL);
}

/**
 * wattle_ctl_store_options:
 * @ctl: the program
 * @path: of the SQLite file, where there is one
 * @write: whether records will change
 *
 * Returns: how the practice is opened
 */
WattleStoreOptions
wattle_ctl_store_options (WattleCtl *ctl, const char *path, gboolean write)
{
  return (WattleStoreOptions){ .side = WATTLE_STORE_SERVER,
                               .path = path,
                               .database = ctl->database,
                               .practice = ctl->practice,
                               .read_only = !write };
}

/**
 * wattle_ctl_keys:
 * @ctl: the program
 * @store: its open store
 * @error: %WATTLE_ERROR_KEY_LOST
 *
 * Returns: (transfer full) (nullable): the server's key, a new one where there is no practice yet
 */
WattleKeys *
wattle_ctl_keys (WattleCtl *ctl, WattleStore *store, GError **error)
{
  g_autofree char *path = wattle_ctl_file (ctl, WATTLE_DIRECTORY_KEY);
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (store, error);
  g_autofree char *practice = NULL;

  if (transaction == NULL)
    return NULL;
  practice = wattle_transaction_meta (transaction, "practice", NULL);
  return wattle_keys_open (path, practice == NULL, error);
}

static void
replace (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

/**
 * wattle_ctl_take:
 * @ctl: the program
 * @name: "data", "database", "practice" or "config"
 * @value: its value
 * @error: what is wrong with the configuration
 *
 * Takes one of the options that say where the practice is.
 */
gboolean
wattle_ctl_take (WattleCtl *ctl, const char *name, const char *value, GError **error)
{
  g_auto (WattleConfiguration) configuration = { 0 };

  if (strcmp (name, "config") != 0)
    {
      replace (strcmp (name, "data") == 0 ? &ctl->data : strcmp (name, "database") == 0 ? &ctl->database
                                                                                      : &ctl->practice, value);
      return TRUE;
    }
  wattle_configuration_init (&configuration);
  if (!wattle_configuration_load (&configuration, value, error))
    return FALSE;
  replace (&ctl->data, configuration.data_dir);
  replace (&ctl->database, configuration.database);
  replace (&ctl->practice, configuration.practice);
  return TRUE;
}

static gboolean
is_there (WattleCtl *ctl, const char *path, GError **error)
{
  if (ctl->database != NULL || g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL,
                          _("There is no practice in “%s”. “wattlectl init” makes one; --data names another folder."),
                          ctl->data);
  return FALSE;
}

/* SQLite needs files beside its database also to read it. Those that a server left will do; it makes them otherwise. */
static WattleStore *
open_to_read (WattleCtl *ctl, const WattleStoreOptions *options, GError **error)
{
  g_autoptr (GError) local = NULL;
  WattleStore *store = wattle_store_open (options, &local);

  if (store != NULL)
    return store;
  if (wattle_error_get_code (local) != WATTLE_ERROR_FAILED || ctl->database != NULL || access (ctl->data, W_OK) == 0)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    wattle_set_field_error (
      error, WATTLE_ERROR_FAILED, NULL,
      _("The folder “%s” can only be read, and its database cannot be opened without files beside"
         " it. Nothing was checked or changed. Copy the folder to where you may write, and name"
         " the copy with --data."),
      ctl->data);
  return NULL;
}

/**
 * wattle_ctl_open:
 * @ctl: the program
 * @write: whether records will change
 * @lock: (out) (optional): the lock of the folder, for a command that writes
 * @error: %WATTLE_ERROR_NOT_FOUND when there is no practice,
 *   %WATTLE_ERROR_BUSY when a server has it
 *
 * Opens the practice of the data directory.
 *
 * Returns: (transfer full) (nullable): the store
 */
WattleStore *
wattle_ctl_open (WattleCtl *ctl, gboolean write, WattleDirectoryLock **lock, GError **error)
{
  g_autofree char *path = wattle_ctl_file (ctl, WATTLE_DIRECTORY_DATABASE);
  WattleStoreOptions options = wattle_ctl_store_options (ctl, path, write);

  if (!is_there (ctl, path, error))
    return NULL;
  if (write)
    {
      *lock = wattle_directory_lock (ctl->data, ctl->database != NULL, error);
      if (*lock == NULL)
        return NULL;
    }
  return write ? wattle_store_open (&options, error) : open_to_read (ctl, &options, error);
}

/**
 * wattle_ctl_open_beside:
 * @ctl: the program
 * @error: %WATTLE_ERROR_NOT_FOUND, or why the practice cannot be written
 *
 * Opens the practice for a command that reads what must be written down, while a server may have it.
 *
 * Returns: (transfer full) (nullable): the store
 */
WattleStore *
wattle_ctl_open_beside (WattleCtl *ctl, GError **error)
{
  g_autofree char *path = wattle_ctl_file (ctl, WATTLE_DIRECTORY_DATABASE);
  WattleStoreOptions options = wattle_ctl_store_options (ctl, path, TRUE);
  g_autoptr (GError) local = NULL;
  WattleStore *store;

  if (!is_there (ctl, path, error))
    return NULL;
  options.beside = TRUE;
  store = wattle_store_open (&options, &local);
  if (store == NULL)
    wattle_ctl_not_noted (local, error);
  return store;
}
