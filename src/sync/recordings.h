/* recordings.h: what is recorded of calls: sealed on this computer as it comes, filed, sent, and read again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/engine.h"
#include "vault/stream-file.h"

G_BEGIN_DECLS

/* How much of a recording is read at once, in bytes. */
#define WATTLE_RECORDING_PART (2 * 1024 * 1024)

/**
 * WattleRecordingFile:
 * @id: of the recording and of its document
 * @about: what it was begun with
 * @hash: BLAKE2b-256 of its bytes, as a document names it
 * @size: in bytes
 * @ended_at: when the last of it was written, microseconds since 1970
 *
 * A recording that is on this computer and in no chart yet.
 */
typedef struct
{
  char *id;
  char *about;
  char hash[WATTLE_STREAM_HASH_SIZE];
  guint64 size;
  gint64 ended_at;
} WattleRecordingFile;

typedef struct _WattleRecordingSource WattleRecordingSource;

void wattle_recording_file_free (WattleRecordingFile *self);

WattleStreamWriter *
wattle_engine_begin_recording (WattleEngine *self, const char *id, const char *about, GError **error);
GPtrArray *wattle_engine_find_recordings (WattleEngine *self, GCancellable *cancellable, GError **error);
gboolean wattle_engine_hold_recording (WattleEngine *self, const char *hash, GError **error);
GBytes *wattle_engine_read_recording (WattleEngine *self,
                                      const char *id,
                                      const char *hash,
                                      gint64 offset,
                                      GCancellable *cancellable,
                                      GError **error);

/* For what sends them: @kept is what the outbox keeps beside the hash. */
WattleRecordingSource *wattle_recording_source_new (WattleEngine *engine, const char *id);
void wattle_recording_source_free (WattleRecordingSource *self);
GBytes *wattle_recording_source_read (WattleRecordingSource *self, gint64 offset, gsize length, GError **error);
char *wattle_recording_kept (const char *id, guint64 size);
gboolean wattle_recording_parse_kept (const char *kept, char **id, gint64 *size);
char *wattle_engine_recording_path (WattleEngine *self, const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleRecordingFile, wattle_recording_file_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleRecordingSource, wattle_recording_source_free)

G_END_DECLS
