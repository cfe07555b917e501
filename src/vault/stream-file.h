/* stream-file.h: a sealed file that grows while it is written, and opens up to wherever it ends
 *
 * For what cannot wait until it is whole, such as the recording of a call: each piece is sealed and on the disk before
 * the next, so that a crash, a full disk or a cut of the power costs the last piece and nothing else.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_STREAM_KEY_BYTES 32
/* The largest piece, in bytes. */
#define WATTLE_STREAM_MAX_PIECE (128 * 1024)
/* Hexadecimal digits of the hash of all pieces, and a zero byte. */
#define WATTLE_STREAM_HASH_SIZE 65

typedef struct _WattleStreamWriter WattleStreamWriter;
typedef struct _WattleStreamReader WattleStreamReader;

WattleStreamWriter *wattle_stream_writer_new   (const char         *path,
                                                const char         *name,
                                                const guint8       *key,
                                                const char         *about,
                                                GError            **error);
gboolean            wattle_stream_writer_add   (WattleStreamWriter *self,
                                                const void         *data,
                                                gsize               length,
                                                GError            **error);
gboolean            wattle_stream_writer_end   (WattleStreamWriter *self,
                                                GError            **error);
void                wattle_stream_writer_free  (WattleStreamWriter *self);

WattleStreamReader *wattle_stream_reader_new   (const char         *path,
                                                const char         *name,
                                                const guint8       *key,
                                                GError            **error);
const char         *wattle_stream_reader_about (WattleStreamReader *self);
GBytes             *wattle_stream_reader_next  (WattleStreamReader *self,
                                                GError            **error);
gboolean            wattle_stream_reader_whole (WattleStreamReader *self);
void                wattle_stream_reader_free  (WattleStreamReader *self);
gboolean            wattle_stream_measure      (const char         *path,
                                                const char         *name,
                                                const guint8       *key,
                                                guint64            *size,
                                                char                hash[WATTLE_STREAM_HASH_SIZE],
                                                char              **about,
                                                GError            **error);
gboolean            wattle_stream_is_written   (const char         *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleStreamWriter, wattle_stream_writer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleStreamReader, wattle_stream_reader_free)

G_END_DECLS
