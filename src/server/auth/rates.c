/* rates.c: how often somebody may do something, in a bounded table
 *
 * Known and unknown names alike take one small entry, and the oldest goes when
 * the table is full: a flood of invented names neither fills the memory nor
 * tells which names exist.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/rates.h"

#include <string.h>

#include "base/clock.h"

#define MAX_NAME 160
#define FREE_FAILURES 5
#define MAX_DELAY_SECONDS 900
#define FORGET_FAILURES (24 * WATTLE_HOUR)

typedef struct
{
  char *key;
  GList *link;
  gint64 until; /* end of the window, or of the delay */
  gint64 forget_at;
  guint count;
} Entry;

struct _WattleRates
{
  GMutex lock;
  GHashTable *entries; /* key: Entry */
  GQueue order;        /* Entry, oldest first */
  guint capacity;
};

static void
entry_free (gpointer data)
{
  Entry *self = data;

  g_free (self->key);
  g_free (self);
}

WattleRates *
wattle_rates_new (guint capacity)
{
  WattleRates *self = g_new0 (WattleRates, 1);

  g_mutex_init (&self->lock);
  g_queue_init (&self->order);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->capacity = capacity;
  return self;
}

void
wattle_rates_free (WattleRates *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->entries);
  g_queue_clear (&self->order);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
drop (WattleRates *self, Entry *entry)
{
  g_queue_delete_link (&self->order, entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

static Entry *
find (WattleRates *self, const char *what, const char *who, gboolean make)
{
  char key[MAX_NAME];
  Entry *entry;

  g_snprintf (key, sizeof key, "%s:%s", what, who);
  entry = g_hash_table_lookup (self->entries, key);
  if (entry == NULL && make)
    {
      while (self->order.length >= self->capacity)
        drop (self, self->order.head->data);
      entry = g_new0 (Entry, 1);
      entry->key = g_strdup (key);
      g_queue_push_tail (&self->order, entry);
      entry->link = self->order.tail;
      g_hash_table_insert (self->entries, entry->key, entry);
    }
  return entry;
}

static guint
seconds_until (gint64 until, gint64 now)
{
  return until > now ? (guint) ((until - now + WATTLE_SECOND - 1) / WATTLE_SECOND) : 0;
}

/**
 * wattle_rates_take:
 * @self: the table
 * @what: the kind of act, such as "sign-in"
 * @who: an address or an id
 * @limit: at most so many; 0 for no limit
 * @window: seconds from the first
 *
 * Counts one act.
 *
 * Returns: 0 when it may go on, or the seconds to wait
 */
guint
wattle_rates_take (WattleRates *self, const char *what, const char *who, guint limit, guint window)
{
  gint64 now = wattle_clock_monotonic ();
  guint wait = 0;
  Entry *entry;

  if (limit == 0)
    return 0;
  g_mutex_lock (&self->lock);
  entry = find (self, what, who, TRUE);
  if (entry->until <= now)
    {
      entry->until = now + window * WATTLE_SECOND;
      entry->count = 0;
    }
  if (entry->count < limit)
    entry->count++;
  else
    wait = seconds_until (entry->until, now);
  g_mutex_unlock (&self->lock);
  return wait;
}

/**
 * wattle_rates_wait:
 * @self: the table
 * @name: a sign-in name, known or not
 *
 * Returns: seconds until another password may be tried, 0 for now
 */
guint
wattle_rates_wait (WattleRates *self, const char *name)
{
  gint64 now = wattle_clock_monotonic ();
  guint wait = 0;
  Entry *entry;

  g_mutex_lock (&self->lock);
  entry = find (self, "failures", name, FALSE);
  if (entry != NULL)
    wait = seconds_until (entry->until, now);
  g_mutex_unlock (&self->lock);
  return wait;
}

/**
 * wattle_rates_failed:
 * @self: the table
 * @name: a sign-in name, known or not
 *
 * Counts a wrong password. From the fifth on in a row each makes the next wait,
 * for 1, 2, 4 … 900 seconds.
 *
 * Returns: failures in a row
 */
guint
wattle_rates_failed (WattleRates *self, const char *name)
{
  gint64 now = wattle_clock_monotonic ();
  guint count;
  Entry *entry;

  g_mutex_lock (&self->lock);
  entry = find (self, "failures", name, TRUE);
  if (entry->forget_at != 0 && entry->forget_at <= now)
    entry->count = 0;
  entry->forget_at = now + FORGET_FAILURES;
  count = ++entry->count;
  if (count >= FREE_FAILURES)
    entry->until = now + MIN (1 << MIN (count - FREE_FAILURES, 10), MAX_DELAY_SECONDS) * WATTLE_SECOND;
  g_mutex_unlock (&self->lock);
  return count;
}

void
wattle_rates_succeeded (WattleRates *self, const char *name)
{
  Entry *entry;

  g_mutex_lock (&self->lock);
  entry = find (self, "failures", name, FALSE);
  if (entry != NULL)
    drop (self, entry);
  g_mutex_unlock (&self->lock);
}

guint
wattle_rates_size (WattleRates *self)
{
  guint size;

  g_mutex_lock (&self->lock);
  size = self->order.length;
  g_mutex_unlock (&self->lock);
  return size;
}
