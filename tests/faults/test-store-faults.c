/* test-store-faults.c: a store that is killed or runs out of space keeps every change that it acknowledged
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "fixture.h"

static const char *program;

static WattleStore *
open_at (const char *path)
{
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = path };
  g_autoptr (GError) error = NULL;
  WattleStore *store = wattle_store_open (&options, &error);

  g_assert_no_error (error);
  return store;
}

static void
close_store (WattleStore *store)
{
  g_autoptr (GError) error = NULL;

  wattle_store_close (store, &error);
  g_assert_no_error (error);
  g_object_unref (store);
}

/* One act as a server does it: record, number, audit and answer in one transaction. */
static char *
act (WattleStore *store, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (store, error);
  g_autoptr (WattleRecord) patient = fixture_patient ("Kim", "Kept");
  g_autoptr (WattleRecord) event = wattle_record_new (WATTLE_RECORD_AUDIT_EVENT);
  gint64 number;

  if (transaction == NULL)
    return NULL;
  number = wattle_transaction_next_in_sequence (transaction, "act", error);
  wattle_record_set_integer (patient, WATTLE_PATIENT_MEDICARE_IRN, number);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_ACTION, "patient.create");
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_OUTCOME, "ok");
  if (number < 0 || !wattle_transaction_put (transaction, patient, error)
      || !wattle_transaction_audit (transaction, event, error)
      || !wattle_transaction_keep_operation (transaction, wattle_record_id (patient), "device", number, "{}", error)
      || !wattle_transaction_commit (transaction, error))
    return NULL;
  return g_strdup (wattle_record_id (patient));
}

/* The child: acts, and tells of each act after its commit. */
static int
act_for_ever (const char *path)
{
  WattleStore *store = open_at (path);

  while (TRUE)
    {
      g_autofree char *id = act (store, NULL);
      g_autofree char *line = g_strconcat (id, "\n", NULL);

      if (write (STDOUT_FILENO, line, strlen (line)) < 0)
        return 1;
    }
}

/* Everything that was told of is there, and nothing is half there. */
static void
check_kept (WattleStore *store, GPtrArray *told)
{
  WattleTransaction *transaction = fixture_read (store);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  WattleQuery people = wattle_query (WATTLE_RECORD_PATIENT);
  WattleQuery events = wattle_query (WATTLE_RECORD_AUDIT_EVENT);
  gint64 n;

  for (guint i = 0; i < told->len; i++)
    {
      g_autoptr (WattleRecord) record = wattle_reader_get (wattle_transaction_reader (transaction),
                                                           WATTLE_RECORD_PATIENT, told->pdata[i], &error);
      g_autofree char *answer = wattle_transaction_operation (transaction, told->pdata[i], NULL);

      g_assert_no_error (error);
      g_assert_nonnull (answer);
    }
  n = wattle_reader_count (wattle_transaction_reader (transaction), &people, NULL);
  g_assert_cmpint (n, >=, told->len);
  g_assert_cmpint (wattle_reader_count (wattle_transaction_reader (transaction), &events, NULL), ==, n);
  g_assert_cmpint (wattle_transaction_last_number (transaction, "device", NULL), ==, n);
  g_assert_cmpint (wattle_transaction_revision (transaction), ==, n);
  wattle_transaction_free (transaction);
  wattle_store_check (store, findings, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < findings->len; i++)
    g_test_message ("%s", (char *) findings->pdata[i]);
  g_assert_cmpuint (findings->len, ==, 0);
}

/* Runs the child until it has told of some acts, kills it and takes down the rest of what it told. */
static void
kill_in_the_middle (const char *path, guint enough, GPtrArray *told)
{
  const char *arguments[] = { program, "--act", path, NULL };
  g_autoptr (GError) error = NULL;
  char line[64];
  guint heard = 0;
  GPid pid;
  FILE *from;
  int fd;

  g_spawn_async_with_pipes (NULL, (char **) arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &fd,
                            NULL, &error);
  g_assert_no_error (error);
  from = fdopen (fd, "r");
  while (fgets (line, sizeof line, from) != NULL)
    {
      if (strchr (line, '\n') != NULL)
        g_ptr_array_add (told, g_strndup (line, strlen (line) - 1));
      if (++heard == enough)
        kill (pid, SIGKILL);
    }
  fclose (from);
  waitpid (pid, NULL, 0);
  g_assert_cmpuint (heard, >=, enough);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (folder);
}

static void
test_killed (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wattle-killed-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "practice.db", NULL);
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);

  for (guint round = 0; round < 60; round++)
    {
      WattleStore *store;

      kill_in_the_middle (path, 1 + g_test_rand_int_range (0, 12), told);
      store = open_at (path);
      check_kept (store, told);
      /* every other round the log is left for the next child to find */
      if (round % 2 == 0)
        close_store (store);
      else
        {
          g_autofree char *id = act (store, NULL);
          g_ptr_array_add (told, g_steal_pointer (&id));
          close_store (store);
        }
    }
  g_test_message ("%u acts told of", told->len);
  remove_folder (folder);
}

/* Acts until there is no space, and again when there is. */
static void
fill_up (WattleStore *store, GPtrArray *told)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100000; i++)
    {
      char *id = act (store, &error);

      if (id == NULL)
        break;
      g_ptr_array_add (told, id);
    }
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_DISK_FULL);
}

static void
test_file_limit (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wattle-full-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "practice.db", NULL);
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  WattleStore *store = open_at (path);
  struct rlimit before, small;

  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  for (guint round = 1; round <= 5; round++)
    {
      small = before;
      small.rlim_cur = round * 1500000 + 777;
      setrlimit (RLIMIT_FSIZE, &small);
      fill_up (store, told);
      fill_up (store, told);
      setrlimit (RLIMIT_FSIZE, &before);
      for (guint i = 0; i < 5; i++)
        {
          char *id = act (store, NULL);

          g_assert_nonnull (id);
          g_ptr_array_add (told, id);
        }
      check_kept (store, told);
    }
  close_store (store);
  store = open_at (path);
  check_kept (store, told);
  close_store (store);
  remove_folder (folder);
}

static void
test_disk_full (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wattle-disk-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "practice.db", NULL);
  g_autofree char *ballast = g_build_filename (folder, "ballast", NULL);
  g_autofree char *weight = g_strnfill (1024 * 1024, 'x');
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  WattleStore *store;

  if (mount ("tmpfs", folder, "tmpfs", 0, "size=6m,mode=700") != 0)
    {
      g_rmdir (folder);
      g_test_skip ("no permission to mount a small disk");
      return;
    }
  store = open_at (path);
  g_assert_true (g_file_set_contents (ballast, weight, 1024 * 1024, NULL));
  fill_up (store, told);
  check_kept (store, told);
  g_unlink (ballast);
  for (guint i = 0; i < 5; i++)
    {
      char *id = act (store, NULL);

      g_assert_nonnull (id);
      g_ptr_array_add (told, id);
    }
  check_kept (store, told);
  close_store (store);
  umount2 (folder, MNT_DETACH);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 3 && strcmp (argv[1], "--act") == 0)
    return act_for_ever (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-faults/killed", test_killed);
  g_test_add_func ("/store-faults/file-limit", test_file_limit);
  g_test_add_func ("/store-faults/disk-full", test_disk_full);
  return g_test_run ();
}
