/* store.h: records at rest, on both sides: one interface
 *
 * A store is one database file (or server). It may be used from any thread: a
 * write transaction has the one writing connection to itself, a read
 * transaction leases one of a few reading connections and sees one moment.
 * Everything here blocks; a window calls wattle_store_run_async().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "domain/operation.h"
#include "domain/reader.h"
#include "store/trail-note.h"

G_BEGIN_DECLS

/**
 * WattleStoreSide:
 *
 * A server numbers changes, keeps answers of operations, audit and private
 * rows and commits with full sync. A client keeps what the server sent,
 * shadows, conflicts and drafts.
 */
typedef enum
{
  WATTLE_STORE_SERVER,
  WATTLE_STORE_CLIENT,
} WattleStoreSide;

/**
 * WattleStoreOptions:
 * @side: whose store
 * @path: file name; ":memory:" for none
 * @database: (nullable): address of a PostgreSQL, used in place of @path
 * @practice: (nullable): name of the practice among those of @database; %NULL
 *   means "practice"
 * @key: (nullable): 32 bytes when the file is encrypted
 * @readers: reading connections; 0 means 4
 * @read_only: open as it is and never write; also a file of a newer version
 * @beside: add rows to a practice that is there, while a server may have it: layout,
 *   index and log stay that server's
 * @full_sync: on a client, a commit survives loss of power (the outbox); a
 *   server's always does
 * @progress: (nullable): called while the index is built again, from this thread
 * @progress_data: for @progress
 * @cancellable: (nullable): stops the building; the file stays as it was
 */
typedef struct
{
  WattleStoreSide side;
  const char *path;
  const char *database;
  const char *practice;
  const guint8 *key;
  guint readers;
  gboolean read_only;
  gboolean beside;
  gboolean full_sync;
  GFileProgressCallback progress;
  gpointer progress_data;
  GCancellable *cancellable;
} WattleStoreOptions;

#define WATTLE_TYPE_STORE (wattle_store_get_type ())
G_DECLARE_FINAL_TYPE (WattleStore, wattle_store, WATTLE, STORE, GObject)

WattleStore       *wattle_store_open               (const WattleStoreOptions *options,
                                                    GError                  **error);
gboolean           wattle_store_close              (WattleStore              *self,
                                                    GError                  **error);
gboolean           wattle_store_check              (WattleStore              *self,
                                                    GPtrArray                *findings,
                                                    GCancellable             *cancellable,
                                                    GError                  **error);

typedef struct _WattleTransaction WattleTransaction;

char              *wattle_transaction_engine       (WattleTransaction        *self);

/* A transaction that is freed without a commit is rolled back. */
WattleTransaction *wattle_store_begin_read         (WattleStore              *self,
                                                    GError                  **error);
WattleTransaction *wattle_store_begin_write        (WattleStore              *self,
                                                    GError                  **error);
gboolean           wattle_transaction_commit       (WattleTransaction        *self,
                                                    GError                  **error);
void               wattle_transaction_free         (WattleTransaction        *self);
WattleReader      *wattle_transaction_reader       (WattleTransaction        *self);
void               wattle_transaction_set_cancellable (WattleTransaction     *self,
                                                    GCancellable             *cancellable);

/* Both wattle_transaction_release() and wattle_transaction_rollback_to() end the savepoint; savepoints nest. */
gboolean           wattle_transaction_savepoint    (WattleTransaction        *self,
                                                    GError                  **error);
gboolean           wattle_transaction_release      (WattleTransaction        *self,
                                                    GError                  **error);
gboolean           wattle_transaction_rollback_to  (WattleTransaction        *self,
                                                    GError                  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleTransaction, wattle_transaction_free)

/* Records. On a server wattle_transaction_put() gives the record the practice's
 * next revision, moves its one row in the feed there and keeps index and search
 * rows in step; on a client it keeps the revision that the server gave. A
 * booking that overlaps another active one of its practitioner or room answers
 * WATTLE_ERROR_CONFLICT with the field at fault. */
gboolean           wattle_transaction_put          (WattleTransaction        *self,
                                                    WattleRecord             *record,
                                                    GError                  **error);
