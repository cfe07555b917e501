/* pull.c: what changed since last time, and scopes that came or went
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/engine-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

#define PAGE_ROWS 2000

/* Rows that are to go: collected first, since nothing may change under a walk. */
typedef struct
{
  GPtrArray *ids;
  GPtrArray *hashes; /* of documents among them */
} Leaving;

/* Adds the name of the bytes of a row that is a document. */
void
wattle_engine_note_hash (WattleRecordType type, const char *json, gsize length, GPtrArray *hashes)
{
  g_autoptr (WattleRecord) document =
    type == WATTLE_RECORD_DOCUMENT ? wattle_record_from_text (json, length, NULL) : NULL;

  if (document != NULL && wattle_record_has (document, WATTLE_DOCUMENT_HASH))
    g_ptr_array_add (hashes, g_strdup (wattle_record_get_string (document, WATTLE_DOCUMENT_HASH)));
}

static gboolean
note_leaving (const WattleFeedRow *row, gpointer data, GError **error)
{
  Leaving *leaving = data;

  g_ptr_array_add (leaving->ids, g_strdup (row->id));
  wattle_engine_note_hash (row->type, row->json, row->json_length, leaving->hashes);
  return TRUE;
}

/* A row that left this person's sight, with the bytes of a document. */
static gboolean
lose_row (WattleEngine *self, WattleTransaction *transaction, const char *id, GError **error)
{
  g_autoptr (WattleRecord) document =
    wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_DOCUMENT, id, NULL);

  if (!wattle_transaction_forget (transaction, id, error))
    return FALSE;
  if (document != NULL)
    wattle_engine_forget_blob (self, wattle_record_get_string (document, WATTLE_DOCUMENT_HASH));
  return TRUE;
}

static gboolean
note_diary (WattleTransaction *transaction, const char *practitioner, Leaving *leaving, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) rows = NULL;

  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PRACTITIONER, practitioner);
  wattle_query_where (&query, WATTLE_APPOINTMENT_PATIENT, WATTLE_COMPARE_MISSING, 0);
  query.with_deleted = TRUE;
  query.limit = G_MAXINT;
  rows = wattle_reader_query (wattle_transaction_reader (transaction), &query, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    g_ptr_array_add (leaving->ids, g_strdup (wattle_record_id (g_ptr_array_index (rows, i))));
  return rows != NULL;
}

/* Nothing of a scope that was lost may stay: not in tables, not in the index, not as bytes of a document. */
static gboolean
lose_scope (WattleEngine *self, WattleTransaction *transaction, const char *scope, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  Leaving leaving = { ids, hashes };
  gboolean noted = TRUE;

  if (g_str_has_prefix (scope, "patient:") || g_str_has_prefix (scope, "user:"))
    noted = wattle_transaction_scope_rows (transaction, strchr (scope, ':') + 1, note_leaving, &leaving, error);
  else if (g_str_has_prefix (scope, "diary:"))
    noted = note_diary (transaction, scope + strlen ("diary:"), &leaving, error);
  if (!noted)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!wattle_transaction_forget (transaction, g_ptr_array_index (ids, i), error))
      return FALSE;
  for (guint i = 0; i < hashes->len; i++)
    wattle_engine_forget_blob (self, g_ptr_array_index (hashes, i));
  return TRUE;
}

typedef struct
{
  WattleEngine *engine;
  WattleTransaction *transaction;
  GBytes *body;
  WattleFeedPage *page;
} Pull;

static gboolean
take_line (const WattleFeedLine *line, gpointer data, GError **error)
{
  Pull *pull = data;
  g_autoptr (WattleRecord) record = NULL;

  switch (line->kind)
    {
    case WATTLE_FEED_PUT:
      record = wattle_feed_line_record (line, error);
      return record != NULL && wattle_engine_put_server (pull->transaction, record, error);
    case WATTLE_FEED_DELETE:
      return lose_row (pull->engine, pull->transaction, line->id, error);
    case WATTLE_FEED_GAINED:
      /* Its rows, whatever their age, follow in the same page. */
      return TRUE;
    default:
      return lose_scope (pull->engine, pull->transaction, line->scope, error);
    }
}

