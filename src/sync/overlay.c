/* overlay.c: what this device did and the server has not answered yet, laid over what the server sent
 *
 * The server's image of each row that was changed here is kept as a "shadow".
 * Whatever comes from the server is applied to those images; then the pending
 * operations run again over the result. So nothing is ever merged by hand.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/engine-private.h"

#include "base/error.h"

#define SHADOW "shadow"

static gboolean
is_identical (WattleRecord *one, WattleRecord *other)
{
  return wattle_record_revision (one) == wattle_record_revision (other)
         && wattle_record_changed_at (one) == wattle_record_changed_at (other) && wattle_record_says_same (one, other);
}

/* Revisions of one epoch only grow: an answer that was stored long ago must not undo what came later. */
gboolean
wattle_engine_put_server (WattleTransaction *transaction, WattleRecord *record, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleRecord) now =
    wattle_reader_get (reader, wattle_record_type (record)->id, wattle_record_id (record), NULL);

  if (now != NULL && (wattle_record_revision (now) > wattle_record_revision (record) || is_identical (now, record)))
    return TRUE;
  return wattle_transaction_put (transaction, record, error);
}

gboolean
wattle_engine_set_number (WattleTransaction *transaction, const char *name, gint64 value, GError **error)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  return wattle_transaction_set_meta (transaction, name, text, error);
}

gint64
wattle_engine_get_number (WattleTransaction *transaction, const char *name, gint64 fallback)
{
  g_autofree char *text = wattle_transaction_meta (transaction, name, NULL);
  gint64 value;

  return text != NULL && g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value, NULL) ? value : fallback;
}

