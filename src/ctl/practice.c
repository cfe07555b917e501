/* practice.c: wattlectl init, demo and user password: a practice and who may enter it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "ctl/ctl.h"
#include "ctl/demo.h"
#include "ctl/progress.h"
#include "ctl/secret.h"
#include "domain/policy.h"
#include "server/auth/account.h"
#include "server/auth/audit.h"
#include "server/auth/credential.h"
#include "server/auth/passwords.h"
#include "server/auth/session.h"
#include "store/postgresql/postgresql.h"

#define DEMO_PASSWORD "wattle blooms in august"

static void
remove_file (WattleCtl *ctl, const char *name)
{
  g_autofree char *path = wattle_ctl_file (ctl, name);

  g_unlink (path);
}

/* Makes an empty data directory: folder, lock, key, database. */
static WattleStore *
make_directory (WattleCtl *ctl, WattleDirectoryLock **lock, GError **error)
{
  g_autofree char *database = wattle_ctl_file (ctl, WATTLE_DIRECTORY_DATABASE);
  g_autofree char *key = wattle_ctl_file (ctl, WATTLE_DIRECTORY_KEY);
  WattleStoreOptions options = wattle_ctl_store_options (ctl, database, TRUE);
  g_autoptr (WattleKeys) keys = NULL;
  g_autoptr (WattleStore) store = NULL;

  if (!wattle_directory_make (ctl->data, error))
    return NULL;
  *lock = wattle_directory_lock (ctl->data, ctl->database != NULL, error);
  if (*lock == NULL)
    return NULL;
  if (ctl->database == NULL)
    {
      keys = wattle_keys_open (key, !g_file_test (database, G_FILE_TEST_EXISTS), error);
      return keys != NULL ? wattle_store_open (&options, error) : NULL;
    }
  store = wattle_store_open (&options, error);
  keys = store != NULL ? wattle_ctl_keys (ctl, store, error) : NULL;
  return keys != NULL ? g_steal_pointer (&store) : NULL;
}

static gboolean
is_empty (WattleCtl *ctl, WattleStore *store, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (store, error);
  g_autofree char *practice = NULL;

  if (transaction == NULL)
    return FALSE;
  practice = wattle_transaction_meta (transaction, "practice", NULL);
  if (practice == NULL)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, NULL,
                          _("“%s” holds a practice already. Nothing was changed; --data names another folder."),
                          ctl->data);
  return FALSE;
}

static gboolean
ask_if_missing (WattleCtl *ctl, char **value, const char *question, GError **error)
{
  if (*value == NULL)
    *value = wattle_ctl_ask (ctl, question, FALSE, error);
  return *value != NULL;
}

static char *
wanted_practice (const char *practice, const char *zone, const char *login, const char *name)
{
  GString *out = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (out);

  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "practice");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "name", practice);
  wattle_json_pair_string (&writer, "zone", zone);
  wattle_json_end_object (&writer);
  wattle_json_name (&writer, "location");
  wattle_json_begin_object (&writer);
  wattle_json_end_object (&writer);
  wattle_json_name (&writer, "administrator");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "login", login);
  wattle_json_pair_string (&writer, "display_name", name);
  wattle_json_end_object (&writer);
  wattle_json_end_object (&writer);
  return g_string_free (out, FALSE);
}

static gboolean
set_up (WattleStore *store, const char *wanted, const char *hash, GError **error)
{
  const WattleJsonLimits limits = WATTLE_JSON_WIRE_LIMITS;
  g_autoptr (WattleJson) json = wattle_json_parse (wanted, -1, &limits, error);
  g_autoptr (WattleTransaction) transaction = json != NULL ? wattle_store_begin_write (store, error) : NULL;
  g_autoptr (WattleRecord) user = NULL;
  WattleAudit act = { .action = "practice.setup", .object_type = "user" };

  if (transaction == NULL)
    return FALSE;
  user = wattle_account_setup (transaction, wattle_json_root (json), hash, error);
  if (user == NULL)
    return FALSE;
  act.object = wattle_record_id (user);
  return wattle_ctl_note (transaction, &act, error) && wattle_transaction_commit (transaction, error);
}

