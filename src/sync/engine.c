/* engine.c: cache, outbox and server brought together, one step at a time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/engine-private.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "store/vfs/vfs.h"
#include "sync/recordings.h"
#include "sync/trail.h"

#define KEEP_DONE (7 * WATTLE_DAY)
#define KNOWN "known" /* what the outbox knows of the server */

/**
 * wattle_engine_new:
 * @cache: the encrypted cache; used until the engine is freed
 * @outbox: the outbox; used until the engine is freed
 * @session: a session that knows who the person is
 * @listener: whom to tell
 *
 * Returns: (transfer full): an engine; call wattle_engine_start() first
 */
WattleEngine *
wattle_engine_new (WattleStore *cache,
                   WattleOutbox *outbox,
                   WattleSession *session,
                   const WattleEngineListener *listener)
{
  WattleEngine *self = g_new0 (WattleEngine, 1);

  g_mutex_init (&self->mutex);
  g_mutex_init (&self->recording_mutex);
  self->cache = g_object_ref (cache);
  self->outbox = outbox;
  self->session = session;
  self->listener = *listener;
  self->identity = wattle_session_identity (session);
  self->greet = TRUE;
  self->blobs_wait = TRUE;
  self->blob_tries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
wattle_engine_free (WattleEngine *self)
{
  wattle_engine_drop_ahead (self);
  g_clear_pointer (&self->identity, wattle_identity_unref);
  g_clear_pointer (&self->seen, g_hash_table_unref);
  g_clear_pointer (&self->blob_tries, g_hash_table_unref);
  g_clear_pointer (&self->recording, wattle_recording_source_free);
  g_clear_pointer (&self->blob_key, sodium_free);
  g_free (self->blob_folder);
  g_object_unref (self->cache);
  g_mutex_clear (&self->mutex);
  g_mutex_clear (&self->recording_mutex);
  g_free (self);
}

/**
 * wattle_engine_set_blobs:
 * @self: the engine
 * @folder: where to keep bytes of documents
 * @key: 32 bytes to seal them with
 */
void
wattle_engine_set_blobs (WattleEngine *self, const char *folder, const guint8 *key)
{
  self->blob_folder = g_strdup (folder);
  self->blob_key = sodium_malloc (WATTLE_VFS_KEY_BYTES);
  if (self->blob_key == NULL)
    g_error ("no memory for a key");
  memcpy (self->blob_key, key, WATTLE_VFS_KEY_BYTES);
}

/**
 * wattle_engine_set_fetch_ahead:
 * @self: the engine
 * @ahead: whether a page of a snapshot is fetched while the one before is applied
 *
 * Off at first: a simulation wants one thing after the other.
 */
void
wattle_engine_set_fetch_ahead (WattleEngine *self, gboolean ahead)
{
  self->fetch_ahead = ahead;
}

static gboolean
read_state (WattleEngine *self, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->cache, error);
  g_autofree char *snapshot = NULL;

  if (transaction == NULL)
    return FALSE;
  snapshot = wattle_transaction_meta (transaction, WATTLE_META_SNAPSHOT, NULL);
  self->cursor = wattle_engine_get_number (transaction, WATTLE_META_CURSOR, -1);
  self->consistent = self->cursor >= 0 && snapshot == NULL;
  return TRUE;
}

/* A version that knew fewer types of records left out what it had no use for: this one takes every row anew. */
static gboolean
follow_schema (WattleEngine *self, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (self->cache, error);

  if (transaction == NULL)
    return FALSE;
  if (wattle_engine_get_number (transaction, WATTLE_META_SCHEMA, 0) >= WATTLE_SCHEMA_VERSION)
    return TRUE;
  if (!wattle_engine_set_number (transaction, WATTLE_META_SCHEMA, WATTLE_SCHEMA_VERSION, error)
      || (self->cursor >= 0 && !wattle_transaction_set_meta (transaction, WATTLE_META_SNAPSHOT, "{}", error))
      || !wattle_transaction_commit (transaction, error))
    return FALSE;
  self->consistent = FALSE;
  return TRUE;
}

/**
 * wattle_engine_start:
 * @self: the engine
 * @error: the failure
 *
 * Brings the cache to where the outbox is: what was kept there last may not
 * have reached the cache before the computer stopped.
 */