gboolean           wattle_transaction_forget       (WattleTransaction        *self,
                                                    const char               *id,
                                                    GError                  **error);
gint64             wattle_transaction_revision     (WattleTransaction        *self);

gboolean           wattle_transaction_put_feed_row (WattleTransaction        *self,
                                                    WattleRecordType          type,
                                                    const char               *json,
                                                    gsize                     length,
                                                    WattleRecord            **record,
                                                    GError                  **error);

/* Whether an appointment meets another one that occupies its practitioner's or
 * its room's time. A server refuses such a put by itself; a client asks before
 * it applies an act of its own, and never refuses what the server decided. */
gboolean           wattle_transaction_overlap      (WattleTransaction        *self,
                                                    WattleRecord             *appointment,
                                                    char                    **conflicting_id,
                                                    GError                  **error);

/* Bulk loading: no index or search rows until wattle_transaction_bulk_end(). */
gboolean           wattle_transaction_bulk_begin   (WattleTransaction        *self,
                                                    GError                  **error);
gboolean           wattle_transaction_bulk_end     (WattleTransaction        *self,
                                                    GCancellable             *cancellable,
                                                    GFileProgressCallback     progress,
                                                    gpointer                  progress_data,
                                                    GError                  **error);

/**
 * WattleSearchHit:
 *
 * One found record; @rank 0 is best.
 */
typedef struct
{
  WattleRecordType type;
  WattleRecord *record;
  guint rank;
} WattleSearchHit;

/* People in any order of names, parts of words, phone digits, Medicare number,
 * date of birth as typed in Australia, small typing errors. types is a bit mask
 * of WattleRecordType. */
GPtrArray         *wattle_transaction_search       (WattleTransaction        *self,
                                                    guint64                   types,
                                                    const char               *typed,
                                                    guint                     limit,
                                                    GError                  **error);

/**
 * WattleFeedRow:
 * @revision: number of the change
 * @json: the record as it is at rest
 *
 * One row of the feed in the order of revisions.
 */
typedef struct
{
  gint64 revision;
  WattleRecordType type;
  const char *id;
  const char *scope; /* (nullable): owner of a PATIENT or USER row */
  gboolean deleted;
  const char *json;
  gsize json_length;
} WattleFeedRow;

typedef gboolean (*WattleFeedFunc) (const WattleFeedRow *row, gpointer data, GError **error);

gboolean           wattle_transaction_feed         (WattleTransaction        *self,
                                                    gint64                    after,
                                                    guint                     limit,
                                                    WattleFeedFunc            func,
                                                    gpointer                  data,
                                                    GError                  **error);
/* Rows of one owner; this constant stands for the rows of the whole practice. */
#define WATTLE_SCOPE_OF_PRACTICE "practice"

gboolean           wattle_transaction_scope_rows   (WattleTransaction        *self,
                                                    const char               *scope,
                                                    WattleFeedFunc            func,
                                                    gpointer                  data,
                                                    GError                  **error);

/* The rows of a type whose id is greater than after (NULL for all), in the order
 * of ids, at most limit (0 for no limit): what a snapshot is made of. Deleted
 * rows are left out. */
gboolean           wattle_transaction_type_rows    (WattleTransaction        *self,
                                                    WattleRecordType          type,
                                                    const char               *after,
                                                    guint                     limit,
                                                    WattleFeedFunc            func,
                                                    gpointer                  data,
                                                    GError                  **error);

/* Operations: the answer of each is kept with it, so that a repeat is answered
 * and not done again. */
char              *wattle_transaction_operation    (WattleTransaction        *self,
                                                    const char               *operation_id,
                                                    GError                  **error);
gboolean           wattle_transaction_keep_operation (WattleTransaction      *self,
                                                    const char               *operation_id,
                                                    const char               *device,
                                                    gint64                    number,
                                                    const char               *answer,
                                                    GError                  **error);
gint64             wattle_transaction_last_number  (WattleTransaction        *self,
                                                    const char               *device,
                                                    GError                  **error);
