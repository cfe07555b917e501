/* outbox.h: what this device did and what a person typed, kept until the server has it
 *
 * A file of its own with full sync: the cache can be made anew from the server,
 * this cannot. Everything here blocks and may be called from any thread.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WattleOutboxStatus:
 * @WATTLE_OUTBOX_WAITING: never sent; may be withdrawn
 * @WATTLE_OUTBOX_SENT: sent; the server may have it although no answer came
 * @WATTLE_OUTBOX_OK: done; kept some days for a server that was restored
 * @WATTLE_OUTBOX_CONFLICT: the server's constraint said no; kept until the person sends it again or throws it away
 * @WATTLE_OUTBOX_REFUSED: never; kept likewise, with every word of its arguments
 */
typedef enum
{
  WATTLE_OUTBOX_WAITING,
  WATTLE_OUTBOX_SENT,
  WATTLE_OUTBOX_OK,
  WATTLE_OUTBOX_CONFLICT,
  WATTLE_OUTBOX_REFUSED,
  WATTLE_N_OUTBOX_STATUSES
} WattleOutboxStatus;

#define WATTLE_OUTBOX_PENDING (1u << WATTLE_OUTBOX_WAITING | 1u << WATTLE_OUTBOX_SENT)
#define WATTLE_OUTBOX_UNSETTLED (WATTLE_OUTBOX_PENDING | 1u << WATTLE_OUTBOX_CONFLICT | 1u << WATTLE_OUTBOX_REFUSED)

/**
 * WattleOutboxEntry:
 * @number: order of this device's operations; never given twice
 * @args: JSON object
 * @at: when the person did it
 * @message: (nullable): the server's sentence
 * @field: (nullable): the field it is about
 * @alternatives: (nullable): JSON array of free times
 * @settled_at: when the server answered it first, 0 when it never did
 */
typedef struct
{
  gint64 number;
  char *id;
  char *name;
  char *args;
  gint64 at;
  WattleOutboxStatus status;
  char *message;
  char *field;
  char *alternatives;
  gint64 settled_at;
} WattleOutboxEntry;

/**
 * WattleOutboxConflict:
 *
 * A field that two people changed. Values are JSON text.
 */
typedef struct
{
  gint64 number;
  char *type;
  char *record;
  char *field;
  char *mine;
  char *theirs;
  gint64 at;
} WattleOutboxConflict;

typedef struct _WattleOutbox WattleOutbox;

void wattle_outbox_entry_free (WattleOutboxEntry *self);
void wattle_outbox_conflict_free (WattleOutboxConflict *self);
const char *wattle_outbox_status_nick (WattleOutboxStatus status);

WattleOutbox *wattle_outbox_open (const char *path, const guint8 *key, GError **error);
gboolean wattle_outbox_close (WattleOutbox *self, GError **error);
gboolean wattle_outbox_begin (WattleOutbox *self, GError **error);
gboolean wattle_outbox_commit (WattleOutbox *self, GError **error);
void wattle_outbox_roll_back (WattleOutbox *self);

gboolean wattle_outbox_append (WattleOutbox *self, WattleOutboxEntry *entry, GError **error);
GPtrArray *wattle_outbox_entries (WattleOutbox *self, guint statuses, guint limit, GError **error);
WattleOutboxEntry *wattle_outbox_find (WattleOutbox *self, const char *id, GError **error);
gint64 wattle_outbox_count (WattleOutbox *self, guint statuses, GError **error);
gboolean wattle_outbox_settle (WattleOutbox *self, const WattleOutboxEntry *entry, gint64 now, GError **error);
gboolean wattle_outbox_mark_sent (WattleOutbox *self, gint64 last_number, GError **error);
gboolean wattle_outbox_remove (WattleOutbox *self, const char *id, GError **error);
gboolean wattle_outbox_forget_done (WattleOutbox *self, gint64 before, GError **error);
gboolean wattle_outbox_send_again (WattleOutbox *self, gint64 since, GError **error);
gboolean wattle_outbox_number_above (WattleOutbox *self, gint64 last, GError **error);

gboolean wattle_outbox_add_conflict (WattleOutbox *self, WattleOutboxConflict *conflict, GError **error);
GPtrArray *wattle_outbox_conflicts (WattleOutbox *self, GError **error);
gboolean wattle_outbox_drop_conflict (WattleOutbox *self, gint64 number, GError **error);

gboolean wattle_outbox_keep (
  WattleOutbox *self, const char *kind, const char *key, const char *value, gint64 now, GError **error);
char *wattle_outbox_kept (WattleOutbox *self, const char *kind, const char *key, GError **error);
char **wattle_outbox_kept_keys (WattleOutbox *self, const char *kind, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleOutboxEntry, wattle_outbox_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleOutboxConflict, wattle_outbox_conflict_free)

G_END_DECLS