WattleCtlExit
wattle_ctl_init (WattleCtl *ctl, char **argv, GError **error)
{
  g_autofree char *practice = NULL;
  g_autofree char *zone = NULL;
  g_autofree char *login = NULL;
  g_autofree char *name = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *wanted = NULL;
  gboolean from_stdin = FALSE;
  const GOptionEntry entries[] = {
    { "practice", 0, 0, G_OPTION_ARG_STRING, &practice, NULL, NULL },
    { "zone", 0, 0, G_OPTION_ARG_STRING, &zone, NULL, NULL },
    { "login", 0, 0, G_OPTION_ARG_STRING, &login, NULL, NULL },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &from_stdin, NULL, NULL },
    { NULL },
  };
  g_autoptr (WattleDirectoryLock) lock = NULL;
  g_autoptr (WattleStore) store = NULL;

  if (!wattle_ctl_options (ctl, "init", entries, &argv, 0, 0, error))
    return WATTLE_CTL_USAGE;
  store = make_directory (ctl, &lock, error);
  if (store == NULL || !is_empty (ctl, store, error)
      || !ask_if_missing (ctl, &practice, _("Name of the practice:"), error)
      || !ask_if_missing (ctl, &zone, _("Its time zone, such as Australia/Sydney:"), error)
      || wattle_zone_lookup (zone, error) == NULL
      || !ask_if_missing (ctl, &login, _("Sign-in name of the first administrator:"), error)
      || !ask_if_missing (ctl, &name, _("Their name as others see it:"), error))
    return WATTLE_CTL_FAILED;
  hash = wattle_ctl_new_password (ctl, from_stdin, login, error);
  wanted = wanted_practice (practice, zone, login, name);
  if (hash == NULL || !set_up (store, wanted, hash, error))
    return WATTLE_CTL_FAILED;
  g_print (_("“%s” is in “%s”. Start wattled, and sign in as %s.\n"), practice, ctl->data, login);
  return WATTLE_CTL_DONE;
}

static void
show_demo (const char *what, double fraction, gpointer data)
{
  wattle_progress_show (data, what, fraction);
}

static void
say_who (WattleStore *store, const WattleDemoCounts *counts, const char *password)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (store, NULL);
  WattleQuery query = wattle_query (WATTLE_RECORD_USER);
  g_autoptr (GPtrArray) users = NULL;
  guint others = 0;

  g_print (_("%u patients, %u practitioners, %u bookings, %u notes, %u invoices, %u payments.\n\n"), counts->patients,
           counts->practitioners, counts->appointments, counts->notes, counts->invoices, counts->payments);
  g_print (_("Everyone's password: %s\n"), password);
  users = transaction != NULL ? wattle_reader_query (wattle_transaction_reader (transaction), &query, NULL) : NULL;
  for (guint i = 0; users != NULL && i < users->len; i++)
    {
      WattleRecord *user = g_ptr_array_index (users, i);
      const char *login = wattle_record_get_string (user, WATTLE_USER_LOGIN);
      guint roles = wattle_record_get_integer (user, WATTLE_USER_ROLES);
      g_autoptr (GString) words = g_string_new (NULL);

      /* A large practice has hundreds like these: the named ones are enough to try everything. */
      if (g_str_has_prefix (login, "clinician"))
        {
          others++;
          continue;
        }
      for (guint role = 0; role < WATTLE_N_ROLE; role++)
        if (roles & (1u << role))
          g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "",
                                  _(wattle_enum_label (wattle_enum_find ("role"), role)));
      g_print ("  %-12s %s (%s)\n", login, wattle_record_get_string (user, WATTLE_USER_DISPLAY_NAME), words->str);
    }
  if (others > 0)
    g_print (_("  and %u more clinicians\n"), others);
}

/* A demonstration that is not whole is nothing: its files go, and nobody else's were there. */
static void
throw_away (WattleCtl *ctl)
{
  static const char *const names[] = { "wattle.db", "wattle.db-wal", "wattle.db-shm", WATTLE_DIRECTORY_KEY };

  if (ctl->database != NULL)
    wattle_postgresql_remove (ctl->database, ctl->practice, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    remove_file (ctl, names[i]);
}

static gboolean
make_demo (WattleCtl *ctl, WattleStore *store, const WattleDemoOptions *options, const char *password, GError **error)
{
  WattleProgress progress = { 0 };
  WattleDemoCounts counts;
  gboolean ok = wattle_demo_make (store, options, &counts, show_demo, &progress, ctl->cancellable, error);

  wattle_progress_end (&progress);
  if (ok)
    say_who (store, &counts, password);
  return ok;
}

static gboolean
check_demo (int patients, int years, int practitioners, const char *now, WattleDemoOptions *options, GError **error)
{
  if (patients < 1 || patients > 5000000 || years < 0 || years > 50 || practitioners < 0 || practitioners > 5000)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("--patients is 1 to 5000000, --years 0 to 50, --practitioners 0 to 5000."));
      return FALSE;
    }
  options->patients = patients;
  options->years = years;
  options->practitioners = practitioners;
  options->now = wattle_clock_now ();
  return now == NULL || wattle_instant_parse (now, &options->now, error);
}

