/* world.c: one server and a few clients under one clock and one stream of chance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "world.h"

#include <glib/gstdio.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "database.h"

#define MONDAY G_GINT64_CONSTANT (1795384800000000) /* 2026-11-22T22:00:00Z, nine o'clock in Sydney */
#define TAIL 60
#define MAX_ROUNDS 60
#define MAX_STEPS 400

/* SplitMix64: every choice of a run comes from its seed. */
static guint64
next (guint64 *state)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static guint64 noise; /* keys, tokens and ids of a run */

/* All threads take turns but those that move pages in the background: what these draw must not shift the others'. */
static guint64
next_noise (void)
{
  static __thread guint64 aside;
  char name[16] = "";

  pthread_getname_np (pthread_self (), name, sizeof name);
  return strcmp (name, "checkpoint") == 0 ? next (&aside) : next (&noise);
}

static const char *
noise_name (void)
{
  return "simulated";
}

static guint32
noise_random (void)
{
  return (guint32) next_noise ();
}

static void
noise_buf (void *const buffer, const size_t size)
{
  guint8 *bytes = buffer;

  for (gsize i = 0; i < size; i += 8)
    {
      guint64 word = next_noise ();

      memcpy (bytes + i, &word, MIN (size - i, 8));
    }
}

static randombytes_implementation noise_implementation = {
  .implementation_name = noise_name,
  .random = noise_random,
  .buf = noise_buf,
};

/* A number below n. */
guint
sim_chance (SimWorld *self, guint n)
{
  return next (&self->chance) % n;
}

void
sim_log (SimWorld *self, const char *format, ...)
{
  va_list args;
  char *line, *stamped;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  stamped = g_strdup_printf ("%9.3f %s", (self->now - MONDAY) / (double) WATTLE_SECOND, line);
  g_checksum_update (self->log, (const guchar *) stamped, -1);
  g_queue_push_tail (&self->tail, stamped);
  if (self->tail.length > TAIL)
    g_free (g_queue_pop_head (&self->tail));
  g_free (line);
}

void
sim_complain (SimWorld *self, const char *format, ...)
{
  va_list args;

  if (self->complaint != NULL)
    return;
  va_start (args, format);
  self->complaint = g_strdup_vprintf (format, args);
  va_end (args);
}

void
sim_tick (SimWorld *self, gint64 time)
{
  self->now += time;
  wattle_clock_fix (self->now);
}

/* A copy of what the server has kept so far, as if it stopped now. */
static void
copy_server (SimWorld *self, const char *place)
{
  g_autofree char *to = g_build_filename (self->server_dir, place, NULL);

  if (sim_database_is_used ())
    sim_database_take (place);
  else
    sim_files_copy (self->server_dir, to, sim_server_files);
}

/* Opened again from what it had kept at the copy; NULL for what a database has now. */
static void
restart_server (SimWorld *self, const char *place)
{
  sim_server_free (self->server);
  if (place != NULL && sim_database_is_used ())
    sim_database_give (place);
  else if (place != NULL)
    {
      g_autofree char *from = g_build_filename (self->server_dir, place, NULL);

      sim_files_move (from, self->server_dir, sim_server_files);
    }
  self->server = sim_server_new (self->server_dir);
}

/* Asks the server, which may stop before its commit, or between it and the answer. FALSE when it stopped. */
gboolean
sim_world_ask (SimWorld *self, const SimCall *call, SimAnswer *answer)
{
  guint dice = self->calm ? G_MAXUINT : sim_chance (self, 120);
  gboolean forget = self->bug == SIM_BUG_FORGET && dice >= 100 && dice < 120;
  gboolean before = dice == 0 || forget;

  self->server_copied = before && sim_database_is_used ();
  self->copy_server = before && !sim_database_is_used ();
  if (self->server_copied)
    copy_server (self, "aside");
  sim_server_ask (self->server, call, answer);
  self->copy_server = FALSE;
  if (dice == 2 && !sim_database_is_used ())
    copy_server (self, "aside");
  if (!self->server_copied && dice != 2)
    return TRUE;
  restart_server (self, dice == 2 && sim_database_is_used () ? NULL : "aside");
  sim_log (self, "server restarted");
  return forget;
}

