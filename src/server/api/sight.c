/* sight.c: what a caller sees of the records: rows, fields and the nameless diary
 *
 * The policy table answers for one object; a page has thousands. What it says of
 * a type and of a patient is asked once and kept for the length of one call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/sight.h"

#include <string.h>

#include "base/error.h"
#include "server/api/scopes.h"

struct _WattleSight
{
  const WattleActor *actor;
  WattleReader *reader;
  WattleReach reach[WATTLE_N_ACCESS];
  gboolean plain[WATTLE_N_RECORDS]; /* its rows are sent as they are, once they are in reach */
  guint hidden;
  gboolean diary;
  gboolean accounts; /* those of patients, without names */
  double share; /* of the patients; below 0 while it was not asked for */
  GHashTable *patients; /* id: whether they are the caller's */
  guint rows;
  guint clinical;
  GHashTable *read; /* ids of patients of whom something clinical was written */
};

/* Whether the scope alone decides: one class of access for all rows, no field hidden, nothing in the row matters. */
static gboolean
is_plain (WattleSight *self, const WattleType *type)
{
  if (type->id == WATTLE_RECORD_PROGRESS_NOTE || type->access == WATTLE_ACCESS_MESSAGE
      || wattle_policy_accesses (type) != 1u << type->access)
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & self->hidden)
      return FALSE;
  return TRUE;
}

/**
 * wattle_sight_new:
 * @actor: who looks; kept by reference
 * @reader: the records of one moment
 *
 * Returns: (transfer full): what they see
 */
WattleSight *
wattle_sight_new (const WattleActor *actor, WattleReader *reader)
{
  WattleSight *self = g_new0 (WattleSight, 1);

  self->actor = actor;
  self->reader = reader;
  self->share = -1;
  self->hidden = WATTLE_FIELD_MASKED & ~wattle_policy_field_mask (actor, reader);
  self->diary = wattle_policy_reach ("read:diary", actor, reader) == WATTLE_REACH_PRACTICE;
  self->accounts = wattle_policy_reach ("read:account_of_patient", actor, reader) == WATTLE_REACH_PRACTICE;
  self->patients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->read = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < WATTLE_N_ACCESS; i++)
    self->reach[i] = wattle_policy_reach (wattle_policy_read_rule (i), actor, reader);
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    self->plain[t] = is_plain (self, wattle_type_get (t));
  return self;
}

void
wattle_sight_free (WattleSight *self)
{
  g_hash_table_unref (self->patients);
  g_hash_table_unref (self->read);
  g_free (self);
}

/**
 * wattle_sight_reads_type:
 * @self: a sight
 * @type: a record type
 *
 * Returns: whether any row of @type can be seen
 */
gboolean
wattle_sight_reads_type (WattleSight *self, WattleRecordType type)
{
  guint accesses = wattle_policy_accesses (wattle_type_get (type));

  if (wattle_type_get (type)->scope == WATTLE_SCOPE_SERVER)
    return FALSE;
  for (guint i = 0; i < WATTLE_N_ACCESS; i++)
    if (accesses & 1u << i && self->reach[i] != WATTLE_REACH_NONE)
      return TRUE;
  return type == WATTLE_RECORD_APPOINTMENT && self->diary;
}

/**
 * wattle_sight_audiences:
 * @self: a sight
 *
 * Returns: (transfer full) (element-type utf8): as whom, for wattle_scopes_moves(), patients and single rows come into
 *   and leave this sight
 */
GPtrArray *
wattle_sight_audiences (WattleSight *self)
{
  GPtrArray *audiences = g_ptr_array_new_with_free_func (g_free);

  if (self->reach[WATTLE_ACCESS_CONTACT] == WATTLE_REACH_OWN_PATIENTS && self->actor->practitioner != NULL)
    g_ptr_array_add (audiences, g_strdup (self->actor->practitioner));
  if (self->actor->role == WATTLE_ROLE_PATIENT && self->actor->patient != NULL)
    g_ptr_array_add (audiences, wattle_scopes_audience_of_patient (self->actor->patient));
  if (self->reach[WATTLE_ACCESS_FINANCIAL] == WATTLE_REACH_PRACTICE
      && self->reach[WATTLE_ACCESS_CLINICAL] != WATTLE_REACH_PRACTICE)
    g_ptr_array_add (audiences, g_strdup (WATTLE_AUDIENCE_BILLING));
  if (self->reach[WATTLE_ACCESS_PRACTICE] == WATTLE_REACH_PRACTICE
      && self->reach[WATTLE_ACCESS_PORTAL] != WATTLE_REACH_PRACTICE)
    g_ptr_array_add (audiences, g_strdup (WATTLE_AUDIENCE_STAFF));
  return audiences;
}