gint64             wattle_transaction_next_in_sequence (WattleTransaction    *self,
                                                    const char               *sequence,
                                                    GError                  **error);

/* Audit: one hash-chained row in the transaction of the act. */
gboolean           wattle_transaction_audit        (WattleTransaction        *self,
                                                    WattleRecord             *audit_event,
                                                    GError                  **error);
typedef void (*WattleAuditFunc) (gint64 sequence, const guint8 hash[WATTLE_TRAIL_HASH], gpointer data);

gboolean           wattle_transaction_audit_at     (WattleTransaction        *self,
                                                    gint64                    wanted,
                                                    gint64                   *sequence,
                                                    guint8                    hash[WATTLE_TRAIL_HASH],
                                                    GError                  **error);
gboolean           wattle_transaction_audit_walk   (WattleTransaction        *self,
                                                    WattleAuditFunc           func,
                                                    gpointer                  data,
                                                    gint64                   *first_bad,
                                                    GCancellable             *cancellable,
                                                    GError                  **error);
gboolean           wattle_transaction_audit_verify (WattleTransaction        *self,
                                                    gint64                   *first_bad,
                                                    GCancellable             *cancellable,
                                                    GError                  **error);

/* Private rows: what a side keeps beside records: sessions, credentials,
 * shadows, drafts, conflicts. (kind, key) is unique; owner and expiry are
 * indexed. */
typedef struct
{
  char *key;
  char *owner;
  char *value;
  gint64 expires_at; /* 0 for never */
} WattlePrivateRow;

void               wattle_private_row_free            (WattlePrivateRow           *self);
WattlePrivateRow    *wattle_transaction_private     (WattleTransaction        *self,
                                                    const char               *kind,
                                                    const char               *key,
                                                    GError                  **error);
gboolean           wattle_transaction_keep_private (WattleTransaction       *self,
                                                    const char               *kind,
                                                    const char               *key,
                                                    const char               *owner,
                                                    const char               *value,
                                                    gint64                    expires_at,
                                                    GError                  **error);
gboolean           wattle_transaction_drop_private (WattleTransaction       *self,
                                                    const char               *kind,
                                                    const char               *key,
                                                    GError                  **error);
GPtrArray         *wattle_transaction_privates    (WattleTransaction        *self,
                                                    const char               *kind,
                                                    const char               *owner,
                                                    guint                     limit,
                                                    GError                  **error);
GPtrArray         *wattle_transaction_privates_holding (WattleTransaction  *self,
                                                       const char         *kind,
                                                       const char         *text,
                                                       GError            **error);
gboolean           wattle_transaction_expire_private (WattleTransaction    *self,
                                                    gint64                    now,
                                                    GError                  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattlePrivateRow, wattle_private_row_free)

/* Names and values of the store itself: epoch, practice, cursor. */
char              *wattle_transaction_meta         (WattleTransaction        *self,
                                                    const char               *name,
                                                    GError                  **error);
gboolean           wattle_transaction_set_meta     (WattleTransaction        *self,
                                                    const char               *name,
                                                    const char               *value,
                                                    GError                  **error);

/**
 * WattleStoreWork:
 * @transaction: a read transaction
 * @data: what the caller gave
 * @cancellable: polled by long work
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): the result
 */
typedef gpointer (*WattleStoreWork) (WattleTransaction *transaction,
                                     gpointer data,
                                     GCancellable *cancellable,
                                     GError **error);

void               wattle_store_run_async          (WattleStore              *self,
                                                    WattleStoreWork           work,
                                                    gpointer                  data,
                                                    GDestroyNotify            free_data,
                                                    GDestroyNotify            free_result,
                                                    GCancellable             *cancellable,
                                                    GAsyncReadyCallback       callback,
                                                    gpointer                  user_data);
gpointer           wattle_store_run_finish         (WattleStore              *self,
                                                    GAsyncResult             *result,
                                                    GError                  **error);

gpointer           wattle_store_run_data           (GAsyncResult             *result);

/* Emitted on the main context, coalesced, after a commit that changed records:
 * "changed" (guint64 mask of WattleRecordType). */

G_END_DECLS
