/* sweep.c: what the clock ends: accesses, and visits that no longer make a patient one's own
 *
 * Who cares for whom is a matter of records alone, so what a clock ends is ended
 * here by an act of the system, whose losses have their place in the order of
 * changes like any other.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/sweep.h"

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/policy.h"
#include "domain/settings.h"
#include "server/api/perform.h"
#include "server/api/scopes.h"

#define BATCH 2000

typedef struct
{
  WattleServer *server;
  WattleEffects *effects;
} Sweep;

static WattleQuery
due_grants (gint64 now)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_ACCESS_GRANT);

  wattle_query_where (&query, WATTLE_ACCESS_GRANT_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_ACCESS_STATUS_ACTIVE);
  wattle_query_where (&query, WATTLE_ACCESS_GRANT_UNTIL_AT, WATTLE_COMPARE_LESS, now + 1);
  query.limit = BATCH;
  return query;
}

/* The midnight from which on visits count today; 0 when all do. */
static gint64
window_start (WattleReader *reader, gint64 now)
{
  gint64 months = wattle_setting_get_integer (reader, "care_months");

  return months > 0 ? wattle_date_add_months (now / WATTLE_DAY, -(int) months) * WATTLE_DAY : 0;
}

static gboolean
end_grants (WattleTransaction *transaction, const WattleActor *system, Sweep *self, GError **error)
{
  WattleQuery query = due_grants (wattle_clock_now ());
  g_autoptr (GPtrArray) due = wattle_reader_query (wattle_transaction_reader (transaction), &query, error);

  if (due == NULL)
    return FALSE;
  for (guint i = 0; i < due->len; i++)
    {
      g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"}", wattle_record_id (due->pdata[i]));
      g_autoptr (WattleOutcome) outcome = wattle_outcome_new ();
      WattleAct act = { "access.revoke", args, FALSE };

      if (!wattle_perform (transaction, system, NULL, &act, self->effects, outcome, error))
        return FALSE;
    }
  return TRUE;
}

static WattleRecord *
load_since (WattleReader *reader)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_SETTING);
  g_autoptr (WattleRecord) found = NULL;
  g_autofree char *id = wattle_id_new ();
  WattleRecord *setting;

  wattle_query_where_text (&query, WATTLE_SETTING_KEY, WATTLE_SETTING_CARE_SINCE);
  found = wattle_reader_find (reader, &query, NULL);
  if (found != NULL)
    return wattle_record_copy (found);
  setting = wattle_record_new (WATTLE_RECORD_SETTING);
  wattle_record_set_id (setting, id);
  wattle_record_set_string (setting, WATTLE_SETTING_KEY, WATTLE_SETTING_CARE_SINCE);
  return setting;
}

/* Visits that were within the window until now: those of one batch, and how far it goes. */
static WattleQuery
leaving_visits (WattleReader *reader, gint64 old, gint64 *start)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) visits = NULL;

  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, old);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS, *start);
  wattle_query_order_by (&query, WATTLE_APPOINTMENT_STARTS_AT, FALSE);
  query.limit = BATCH;
  visits = wattle_reader_query (reader, &query, NULL);
  if (visits != NULL && visits->len == BATCH)
    {
      gint64 last = wattle_record_get_integer (visits->pdata[BATCH - 1], WATTLE_APPOINTMENT_STARTS_AT);

      *start = last > old ? last : *start;
    }
  query.conditions[1].number = *start;
  query.limit = G_MAXINT;
  return query;
}

/* Moves the window on by some visits. The first time, and backwards, everybody looks again at everything. */
static gboolean
move_window (WattleTransaction *transaction, Sweep *self, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  gint64 old = wattle_setting_care_since (reader);
  gint64 start = window_start (reader, wattle_clock_now ());
  g_autoptr (WattleScopes) scopes = wattle_scopes_new ();
  g_autoptr (WattleRecord) setting = load_since (reader);
  gint64 revision = wattle_transaction_revision (transaction) + 1;
  g_autofree char *text = NULL;

  if (start == old)
    return TRUE;
  if (start > old && wattle_record_revision (setting) > 0)
    {
      WattleQuery visits = leaving_visits (reader, old, &start);

      wattle_scopes_watch_visits (scopes, reader, &visits);
    }
  else if (!wattle_effects_look_again (self->effects, transaction, error))
    return FALSE;
  text = start > 0 ? wattle_instant_format (start) : g_strdup ("");
  wattle_record_set_string (setting, WATTLE_SETTING_VALUE, text);
  wattle_record_set_changed (setting, wattle_clock_now (), NULL);
  return wattle_transaction_put (transaction, setting, error)
         && wattle_scopes_keep (scopes, transaction, revision, wattle_effects_practitioners (self->effects), error);
}

