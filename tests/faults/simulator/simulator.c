/* simulator.c: many schedules of one server and a few clients, each from a seed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "world.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "database.h"

#define GROUP 10 /* schedules that follow each other in one practice */

static int first_seed = 1;
static int n_seeds = 1;
static int n_events = 40;
static int n_jobs;
static gboolean verbose;
static char *bug_name;
static char *template;
static char *file_template; /* (nullable): the same without a database, to compare the two */

static const char *const bug_names[SIM_N_BUGS] = { "none", "forget", "twice", "keep" };

/* What a process says of its share. */
typedef struct
{
  guint schedules;
  guint acts;
  guint acknowledged;
  guint failed;
} Counts;

static void
report (SimWorld *world, guint64 first, guint64 seed)
{
  printf ("# seed %" G_GUINT64_FORMAT ": %s\n", seed, world->complaint != NULL ? world->complaint : "");
  for (GList *l = world->tail.head; l != NULL; l = l->next)
    printf ("#   %s\n", (const char *) l->data);
  printf ("# again with: simulator --from %" G_GUINT64_FORMAT " --seeds %u --events %d\n", first,
          (guint) (seed - first + 1), n_events);
}

static void
count (SimWorld *world, Counts *counts)
{
  counts->acts += world->deeds->len;
  for (guint i = 0; i < world->deeds->len; i++)
    counts->acknowledged += ((SimDeed *) world->deeds->pdata[i])->fate == SIM_ACKNOWLEDGED;
  counts->failed += world->complaint != NULL;
}

/* Schedules one after the other in the same practice, up to the first with a complaint. Returns the hash of all that
 * happened. */
static char *
run_group (guint64 first, guint schedules, SimBug bug, Counts *counts)
{
  SimWorld *world = sim_world_new (first, bug, template);
  char *hash;

  for (guint i = 0; i < schedules && world->complaint == NULL; i++)
    {
      counts->schedules++;
      sim_world_run (world, first + i, n_events);
      sim_world_settle (world);
      sim_world_check (world);
      if (world->complaint != NULL || (verbose && i + 1 == schedules))
        report (world, first, first + i);
    }
  count (world, counts);
  hash = g_strdup (g_checksum_get_string (world->log));
  sim_world_free (world, FALSE);
  return hash;
}

static void
run_share (guint64 from, guint64 to, guint job, guint jobs, SimBug bug, int out)
{
  Counts counts = { 0 };

  for (guint64 first = from + job * GROUP; first < to; first += jobs * GROUP)
    {
      g_autofree char *hash = run_group (first, MIN (GROUP, to - first), bug, &counts);

      if (verbose)
        printf ("# from seed %" G_GUINT64_FORMAT ": %s\n", first, hash);
      fflush (stdout);
    }
  _exit (write (out, &counts, sizeof counts) != sizeof counts);
}

/* Runs the seeds in as many processes as there are processors. Returns how many schedules failed. */
static guint
run_seeds (guint64 from, guint seeds, SimBug bug)
{
  guint jobs = MIN (n_jobs > 0 ? (guint) n_jobs : g_get_num_processors (), (seeds + GROUP - 1) / GROUP);
  Counts sum = { 0 }, counts;
  guint lost = 0;
  int pipes[2], status;

  g_assert_cmpint (pipe (pipes), ==, 0);
  fflush (stdout);
  for (guint i = 0; i < jobs; i++)
    if (fork () == 0)
      run_share (from, from + seeds, i, jobs, bug, pipes[1]);
  close (pipes[1]);
  for (guint i = 0; i < jobs; i++)
    {
      wait (&status);
      lost += !WIFEXITED (status) || WEXITSTATUS (status) != 0;
    }
  while (read (pipes[0], &counts, sizeof counts) == sizeof counts)
    {
      sum.schedules += counts.schedules;
      sum.acts += counts.acts;
      sum.acknowledged += counts.acknowledged;
      sum.failed += counts.failed;
    }
  close (pipes[0]);
  printf ("# %u schedules from seed %" G_GUINT64_FORMAT ": %u acts, %u acknowledged, %u failed%s\n", sum.schedules,
          from, sum.acts, sum.acknowledged, sum.failed, lost > 0 ? "; a process died" : "");
  return sum.failed + lost;
}

static void
keep_to_files (void)
{
  sim_database_forget ();
  template = file_template;
}

