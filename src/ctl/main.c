/* main.c: wattlectl, the administrator's program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "ctl/ctl.h"
#include "store/postgresql/postgresql.h"

#define IMPATIENCE (G_USEC_PER_SEC / 2)

static const WattleCtlCommand *
find_command (char **argv)
{
  guint n_commands;
  const WattleCtlCommand *commands = wattle_ctl_commands (&n_commands);

  for (guint i = 0; i < n_commands; i++)
    {
      g_auto (GStrv) words = g_strsplit (commands[i].name, " ", 2);

      if (g_strcmp0 (words[0], argv[0]) == 0 && (words[1] == NULL || g_strcmp0 (words[1], argv[1]) == 0))
        return &commands[i];
    }
  return NULL;
}

static void
print_help (void)
{
  guint n_commands;
  const WattleCtlCommand *commands = wattle_ctl_commands (&n_commands);
  g_autofree char *data = wattle_directory_default ();

  g_print (_("wattlectl [--data DIR] [--config FILE] [--database ADDRESS] [--practice-name NAME] COMMAND\n\n"
             "The data directory is %s unless --data names another. --config takes data directory and\n"
             "database from a configuration of wattled; --database names a PostgreSQL that holds the records.\n\n"),
           data);
  for (guint i = 0; i < n_commands; i++)
    g_print ("  %s %s\n      %s\n", commands[i].name, commands[i].arguments, _(commands[i].summary));
  g_print ("  help [COMMAND]\n      %s\n\n%s\n", _("Explain a command, or list them."),
           _("Exit codes: 0 done; 1 it ran and found something wrong or left something out; 2 the command line is\n"
              "wrong; 3 it failed; 130 it was cancelled."));
}

static WattleCtlExit
help (char **argv)
{
  const WattleCtlCommand *command;

  if (argv[0] == NULL)
    {
      print_help ();
      return WATTLE_CTL_DONE;
    }
  command = find_command (argv);
  if (command == NULL)
    {
      g_printerr (_("There is no command “%s”; “wattlectl help” lists them.\n"), argv[0]);
      return WATTLE_CTL_USAGE;
    }
  g_print ("wattlectl %s %s\n\n%s\n", command->name, command->arguments, _(command->summary));
  if (command->details != NULL)
    g_print ("\n%s\n", _(command->details));
  return WATTLE_CTL_DONE;
}

/* Waits for Ctrl+C: the first asks the command to stop at a safe place, a later one ends it where it is. Some that send
 * it send it twice at once. */
static gpointer
watch_signals (gpointer data)
{
  GCancellable *cancellable = data;
  sigset_t set;
  gint64 first;
  int number;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigwait (&set, &number);
  g_cancellable_cancel (cancellable);
  first = g_get_monotonic_time ();
  do
    sigwait (&set, &number);
  while (g_get_monotonic_time () - first < IMPATIENCE);
  _exit (WATTLE_CTL_CANCELLED);
}

static void
start_watching (GCancellable *cancellable)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  g_thread_unref (g_thread_new ("signals", watch_signals, cancellable));
}

static WattleCtlExit
report (const GError *error)
{
  const char *field = wattle_error_get_field (error);

  if (field != NULL)
    g_printerr ("wattlectl: %s: %s\n", field, error->message);
  else
    g_printerr ("wattlectl: %s\n", error->message);
  if (wattle_error_get_code (error) == WATTLE_ERROR_CANCELLED
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return WATTLE_CTL_CANCELLED;
  return wattle_ctl_is_usage (error) ? WATTLE_CTL_USAGE : WATTLE_CTL_FAILED;
}

/* Takes what says where the practice is from in front of the command; it may also stand behind it. */
static gboolean
take_place (WattleCtl *ctl, char ***argv, GError **error)
{
  static const char *const names[] = { "data", "config", "database", "practice-name" };

  while (**argv != NULL && ***argv == '-')
    {
      const char *word = **argv;
      guint used = 0;

      for (guint i = 0; used == 0 && i < G_N_ELEMENTS (names); i++)
        {
          g_autofree char *option = g_strconcat ("--", names[i], NULL);
          const char *rest = g_str_has_prefix (word, option) ? word + strlen (option) : NULL;

          if (rest == NULL || (*rest != '=' && (*rest != '\0' || (*argv)[1] == NULL)))
            continue;
          used = *rest == '=' ? 1 : 2;
          if (!wattle_ctl_take (ctl, names[i], *rest == '=' ? rest + 1 : (*argv)[1], error))
            return FALSE;
        }
      if (used == 0)
        return strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0 || strcmp (word, "--version") == 0;
      *argv += used;
    }
  return TRUE;
}

static WattleCtlExit
run (WattleCtl *ctl, char **argv)
{
  const WattleCtlCommand *command;
  g_autoptr (GError) error = NULL;
  WattleCtlExit exit;

  if (!take_place (ctl, &argv, &error) || *argv == NULL)
    {
      if (error != NULL)
        {
          report (error);
          return WATTLE_CTL_USAGE;
        }
      g_printerr (_("Say what to do: “wattlectl help” lists the commands.\n"));
      return WATTLE_CTL_USAGE;
    }
  if (strcmp (*argv, "--help") == 0 || strcmp (*argv, "-h") == 0 || strcmp (*argv, "help") == 0)
    return help (argv + 1);
  if (strcmp (*argv, "--version") == 0)
    *argv = "version";
  command = find_command (argv);
  if (command == NULL)
    {
      g_printerr (_("There is no command “%s”; “wattlectl help” lists them.\n"), *argv);
      return WATTLE_CTL_USAGE;
    }
  exit = command->run (ctl, strchr (command->name, ' ') != NULL ? argv + 1 : argv, &error);
  return error != NULL ? report (error) : exit;
}

int
main (int argc, char **argv)
{
  WattleCtl ctl = { 0 };
  WattleCtlExit exit;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  umask (077); /* whatever it makes is for its owner alone */
  if (sodium_init () < 0)
    return WATTLE_CTL_FAILED;
  wattle_postgresql_use ();
  ctl.data = wattle_directory_default ();
  ctl.cancellable = g_cancellable_new ();
  start_watching (ctl.cancellable);
  exit = run (&ctl, argv + MIN (argc, 1));
  g_free (ctl.data);
  g_free (ctl.database);
  g_free (ctl.practice);
  return exit;
}
