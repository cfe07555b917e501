/* recordings.c: what is recorded of calls: sealed on this computer as it comes, filed, sent, and read again
 *
 * A recording is a file of its own (stream-file.h) in the folder of the account, named by the id that its document will
 * have. It stays until the server has its bytes and its document, whatever happens in between.
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
#include "base/id.h"
#include "sync/engine-private.h"

#define SUFFIX ".recording"
#define BLOB "blob"
#define KEY_CONTEXT "wtlrecrd"

struct _WattleRecordingSource
{
  char *id;
  char *path;
  guint8 *key;
  WattleStreamReader *reader;
  GByteArray *have;
  gint64 at; /* where @have begins */
};

void
wattle_recording_file_free (WattleRecordingFile *self)
{
  g_free (self->id);
  g_free (self->about);
  g_free (self);
}

/* The path of a recording that is, or would be, on this computer (transfer full). */
char *
wattle_engine_recording_path (WattleEngine *self, const char *id)
{
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);

  return g_build_filename (self->blob_folder, name, NULL);
}

static guint8 *
make_key (WattleEngine *self)
{
  guint8 *key = sodium_malloc (WATTLE_STREAM_KEY_BYTES);

  if (key == NULL)
    g_error ("no memory for a key");
  crypto_kdf_derive_from_key (key, WATTLE_STREAM_KEY_BYTES, 1, KEY_CONTEXT, self->blob_key);
  return key;
}

/**
 * wattle_engine_begin_recording:
 * @self: the engine
 * @id: of the recording
 * @about: what whoever files it must know
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): what to write it with, on any thread
 */
WattleStreamWriter *
wattle_engine_begin_recording (WattleEngine *self, const char *id, const char *about, GError **error)
{
  g_autofree char *path = wattle_engine_recording_path (self, id);
  guint8 *key = make_key (self);
  WattleStreamWriter *writer = wattle_stream_writer_new (path, id, key, about, error);

  sodium_free (key);
  return writer;
}

/* What the outbox keeps beside the hash of a recording that is to be sent (transfer full). */
char *
wattle_recording_kept (const char *id, guint64 size)
{
  return g_strdup_printf ("%s %" G_GUINT64_FORMAT, id, size);
}

/* The other way round; %FALSE for what is no recording. */
gboolean
wattle_recording_parse_kept (const char *kept, char **id, gint64 *size)
{
  g_auto (GStrv) words = g_strsplit (kept, " ", 2);
  guint64 number;

  if (g_strv_length (words) != 2 || !wattle_id_is_valid (words[0])
      || !g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXINT64, &number, NULL))
    return FALSE;
  *id = g_strdup (words[0]);
  *size = (gint64) number;
  return TRUE;
}

/**
 * wattle_recording_source_new:
 * @engine: the engine
 * @id: of a recording on this computer
 *
 * Returns: (transfer full): something to read it from, from the beginning on
 */
WattleRecordingSource *
wattle_recording_source_new (WattleEngine *engine, const char *id)
{
  WattleRecordingSource *self = g_new0 (WattleRecordingSource, 1);

  self->id = g_strdup (id);
  self->path = wattle_engine_recording_path (engine, id);
  self->key = make_key (engine);
  self->have = g_byte_array_new ();
  return self;
}

void
wattle_recording_source_free (WattleRecordingSource *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->reader, wattle_stream_reader_free);
  g_byte_array_unref (self->have);
  sodium_free (self->key);
  g_free (self->path);
  g_free (self->id);
  g_free (self);
}

static gboolean
begin_again (WattleRecordingSource *self, GError **error)
{
  g_clear_pointer (&self->reader, wattle_stream_reader_free);
  g_byte_array_set_size (self->have, 0);
  self->at = 0;
  self->reader = wattle_stream_reader_new (self->path, self->id, self->key, error);
  return self->reader != NULL;
}

static void
drop_until (WattleRecordingSource *self, gint64 offset)
{
  guint n = (guint) MIN (offset - self->at, (gint64) self->have->len);

  if (n > 0)
    g_byte_array_remove_range (self->have, 0, n);
  self->at += n;
}

/**
 * wattle_recording_source_read:
 * @self: a source
 * @offset: where to read; one part after the other is quick
 * @length: how much
 * @error: there is no such recording here, or it cannot be opened
 *
 * What comes after damage counts as the end.
 *
 * Returns: (transfer full) (nullable): bytes, fewer than @length at the end
 */
GBytes *
wattle_recording_source_read (WattleRecordingSource *self, gint64 offset, gsize length, GError **error)
{
  GBytes *piece;

  if ((self->reader == NULL || offset < self->at) && !begin_again (self, error))
    return NULL;
  drop_until (self, offset);
  while ((self->at < offset || self->have->len < length)
         && (piece = wattle_stream_reader_next (self->reader, NULL)) != NULL)
    {
      g_byte_array_append (self->have, g_bytes_get_data (piece, NULL), (guint) g_bytes_get_size (piece));
      g_bytes_unref (piece);
      drop_until (self, offset);
    }
  if (self->at < offset)
    return g_bytes_new (NULL, 0);
  return g_bytes_new (self->have->data, MIN (length, self->have->len));
}

/* What became of a recording: in which chart it is, if in any. */
static WattleRecord *
find_document (WattleEngine *self, const char *id)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->cache, NULL);

  if (transaction == NULL)
    return NULL;
  return wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_DOCUMENT, id, NULL);
}

