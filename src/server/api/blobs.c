/* blobs.c: HEAD, PATCH and GET /blobs/{hash}: the bytes of documents
 *
 * A blob is named by the BLAKE2b-256 of its bytes and sealed under the server's
 * key. Pieces of an upload are sealed one by one in a folder of that user, so
 * that an upload goes on after a lost connection or a restart.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <string.h>
#include <sys/stat.h>

#include "base/civil.h"
#include "base/error.h"
#include "domain/retention.h"
#include "server/api/blob-file.h"
#include "server/api/sight.h"

static char *
blob_folder (WattleServer *server)
{
  return g_build_filename (server->data_dir, "blobs", NULL);
}

static char *
blob_path (WattleServer *server, const char *hash)
{
  g_autofree char *folder = blob_folder (server);
  char start[3] = { hash[0], hash[1], '\0' };

  return g_build_filename (folder, start, hash, NULL);
}

static char *
pieces_folder (WattleCall *call, const char *hash)
{
  return g_build_filename (call->server->data_dir, "uploads", wattle_call_actor (call)->user, hash, NULL);
}

static const char *
hash_of (WattleCall *call, GError **error)
{
  const char *hash = wattle_request_get_param (call->request, "hash");

  if (hash != NULL && strlen (hash) == 64 && strspn (hash, "0123456789abcdef") == 64)
    return hash;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "hash", "A blob is named by 64 hexadecimal digits.");
  return NULL;
}

/* The document that names the blob, if the caller may read one: only they may know of it. */
static WattleRecord *
find_document (WattleCall *call, const char *hash)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, NULL);
  WattleReader *reader = transaction != NULL ? wattle_transaction_reader (transaction) : NULL;
  WattleQuery query = wattle_query (WATTLE_RECORD_DOCUMENT);
  g_autoptr (GPtrArray) documents = NULL;

  wattle_query_where_text (&query, WATTLE_DOCUMENT_HASH, hash);
  documents = reader != NULL ? wattle_reader_query (reader, &query, NULL) : NULL;
  for (guint i = 0; documents != NULL && i < documents->len; i++)
    if (wattle_policy_check_read (wattle_call_actor (call), reader, documents->pdata[i], NULL))
      return g_object_ref (documents->pdata[i]);
  return NULL;
}

static gboolean
may_read (WattleCall *call, const char *hash)
{
  g_autoptr (WattleRecord) document = find_document (call, hash);

  return document != NULL;
}

typedef struct
{
  WattleCall *call;
  WattleRecord *document;
} Reading;

static gboolean
write_reading (WattleTransaction *transaction, gpointer data, GError **error)
{
  const Reading *self = data;

  return wattle_call_audit (self->call, transaction, self->call->route->name, self->document, error);
}

static void
respond_absent (WattleCall *call)
{
  wattle_request_respond_failure (call->request, 0, WATTLE_ERROR_NOT_FOUND, "hash", "There is no such file.");
}

static void
set_number (WattleCall *call, const char *name, guint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  wattle_request_set_header (call->request, name, text);
}

void
wattle_api_blob_head (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  const char *hash = hash_of (call, &error);
  g_autofree char *path = hash != NULL ? blob_path (call->server, hash) : NULL;
  g_autofree char *pieces = hash != NULL ? pieces_folder (call, hash) : NULL;
  guint64 size;

  if (hash == NULL)
    wattle_call_respond_error (call, error);
  else if (wattle_blob_size (path, &size, NULL) && may_read (call, hash))
    {
      set_number (call, "Upload-Offset", size);
      set_number (call, "Upload-Length", size);
      wattle_request_respond (call->request, 200, "application/octet-stream", NULL);
    }
  else if (g_file_test (pieces, G_FILE_TEST_IS_DIR))
    {
      set_number (call, "Upload-Offset", wattle_pieces_length (pieces));
      wattle_request_respond (call->request, 200, "application/octet-stream", NULL);
    }
  else
    respond_absent (call);
}

static gboolean
read_number (WattleCall *call, const char *name, guint64 max, guint64 *value, GError **error)
{
  const char *text = wattle_request_get_header (call->request, name);

  if (text != NULL && g_ascii_string_to_unsigned (text, 10, 0, max, value, NULL))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, name, "“%s” must be a number up to %" G_GUINT64_FORMAT ".", name,
                          max);
  return FALSE;
}

/* Only who records calls has use for a file of that size. */
static guint64
largest_of (WattleCall *call)
{
  gboolean records = wattle_policy_reach ("recording.file", wattle_call_actor (call), NULL) != WATTLE_REACH_NONE;

  return records ? MAX (call->server->max_blob, (guint64) WATTLE_RECORDING_MAX_BYTES) : call->server->max_blob;
}

