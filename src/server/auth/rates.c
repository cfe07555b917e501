/* rates.c: how often somebody may call, in a bounded table of this process
 *
 * Several processes of a practice tell each other what they counted, a tenth of
 * a limit at a time, so that no call has to write: somebody who spreads calls
 * over N processes gets at most (N - 1) times a tenth more, and what the news
 * take to arrive. What must hold exactly is counted in the store, see counters.c.
 * The oldest entry goes when the table is full: a flood of addresses does not
 * fill the memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/rates.h"

#include <string.h>

#include "base/clock.h"

#define MAX_NAME 160
#define SHARE 10 /* the part of a limit that is told at once */
#define WORD "rates"

typedef struct
{
  char *key;
  GList *link;
  gint64 until; /* end of the window */
  guint count;
  guint untold; /* of these, what the other processes have not heard of */
} Entry;

struct _WattleRates
{
  GMutex lock;
  GHashTable *entries; /* key: Entry */
  GQueue order;        /* Entry, oldest first */
  guint capacity;
  guint told; /* how often, so that no two messages are the same */
  WattleRatesTell tell; /* (nullable) */
  gpointer tell_data;
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
find (WattleRates *self, const char *what, const char *who)
{
  char key[MAX_NAME];
  Entry *entry;

  g_snprintf (key, sizeof key, "%s:%s", what, who);
  entry = g_hash_table_lookup (self->entries, key);
  if (entry == NULL)
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

/* Begins a new window when the last one is over. */
static void
turn (Entry *entry, guint window, gint64 now)
{
  if (entry->until > now)
    return;
  entry->until = now + window * WATTLE_SECOND;
  entry->count = entry->untold = 0;
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
  entry = find (self, what, who);
  turn (entry, window, now);
  if (entry->count < limit)
    {
      entry->count++;
      entry->untold++;
    }
  else
    wait = seconds_until (entry->until, now);
  if (self->tell != NULL && entry->untold >= MAX (limit / SHARE, 1))
    {
      g_autofree char *words =
        g_strdup_printf (WORD " %u %s %s %u %u", self->told++, what, who, window, entry->untold);

      self->tell (words, self->tell_data);
      entry->untold = 0;
    }
  g_mutex_unlock (&self->lock);
  return wait;
}

/**
 * wattle_rates_set_tell:
 * @self: the table
 * @tell: (nullable): called with what the other processes have to hear; from any thread, must not wait; one that was
 *   taken away is not called any more
 * @data: for @tell
 */
void
wattle_rates_set_tell (WattleRates *self, WattleRatesTell tell, gpointer data)
{
  g_mutex_lock (&self->lock);
  self->tell = tell;
  self->tell_data = data;
  g_mutex_unlock (&self->lock);
}

/**
 * wattle_rates_hear:
 * @self: the table
 * @words: what another process told
 *
 * Returns: whether they were about rates
 */
gboolean
wattle_rates_hear (WattleRates *self, const char *words)
{
  g_auto (GStrv) word = g_strsplit (words, " ", 7);
  guint64 window, count;
  Entry *entry;

  if (g_strv_length (word) != 6 || strcmp (word[0], WORD) != 0
      || !g_ascii_string_to_unsigned (word[4], 10, 1, G_MAXINT32, &window, NULL)
      || !g_ascii_string_to_unsigned (word[5], 10, 1, G_MAXINT32, &count, NULL))
    return word[0] != NULL && strcmp (word[0], WORD) == 0;
  g_mutex_lock (&self->lock);
  entry = find (self, word[2], word[3]);
  turn (entry, window, wattle_clock_monotonic ());
  entry->count = MIN ((guint64) entry->count + count, G_MAXINT32);
  g_mutex_unlock (&self->lock);
  return TRUE;
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
