/* files.c: what stays on the disk when a program stops in the middle of its work
 *
 * Every commit of every database asks here first, so a program can be stopped
 * between any two: its files are copied as they are, it goes on in vain, and is
 * then opened from the copy.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "world.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

const char *const sim_client_files[] = { "cache.db", "cache.db-wal", "outbox.db", "outbox.db-wal", NULL };
const char *const sim_server_files[] = { "wattle.db", "wattle.db-wal", NULL };
const char *const sim_server_key[] = { "server-key", NULL };

static SimWorld *watched;

static void
copy_one (const char *from, const char *to, const char *name)
{
  g_autofree char *source = g_build_filename (from, name, NULL);
  g_autofree char *target = g_build_filename (to, name, NULL);
  g_autofree char *bytes = NULL;
  gsize length;
  FILE *out;

  g_unlink (target);
  if (!g_file_get_contents (source, &bytes, &length, NULL))
    return;
  out = fopen (target, "wb");
  g_assert_true (out != NULL && fwrite (bytes, 1, length, out) == length && fclose (out) == 0);
}

void
sim_files_copy (const char *from, const char *to, const char *const *names)
{
  g_mkdir_with_parents (to, 0700);
  for (guint i = 0; names[i] != NULL; i++)
    copy_one (from, to, names[i]);
}

/* The bytes of letters, each a file of its own: a program that goes on in vain takes none away. */
void
sim_files_copy_letters (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".blob"))
      copy_one (from, to, name);
}

/* Puts a copy in the place of the files; shared memory of a database is made anew. */
void
sim_files_move (const char *from, const char *to, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *source = g_build_filename (from, names[i], NULL);
      g_autofree char *target = g_build_filename (to, names[i], NULL);
      g_autofree char *shared = g_strconcat (target, "-shm", NULL);

      g_unlink (shared);
      g_unlink (target);
      if (g_file_test (source, G_FILE_TEST_EXISTS))
        g_assert_cmpint (g_rename (source, target), ==, 0);
    }
}

void
sim_files_remove (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        sim_files_remove (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static void
client_commits (SimClient *client)
{
  g_autofree char *aside = g_build_filename (client->dir, "aside", NULL);

  if (client->crash_in == 0 || client->crashed || --client->crash_in > 0)
    return;
  sim_files_copy (client->dir, aside, sim_client_files);
  sim_files_copy_letters (client->dir, aside);
  client->crashed = TRUE;
}

static int
commit_cb (void *data)
{
  const char *path = sqlite3_db_filename (data, "main");
  g_autofree char *dir = path != NULL ? g_path_get_dirname (path) : NULL;

  if (watched == NULL || dir == NULL)
    return 0;
  for (guint i = 0; i < watched->n_clients; i++)
    if (watched->clients[i] != NULL && strcmp (watched->clients[i]->dir, dir) == 0)
      client_commits (watched->clients[i]);
  if (watched->copy_server && strcmp (watched->server_dir, dir) == 0)
    {
      g_autofree char *aside = g_build_filename (dir, "aside", NULL);

      watched->copy_server = FALSE;
      sim_files_copy (dir, aside, sim_server_files);
      watched->server_copied = TRUE;
    }
  return 0;
}

static int
opened_cb (sqlite3 *db, const char **message, const struct sqlite3_api_routines *routines)
{
  sqlite3_commit_hook (db, commit_cb, db);
  return SQLITE_OK;
}

/* From now on commits are those of this world; NULL for none. */
void
sim_files_watch (SimWorld *world)
{
  watched = world;
  sqlite3_auto_extension ((void (*) (void)) opened_cb);
}
