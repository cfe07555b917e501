/* demo-record.c: making and keeping the records of the invented practice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/id.h"
#include "ctl/demo-private.h"

/* So many records between commits: a larger write-ahead log only costs memory. */
#define RECORDS_PER_COMMIT 20000

/* Makes an empty record whose id depends on the seed alone. */
WattleRecord *
demo_record (Demo *self, WattleRecordType type, gint64 at)
{
  WattleRecord *record = wattle_record_new (type);
  guint8 random[10];
  g_autofree char *id = NULL;

  for (guint i = 0; i < sizeof random; i++)
    random[i] = g_rand_int (self->rand);
  id = wattle_id_build (at, random);
  wattle_record_set_id (record, id);
  wattle_record_set_changed (record, at, NULL);
  return record;
}

/* Keeps a record; commits now and then, and notices a cancellation. */
gboolean
demo_put (Demo *self, WattleRecord *record, GError **error)
{
  if (!wattle_record_validate (record, error) || !wattle_transaction_put (self->transaction, record, error))
    return FALSE;
  if (++self->pending < RECORDS_PER_COMMIT)
    return TRUE;
  self->pending = 0;
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error)
      || !wattle_transaction_commit (self->transaction, error))
    return FALSE;
  g_clear_pointer (&self->transaction, wattle_transaction_free);
  self->transaction = wattle_store_begin_write (self->store, error);
  return self->transaction != NULL;
}
