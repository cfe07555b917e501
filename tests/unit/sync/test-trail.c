/* test-trail.c: what a device keeps of the server's audit trail, and when it complains
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/trail.h"

#include <glib/gstdio.h>
#include <sodium.h>

#include "store/trail-note.h"
#include "store/vfs/vfs.h"

#define EPOCH "01900000000000000000000ep1"
#define OTHER_EPOCH "01900000000000000000000ep2"
#define ORIGIN "wattle/audit/p"

typedef struct
{
  char *folder;
  WattleOutbox *outbox;
  guint8 public[WATTLE_TRAIL_PUBLIC];
  guint8 secret[WATTLE_TRAIL_SECRET];
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  static const guint8 key[WATTLE_VFS_KEY_BYTES] = { 1 };
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("wattle-trail-XXXXXX", NULL);
  path = g_build_filename (self->folder, "outbox.db", NULL);
  self->outbox = wattle_outbox_open (path, key, &error);
  g_assert_no_error (error);
  crypto_sign_keypair (self->public, self->secret);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  g_assert_true (wattle_outbox_close (self->outbox, NULL));
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
}

/* The server's story: the root at a size is that size again and again, in its @version of the story. */
static void
tell (guint8 root[WATTLE_TRAIL_HASH], gint64 size, guint version)
{
  for (guint i = 0; i < WATTLE_TRAIL_HASH; i++)
    root[i] = size * 7 + version * 13 + i;
}

/* A hello of a server whose trail has @size events, @missing the one that is asked for. Returns: the complaint */
static char *
hello (Fixture *self, const char *epoch, gint64 size, guint version, gboolean missing)
{
  gint64 asked = wattle_trail_newest (self->outbox, epoch);
  WattleTrailNote note = { .origin = ORIGIN, .size = size, .at = 1700000000000000 };
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  g_autofree char *key = wattle_trail_key_print (ORIGIN, self->public);
  g_autofree char *signed_note = NULL;
  g_autofree char *root = NULL;
  g_autoptr (WattleJson) json = NULL;
  guint8 at[WATTLE_TRAIL_HASH];

  tell (note.root, size, version);
  tell (at, asked, version);
  signed_note = wattle_trail_note_sign (&note, self->secret);
  root = g_base64_encode (at, sizeof at);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "checkpoint", signed_note);
  wattle_json_pair_string (&writer, "checkpoint_key", key);
  if (!missing)
    wattle_json_pair_string (&writer, "checkpoint_root", root);
  wattle_json_end_object (&writer);
  json = wattle_json_parse (text->str, text->len, NULL, NULL);
  return wattle_trail_compare (self->outbox, epoch, asked, wattle_json_root (json), size);
}

#define assert_content(...) \
  G_STMT_START \
  { \
    g_autofree char *complaint = hello (__VA_ARGS__); \
    g_assert_null (complaint); \
  } \
  G_STMT_END

#define assert_complains(...) \
  G_STMT_START \
  { \
    g_autofree char *complaint = hello (__VA_ARGS__); \
    g_assert_nonnull (complaint); \
  } \
  G_STMT_END

static void
test_grows (Fixture *self, gconstpointer data)
{
  g_auto (GStrv) keys = NULL;

  for (gint64 size = 1; size <= 250; size++)
    assert_content (self, EPOCH, size, 0, FALSE);
  assert_content (self, EPOCH, 250, 0, FALSE);
  g_assert_cmpint (wattle_trail_newest (self->outbox, EPOCH), ==, 250);
  keys = wattle_outbox_kept_keys (self->outbox, "checkpoint", NULL);
  g_assert_cmpuint (g_strv_length (keys), ==, 100);
}

static void
test_shrinks (Fixture *self, gconstpointer data)
{
  assert_content (self, EPOCH, 50, 0, FALSE);
  assert_complains (self, EPOCH, 40, 0, FALSE);
  assert_complains (self, EPOCH, 60, 0, TRUE);
  g_assert_cmpint (wattle_trail_newest (self->outbox, EPOCH), ==, 50);
  assert_content (self, EPOCH, 60, 0, FALSE);
}

static void
test_forks (Fixture *self, gconstpointer data)
{
  assert_content (self, EPOCH, 50, 0, FALSE);
  assert_complains (self, EPOCH, 50, 1, FALSE);
  assert_complains (self, EPOCH, 70, 1, FALSE);
  g_assert_cmpint (wattle_trail_newest (self->outbox, EPOCH), ==, 50);
}

static void
test_another_key (Fixture *self, gconstpointer data)
{
  assert_content (self, EPOCH, 50, 0, FALSE);
  crypto_sign_keypair (self->public, self->secret);
  assert_complains (self, EPOCH, 60, 0, FALSE);
}

static void
test_silence (Fixture *self, gconstpointer data)
{
  g_autoptr (WattleJson) json = wattle_json_parse ("{}", -1, NULL, NULL);
  g_autofree char *complaint = wattle_trail_compare (self->outbox, EPOCH, 0, wattle_json_root (json), 1);

  g_assert_null (complaint);
  assert_content (self, EPOCH, 50, 0, FALSE);
  complaint = wattle_trail_compare (self->outbox, EPOCH, 50, wattle_json_root (json), 2);
  g_assert_nonnull (complaint);
}

/* After a restore the trail may be shorter: the server says so with a new epoch. */
static void
test_restored (Fixture *self, gconstpointer data)
{
  assert_content (self, EPOCH, 50, 0, FALSE);
  assert_content (self, OTHER_EPOCH, 20, 1, FALSE);
  assert_complains (self, OTHER_EPOCH, 10, 1, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add ("/sync/trail/grows", Fixture, NULL, set_up, test_grows, tear_down);
  g_test_add ("/sync/trail/shrinks", Fixture, NULL, set_up, test_shrinks, tear_down);
  g_test_add ("/sync/trail/forks", Fixture, NULL, set_up, test_forks, tear_down);
  g_test_add ("/sync/trail/another-key", Fixture, NULL, set_up, test_another_key, tear_down);
  g_test_add ("/sync/trail/silence", Fixture, NULL, set_up, test_silence, tear_down);
  g_test_add ("/sync/trail/restored", Fixture, NULL, set_up, test_restored, tear_down);
  return g_test_run ();
}
