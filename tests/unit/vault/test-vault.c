/* test-vault.c: the key of the saved records in each state of keyring and files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/error.h"
#include "store/vfs/vfs.h"
#include "vault/vault.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSWORD "correct horse battery"

typedef struct
{
  char *data_dir;
  WattleKeyring *keyring;
  WattleKeyringMemory *memory;
  WattleVault *vault;
} Fixture;

static WattleVault *
same_vault (Fixture *fixture)
{
  return wattle_vault_new (fixture->keyring, fixture->data_dir, "https://practice.example", "sam");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->data_dir = g_dir_make_tmp ("wattle-vault-XXXXXX", NULL);
  fixture->keyring = wattle_keyring_memory_new ();
  fixture->memory = WATTLE_KEYRING_MEMORY (fixture->keyring);
  fixture->vault = same_vault (fixture);
}

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

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_tree (fixture->data_dir);
  g_free (fixture->data_dir);
  g_object_unref (fixture->vault);
  g_object_unref (fixture->keyring);
}

static void
assert_opens (WattleVault *vault, const char *password)
{
  g_autoptr (GError) error = NULL;

  wattle_vault_open_sync (vault, WATTLE_VAULT_WITH_KEYRING, password, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (wattle_vault_get_state (vault), ==, WATTLE_VAULT_READY);
}

static void
make_records (WattleVault *vault)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  wattle_vault_open_database (vault, "outbox.db", TRUE, &db, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE IF NOT EXISTS t (a); INSERT INTO t VALUES (1)", NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_true (wattle_vfs_close (db, NULL));
}

static gboolean
records_open (WattleVault *vault)
{
  sqlite3 *db = NULL;

  if (!wattle_vault_open_database (vault, "outbox.db", TRUE, &db, NULL))
    return FALSE;
  return wattle_vfs_close (db, NULL);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Every file of the account with its contents, as one text. */
static char *
snapshot (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (strcmp (name, "lock") != 0)
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      g_autofree char *bytes = NULL;
      g_autofree char *sum = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) bytes, length);
      g_string_append_printf (text, "%s %s\n", (char *) names->pdata[i], sum);
    }
  return g_string_free (text, FALSE);
}

