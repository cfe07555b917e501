/* push.c: operations to the server, and what it made of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/engine-private.h"

#include <glib/gi18n-lib.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"

#define MAX_OPERATIONS 500
#define MAX_BODY (1024 * 1024 - 4096)
#define FIRST_WAIT (WATTLE_SECOND / 2)
#define LAST_WAIT (30 * WATTLE_SECOND)
#define LONGEST_WAIT (24 * WATTLE_HOUR)
#define ANSWER_LIMITS ((WattleJsonLimits){ WATTLE_MAX_PAGE, 32, 20000000 })

typedef struct
{
  GPtrArray *entries;   /* what was sent */
  GHashTable *results;  /* id: WattleJsonNode * */
  GHashTable *records;  /* id: WattleRecord, newest of those that the server sent and that are not in the cache yet */
  GPtrArray *settled;   /* entries with their new status */
  GPtrArray *conflicts; /* new ones */
  GPtrArray *put_off;   /* entries that the server wants later, with its words */
  gint64 wait;          /* how much later; 0 when it did not say */
  gboolean behind;      /* the server had the numbers already */
  gboolean refused;     /* one of them is not done as it was done here */
} Batch;

static void
batch_clear (Batch *self)
{
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_hash_table_unref);
  g_clear_pointer (&self->records, g_hash_table_unref);
  g_clear_pointer (&self->settled, g_ptr_array_unref);
  g_clear_pointer (&self->conflicts, g_ptr_array_unref);
  g_clear_pointer (&self->put_off, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

static void
write_entry (const WattleOutboxEntry *entry, WattleJsonWriter *writer)
{
  char at[40];

  wattle_instant_print (entry->at, at);
  wattle_json_begin_object (writer);
  wattle_json_pair_integer (writer, "n", entry->number);
  wattle_json_pair_string (writer, "id", entry->id);
  wattle_json_pair_string (writer, "name", entry->name);
  wattle_json_name (writer, "args");
  wattle_json_put_raw (writer, entry->args, -1);
  wattle_json_pair_string (writer, "at", at);
  wattle_json_end_object (writer);
}

/* As many as fit; the others are taken from the array. */
static GBytes *
write_batch (WattleEngine *self, GPtrArray *entries)
{
  GString *out = g_string_sized_new (4096);
  WattleJsonWriter writer = wattle_json_writer (out);
  guint n;

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "device", self->identity->device);
  wattle_json_name (&writer, "operations");
  wattle_json_begin_array (&writer);
  for (n = 0; n < entries->len; n++)
    {
      gsize before = out->len;

      write_entry (g_ptr_array_index (entries, n), &writer);
      if (n > 0 && out->len > MAX_BODY)
        {
          g_string_truncate (out, before);
          break;
        }
    }
  g_ptr_array_set_size (entries, n);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
  return g_string_free_to_bytes (out);
}

static void
read_results (WattleJsonNode root, GHashTable *results)
{
  WattleJsonIter iter = wattle_json_iter (wattle_json_member (root, "results"));
  WattleJsonNode result;

  while (wattle_json_next (&iter, NULL, &result))
    {
      const char *id = wattle_json_member_string (result, "id");

      if (id != NULL)
        g_hash_table_insert (results, (gpointer) id, g_memdup2 (&result, sizeof result));
    }
}

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

/* That something was looked at is for the server to judge, which has written down both, the look and its refusal. */
static gboolean
is_reading (const WattleOutboxEntry *entry)
{
  const WattleOperation *operation = wattle_operation_find (entry->name);

  return operation != NULL && operation->is_reading;
}

/* FALSE for one that the server did not try. A stored answer comes back as a duplicate with the code it had. */
static gboolean
read_status (WattleJsonNode result, WattleOutboxStatus *status)
{
  const char *word = wattle_json_member_string (result, "status");
  const char *code = wattle_json_member_string (result, "code");

  if (g_strcmp0 (word, "ok") == 0 || (g_strcmp0 (word, "duplicate") == 0 && code == NULL))
    *status = WATTLE_OUTBOX_OK;
  else if (g_strcmp0 (word, "conflict") == 0
           || (g_strcmp0 (word, "duplicate") == 0 && g_strcmp0 (code, "conflict") == 0))
    *status = WATTLE_OUTBOX_CONFLICT;
  else if (g_strcmp0 (word, "refused") == 0 || g_strcmp0 (word, "duplicate") == 0)
    *status = WATTLE_OUTBOX_REFUSED;
  else
    return FALSE;
  return TRUE;
}