WattleCtlExit
wattle_ctl_demo (WattleCtl *ctl, char **argv, GError **error)
{
  int patients = 1200, years = 1, practitioners = 0, seed = 1;
  g_autofree char *now = NULL;
  g_autofree char *wanted = NULL;
  g_autofree char *hash = NULL;
  const GOptionEntry entries[] = {
    { "patients", 0, 0, G_OPTION_ARG_INT, &patients, NULL, NULL },
    { "years", 0, 0, G_OPTION_ARG_INT, &years, NULL, NULL },
    { "practitioners", 0, 0, G_OPTION_ARG_INT, &practitioners, NULL, NULL },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, NULL, NULL },
    { "now", 0, 0, G_OPTION_ARG_STRING, &now, NULL, NULL },
    { "password", 0, 0, G_OPTION_ARG_STRING, &wanted, NULL, NULL },
    { NULL },
  };
  WattleDemoOptions options = { 0 };
  const char *password;
  g_autoptr (WattleDirectoryLock) lock = NULL;
  g_autoptr (WattleStore) store = NULL;

  if (!wattle_ctl_options (ctl, "demo", entries, &argv, 0, 0, error)
      || !check_demo (patients, years, practitioners, now, &options, error))
    return WATTLE_CTL_USAGE;
  options.seed = seed;
  password = wanted != NULL ? wanted : DEMO_PASSWORD;
  if (!wattle_password_check (password, "", WATTLE_PASSWORD_MINIMUM, "password", error))
    return WATTLE_CTL_FAILED;
  hash = wattle_password_hash (password, error);
  options.password_hash = hash;
  store = hash != NULL ? make_directory (ctl, &lock, error) : NULL;
  if (store == NULL || !is_empty (ctl, store, error))
    return WATTLE_CTL_FAILED;
  if (make_demo (ctl, store, &options, password, error) && wattle_store_close (store, error))
    return WATTLE_CTL_DONE;
  wattle_store_close (store, NULL);
  throw_away (ctl);
  g_printerr ("%s\n", _("The demonstration was not finished; nothing of it is kept."));
  return WATTLE_CTL_FAILED;
}

/* Whoever held the old password loses what it opened. */
static gboolean
set_password (WattleTransaction *transaction, const char *login, const char *hash, GError **error)
{
  g_autofree char *folded = wattle_login_fold (login, error);
  g_autoptr (WattleRecord) user = NULL;
  g_autoptr (WattleCredential) credential = NULL;
  WattleAudit act = { .action = "user.password", .object_type = "user" };
  WattleSessionEnd sessions = { 0 };

  user = folded != NULL ? wattle_account_find (wattle_transaction_reader (transaction), folded, error) : NULL;
  if (user == NULL)
    return FALSE;
  credential = wattle_credential_load (transaction, wattle_record_id (user), NULL);
  if (credential == NULL)
    credential = wattle_credential_new (wattle_record_id (user), hash);
  g_free (credential->hash);
  credential->hash = g_strdup (hash);
  credential->disabled = FALSE;
  act.object = sessions.user = wattle_record_id (user);
  return wattle_credential_save (credential, transaction, error) && wattle_session_end (transaction, &sessions, error)
         && wattle_ctl_note (transaction, &act, error) && wattle_transaction_commit (transaction, error);
}

WattleCtlExit
wattle_ctl_password (WattleCtl *ctl, char **argv, GError **error)
{
  gboolean from_stdin = FALSE;
  const GOptionEntry entries[] = {
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &from_stdin, NULL, NULL },
    { NULL },
  };
  g_autoptr (WattleDirectoryLock) lock = NULL;
  g_autoptr (WattleStore) store = NULL;
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autofree char *hash = NULL;

  if (!wattle_ctl_options (ctl, "user password", entries, &argv, 1, 1, error))
    return WATTLE_CTL_USAGE;
  store = wattle_ctl_open (ctl, TRUE, &lock, error);
  hash = store != NULL ? wattle_ctl_new_password (ctl, from_stdin, argv[0], error) : NULL;
  transaction = hash != NULL ? wattle_store_begin_write (store, error) : NULL;
  if (transaction == NULL || !set_password (transaction, argv[0], hash, error))
    return WATTLE_CTL_FAILED;
  g_print (_("%s has a new password, and was signed out everywhere.\n"), argv[0]);
  return WATTLE_CTL_DONE;
}