static gboolean
sweep (WattleTransaction *transaction, gpointer data, GError **error)
{
  Sweep *self = data;
  g_autofree char *practice = wattle_transaction_meta (transaction, "practice", NULL);
  WattleActor system = { .practice = practice, .role = WATTLE_ROLE_SYSTEM };

  return end_grants (transaction, &system, self, error) && move_window (transaction, self, error);
}

static void
swept (gpointer data, const GError *error)
{
  Sweep *self = data;

  if (error == NULL)
    wattle_effects_carry_out (self->effects, self->server);
  else
    g_warning ("What the clock ends could not be ended: %s", error->message);
  wattle_effects_free (self->effects);
  g_free (self);
}

static gboolean
is_due (WattleServer *server)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (server->store, NULL);
  WattleReader *reader = transaction != NULL ? wattle_transaction_reader (transaction) : NULL;
  g_autofree char *practice = reader != NULL ? wattle_transaction_meta (transaction, "practice", NULL) : NULL;
  gint64 now = wattle_clock_now ();
  WattleQuery query = due_grants (now);

  return practice != NULL
         && (wattle_reader_count (reader, &query, NULL) > 0
             || wattle_setting_care_since (reader) != window_start (reader, now));
}

/**
 * wattle_sweep:
 * @server: a server that runs
 *
 * Ends what is due, on the writing thread; cheap when nothing is.
 */
void
wattle_sweep (WattleServer *server)
{
  Sweep *self;

  if (!is_due (server))
    return;
  self = g_new0 (Sweep, 1);
  self->server = server;
  self->effects = wattle_effects_new ();
  wattle_writer_submit (server->writer, sweep, swept, self);
}

/* Video visits that were imported, or booked before visits had rooms. */
typedef struct
{
  WattleServer *server;
  WattleEffects *effects;
  GPtrArray *visits; /* their ids */
} Furnishing;

static gboolean
furnish (WattleTransaction *transaction, gpointer data, GError **error)
{
  Furnishing *self = data;
  g_autoptr (WattleOutcome) outcome = wattle_outcome_new ();

  for (guint i = 0; i < self->visits->len; i++)
    {
      g_autoptr (WattleRecord) visit = wattle_reader_get (wattle_transaction_reader (transaction),
                                                          WATTLE_RECORD_APPOINTMENT, self->visits->pdata[i], NULL);
      g_autoptr (WattleRecord) after = visit != NULL ? wattle_record_copy (visit) : NULL;
      g_autofree char *room = wattle_id_new ();

      if (after == NULL || wattle_record_has (after, WATTLE_APPOINTMENT_CALL_ROOM))
        continue;
      wattle_record_set_string (after, WATTLE_APPOINTMENT_CALL_ROOM, room);
      wattle_record_set_changed (after, wattle_clock_now (), NULL);
      wattle_outcome_put (outcome, after);
    }
  return wattle_perform_keep (transaction, self->effects, outcome, error);
}

static void
furnished (gpointer data, const GError *error)
{
  Furnishing *self = data;

  if (error != NULL)
    g_warning ("Some video visits got no room: %s", error->message);
  else
    wattle_effects_carry_out (self->effects, self->server);
  wattle_effects_free (self->effects);
  g_ptr_array_unref (self->visits);
  g_free (self);
}

/* On a thread that may read rows. */
static void
look_for_visits (gpointer ask, gpointer data)
{
  WattleServer *server = data;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (server->store, NULL);
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  Furnishing *self = g_new0 (Furnishing, 1);
  g_autoptr (GPtrArray) found = NULL;

  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, wattle_clock_now () - WATTLE_DAY);
  wattle_query_where (&query, WATTLE_APPOINTMENT_CALL_ROOM, WATTLE_COMPARE_MISSING, 0);
  query.limit = G_MAXINT;
  if (transaction != NULL)
    found = wattle_reader_query (wattle_transaction_reader (transaction), &query, NULL);
  self->server = server;
  self->effects = wattle_effects_new ();
  self->visits = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; found != NULL && i < found->len; i++)
    if (wattle_record_get_integer (found->pdata[i], WATTLE_APPOINTMENT_MODALITY) == WATTLE_MODALITY_VIDEO)
      g_ptr_array_add (self->visits, g_strdup (wattle_record_id (found->pdata[i])));
  if (self->visits->len > 0)
    wattle_writer_submit (server->writer, furnish, furnished, self);
  else
    furnished (self, NULL);
  g_free (ask);
}

/**
 * wattle_sweep_rooms:
 * @server: a server that begins to run
 *
 * Gives a room to each video visit ahead that has none.
 */
void
wattle_sweep_rooms (WattleServer *server)
{
  WattleAsk *ask = g_new0 (WattleAsk, 1);

  ask->run = look_for_visits;
  g_thread_pool_push (server->askers, ask, NULL);
}
