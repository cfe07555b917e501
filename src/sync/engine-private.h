/* engine-private.h: what the files of the engine share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/engine.h"
#include "sync/feed.h"

G_BEGIN_DECLS

/* Largest answer that is read: a page of rows, an answer to a batch. */
#define WATTLE_MAX_PAGE (128 * 1024 * 1024)

#define WATTLE_META_EPOCH "epoch"
#define WATTLE_META_CURSOR "cursor"
#define WATTLE_META_SNAPSHOT "snapshot"
#define WATTLE_META_SCHEMA "schema" /* of the version that filled the cache */
#define WATTLE_META_SIGHT "sight" /* the server's number for what this person may see as a whole */

struct _WattleEngine
{
  WattleStore *cache;
  WattleOutbox *outbox;
  WattleSession *session;
  WattleEngineListener listener;

  GMutex mutex; /* one change of the cache at a time; also guards the identity */
  WattleIdentity *identity;
  guint snapshots_begun;

  char *blob_folder;
  guint8 *blob_key;
  GMutex recording_mutex;
  struct _WattleRecordingSource *recording; /* (nullable): the one that was read last */

  gint64 head;          /* atomic: newest revision that was heard of */
  gint64 cursor;        /* atomic: what the cache has */
  gboolean online;      /* atomic */
  gboolean greet;       /* atomic: ask hello first */
  gboolean pull_wanted; /* atomic */
  gboolean blobs_wait;  /* atomic: bytes of documents are to be sent */

  /* Only the thread that steps: */
  gboolean parting; /* the server wants this device to destroy what it keeps */
  gboolean read_only;
  gboolean consistent; /* a whole snapshot is in the cache */
  guint batch_limit;
  guint push_tries; /* that settled nothing, one after the other */
  gint64 push_at;   /* monotonic: operations wait until then, and what comes from the server does not */
  GHashTable *blob_tries; /* hash: WattleBlobTry, of bytes that the server did not take */
  gint64 snapshot_rows;
  struct _WattleAhead *ahead; /* (nullable): the next page on its way while one is applied */
  gboolean fetch_ahead;
  GHashTable *seen; /* (nullable): ids of a snapshot over an older cache */
};

typedef gboolean (*WattleEngineWork) (WattleEngine *self,
                                      WattleTransaction *transaction,
                                      gpointer data,
                                      GError **error);

/* Confirms what it can, and says whether that was all. */
typedef gboolean (*WattleEngineForetold) (WattleTransaction *transaction, gpointer data, gboolean *all, GError **error);

/* overlay.c */
gboolean wattle_engine_apply (WattleEngine *self, WattleEngineWork work, gpointer data, GError **error);
gboolean wattle_engine_apply_answers (
  WattleEngine *self, WattleEngineForetold foretold, WattleEngineWork work, gpointer data, GError **error);
gboolean
wattle_engine_confirm (WattleTransaction *transaction, WattleRecord *record, gboolean *confirmed, GError **error);
gboolean wattle_engine_put_server (WattleTransaction *transaction, WattleRecord *record, GError **error);
gboolean
wattle_engine_run (WattleEngine *self, WattleTransaction *transaction, const WattleOutboxEntry *entry, GError **error);

/* push.c, pull.c, snapshot.c, blobs.c */
gboolean wattle_engine_may_push (WattleEngine *self);
WattleStep wattle_engine_push (WattleEngine *self, GCancellable *cancellable, GError **error);
WattleStep wattle_engine_pull (WattleEngine *self, GCancellable *cancellable, GError **error);
WattleStep wattle_engine_snapshot (WattleEngine *self, GCancellable *cancellable, GError **error);
void wattle_engine_drop_ahead (WattleEngine *self);
GBytes *wattle_engine_fetch_page (
  WattleEngine *self, const char *path, WattleFeedPage *page, GCancellable *cancellable, GError **error);
char *wattle_engine_read_epoch (WattleEngine *self, GError **error);
gboolean wattle_engine_begin_snapshot (WattleEngine *self, GError **error);
gboolean wattle_engine_send_blobs (WattleEngine *self, GCancellable *cancellable, GError **error);
gint64 wattle_engine_blobs_at (WattleEngine *self);
gboolean wattle_engine_send_blobs_again (WattleEngine *self, GError **error);
void wattle_engine_note_hash (WattleRecordType type, const char *json, gsize length, GPtrArray *hashes);
gboolean wattle_engine_blob_waits (WattleEngine *self, const char *hash);
void wattle_engine_forget_blob (WattleEngine *self, const char *hash);
gboolean wattle_engine_set_number (WattleTransaction *transaction, const char *name, gint64 value, GError **error);
gint64 wattle_engine_get_number (WattleTransaction *transaction, const char *name, gint64 fallback);

G_END_DECLS
