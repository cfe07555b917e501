/* counters.c: how often something was tried, counted in the store for every process of the server
 *
 * Known and unknown names alike take one small row. The rows stand in a fixed
 * number of buckets of a fixed size, chosen by a keyed hash: a flood of invented
 * names neither fills the disk nor tells which names exist, and it pushes out
 * the rows with the lowest count first, so that nobody clears their own
 * failures with it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/counters.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "server/auth/credential.h"

#define KIND "counter"
#define FREE_FAILURES 5
#define MAX_DELAY_SECONDS 900
#define FORGET_FAILURES WATTLE_DAY

typedef struct
{
  char *key;
  char bucket[16];
  gboolean kept;
  guint count;
  gint64 until; /* end of the window, or of the delay */
} Row;

static void
row_clear (Row *self)
{
  g_clear_pointer (&self->key, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Row, row_clear)

static void
read_value (const char *value, guint *count, gint64 *until)
{
  char *rest = NULL;

  *count = g_ascii_strtoull (value, &rest, 10);
  *until = g_ascii_strtoll (rest, NULL, 10);
}

/* A row that has expired counts as none. */
static gboolean
load (Row *self, WattleTransaction *transaction, WattleKeys *keys, WattleCounter counter, gint64 now, GError **error)
{
  g_autofree char *name = g_strjoin ("\n", counter.what, counter.who, NULL);
  g_autoptr (WattlePrivateRow) row = NULL;
  g_autoptr (GError) local = NULL;
  guint bucket = 0;

  self->key = wattle_keys_digest (keys, name);
  sscanf (self->key, "%6x", &bucket);
  g_snprintf (self->bucket, sizeof self->bucket, "bucket-%03x", bucket % WATTLE_COUNTER_BUCKETS);
  row = wattle_private_find (transaction, KIND, self->key, &local);
  if (row == NULL && wattle_error_get_code (local) != WATTLE_ERROR_NOT_FOUND)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->kept = row != NULL;
  if (row != NULL && row->expires_at > now)
    read_value (row->value, &self->count, &self->until);
  return TRUE;
}

/* Makes room for one more: what has expired goes, else the lowest count, else what ends first. */
static gboolean
make_room (Row *self, WattleTransaction *transaction, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) rows =
    wattle_transaction_privates (transaction, KIND, self->bucket, WATTLE_COUNTERS_PER_BUCKET, error);
  WattlePrivateRow *victim = NULL;
  guint lowest = 0;

  if (rows == NULL)
    return FALSE;
  if (rows->len < WATTLE_COUNTERS_PER_BUCKET)
    return TRUE;
  for (guint i = 0; i < rows->len; i++)
    {
      WattlePrivateRow *row = rows->pdata[i];
      guint count;
      gint64 until;

      read_value (row->value, &count, &until);
      if (row->expires_at <= now)
        count = 0;
      if (victim == NULL || count < lowest || (count == lowest && row->expires_at < victim->expires_at))
        {
          victim = row;
          lowest = count;
        }
    }
  return wattle_transaction_drop_private (transaction, KIND, victim->key, error);
}

static gboolean
save (Row *self, WattleTransaction *transaction, gint64 now, gint64 expires_at, GError **error)
{
  g_autofree char *value = g_strdup_printf ("%u %" G_GINT64_FORMAT, self->count, self->until);

  return (self->kept || make_room (self, transaction, now, error))
         && wattle_transaction_keep_private (transaction, KIND, self->key, self->bucket, value, expires_at, error);
}

static guint
seconds_until (gint64 until, gint64 now)
{
  return until > now ? (guint) ((until - now + WATTLE_SECOND - 1) / WATTLE_SECOND) : 0;
}

/**
 * wattle_counter_take:
 * @transaction: a write transaction
 * @keys: the server's key
 * @counter: what is counted
 * @limit: at most so many; 0 for no limit
 * @window: seconds from the first
 * @now: the instant
 * @wait: (out): 0 when it may go on, or the seconds to wait
 * @error: the failure of the store
 *
 * Counts one act. A clock that was set back ends a window that lies too far ahead.
 */