gboolean
wattle_engine_start (WattleEngine *self, GError **error)
{
  gboolean started;

  g_mutex_lock (&self->mutex);
  started = wattle_engine_apply (self, NULL, NULL, error) && read_state (self, error) && follow_schema (self, error);
  g_mutex_unlock (&self->mutex);
  return started;
}

/* What the server may have lost is sent again. The outbox remembers for which server it was acknowledged: a cache that
 * was set aside meanwhile knows nothing of it. */
static gboolean
send_lost_again (WattleEngine *self, const char *epoch, const char *cached, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *known = wattle_outbox_kept (self->outbox, KNOWN, WATTLE_META_EPOCH, &local);
  const char *before = known != NULL ? known : cached;

  if (known == NULL && !g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (before != NULL && strcmp (before, epoch) != 0
      && (!wattle_outbox_send_again (self->outbox, wattle_clock_now () - KEEP_DONE, error)
          || !wattle_engine_send_blobs_again (self, error)))
    return FALSE;
  return g_strcmp0 (known, epoch) == 0
         || wattle_outbox_keep (self->outbox, KNOWN, WATTLE_META_EPOCH, epoch, wattle_clock_now (), error);
}

/* Numbers of a server that was restored start again: its rows are taken anew. */
static gboolean
follow_epoch (WattleEngine *self, const char *epoch, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (self->cache, error);
  g_autofree char *known = NULL;

  if (transaction == NULL)
    return FALSE;
  known = wattle_transaction_meta (transaction, WATTLE_META_EPOCH, NULL);
  if (!send_lost_again (self, epoch, known, error))
    return FALSE;
  if (g_strcmp0 (known, epoch) == 0)
    return TRUE;
  if (known != NULL && !wattle_transaction_set_meta (transaction, WATTLE_META_SNAPSHOT, "{}", error))
    return FALSE;
  if (!wattle_transaction_set_meta (transaction, WATTLE_META_EPOCH, epoch, error)
      || !wattle_transaction_commit (transaction, error))
    return FALSE;
  if (known != NULL)
    {
      self->consistent = FALSE;
      self->snapshots_begun++;
      __atomic_store_n (&self->head, 0, __ATOMIC_RELAXED);
    }
  return TRUE;
}

/* Another role, another choice of the practice: rows may have left this person's sight that no line names. */
static gboolean
follow_sight (WattleEngine *self, gint64 sight, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (self->cache, error);
  gint64 known;

  if (transaction == NULL)
    return FALSE;
  known = wattle_engine_get_number (transaction, WATTLE_META_SIGHT, -1);
  if (sight < 0 || known == sight)
    return TRUE;
  if ((known >= 0 && !wattle_transaction_set_meta (transaction, WATTLE_META_SNAPSHOT, "{}", error))
      || !wattle_engine_set_number (transaction, WATTLE_META_SIGHT, sight, error)
      || !wattle_transaction_commit (transaction, error))
    return FALSE;
  if (known >= 0)
    {
      self->consistent = FALSE;
      self->snapshots_begun++;
    }
  return TRUE;
}

static gboolean
read_hello (WattleEngine *self, WattleJsonNode hello, GError **error)
{
  const char *product = wattle_json_member_string (hello, "product");
  const char *epoch = wattle_json_member_string (hello, "epoch");
  WattleJsonNode practice = wattle_json_member (hello, "practice");
  gint64 limit = wattle_json_member_integer (wattle_json_member (hello, "limits"), "operations", 500);
  gboolean followed;

  if (g_strcmp0 (product, "wattled") != 0 || !wattle_id_is_valid (epoch))
    {
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "server",
                              _("What answers at this address is not a Wattle server. Nothing was sent to it."));
      return FALSE;
    }
  if (g_strcmp0 (wattle_json_member_string (practice, "id"), self->identity->actor.practice) != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "server",
                              _("Another practice answers at this address. Nothing was sent to it; your records and "
                                 "changes stay on this computer."));
      return FALSE;
    }
  self->batch_limit = CLAMP (limit, 1, 500);
  self->parting = wattle_json_member_boolean (hello, "wipe");
  self->read_only = wattle_json_member_integer (hello, "minimum_schema", 1) > WATTLE_SCHEMA_VERSION;
  g_mutex_lock (&self->mutex);
  followed = follow_epoch (self, epoch, error)
             && follow_sight (self, wattle_json_member_integer (hello, "scope_revision", -1), error);
  g_mutex_unlock (&self->mutex);
  if (followed)
    wattle_engine_poke (self, wattle_json_member_integer (hello, "head", 0));
  return followed && wattle_outbox_forget_done (self->outbox, wattle_clock_now () - KEEP_DONE, error);
}

