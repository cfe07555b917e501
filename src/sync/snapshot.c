/* snapshot.c: every row that this person may see, in pages that can be taken up again
 *
 * The first time the pages fill an empty cache. Later, after the server was
 * restored or the role changed, they are laid over the cache that people look
 * at, and what they did not name goes at the end: nobody sees an empty window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/engine-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

#define PAGE_ROWS 5000

/* How far a snapshot came; kept in the cache with the rows of each page. */
typedef struct
{
  char *after; /* (nullable): before the first page */
  gint64 at;
  gint64 rows;
  gint64 total;
  gboolean over; /* over rows of an older snapshot */
  gboolean bulk; /* none was ever whole: indexes come at the end */
} Progress;

static void
progress_clear (Progress *self)
{
  g_clear_pointer (&self->after, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Progress, progress_clear)

typedef struct
{
  WattleTransaction *transaction;
  GBytes *body;
  WattleFeedPage *page;
  Progress *progress;
  guint begun;
  gboolean stale;
} Page;

static gboolean
read_progress (WattleEngine *self, Progress *progress, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->cache, error);
  g_autofree char *text = NULL;
  g_autoptr (WattleJson) json = NULL;
  WattleJsonNode root;

  if (transaction == NULL)
    return FALSE;
  text = wattle_transaction_meta (transaction, WATTLE_META_SNAPSHOT, NULL);
  json = text != NULL ? wattle_json_parse (text, -1, NULL, NULL) : NULL;
  if (json != NULL)
    {
      root = wattle_json_root (json);
      progress->after = g_strdup (wattle_json_member_string (root, "after"));
      progress->at = wattle_json_member_integer (root, "at", -1);
      progress->rows = wattle_json_member_integer (root, "rows", 0);
      progress->total = wattle_json_member_integer (root, "total", 0);
      progress->over = wattle_json_member_boolean (root, "over");
    }
  /* Without the list of what was named so far, the end could not say what to take away. */
  if (progress->after != NULL && progress->over && self->seen == NULL)
    g_clear_pointer (&progress->after, g_free);
  progress->bulk = wattle_engine_get_number (transaction, WATTLE_META_CURSOR, -1) < 0;
  if (progress->after == NULL)
    {
      progress->rows = 0;
      /* One that is to be begun anew may have left rows of its first pages. */
      progress->over = !progress->bulk || text != NULL;
    }
  return TRUE;
}

static gboolean
write_progress (WattleTransaction *transaction, const Progress *progress, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (out);

  wattle_json_begin_object (&writer);
  if (progress->after != NULL)
    wattle_json_pair_string (&writer, "after", progress->after);
  wattle_json_pair_integer (&writer, "at", progress->at);
  wattle_json_pair_integer (&writer, "rows", progress->rows);
  wattle_json_pair_integer (&writer, "total", progress->total);
  wattle_json_pair_boolean (&writer, "over", progress->over);
  wattle_json_end_object (&writer);
  return wattle_transaction_set_meta (transaction, WATTLE_META_SNAPSHOT, out->str, error);
}

typedef struct
{
  WattleEngine *engine;
  WattleTransaction *transaction;
} Filling;

static gboolean
take_line (const WattleFeedLine *line, gpointer data, GError **error)
{
  Filling *filling = data;
  g_autoptr (WattleRecord) record = NULL;
  g_autoptr (GError) local = NULL;

  if (line->kind != WATTLE_FEED_PUT)
    return TRUE;
  if (!wattle_transaction_put_feed_row (filling->transaction, line->type, line->json, line->length, &record, &local))
    {
      if (!g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_INVALID))
        g_propagate_error (error, g_steal_pointer (&local));
      else
        wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                                _("The server sent something that this version does not understand. Nothing of it was "
                                   "used; your records and changes are as before."));
      return FALSE;
    }
  if (filling->engine->seen != NULL)
    g_hash_table_add (filling->engine->seen, g_strdup (wattle_record_id (record)));
  return TRUE;
}

typedef struct
{
  GHashTable *seen;
  GPtrArray *gone;
  GPtrArray *hashes; /* of documents among them */
} Sweep;

static gboolean
note_gone (const WattleFeedRow *row, gpointer data, GError **error)
{
  Sweep *sweep = data;

  if (!g_hash_table_contains (sweep->seen, row->id))
    {
      g_ptr_array_add (sweep->gone, g_strdup (row->id));
      wattle_engine_note_hash (row->type, row->json, row->json_length, sweep->hashes);
    }
  return TRUE;
}

