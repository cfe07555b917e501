/* blobs.c: bytes of documents: sealed here, sent in pieces, fetched when asked for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/recordings.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/id.h"
#include "sync/engine-private.h"

#define HASH_BYTES 32
#define HASH_LENGTH (2 * HASH_BYTES)
#define MAX_BLOB (64 * 1024 * 1024)
#define PIECE (1024 * 1024)
#define FIRST_WAIT (30 * WATTLE_SECOND)
#define LAST_WAIT (6 * WATTLE_HOUR)
#define BLOB "blob" /* kept in the outbox until the server has the bytes */
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

/* How often the server did not take some bytes, and when they are sent again; monotonic. */
typedef struct
{
  guint count;
  gint64 at;
} Try;

static gboolean
is_hash (const char *text)
{
  return text != NULL && strlen (text) == HASH_LENGTH && strspn (text, "0123456789abcdef") == HASH_LENGTH;
}

static char *
hash_of (GBytes *bytes)
{
  guint8 hash[HASH_BYTES];
  char *text = g_malloc (HASH_LENGTH + 1);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  crypto_generichash (hash, sizeof hash, data, length, NULL, 0);
  return sodium_bin2hex (text, HASH_LENGTH + 1, hash, sizeof hash);
}

static char *
path_of (WattleEngine *self, const char *hash)
{
  g_autofree char *name = g_strconcat (hash, ".blob", NULL);

  return g_build_filename (self->blob_folder, name, NULL);
}

/* The name is sealed in, so that one document is never taken for another. */
static gboolean
seal (WattleEngine *self, const char *hash, GBytes *bytes, GError **error)
{
  g_autofree char *path = path_of (self, hash);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autofree guint8 *sealed = g_malloc (NONCE + length + TAG);

  randombytes_buf (sealed, NONCE);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + NONCE, NULL, data, length, (const guint8 *) hash, HASH_LENGTH,
                                              NULL, sealed, self->blob_key);
  return wattle_file_replace (path, sealed, NONCE + length + TAG, error);
}

static GBytes *
unseal (WattleEngine *self, const char *hash, GError **error)
{
  g_autofree char *path = path_of (self, hash);
  g_autoptr (GBytes) sealed = wattle_file_read (path, MAX_BLOB + NONCE + TAG, error);
  g_autofree guint8 *data = NULL;
  gsize length;
  const guint8 *bytes;

  if (sealed == NULL)
    return NULL;
  bytes = g_bytes_get_data (sealed, &length);
  if (length >= NONCE + TAG)
    {
      data = g_malloc (length);
      if (crypto_aead_xchacha20poly1305_ietf_decrypt (data, NULL, NULL, bytes + NONCE, length - NONCE,
                                                      (const guint8 *) hash, HASH_LENGTH, bytes, self->blob_key)
          == 0)
        return g_bytes_new_take (g_steal_pointer (&data), length - NONCE - TAG);
    }
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "hash",
                          _("The copy of this document on this computer is damaged. It was left as it is."));
  return NULL;
}

/**
 * wattle_engine_put_blob:
 * @self: the engine
 * @bytes: of a document, at most 64 MiB
 * @error: the failure; nothing was kept
 *
 * Keeps bytes here and sends them before the operations that wait.
 *
 * Returns: (transfer full) (nullable): their hash, once they are on the disk
 */
char *
wattle_engine_put_blob (WattleEngine *self, GBytes *bytes, GError **error)
{
  g_autofree char *hash = hash_of (bytes);

  if (g_bytes_get_size (bytes) > MAX_BLOB)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, "size",
                              _("This document is larger than 64 MB. Nothing was kept; make it smaller first."));
      return NULL;
    }
  if (!seal (self, hash, bytes, error)
      || !wattle_outbox_keep (self->outbox, BLOB, hash, "", wattle_clock_now (), error))
    return NULL;
  __atomic_store_n (&self->blobs_wait, TRUE, __ATOMIC_RELAXED);
  return g_steal_pointer (&hash);
}