/* Goes on all the same: the person's work must not wait until somebody has looked into it. */
static void
compare_trail (WattleEngine *self, WattleJsonNode hello, const char *before, gint64 asked)
{
  const char *epoch = wattle_json_member_string (hello, "epoch");
  gboolean is_same = g_strcmp0 (epoch, before) == 0;
  g_autofree char *complaint =
    wattle_trail_compare (self->outbox, epoch, is_same ? asked : 0, hello, wattle_clock_now ());

  if (complaint != NULL && self->listener.complaint != NULL)
    self->listener.complaint (complaint, self->listener.data);
}

/* The answer that renewed the tokens says who the person is now; roles may have come or gone. */
static void
follow_identity (WattleEngine *self)
{
  WattleIdentity *now = wattle_session_identity (self->session);
  gboolean changed;

  g_mutex_lock (&self->mutex);
  changed = now != NULL && now != self->identity;
  if (changed)
    {
      WattleIdentity *before = self->identity;

      self->identity = g_steal_pointer (&now);
      wattle_identity_unref (before);
    }
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&now, wattle_identity_unref);
  if (changed && self->listener.identity != NULL)
    self->listener.identity (self->listener.data);
}

static WattleStep
say_hello (WattleEngine *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *epoch = wattle_engine_read_epoch (self, NULL);
  gint64 asked = wattle_trail_newest (self->outbox, epoch);
  g_autofree char *path =
    asked > 0 ? g_strdup_printf ("/hello?checkpoint=%" G_GINT64_FORMAT, asked) : g_strdup ("/hello");
  WattleRequest request = { .method = "GET", .path = path, .quick = TRUE };
  g_auto (WattleResponse) response = { 0 };
  g_autoptr (WattleJson) json = NULL;
  gsize length;
  const char *text;

  /* Before it goes: who asks for another one meanwhile knows of something that this answer may not. */
  __atomic_store_n (&self->greet, FALSE, __ATOMIC_RELAXED);
  if (!wattle_session_send (self->session, &request, &response, cancellable, error))
    return WATTLE_STEP_FAILED;
  follow_identity (self);
  text = g_bytes_get_data (response.body, &length);
  json = wattle_json_parse (text, length, NULL, NULL);
  if (json == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "server",
                              _("What answers at this address is not a Wattle server. Nothing was sent to it."));
      return WATTLE_STEP_FAILED;
    }
  if (!read_hello (self, wattle_json_root (json), error))
    return WATTLE_STEP_FAILED;
  compare_trail (self, wattle_json_root (json), epoch, asked);
  __atomic_store_n (&self->pull_wanted, TRUE, __ATOMIC_RELAXED);
  return WATTLE_STEP_MORE;
}

/* This device may send what waits, documents too, and then destroys what it keeps. */
static WattleStep
part (WattleEngine *self, gint64 waiting, GCancellable *cancellable, GError **error)
{
  if (waiting > 0)
    return WATTLE_STEP_IDLE;
  if (wattle_engine_send_blobs (self, cancellable, error))
    wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "device.wipe",
                            _("This device was removed from the practice."));
  return WATTLE_STEP_FAILED;
}

static WattleStep
next_step (WattleEngine *self, GCancellable *cancellable, GError **error)
{
  gint64 waiting;

  if (__atomic_load_n (&self->greet, __ATOMIC_RELAXED))
    return say_hello (self, cancellable, error);
  if (self->read_only)
    {
      wattle_set_field_error (
        error, WATTLE_ERROR_UNSUPPORTED, "schema",
        _("The server needs a newer version of Wattle. Until then you can read, and your changes "
           "are kept on this computer."));
      return WATTLE_STEP_FAILED;
    }
  waiting = wattle_outbox_count (self->outbox, WATTLE_OUTBOX_PENDING, error);
  if (waiting < 0)
    return WATTLE_STEP_FAILED;
  if (waiting > 0 && wattle_engine_may_push (self))
    return wattle_engine_push (self, cancellable, error);
  if (wattle_engine_blobs_at (self) == 0)
    return wattle_engine_send_blobs (self, cancellable, error) ? WATTLE_STEP_MORE : WATTLE_STEP_FAILED;
  if (self->parting)
    return part (self, waiting, cancellable, error);
  if (!self->consistent)
    return wattle_engine_snapshot (self, cancellable, error);
  if (__atomic_load_n (&self->pull_wanted, __ATOMIC_RELAXED)
      || __atomic_load_n (&self->head, __ATOMIC_RELAXED) > __atomic_load_n (&self->cursor, __ATOMIC_RELAXED))
    return wattle_engine_pull (self, cancellable, error);
  return WATTLE_STEP_IDLE;
}

