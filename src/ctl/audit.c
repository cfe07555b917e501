/* audit.c: wattlectl audit verify: whether the trail of who did what is whole
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "ctl/ctl.h"
#include "server/auth/keys.h"
#include "server/jobs/trail.h"
#include "store/directory.h"

#define MAX_FILE (256 * 1024 * 1024)
#define NUMBER 24

typedef struct
{
  WattleCtl *ctl;
  GPtrArray *notes; /* WattleTrailNote, by size */
  guint next;       /* first note that the walk has not come to */
  gint64 agreed;    /* size of the last note that agrees, and of one before */
  gint64 agreed_before;
  WattleTrailNote *broken;
  guint findings;
} Verify;

static void
verify_clear (Verify *self)
{
  g_clear_pointer (&self->notes, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Verify, verify_clear)

static void
find (Verify *self, const char *sentence)
{
  g_print ("%s\n", sentence);
  self->findings++;
}

static const char *
print_number (gint64 number, char text[NUMBER])
{
  g_snprintf (text, NUMBER, "%" G_GINT64_FORMAT, number);
  return text;
}

/* Takes the notes off a file. Bytes that are none, as a crash or a hand leaves them, are said and passed over. */
static void
read_notes (Verify *self, const char *path, const char *text, gsize length, const guint8 *public)
{
  const char *at = text, *end = text + length;
  gboolean is_torn = FALSE;

  while (at < end)
    {
      gsize taken;
      WattleTrailNote *note = wattle_trail_note_parse (at, end - at, &taken, NULL);

      if (note != NULL && wattle_trail_note_is_signed (at, taken, public))
        g_ptr_array_add (self->notes, note);
      else if (note != NULL)
        {
          char number[NUMBER];
          g_autofree char *sentence =
            g_strdup_printf (_("The checkpoint of event %s in “%s” is not signed by this server."),
                             print_number (note->size, number), path);

          find (self, sentence);
          wattle_trail_note_free (note);
        }
      else
        {
          const char *line = memchr (at, '\n', end - at);

          is_torn = TRUE;
          taken = line != NULL ? line + 1 - at : end - at;
        }
      at += taken;
    }
  if (is_torn)
    {
      g_autofree char *sentence = g_strdup_printf (_("A part of “%s” is no checkpoint and was passed over."), path);

      find (self, sentence);
    }
}

static gboolean
read_file (Verify *self, const char *path, const guint8 *public, GError **error)
{
  g_autoptr (GBytes) bytes = wattle_file_read (path, MAX_FILE, error);
  const char *text;
  gsize length;

  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &length);
  read_notes (self, path, text != NULL ? text : "", length, public);
  return TRUE;
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const WattleTrailNote *left = *(WattleTrailNote *const *) a, *right = *(WattleTrailNote *const *) b;

  return left->size < right->size ? -1 : left->size > right->size;
}

/* The file of this server, those named, and the one in the database. */
static gboolean
read_all (Verify *self, WattleTransaction *transaction, char **files, GError **error)
{
  g_autofree char *key_path = wattle_ctl_file (self->ctl, WATTLE_DIRECTORY_KEY);
  g_autofree char *folder = wattle_ctl_file (self->ctl, WATTLE_TRAIL_FOLDER);
  g_autofree char *own = g_build_filename (folder, WATTLE_TRAIL_FILE, NULL);
  g_autofree char *kept = wattle_transaction_meta (transaction, WATTLE_TRAIL_META, NULL);
  g_autoptr (WattleKeys) keys = wattle_keys_open (key_path, FALSE, error);
  guint8 public[WATTLE_TRAIL_PUBLIC], secret[WATTLE_TRAIL_SECRET];

  if (keys == NULL)
    return FALSE;
  wattle_keys_signer (keys, public, secret);
  memset (secret, 0, sizeof secret);
  if (g_file_test (own, G_FILE_TEST_EXISTS) && !read_file (self, own, public, error))
    return FALSE;
  for (guint i = 0; files != NULL && files[i] != NULL; i++)
    {
      g_autofree char *path =
        g_file_test (files[i], G_FILE_TEST_IS_DIR) ? g_build_filename (files[i], WATTLE_TRAIL_FILE, NULL) : NULL;

      if (!read_file (self, path != NULL ? path : files[i], public, error))
        return FALSE;
    }
  if (kept != NULL)
    read_notes (self, WATTLE_DIRECTORY_DATABASE, kept, strlen (kept), public);
  g_ptr_array_sort (self->notes, compare_sizes);
  return TRUE;
}