/**
 * wattle_engine_get_blob:
 * @self: the engine
 * @hash: of the bytes
 * @cancellable: (nullable): to stop
 * @error: %WATTLE_ERROR_OFFLINE when they are not here
 *
 * Returns: (transfer full) (nullable): the bytes
 */
GBytes *
wattle_engine_get_blob (WattleEngine *self, const char *hash, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *found = NULL;
  g_auto (WattleResponse) response = { 0 };
  WattleRequest request = { .method = "GET", .max_bytes = MAX_BLOB };
  GBytes *kept;

  if (!is_hash (hash))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "hash", _("This is not the name of a document's bytes."));
      return NULL;
    }
  kept = unseal (self, hash, NULL);
  if (kept != NULL)
    return kept;
  request.path = path = g_strconcat ("/blobs/", hash, NULL);
  if (!wattle_session_send (self->session, &request, &response, cancellable, error))
    return NULL;
  found = hash_of (response.body);
  if (strcmp (found, hash) != 0)
    {
      wattle_set_field_error (
        error, WATTLE_ERROR_CORRUPT, "hash",
        _("The server sent other bytes than those of this document. Nothing was kept; try again."));
      return NULL;
    }
  seal (self, hash, response.body, NULL);
  return g_steal_pointer (&response.body);
}

/**
 * wattle_engine_find_blob:
 * @self: the engine
 * @hash: of bytes that are kept here
 * @error: they are not, or are damaged
 *
 * Returns: (transfer full) (nullable): the bytes, without asking the server
 */
GBytes *
wattle_engine_find_blob (WattleEngine *self, const char *hash, GError **error)
{
  return is_hash (hash) ? unseal (self, hash, error) : NULL;
}

/* Whether the server does not have these bytes yet: there is no other copy of them. An outbox that cannot be read now
 * does not say that they are there. */
gboolean
wattle_engine_blob_waits (WattleEngine *self, const char *hash)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *waiting = wattle_outbox_kept (self->outbox, BLOB, hash, &error);

  return waiting != NULL || !g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
}

/* Those that wait stay. */
void
wattle_engine_forget_blob (WattleEngine *self, const char *hash)
{
  g_autofree char *path = NULL;

  if (self->blob_folder == NULL || !is_hash (hash) || wattle_engine_blob_waits (self, hash))
    return;
  path = path_of (self, hash);
  if (g_unlink (path) != 0 && errno != ENOENT)
    g_warning ("a document that was taken away is still on this computer: %s", g_strerror (errno));
}

/* Where the server stands: -1 on failure, the size when it has everything. */
static gint64
ask_offset (WattleEngine *self, const char *path, gint64 size, GCancellable *cancellable, GError **error)
{
  WattleRequest request = { .method = "HEAD", .path = path };
  g_auto (WattleResponse) response = { 0 };
  g_autoptr (GError) local = NULL;

  if (!wattle_session_send (self->session, &request, &response, cancellable, &local))
    {
      if (response.status == 404)
        return 0;
      g_propagate_error (error, g_steal_pointer (&local));
      return -1;
    }
  return response.upload_offset >= 0 ? MIN (response.upload_offset, size) : size;
}

/* What is to be sent: bytes that are here whole, or a recording that is read bit by bit. */
typedef struct
{
  GBytes *bytes;
  WattleRecordingSource *recording;
  gint64 size;
} Source;

static void
source_clear (Source *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->recording, wattle_recording_source_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Source, source_clear)

static gboolean
source_open (Source *self, WattleEngine *engine, const char *hash, GError **error)
{
  g_autofree char *kept = wattle_outbox_kept (engine->outbox, BLOB, hash, NULL);
  g_autofree char *id = NULL;

  if (kept != NULL && wattle_recording_parse_kept (kept, &id, &self->size))
    {
      self->recording = wattle_recording_source_new (engine, id);
      return TRUE;
    }
  self->bytes = unseal (engine, hash, error);
  self->size = self->bytes != NULL ? (gint64) g_bytes_get_size (self->bytes) : 0;
  return self->bytes != NULL;
}