/* The server has everything: what is here is one copy too many. */
static void
drop_sent (WattleEngine *self, WattleRecord *document, const char *path)
{
  const char *hash = wattle_record_get_string (document, WATTLE_DOCUMENT_HASH);

  if (!wattle_engine_blob_waits (self, hash) && wattle_record_revision (document) > 0 && g_unlink (path) != 0)
    g_warning ("a recording that was sent is still on this computer: %s", g_strerror (errno));
}

/* A recording that is in no chart. One that cannot be opened stays as it is. */
static WattleRecordingFile *
measure (WattleEngine *self, const char *id, const char *path)
{
  g_autoptr (WattleRecordingFile) file = g_new0 (WattleRecordingFile, 1);
  g_autoptr (GError) error = NULL;
  guint8 *key = make_key (self);
  gboolean measured = wattle_stream_measure (path, id, key, &file->size, file->hash, &file->about, &error);
  GStatBuf info;

  sodium_free (key);
  if (!measured)
    {
      g_warning ("a recording cannot be opened and stays as it is: %s", error->message);
      return NULL;
    }
  if (file->size == 0)
    {
      g_unlink (path);
      return NULL;
    }
  file->id = g_strdup (id);
  file->ended_at = g_stat (path, &info) == 0 ? (gint64) info.st_mtime * WATTLE_SECOND : wattle_clock_now ();
  return g_steal_pointer (&file);
}

static gboolean
look_at (WattleEngine *self, const char *name, GPtrArray *found, GError **error)
{
  g_autofree char *path = g_build_filename (self->blob_folder, name, NULL);
  g_autofree char *id = g_strndup (name, strlen (name) - strlen (SUFFIX));
  g_autoptr (WattleRecord) document = NULL;
  g_autoptr (WattleRecordingFile) file = NULL;
  g_autofree char *kept = NULL;

  if (!wattle_id_is_valid (id) || wattle_stream_is_written (path))
    return TRUE;
  document = find_document (self, id);
  if (document != NULL)
    drop_sent (self, document, path);
  else
    file = measure (self, id, path);
  if (file == NULL)
    return TRUE;
  kept = wattle_recording_kept (id, file->size);
  if (!wattle_outbox_keep (self->outbox, BLOB, file->hash, kept, wattle_clock_now (), error))
    return FALSE;
  __atomic_store_n (&self->blobs_wait, TRUE, __ATOMIC_RELAXED);
  g_ptr_array_add (found, g_steal_pointer (&file));
  return TRUE;
}

/**
 * wattle_engine_find_recordings:
 * @self: the engine
 * @cancellable: (nullable): to stop
 * @error: the failure
 *
 * Reads what was recorded and is in no chart yet, after the end of a call or of the program, and sees to it that its
 * bytes are sent. What the server has meanwhile goes from this computer.
 *
 * Returns: (element-type WattleRecordingFile) (transfer full) (nullable): what is to be filed
 */
GPtrArray *
wattle_engine_find_recordings (WattleEngine *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_recording_file_free);
  g_autoptr (GDir) dir = g_dir_open (self->blob_folder, 0, error);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, SUFFIX)
        && (g_cancellable_set_error_if_cancelled (cancellable, error) || !look_at (self, name, found, error)))
      return NULL;
  return dir != NULL ? g_steal_pointer (&found) : NULL;
}

/**
 * wattle_engine_hold_recording:
 * @self: the engine
 * @hash: of a recording that may not be filed
 * @error: the failure
 *
 * It stays on this computer and is not sent, until it is found again.
 */
gboolean
wattle_engine_hold_recording (WattleEngine *self, const char *hash, GError **error)
{
  return wattle_outbox_keep (self->outbox, BLOB, hash, NULL, 0, error);
}

/* A part of the copy that is here; %NULL when there is none, and then the server is asked. */
static GBytes *
read_here (WattleEngine *self, const char *id, gint64 offset)
{
  g_autofree char *path = wattle_engine_recording_path (self, id);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->recording_mutex);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  if (self->recording == NULL || strcmp (self->recording->id, id) != 0)
    {
      g_clear_pointer (&self->recording, wattle_recording_source_free);
      self->recording = wattle_recording_source_new (self, id);
    }
  return wattle_recording_source_read (self->recording, offset, WATTLE_RECORDING_PART, NULL);
}

/**
 * wattle_engine_read_recording:
 * @self: the engine
 * @id: of the document
 * @hash: of its bytes
 * @offset: where to read
 * @cancellable: (nullable): to stop
 * @error: %WATTLE_ERROR_OFFLINE when it is not here
 *
 * From this computer while it is here, otherwise from the server; nothing of it is written anywhere.
 *
 * Returns: (transfer full) (nullable): at most %WATTLE_RECORDING_PART bytes; none at the end
 */
GBytes *
wattle_engine_read_recording (WattleEngine *self,
                              const char *id,
                              const char *hash,
                              gint64 offset,
                              GCancellable *cancellable,
                              GError **error)
{
  g_auto (WattleResponse) response = { 0 };
  g_autofree char *path = g_strconcat ("/blobs/", hash, NULL);
  g_autoptr (GError) local = NULL;
  WattleRequest request = { .method = "GET",
                            .path = path,
                            .range_offset = offset,
                            .range_length = WATTLE_RECORDING_PART,
                            .max_bytes = WATTLE_RECORDING_PART };
  GBytes *here = wattle_id_is_valid (id) ? read_here (self, id, offset) : NULL;

  if (here != NULL)
    return here;
  if (wattle_session_send (self->session, &request, &response, cancellable, &local))
    return g_steal_pointer (&response.body);
  if (response.status == 416)
    return g_bytes_new (NULL, 0);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}