static void
remove_in (WattleVault *vault, const char *name)
{
  g_autofree char *path = g_build_filename (wattle_vault_get_folder (vault), name, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

typedef enum
{
  FILES_NONE,
  FILES_ALL,
  FILES_NO_KEY,
  FILES_ONLY_KEY,
  FILES_BAD_KEY,
  N_FILES
} Files;

typedef enum
{
  RING_OPEN,
  RING_OPEN_WITHOUT,
  RING_OPEN_OTHER,
  RING_LOCKED,
  RING_ABSENT,
  N_RINGS
} Ring;

#define R WATTLE_VAULT_READY
#define K WATTLE_VAULT_KEY_LOST
#define L WATTLE_VAULT_LOCKED
#define N WATTLE_VAULT_NO_SERVICE
#define A WATTLE_VAULT_KEYRING_AWAY
#define O WATTLE_VAULT_OTHER_KEY
#define D WATTLE_VAULT_KEY_DAMAGED
static const WattleVaultState expected[N_FILES][N_RINGS] = {
  [FILES_NONE] = { R, R, R, L, N },
  [FILES_ALL] = { R, K, O, L, A },
  [FILES_NO_KEY] = { K, K, K, K, K },
  [FILES_ONLY_KEY] = { R, K, O, L, A },
  [FILES_BAD_KEY] = { D, D, D, D, D },
};

static void
arrange (Fixture *fixture, Files files, Ring ring)
{
  g_autofree char *meta = g_build_filename (wattle_vault_get_folder (fixture->vault), "cache.meta", NULL);

  if (files != FILES_NONE)
    {
      assert_opens (fixture->vault, PASSWORD);
      if (files != FILES_ONLY_KEY)
        make_records (fixture->vault);
      if (files == FILES_NO_KEY)
        remove_in (fixture->vault, "cache.meta");
      if (files == FILES_BAD_KEY)
        g_assert_true (g_file_set_contents (meta, "{\"format\": 1, \"backend\": \"memory\"}", -1, NULL));
    }
  wattle_vault_lock (fixture->vault);

  if (ring == RING_OPEN_WITHOUT)
    wattle_keyring_memory_forget (fixture->memory);
  if (ring == RING_OPEN_OTHER)
    wattle_keyring_memory_spoil (fixture->memory);
  if (ring == RING_LOCKED)
    wattle_keyring_memory_set_status (fixture->memory, WATTLE_KEYRING_LOCKED);
  if (ring == RING_ABSENT)
    wattle_keyring_memory_set_status (fixture->memory, WATTLE_KEYRING_ABSENT);
}

/* One cell: the state is the one of the table, a key is made in one row and
 * only with an open keyring, and whatever is not ready changed no file. */
static void
check_cell (Fixture *fixture, Files files, Ring ring)
{
  g_autoptr (WattleVault) vault = same_vault (fixture);
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  WattleVaultState state = expected[files][ring];
  gboolean makes = files == FILES_NONE && ring <= RING_OPEN_OTHER;
  guint stores;

  arrange (fixture, files, ring);
  stores = wattle_keyring_memory_stores (fixture->memory);
  before = snapshot (wattle_vault_get_folder (vault));

  g_assert_true (wattle_vault_probe_sync (vault, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (wattle_vault_get_state (vault), ==,
                   state != WATTLE_VAULT_READY ? state : makes ? WATTLE_VAULT_FIRST_RUN : WATTLE_VAULT_CLOSED);
  g_assert_cmpuint (wattle_keyring_memory_stores (fixture->memory), ==, stores);

  g_assert_cmpint (wattle_vault_open_sync (vault, WATTLE_VAULT_WITH_KEYRING, PASSWORD, NULL, &error), ==,
                   state == WATTLE_VAULT_READY);
  g_assert_cmpint (wattle_vault_get_state (vault), ==, state);
  g_assert_cmpuint (wattle_keyring_memory_stores (fixture->memory), ==, stores + makes);
  after = snapshot (wattle_vault_get_folder (vault));
  if (!makes)
    g_assert_cmpstr (before, ==, after);
  if (state != WATTLE_VAULT_READY)
    g_assert_cmpstr (error->message, ==, wattle_vault_state_sentence (state));
  else if (files == FILES_ALL)
    g_assert_true (records_open (vault));

  /* A passphrase never makes a second key over records that are there. */
  g_clear_error (&error);
  if (state == WATTLE_VAULT_KEYRING_AWAY)
    {
      g_assert_false (wattle_vault_open_sync (vault, WATTLE_VAULT_WITH_PASSPHRASE, "a long passphrase", NULL, &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNSUPPORTED);
    }
}

static void
test_states (void)
{
  for (Files files = 0; files < N_FILES; files++)
    for (Ring ring = 0; ring < N_RINGS; ring++)
      {
        Fixture fixture = { 0 };

        g_test_message ("files %d, keyring %d", files, ring);
        set_up (&fixture, NULL);
        check_cell (&fixture, files, ring);
        tear_down (&fixture, NULL);
      }
}

static void
test_passwords (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WattleVault) again = same_vault (fixture);
  g_autoptr (WattleVault) other = wattle_vault_new (fixture->keyring, fixture->data_dir, "https://p.example", "kim");
  g_autoptr (GError) error = NULL;
  guint8 key[WATTLE_VFS_KEY_BYTES], same[WATTLE_VFS_KEY_BYTES];

  assert_opens (fixture->vault, PASSWORD);
  make_records (fixture->vault);
  g_assert_true (wattle_vault_copy_database_key (fixture->vault, "outbox.db", key, NULL));
  g_assert_true (wattle_vault_copy_database_key (fixture->vault, "cache.db", same, NULL));
  g_assert_cmpint (memcmp (key, same, sizeof key), !=, 0);

  g_assert_false (wattle_vault_open_sync (again, WATTLE_VAULT_WITH_KEYRING, "wrong", NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED);
  g_assert_cmpstr (wattle_error_get_field (error), ==, "password");
  g_assert_cmpint (wattle_vault_get_state (again), ==, WATTLE_VAULT_WRONG_PASSWORD);
  g_assert_false (wattle_vault_copy_database_key (again, "outbox.db", same, NULL));
  g_assert_false (wattle_vault_open_sync (again, WATTLE_VAULT_WITH_KEYRING, NULL, NULL, NULL));

  assert_opens (again, PASSWORD);
  g_assert_true (wattle_vault_copy_database_key (again, "outbox.db", same, NULL));
  g_assert_cmpmem (key, sizeof key, same, sizeof same);

  g_assert_true (wattle_vault_change_password_sync (again, "another password", NULL, NULL));
  g_assert_false (wattle_vault_open_sync (fixture->vault, WATTLE_VAULT_WITH_KEYRING, PASSWORD, NULL, NULL));
  assert_opens (fixture->vault, "another password");
  g_assert_true (records_open (fixture->vault));

  /* Another account on the same computer has its own folder and key. */
  g_assert_cmpstr (wattle_vault_get_folder (other), !=, wattle_vault_get_folder (again));
  assert_opens (other, PASSWORD);
  g_assert_true (wattle_vault_copy_database_key (other, "outbox.db", same, NULL));
  g_assert_cmpint (memcmp (key, same, sizeof key), !=, 0);
  g_assert_cmpuint (wattle_keyring_memory_count (fixture->memory), ==, 2);
}

static void
test_passphrase (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WattleVault) again = same_vault (fixture);
  g_autoptr (GError) error = NULL;

  wattle_keyring_memory_set_status (fixture->memory, WATTLE_KEYRING_ABSENT);
  g_assert_false (wattle_vault_open_sync (fixture->vault, WATTLE_VAULT_WITH_PASSPHRASE, "too short", NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (wattle_vault_open_sync (fixture->vault, WATTLE_VAULT_WITH_PASSPHRASE, NULL, NULL, NULL));
  g_assert_true (wattle_vault_open_sync (fixture->vault, WATTLE_VAULT_WITH_PASSPHRASE, PASSWORD, NULL, &error));
  g_assert_no_error (error);
  make_records (fixture->vault);

  /* From then on the keyring is not asked, whatever it does. */
  wattle_keyring_memory_set_status (fixture->memory, WATTLE_KEYRING_LOCKED);
  g_assert_false (wattle_vault_open_sync (again, WATTLE_VAULT_WITH_KEYRING, "not the passphrase", NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED);
  assert_opens (again, PASSWORD);
  g_assert_true (records_open (again));
  g_assert_cmpuint (wattle_keyring_memory_stores (fixture->memory), ==, 0);
}

static void
test_quarantine (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *aside = NULL;
  g_autofree char *after = NULL;

  assert_opens (fixture->vault, PASSWORD);
  make_records (fixture->vault);
  before = snapshot (wattle_vault_get_folder (fixture->vault));
  wattle_keyring_memory_forget (fixture->memory);
  g_assert_false (wattle_vault_open_sync (fixture->vault, WATTLE_VAULT_WITH_KEYRING, PASSWORD, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEY_LOST);
  g_clear_error (&error);

  aside = wattle_vault_quarantine_sync (fixture->vault, &error);
  g_assert_no_error (error);
  after = snapshot (aside);
  g_assert_cmpstr (before, ==, after);
  g_assert_false (wattle_vault_has_records (fixture->vault));
  assert_opens (fixture->vault, PASSWORD);
  make_records (fixture->vault);
}

/* A file that cannot be looked at is not an absent one: neither a key nor a sign-in is made in its place. */
static void
test_out_of_sight (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "secrets", "cache.meta" };
  g_autoptr (GBytes) seed = g_bytes_new_static ("thirty-two bytes of an Ed25519 s", 32);
  g_autoptr (GBytes) back = NULL;

  assert_opens (fixture->vault, PASSWORD);
  g_assert_true (wattle_vault_store_secret (fixture->vault, "device-key", seed, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (wattle_vault_get_folder (fixture->vault), names[i], NULL);
      g_autofree char *aside = g_build_filename (fixture->data_dir, "aside", NULL);
      g_autoptr (WattleVault) vault = same_vault (fixture);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (g_rename (path, aside), ==, 0);
      g_assert_cmpint (symlink (names[i], path), ==, 0);
      if (i == 0)
        g_assert_false (wattle_vault_store_secret (fixture->vault, "refresh-token", seed, &error));
      else
        g_assert_false (wattle_vault_open_sync (vault, WATTLE_VAULT_WITH_KEYRING, PASSWORD, NULL, &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_FAILED);
      g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
      g_assert_cmpint (g_rename (aside, path), ==, 0);
    }
  assert_opens (fixture->vault, PASSWORD);
  back = wattle_vault_lookup_secret (fixture->vault, "device-key", NULL);
  g_assert_true (back != NULL && g_bytes_equal (back, seed));
}

static void
test_secrets (Fixture *fixture, gconstpointer data)
{
  static const char token[] = "refresh-0123456789abcdef-canary";
  g_autoptr (GBytes) seed = g_bytes_new_static ("thirty-two bytes of an Ed25519 s", 32);
  g_autoptr (GBytes) refresh = g_bytes_new_static (token, sizeof token);
  g_autoptr (GBytes) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_false (wattle_vault_store_secret (fixture->vault, "device-key", seed, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED);
  g_clear_error (&error);

  assert_opens (fixture->vault, PASSWORD);
  g_assert_null (wattle_vault_lookup_secret (fixture->vault, "device-key", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (wattle_vault_store_secret (fixture->vault, "device-key", seed, NULL));
  g_assert_true (wattle_vault_store_secret (fixture->vault, "refresh-token", seed, NULL));
  g_assert_true (wattle_vault_store_secret (fixture->vault, "refresh-token", refresh, NULL));
  back = wattle_vault_lookup_secret (fixture->vault, "refresh-token", &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (back, refresh));
  g_clear_pointer (&back, g_bytes_unref);
  back = wattle_vault_lookup_secret (fixture->vault, "device-key", NULL);
  g_assert_true (g_bytes_equal (back, seed));

  path = g_build_filename (wattle_vault_get_folder (fixture->vault), "secrets", NULL);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_null (memmem (bytes, length, "canary", 6));
  g_assert_null (memmem (bytes, length, "refresh", 7));

  for (guint i = 0; i < 40; i++)
    {
      gsize at = g_test_rand_int_range (0, length);

      bytes[at] ^= 1 << g_test_rand_int_range (0, 8);
      g_assert_true (g_file_set_contents (path, bytes, i % 2 ? (gssize) at : (gssize) length, NULL));
      g_assert_null (wattle_vault_lookup_secret (fixture->vault, "device-key", &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
      g_clear_error (&error);
      g_assert_false (wattle_vault_store_secret (fixture->vault, "device-key", seed, NULL));
      bytes[at] ^= 1;
    }
}

static void
test_wipe (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *old = NULL;
  guint8 key[WATTLE_VFS_KEY_BYTES];

  assert_opens (fixture->vault, PASSWORD);
  make_records (fixture->vault);
  g_assert_true (wattle_vault_wipe_sync (fixture->vault, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (wattle_keyring_memory_count (fixture->memory), ==, 0);
  g_assert_false (g_file_test (wattle_vault_get_folder (fixture->vault), G_FILE_TEST_EXISTS));
  g_assert_false (wattle_vault_copy_database_key (fixture->vault, "outbox.db", key, NULL));
  g_assert_true (wattle_vault_wipe_sync (fixture->vault, NULL, NULL));
  assert_opens (fixture->vault, PASSWORD);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
test_async (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  wattle_keyring_memory_set_status (fixture->memory, WATTLE_KEYRING_LOCKED);
  wattle_vault_probe_async (fixture->vault, NULL, done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (wattle_vault_probe_finish (fixture->vault, result, &error));
  g_assert_cmpint (wattle_vault_get_state (fixture->vault), ==, WATTLE_VAULT_LOCKED);
  g_clear_object (&result);

  wattle_vault_unlock_async (fixture->vault, NULL, done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (wattle_vault_unlock_finish (fixture->vault, result, &error));
  g_assert_cmpint (wattle_vault_get_state (fixture->vault), ==, WATTLE_VAULT_FIRST_RUN);
  g_clear_object (&result);

  wattle_vault_open_async (fixture->vault, WATTLE_VAULT_WITH_KEYRING, PASSWORD, NULL, done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (wattle_vault_open_finish (fixture->vault, result, &error));
  g_assert_cmpint (wattle_vault_get_state (fixture->vault), ==, WATTLE_VAULT_READY);
  g_clear_object (&result);

  g_cancellable_cancel (cancelled);
  wattle_vault_probe_async (fixture->vault, cancelled, done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (wattle_vault_probe_finish (fixture->vault, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static gpointer
open_in_thread (gpointer vault)
{
  wattle_vault_open_sync (vault, WATTLE_VAULT_WITH_KEYRING, PASSWORD, NULL, NULL);
  return NULL;
}

/* Two windows that meet a new account at once make one key. */
static void
test_race (Fixture *fixture, gconstpointer data)
{
  WattleVault *vaults[6];
  GThread *threads[G_N_ELEMENTS (vaults)];
  guint8 first[WATTLE_VFS_KEY_BYTES];

  for (guint i = 0; i < G_N_ELEMENTS (vaults); i++)
    vaults[i] = same_vault (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (vaults); i++)
    threads[i] = g_thread_new ("open", open_in_thread, vaults[i]);
  for (guint i = 0; i < G_N_ELEMENTS (vaults); i++)
    g_thread_join (threads[i]);

  g_assert_cmpuint (wattle_keyring_memory_stores (fixture->memory), ==, 1);
  g_assert_true (wattle_vault_copy_database_key (vaults[0], "cache.db", first, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (vaults); i++)
    {
      guint8 key[WATTLE_VFS_KEY_BYTES] = { 0 };

      g_assert_true (wattle_vault_copy_database_key (vaults[i], "cache.db", key, NULL));
      g_assert_cmpmem (key, sizeof key, first, sizeof first);
      g_object_unref (vaults[i]);
    }
}

static void
test_sentences (void)
{
  for (WattleVaultState a = 0; a < WATTLE_VAULT_N_STATES; a++)
    {
      g_assert_nonnull (wattle_vault_state_sentence (a));
      for (WattleVaultState b = 0; b < a; b++)
        g_assert_cmpstr (wattle_vault_state_sentence (a), !=, wattle_vault_state_sentence (b));
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  wattle_vfs_register (&error);
  g_assert_no_error (error);

#define ADD(name, function) g_test_add ("/vault/" name, Fixture, NULL, set_up, function, tear_down)
  g_test_add_func ("/vault/states", test_states);
  g_test_add_func ("/vault/sentences", test_sentences);
  ADD ("passwords", test_passwords);
  ADD ("passphrase", test_passphrase);
  ADD ("quarantine", test_quarantine);
  ADD ("out-of-sight", test_out_of_sight);
  ADD ("secrets", test_secrets);
  ADD ("wipe", test_wipe);
  ADD ("async", test_async);
  ADD ("race", test_race);
  return g_test_run ();
}