gboolean
wattle_sight_cares_for (WattleSight *self, const char *patient)
{
  gpointer known;
  gboolean cares;

  if (patient == NULL)
    return FALSE;
  if (g_hash_table_lookup_extended (self->patients, patient, NULL, &known))
    return GPOINTER_TO_INT (known);
  cares = wattle_policy_cares_for (self->actor, self->reader, patient);
  g_hash_table_insert (self->patients, g_strdup (patient), GINT_TO_POINTER (cares));
  return cares;
}

/* Of so many patients the share that is the caller's speaks for all. */
#define SAMPLE 1000

static double
share_of_patients (WattleSight *self)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PATIENT);
  g_autoptr (GPtrArray) patients = NULL;
  guint own = 0;

  if (self->share >= 0)
    return self->share;
  query.limit = SAMPLE;
  patients = wattle_reader_query (self->reader, &query, NULL);
  for (guint i = 0; patients != NULL && i < patients->len; i++)
    own += wattle_sight_cares_for (self, wattle_record_id (patients->pdata[i]));
  self->share = patients != NULL && patients->len > 0 ? (double) own / patients->len : 0;
  return self->share;
}

/**
 * wattle_sight_count:
 * @self: a sight
 * @type: a record type
 *
 * For showing progress: where patients are seen one by one it is estimated from
 * their share.
 *
 * Returns: about how many rows of @type can be seen
 */
gint64
wattle_sight_count (WattleSight *self, WattleRecordType type)
{
  WattleQuery query = wattle_query (type);
  WattleReach reach = self->reach[wattle_type_get (type)->access];
  gint64 all;

  if (!wattle_sight_reads_type (self, type))
    return 0;
  all = MAX (wattle_reader_count (self->reader, &query, NULL), 0);
  if (reach == WATTLE_REACH_PRACTICE || (type == WATTLE_RECORD_APPOINTMENT && self->diary))
    return all;
  if (reach == WATTLE_REACH_OWN_PATIENTS && wattle_type_get (type)->scope == WATTLE_SCOPE_PATIENT)
    return (gint64) (all * share_of_patients (self));
  /* One's own: a handful. */
  return MIN (all, 1);
}

static gboolean
is_in_reach (WattleSight *self, WattleAccess access, const WattleType *type, const char *scope)
{
  WattleReach reach = self->reach[access];

  return reach == WATTLE_REACH_PRACTICE
         || (reach == WATTLE_REACH_OWN_PATIENTS && type->scope == WATTLE_SCOPE_PATIENT
             && wattle_sight_cares_for (self, scope));
}

static void
begin_put (GString *out)
{
  g_string_append (out, "{\"put\":");
}

static void
count_row (WattleSight *self, const WattleType *type, const char *scope)
{
  self->rows++;
  if (type->access != WATTLE_ACCESS_CLINICAL && !(type->access == WATTLE_ACCESS_MESSAGE && scope != NULL))
    return;
  self->clinical++;
  if (scope != NULL && !g_hash_table_contains (self->read, scope))
    g_hash_table_add (self->read, g_strdup (scope));
}

static void
end_put (WattleSight *self, const WattleType *type, const char *scope, GString *out)
{
  switch (scope != NULL ? type->scope : WATTLE_SCOPE_PRACTICE)
    {
    case WATTLE_SCOPE_PATIENT:
      g_string_append_printf (out, ",\"scope\":\"patient:%s\"}\n", scope);
      break;
    case WATTLE_SCOPE_USER:
      g_string_append_printf (out, ",\"scope\":\"user:%s\"}\n", scope);
      break;
    default:
      g_string_append (out, ",\"scope\":\"practice\"}\n");
      break;
    }
  count_row (self, type, scope);
}

/* Of a colleague one is not told whether they are a patient, too. */
static gboolean
hides_link (WattleSight *self, WattleRecord *record)
{
  return wattle_record_type (record)->id == WATTLE_RECORD_USER
         && self->reach[WATTLE_ACCESS_PORTAL] != WATTLE_REACH_PRACTICE
         && g_strcmp0 (wattle_record_id (record), self->actor->user) != 0;
}

static void
hide_fields (WattleSight *self, WattleRecord *record)
{
  const WattleType *type = wattle_record_type (record);

  if (hides_link (self, record))
    wattle_record_unset (record, WATTLE_USER_PATIENT);

  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & self->hidden)
      wattle_record_unset (record, (type->id << 8) | i);
}

