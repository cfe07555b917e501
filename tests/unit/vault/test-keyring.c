/* test-keyring.c: the vault against the desktop's real keyring, on a session bus of its own
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/error.h"
#include "mock-secrets.h"
#include "store/vfs/vfs.h"
#include "vault/vault.h"

#include <glib/gstdio.h>
#include <libsecret/secret.h>
#include <signal.h>
#include <string.h>

#define PASSWORD "correct horse battery"
#define RING_PASSWORD "ring password"

static char *home;
static GTestDBus *bus;
static WattleKeyring *keyring;
static WattleVault *vault;
static GSubprocess *service;

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

/* Starts the keyring, or unlocks the one that runs; ready when it owns its name. */
static void
start_service (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autofree char *answer = NULL;
  gboolean owned = FALSE;

  service = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                              &error, "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", NULL);
  g_assert_no_error (error);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (service), RING_PASSWORD, strlen (RING_PASSWORD), NULL, NULL,
                             &error);
  g_assert_no_error (error);
  g_output_stream_close (g_subprocess_get_stdin_pipe (service), NULL, NULL);

  connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  while (!owned)
    {
      g_autoptr (GVariant) reply = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus",
                                                                "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                                                "NameHasOwner",
                                                                g_variant_new ("(s)", "org.freedesktop.secrets"),
                                                                NULL, 0, -1, NULL, &error);
      g_assert_no_error (error);
      g_variant_get (reply, "(b)", &owned);
      g_thread_yield ();
    }
}

static void
stop_service (void)
{
  g_subprocess_send_signal (service, SIGKILL);
  g_subprocess_wait (service, NULL, NULL);
  g_clear_object (&service);
}

static SecretService *
connect_secrets (void)
{
  g_autoptr (GError) error = NULL;
  SecretService *secrets = secret_service_open_sync (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_NONE, NULL, &error);

  g_assert_no_error (error);
  return secrets;
}

