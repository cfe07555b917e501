/* scopes.c: patients who come into and leave the sight of a practitioner, in the order of changes
 *
 * Whether a practitioner cares for a patient is asked before and after the act,
 * in its transaction, and what changed is kept as private rows of the kind
 * "scope-move". Their owner is the practitioner with a block of change numbers,
 * so that a pull reads the blocks since its cursor and not all of history.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/scopes.h"

#include <string.h>

#include "domain/policy.h"

#define KIND "scope-move"
#define BLOCK 4096
#define MAX_MOVES 100000 /* of one block */

typedef struct
{
  char *practitioner;
  char *patient;
  gboolean before;
} Pair;

struct _WattleScopes
{
  GPtrArray *pairs;
};

static void
pair_free (gpointer data)
{
  Pair *self = data;

  g_free (self->practitioner);
  g_free (self->patient);
  g_free (self);
}

static void
move_free (gpointer data)
{
  WattleScopeMove *self = data;

  g_free (self->patient);
  g_free (self);
}

WattleScopes *
wattle_scopes_new (void)
{
  WattleScopes *self = g_new0 (WattleScopes, 1);

  self->pairs = g_ptr_array_new_with_free_func (pair_free);
  return self;
}

void
wattle_scopes_free (WattleScopes *self)
{
  g_ptr_array_unref (self->pairs);
  g_free (self);
}

static gboolean
cares (WattleReader *reader, const char *practitioner, const char *patient)
{
  WattleActor actor = { .user = "",
                        .role = WATTLE_ROLE_CLINICIAN,
                        .roles = WATTLE_ROLE_BIT (WATTLE_ROLE_CLINICIAN),
                        .practitioner = practitioner };

  return wattle_policy_cares_for (&actor, reader, patient);
}

static void
watch_pair (WattleScopes *self, WattleReader *reader, const char *practitioner, const char *patient)
{
  Pair *pair;

  if (practitioner == NULL || patient == NULL)
    return;
  for (guint i = 0; i < self->pairs->len; i++)
    {
      pair = self->pairs->pdata[i];
      if (strcmp (pair->practitioner, practitioner) == 0 && strcmp (pair->patient, patient) == 0)
        return;
    }
  pair = g_new0 (Pair, 1);
  pair->practitioner = g_strdup (practitioner);
  pair->patient = g_strdup (patient);
  pair->before = cares (reader, practitioner, patient);
  g_ptr_array_add (self->pairs, pair);
}

static void
watch_record (WattleScopes *self, WattleReader *reader, WattleRecord *record, const char *patient)
{
  WattleFieldId field = wattle_record_type (record)->id == WATTLE_RECORD_PATIENT ? WATTLE_PATIENT_PRIMARY_PRACTITIONER
                                                                                 : WATTLE_APPOINTMENT_PRACTITIONER;

  watch_pair (self, reader, wattle_record_get_string (record, field), patient);
}

/**
 * wattle_scopes_watch:
 * @self: the practitioners and patients of one operation
 * @reader: the records before it
 * @before: (nullable): a record as it is
 * @after: as it shall be
 *
 * Remembers who cares for the patients of this record, before it changes.
 */
void
wattle_scopes_watch (WattleScopes *self, WattleReader *reader, WattleRecord *before, WattleRecord *after)
{
  WattleRecordType type = wattle_record_type (after)->id;

  if (type != WATTLE_RECORD_PATIENT && type != WATTLE_RECORD_APPOINTMENT)
    return;
  watch_record (self, reader, after, wattle_record_scope_id (after));
  if (before == NULL)
    return;
  watch_record (self, reader, before, wattle_record_scope_id (before));
  watch_record (self, reader, after, wattle_record_scope_id (before));
  watch_record (self, reader, before, wattle_record_scope_id (after));
}

/**
 * wattle_scopes_keep:
 * @self: what was watched
 * @transaction: the write transaction, the records put
 * @revision: number of the first record that the operation put
 * @practitioners: (element-type utf8): gets those whose sight changed
 * @error: the failure
 */
gboolean
wattle_scopes_keep (
  WattleScopes *self, WattleTransaction *transaction, gint64 revision, GPtrArray *practitioners, GError **error)
{
  for (guint i = 0; i < self->pairs->len; i++)
    {
      Pair *pair = self->pairs->pdata[i];
      gboolean now = cares (wattle_transaction_reader (transaction), pair->practitioner, pair->patient);
      g_autofree char *key = NULL;
      g_autofree char *owner = NULL;

      if (now == pair->before)
        continue;
      key = g_strdup_printf ("%020" G_GINT64_FORMAT ":%s:%s", revision, pair->practitioner, pair->patient);
      owner = g_strdup_printf ("%s:%" G_GINT64_FORMAT, pair->practitioner, revision / BLOCK);
      if (!wattle_transaction_keep_private (transaction, KIND, key, owner, now ? "gained" : "lost", 0, error))
        return FALSE;
      g_ptr_array_add (practitioners, g_strdup (pair->practitioner));
    }
  return TRUE;
}

static gboolean
read_block (
  WattleTransaction *transaction, const char *owner, gint64 after, gint64 upto, GPtrArray *moves, GError **error)
{
  g_autoptr (GPtrArray) rows = wattle_transaction_privates (transaction, KIND, owner, MAX_MOVES, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      WattlePrivateRow *row = rows->pdata[i];
      g_auto (GStrv) parts = g_strsplit (row->key, ":", 3);
      gint64 revision = g_ascii_strtoll (parts[0], NULL, 10);
      WattleScopeMove *move;

      if (revision <= after || revision > upto || g_strv_length (parts) != 3)
        continue;
      move = g_new0 (WattleScopeMove, 1);
      move->revision = revision;
      move->patient = g_strdup (parts[2]);
      move->gained = strcmp (row->value, "gained") == 0;
      g_ptr_array_add (moves, move);
    }
  return TRUE;
}

/**
 * wattle_scopes_moves:
 * @transaction: any
 * @practitioner: (nullable): whose sight
 * @after: change number
 * @upto: change number
 * @error: the failure
 *
 * Returns: (transfer full) (nullable) (element-type WattleScopeMove): what
 *   changed after @after and up to @upto, in order
 */
GPtrArray *
wattle_scopes_moves (
  WattleTransaction *transaction, const char *practitioner, gint64 after, gint64 upto, GError **error)
{
  g_autoptr (GPtrArray) moves = g_ptr_array_new_with_free_func (move_free);

  if (practitioner == NULL)
    return g_steal_pointer (&moves);
  for (gint64 block = (after + 1) / BLOCK; block <= upto / BLOCK; block++)
    {
      g_autofree char *owner = g_strdup_printf ("%s:%" G_GINT64_FORMAT, practitioner, block);

      if (!read_block (transaction, owner, after, upto, moves, error))
        return NULL;
    }
  return g_steal_pointer (&moves);
}
