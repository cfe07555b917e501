/* engine.h: cache, outbox and server brought together, one step at a time
 *
 * The engine has no thread, no main loop and no clock of its own: whoever calls
 * wattle_engine_step() decides when. With a transport that stands in for the
 * network a whole practice runs in one thread, in any order one wants to try.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"
#include "sync/outbox.h"
#include "sync/session.h"

G_BEGIN_DECLS

/**
 * WattleEngineListener:
 * @entry: an operation was added or its status changed
 * @removed: an operation is gone without an answer
 * @conflict: a person has to choose between two values
 * @resolved: that choice is gone
 * @progress: of the first sync, 0 to 1; -1 when it is done
 * @identity: (nullable): the session knows something new of the person
 * @complaint: the server's audit trail is not what it was, in a sentence for the person
 * @data: for the functions
 *
 * Called on the thread that works, while the engine is held: only pass it on.
 */
typedef struct
{
  void (*entry) (const WattleOutboxEntry *entry, gpointer data);
  void (*removed) (const char *id, gpointer data);
  void (*conflict) (const WattleOutboxConflict *conflict, gpointer data);
  void (*resolved) (gint64 number, gpointer data);
  void (*progress) (double fraction, gint64 rows, gint64 total, gpointer data);
  void (*identity) (gpointer data);
  void (*complaint) (const char *sentence, gpointer data);
  gpointer data;
} WattleEngineListener;

typedef enum
{
  WATTLE_STEP_FAILED,
  WATTLE_STEP_MORE, /* something was done, and there may be more */
  WATTLE_STEP_IDLE, /* nothing to do until a poke, an operation or the next poll */
} WattleStep;

typedef struct _WattleEngine WattleEngine;

WattleEngine *wattle_engine_new (WattleStore *cache,
                                 WattleOutbox *outbox,
                                 WattleSession *session,
                                 const WattleEngineListener *listener);
void wattle_engine_free (WattleEngine *self);
gboolean wattle_engine_start (WattleEngine *self, GError **error);
void wattle_engine_set_blobs (WattleEngine *self, const char *folder, const guint8 *key);

void wattle_engine_set_fetch_ahead (WattleEngine *self, gboolean ahead);
gint64 wattle_engine_wait (WattleEngine *self);
WattleStep wattle_engine_step (WattleEngine *self, GCancellable *cancellable, GError **error);
void wattle_engine_poke (WattleEngine *self, gint64 head);
void wattle_engine_greet_again (WattleEngine *self);
gboolean wattle_engine_is_read_only (WattleEngine *self);
gint64 wattle_engine_cursor (WattleEngine *self);
GBytes *wattle_engine_find_blob (WattleEngine *self, const char *hash, GError **error);
gboolean wattle_engine_take_identity (WattleEngine *self, GError **error);

char *wattle_engine_perform (WattleEngine *self, const char *name, const char *args, GError **error);
char *wattle_engine_send_again (WattleEngine *self, const char *id, const char *args, GError **error);
gboolean wattle_engine_withdraw (WattleEngine *self, const char *id, GError **error);
gboolean wattle_engine_discard (WattleEngine *self, const char *id, GError **error);
gboolean
wattle_engine_resolve (WattleEngine *self, const WattleOutboxConflict *conflict, gboolean use_mine, GError **error);
char *wattle_engine_put_blob (WattleEngine *self, GBytes *bytes, GError **error);
GBytes *wattle_engine_get_blob (WattleEngine *self, const char *hash, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleEngine, wattle_engine_free)

G_END_DECLS
