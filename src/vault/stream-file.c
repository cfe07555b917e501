/* stream-file.c: a sealed file that grows while it is written, and opens up to wherever it ends
 *
 * A magic word, the header of libsodium's secretstream, and pieces: four bytes of length, least first, and that many
 * sealed bytes. The first piece says what the file is about; one with the final tag and nothing in it says that it is
 * whole. Each piece authenticates the name of the file, and by secretstream its place in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "vault/stream-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#define MAGIC "WTLSTRM1"
#define MAGIC_BYTES (sizeof MAGIC - 1)
#define HEAD_BYTES (MAGIC_BYTES + crypto_secretstream_xchacha20poly1305_HEADERBYTES)
#define LENGTH_BYTES 4
#define EXTRA crypto_secretstream_xchacha20poly1305_ABYTES
#define MIDDLE crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
#define FINAL crypto_secretstream_xchacha20poly1305_TAG_FINAL
#define HASH_BYTES 32

typedef crypto_secretstream_xchacha20poly1305_state State;

struct _WattleStreamWriter
{
  int fd;
  char *path;
  char *name;
  State state;
  off_t end;   /* of the last piece that is whole */
  int failure; /* errno of the write that failed, after which nothing more is sealed; 0 */
};

struct _WattleStreamReader
{
  int fd;
  char *path;
  char *name;
  char *about;
  State state;
  gboolean ended;
  gboolean whole;
};

static gboolean
write_all (int fd, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* How much was read: less than @length only at the end; -1 on failure. */
static gssize
read_all (int fd, guint8 *data, gsize length)
{
  gsize have = 0;

  while (have < length)
    {
      ssize_t n = read (fd, data + have, length - have);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      have += (gsize) n;
    }
  return (gssize) have;
}

/* Half a piece must not stay behind, or nothing could be read from there on. Its place in the stream is used up all the
 * same: other bytes sealed for it would share a key with what a disk may still hold of it. So the file ends there. */
static gboolean
put_piece (WattleStreamWriter *self, const void *data, gsize length, guint8 tag, GError **error)
{
  g_autofree guint8 *piece = NULL;
  guint32 sealed = GUINT32_TO_LE ((guint32) (length + EXTRA));

  if (self->failure == 0)
    {
      piece = g_malloc (LENGTH_BYTES + length + EXTRA);
      memcpy (piece, &sealed, LENGTH_BYTES);
      crypto_secretstream_xchacha20poly1305_push (&self->state, piece + LENGTH_BYTES, NULL, data, length,
                                                  (const guint8 *) self->name, strlen (self->name), tag);
      if (write_all (self->fd, piece, LENGTH_BYTES + length + EXTRA) && fdatasync (self->fd) == 0)
        {
          self->end += (off_t) (LENGTH_BYTES + length + EXTRA);
          return TRUE;
        }
      self->failure = errno != 0 ? errno : EIO;
      if (ftruncate (self->fd, self->end) != 0)
        g_warning ("half a piece may have stayed in a sealed file: %s", g_strerror (errno));
    }
  wattle_set_errno (error, self->failure, self->path, "write");
  return FALSE;
}

static gboolean
begin (WattleStreamWriter *self, const guint8 *key, const char *about, GError **error)
{
  guint8 head[HEAD_BYTES];
  g_autofree char *folder = g_path_get_dirname (self->path);

  memcpy (head, MAGIC, MAGIC_BYTES);
  crypto_secretstream_xchacha20poly1305_init_push (&self->state, head + MAGIC_BYTES, key);
  if (!write_all (self->fd, head, sizeof head))
    {
      wattle_set_errno (error, errno, self->path, "write");
      return FALSE;
    }
  self->end = HEAD_BYTES;
  return put_piece (self, about, strlen (about), MIDDLE, error) && wattle_file_sync_dir (folder, error);
}

/**
 * wattle_stream_writer_new:
 * @path: a file that is not there yet
 * @name: what its pieces authenticate: nobody can put another file in its place
 * @key: 32 bytes
 * @about: what it is about, as text; it is sealed like the rest
 * @error: the failure; there is no file then
 *
 * While the writer lives the file is locked, see wattle_stream_is_written(); the lock goes with the process.
 *
 * Returns: (transfer full) (nullable): a writer
 */
WattleStreamWriter *
wattle_stream_writer_new (const char *path, const char *name, const guint8 *key, const char *about, GError **error)
{
  g_autoptr (WattleStreamWriter) self = g_new0 (WattleStreamWriter, 1);

  self->path = g_strdup (path);
  self->name = g_strdup (name);
  self->fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0 || flock (self->fd, LOCK_EX | LOCK_NB) != 0)
    {
      wattle_set_errno (error, errno, path, "create");
      return NULL;
    }
  if (begin (self, key, about, error))
    return g_steal_pointer (&self);
  unlink (path);
  return NULL;
}