/* Rows of the cache that no page named: the server does not have them, or not for this person. */
static gboolean
sweep (WattleEngine *self, WattleTransaction *transaction, GError **error)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  Sweep sweeping = { self->seen, gone, hashes };

  if (!wattle_transaction_feed (transaction, -1, 0, note_gone, &sweeping, error))
    return FALSE;
  for (guint i = 0; i < gone->len; i++)
    if (!wattle_transaction_forget (transaction, g_ptr_array_index (gone, i), error))
      return FALSE;
  for (guint i = 0; i < hashes->len; i++)
    wattle_engine_forget_blob (self, g_ptr_array_index (hashes, i));
  return TRUE;
}

static gboolean
finish (WattleEngine *self, WattleTransaction *transaction, const Progress *progress, GError **error)
{
  if ((progress->over && !sweep (self, transaction, error))
      || (progress->bulk && !wattle_transaction_bulk_end (transaction, NULL, NULL, NULL, error)))
    return FALSE;
  return wattle_transaction_set_meta (transaction, WATTLE_META_SNAPSHOT, NULL, error)
         && wattle_engine_set_number (transaction, WATTLE_META_CURSOR, progress->at, error);
}

static gboolean
apply_page (WattleEngine *self, WattleTransaction *transaction, gpointer data, GError **error)
{
  Page *page = data;
  Filling filling = { self, transaction };

  if ((page->progress->bulk && !wattle_transaction_bulk_begin (transaction, error))
      || !wattle_feed_each (page->body, take_line, &filling, error))
    return FALSE;
  return page->page->after == NULL ? finish (self, transaction, page->progress, error)
                                   : write_progress (transaction, page->progress, error);
}

static gboolean
take_page (WattleEngine *self, Page *page, GError **error)
{
  gboolean applied;

  /* The first page says where the changes begin that follow, and how much there is in all. */
  if (page->progress->after == NULL)
    {
      page->progress->at = page->page->at;
      page->progress->total = page->page->total;
    }
  g_free (page->progress->after);
  page->progress->after = g_strdup (page->page->after);
  page->progress->rows += page->page->rows;
  g_mutex_lock (&self->mutex);
  /* Somebody asked for every row anew while this page was on its way: for another role, say. */
  page->stale = page->begun != self->snapshots_begun;
  applied = page->stale || wattle_engine_apply (self, apply_page, page, error);
  if (applied && !page->stale && page->page->after == NULL)
    {
      g_clear_pointer (&self->seen, g_hash_table_unref);
      self->consistent = TRUE;
      __atomic_store_n (&self->cursor, page->progress->at, __ATOMIC_RELAXED);
    }
  g_mutex_unlock (&self->mutex);
  return applied;
}

/* A page that is fetched by a thread of its own. */
typedef struct _WattleAhead
{
  WattleEngine *engine;
  GThread *thread;
  GCancellable *cancellable;
  char *after;
  WattleFeedPage page;
  GBytes *body;
  GError *error;
} Ahead;

static gboolean
fetch (
  WattleEngine *self, const char *after, WattleFeedPage *page, GBytes **body, GCancellable *cancellable, GError **error)
{
  g_autofree char *escaped = after != NULL ? g_uri_escape_string (after, NULL, FALSE) : NULL;
  g_autofree char *path = escaped != NULL ? g_strdup_printf ("/snapshot?limit=%d&after=%s", PAGE_ROWS, escaped)
                                          : g_strdup_printf ("/snapshot?limit=%d", PAGE_ROWS);

  *body = wattle_engine_fetch_page (self, path, page, cancellable, error);
  return *body != NULL;
}

static gpointer
fetch_ahead (gpointer data)
{
  Ahead *ahead = data;

  fetch (ahead->engine, ahead->after, &ahead->page, &ahead->body, ahead->cancellable, &ahead->error);
  return NULL;
}

static void
start_ahead (WattleEngine *self, const char *after)
{
  Ahead *ahead = g_new0 (Ahead, 1);

  ahead->engine = self;
  ahead->after = g_strdup (after);
  ahead->cancellable = g_cancellable_new ();
  ahead->thread = g_thread_new ("sync-ahead", fetch_ahead, ahead);
  self->ahead = ahead;
}

static void
ahead_join (Ahead *self)
{
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
}

