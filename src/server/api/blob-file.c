/* blob-file.c: sealed files of bytes, and the pieces they come in
 *
 * A file is a magic word, the header of libsodium's secretstream and frames of
 * 64 KiB of plain bytes each; the last frame carries the final tag, so that a
 * file that was cut off is never taken for whole. A frame authenticates the
 * name of its file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/blob-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"

#define MAGIC "WTLBLOB1"
#define HEADER (sizeof MAGIC - 1 + crypto_secretstream_xchacha20poly1305_HEADERBYTES)
#define FRAME 65536
#define EXTRA crypto_secretstream_xchacha20poly1305_ABYTES
#define FINAL crypto_secretstream_xchacha20poly1305_TAG_FINAL
#define PIECE_NAME "%020" G_GUINT64_FORMAT

struct _WattleBlobReader
{
  FILE *file;
  char *name;
  crypto_secretstream_xchacha20poly1305_state state;
  guint8 plain[FRAME];
  gsize have;  /* plain bytes in the frame */
  gsize taken; /* of them given away */
  guint64 skip;
  guint64 left;
  gboolean ended;
};

typedef struct
{
  FILE *file;
  const char *name;
  crypto_secretstream_xchacha20poly1305_state state;
  guint8 plain[FRAME];
  gsize have;
} Writer;

static gboolean
corrupt (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL, "A stored file is damaged. Restore it from a backup.");
  return FALSE;
}

/**
 * wattle_blob_is_here:
 * @data_dir: the data directory
 * @hash: (nullable): name of the bytes
 *
 * Returns: whether the bytes have arrived, all of them
 */
gboolean
wattle_blob_is_here (const char *data_dir, const char *hash)
{
  g_autofree char *start = hash != NULL ? g_strndup (hash, 2) : NULL;
  g_autofree char *path = hash != NULL ? g_build_filename (data_dir, "blobs", start, hash, NULL) : NULL;

  return path != NULL && strspn (hash, "0123456789abcdef") == strlen (hash) && g_file_test (path, G_FILE_TEST_EXISTS);
}

/**
 * wattle_blob_size:
 * @path: a sealed file
 * @size: (out): plain bytes in it
 * @error: there is no such file
 */
gboolean
wattle_blob_size (const char *path, guint64 *size, GError **error)
{
  GStatBuf info;
  guint64 body, frames;

  if (g_stat (path, &info) != 0)
    {
      wattle_set_errno (error, errno, path, "read");
      return FALSE;
    }
  if ((guint64) info.st_size < HEADER + EXTRA)
    return corrupt (error);
  body = info.st_size - HEADER;
  frames = (body + FRAME + EXTRA - 1) / (FRAME + EXTRA);
  *size = body - frames * EXTRA;
  return TRUE;
}

static gboolean
write_frame (Writer *self, guint8 tag, GError **error)
{
  g_autofree guint8 *sealed = g_malloc (FRAME + EXTRA);

  crypto_secretstream_xchacha20poly1305_push (&self->state, sealed, NULL, self->plain, self->have,
                                              (const guint8 *) self->name, strlen (self->name), tag);
  if (fwrite (sealed, 1, self->have + EXTRA, self->file) != self->have + EXTRA)
    {
      wattle_set_errno (error, errno, self->name, "write");
      return FALSE;
    }
  self->have = 0;
  return TRUE;
}

static gboolean
writer_begin (Writer *self, const guint8 *key, GError **error)
{
  guint8 header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];

  crypto_secretstream_xchacha20poly1305_init_push (&self->state, header, key);
  if (fwrite (MAGIC, 1, sizeof MAGIC - 1, self->file) == sizeof MAGIC - 1
      && fwrite (header, 1, sizeof header, self->file) == sizeof header)
    return TRUE;
  wattle_set_errno (error, errno, self->name, "write");
  return FALSE;
}

static gboolean
writer_add (Writer *self, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      gsize n = MIN (length, FRAME - self->have);

      if (self->have == FRAME)
        {
          if (!write_frame (self, 0, error))
            return FALSE;
          continue;
        }
      memcpy (self->plain + self->have, data, n);
      self->have += n;
      data += n;
      length -= n;
    }
  return TRUE;
}

static gboolean
writer_end (Writer *self, GError **error)
{
  if (!write_frame (self, FINAL, error))
    return FALSE;
  if (fflush (self->file) == 0 && fsync (fileno (self->file)) == 0)
    return TRUE;
  wattle_set_errno (error, errno, self->name, "write");
  return FALSE;
}

/* What fills a sealed file. */
typedef gboolean (*Fill) (Writer *writer, gpointer data, GError **error);