static GBytes *
source_read (Source *self, gint64 offset, GError **error)
{
  gint64 length = MIN (PIECE, self->size - offset);
  g_autoptr (GBytes) piece = NULL;

  if (self->recording == NULL)
    return g_bytes_new_from_bytes (self->bytes, offset, length);
  piece = wattle_recording_source_read (self->recording, offset, length, error);
  if (piece == NULL || (gint64) g_bytes_get_size (piece) == length)
    return g_steal_pointer (&piece);
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "hash",
                          _("A recording on this computer is damaged. It was left as it is."));
  return NULL;
}

static gboolean
send_blob (WattleEngine *self, const char *hash, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_strconcat ("/blobs/", hash, NULL);
  g_auto (Source) source = { 0 };
  gboolean open = source_open (&source, self, hash, error);
  gint64 size = source.size;
  gint64 offset = open ? ask_offset (self, path, size, cancellable, error) : -1;

  while (offset >= 0 && offset < size)
    {
      g_autoptr (GBytes) piece = source_read (&source, offset, error);
      WattleRequest request = {
        .method = "PATCH",
        .path = path,
        .body = piece,
        .content_type = "application/offset+octet-stream",
        .upload_offset = offset,
        .upload_length = size,
      };
      g_auto (WattleResponse) response = { 0 };

      if (piece == NULL || !wattle_session_send (self->session, &request, &response, cancellable, error))
        return FALSE;
      if (response.upload_offset <= offset)
        {
          wattle_set_field_error (
            error, WATTLE_ERROR_CORRUPT, NULL,
            _("The server did not take a document. It is kept on this computer and sent again."));
          return FALSE;
        }
      offset = response.upload_offset;
    }
  return offset >= 0;
}

/* What the server will not take as it is now. It must not hold up everything else; its operation waits for it, or is
 * refused in words. */
static gboolean
is_about_one_blob (const GError *error)
{
  switch (wattle_error_get_code (error))
    {
    case WATTLE_ERROR_FORBIDDEN:
      return g_strcmp0 (wattle_error_get_field (error), "device") != 0
             && g_strcmp0 (wattle_error_get_field (error), "second_factor") != 0;
    case WATTLE_ERROR_TOO_LARGE:
    case WATTLE_ERROR_INVALID:
    case WATTLE_ERROR_CORRUPT:
    case WATTLE_ERROR_CONFLICT:
    case WATTLE_ERROR_NOT_FOUND:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
try_later (WattleEngine *self, const char *hash)
{
  Try *try = g_hash_table_lookup (self->blob_tries, hash);

  if (try == NULL)
    {
      try = g_new0 (Try, 1);
      g_hash_table_insert (self->blob_tries, g_strdup (hash), try);
    }
  try->at = wattle_clock_monotonic () + MIN (FIRST_WAIT << MIN (try->count, 20), LAST_WAIT);
  try->count++;
}

/* Whether a document here still names these bytes, which the server has now. */
static gboolean
is_named (WattleEngine *self, const char *hash)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->cache, NULL);
  WattleQuery query = wattle_query (WATTLE_RECORD_DOCUMENT);
  g_autoptr (WattleRecord) document = NULL;
  g_autoptr (GError) error = NULL;

  wattle_query_where_text (&query, WATTLE_DOCUMENT_HASH, hash);
  if (transaction != NULL)
    document = wattle_reader_find (wattle_transaction_reader (transaction), &query, &error);
  return document != NULL || !g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
}

