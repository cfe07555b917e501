/* client.c: a client of the simulation: the real engine, cache and outbox on files of their own
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "world.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"

static void
heard_entry (const WattleOutboxEntry *entry, gpointer data)
{
  SimClient *self = data;
  SimDeed *deed = g_hash_table_lookup (self->world->by_id, entry->id);

  /* Nobody sees the screen of a computer that stopped. */
  if (deed == NULL || self->crashed || entry->status != WATTLE_OUTBOX_OK || deed->fate == SIM_GONE)
    return;
  deed->fate = SIM_ACKNOWLEDGED;
  sim_log (self->world, "%u acknowledged %s", self->index, deed->marker);
}

static void
heard_removed (const char *id, gpointer data)
{
}

static void
heard_conflict (const WattleOutboxConflict *conflict, gpointer data)
{
  SimClient *self = data;

  sim_log (self->world, "%u conflict %s", self->index, conflict->field);
}

static void
heard_resolved (gint64 number, gpointer data)
{
}

static void
heard_progress (double fraction, gint64 rows, gint64 total, gpointer data)
{
}

/* The trail of a server that was not meddled with is never complained of. */
static void
heard_complaint (const char *sentence, gpointer data)
{
  g_error ("%s", sentence);
}

static void
open_files (SimClient *self)
{
  g_autofree char *cache = g_build_filename (self->dir, "cache.db", NULL);
  g_autofree char *outbox = g_build_filename (self->dir, "outbox.db", NULL);
  WattleStoreOptions options = { .side = WATTLE_STORE_CLIENT, .path = cache, .key = self->key, .readers = 1 };
  WattleEngineListener listener = { .entry = heard_entry,
                                    .removed = heard_removed,
                                    .conflict = heard_conflict,
                                    .resolved = heard_resolved,
                                    .progress = heard_progress,
                                    .complaint = heard_complaint,
                                    .data = self };
  g_autoptr (GError) error = NULL;

  self->outbox = wattle_outbox_open (outbox, self->key, &error);
  g_assert_no_error (error);
  self->cache = wattle_store_open (&options, &error);
  g_assert_no_error (error);
  self->engine = wattle_engine_new (self->cache, self->outbox, self->session, &listener);
  wattle_engine_set_blobs (self->engine, self->dir, self->key);
  wattle_engine_start (self->engine, &error);
  g_assert_no_error (error);
}

void
sim_client_stop (SimClient *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->engine, wattle_engine_free);
  wattle_store_close (self->cache, &error);
  g_assert_no_error (error);
  g_clear_object (&self->cache);
  wattle_outbox_close (g_steal_pointer (&self->outbox), &error);
  g_assert_no_error (error);
}

/* Opened again from what was on the disk when it stopped. */
void
sim_client_revive (SimClient *self)
{
  g_autofree char *aside = g_build_filename (self->dir, "aside", NULL);

  sim_client_stop (self);
  sim_files_move (aside, self->dir, sim_client_files);
  sim_files_copy_letters (aside, self->dir);
  sim_files_remove (aside);
  self->crashed = FALSE;
  self->crash_in = 0;
  sim_log (self->world, "%u revived", self->index);
  open_files (self);
}

static void
sign_in (SimClient *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleIdentity) identity = NULL;

  if (!wattle_session_sign_in (self->session, self->login, SIM_PASSWORD, NULL, NULL, &error))
    {
      sim_log (self->world, "%u no sign-in: %s", self->index, wattle_error_code_nick (wattle_error_get_code (error)));
      return;
    }
  identity = wattle_session_identity (self->session);
  if (identity->actor.role != self->role && (identity->actor.roles & 1u << self->role) != 0)
    wattle_session_set_role (self->session, self->role, NULL, NULL);
  if (self->engine != NULL)
    wattle_engine_take_identity (self->engine, NULL);
}

/* Makes a client of an account; the network has to be well. With a template it has seen everything already. */
SimClient *
sim_client_new (SimWorld *world, guint index, const char *login, int role, const char *template)
{
  SimClient *self = g_new0 (SimClient, 1);
  g_autofree char *name = g_strdup_printf ("client-%u", index);
  g_autoptr (WattleTransport) transport = NULL;

  self->world = world;
  self->index = index;
  self->login = login;
  self->role = role;
  self->dir = g_build_filename (world->dir, name, NULL);
  g_assert_cmpint (g_mkdir (self->dir, 0700), ==, 0);
  if (template != NULL)
    {
      g_autofree char *source = g_build_filename (template, name, NULL);

      sim_files_copy (source, self->dir, sim_client_files);
    }
  memset (self->key, index + 1, sizeof self->key);
  transport = sim_transport_new (self);
  self->session = wattle_session_new (transport);
  sign_in (self);
  open_files (self);
  return self;
}

void
sim_client_free (SimClient *self)
{
  sim_client_stop (self);
  wattle_session_free (self->session);
  g_free (self->dir);
  g_free (self);
}

/* What its thread does when its time has come. */
void
sim_client_step (SimClient *self)
{
  g_autoptr (GError) error = NULL;
  WattleStep step = wattle_engine_step (self->engine, NULL, &error);

  self->idle = step == WATTLE_STEP_IDLE;
  sim_log (self->world, "%u step %s", self->index,
           step == WATTLE_STEP_FAILED ? wattle_error_code_nick (wattle_error_get_code (error))
           : step == WATTLE_STEP_IDLE ? "idle"
                                      : "more");
  if (step == WATTLE_STEP_FAILED && wattle_error_get_code (error) == WATTLE_ERROR_UNAUTHENTICATED && !self->crashed)
    sign_in (self);
}