/* Gives up a page that nobody waits for any more. */
void
wattle_engine_drop_ahead (WattleEngine *self)
{
  Ahead *ahead = g_steal_pointer (&self->ahead);

  if (ahead == NULL)
    return;
  g_cancellable_cancel (ahead->cancellable);
  ahead_join (ahead);
  wattle_feed_page_clear (&ahead->page);
  g_clear_pointer (&ahead->body, g_bytes_unref);
  g_clear_error (&ahead->error);
  g_clear_object (&ahead->cancellable);
  g_free (ahead->after);
  g_free (ahead);
}

static void
cancel_ahead (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

/* The page behind after: the one that is on its way when it is that, else a new one. */
static GBytes *
next_page (WattleEngine *self, const char *after, WattleFeedPage *page, GCancellable *cancellable, GError **error)
{
  Ahead *ahead = self->ahead;
  GBytes *body = NULL;
  gulong handler;

  if (ahead == NULL || g_strcmp0 (ahead->after, after) != 0)
    {
      wattle_engine_drop_ahead (self);
      fetch (self, after, page, &body, cancellable, error);
      return body;
    }
  handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (cancel_ahead),
                                                         g_object_ref (ahead->cancellable), g_object_unref)
                                : 0;
  ahead_join (ahead);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, handler);
  *page = ahead->page;
  ahead->page = (WattleFeedPage){ 0 };
  body = g_steal_pointer (&ahead->body);
  if (ahead->error != NULL)
    g_propagate_error (error, g_steal_pointer (&ahead->error));
  wattle_engine_drop_ahead (self);
  return body;
}

/**
 * wattle_engine_begin_snapshot:
 * @self: the engine; its mutex is held by the caller
 * @error: the failure
 *
 * The next steps take every row anew.
 */
gboolean
wattle_engine_begin_snapshot (WattleEngine *self, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (self->cache, error);

  /* The next hello says what this snapshot is for. */
  if (transaction == NULL || !wattle_transaction_set_meta (transaction, WATTLE_META_SNAPSHOT, "{}", error)
      || !wattle_transaction_set_meta (transaction, WATTLE_META_SIGHT, NULL, error)
      || !wattle_transaction_commit (transaction, error))
    return FALSE;
  self->consistent = FALSE;
  self->snapshots_begun++;
  return TRUE;
}

/**
 * wattle_engine_snapshot:
 * @self: the engine
 * @cancellable: (nullable): to stop
 * @error: the failure; the cache holds all pages before this one
 *
 * Fetches one page and applies it as a whole.
 */
WattleStep
wattle_engine_snapshot (WattleEngine *self, GCancellable *cancellable, GError **error)
{
  g_auto (WattleFeedPage) fetched = { 0 };
  g_auto (Progress) progress = { 0 };
  g_autoptr (GBytes) body = NULL;
  g_autofree char *epoch = wattle_engine_read_epoch (self, error);
  Page page = { .page = &fetched, .progress = &progress };

  g_mutex_lock (&self->mutex);
  page.begun = self->snapshots_begun;
  g_mutex_unlock (&self->mutex);
  if (epoch == NULL || !read_progress (self, &progress, error))
    return WATTLE_STEP_FAILED;
  if (progress.after == NULL)
    {
      g_clear_pointer (&self->seen, g_hash_table_unref);
      if (progress.over)
        self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      if (progress.bulk)
        self->listener.progress (0, 0, 0, self->listener.data);
    }
  page.body = body = next_page (self, progress.after, &fetched, cancellable, error);
  if (body == NULL)
    return WATTLE_STEP_FAILED;
  if (strcmp (fetched.epoch, epoch) != 0)
    {
      wattle_engine_greet_again (self);
      return WATTLE_STEP_MORE;
    }
  if (fetched.at < 0)
    {
      wattle_set_field_error (
        error, WATTLE_ERROR_CORRUPT, NULL,
        _("The server sent something that this version does not understand. Nothing of it was used; "
           "your records and changes are as before."));
      return WATTLE_STEP_FAILED;
    }
  if (self->fetch_ahead && fetched.after != NULL)
    start_ahead (self, fetched.after);
  if (!take_page (self, &page, error))
    return WATTLE_STEP_FAILED;
  if (page.stale)
    return WATTLE_STEP_MORE;
  if (fetched.after != NULL)
    {
      if (progress.bulk)
        self->listener.progress (CLAMP ((double) progress.rows / MAX (progress.total, 1), 0, 1), progress.rows,
                                 progress.total, self->listener.data);
      return WATTLE_STEP_MORE;
    }
  wattle_engine_poke (self, -1);
  self->listener.progress (-1, progress.rows, progress.total, self->listener.data);
  return WATTLE_STEP_MORE;
}