static void
lock_ring (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) secrets = connect_secrets ();
  g_autoptr (SecretCollection) ring = NULL;
  g_autoptr (GList) rings = NULL;

  ring = secret_collection_for_alias_sync (secrets, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, &error);
  g_assert_no_error (error);
  rings = g_list_prepend (NULL, ring);
  g_assert_cmpint (secret_service_lock_sync (secrets, rings, NULL, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

/* How many keys of ours the open keyring holds. */
static guint
keys_kept (void)
{
  g_autoptr (SecretService) secrets = connect_secrets ();
  g_autoptr (GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  GList *items;
  guint n;

  g_hash_table_insert (attributes, (char *) "account", (char *) "sam");
  items = secret_service_search_sync (secrets, NULL, attributes, SECRET_SEARCH_ALL, NULL, &error);
  g_assert_no_error (error);
  n = g_list_length (items);
  g_list_free_full (items, g_object_unref);
  return n;
}

static void
drop_keys (void)
{
  g_autoptr (SecretService) secrets = connect_secrets ();
  g_autoptr (GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (attributes, (char *) "account", (char *) "sam");
  g_assert_true (secret_service_clear_sync (secrets, NULL, attributes, NULL, &error));
  g_assert_no_error (error);
}

static WattleVaultState
probe (void)
{
  g_autoptr (GError) error = NULL;

  wattle_vault_probe_sync (vault, NULL, &error);
  g_assert_no_error (error);
  return wattle_vault_get_state (vault);
}

static gboolean
open_vault (const char *password)
{
  return wattle_vault_open_sync (vault, WATTLE_VAULT_WITH_KEYRING, password, NULL, NULL);
}

static void
write_records (void)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  wattle_vault_open_database (vault, "cache.db", FALSE, &db, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE IF NOT EXISTS t (a)", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_true (wattle_vfs_close (db, NULL));
}

/* One life of a keyring, in the order in which people meet it. */
static void
test_life (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *aside = NULL;

  g_test_message ("no service: nothing is made");
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_NO_SERVICE);
  g_assert_false (open_vault (PASSWORD));
  g_assert_cmpint (wattle_vault_get_state (vault), ==, WATTLE_VAULT_NO_SERVICE);

  g_test_message ("an open keyring and no files, but locked before the first run: nothing is made");
  start_service ();
  lock_ring ();
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_LOCKED);
  g_assert_false (open_vault (PASSWORD));
  stop_service ();
  start_service ();
  g_assert_cmpuint (keys_kept (), ==, 0);

  g_test_message ("first run: one key");
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_FIRST_RUN);
  g_assert_true (open_vault (PASSWORD));
  g_assert_cmpuint (keys_kept (), ==, 1);
  write_records ();
  wattle_vault_lock (vault);

  g_test_message ("again, and with a wrong password: the same key");
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_CLOSED);
  g_assert_false (open_vault ("wrong"));
  g_assert_cmpint (wattle_vault_get_state (vault), ==, WATTLE_VAULT_WRONG_PASSWORD);
  g_assert_true (open_vault (PASSWORD));
  write_records ();

  g_test_message ("locked: no second key, though the look-up says there is none");
  lock_ring ();
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_LOCKED);
  g_assert_false (wattle_vault_open_sync (vault, WATTLE_VAULT_WITH_KEYRING, PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED);
  g_clear_error (&error);

  g_test_message ("nobody is there to type the keyring's password: it stays locked");
  g_assert_false (wattle_vault_unlock_sync (vault, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED);
  g_clear_error (&error);

  g_test_message ("the service dies and comes back: the key is still there");
  stop_service ();
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_KEYRING_AWAY);
  start_service ();
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_CLOSED);
  g_assert_true (open_vault (PASSWORD));
  write_records ();
  g_assert_cmpuint (keys_kept (), ==, 1);

  g_test_message ("the item is gone: key lost, set aside, begin anew");
  drop_keys ();
  g_assert_false (wattle_vault_open_sync (vault, WATTLE_VAULT_WITH_KEYRING, PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEY_LOST);
  g_clear_error (&error);
  g_assert_cmpuint (keys_kept (), ==, 0);
  aside = wattle_vault_quarantine_sync (vault, NULL);
  g_assert_nonnull (aside);
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_FIRST_RUN);
  g_assert_true (open_vault (PASSWORD));
  g_assert_cmpuint (keys_kept (), ==, 1);

  g_test_message ("wipe with a locked keyring: the files go, and the person hears of the other half");
  lock_ring ();
  g_assert_false (wattle_vault_wipe_sync (vault, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_false (g_file_test (wattle_vault_get_folder (vault), G_FILE_TEST_EXISTS));
  stop_service ();
  start_service ();

  g_test_message ("wipe: both halves gone");
  drop_keys ();
  g_assert_true (open_vault (PASSWORD));
  g_assert_cmpuint (keys_kept (), ==, 1);
  g_assert_true (wattle_vault_wipe_sync (vault, NULL, NULL));
  g_assert_cmpuint (keys_kept (), ==, 0);
  g_assert_false (wattle_vault_has_records (vault));
}

/* A service that hangs: the call gives up after ten seconds, or when told to. */
static void
test_hang (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (service, SIGSTOP);
  g_cancellable_cancel (cancellable);
  g_assert_false (wattle_vault_probe_sync (vault, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  if (g_strcmp0 (g_getenv ("WATTLE_FAULTS"), "long") == 0)
    {
      g_assert_false (wattle_vault_probe_sync (vault, NULL, &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_BUSY);
    }
  g_subprocess_send_signal (service, SIGCONT);
}

static gpointer
cancel_when_asked (gpointer data)
{
  gpointer *both = data;

  mock_secrets_await (both[0], 3);
  g_cancellable_cancel (both[1]);
  return NULL;
}

/* The person is asked, and says no, yes, or nothing until the window closes. */
static void
test_prompt (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  MockSecrets *mock;
  gpointer both[2];
  GThread *thread;

  if (service != NULL)
    stop_service ();
  mock = mock_secrets_start (g_test_dbus_get_bus_address (bus));
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_LOCKED);

  mock_secrets_set_prompt (mock, MOCK_PROMPT_DISMISSED);
  g_assert_false (wattle_vault_unlock_sync (vault, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_LOCKED);

  mock_secrets_set_prompt (mock, MOCK_PROMPT_ACCEPTED);
  g_assert_true (wattle_vault_unlock_sync (vault, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (wattle_vault_get_state (vault), ==, WATTLE_VAULT_FIRST_RUN);
  mock_secrets_await (mock, 2);

  mock_secrets_set_prompt (mock, MOCK_PROMPT_IGNORED);
  both[0] = mock;
  both[1] = cancellable;
  thread = g_thread_new ("cancel", cancel_when_asked, both);
  g_assert_false (wattle_vault_unlock_sync (vault, cancellable, &error));
  g_thread_join (thread);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  mock_secrets_stop (mock);
}

/* In a sandbox libsecret keeps a file of its own. It chooses once a process, hence the other process. */
static void
test_own_file (void)
{
  g_autofree char *path = g_build_filename (home, "secrets.keyring", NULL);

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "from the portal", TRUE);
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_FIRST_RUN);
  g_assert_true (open_vault (PASSWORD));
  write_records ();
  wattle_vault_lock (vault);
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_CLOSED);
  g_assert_false (open_vault ("wrong"));
  g_assert_true (open_vault (PASSWORD));
  write_records ();
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  wattle_vault_lock (vault);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (probe (), ==, WATTLE_VAULT_KEY_LOST);
}

static gboolean
find_programs (void)
{
  g_autofree char *daemon = g_find_program_in_path ("gnome-keyring-daemon");
  g_autofree char *dbus = g_find_program_in_path ("dbus-daemon");

  return daemon != NULL && dbus != NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int failed;

  g_test_init (&argc, &argv, NULL);
  if (!find_programs ())
    {
      g_print ("1..0 # SKIP gnome-keyring and dbus-daemon are needed\n");
      return 0;
    }

  home = g_dir_make_tmp ("wattle-keyring-XXXXXX", NULL);
  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", home, TRUE);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("XDG_CONFIG_HOME", home, TRUE);
  g_setenv ("XDG_CACHE_HOME", home, TRUE);
  g_unsetenv ("SECRET_BACKEND");
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  wattle_vfs_register (&error);
  g_assert_no_error (error);
  keyring = wattle_keyring_secret_new ();
  vault = wattle_vault_new (keyring, home, "https://practice.example", "sam");

  g_test_add_func ("/keyring/life", test_life);
  g_test_add_func ("/keyring/hang", test_hang);
  g_test_add_func ("/keyring/prompt", test_prompt);
  g_test_add_func ("/keyring/own-file", test_own_file);
  failed = g_test_run ();

  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (service != NULL)
    stop_service ();
  g_test_dbus_stop (bus);
  remove_tree (home);
  return failed;
}