/**
 * wattle_engine_step:
 * @self: the engine
 * @cancellable: (nullable): to stop
 * @error: the failure; everything is as it was before this step
 *
 * Does the next thing: greets, sends operations, fetches a page. At most a few
 * requests. Only one thread may step.
 *
 * Returns: whether there is more to do
 */
WattleStep
wattle_engine_step (WattleEngine *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  WattleStep step = next_step (self, cancellable, &local);

  __atomic_store_n (&self->online, step != WATTLE_STEP_FAILED, __ATOMIC_RELAXED);
  if (step != WATTLE_STEP_FAILED)
    return step;
  if (g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_UNSUPPORTED)
      && g_strcmp0 (wattle_error_get_field (local), "cursor") != 0)
    self->read_only = TRUE;
  __atomic_store_n (&self->greet, TRUE, __ATOMIC_RELAXED);
  g_propagate_error (error, g_steal_pointer (&local));
  return step;
}

/**
 * wattle_engine_wait:
 * @self: the engine, after %WATTLE_STEP_IDLE
 *
 * Returns: after how many microseconds operations and documents that the server
 *   put off may go again; -1 when there are none
 */
gint64
wattle_engine_wait (WattleEngine *self)
{
  gint64 blobs = wattle_engine_blobs_at (self), push;

  if (self->push_at == 0 || wattle_outbox_count (self->outbox, WATTLE_OUTBOX_PENDING, NULL) == 0)
    return blobs;
  push = MAX (self->push_at - wattle_clock_monotonic (), 0);
  return blobs < 0 ? push : MIN (push, blobs);
}

/**
 * wattle_engine_poke:
 * @self: the engine
 * @head: newest revision of the server; -1 when that is not known
 *
 * Says that there may be news. From any thread.
 */
void
wattle_engine_poke (WattleEngine *self, gint64 head)
{
  if (head < 0)
    __atomic_store_n (&self->pull_wanted, TRUE, __ATOMIC_RELAXED);
  else
    __atomic_store_n (&self->head, head, __ATOMIC_RELAXED);
}

/* Asks the server first what it is and where it stands. From any thread. */
void
wattle_engine_greet_again (WattleEngine *self)
{
  __atomic_store_n (&self->greet, TRUE, __ATOMIC_RELAXED);
}

gboolean
wattle_engine_is_read_only (WattleEngine *self)
{
  return self->read_only;
}

gint64
wattle_engine_cursor (WattleEngine *self)
{
  return __atomic_load_n (&self->cursor, __ATOMIC_RELAXED);
}

/**
 * wattle_engine_take_identity:
 * @self: the engine
 * @error: the failure
 *
 * After the role changed: other rows are visible now.
 */
gboolean
wattle_engine_take_identity (WattleEngine *self, GError **error)
{
  gboolean begun;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->identity, wattle_identity_unref);
  self->identity = wattle_session_identity (self->session);
  begun = wattle_engine_begin_snapshot (self, error);
  g_mutex_unlock (&self->mutex);
  wattle_engine_greet_again (self);
  return begun;
}

/* Keeps an operation, and forgets the one that it stands for, as one. */
static gboolean
keep_entry (WattleEngine *self, WattleOutboxEntry *entry, const char *instead_of, GError **error)
{
  if (!wattle_outbox_begin (self->outbox, error))
    return FALSE;
  if (wattle_outbox_append (self->outbox, entry, error)
      && (instead_of == NULL || wattle_outbox_remove (self->outbox, instead_of, error)))
    return wattle_outbox_commit (self->outbox, error);
  wattle_outbox_roll_back (self->outbox);
  return FALSE;
}

