/* blob-file.h: sealed files of bytes, and the pieces they come in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WattleBlobReader WattleBlobReader;

gboolean wattle_blob_is_here (const char *data_dir, const char *hash);
gboolean wattle_blob_size (const char *path, guint64 *size, GError **error);
guint64 wattle_pieces_length (const char *folder);
gboolean wattle_pieces_add (const char *folder, guint64 offset, GBytes *piece, const guint8 *key, GError **error);
gboolean wattle_pieces_join (const char *folder, const char *path, const char *hash, const guint8 *key, GError **error);
WattleBlobReader *wattle_blob_reader_open (
  const char *path, const char *name, const guint8 *key, guint64 offset, guint64 length, GError **error);
gssize wattle_blob_reader_pull (gpointer reader, char *buffer, gsize size, GError **error);
gssize
wattle_blob_start (const char *data_dir, const char *hash, const guint8 *key, char *start, gsize size, GError **error);
void wattle_blob_reader_free (WattleBlobReader *self);

guint wattle_pieces_expire (const char *uploads, gint64 before);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleBlobReader, wattle_blob_reader_free)

G_END_DECLS