/**
 * wattle_stream_writer_add:
 * @self: a writer
 * @data: the next bytes
 * @length: how many, at most %WATTLE_STREAM_MAX_PIECE
 * @error: the failure; what came before is kept, and nothing more is taken
 *
 * Blocks until they are on the disk.
 */
gboolean
wattle_stream_writer_add (WattleStreamWriter *self, const void *data, gsize length, GError **error)
{
  g_return_val_if_fail (length <= WATTLE_STREAM_MAX_PIECE, FALSE);

  return put_piece (self, data, length, MIDDLE, error);
}

/**
 * wattle_stream_writer_end:
 * @self: a writer, to which nothing is added after this
 * @error: the failure; the file is good up to here all the same
 *
 * Says in the file that it is whole.
 */
gboolean
wattle_stream_writer_end (WattleStreamWriter *self, GError **error)
{
  return put_piece (self, "", 0, FINAL, error);
}

void
wattle_stream_writer_free (WattleStreamWriter *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->name);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

static void
set_damaged (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                          _("A sealed file is damaged, or it was sealed with another key. What comes before the damage "
                            "can be read; it was left as it is."));
}

/**
 * wattle_stream_reader_new:
 * @path: a file
 * @name: as it was written with
 * @key: 32 bytes
 * @error: %WATTLE_ERROR_CORRUPT when not even what it is about can be read
 *
 * Returns: (transfer full) (nullable): a reader
 */
WattleStreamReader *
wattle_stream_reader_new (const char *path, const char *name, const guint8 *key, GError **error)
{
  g_autoptr (WattleStreamReader) self = g_new0 (WattleStreamReader, 1);
  g_autoptr (GBytes) about = NULL;
  guint8 head[HEAD_BYTES];

  self->path = g_strdup (path);
  self->name = g_strdup (name);
  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (self->fd < 0)
    {
      wattle_set_errno (error, errno, path, "read");
      return NULL;
    }
  if (read_all (self->fd, head, sizeof head) != sizeof head || memcmp (head, MAGIC, MAGIC_BYTES) != 0
      || crypto_secretstream_xchacha20poly1305_init_pull (&self->state, head + MAGIC_BYTES, key) != 0)
    {
      set_damaged (error);
      return NULL;
    }
  about = wattle_stream_reader_next (self, error);
  if (about == NULL)
    {
      if (error != NULL && *error == NULL)
        set_damaged (error);
      return NULL;
    }
  self->about = g_strndup (g_bytes_get_data (about, NULL), g_bytes_get_size (about));
  return g_steal_pointer (&self);
}

/* What the file was written about. */
const char *
wattle_stream_reader_about (WattleStreamReader *self)
{
  return self->about;
}