/* In a process of its own: one that has threads must not fork. */
static char *
make_template (gboolean in_files)
{
  char path[256] = "";
  int pipes[2], status;

  g_assert_cmpint (pipe (pipes), ==, 0);
  if (fork () == 0)
    {
      g_autofree char *made = NULL;

      if (in_files)
        sim_database_forget ();
      made = sim_template_new ();
      _exit (write (pipes[1], made, strlen (made) + 1) < 0);
    }
  close (pipes[1]);
  g_assert_cmpint (read (pipes[0], path, sizeof path - 1), >, 0);
  close (pipes[0]);
  wait (&status);
  return g_strdup (path);
}

/* The hash of all that happens from a seed, in a process of its own. */
static gboolean
hash_of (guint64 seed, gboolean in_files, char hash[65])
{
  Counts counts = { 0 };
  int pipes[2], status;
  gboolean heard;

  g_assert_cmpint (pipe (pipes), ==, 0);
  fflush (stdout);
  if (fork () == 0)
    {
      g_autofree char *made = NULL;

      if (in_files)
        keep_to_files ();
      made = run_group (seed, GROUP, SIM_BUG_NONE, &counts);
      fflush (stdout);
      _exit (write (pipes[1], made, 65) != 65);
    }
  close (pipes[1]);
  heard = read (pipes[0], hash, 65) == 65;
  close (pipes[0]);
  wait (&status);
  return heard && WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

/* The same seeds in two processes; and a database makes no difference to anybody. */
static gboolean
is_repeatable (guint64 seed)
{
  char first[65], again[65], in_files[65];

  return hash_of (seed, FALSE, first) && hash_of (seed, FALSE, again) && strcmp (first, again) == 0
         && (file_template == NULL || (hash_of (seed, TRUE, in_files) && strcmp (first, in_files) == 0));
}

static void
tell (guint number, gboolean ok, const char *what)
{
  printf ("%sok %u - %s\n", ok ? "" : "not ", number, what);
}

/* What ./dev test runs: the schedules, the same seed twice, and faults that have to be found; of those only what
 * concerns the server's records where they are in a database, which takes its time. */
static int
test_all (void)
{
  guint n_bugs = sim_database_is_used () ? SIM_BUG_FORGET + 1 : SIM_N_BUGS;
  gboolean good[5] = { TRUE, TRUE, TRUE, TRUE, TRUE };

  printf ("1..%u\n", n_bugs + 1);
  for (guint seed = 1; seed <= (sim_database_is_used () ? 1 : 3); seed++)
    good[0] &= is_repeatable (seed);
  tell (1, good[0],
        sim_database_is_used () ? "a seed repeats its run exactly, on SQLite and on PostgreSQL alike"
                                : "a seed repeats its run exactly");
  good[1] = run_seeds (first_seed, n_seeds, SIM_BUG_NONE) == 0;
  tell (2, good[1], "nothing acknowledged is lost or done twice");
  for (guint bug = SIM_BUG_FORGET; bug < n_bugs; bug++)
    {
      g_autofree char *what = g_strdup_printf ("the checker finds the fault “%s”", bug_names[bug]);

      good[bug + 1] = run_seeds (1, 40, bug) > 0;
      tell (bug + 2, good[bug + 1], what);
    }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (!good[i])
      return 1;
  return 0;
}

int
main (int argc, char **argv)
{
  gboolean tap = FALSE;
  GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_INT, &first_seed, "The first seed", "S" },
    { "seeds", 0, 0, G_OPTION_ARG_INT, &n_seeds, "How many", "N" },
    { "events", 0, 0, G_OPTION_ARG_INT, &n_events, "Events of a schedule before it comes to rest", "N" },
    { "jobs", 0, 0, G_OPTION_ARG_INT, &n_jobs, "Processes; one a processor when not given", "N" },
    { "bug", 0, 0, G_OPTION_ARG_STRING, &bug_name, "Build in a fault: forget, twice or keep", "NAME" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &verbose, "Print the hash of each practice, and its last events", NULL },
    { "tap", 0, 0, G_OPTION_ARG_NONE, &tap, "Run the test of the simulator itself as well", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  SimBug bug = SIM_BUG_NONE;
  int status;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || n_seeds < 1)
    {
      fprintf (stderr, "simulator: %s\n", error != NULL ? error->message : "--seeds is a number from 1");
      return 2;
    }
  for (guint i = 0; bug_name != NULL && i < SIM_N_BUGS; i++)
    if (g_str_equal (bug_name, bug_names[i]))
      bug = i;
  if (sodium_init () < 0)
    return 1;
  sim_database_start ();
  template = make_template (FALSE);
  if (tap && sim_database_is_used ())
    file_template = make_template (TRUE);
  status = tap ? test_all () : run_seeds (first_seed, n_seeds, bug) > 0;
  sim_files_remove (template);
  if (file_template != NULL)
    sim_files_remove (file_template);
  g_free (file_template);
  g_free (template);
  return status;
}