/* Puts every server image back in its place. */
static gboolean
take_off (WattleTransaction *transaction, GError **error)
{
  g_autoptr (GPtrArray) shadows = wattle_transaction_privates (transaction, SHADOW, NULL, G_MAXINT, error);

  if (shadows == NULL)
    return FALSE;
  for (guint i = 0; i < shadows->len; i++)
    {
      WattlePrivateRow *shadow = g_ptr_array_index (shadows, i);
      g_autoptr (WattleRecord) record = NULL;

      if (*shadow->value == '\0')
        {
          if (!wattle_transaction_forget (transaction, shadow->key, error))
            return FALSE;
        }
      else
        {
          record = wattle_record_from_text (shadow->value, -1, error);
          if (record == NULL || !wattle_transaction_put (transaction, record, error))
            return FALSE;
        }
      if (!wattle_transaction_drop_private (transaction, SHADOW, shadow->key, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
keep_shadow (WattleTransaction *transaction, WattleRecord *record, GError **error)
{
  const char *id = wattle_record_id (record);
  g_autoptr (WattlePrivateRow) shadow = wattle_transaction_private (transaction, SHADOW, id, NULL);
  g_autoptr (WattleRecord) now = NULL;
  g_autofree char *json = NULL;

  if (shadow != NULL)
    return TRUE;
  now = wattle_reader_get (wattle_transaction_reader (transaction), wattle_record_type (record)->id, id, NULL);
  json = now != NULL ? wattle_record_to_json (now) : g_strdup ("");
  return wattle_transaction_keep_private (transaction, SHADOW, id, wattle_record_scope_id (record), json, 0, error);
}

/**
 * wattle_engine_run:
 * @self: the engine
 * @transaction: a write transaction of the cache
 * @entry: an operation
 * @error: why the rules refuse it
 *
 * Lays what @entry changes over the cache.
 */
gboolean
wattle_engine_run (WattleEngine *self, WattleTransaction *transaction, const WattleOutboxEntry *entry, GError **error)
{
  const WattleOperation *operation = wattle_operation_find (entry->name);
  g_autoptr (WattleOutcome) outcome = wattle_outcome_new ();
  WattleJsonLimits limits = { 8 * 1024 * 1024, 32, 200000 };
  g_autoptr (WattleJson) args = wattle_json_parse (entry->args, -1, &limits, error);
  WattleOperationContext context = {
    .reader = wattle_transaction_reader (transaction),
    .actor = &self->identity->actor,
    .operation_id = entry->id,
    .now = entry->at,
  };

  if (args == NULL)
    return FALSE;
  if (operation == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "name", "There is no operation “%s”.", entry->name);
      return FALSE;
    }
  if (!wattle_operation_run (operation, &context, wattle_json_root (args), outcome, error))
    return FALSE;
  for (guint i = 0; i < outcome->records->len; i++)
    {
      WattleRecord *record = g_ptr_array_index (outcome->records, i);

      if (!keep_shadow (transaction, record, error) || !wattle_transaction_put (transaction, record, error))
        return FALSE;
    }
  return TRUE;
}

/* Runs what is pending again. What the rules refuse now stays pending: the server has the last word. */
static gboolean
put_on (WattleEngine *self, WattleTransaction *transaction, GError **error)
{
  g_autoptr (GPtrArray) pending = wattle_outbox_entries (self->outbox, WATTLE_OUTBOX_PENDING, G_MAXINT, error);

  if (pending == NULL)
    return FALSE;
  for (guint i = 0; i < pending->len; i++)
    {
      if (!wattle_transaction_savepoint (transaction, error))
        return FALSE;
      if (wattle_engine_run (self, transaction, g_ptr_array_index (pending, i), NULL)
            ? !wattle_transaction_release (transaction, error)
            : !wattle_transaction_rollback_to (transaction, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * wattle_engine_confirm:
 * @transaction: a write transaction of the cache
 * @record: what the server made of something that was done here
 * @confirmed: (out): whether that is what was expected
 * @error: the failure
 *
 * A row that looks as the server says becomes the server's image, without a shadow. What was done over it and waits
 * still would find the same again.
 */
gboolean
wattle_engine_confirm (WattleTransaction *transaction, WattleRecord *record, gboolean *confirmed, GError **error)
{
  const char *id = wattle_record_id (record);
  gint64 revision = wattle_record_revision (record);
  g_autoptr (WattleRecord) now =
    wattle_reader_get (wattle_transaction_reader (transaction), wattle_record_type (record)->id, id, NULL);
  g_autoptr (WattlePrivateRow) shadow = NULL;
  g_autoptr (WattleRecord) image = NULL;

  *confirmed = now != NULL && wattle_record_revision (now) <= revision && wattle_record_says_same (now, record);
  if (!*confirmed)
    return TRUE;
  shadow = wattle_transaction_private (transaction, SHADOW, id, NULL);
  if (shadow == NULL && is_identical (now, record))
    return TRUE;
  if (shadow != NULL && *shadow->value != '\0')
    {
      image = wattle_record_from_text (shadow->value, -1, NULL);
      *confirmed = image != NULL && wattle_record_revision (image) <= revision;
      if (!*confirmed)
        return TRUE;
    }
  return wattle_transaction_put (transaction, record, error)
         && (shadow == NULL || wattle_transaction_drop_private (transaction, SHADOW, id, error));
}

/* Of an operation that was confirmed the server may have made less than was expected. */
static gboolean
take_off_last (WattleEngine *self, WattleTransaction *transaction, GError **error)
{
  gint64 pending = wattle_outbox_count (self->outbox, WATTLE_OUTBOX_PENDING, error);

  return pending > 0 || (pending == 0 && take_off (transaction, error));
}

/**
 * wattle_engine_apply_answers:
 * @self: the engine; its mutex is held by the caller
 * @foretold: (nullable): confirms first what looks already as the server says
 * @work: (nullable): changes the server's images
 * @data: for both
 * @error: the failure; the cache is then as before
 *
 * One transaction: pending changes are taken off, @work runs, and they are laid over the result. When all was
 * foretold, they can stay where they are.
 */
gboolean
wattle_engine_apply_answers (
  WattleEngine *self, WattleEngineForetold foretold, WattleEngineWork work, gpointer data, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (self->cache, error);
  gboolean all = FALSE;

  return transaction != NULL && (foretold == NULL || foretold (transaction, data, &all, error))
         && (all || take_off (transaction, error)) && (work == NULL || work (self, transaction, data, error))
         && (all ? take_off_last (self, transaction, error) : put_on (self, transaction, error))
         && wattle_transaction_commit (transaction, error);
}

/**
 * wattle_engine_apply:
 * @self: the engine; its mutex is held by the caller
 * @work: (nullable): changes the server's images
 * @data: for @work
 * @error: the failure; the cache is then as before
 *
 * As wattle_engine_apply_answers(), for what is no answer.
 */
gboolean
wattle_engine_apply (WattleEngine *self, WattleEngineWork work, gpointer data, GError **error)
{
  return wattle_engine_apply_answers (self, NULL, work, data, error);
}
