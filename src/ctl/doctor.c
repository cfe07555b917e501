/* doctor.c: wattlectl doctor: what is wrong with a data directory, in sentences
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.h"
#include "ctl/ctl.h"
#include "ctl/progress.h"
#include "server/api/blob-file.h"
#include "server/auth/keys.h"

#define LITTLE_SPACE (G_GUINT64_CONSTANT (1024) * 1024 * 1024)
#define PAGE 1000
#define PIECE 65536

typedef struct
{
  WattleCtl *ctl;
  WattleStore *store;
  WattleTransaction *transaction;
  WattleReader *reader;
  GPtrArray *findings; /* of utf8 */
  WattleProgress progress;
} Doctor;

static void find (Doctor *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
find (Doctor *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->findings, g_strdup_vprintf (format, args));
  va_end (args);
}

/* Whether it is there; says so when others may read it. */
static gboolean
check_file (Doctor *self, const char *path, gboolean needed)
{
  struct stat status;

  if (g_lstat (path, &status) < 0)
    {
      if (needed)
        find (self, _("“%s” is missing. Put it back from a backup."), path);
      return FALSE;
    }
  if (!S_ISREG (status.st_mode) && !S_ISDIR (status.st_mode))
    find (self, _("“%s” is neither a file nor a folder."), path);
  if (status.st_mode & 077)
    find (self, _("“%s” is open to other users of this computer: its mode is %03o. Do “chmod go= %s”."), path,
          status.st_mode & 0777, path);
  if (geteuid () != 0 && status.st_uid != geteuid ())
    find (self, _("“%s” belongs to another user."), path);
  return TRUE;
}

static void
check_space (Doctor *self)
{
  struct statvfs disk;
  guint64 free_bytes;

  if (statvfs (self->ctl->data, &disk) < 0)
    return;
  free_bytes = (guint64) disk.f_bavail * disk.f_frsize;
  if (free_bytes < LITTLE_SPACE)
    {
      g_autofree char *left = g_format_size (free_bytes);

      find (self, _("Only %s are free on the disk of “%s”."), left, self->ctl->data);
    }
}

static gboolean
check_files (Doctor *self)
{
  static const char *const companions[] = {
    "wattle.db-wal", "wattle.db-shm", "lock", "setup-code", "blobs", "uploads"
  };
  g_autofree char *database = wattle_ctl_file (self->ctl, WATTLE_DIRECTORY_DATABASE);
  g_autofree char *key = wattle_ctl_file (self->ctl, WATTLE_DIRECTORY_KEY);

  if (!g_file_test (self->ctl->data, G_FILE_TEST_IS_DIR))
    {
      find (self, _("There is no folder “%s”."), self->ctl->data);
      return FALSE;
    }
  check_file (self, self->ctl->data, TRUE);
  check_space (self);
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *path = wattle_ctl_file (self->ctl, companions[i]);

      check_file (self, path, FALSE);
    }
  check_file (self, key, TRUE);
  return self->ctl->database != NULL || check_file (self, database, TRUE);
}

/* The server's key, or NULL with a finding. */
static WattleKeys *
check_key (Doctor *self)
{
  g_autofree char *path = wattle_ctl_file (self->ctl, WATTLE_DIRECTORY_KEY);
  g_autoptr (GError) error = NULL;
  WattleKeys *keys;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  keys = wattle_keys_open (path, FALSE, &error);
  if (keys == NULL)
    find (self, "%s", error->message);
  return keys;
}

static void
check_people (Doctor *self)
{
  WattleQuery practices = wattle_query (WATTLE_RECORD_PRACTICE);
  WattleQuery users = wattle_query (WATTLE_RECORD_USER);
  g_autoptr (GPtrArray) list = NULL;
  guint administrators = 0;

  if (wattle_reader_count (self->reader, &practices, NULL) != 1)
    find (self, _("There is no practice in it, or more than one."));
  wattle_query_where (&users, WATTLE_USER_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_USER_STATUS_ACTIVE);
  list = wattle_reader_query (self->reader, &users, NULL);
  for (guint i = 0; list != NULL && i < list->len; i++)
    if (wattle_record_get_integer (g_ptr_array_index (list, i), WATTLE_USER_ROLES) & (1 << WATTLE_ROLE_ADMINISTRATOR))
      administrators++;
  if (administrators == 0)
    find (self, _("No active user is an administrator: nobody can invite people or change roles."));
}