/* JSON text of a value, also of one that is not there. */
static char *
raw_member (WattleJsonNode node, const char *name)
{
  WattleJsonNode value = wattle_json_member (node, name);
  gsize length;
  const char *text;

  if (!wattle_json_exists (value))
    return g_strdup ("null");
  text = wattle_json_raw (value, &length);
  return g_strndup (text, length);
}

static void
read_conflicts (WattleJsonNode result, Batch *batch)
{
  WattleJsonIter iter = wattle_json_iter (wattle_json_member (result, "conflicts"));
  WattleJsonNode node;

  while (wattle_json_next (&iter, NULL, &node))
    {
      WattleOutboxConflict *conflict;

      if (wattle_json_member_string (node, "type") == NULL || wattle_json_member_string (node, "id") == NULL
          || wattle_json_member_string (node, "field") == NULL)
        continue;
      conflict = g_new0 (WattleOutboxConflict, 1);
      conflict->type = g_strdup (wattle_json_member_string (node, "type"));
      conflict->record = g_strdup (wattle_json_member_string (node, "id"));
      conflict->field = g_strdup (wattle_json_member_string (node, "field"));
      conflict->mine = raw_member (node, "mine");
      conflict->theirs = raw_member (node, "theirs");
      conflict->at = wattle_clock_now ();
      g_ptr_array_add (batch->conflicts, conflict);
    }
}

static void
read_records (Batch *batch, WattleJsonNode result)
{
  WattleJsonIter iter = wattle_json_iter (wattle_json_member (result, "records"));
  WattleJsonNode node;

  while (wattle_json_next (&iter, NULL, &node))
    {
      g_autoptr (WattleRecord) record = wattle_record_from_json (node, NULL);
      WattleRecord *other;

      /* What this version cannot read comes no better with a second try; the feed brings what it can. */
      if (record == NULL || wattle_record_id (record) == NULL)
        continue;
      other = g_hash_table_lookup (batch->records, wattle_record_id (record));
      if (other == NULL || wattle_record_revision (other) <= wattle_record_revision (record))
        g_hash_table_replace (batch->records, (gpointer) wattle_record_id (record), g_object_ref (record));
    }
}

/* One that was refused keeps its words: it stays in the outbox until the person sends it again or throws it away. */
static gboolean
settle (WattleEngine *self, Batch *batch, WattleOutboxEntry *entry, WattleOutboxStatus status, GError **error)
{
  entry->status = status;
  if (!wattle_outbox_settle (self->outbox, entry, wattle_clock_now (), error))
    return FALSE;
  g_ptr_array_add (batch->settled, entry);
  return TRUE;
}

static void
take_words (WattleOutboxEntry *entry, WattleJsonNode result)
{
  set_text (&entry->message, wattle_json_member_string (result, "message"));
  set_text (&entry->field, wattle_json_member_string (result, "field"));
  g_free (entry->alternatives);
  entry->alternatives = raw_member (result, "alternatives");
}

/* One that the server did not do yet. The first of them says why; those behind it only wait for it. */
static gboolean
put_off (WattleEngine *self, Batch *batch, WattleOutboxEntry *entry, WattleJsonNode result, GError **error)
{
  const char *field = wattle_json_member_string (result, "field");
  gint64 wait = wattle_json_member_integer (result, "retry_after", 0);

  if (g_strcmp0 (wattle_json_member_string (result, "status"), "retry") != 0)
    return TRUE;
  if (g_strcmp0 (field, "n") == 0)
    {
      batch->behind = TRUE;
      return TRUE;
    }
  batch->wait = MAX (batch->wait, CLAMP (wait, 0, LONGEST_WAIT / WATTLE_SECOND) * WATTLE_SECOND);
  if (wait <= 0)
    return TRUE;
  take_words (entry, result);
  g_ptr_array_add (batch->put_off, entry);
  return wattle_outbox_settle (self->outbox, entry, 0, error);
}

static void
read_outcomes (Batch *batch)
{
  for (guint i = 0; i < batch->entries->len; i++)
    {
      WattleOutboxEntry *entry = g_ptr_array_index (batch->entries, i);
      WattleJsonNode *result = g_hash_table_lookup (batch->results, entry->id);
      WattleOutboxStatus status;

      if (result == NULL || !read_status (*result, &status))
        continue;
      if (status == WATTLE_OUTBOX_OK || is_reading (entry))
        read_records (batch, *result);
      else
        batch->refused = TRUE;
    }
}