static gboolean
perform (WattleEngine *self, WattleOutboxEntry *entry, const char *instead_of, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (self->cache, error);

  if (transaction == NULL || !wattle_engine_run (self, transaction, entry, error)
      || !keep_entry (self, entry, instead_of, error))
    return FALSE;
  /* From here on it is safe. A cache that cannot follow now is brought there at the next start or pull. */
  wattle_transaction_commit (transaction, NULL);
  if (instead_of != NULL)
    self->listener.removed (instead_of, self->listener.data);
  self->listener.entry (entry, self->listener.data);
  return TRUE;
}

static WattleOutboxEntry *
make_entry (WattleEngine *self, const char *name, const char *args, GError **error)
{
  const WattleOperation *operation = wattle_operation_find (name);
  WattleOutboxEntry *entry;

  if (operation == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "name", "There is no operation “%s”.", name);
      return NULL;
    }
  if (self->read_only)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "schema",
                              _("This version of Wattle is too old for the server, so that nothing can be changed. "
                                 "What you changed before is kept; update Wattle to go on."));
      return NULL;
    }
  if (operation->needs_server && !__atomic_load_n (&self->online, __ATOMIC_RELAXED))
    {
      wattle_set_field_error (
        error, WATTLE_ERROR_OFFLINE, NULL,
        _("This can only be done while the server is reached. Nothing was changed; try again when "
           "you are online."));
      return NULL;
    }
  entry = g_new0 (WattleOutboxEntry, 1);
  entry->id = wattle_id_new ();
  entry->name = g_strdup (name);
  entry->args = g_strdup (args);
  entry->at = wattle_clock_now ();
  return entry;
}

/**
 * wattle_engine_perform:
 * @self: the engine
 * @name: of an operation
 * @args: JSON object
 * @error: why it cannot be done; nothing was kept
 *
 * Does an operation here at once and keeps it for the server.
 *
 * Returns: (transfer full) (nullable): its id, once it is on the disk
 */
char *
wattle_engine_perform (WattleEngine *self, const char *name, const char *args, GError **error)
{
  g_autoptr (WattleOutboxEntry) entry = make_entry (self, name, args, error);
  gboolean done;

  if (entry == NULL)
    return NULL;
  g_mutex_lock (&self->mutex);
  done = perform (self, entry, NULL, error);
  g_mutex_unlock (&self->mutex);
  return done ? g_steal_pointer (&entry->id) : NULL;
}

/* What the server answered with a no, and nobody has taken up since. */
static WattleOutboxEntry *
find_settled (WattleEngine *self, const char *id, GError **error)
{
  g_autoptr (WattleOutboxEntry) entry = wattle_outbox_find (self->outbox, id, error);

  if (entry == NULL || entry->status == WATTLE_OUTBOX_CONFLICT || entry->status == WATTLE_OUTBOX_REFUSED)
    return g_steal_pointer (&entry);
  wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, NULL,
                          _("This change was not refused. It is kept and goes its way."));
  return NULL;
}

/* The person was told what stands there now, and wants it all the same: what they saw before is left out. A text that
 * somebody else changed has to be read, so the stamp of one stays. */
