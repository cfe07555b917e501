/* today-data.h: what the person needs now, read from the cache in one go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/* More rows than this are counted, and shown when somebody asks for them. */
#define WATTLE_TODAY_SHOWN 6
#define WATTLE_TODAY_ALL 500

/**
 * WattleTodayRow:
 * @type: what it leads to
 * @id: its id
 * @patient: (nullable): whose
 * @lead: what stands in front: a time
 * @title: who
 * @subtitle: what
 * @pill: (nullable): a word at the end
 * @tone: (nullable): style class of @pill
 * @status: of a visit
 * @joins: whether the video room of a visit is open
 * @starts_at: of a visit
 */
typedef struct
{
  WattleRecordType type;
  char *id;
  char *patient;
  char *lead;
  char *title;
  char *subtitle;
  char *pill;
  const char *tone;
  int status;
  gboolean joins;
  gint64 starts_at;
  gint64 ends_at;
} WattleTodayRow;

/**
 * WattleToday:
 * @visits: (element-type WattleTodayRow): of the day, in order
 * @next: (nullable): the one of @visits that is in hand or comes next
 * @coming: how many are still to come
 * @arrived: how many wait
 * @notes: (element-type WattleTodayRow): unsigned, oldest first
 * @n_notes: how many in all
 * @invoices: (element-type WattleTodayRow): unpaid, oldest due first
 * @n_invoices: how many in all
 * @owed: cents on all of them; -1 when there are too many to add up here
 * @next_day: (nullable): when the next visit after today is
 */
typedef struct
{
  GPtrArray *visits;
  WattleTodayRow *next;
  guint coming;
  guint arrived;
  GPtrArray *notes;
  gint64 n_notes;
  GPtrArray *invoices;
  gint64 n_invoices;
  gint64 owed;
  char *next_day;
} WattleToday;

GVariant *wattle_today_arguments (const WattleActor *actor, const char *zone, guint shown);
gpointer  wattle_today_read      (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable,
                                  GError **error);
void      wattle_today_free      (WattleToday *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleToday, wattle_today_free)

G_END_DECLS