/* Most of it is what was done here already. What was refused has to go from the screen again. */
static gboolean
confirm_results (WattleTransaction *transaction, gpointer data, gboolean *all, GError **error)
{
  Batch *batch = data;
  GHashTableIter iter;
  gpointer record;

  g_hash_table_iter_init (&iter, batch->records);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    {
      gboolean confirmed;

      if (!wattle_engine_confirm (transaction, record, &confirmed, error))
        return FALSE;
      if (confirmed)
        g_hash_table_iter_remove (&iter);
    }
  *all = !batch->refused && g_hash_table_size (batch->records) == 0;
  return TRUE;
}

static gboolean
put_records (WattleTransaction *transaction, Batch *batch, GError **error)
{
  GHashTableIter iter;
  gpointer record;

  g_hash_table_iter_init (&iter, batch->records);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    if (!wattle_engine_put_server (transaction, record, error))
      return FALSE;
  return TRUE;
}

/* A repeat of what was answered before, as after a restore, tells of nothing new: the person may have chosen since. */
static gboolean
is_old_news (const WattleOutboxEntry *entry, WattleJsonNode result)
{
  return entry->settled_at > 0 && g_strcmp0 (wattle_json_member_string (result, "status"), "duplicate") == 0;
}

static gboolean
apply_results (WattleEngine *self, WattleTransaction *transaction, gpointer data, GError **error)
{
  Batch *batch = data;

  if (!put_records (transaction, batch, error))
    return FALSE;
  for (guint i = 0; i < batch->entries->len; i++)
    {
      WattleOutboxEntry *entry = g_ptr_array_index (batch->entries, i);
      WattleJsonNode *result = g_hash_table_lookup (batch->results, entry->id);
      WattleOutboxStatus status;

      if (result == NULL)
        continue;
      if (!read_status (*result, &status))
        {
          if (!put_off (self, batch, entry, *result, error))
            return FALSE;
          continue;
        }
      if (is_reading (entry))
        status = WATTLE_OUTBOX_OK;
      if (status == WATTLE_OUTBOX_OK)
        {
          if (!is_old_news (entry, *result))
            read_conflicts (*result, batch);
        }
      else
        take_words (entry, *result);
      if (!settle (self, batch, entry, status, error))
        return FALSE;
    }
  for (guint i = 0; i < batch->conflicts->len; i++)
    if (!wattle_outbox_add_conflict (self->outbox, g_ptr_array_index (batch->conflicts, i), error))
      return FALSE;
  return TRUE;
}

/* Cache first, then outbox: after a crash between them the operations are sent once more, which does no harm. */
static gboolean
take_results (WattleEngine *self, Batch *batch, GError **error)
{
  if (!wattle_outbox_begin (self->outbox, error))
    return FALSE;
  if (!wattle_engine_apply_answers (self, confirm_results, apply_results, batch, error))
    {
      wattle_outbox_roll_back (self->outbox);
      return FALSE;
    }
  return wattle_outbox_commit (self->outbox, error);
}

static void
tell (WattleEngine *self, Batch *batch)
{
  for (guint i = 0; i < batch->put_off->len; i++)
    self->listener.entry (g_ptr_array_index (batch->put_off, i), self->listener.data);
  for (guint i = 0; i < batch->settled->len; i++)
    self->listener.entry (g_ptr_array_index (batch->settled, i), self->listener.data);
  for (guint i = 0; i < batch->conflicts->len; i++)
    self->listener.conflict (g_ptr_array_index (batch->conflicts, i), self->listener.data);
}

static gboolean
mark_sent (WattleEngine *self, GPtrArray *entries, GError **error)
{
  WattleOutboxEntry *last = g_ptr_array_index (entries, entries->len - 1);

  if (!wattle_outbox_mark_sent (self->outbox, last->number, error))
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      WattleOutboxEntry *entry = g_ptr_array_index (entries, i);

      if (entry->status != WATTLE_OUTBOX_WAITING)
        continue;
      entry->status = WATTLE_OUTBOX_SENT;
      self->listener.entry (entry, self->listener.data);
    }
  return TRUE;
}

/* What is sent is fixed while the engine is held, so that nothing is withdrawn under way. */
static GBytes *
prepare (WattleEngine *self, Batch *batch, GError **error)
{
  g_autoptr (GBytes) body = NULL;

  batch->entries =
    wattle_outbox_entries (self->outbox, WATTLE_OUTBOX_PENDING, MIN (self->batch_limit, MAX_OPERATIONS), error);
  if (batch->entries == NULL)
    return NULL;
  body = write_batch (self, batch->entries);
  if (batch->entries->len > 0 && !mark_sent (self, batch->entries, error))
    return NULL;
  return g_steal_pointer (&body);
}