/* Writes a sealed file beside @path and puts it there when it is whole and on the disk. */
static gboolean
write_sealed (const char *path, const char *name, const guint8 *key, Fill fill, gpointer data, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".new-XXXXXX", NULL);
  g_autofree Writer *writer = g_new0 (Writer, 1);
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  gboolean ok;

  if (fd < 0)
    {
      wattle_set_errno (error, errno, temporary, "create");
      return FALSE;
    }
  writer->file = fdopen (fd, "w");
  writer->name = name;
  ok = writer_begin (writer, key, error) && fill (writer, data, error) && writer_end (writer, error);
  fclose (writer->file);
  sodium_memzero (writer, sizeof *writer);
  if (ok && g_rename (temporary, path) != 0)
    {
      wattle_set_errno (error, errno, path, "write");
      ok = FALSE;
    }
  if (!ok)
    {
      g_unlink (temporary);
      return FALSE;
    }
  return wattle_file_sync_dir (path, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* The pieces of an upload in order, their names being where they begin. */
static GPtrArray *
list_pieces (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (strlen (name) == 20 && strspn (name, "0123456789") == 20)
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

/**
 * wattle_pieces_length:
 * @folder: of an upload, which need not be there
 *
 * Returns: bytes that have arrived
 */
guint64
wattle_pieces_length (const char *folder)
{
  g_autoptr (GPtrArray) names = list_pieces (folder);
  guint64 at = 0;

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      guint64 size;

      if (g_ascii_strtoull (names->pdata[i], NULL, 10) != at || !wattle_blob_size (path, &size, NULL))
        break;
      at += size;
    }
  return at;
}

static gboolean
fill_from_bytes (Writer *writer, gpointer data, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  return writer_add (writer, bytes, length, error);
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  wattle_set_errno (error, errno, path, "create");
  return FALSE;
}

/**
 * wattle_pieces_add:
 * @folder: of the upload
 * @offset: where the piece begins
 * @piece: its bytes
 * @key: 32 bytes
 * @error: the failure; the pieces before are kept
 */
gboolean
wattle_pieces_add (const char *folder, guint64 offset, GBytes *piece, const guint8 *key, GError **error)
{
  g_autofree char *name = g_strdup_printf (PIECE_NAME, offset);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return make_folder (folder, error) && write_sealed (path, name, key, fill_from_bytes, piece, error);
}

static void
drop_pieces (const char *folder)
{
  g_autoptr (GPtrArray) names = list_pieces (folder);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

static gboolean
is_abandoned (const char *folder, gint64 before)
{
  g_autoptr (GPtrArray) names = list_pieces (folder);
  GStatBuf info;

  /* A piece touches the folder it comes into. */
  if (g_stat (folder, &info) != 0 || !S_ISDIR (info.st_mode) || info.st_mtime * WATTLE_SECOND >= before)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

      if (g_stat (path, &info) == 0 && info.st_mtime * WATTLE_SECOND >= before)
        return FALSE;
    }
  return TRUE;
}

static guint
expire_of_user (const char *user, gint64 before)
{
  g_autoptr (GDir) dir = g_dir_open (user, 0, NULL);
  const char *name;
  guint dropped = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = g_build_filename (user, name, NULL);

      if (!is_abandoned (folder, before))
        continue;
      drop_pieces (folder);
      dropped++;
    }
  return dropped;
}

/**
 * wattle_pieces_expire:
 * @uploads: folder of the folders of users with their uploads
 * @before: an instant
 *
 * Drops uploads to which nothing came since @before. Whoever goes on with one
 * begins anew.
 *
 * Returns: how many
 */
guint
wattle_pieces_expire (const char *uploads, gint64 before)
{
  g_autoptr (GDir) dir = g_dir_open (uploads, 0, NULL);
  const char *name;
  guint dropped = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *user = g_build_filename (uploads, name, NULL);

      dropped += expire_of_user (user, before);
    }
  return dropped;
}

typedef struct
{
  const char *folder;
  const char *hash;
  const guint8 *key;
} Join;

static gboolean
copy_piece (Writer *writer, const Join *join, const char *name, crypto_generichash_state *hash, GError **error)
{
  g_autofree char *path = g_build_filename (join->folder, name, NULL);
  g_autoptr (WattleBlobReader) reader = wattle_blob_reader_open (path, name, join->key, 0, G_MAXUINT64, error);
  g_autofree char *buffer = g_malloc (FRAME);
  gssize n = 1;

  while (reader != NULL && n > 0)
    {
      n = wattle_blob_reader_pull (reader, buffer, FRAME, error);
      if (n < 0)
        return FALSE;
      crypto_generichash_update (hash, (const guint8 *) buffer, n);
      if (!writer_add (writer, (const guint8 *) buffer, n, error))
        return FALSE;
    }
  return reader != NULL;
}

static gboolean
fill_from_pieces (Writer *writer, gpointer data, GError **error)
{
  const Join *join = data;
  g_autoptr (GPtrArray) names = list_pieces (join->folder);
  crypto_generichash_state state;
  guint8 digest[32];
  char hex[65];

  crypto_generichash_init (&state, NULL, 0, sizeof digest);
  for (guint i = 0; i < names->len; i++)
    if (!copy_piece (writer, join, names->pdata[i], &state, error))
      return FALSE;
  crypto_generichash_final (&state, digest, sizeof digest);
  sodium_bin2hex (hex, sizeof hex, digest, sizeof digest);
  if (strcmp (hex, join->hash) == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "hash",
                          "The bytes that arrived are not those that were announced. Send them again.");
  return FALSE;
}

