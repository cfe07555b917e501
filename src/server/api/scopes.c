/* scopes.c: what comes into and leaves the sight of people, in the order of changes
 *
 * Whether a practitioner cares for a patient is asked before and after the act,
 * in its transaction, and what changed is kept as private rows of the kind
 * "scope-move". Their owner is the practitioner with a block of change numbers,
 * so that a pull reads the blocks since its cursor and not all of history.
 *
 * A single row can leave, too: a note that is no longer released, an account
 * that became a patient's. Those rows are kept for the audience that lost them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/scopes.h"

#include <string.h>

#include "domain/policy.h"
#include "domain/settings.h"

#define KIND "scope-move"
#define BLOCK 4096
#define MAX_MOVES 100000 /* of one block */

typedef struct
{
  char *practitioner;
  char *patient;
  gboolean before;
} Pair;

typedef struct
{
  char *audience;
  char *row;
} Leave;

struct _WattleScopes
{
  GPtrArray *pairs;
  GPtrArray *leaves;
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
leave_free (gpointer data)
{
  Leave *self = data;

  g_free (self->audience);
  g_free (self->row);
  g_free (self);
}

static void
move_free (gpointer data)
{
  WattleScopeMove *self = data;

  g_free (self->what);
  g_free (self);
}

WattleScopes *
wattle_scopes_new (void)
{
  WattleScopes *self = g_new0 (WattleScopes, 1);

  self->pairs = g_ptr_array_new_with_free_func (pair_free);
  self->leaves = g_ptr_array_new_with_free_func (leave_free);
  return self;
}

void
wattle_scopes_free (WattleScopes *self)
{
  g_ptr_array_unref (self->pairs);
  g_ptr_array_unref (self->leaves);
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

static gboolean
is_watched (WattleScopes *self, const char *practitioner, const char *patient)
{
  for (guint i = 0; i < self->pairs->len; i++)
    {
      Pair *pair = self->pairs->pdata[i];

      if (strcmp (pair->practitioner, practitioner) == 0 && strcmp (pair->patient, patient) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
watch_one (WattleScopes *self, WattleReader *reader, const char *practitioner, const char *patient)
{
  Pair *pair;

  if (practitioner == NULL || patient == NULL || is_watched (self, practitioner, patient))
    return;
  pair = g_new0 (Pair, 1);
  pair->practitioner = g_strdup (practitioner);
  pair->patient = g_strdup (patient);
  pair->before = cares (reader, practitioner, patient);
  g_ptr_array_add (self->pairs, pair);
}

/* A practitioner and who supervises them: the two see the same patients. */
static void
watch_pair (WattleScopes *self, WattleReader *reader, const char *practitioner, const char *patient)
{
  g_autoptr (WattleRecord) record = NULL;

  if (practitioner == NULL || patient == NULL)
    return;
  watch_one (self, reader, practitioner, patient);
  record = wattle_reader_get (reader, WATTLE_RECORD_PRACTITIONER, practitioner, NULL);
  if (record != NULL)
    watch_one (self, reader, wattle_record_get_string (record, WATTLE_PRACTITIONER_SUPERVISOR), patient);
}

static void
watch_record (WattleScopes *self, WattleReader *reader, WattleRecord *record, WattleFieldId field, const char *patient)
{
  watch_pair (self, reader, wattle_record_get_string (record, field), patient);
}

/* The patients of a practitioner come into the sight of a new supervisor and leave that of the old one. */
static void
watch_supervisors (WattleScopes *self, WattleReader *reader, WattleRecord *before, WattleRecord *after)
{
  const char *old = before != NULL ? wattle_record_get_string (before, WATTLE_PRACTITIONER_SUPERVISOR) : NULL;
  const char *new = wattle_record_is_deleted (after) ? NULL
                                                     : wattle_record_get_string (after, WATTLE_PRACTITIONER_SUPERVISOR);
  WattleQuery own = wattle_query (WATTLE_RECORD_PATIENT);
  WattleQuery visits = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) patients = NULL;
  g_autoptr (GPtrArray) seen = NULL;

  if (before == NULL || g_strcmp0 (old, new) == 0)
    return;
  wattle_query_where_text (&own, WATTLE_PATIENT_PRIMARY_PRACTITIONER, wattle_record_id (after));
  wattle_query_where_text (&visits, WATTLE_APPOINTMENT_PRACTITIONER, wattle_record_id (after));
  wattle_query_where (&visits, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST,
                      wattle_setting_care_since (reader));
  own.limit = visits.limit = G_MAXINT;
  patients = wattle_reader_query (reader, &own, NULL);
  seen = wattle_reader_query (reader, &visits, NULL);
  for (guint i = 0; patients != NULL && i < patients->len; i++)
    {
      watch_one (self, reader, old, wattle_record_id (patients->pdata[i]));
      watch_one (self, reader, new, wattle_record_id (patients->pdata[i]));
    }
  for (guint i = 0; seen != NULL && i < seen->len; i++)
    {
      watch_one (self, reader, old, wattle_record_scope_id (seen->pdata[i]));
      watch_one (self, reader, new, wattle_record_scope_id (seen->pdata[i]));
    }
}

char *
wattle_scopes_audience_of_patient (const char *patient)
{
  return g_strconcat ("patient=", patient, NULL);
}

static void
note_leave (WattleScopes *self, char *audience, WattleRecord *row)
{
  Leave *leave = g_new0 (Leave, 1);

  leave->audience = audience;
  leave->row = g_strdup (wattle_record_id (row));
  g_ptr_array_add (self->leaves, leave);
}

/* Whoever could see the row by what stood in it and cannot by what stands there now. */
static void
watch_row (WattleScopes *self, WattleRecord *before, WattleRecord *after)
{
  const WattleType *type = wattle_record_type (after);
  gboolean same_owner = g_strcmp0 (wattle_record_scope_id (before), wattle_record_scope_id (after)) == 0;

  if (type->scope == WATTLE_SCOPE_PATIENT && wattle_policy_is_released (before)
      && !(same_owner && wattle_policy_is_released (after)))
    note_leave (self, wattle_scopes_audience_of_patient (wattle_record_scope_id (before)), after);
  if (type->id == WATTLE_RECORD_DOCUMENT && wattle_policy_access_of (before) == WATTLE_ACCESS_FINANCIAL
      && wattle_policy_access_of (after) != WATTLE_ACCESS_FINANCIAL)
    note_leave (self, g_strdup (WATTLE_AUDIENCE_BILLING), after);
  if (type->id == WATTLE_RECORD_USER && wattle_policy_access_of (before) != WATTLE_ACCESS_PORTAL
      && wattle_policy_access_of (after) == WATTLE_ACCESS_PORTAL)
    note_leave (self, g_strdup (WATTLE_AUDIENCE_STAFF), after);
}

static WattleFieldId
practitioner_field (WattleRecordType type)
{
  switch (type)
    {
    case WATTLE_RECORD_PATIENT:
      return WATTLE_PATIENT_PRIMARY_PRACTITIONER;
    case WATTLE_RECORD_APPOINTMENT:
      return WATTLE_APPOINTMENT_PRACTITIONER;
    case WATTLE_RECORD_ACCESS_GRANT:
      return WATTLE_ACCESS_GRANT_PRACTITIONER;
    default:
      return 0;
    }
}

/**
 * wattle_scopes_watch:
 * @self: what one operation may change
 * @reader: the records before it
 * @before: (nullable): a record as it is
 * @after: as it shall be
 *
 * Remembers who cares for the patients of this record, before it changes.
 */
void
wattle_scopes_watch (WattleScopes *self, WattleReader *reader, WattleRecord *before, WattleRecord *after)
{
  WattleFieldId field = practitioner_field (wattle_record_type (after)->id);

  if (wattle_record_type (after)->id == WATTLE_RECORD_PRACTITIONER)
    watch_supervisors (self, reader, before, after);
  if (before != NULL)
    watch_row (self, before, after);
  if (field == 0)
    return;
  watch_record (self, reader, after, field, wattle_record_scope_id (after));
  if (before == NULL)
    return;
  watch_record (self, reader, before, field, wattle_record_scope_id (before));
  watch_record (self, reader, after, field, wattle_record_scope_id (before));
  watch_record (self, reader, before, field, wattle_record_scope_id (after));
}

/**
 * wattle_scopes_watch_visits:
 * @self: what may change
 * @reader: the records before it
 * @visits: a query for appointments that shall no longer count
 */
void
wattle_scopes_watch_visits (WattleScopes *self, WattleReader *reader, const WattleQuery *visits)
{
  g_autoptr (GPtrArray) found = wattle_reader_query (reader, visits, NULL);

  for (guint i = 0; found != NULL && i < found->len; i++)
    watch_record (self, reader, found->pdata[i], WATTLE_APPOINTMENT_PRACTITIONER,
                  wattle_record_scope_id (found->pdata[i]));
}

static gboolean
keep_move (WattleTransaction *transaction,
           gint64 revision,
           const char *audience,
           const char *what,
           const char *kind,
           GError **error)
{
  g_autofree char *key = g_strdup_printf ("%020" G_GINT64_FORMAT ":%s:%s", revision, audience, what);
  g_autofree char *owner = g_strdup_printf ("%s:%" G_GINT64_FORMAT, audience, revision / BLOCK);

  return wattle_transaction_keep_private (transaction, KIND, key, owner, kind, 0, error);
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

      if (now == pair->before)
        continue;
      if (!keep_move (transaction, revision, pair->practitioner, pair->patient, now ? "gained" : "lost", error))
        return FALSE;
      g_ptr_array_add (practitioners, g_strdup (pair->practitioner));
    }
  for (guint i = 0; i < self->leaves->len; i++)
    {
      Leave *leave = self->leaves->pdata[i];

      if (!keep_move (transaction, revision, leave->audience, leave->row, "left", error))
        return FALSE;
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
      move->what = g_strdup (parts[2]);
      move->kind = strcmp (row->value, "gained") == 0 ? WATTLE_MOVE_GAINED
                   : strcmp (row->value, "lost") == 0 ? WATTLE_MOVE_LOST
                                                      : WATTLE_MOVE_LEFT;
      g_ptr_array_add (moves, move);
    }
  return TRUE;
}

static gint
compare_moves (gconstpointer a, gconstpointer b)
{
  const WattleScopeMove *one = *(const WattleScopeMove *const *) a;
  const WattleScopeMove *other = *(const WattleScopeMove *const *) b;

  return (one->revision > other->revision) - (one->revision < other->revision);
}

/**
 * wattle_scopes_moves:
 * @transaction: any
 * @audiences: (element-type utf8): ids of practitioners and names of audiences whose sight it is
 * @after: change number
 * @upto: change number
 * @error: the failure
 *
 * Returns: (transfer full) (nullable) (element-type WattleScopeMove): what
 *   changed after @after and up to @upto, in order
 */
GPtrArray *
wattle_scopes_moves (WattleTransaction *transaction, GPtrArray *audiences, gint64 after, gint64 upto, GError **error)
{
  g_autoptr (GPtrArray) moves = g_ptr_array_new_with_free_func (move_free);

  for (guint i = 0; i < audiences->len; i++)
    for (gint64 block = (after + 1) / BLOCK; block <= upto / BLOCK; block++)
      {
        g_autofree char *owner = g_strdup_printf ("%s:%" G_GINT64_FORMAT, (char *) audiences->pdata[i], block);

        if (!read_block (transaction, owner, after, upto, moves, error))
          return NULL;
      }
  g_ptr_array_sort (moves, compare_moves);
  return g_steal_pointer (&moves);
}