/* Whether another file may be begun: what is sent takes room before anything names it. */
static gboolean
may_begin (WattleCall *call, GError **error)
{
  const WattleActor *actor = wattle_call_actor (call);
  guint wait = 0;

  if (actor->role == WATTLE_ROLE_PATIENT)
    wait = wattle_rates_take (call->server->rates, "uploads", actor->user, call->server->limits.patient_uploads_per_day,
                              WATTLE_DAY_SECONDS);
  if (wait == 0)
    return TRUE;
  /* RFC 9110 s 15.5.14: too much now, not for ever. A 429 would keep the program from everything else as well. */
  set_number (call, "Retry-After", wait);
  wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, "Upload-Length",
                          "Those were many files for one day. This one was not taken; it goes later.");
  return FALSE;
}

/* Keeps one piece; the last makes the blob. Sets @offset to how far the upload is. */
static gboolean
take_piece (WattleCall *call, const char *hash, guint64 *offset, GError **error)
{
  g_autofree char *pieces = pieces_folder (call, hash);
  g_autofree char *path = blob_path (call->server, hash);
  GBytes *body = wattle_request_get_body (call->request);
  guint8 key[WATTLE_KEY_BYTES];
  guint64 length, present, size = g_bytes_get_size (body);

  if (!read_number (call, "Upload-Length", largest_of (call), &length, error)
      || !read_number (call, "Upload-Offset", length, offset, error) || (*offset == 0 && !may_begin (call, error)))
    return FALSE;
  present = wattle_pieces_length (pieces);
  if (*offset != present || size > length - *offset || (size == 0 && length > 0))
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "Upload-Offset",
                              "The upload goes on at %" G_GUINT64_FORMAT ".", present);
      *offset = present;
      return FALSE;
    }
  wattle_keys_derive (call->server->keys, WATTLE_KEY_BLOBS, key);
  if (!wattle_pieces_add (pieces, *offset, body, key, error))
    return FALSE;
  *offset += size;
  return *offset < length || wattle_pieces_join (pieces, path, hash, key, error);
}

void
wattle_api_blob_patch (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  const char *hash = hash_of (call, &error);
  guint64 offset = 0;

  if (hash != NULL && take_piece (call, hash, &offset, &error))
    {
      set_number (call, "Upload-Offset", offset);
      wattle_call_respond_empty (call);
    }
  else if (wattle_error_get_code (error) == WATTLE_ERROR_CORRUPT)
    wattle_request_respond_failure (call->request, 409, WATTLE_ERROR_CORRUPT, "hash", error->message);
  else
    {
      if (hash != NULL)
        set_number (call, "Upload-Offset", offset);
      wattle_call_respond_error (call, error);
    }
}

void
wattle_api_blob_get (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  const char *hash = hash_of (call, &error);
  g_autofree char *path = hash != NULL ? blob_path (call->server, hash) : NULL;
  g_autoptr (WattleBlobReader) reader = NULL;
  guint8 key[WATTLE_KEY_BYTES];
  guint64 size, offset = 0, length;
  g_autoptr (WattleRecord) document = NULL;
  Reading reading;
  WattleRange range;

  if (hash == NULL)
    {
      wattle_call_respond_error (call, error);
      return;
    }
  document = find_document (call, hash);
  if (document == NULL || !wattle_blob_size (path, &size, NULL))
    {
      respond_absent (call);
      return;
    }
  if (!wattle_call_begin_download (call))
    return;
  reading = (Reading){ call, document };
  length = size;
  range = wattle_range_parse (wattle_request_get_header (call->request, "Range"), size, &offset, &length);
  if (range == WATTLE_RANGE_OUTSIDE)
    {
      wattle_request_respond_failure (call->request, 416, WATTLE_ERROR_INVALID, "range", "The file has no such part.");
      return;
    }
  if (range == WATTLE_RANGE_NONE)
    {
      offset = 0;
      length = size;
    }
  wattle_keys_derive (call->server->keys, WATTLE_KEY_BLOBS, key);
  reader = wattle_blob_reader_open (path, hash, key, offset, length, &error);
  if (reader == NULL || !wattle_writer_run (call->server->writer, write_reading, &reading, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_request_set_header (call->request, "Accept-Ranges", "bytes");
  wattle_request_set_header (call->request, "Content-Disposition", "attachment");
  if (range == WATTLE_RANGE_PART)
    {
      g_autofree char *text = g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                                               offset, offset + length - 1, size);

      wattle_request_set_header (call->request, "Content-Range", text);
    }
  wattle_request_respond_stream (call->request, range == WATTLE_RANGE_PART ? 206 : 200, "application/octet-stream",
                                 length, wattle_blob_reader_pull, g_steal_pointer (&reader),
                                 (GDestroyNotify) wattle_blob_reader_free);
}