static gboolean
apply_changes (WattleEngine *self, WattleTransaction *transaction, gpointer data, GError **error)
{
  Pull *pull = data;

  pull->transaction = transaction;
  return wattle_feed_each (pull->body, take_line, pull, error)
         && wattle_engine_set_number (transaction, WATTLE_META_CURSOR, pull->page->to, error);
}

static gboolean
apply_page (WattleEngine *self, Pull *pull, GError **error)
{
  gboolean applied;

  g_mutex_lock (&self->mutex);
  applied = wattle_engine_apply (self, apply_changes, pull, error);
  g_mutex_unlock (&self->mutex);
  return applied;
}

/**
 * wattle_engine_fetch_page:
 * @self: the engine
 * @path: below /v1
 * @page: (out): what its first and last line say
 * @cancellable: (nullable): to stop
 * @error: also when the page is torn
 *
 * Returns: (transfer full) (nullable): a page of which every byte is there
 */
GBytes *
wattle_engine_fetch_page (
  WattleEngine *self, const char *path, WattleFeedPage *page, GCancellable *cancellable, GError **error)
{
  WattleRequest request = { .method = "GET", .path = path, .max_bytes = WATTLE_MAX_PAGE };
  g_auto (WattleResponse) response = { 0 };

  if (!wattle_session_send (self->session, &request, &response, cancellable, error)
      || !wattle_feed_check (response.body, page, error))
    return NULL;
  return g_steal_pointer (&response.body);
}

char *
wattle_engine_read_epoch (WattleEngine *self, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->cache, error);

  return transaction != NULL ? wattle_transaction_meta (transaction, WATTLE_META_EPOCH, error) : NULL;
}

static WattleStep
start_again (WattleEngine *self, GError **error)
{
  gboolean begun;

  g_mutex_lock (&self->mutex);
  begun = wattle_engine_begin_snapshot (self, error);
  g_mutex_unlock (&self->mutex);
  /* A restored server has another epoch; hello tells, and then what it lost is sent again first. */
  wattle_engine_greet_again (self);
  return begun ? WATTLE_STEP_MORE : WATTLE_STEP_FAILED;
}

/**
 * wattle_engine_pull:
 * @self: the engine
 * @cancellable: (nullable): to stop
 * @error: the failure; the cache is as before
 *
 * Fetches one page of changes and applies it as a whole.
 */
WattleStep
wattle_engine_pull (WattleEngine *self, GCancellable *cancellable, GError **error)
{
  g_auto (WattleFeedPage) page = { 0 };
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *epoch = wattle_engine_read_epoch (self, error);
  g_autofree char *path = NULL;
  Pull pull = { .engine = self, .page = &page };

  if (epoch == NULL)
    return WATTLE_STEP_FAILED;
  __atomic_store_n (&self->pull_wanted, FALSE, __ATOMIC_RELAXED);
  path = g_strdup_printf ("/changes?cursor=%" G_GINT64_FORMAT "&epoch=%s&limit=%d", wattle_engine_cursor (self), epoch,
                          PAGE_ROWS);
  pull.body = body = wattle_engine_fetch_page (self, path, &page, cancellable, &local);
  if (body == NULL && g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_UNSUPPORTED)
      && g_strcmp0 (wattle_error_get_field (local), "cursor") == 0)
    return start_again (self, error);
  if (body != NULL && (strcmp (page.epoch, epoch) != 0 || page.to < wattle_engine_cursor (self)))
    wattle_set_field_error (
      &local, WATTLE_ERROR_CORRUPT, NULL,
      _("The server sent something that this version does not understand. Nothing of it was used; "
         "your records and changes are as before."));
  if (local == NULL && !apply_page (self, &pull, &local))
    g_assert (local != NULL);
  if (local != NULL)
    {
      wattle_engine_poke (self, -1);
      g_propagate_error (error, g_steal_pointer (&local));
      return WATTLE_STEP_FAILED;
    }
  __atomic_store_n (&self->cursor, page.to, __ATOMIC_RELAXED);
  if (page.more)
    wattle_engine_poke (self, -1);
  else if (__atomic_load_n (&self->head, __ATOMIC_RELAXED) <= page.to || page.rows == 0)
    __atomic_store_n (&self->head, page.to, __ATOMIC_RELAXED);
  return WATTLE_STEP_MORE;
}
