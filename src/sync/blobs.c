/* blobs.c: bytes of documents: sealed here, sent in pieces, fetched when asked for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/engine-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"

#define HASH_BYTES 32
#define HASH_LENGTH (2 * HASH_BYTES)
#define MAX_BLOB (64 * 1024 * 1024)
#define PIECE (1024 * 1024)
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

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
      || !wattle_outbox_keep (self->outbox, "blob", hash, "", wattle_clock_now (), error))
    return NULL;
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

void
wattle_engine_forget_blob (WattleEngine *self, const char *hash)
{
  g_autofree char *path = NULL;

  if (self->blob_folder == NULL || !is_hash (hash))
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

static gboolean
send_blob (WattleEngine *self, const char *hash, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_strconcat ("/blobs/", hash, NULL);
  g_autoptr (GBytes) bytes = unseal (self, hash, error);
  gint64 size = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  gint64 offset = bytes != NULL ? ask_offset (self, path, size, cancellable, error) : -1;

  while (offset >= 0 && offset < size)
    {
      g_autoptr (GBytes) piece = g_bytes_new_from_bytes (bytes, offset, MIN (PIECE, size - offset));
      WattleRequest request = {
        .method = "PATCH",
        .path = path,
        .body = piece,
        .content_type = "application/offset+octet-stream",
        .upload_offset = offset,
        .upload_length = size,
      };
      g_auto (WattleResponse) response = { 0 };

      if (!wattle_session_send (self->session, &request, &response, cancellable, error))
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

/**
 * wattle_engine_send_blobs:
 * @self: the engine
 * @cancellable: (nullable): to stop
 * @error: the failure; what was not taken is sent again
 *
 * Sends the bytes that wait, so that the operations that name them find them.
 */
gboolean
wattle_engine_send_blobs (WattleEngine *self, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) hashes = wattle_outbox_kept_keys (self->outbox, "blob", error);

  for (guint i = 0; hashes != NULL && hashes[i] != NULL; i++)
    {
      g_autoptr (GError) local = NULL;

      if (!send_blob (self, hashes[i], cancellable, &local))
        {
          WattleErrorCode code = wattle_error_get_code (local);

          /* One document that the server will never take must not hold up everything else: its operation is refused
           * in words when it comes. The bytes stay. */
          if (code != WATTLE_ERROR_FORBIDDEN && code != WATTLE_ERROR_TOO_LARGE && code != WATTLE_ERROR_INVALID
              && code != WATTLE_ERROR_CORRUPT && code != WATTLE_ERROR_NOT_FOUND)
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return FALSE;
            }
          if (code == WATTLE_ERROR_FORBIDDEN && g_strcmp0 (wattle_error_get_field (local), "device") == 0)
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return FALSE;
            }
        }
      if (!wattle_outbox_keep (self->outbox, "blob", hashes[i], NULL, 0, error))
        return FALSE;
    }
  return hashes != NULL;
}
