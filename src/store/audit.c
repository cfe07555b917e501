/* audit.c: the trail of who did and saw what: it only grows, and shows when it was touched
 *
 * Each row is the JSON of its event, which names the hash of the row before, and
 * the BLAKE2b-256 of that hash and that JSON. The hash covers the text as it is
 * stored, so a later version of the field tables verifies it all the same.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"

#define HASH_BYTES crypto_generichash_BYTES

static const guint8 first_hash[HASH_BYTES];

static void
hash_event (const guint8 previous[HASH_BYTES], const char *body, gsize length, guint8 hash[HASH_BYTES])
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, HASH_BYTES);
  crypto_generichash_update (&state, previous, HASH_BYTES);
  crypto_generichash_update (&state, (const guint8 *) body, length);
  crypto_generichash_final (&state, hash, HASH_BYTES);
}

static gboolean
read_last (WattleTransaction *self, gint64 *sequence, guint8 hash[HASH_BYTES], GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_AUDIT_LAST, error);
  gboolean row;

  *sequence = 0;
  memcpy (hash, first_hash, HASH_BYTES);
  if (statement == NULL || !wattle_connection_step (self->connection, statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  *sequence = wattle_column_integer (statement, 0);
  if (wattle_column_length (statement, 1) == HASH_BYTES)
    memcpy (hash, wattle_column_bytes (statement, 1), HASH_BYTES);
  return TRUE;
}

/* A transaction that writes asks once: nobody else adds to the trail meanwhile. */
static gboolean
know_end (WattleTransaction *self, GError **error)
{
  gint64 sequence;

  if (self->trail.sequence >= 0)
    return TRUE;
  if (!read_last (self, &sequence, self->trail.hash, error))
    return FALSE;
  self->trail.sequence = sequence;
  return TRUE;
}

/* Adds it behind the end that is known. */
static gboolean
add_row (WattleTransaction *self, WattleRecord *event, gint64 sequence, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_AUDIT_ADD, error);
  g_autofree char *body = wattle_record_to_json (event);
  char text[HASH_BYTES * 2 + 1];
  guint8 hash[HASH_BYTES];

  if (statement == NULL)
    return FALSE;
  hash_event (self->trail.hash, body, strlen (body), hash);
  wattle_bind_integer (statement, 1, sequence);
  wattle_bind_id (statement, 2, wattle_record_id (event));
  wattle_bind_text (statement, 3, body);
  wattle_bind_bytes (statement, 4, hash, HASH_BYTES);
  if (!wattle_connection_run (self->connection, statement, error))
    return FALSE;
  sodium_bin2hex (text, sizeof text, hash, HASH_BYTES);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_HASH, text);
  self->trail.sequence = sequence;
  self->trail.added = TRUE;
  memcpy (self->trail.hash, hash, HASH_BYTES);
  return TRUE;
}

/**
 * wattle_transaction_audit:
 * @self: a write transaction: that of the act
 * @audit_event: who did what; gets its number, time when it has none, and hashes
 * @error: the failure, which must make the act fail too
 *
 * Adds one row to the trail.
 */
gboolean
wattle_transaction_audit (WattleTransaction *self, WattleRecord *audit_event, GError **error)
{
  g_autofree char *id = wattle_id_new ();
  char text[HASH_BYTES * 2 + 1];
  gint64 sequence;

  if (!wattle_transaction_may_write (self, error) || !know_end (self, error))
    return FALSE;
  sequence = self->trail.sequence + 1;
  if (wattle_record_id (audit_event) == NULL)
    wattle_record_set_id (audit_event, id);
  if (!wattle_record_has (audit_event, WATTLE_AUDIT_EVENT_AT))
    wattle_record_set_integer (audit_event, WATTLE_AUDIT_EVENT_AT, wattle_clock_now ());
  sodium_bin2hex (text, sizeof text, self->trail.hash, HASH_BYTES);
  wattle_record_set_integer (audit_event, WATTLE_AUDIT_EVENT_SEQUENCE, sequence);
  wattle_record_set_string (audit_event, WATTLE_AUDIT_EVENT_PREVIOUS_HASH, text);
  wattle_record_unset (audit_event, WATTLE_AUDIT_EVENT_HASH);
  if (!add_row (self, audit_event, sequence, error) || !wattle_index_put (self->connection, audit_event, TRUE, error))
    return FALSE;
  self->changed |= WATTLE_TYPE_BIT (WATTLE_RECORD_AUDIT_EVENT);
  return TRUE;
}

/* What the row's own text says must be what its columns say. */
static gboolean
agrees (const char *body, gsize length, gint64 sequence, const guint8 *id, gsize id_length)
{
  WattleJsonLimits limits = WATTLE_JSON_WIRE_LIMITS;
  g_autoptr (WattleJson) json = wattle_json_parse (body, length, &limits, NULL);
  char text[WATTLE_ID_LENGTH + 1];

  if (json == NULL || id_length != WATTLE_ID_BYTES)
    return FALSE;
  wattle_id_to_text (id, text);
  return wattle_json_member_integer (wattle_json_root (json), "sequence", -1) == sequence
         && g_strcmp0 (wattle_json_member_string (wattle_json_root (json), "id"), text) == 0;
}