/* While a request is under way, others act: the person at the same screen, and other clients. */
void
sim_world_interrupt (SimWorld *self, SimClient *client)
{
  guint dice = self->calm ? G_MAXUINT : sim_chance (self, 12);

  if (self->depth > 1)
    return;
  self->depth++;
  if (dice == 0 && client->engine != NULL)
    sim_client_act (client);
  else if (dice == 1)
    {
      SimClient *other = self->clients[sim_chance (self, self->n_clients)];

      if (other != NULL && other != client && !other->crashed && self->depth == 1)
        sim_client_step (other);
    }
  else if (dice == 2 && self->late.length > 0)
    sim_world_deliver_late (self, FALSE);
  self->depth--;
}

static void
backup (SimWorld *self)
{
  copy_server (self, "backup");
  self->has_backup = TRUE;
  sim_log (self, "backup");
}

/* The server as it was at the backup, under another epoch. */
static void
restore (SimWorld *self)
{
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autofree char *epoch = wattle_id_new ();
  g_autoptr (GError) error = NULL;

  restart_server (self, "backup");
  self->has_backup = FALSE;
  transaction = wattle_store_begin_write (sim_server_store (self->server), &error);
  wattle_transaction_set_meta (transaction, "epoch", epoch, &error);
  wattle_transaction_commit (transaction, &error);
  g_assert_no_error (error);
  self->restores++;
  sim_log (self, "restored");
}

static void
poke (SimWorld *self, SimClient *client)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (sim_server_store (self->server), NULL);

  /* A line that broke tells nothing; the next one greets. */
  if (sim_chance (self, 4) == 0)
    wattle_engine_greet_again (client->engine);
  wattle_engine_poke (client->engine, wattle_transaction_revision (transaction));
}

static void
one_event (SimWorld *self)
{
  SimClient *client = self->clients[sim_chance (self, self->n_clients)];
  guint dice = sim_chance (self, 1000);

  sim_tick (self, (1 + sim_chance (self, 2000)) * WATTLE_SECOND / 1000);
  if (client->crashed)
    sim_client_revive (client);
  else if (dice < 330)
    sim_client_act (client);
  else if (dice < 760)
    sim_client_step (client);
  else if (dice < 850)
    poke (self, client);
  else if (dice < 880)
    sim_client_tidy (client);
  else if (dice < 900)
    client->cut_off = sim_chance (self, 3) == 0;
  else if (dice < 930)
    client->crash_in = 1 + sim_chance (self, 4);
  else if (dice < 960 && self->late.length > 0)
    sim_world_deliver_late (self, sim_chance (self, 3) == 0);
  else if (dice < 975)
    sim_tick (self, sim_chance (self, 40) * WATTLE_MINUTE);
  else if (dice < 978)
    backup (self);
  else if (dice < 981 && self->has_backup)
    restore (self);
}

