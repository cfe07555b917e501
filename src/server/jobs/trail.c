/* trail.c: signed checkpoints of the audit trail, in the database and in files beside it
 *
 * Whoever can write the database can write its chain of hashes anew. The checkpoints say what it was: they are in a
 * file that a backup takes away, and every client keeps the latest.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/jobs/trail.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"

#define EVENTS 1000
#define INTERVAL (5 * WATTLE_MINUTE)

/**
 * wattle_trail_origin:
 * @transaction: a transaction
 *
 * Returns: (transfer full): the name of this practice's trail
 */
char *
wattle_trail_origin (WattleTransaction *transaction)
{
  g_autofree char *practice = wattle_transaction_meta (transaction, "practice", NULL);

  return g_strconcat ("wattle/audit/", practice != NULL ? practice : "new", NULL);
}

static WattleTrailNote *
last_note (WattleTransaction *transaction)
{
  g_autofree char *text = wattle_transaction_meta (transaction, WATTLE_TRAIL_META, NULL);

  return text != NULL ? wattle_trail_note_parse (text, -1, NULL, NULL) : NULL;
}

static gboolean
is_due (gint64 size, const WattleTrailNote *last, gboolean at_once)
{
  gint64 since = size - (last != NULL ? last->size : 0);

  return since >= EVENTS || (since > 0 && (at_once || last == NULL || wattle_clock_now () - last->at >= INTERVAL));
}

/**
 * wattle_trail_is_due:
 * @transaction: a transaction
 * @at_once: whether one new event is enough
 *
 * Returns: whether it is time for a checkpoint: after 1000 events, or after 5 minutes with one
 */
gboolean
wattle_trail_is_due (WattleTransaction *transaction, gboolean at_once)
{
  g_autoptr (WattleTrailNote) last = last_note (transaction);
  guint8 root[WATTLE_TRAIL_HASH];
  gint64 size;

  return wattle_transaction_audit_at (transaction, 0, &size, root, NULL) && is_due (size, last, at_once);
}

/**
 * wattle_trail_mark:
 * @transaction: a write transaction
 * @keys: the server's key
 * @at_once: whether one new event is enough
 * @error: the failure
 *
 * Signs where the trail stands, when that is due and no other process was faster, and notes it in the database.
 *
 * Returns: (transfer full) (nullable): the latest note, new or not; %NULL without @error when there is none
 */
char *
wattle_trail_mark (WattleTransaction *transaction, WattleKeys *keys, gboolean at_once, GError **error)
{
  g_autoptr (WattleTrailNote) last = last_note (transaction);
  g_autofree char *origin = wattle_trail_origin (transaction);
  WattleTrailNote note = { .origin = origin, .at = wattle_clock_now () };
  guint8 public[WATTLE_TRAIL_PUBLIC], secret[WATTLE_TRAIL_SECRET];
  g_autofree char *text = NULL;

  if (!wattle_transaction_audit_at (transaction, 0, &note.size, note.root, error))
    return NULL;
  if (!is_due (note.size, last, at_once))
    return wattle_transaction_meta (transaction, WATTLE_TRAIL_META, NULL);
  wattle_keys_signer (keys, public, secret);
  text = wattle_trail_note_sign (&note, secret);
  sodium_memzero (secret, sizeof secret);
  return wattle_transaction_set_meta (transaction, WATTLE_TRAIL_META, text, error) ? g_steal_pointer (&text) : NULL;
}

/* One write, so that two processes do not mix their lines; then the disk has it. */
static gboolean
append (const char *path, const char *note, GError **error)
{
  gsize length = strlen (note);
  int fd = g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  gboolean good = fd >= 0 && write (fd, note, length) == (gssize) length && fsync (fd) == 0;
  int saved = errno;

  if (fd >= 0)
    close (fd);
  if (!good)
    wattle_set_errno (error, saved, path, "keep a checkpoint of the audit trail in");
  return good;
}

/* The file's last bytes are this note: it was kept before. */
static gboolean
ends_with (const char *path, const char *note)
{
  gsize length = strlen (note);
  g_autofree char *tail = g_malloc0 (length + 1);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean same = fd >= 0 && lseek (fd, -(off_t) length, SEEK_END) >= 0 && read (fd, tail, length) == (gssize) length
                  && strcmp (tail, note) == 0;

  if (fd >= 0)
    close (fd);
  return same;
}

/**
 * wattle_trail_keep:
 * @folder: where copies are kept; made when it is not there
 * @note: a checkpoint
 * @keys: the server's key, whose public half is put beside
 * @error: the failure
 *
 * Adds @note to the file of all checkpoints unless it is its last one.
 */
gboolean
wattle_trail_keep (const char *folder, const char *note, WattleKeys *keys, GError **error)
{
  g_autofree char *path = g_build_filename (folder, WATTLE_TRAIL_FILE, NULL);
  g_autofree char *key_path = g_build_filename (folder, WATTLE_TRAIL_KEY_FILE, NULL);
  g_autoptr (WattleTrailNote) parsed = wattle_trail_note_parse (note, -1, NULL, error);
  guint8 public[WATTLE_TRAIL_PUBLIC], secret[WATTLE_TRAIL_SECRET];
  g_autofree char *key = NULL;

  if (parsed == NULL || ends_with (path, note))
    return parsed != NULL;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      wattle_set_errno (error, errno, folder, "make");
      return FALSE;
    }
  wattle_keys_signer (keys, public, secret);
  sodium_memzero (secret, sizeof secret);
  key = wattle_trail_key_print (parsed->origin, public);
  if (!g_file_test (key_path, G_FILE_TEST_EXISTS) && !wattle_file_replace (key_path, key, strlen (key), error))
    return FALSE;
  return append (path, note, error);
}