static void
append_record (WattleRecord *record, GString *out)
{
  WattleJsonWriter writer = wattle_json_writer (out);

  wattle_record_write_json (record, &writer);
}

/* A patient who left this sight leaves it with all rows: one's own visits among them are nameless then, too. */
static gboolean
is_visible (WattleSight *self, WattleRecord *record)
{
  const WattleType *type = wattle_record_type (record);
  WattleAccess access = wattle_policy_access_of (record);

  if (is_in_reach (self, access, type, wattle_record_scope_id (record)))
    return !wattle_policy_is_withheld (self->actor, self->reader, record);
  if (self->reach[access] == WATTLE_REACH_OWN_PATIENTS && type->scope == WATTLE_SCOPE_PATIENT
      && wattle_record_scope_id (record) != NULL)
    return FALSE;
  return self->reach[access] != WATTLE_REACH_NONE
         && wattle_policy_check_read (self->actor, self->reader, record, NULL);
}

/* Which of the fixed lists of fields is for this caller: all but what their role hides, or a nameless one, or none. */
typedef enum
{
  SEE_NOTHING,
  SEE_ALL,
  SEE_DIARY,
  SEE_ACCOUNT,
} Seen;

/* Cuts a record to what this caller may see of it. */
static Seen
cut (WattleSight *self, WattleRecord *record)
{
  if (is_visible (self, record))
    {
      hide_fields (self, record);
      return SEE_ALL;
    }
  if (wattle_record_type (record)->id == WATTLE_RECORD_APPOINTMENT && self->diary)
    {
      wattle_record_keep (record, WATTLE_FIELD_DIARY);
      return SEE_DIARY;
    }
  if (wattle_policy_access_of (record) == WATTLE_ACCESS_PORTAL && self->accounts)
    {
      wattle_record_keep (record, WATTLE_FIELD_ACCOUNT);
      return SEE_ACCOUNT;
    }
  return SEE_NOTHING;
}

/**
 * wattle_sight_write_row:
 * @self: a sight
 * @row: of the feed or a snapshot
 * @out: gets the line of the row, or nothing
 * @error: the row at rest is damaged
 */
gboolean
wattle_sight_write_row (WattleSight *self, const WattleFeedRow *row, GString *out, GError **error)
{
  const WattleType *type = wattle_type_get (row->type);
  g_autoptr (WattleRecord) record = NULL;
  Seen seen;

  if (!wattle_sight_reads_type (self, row->type))
    return TRUE;
  if (self->plain[row->type] && is_in_reach (self, type->access, type, row->scope))
    {
      begin_put (out);
      g_string_append_len (out, row->json, row->json_length);
      end_put (self, type, row->scope, out);
      return TRUE;
    }
  record = wattle_record_from_text (row->json, row->json_length, error);
  if (record == NULL)
    return FALSE;
  seen = cut (self, record);
  if (seen == SEE_NOTHING)
    return TRUE;
  begin_put (out);
  append_record (record, out);
  if (seen == SEE_DIARY)
    {
      g_string_append_printf (out, ",\"scope\":\"diary:%s\"}\n",
                              wattle_record_get_string (record, WATTLE_APPOINTMENT_PRACTITIONER));
      self->rows++;
    }
  else
    end_put (self, type, row->scope, out);
  return TRUE;
}

/**
 * wattle_sight_write_record:
 * @self: a sight
 * @record: a record
 * @out: gets its JSON as the caller may see it, or nothing
 *
 * Returns: whether something was written
 */
gboolean
wattle_sight_write_record (WattleSight *self, WattleRecord *record, GString *out)
{
  g_autoptr (WattleRecord) copy = wattle_record_copy (record);
  Seen seen;

  if (!wattle_sight_reads_type (self, wattle_record_type (record)->id))
    return FALSE;
  seen = cut (self, copy);
  if (seen == SEE_NOTHING)
    return FALSE;
  append_record (copy, out);
  if (seen == SEE_ALL)
    count_row (self, wattle_record_type (record), wattle_record_scope_id (record));
  else
    self->rows++;
  return TRUE;
}

guint
wattle_sight_rows (WattleSight *self)
{
  return self->rows;
}

guint
wattle_sight_clinical (WattleSight *self)
{
  return self->clinical;
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * wattle_sight_read:
 * @self: a sight
 *
 * Returns: (transfer container) (element-type utf8): the patients of whom something clinical was written, by id
 */
GPtrArray *
wattle_sight_read (WattleSight *self)
{
  GPtrArray *ids = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->read);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (ids, id);
  g_ptr_array_sort (ids, compare_ids);
  return ids;
}