/* The checkpoints themselves: two of one size that differ mean two trails. */
static void
check_fork (Verify *self)
{
  for (guint i = 1; i < self->notes->len; i++)
    {
      const WattleTrailNote *before = self->notes->pdata[i - 1], *note = self->notes->pdata[i];

      if (before->size == note->size && memcmp (before->root, note->root, WATTLE_TRAIL_HASH) != 0)
        {
          char number[NUMBER];
          g_autofree char *sentence =
            g_strdup_printf (_("There are two trails: two signed checkpoints of event %s differ."),
                             print_number (note->size, number));

          find (self, sentence);
          return;
        }
    }
}

static void
compare_row (gint64 sequence, const guint8 hash[WATTLE_TRAIL_HASH], gpointer data)
{
  Verify *self = data;

  for (; self->next < self->notes->len; self->next++)
    {
      WattleTrailNote *note = self->notes->pdata[self->next];

      if (note->size > sequence)
        return;
      if (self->broken != NULL)
        continue;
      if (memcmp (note->root, hash, WATTLE_TRAIL_HASH) != 0)
        self->broken = note;
      else if (note->size > self->agreed)
        {
          self->agreed_before = self->agreed;
          self->agreed = note->size;
        }
    }
}

/* What the checkpoints say of a chain that is whole in itself. */
static void
check_notes (Verify *self, gint64 size)
{
  char first[NUMBER], last[NUMBER];

  if (self->broken != NULL)
    {
      gint64 good = self->agreed < self->broken->size ? self->agreed : self->agreed_before;
      g_autofree char *sentence = g_strdup_printf (
        _("The audit trail was written anew: the first event that is not what was signed is %s or one up to %s."),
        print_number (good + 1, first), print_number (self->broken->size, last));

      find (self, sentence);
    }
  else if (self->next < self->notes->len)
    {
      const WattleTrailNote *note = self->notes->pdata[self->notes->len - 1];
      g_autofree char *sentence =
        g_strdup_printf (_("The end of the audit trail is gone: event %s is the first that is missing of %s signed."),
                         print_number (size + 1, first), print_number (note->size, last));

      find (self, sentence);
    }
}

static gboolean
walk (Verify *self, WattleTransaction *transaction, GError **error)
{
  g_autoptr (GError) local = NULL;
  guint8 root[WATTLE_TRAIL_HASH];
  gint64 first_bad = 0, size;
  char number[NUMBER];

  if (!wattle_transaction_audit_at (transaction, 0, &size, root, error))
    return FALSE;
  if (wattle_transaction_audit_walk (transaction, compare_row, self, &first_bad, self->ctl->cancellable, &local))
    {
      check_notes (self, size);
      if (self->findings == 0)
        g_print (_("The audit trail is whole: %s events follow one from the other, and %u checkpoints agree.\n"),
                 print_number (size, number), self->notes->len);
      return TRUE;
    }
  if (wattle_error_get_code (local) == WATTLE_ERROR_CORRUPT && first_bad > size)
    check_notes (self, size);
  if (wattle_error_get_code (local) == WATTLE_ERROR_CORRUPT)
    {
      g_autofree char *sentence =
        g_strdup_printf (_("The audit trail was touched: event %s does not follow from the one before it."),
                         print_number (first_bad, number));

      find (self, sentence);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

WattleCtlExit
wattle_ctl_audit (WattleCtl *ctl, char **argv, GError **error)
{
  g_auto (GStrv) files = NULL;
  const GOptionEntry entries[] = {
    { "checkpoints", 'c', 0, G_OPTION_ARG_FILENAME_ARRAY, &files,
      N_ ("Compare with the checkpoints in this file or folder too"), N_ ("FILE") },
    { NULL },
  };
  g_autoptr (WattleStore) store = NULL;
  g_autoptr (WattleTransaction) transaction = NULL;
  g_auto (Verify) verify = { ctl, g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_trail_note_free) };

  if (!wattle_ctl_options (ctl, "audit verify", entries, &argv, 0, 0, error))
    return WATTLE_CTL_USAGE;
  store = wattle_ctl_open (ctl, FALSE, NULL, error);
  transaction = store != NULL ? wattle_store_begin_read (store, error) : NULL;
  if (transaction == NULL || !read_all (&verify, transaction, files, error))
    return WATTLE_CTL_FAILED;
  check_fork (&verify);
  if (!walk (&verify, transaction, error))
    return WATTLE_CTL_FAILED;
  return verify.findings == 0 ? WATTLE_CTL_DONE : WATTLE_CTL_FINDINGS;
}
