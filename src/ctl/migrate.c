/* migrate.c: wattlectl migrate: a practice from SQLite into PostgreSQL and back, and the proof that it is the same
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "ctl/ctl.h"
#include "ctl/progress.h"
#include "store/copy.h"
#include "store/postgresql/postgresql.h"

typedef struct
{
  WattleCtl *ctl;
  WattleCtl target; /* the same folder, the other database */
  WattleProgress progress;
  const char *doing;
  gint64 total; /* records in the source */
} Migration;

static void
show_cb (const char *table, gint64 rows, gpointer data)
{
  Migration *self = data;
  g_autofree char *what = g_strdup_printf ("%s: %s", self->doing, table);

  wattle_progress_show (&self->progress, what, self->total > 0 ? (double) rows / (double) self->total : 1);
}

static gboolean
copy (Migration *self, WattleTransaction *from, WattleStore *target, WattleTableDigest *digests, GError **error)
{
  g_autoptr (WattleTransaction) to = wattle_store_begin_write (target, error);

  self->doing = _("Copying");
  return to != NULL && wattle_transaction_copy (from, to, digests, show_cb, self, self->ctl->cancellable, error)
         && wattle_transaction_commit (to, error);
}

static gboolean
refuse_difference (const char *what, GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                          _("“%s” is not the same in both. The copy was thrown away; the practice is as it was."),
                          what);
  return FALSE;
}

/* Reads the copy again, as it is at rest, and compares it with what the source held. */
static gboolean
prove (Migration *self, gint64 head, WattleStore *target, const WattleTableDigest *was, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (target, error);
  WattleTableDigest is[WATTLE_COPY_TABLES];

  self->doing = _("Comparing");
  if (transaction == NULL || !wattle_transaction_digest (transaction, is, show_cb, self, self->ctl->cancellable, error))
    return FALSE;
  for (guint i = 0; i < WATTLE_COPY_TABLES; i++)
    if (was[i].rows != is[i].rows || memcmp (was[i].hash, is[i].hash, sizeof is[i].hash) != 0)
      return refuse_difference (was[i].name, error);
  if (wattle_transaction_revision (transaction) != head)
    return refuse_difference ("revision", error);
  if (!wattle_transaction_audit_verify (transaction, NULL, self->ctl->cancellable, error))
    return FALSE;
  wattle_progress_end (&self->progress);
  for (guint i = 0; i < WATTLE_COPY_TABLES; i++)
    g_print (_("%-10s %10lld rows  %02x%02x%02x%02x  the same\n"), is[i].name, (long long) is[i].rows, is[i].hash[0],
             is[i].hash[1], is[i].hash[2], is[i].hash[3]);
  g_print (_("The audit trail holds, and the last change is number %lld in both.\n"), (long long) head);
  return TRUE;
}

/* What is not whole is nothing; only what this command made goes. */
static void
throw_away (Migration *self)
{
  static const char *const names[] = { "wattle.db", "wattle.db-wal", "wattle.db-shm" };

  if (self->target.database != NULL)
    wattle_postgresql_remove (self->target.database, self->target.practice, NULL);
  for (guint i = 0; self->target.database == NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = wattle_ctl_file (&self->target, names[i]);

      g_unlink (path);
    }
}

static gboolean
holds_practice (WattleStore *store, gboolean *holds, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (store, error);
  g_autofree char *practice = NULL;

  if (transaction == NULL)
    return FALSE;
  practice = wattle_transaction_meta (transaction, "practice", NULL);
  *holds = practice != NULL;
  return TRUE;
}

static gboolean
refuse_target (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, NULL,
                          _("There is a practice already where this one should go. Nothing was changed."));
  return FALSE;
}

/* Looks without a change at what is there; what an interrupted migration left may be used. */
static WattleStore *
open_target (Migration *self, GError **error)
{
  g_autofree char *path = wattle_ctl_file (&self->target, WATTLE_DIRECTORY_DATABASE);
  WattleStoreOptions options = wattle_ctl_store_options (&self->target, path, FALSE);
  g_autoptr (WattleStore) store = NULL;
  gboolean holds = FALSE;

  if (self->target.database == NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      store = wattle_store_open (&options, error);
      if (store == NULL || !holds_practice (store, &holds, error))
        return NULL;
      g_clear_object (&store);
    }
  options.read_only = FALSE;
  store = holds ? NULL : wattle_store_open (&options, error);
  if (!holds && (store == NULL || !holds_practice (store, &holds, error)))
    return NULL;
  if (!holds)
    return g_steal_pointer (&store);
  refuse_target (error);
  return NULL;
}

static gboolean
migrate (Migration *self, WattleStore *source, GError **error)
{
  g_autoptr (WattleTransaction) from = wattle_store_begin_read (source, error);
  WattleQuery all = wattle_query (WATTLE_RECORD_PATIENT);
  g_autoptr (WattleStore) target = NULL;
  WattleTableDigest digests[WATTLE_COPY_TABLES];
  gint64 head;
  gboolean ok;

  if (from == NULL)
    return FALSE;
  head = wattle_transaction_revision (from);
  self->total = MAX (wattle_reader_count (wattle_transaction_reader (from), &all, NULL), 1) * 10;
  target = open_target (self, error);
  if (target == NULL)
    return FALSE;
  ok = copy (self, from, target, digests, error) && prove (self, head, target, digests, error)
       && wattle_store_close (target, error);
  wattle_progress_end (&self->progress);
  if (ok)
    return TRUE;
  wattle_store_close (target, NULL);
  throw_away (self);
  return FALSE;
}

WattleCtlExit
wattle_ctl_migrate (WattleCtl *ctl, char **argv, GError **error)
{
  g_autofree char *database = NULL;
  g_autofree char *name = NULL;
  gboolean to_sqlite = FALSE;
  const GOptionEntry entries[] = {
    { "to-database", 0, 0, G_OPTION_ARG_STRING, &database, NULL, NULL },
    { "to-practice-name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "to-sqlite", 0, 0, G_OPTION_ARG_NONE, &to_sqlite, NULL, NULL },
    { NULL },
  };
  Migration self = { .ctl = ctl };
  g_autoptr (WattleDirectoryLock) lock = NULL;
  g_autoptr (WattleStore) source = NULL;

  if (!wattle_ctl_options (ctl, "migrate", entries, &argv, 0, 0, error))
    return WATTLE_CTL_USAGE;
  if (to_sqlite == (database != NULL) || (to_sqlite && ctl->database == NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("Say where to: --to-database ADDRESS, or --to-sqlite from a practice in PostgreSQL."));
      return WATTLE_CTL_USAGE;
    }
  self.target =
    (WattleCtl){ .data = ctl->data, .database = database, .practice = name, .cancellable = ctl->cancellable };
  /* alone, although PostgreSQL would share: what a server wrote now would stay behind */
  lock = wattle_directory_lock (ctl->data, FALSE, error);
  source = lock != NULL ? wattle_ctl_open (ctl, FALSE, NULL, error) : NULL;
  if (source == NULL || !migrate (&self, source, error))
    return WATTLE_CTL_FAILED;
  if (to_sqlite)
    g_print (_("The practice is in “%s”. Take “database” out of the configuration, then start wattled.\n"), ctl->data);
  else
    g_print (_("The practice is in PostgreSQL. Put “database” into the configuration and leave “%s” where it is: the"
                " server's key and the files stay there. What was there before was left as it is.\n"),
             ctl->data);
  return WATTLE_CTL_DONE;
}