static char *
without_what_was_seen (const char *args)
{
  g_autoptr (WattleJson) json = wattle_json_parse (args, -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  WattleJsonIter iter;
  WattleJsonNode value;
  const char *name;

  if (json == NULL)
    return g_strdup (args);
  iter = wattle_json_iter (wattle_json_root (json));
  wattle_json_begin_object (&writer);
  while (wattle_json_next (&iter, &name, &value))
    {
      gsize length;
      const char *raw = wattle_json_raw (value, &length);

      if (g_str_equal (name, "from") || g_str_equal (name, "old"))
        continue;
      wattle_json_name (&writer, name);
      wattle_json_put_raw (&writer, raw, length);
    }
  wattle_json_end_object (&writer);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * wattle_engine_send_again:
 * @self: the engine
 * @id: of an operation that was refused or met a conflict
 * @args: (nullable): JSON object, mended; %NULL for what was sent the first time
 * @error: why it cannot be done; the refused one is then kept as it was
 *
 * Does the same operation as a new one, in place of the one that was refused.
 *
 * Returns: (transfer full) (nullable): the new id, once it is on the disk
 */
char *
wattle_engine_send_again (WattleEngine *self, const char *id, const char *args, GError **error)
{
  g_autoptr (WattleOutboxEntry) old = NULL;
  g_autoptr (WattleOutboxEntry) entry = NULL;
  gboolean done = FALSE;

  g_mutex_lock (&self->mutex);
  old = find_settled (self, id, error);
  if (old != NULL)
    {
      g_autofree char *wanted = without_what_was_seen (args != NULL ? args : old->args);

      entry = make_entry (self, old->name, wanted, error);
    }
  if (entry != NULL)
    done = perform (self, entry, id, error);
  g_mutex_unlock (&self->mutex);
  return done ? g_steal_pointer (&entry->id) : NULL;
}

static gboolean
withdraw (WattleEngine *self, const char *id, GError **error)
{
  g_autoptr (WattleOutboxEntry) entry = wattle_outbox_find (self->outbox, id, error);

  if (entry == NULL)
    return FALSE;
  if (entry->status != WATTLE_OUTBOX_WAITING)
    {
      wattle_set_field_error (
        error, WATTLE_ERROR_CONFLICT, NULL,
        _("This change was already sent and can no longer be withdrawn. Change it back instead."));
      return FALSE;
    }
  if (!wattle_outbox_remove (self->outbox, id, error))
    return FALSE;
  self->listener.removed (id, self->listener.data);
  return wattle_engine_apply (self, NULL, NULL, error);
}

/**
 * wattle_engine_withdraw:
 * @self: the engine
 * @id: of an operation that was never sent
 * @error: %WATTLE_ERROR_CONFLICT when the server may have it
 *
 * Takes an operation back.
 */
gboolean
wattle_engine_withdraw (WattleEngine *self, const char *id, GError **error)
{
  gboolean done;

  g_mutex_lock (&self->mutex);
  done = withdraw (self, id, error);
  g_mutex_unlock (&self->mutex);
  return done;
}

/**
 * wattle_engine_discard:
 * @self: the engine
 * @id: of an operation that was refused or met a conflict
 * @error: %WATTLE_ERROR_CONFLICT for any other
 *
 * Throws away what the server refused, with its words. Nothing but a person's
 * choice calls this.
 */
gboolean
wattle_engine_discard (WattleEngine *self, const char *id, GError **error)
{
  g_autoptr (WattleOutboxEntry) entry = NULL;
  gboolean done;

  g_mutex_lock (&self->mutex);
  entry = find_settled (self, id, error);
  done = entry != NULL && wattle_outbox_remove (self->outbox, id, error);
  if (done)
    self->listener.removed (id, self->listener.data);
  g_mutex_unlock (&self->mutex);
  return done;
}

/**
 * wattle_engine_resolve:
 * @self: the engine
 * @conflict: a choice that waits
 * @use_mine: whether this device's value shall stand
 * @error: the failure; the choice then still waits
 */
gboolean
wattle_engine_resolve (WattleEngine *self, const WattleOutboxConflict *conflict, gboolean use_mine, GError **error)
{
  g_autoptr (GString) args = g_string_new (NULL);
  g_autofree char *id = NULL;
  WattleJsonWriter writer = wattle_json_writer (args);
  gboolean visit = strcmp (conflict->type, "appointment") == 0;

  if (use_mine)
    {
      wattle_json_begin_object (&writer);
      if (!visit)
        wattle_json_pair_string (&writer, "type", conflict->type);
      wattle_json_pair_string (&writer, "id", conflict->record);
      wattle_json_name (&writer, "changes");
      wattle_json_begin_object (&writer);
      wattle_json_name (&writer, conflict->field);
      wattle_json_begin_object (&writer);
      wattle_json_name (&writer, "old");
      wattle_json_put_raw (&writer, conflict->theirs, -1);
      wattle_json_name (&writer, "new");
      wattle_json_put_raw (&writer, conflict->mine, -1);
      wattle_json_end_object (&writer);
      wattle_json_end_object (&writer);
      wattle_json_end_object (&writer);
      id = wattle_engine_perform (self, visit ? "appointment.change" : "record.change", args->str, error);
      if (id == NULL)
        return FALSE;
    }
  if (!wattle_outbox_drop_conflict (self->outbox, conflict->number, error))
    return FALSE;
  self->listener.resolved (conflict->number, self->listener.data);
  return TRUE;
}