/* The sealed bytes of the next piece; %NULL without an error when the file ends before they do. */
static guint8 *
read_sealed (WattleStreamReader *self, gsize *length, GError **error)
{
  guint32 sealed = 0;
  g_autofree guint8 *piece = NULL;
  gssize n = read_all (self->fd, (guint8 *) &sealed, LENGTH_BYTES);

  *length = GUINT32_FROM_LE (sealed);
  if (n == LENGTH_BYTES && (*length < EXTRA || *length > WATTLE_STREAM_MAX_PIECE + EXTRA))
    {
      set_damaged (error);
      return NULL;
    }
  if (n == LENGTH_BYTES)
    {
      piece = g_malloc (*length);
      n = read_all (self->fd, piece, *length);
      if (n == (gssize) *length)
        return g_steal_pointer (&piece);
    }
  if (n < 0)
    wattle_set_errno (error, errno, self->path, "read");
  return NULL;
}

/**
 * wattle_stream_reader_next:
 * @self: a reader
 * @error: %WATTLE_ERROR_CORRUPT where the file is damaged: nothing after that can be read
 *
 * A file that was cut off ends like one that is whole, see wattle_stream_reader_whole().
 *
 * Returns: (transfer full) (nullable): the next bytes; %NULL without @error at the end
 */
GBytes *
wattle_stream_reader_next (WattleStreamReader *self, GError **error)
{
  g_autofree guint8 *sealed = NULL;
  g_autofree guint8 *plain = NULL;
  unsigned long long length;
  gsize n;
  guint8 tag = 0;

  if (self->ended)
    return NULL;
  sealed = read_sealed (self, &n, error);
  self->ended = sealed == NULL;
  if (sealed == NULL)
    return NULL;
  plain = g_malloc (n - EXTRA + 1);
  if (crypto_secretstream_xchacha20poly1305_pull (&self->state, plain, &length, &tag, sealed, n,
                                                  (const guint8 *) self->name, strlen (self->name))
      != 0)
    {
      self->ended = TRUE;
      set_damaged (error);
      return NULL;
    }
  if (tag == FINAL)
    {
      self->ended = TRUE;
      self->whole = TRUE;
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&plain), length);
}

/* Whether the end that was reached is where the writer ended; before the end, %FALSE. */
gboolean
wattle_stream_reader_whole (WattleStreamReader *self)
{
  return self->whole;
}

void
wattle_stream_reader_free (WattleStreamReader *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->name);
  g_free (self->about);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

/**
 * wattle_stream_measure:
 * @path: a file
 * @name: as it was written with
 * @key: 32 bytes
 * @size: (out): plain bytes that can be read
 * @hash: gets their BLAKE2b-256
 * @about: (out): what it is about
 * @error: nothing of it can be read
 *
 * Reads all of a file that may have been cut off or damaged: what can be read counts. Takes long for a large one.
 */
gboolean
wattle_stream_measure (const char *path,
                       const char *name,
                       const guint8 *key,
                       guint64 *size,
                       char hash[WATTLE_STREAM_HASH_SIZE],
                       char **about,
                       GError **error)
{
  g_autoptr (WattleStreamReader) reader = wattle_stream_reader_new (path, name, key, error);
  crypto_generichash_state state;
  guint8 digest[HASH_BYTES];
  GBytes *piece;

  if (reader == NULL)
    return FALSE;
  *size = 0;
  crypto_generichash_init (&state, NULL, 0, HASH_BYTES);
  while ((piece = wattle_stream_reader_next (reader, NULL)) != NULL)
    {
      crypto_generichash_update (&state, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
      *size += g_bytes_get_size (piece);
      g_bytes_unref (piece);
    }
  crypto_generichash_final (&state, digest, sizeof digest);
  sodium_bin2hex (hash, WATTLE_STREAM_HASH_SIZE, digest, sizeof digest);
  *about = g_strdup (wattle_stream_reader_about (reader));
  return TRUE;
}

/* Whether somebody is writing the file just now, here or in another process. */
gboolean
wattle_stream_is_written (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  gboolean written = fd >= 0 && flock (fd, LOCK_SH | LOCK_NB) != 0;

  if (fd >= 0)
    close (fd);
  return written;
}