static gint64
trailing_number (const char *text)
{
  const char *end = text + strlen (text), *start = end;

  while (start > text && g_ascii_isdigit (start[-1]))
    start--;
  return g_ascii_strtoll (start, NULL, 10);
}

/* Numbers of invoices have no gaps: as many as the greatest. */
static void
check_sequence (Doctor *self, WattleRecordType type, WattleFieldId number, const char *what)
{
  WattleQuery all = wattle_query (type), missing = wattle_query (type);
  gint64 total, without, greatest = 0;
  g_autoptr (WattleRecord) last = NULL;

  all.with_deleted = missing.with_deleted = TRUE;
  wattle_query_where (&missing, number, WATTLE_COMPARE_MISSING, 0);
  total = wattle_reader_count (self->reader, &all, NULL);
  without = wattle_reader_count (self->reader, &missing, NULL);
  wattle_query_order_by (&all, number, TRUE);
  all.limit = 1;
  last = total > without ? wattle_reader_find (self->reader, &all, NULL) : NULL;
  if (last != NULL && wattle_record_has (last, number))
    greatest = trailing_number (wattle_record_get_string (last, number));
  /* Beyond six digits the order of texts is not that of numbers. */
  if (total - without < 999999 && greatest != total - without)
    {
      g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, total - without);
      g_autofree char *top = g_strdup_printf ("%" G_GINT64_FORMAT, greatest);

      find (self, _("The numbers of %s are not gapless: there are %s, and the greatest is %s."), what, count, top);
    }
}

static void
check_blob (Doctor *self, WattleRecord *document, const guint8 *key, gboolean quick)
{
  const char *hash = wattle_record_get_string (document, WATTLE_DOCUMENT_HASH);
  g_autofree char *start = g_strndup (hash, 2);
  g_autofree char *path = g_build_filename (self->ctl->data, WATTLE_DIRECTORY_BLOBS, start, hash, NULL);
  g_autofree char *buffer = g_malloc (PIECE);
  g_autoptr (WattleBlobReader) reader = NULL;
  guint8 found[32];
  char text[65];
  crypto_generichash_state state;
  gssize n = 1;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      find (self, _("The bytes of document %s are missing: “%s”."), wattle_record_id (document), path);
      return;
    }
  if (quick || key == NULL)
    return;
  reader = wattle_blob_reader_open (path, hash, key, 0, G_MAXUINT64, NULL);
  crypto_generichash_init (&state, NULL, 0, sizeof found);
  while (reader != NULL && n > 0)
    {
      n = wattle_blob_reader_pull (reader, buffer, PIECE, NULL);
      if (n > 0)
        crypto_generichash_update (&state, (guint8 *) buffer, n);
    }
  crypto_generichash_final (&state, found, sizeof found);
  sodium_bin2hex (text, sizeof text, found, sizeof found);
  if (reader == NULL || n < 0 || strcmp (text, hash) != 0)
    find (self, _("The bytes of document %s are damaged: “%s”. Restore them from a backup."),
          wattle_record_id (document), path);
}

static gboolean
check_blobs (Doctor *self, WattleKeys *keys, gboolean quick, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_DOCUMENT);
  gint64 total = wattle_reader_count (self->reader, &query, NULL);
  guint8 key[WATTLE_KEY_BYTES];

  if (keys != NULL)
    wattle_keys_derive (keys, WATTLE_KEY_BLOBS, key);
  query.limit = PAGE;
  while (query.offset < total)
    {
      g_autoptr (GPtrArray) documents = wattle_reader_query (self->reader, &query, error);

      if (documents == NULL || g_cancellable_set_error_if_cancelled (self->ctl->cancellable, error))
        return FALSE;
      for (guint i = 0; i < documents->len; i++)
        {
          wattle_progress_show (&self->progress, _("Documents"), (double) (query.offset + i) / total);
          check_blob (self, g_ptr_array_index (documents, i), keys != NULL ? key : NULL, quick);
        }
      query.offset += PAGE;
    }
  sodium_memzero (key, sizeof key);
  return TRUE;
}