gboolean
wattle_counter_take (WattleTransaction *transaction,
                     WattleKeys *keys,
                     WattleCounter counter,
                     guint limit,
                     guint window,
                     gint64 now,
                     guint *wait,
                     GError **error)
{
  g_auto (Row) row = { 0 };

  *wait = 0;
  if (limit == 0)
    return TRUE;
  if (!load (&row, transaction, keys, counter, now, error))
    return FALSE;
  if (row.until <= now || row.until > now + window * WATTLE_SECOND)
    {
      row.until = now + window * WATTLE_SECOND;
      row.count = 0;
    }
  if (row.count >= limit)
    {
      *wait = seconds_until (row.until, now);
      return TRUE;
    }
  row.count++;
  return save (&row, transaction, now, row.until, error);
}

/**
 * wattle_counter_is_full:
 * @transaction: any
 * @keys: the server's key
 * @counter: what is counted by wattle_counter_take()
 * @limit: its limit
 * @now: the instant
 * @wait: (out): as there
 * @error: the failure of the store
 *
 * Looks without counting, so that whoever is over a limit costs no write.
 */
gboolean
wattle_counter_is_full (WattleTransaction *transaction,
                        WattleKeys *keys,
                        WattleCounter counter,
                        guint limit,
                        gint64 now,
                        guint *wait,
                        GError **error)
{
  g_auto (Row) row = { 0 };

  *wait = 0;
  if (limit == 0)
    return TRUE;
  if (!load (&row, transaction, keys, counter, now, error))
    return FALSE;
  *wait = row.count >= limit ? seconds_until (row.until, now) : 0;
  return TRUE;
}

/**
 * wattle_counter_wait:
 * @transaction: any
 * @keys: the server's key
 * @counter: of wattle_counter_try()
 * @now: the instant
 * @wait: (out): seconds until another secret may be tried, 0 for now
 * @error: the failure of the store
 */
gboolean
wattle_counter_wait (WattleTransaction *transaction,
                     WattleKeys *keys,
                     WattleCounter counter,
                     gint64 now,
                     guint *wait,
                     GError **error)
{
  g_auto (Row) row = { 0 };

  if (!load (&row, transaction, keys, counter, now, error))
    return FALSE;
  *wait = MIN (seconds_until (row.until, now), MAX_DELAY_SECONDS);
  return TRUE;
}

/**
 * wattle_counter_try:
 * @transaction: a write transaction
 * @keys: the server's key
 * @counter: whose secret is tried
 * @now: the instant
 * @count: (out): tries in a row with this one
 * @error: the failure of the store
 *
 * Counts a try before its secret is looked at, so that many at once gain
 * nothing; a good one is cleared afterwards. From the fifth on in a row each
 * makes the next wait, for 1, 2, 4 … 900 seconds. A day of rest forgets them.
 */
gboolean
wattle_counter_try (WattleTransaction *transaction,
                    WattleKeys *keys,
                    WattleCounter counter,
                    gint64 now,
                    guint *count,
                    GError **error)
{
  g_auto (Row) row = { 0 };

  if (!load (&row, transaction, keys, counter, now, error))
    return FALSE;
  *count = ++row.count;
  if (row.count >= FREE_FAILURES)
    row.until = now + MIN (1 << MIN (row.count - FREE_FAILURES, 10), MAX_DELAY_SECONDS) * WATTLE_SECOND;
  return save (&row, transaction, now, now + FORGET_FAILURES, error);
}

/**
 * wattle_counter_take_back:
 * @transaction: a write transaction
 * @keys: the server's key
 * @counter: of wattle_counter_try()
 * @error: the failure of the store
 *
 * One try less: it was a question and no attempt.
 */
gboolean
wattle_counter_take_back (WattleTransaction *transaction, WattleKeys *keys, WattleCounter counter, GError **error)
{
  gint64 now = wattle_clock_now ();
  g_auto (Row) row = { 0 };

  if (!load (&row, transaction, keys, counter, now, error))
    return FALSE;
  if (row.count <= 1)
    return !row.kept || wattle_transaction_drop_private (transaction, KIND, row.key, error);
  row.count--;
  row.until = 0;
  return save (&row, transaction, now, now + FORGET_FAILURES, error);
}

gboolean
wattle_counter_clear (WattleTransaction *transaction, WattleKeys *keys, WattleCounter counter, GError **error)
{
  g_auto (Row) row = { 0 };

  return load (&row, transaction, keys, counter, 0, error)
         && (!row.kept || wattle_transaction_drop_private (transaction, KIND, row.key, error));
}