/* Opening a practice and its clients for the first time takes longer than a schedule: it is done once, and copied. */
SimWorld *
sim_world_new (guint64 seed, SimBug bug, const char *template)
{
  static const struct
  {
    const char *login;
    int role;
  } people[SIM_MAX_CLIENTS] = { { "mara", WATTLE_ROLE_CLINICIAN },
                                { "rita", WATTLE_ROLE_RECEPTION },
                                { "noel", WATTLE_ROLE_CLINICIAN },
                                { "mara", WATTLE_ROLE_CLINICIAN },
                                { "max", WATTLE_ROLE_MANAGER } };
  SimWorld *self = g_new0 (SimWorld, 1);
  const char *scratch = g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir ();
  guint wanted;

  self->chance = seed;
  noise = ~seed;
  randombytes_set_implementation (&noise_implementation);
  self->bug = bug;
  self->log = g_checksum_new (G_CHECKSUM_SHA256);
  self->deeds = g_ptr_array_new ();
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->dir = g_build_filename (scratch, "wattle-sim-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (self->dir));
  self->server_dir = g_build_filename (self->dir, "server", NULL);
  g_assert_cmpint (g_mkdir (self->server_dir, 0700), ==, 0);
  self->now = MONDAY;
  sim_tick (self, 0);
  self->calm = TRUE;
  sim_files_watch (self);
  if (template != NULL)
    {
      g_autofree char *source = g_build_filename (template, "server", NULL);

      if (sim_database_is_used ())
        sim_database_begin ();
      else
        sim_files_copy (source, self->server_dir, sim_server_files);
      sim_files_copy (source, self->server_dir, sim_server_key);
      sim_tick (self, WATTLE_HOUR);
    }
  self->server = sim_server_new (self->server_dir);
  wanted = template != NULL ? 2 + sim_chance (self, SIM_MAX_CLIENTS - 1) : SIM_MAX_CLIENTS;
  /* In some schedules even the first page may be torn. */
  if (sim_chance (self, 10) == 0)
    template = NULL;
  for (guint i = 0; i < wanted; i++)
    {
      self->clients[i] = sim_client_new (self, i, people[i].login, people[i].role, template);
      self->n_clients = i + 1;
    }
  self->calm = FALSE;
  return self;
}

/* One schedule: what happens depends on the seed, and on what there is. */
void
sim_world_run (SimWorld *self, guint64 seed, guint events)
{
  self->chance = seed;
  self->calm = FALSE;
  sim_log (self, "schedule %" G_GUINT64_FORMAT, seed);
  for (guint i = 0; i < events && self->complaint == NULL; i++)
    one_event (self);
}

/* Steps a client until it has nothing to do. */
gboolean
sim_world_calm (SimWorld *self, SimClient *client)
{
  wattle_engine_greet_again (client->engine);
  wattle_engine_poke (client->engine, -1);
  for (guint i = 0; i < MAX_STEPS; i++)
    {
      gint64 wait;

      sim_client_step (client);
      if (!client->idle)
        continue;
      wait = wattle_engine_wait (client->engine);
      if (wait < 0)
        return TRUE;
      sim_tick (self, wait + WATTLE_SECOND);
    }
  sim_complain (self, "client %u never came to rest", client->index);
  return FALSE;
}

static gint64
head_of (SimWorld *self)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (sim_server_store (self->server), NULL);

  return wattle_transaction_revision (transaction);
}

/* The network is well, and nobody does anything more: everything that waits goes, everything that changed arrives. */
void
sim_world_settle (SimWorld *self)
{
  gint64 before = -1;

  if (self->complaint != NULL)
    return;
  self->calm = TRUE;
  while (self->late.length > 0)
    sim_world_deliver_late (self, FALSE);
  for (guint i = 0; i < self->n_clients; i++)
    {
      self->clients[i]->cut_off = FALSE;
      self->clients[i]->crash_in = 0;
      if (self->clients[i]->crashed)
        sim_client_revive (self->clients[i]);
    }
  for (guint round = 0; round < MAX_ROUNDS && head_of (self) != before; round++)
    {
      before = head_of (self);
      for (guint i = 0; i < self->n_clients; i++)
        if (!sim_world_calm (self, self->clients[i]))
          return;
    }
  if (head_of (self) != before)
    sim_complain (self, "the practice never came to rest");
}

static void
deed_free (SimDeed *self)
{
  g_free (self->id);
  g_free (self->args);
  g_free (self->marker);
  g_free (self);
}

/* Returns a folder with a practice and clients that have seen all of it. */
char *
sim_template_new (void)
{
  SimWorld *world = sim_world_new (0, SIM_BUG_NONE, NULL);
  char *dir = g_strdup (world->dir);

  sim_world_settle (world);
  g_assert_null (world->complaint);
  sim_world_free (world, TRUE);
  if (sim_database_is_used ())
    sim_database_finish ();
  return dir;
}

void
sim_world_free (SimWorld *self, gboolean keep_files)
{
  self->calm = TRUE;
  while (self->late.length > 0)
    sim_world_deliver_late (self, TRUE);
  sim_files_watch (NULL);
  for (guint i = 0; i < self->n_clients; i++)
    sim_client_free (self->clients[i]);
  sim_server_free (self->server);
  wattle_clock_fix (0);
  if (!keep_files)
    sim_files_remove (self->dir);
  g_ptr_array_set_free_func (self->deeds, (GDestroyNotify) deed_free);
  g_ptr_array_unref (self->deeds);
  g_hash_table_unref (self->by_id);
  g_queue_clear_full (&self->tail, g_free);
  g_checksum_free (self->log);
  g_free (self->complaint);
  g_free (self->server_dir);
  g_free (self->dir);
  g_free (self);
}