static gboolean
send_one (WattleEngine *self, const char *hash, GCancellable *cancellable, GError **error)
{
  Try *try = g_hash_table_lookup (self->blob_tries, hash);
  g_autoptr (GError) local = NULL;

  if (try != NULL && try->at > wattle_clock_monotonic ())
    return TRUE;
  if (send_blob (self, hash, cancellable, &local))
    {
      g_hash_table_remove (self->blob_tries, hash);
      if (!wattle_outbox_keep (self->outbox, BLOB, hash, NULL, 0, error))
        return FALSE;
      if (!is_named (self, hash))
        wattle_engine_forget_blob (self, hash);
      return TRUE;
    }
  if (is_about_one_blob (local))
    {
      try_later (self, hash);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * wattle_engine_send_blobs:
 * @self: the engine
 * @cancellable: (nullable): to stop
 * @error: the failure; what was not taken is sent again
 *
 * Sends the bytes that wait, so that the operations that name them find them.
 * Those that the server does not take stay, and are tried again later.
 */
gboolean
wattle_engine_send_blobs (WattleEngine *self, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) hashes = NULL;

  __atomic_store_n (&self->blobs_wait, FALSE, __ATOMIC_RELAXED);
  hashes = wattle_outbox_kept_keys (self->outbox, BLOB, error);
  for (guint i = 0; hashes != NULL && hashes[i] != NULL; i++)
    if (!send_one (self, hashes[i], cancellable, error))
      {
        __atomic_store_n (&self->blobs_wait, TRUE, __ATOMIC_RELAXED);
        return FALSE;
      }
  return hashes != NULL;
}

/**
 * wattle_engine_blobs_at:
 * @self: the engine
 *
 * Returns: after how many microseconds bytes are to be sent; -1 when none wait
 */
gint64
wattle_engine_blobs_at (WattleEngine *self)
{
  gint64 now = wattle_clock_monotonic (), soonest = -1;
  GHashTableIter iter;
  gpointer try;

  if (__atomic_load_n (&self->blobs_wait, __ATOMIC_RELAXED))
    return 0;
  g_hash_table_iter_init (&iter, self->blob_tries);
  while (g_hash_table_iter_next (&iter, NULL, &try))
    {
      gint64 wait = MAX (((Try *) try)->at - now, 0);

      soonest = soonest < 0 ? wait : MIN (soonest, wait);
    }
  return soonest;
}

/* The bytes that an operation which waits is about, if they are here. */
static gboolean
keep_again (WattleEngine *self, const WattleOutboxEntry *entry, GError **error)
{
  static const char *const with_bytes[] = { "document.file", "recording.file", "message.send", NULL };
  g_autoptr (WattleJson) json = NULL;
  WattleJsonNode document;
  gboolean recording = strcmp (entry->name, "recording.file") == 0;
  g_autofree char *path = NULL;
  g_autofree char *kept = NULL;
  const char *hash, *id;

  if (!g_strv_contains (with_bytes, entry->name))
    return TRUE;
  json = wattle_json_parse (entry->args, -1, NULL, NULL);
  if (json == NULL)
    return TRUE;
  document = wattle_json_member (wattle_json_root (json), "document");
  hash = wattle_json_member_string (document, "hash");
  id = wattle_json_member_string (document, "id");
  if (!is_hash (hash) || (recording && !wattle_id_is_valid (id)))
    return TRUE;
  path = recording ? wattle_engine_recording_path (self, id) : path_of (self, hash);
  kept = recording ? wattle_recording_kept (id, (guint64) wattle_json_member_integer (document, "size", 0))
                   : g_strdup ("");
  return !g_file_test (path, G_FILE_TEST_EXISTS)
         || wattle_outbox_keep (self->outbox, BLOB, hash, kept, wattle_clock_now (), error);
}

/**
 * wattle_engine_send_blobs_again:
 * @self: the engine
 * @error: the failure
 *
 * After the server was restored it may lack the bytes of documents that are
 * filed again.
 */
gboolean
wattle_engine_send_blobs_again (WattleEngine *self, GError **error)
{
  g_autoptr (GPtrArray) pending = wattle_outbox_entries (self->outbox, WATTLE_OUTBOX_PENDING, G_MAXINT, error);

  for (guint i = 0; pending != NULL && i < pending->len; i++)
    if (self->blob_folder != NULL && !keep_again (self, g_ptr_array_index (pending, i), error))
      return FALSE;
  __atomic_store_n (&self->blobs_wait, TRUE, __ATOMIC_RELAXED);
  return pending != NULL;
}