/* An answer that refuses the whole request blocks everything behind it: find the one at fault, and set it aside. */
static gboolean
refuse_one (WattleEngine *self, Batch *batch, GError *cause, GError **error)
{
  WattleErrorCode code = wattle_error_get_code (cause);
  WattleOutboxEntry *entry = g_ptr_array_index (batch->entries, 0);
  gboolean done;

  if (code != WATTLE_ERROR_INVALID && code != WATTLE_ERROR_TOO_LARGE)
    {
      g_propagate_error (error, g_error_copy (cause));
      return FALSE;
    }
  if (batch->entries->len > 1)
    {
      self->batch_limit = 1;
      return TRUE;
    }
  set_text (&entry->message, cause->message);
  set_text (&entry->field, wattle_error_get_field (cause));
  g_mutex_lock (&self->mutex);
  done = settle (self, batch, entry, WATTLE_OUTBOX_REFUSED, error) && wattle_engine_apply (self, NULL, NULL, error);
  g_mutex_unlock (&self->mutex);
  if (done)
    tell (self, batch);
  return done;
}

/* When what is left may go. What the server put off holds up only what is to be sent: pages are fetched meanwhile. */
static void
plan_next (WattleEngine *self, Batch *batch)
{
  self->push_tries = batch->settled->len > 0 || batch->behind ? 0 : self->push_tries + 1;
  self->push_at = 0;
  if (batch->wait == 0 && self->push_tries > 0)
    batch->wait = MIN (FIRST_WAIT << MIN (self->push_tries - 1, 10), LAST_WAIT);
  if (batch->wait > 0)
    self->push_at = wattle_clock_monotonic () + batch->wait;
}

/* Whether operations may go now. */
gboolean
wattle_engine_may_push (WattleEngine *self)
{
  return wattle_clock_monotonic () >= self->push_at;
}

static WattleStep
read_answer (WattleEngine *self, Batch *batch, GBytes *body, GError **error)
{
  WattleJsonLimits limits = ANSWER_LIMITS;
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  g_autoptr (WattleJson) json = wattle_json_parse (text, length, &limits, NULL);
  gboolean taken;

  if (json == NULL || wattle_json_kind (wattle_json_member (wattle_json_root (json), "results")) != WATTLE_JSON_ARRAY)
    {
      wattle_set_field_error (
        error, WATTLE_ERROR_CORRUPT, NULL,
        _("The server sent something that this version does not understand. Your changes are kept "
           "and sent again."));
      return WATTLE_STEP_FAILED;
    }
  read_results (wattle_json_root (json), batch->results);
  read_outcomes (batch);
  g_mutex_lock (&self->mutex);
  taken = take_results (self, batch, error);
  g_mutex_unlock (&self->mutex);
  if (!taken)
    return WATTLE_STEP_FAILED;
  tell (self, batch);
  wattle_engine_poke (self, wattle_json_member_integer (wattle_json_root (json), "head", 0));
  if (batch->behind
      && !wattle_outbox_number_above (self->outbox, wattle_json_member_integer (wattle_json_root (json), "last_n", 0),
                                      error))
    return WATTLE_STEP_FAILED;
  plan_next (self, batch);
  return WATTLE_STEP_MORE;
}

/**
 * wattle_engine_push:
 * @self: the engine
 * @cancellable: (nullable): to stop
 * @error: the failure; what was not answered is sent again
 *
 * Sends one batch of what waits and applies the answers.
 */
WattleStep
wattle_engine_push (WattleEngine *self, GCancellable *cancellable, GError **error)
{
  g_auto (Batch) batch = {
    .results = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free),
    .records = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref),
    .settled = g_ptr_array_new (),
    .conflicts = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_outbox_conflict_free),
    .put_off = g_ptr_array_new (),
  };
  g_auto (WattleResponse) response = { 0 };
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) local = NULL;
  WattleRequest request = { .method = "POST", .path = "/operations", .max_bytes = WATTLE_MAX_PAGE };

  if (!wattle_engine_send_blobs (self, cancellable, error))
    return WATTLE_STEP_FAILED;
  g_mutex_lock (&self->mutex);
  body = prepare (self, &batch, error);
  g_mutex_unlock (&self->mutex);
  if (body == NULL)
    return WATTLE_STEP_FAILED;
  if (batch.entries->len == 0)
    return WATTLE_STEP_MORE;
  request.body = body;
  if (!wattle_session_send (self->session, &request, &response, cancellable, &local))
    return refuse_one (self, &batch, local, error) ? WATTLE_STEP_MORE : WATTLE_STEP_FAILED;
  return read_answer (self, &batch, response.body, error);
}