static gboolean
row_is_good (WattleStatement *statement, gint64 expected, guint8 previous[HASH_BYTES])
{
  const char *body = wattle_column_text (statement, 2);
  gsize length = wattle_column_length (statement, 2);
  guint8 hash[HASH_BYTES];
  gboolean good;

  hash_event (previous, body, length, hash);
  good = wattle_column_integer (statement, 0) == expected && wattle_column_length (statement, 3) == HASH_BYTES
         && sodium_memcmp (hash, wattle_column_bytes (statement, 3), HASH_BYTES) == 0
         && agrees (body, length, expected, wattle_column_bytes (statement, 1), wattle_column_length (statement, 1));
  memcpy (previous, hash, HASH_BYTES);
  return good;
}

static gboolean
report (gint64 bad, gint64 *first_bad, GError **error)
{
  char number[24];

  if (first_bad != NULL)
    *first_bad = bad;
  g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, bad);
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                          _("The audit trail was changed: row %s is not what was written."), number);
  return FALSE;
}

/* Some rows more; @bad is the first that is not as it was written, 0 for none. */
static gboolean
verify_page (WattleTransaction *self, WattleAuditFunc func, gpointer data, gint64 *expected,
             guint8 previous[HASH_BYTES], gint64 *bad, guint *rows, GError **error)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, WATTLE_SQL_AUDIT_EACH, error);
  gboolean row;

  *bad = *rows = 0;
  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, *expected == 1 ? G_MININT64 : *expected - 1);
  wattle_bind_integer (statement, 2, WATTLE_PAGE_ROWS);
  while (*bad == 0)
    {
      if (!wattle_connection_step (self->connection, statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      if (!row_is_good (statement, *expected, previous))
        *bad = *expected;
      else if (func != NULL)
        func (*expected, previous, data);
      ++*expected;
      ++*rows;
    }
  return TRUE;
}

/**
 * wattle_transaction_audit_at:
 * @self: a transaction
 * @wanted: number of a row, or 0 for the last
 * @sequence: (out): its number; 0 when there is none
 * @hash: (out): where the chain stands with it
 * @error: the failure
 *
 * What a checkpoint says, and is compared with.
 */
gboolean
wattle_transaction_audit_at (
  WattleTransaction *self, gint64 wanted, gint64 *sequence, guint8 hash[WATTLE_TRAIL_HASH], GError **error)
{
  g_autoptr (WattleStatement) statement = NULL;
  gboolean row;

  if (wanted == 0)
    return read_last (self, sequence, hash, error);
  *sequence = 0;
  statement = wattle_connection_statement (self->connection, WATTLE_SQL_AUDIT_AT, error);
  if (statement == NULL)
    return FALSE;
  wattle_bind_integer (statement, 1, wanted);
  if (!wattle_connection_step (self->connection, statement, &row, error))
    return FALSE;
  if (!row || wattle_column_length (statement, 1) != HASH_BYTES)
    return TRUE;
  *sequence = wanted;
  memcpy (hash, wattle_column_bytes (statement, 1), HASH_BYTES);
  return TRUE;
}

/**
 * wattle_transaction_audit_walk:
 * @self: a transaction
 * @func: (nullable): is told each row that follows from the one before
 * @data: for @func
 * @first_bad: (out) (optional): number of the first row that was changed, is
 *   missing or does not belong; 0 when all are as they were written
 * @cancellable: (nullable): to stop
 * @error: (out): %WATTLE_ERROR_CORRUPT when a row is bad
 *
 * Walks the chain. Rows cut off at the end are noticed as long as the counter
 * was not changed with them; signed checkpoints notice the rest.
 */
gboolean
wattle_transaction_audit_walk (WattleTransaction *self,
                               WattleAuditFunc func,
                               gpointer data,
                               gint64 *first_bad,
                               GCancellable *cancellable,
                               GError **error)
{
  gint64 last = self->trail.added ? self->trail.sequence : wattle_transaction_counter (self, "audit", error);
  guint8 previous[HASH_BYTES] = { 0 };
  gint64 expected = 1, bad;
  guint rows;

  if (first_bad != NULL)
    *first_bad = 0;
  if (last < 0)
    return FALSE;
  do
    {
      if (g_cancellable_is_cancelled (cancellable))
        return wattle_connection_stopped (error);
      if (!verify_page (self, func, data, &expected, previous, &bad, &rows, error))
        return FALSE;
      if (bad > 0)
        return report (bad, first_bad, error);
    }
  while (rows == WATTLE_PAGE_ROWS);
  return expected == last + 1 || report (expected, first_bad, error);
}

/**
 * wattle_transaction_audit_verify:
 * @self: a transaction
 * @first_bad: (out) (optional): see wattle_transaction_audit_walk()
 * @cancellable: (nullable): to stop
 * @error: the same
 *
 * The walk alone.
 */
gboolean
wattle_transaction_audit_verify (WattleTransaction *self, gint64 *first_bad, GCancellable *cancellable, GError **error)
{
  return wattle_transaction_audit_walk (self, NULL, NULL, first_bad, cancellable, error);
}