/**
 * wattle_pieces_join:
 * @folder: of an upload whose last piece has arrived
 * @path: where the blob belongs
 * @hash: what its bytes must have
 * @key: 32 bytes
 * @error: %WATTLE_ERROR_CORRUPT when the bytes are others
 *
 * The pieces are dropped when the blob is on the disk, or when it is wrong.
 */
gboolean
wattle_pieces_join (const char *folder, const char *path, const char *hash, const guint8 *key, GError **error)
{
  Join join = { folder, hash, key };
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) local = NULL;

  if (!make_folder (parent, error))
    return FALSE;
  if (write_sealed (path, hash, key, fill_from_pieces, &join, &local))
    {
      drop_pieces (folder);
      return TRUE;
    }
  if (wattle_error_get_code (local) == WATTLE_ERROR_CORRUPT)
    drop_pieces (folder);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

void
wattle_blob_reader_free (WattleBlobReader *self)
{
  if (self == NULL)
    return;
  if (self->file != NULL)
    fclose (self->file);
  g_free (self->name);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

/**
 * wattle_blob_reader_open:
 * @path: a sealed file
 * @name: what its frames authenticate
 * @key: 32 bytes
 * @offset: first plain byte wanted
 * @length: how many are wanted
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): for wattle_blob_reader_pull()
 */
WattleBlobReader *
wattle_blob_reader_open (
  const char *path, const char *name, const guint8 *key, guint64 offset, guint64 length, GError **error)
{
  g_autoptr (WattleBlobReader) self = g_new0 (WattleBlobReader, 1);
  guint8 head[HEADER];

  self->file = fopen (path, "re");
  if (self->file == NULL)
    {
      wattle_set_errno (error, errno, path, "read");
      return NULL;
    }
  self->name = g_strdup (name);
  self->skip = offset;
  self->left = length;
  if (fread (head, 1, HEADER, self->file) != HEADER || memcmp (head, MAGIC, sizeof MAGIC - 1) != 0
      || crypto_secretstream_xchacha20poly1305_init_pull (&self->state, head + sizeof MAGIC - 1, key) != 0)
    {
      corrupt (error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

static gboolean
read_frame (WattleBlobReader *self, GError **error)
{
  g_autofree guint8 *sealed = g_malloc (FRAME + EXTRA);
  gsize n = fread (sealed, 1, FRAME + EXTRA, self->file);
  unsigned long long length;
  guint8 tag;

  if (n < EXTRA
      || crypto_secretstream_xchacha20poly1305_pull (&self->state, self->plain, &length, &tag, sealed, n,
                                                     (const guint8 *) self->name, strlen (self->name))
           != 0)
    return corrupt (error);
  self->have = length;
  self->taken = 0;
  self->ended = tag == FINAL;
  return TRUE;
}

/**
 * wattle_blob_reader_pull:
 * @reader: a #WattleBlobReader
 * @buffer: gets plain bytes
 * @size: its size
 * @error: %WATTLE_ERROR_CORRUPT
 *
 * Returns: bytes, 0 at the end, -1 on failure
 */
gssize
wattle_blob_reader_pull (gpointer reader, char *buffer, gsize size, GError **error)
{
  WattleBlobReader *self = reader;

  while (self->left > 0)
    {
      gsize n = self->have - self->taken;

      if (n == 0 && self->ended)
        return 0;
      if (n == 0)
        {
          if (!read_frame (self, error))
            return -1;
          continue;
        }
      if (self->skip > 0)
        {
          n = MIN (self->skip, n);
          self->skip -= n;
          self->taken += n;
          continue;
        }
      n = MIN (MIN (n, size), self->left);
      memcpy (buffer, self->plain + self->taken, n);
      self->taken += n;
      self->left -= n;
      return n;
    }
  return 0;
}

/**
 * wattle_blob_start:
 * @data_dir: folder of the server
 * @hash: name of bytes that are here
 * @key: 32 bytes
 * @start: (out): the first bytes
 * @size: how many are wanted
 * @error: the failure
 *
 * Returns: how many there are, -1 on a failure
 */
gssize
wattle_blob_start (const char *data_dir, const char *hash, const guint8 *key, char *start, gsize size, GError **error)
{
  char folder[3] = { hash[0], hash[1], '\0' };
  g_autofree char *path = g_build_filename (data_dir, "blobs", folder, hash, NULL);
  g_autoptr (WattleBlobReader) reader = wattle_blob_reader_open (path, hash, key, 0, size, error);
  gsize have = 0;

  while (reader != NULL && have < size)
    {
      gssize more = wattle_blob_reader_pull (reader, start + have, size - have, error);

      if (more < 0)
        return -1;
      if (more == 0)
        break;
      have += more;
    }
  return reader != NULL ? (gssize) have : -1;
}