static gboolean
check_audit (Doctor *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  gint64 first_bad = 0;

  wattle_progress_show (&self->progress, _("Audit trail"), 0);
  if (wattle_transaction_audit_verify (self->transaction, &first_bad, self->ctl->cancellable, &local))
    return TRUE;
  if (wattle_error_get_code (local) == WATTLE_ERROR_CORRUPT)
    {
      char number[24];

      g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, first_bad);
      find (self, _("The audit trail was touched: event %s does not follow from the one before it."), number);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
check_database (Doctor *self, WattleKeys *keys, gboolean quick, GError **error)
{
  g_autofree char *engine = NULL;

  self->transaction = wattle_store_begin_read (self->store, error);
  if (self->transaction == NULL)
    return FALSE;
  self->reader = wattle_transaction_reader (self->transaction);
  engine = wattle_transaction_engine (self->transaction);
  g_print (_("The records are in %s.\n"), engine);
  check_people (self);
  check_sequence (self, WATTLE_RECORD_INVOICE, WATTLE_INVOICE_NUMBER, _("invoices"));
  check_sequence (self, WATTLE_RECORD_PAYMENT, WATTLE_PAYMENT_RECEIPT_NUMBER, _("receipts"));
  if (!check_blobs (self, keys, quick, error) || (!quick && !check_audit (self, error)))
    return FALSE;
  wattle_progress_show (&self->progress, _("Database"), 0);
  return quick || wattle_store_check (self->store, self->findings, self->ctl->cancellable, error);
}

/* Whether a server has it now: no fault, and worth knowing. */
static void
say_if_in_use (Doctor *self)
{
  g_autofree char *path = wattle_ctl_file (self->ctl, WATTLE_DIRECTORY_LOCK);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDirectoryLock) lock = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  lock = wattle_directory_lock (self->ctl->data, FALSE, &error);
  if (lock == NULL && wattle_error_get_code (error) == WATTLE_ERROR_BUSY)
    g_print ("%s\n", _("A server or another command has it open now."));
}

static gboolean
examine (Doctor *self, gboolean quick, GError **error)
{
  g_autoptr (WattleKeys) keys = NULL;
  g_autoptr (GError) local = NULL;

  if (!check_files (self))
    return TRUE;
  say_if_in_use (self);
  keys = check_key (self);
  self->store = wattle_ctl_open (self->ctl, FALSE, NULL, &local);
  if (self->store == NULL)
    {
      find (self, "%s", local->message);
      return TRUE;
    }
  return check_database (self, keys, quick, error);
}

WattleCtlExit
wattle_ctl_doctor (WattleCtl *ctl, char **argv, GError **error)
{
  gboolean quick = FALSE, ok;
  const GOptionEntry entries[] = {
    { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, NULL, NULL },
    { NULL },
  };
  Doctor self = { .ctl = ctl };
  WattleCtlExit exit = WATTLE_CTL_FAILED;

  if (!wattle_ctl_options (ctl, "doctor", entries, &argv, 0, 0, error))
    return WATTLE_CTL_USAGE;
  self.findings = g_ptr_array_new_with_free_func (g_free);
  ok = examine (&self, quick, error);
  wattle_progress_end (&self.progress);
  for (guint i = 0; i < self.findings->len; i++)
    g_print ("- %s\n", (char *) g_ptr_array_index (self.findings, i));
  if (ok)
    exit = self.findings->len > 0 ? WATTLE_CTL_FINDINGS : WATTLE_CTL_DONE;
  if (exit == WATTLE_CTL_DONE)
    g_print (_("“%s” is in order.\n"), ctl->data);
  g_clear_pointer (&self.transaction, wattle_transaction_free);
  g_clear_object (&self.store);
  g_ptr_array_unref (self.findings);
  return exit;
}
