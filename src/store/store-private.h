/* store-private.h: what a store and a transaction are made of, for the files of this room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/connection.h"
#include "store/store.h"

G_BEGIN_DECLS

struct _WattleStore
{
  GObject parent_instance;

  WattleStoreSide side;
  WattleConnectionOptions options;
  const WattleEngine *engine;
  char *path;
  char *database;
  char *practice;
  guint8 *key;
  gboolean memory;
  guint max_readers;

  GMutex mutex; /* guards everything below */
  GCond freed;
  WattleConnection *writer;
  GThread *writer_thread; /* who holds the writer; NULL for nobody */
  guint64 next_ticket;    /* writers are served in the order they came */
  guint64 serving;
  GPtrArray *idle_readers;
  guint n_readers;
  guint n_leased;
  gboolean closed;
  gboolean bulk; /* a bulk load is open; see bulk.c */
  guint64 bulk_types;
  guint64 pending; /* types to name in the next "changed" */
  gboolean notify_queued;

  GThreadPool *pool;
};

/* Where the audit trail stands, as far as a transaction knows. */
typedef struct
{
  gint64 sequence; /* of the last event; -1 until it is read */
  gboolean added;  /* whether some of it is of this transaction */
  guint8 hash[WATTLE_TRAIL_HASH];
} WattleTrailEnd;

typedef struct
{
  gint64 revision;
  guint64 changed;
  gboolean bulk;
  guint64 bulk_types;
  WattleTrailEnd trail;
} WattleSavepoint;

struct _WattleTransaction
{
  WattleReader reader;
  WattleStore *store;
  WattleConnection *connection;
  GCancellable *cancellable;
  gboolean write;
  gboolean ended;
  gint64 revision;   /* -1 until it is needed */
  gint64 found;      /* the revision that it began with; -1 as above */
  gint64 number;     /* of the last new row, where the store counts them; -1 until it is needed */
  guint64 changed;   /* types of records put or forgotten */
  guint64 forgotten; /* types whose search words must leave nothing behind */
  gboolean bulk;
  guint64 bulk_types; /* types whose secondary indexes wait for the end of a bulk load */
  GArray *savepoints;
  WattleTrailEnd trail;
};

#define WATTLE_PAGE_ROWS 1000 /* of a table that is walked from end to end */
#define WATTLE_TYPE_BIT(type) (G_GUINT64_CONSTANT (1) << (type))

/* layout.c */
const char *wattle_layout_hash (void);
gboolean      wattle_layout_is_current     (WattleConnection     *connection,
                                            gboolean             *current,
                                            GError              **error);
gboolean      wattle_layout_rebuild        (WattleTransaction    *self,
                                            GCancellable         *cancellable,
                                            GFileProgressCallback progress,
                                            gpointer              progress_data,
                                            GError              **error);
gboolean wattle_layout_set_current (WattleTransaction *self, gboolean current, GError **error);

/* transaction.c */
gboolean      wattle_transaction_may_write (WattleTransaction    *self,
                                            GError              **error);
gboolean      wattle_transaction_next_revision (WattleTransaction *self,
                                            gint64               *revision,
                                            GError              **error);
gboolean wattle_transaction_next_number (WattleTransaction *self, gint64 *number, GError **error);
gint64        wattle_transaction_counter   (WattleTransaction    *self,
                                            const char           *name,
                                            GError              **error);
gboolean      wattle_transaction_set_counter (WattleTransaction  *self,
                                            const char           *name,
                                            gint64                value,
                                            GError              **error);

gboolean wattle_transaction_know_revision (WattleTransaction *self, GError **error);

/* read.c */
void          wattle_reader_set_up         (WattleReader         *reader);
WattleRecord *wattle_body_to_record        (const char           *body,
                                            gssize                length,
                                            GError              **error);
WattleRecord *wattle_audit_row_to_record (WattleStatement *statement, int body, int hash, GError **error);

/* write.c */
gboolean      wattle_index_put             (WattleConnection     *connection,
                                            WattleRecord         *record,
                                            gboolean              is_new,
                                            GError              **error);

/* overlap.c */
gboolean      wattle_appointment_is_active (WattleRecord         *appointment);
gboolean      wattle_overlap_refuse        (WattleTransaction    *self,
                                            WattleRecord         *appointment,
                                            GError              **error);
gboolean      wattle_overlap_scan          (WattleConnection     *connection,
                                            GError              **error);

/* words.c */
gboolean      wattle_type_is_searched      (const WattleType     *type);
char         *wattle_words_of              (WattleRecord         *record);
char         *wattle_sort_of               (WattleRecord         *record);
gboolean      wattle_words_put             (WattleConnection     *connection,
                                            gint64                number,
                                            WattleRecord         *before,
                                            WattleRecord         *after,
                                            GError              **error);

/* run.c */
void          wattle_store_work            (gpointer              task,
                                            gpointer              store);

/* store.c */
void wattle_store_add_engine (const WattleEngine *engine);
gboolean      wattle_store_queue           (WattleStore          *self,
                                            GTask                *task);
void          wattle_store_give_back       (WattleStore          *self,
                                            WattleTransaction    *transaction);

G_END_DECLS
