/* bench-search.c: how long a sealed cache takes to find patients, keystroke by keystroke
 *
 * Usage: bench-search FOLDER PEOPLE [SEARCHES]: makes a cache of so many patients there, types the names, numbers and
 * birthdays of some of them letter by letter and prints for each way of typing: its name, keystrokes, and p50, p95,
 * p99 and longest in milliseconds of processor time, p95 in milliseconds on the clock, and how many of the people
 * stood in the list at the end.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/civil-text.h"
#include "people.h"
#include "store/store.h"

#define LIMIT 20
#define PEOPLE_PER_COMMIT 20000

typedef enum
{
  GIVEN_FAMILY,
  FAMILY_GIVEN,
  PARTS,
  MISTYPED,
  MOBILE,
  BIRTH_DATE,
  MEDICARE,
  N_WAYS
} Way;

static const char *const way_names[] = { "given-family", "family-given", "parts",   "mistyped",
                                         "mobile",       "birth-date",   "medicare" };

typedef struct
{
  GArray *processor; /* of gint64: nanoseconds a keystroke */
  GArray *clock;
  guint typed;
  guint found;
} Times;

static void
check (const GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "bench-search: %s\n", error->message);
  exit (1);
}

static gint64
nanoseconds (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

/* Loads the people and keeps every so-manieth to type. */
static GPtrArray *
load (WattleStore *store, guint n_people, guint n_kept)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  GPtrArray *kept = g_ptr_array_new_with_free_func (g_object_unref);
  WattleTransaction *transaction = NULL;
  GError *error = NULL;

  for (guint i = 0; i < n_people; i++)
    {
      g_autoptr (WattleRecord) patient = bench_person (rand);

      if (i % PEOPLE_PER_COMMIT == 0)
        {
          g_clear_pointer (&transaction, wattle_transaction_free);
          transaction = wattle_store_begin_write (store, &error);
          check (error);
          wattle_transaction_bulk_begin (transaction, &error);
        }
      wattle_transaction_put (transaction, patient, &error);
      check (error);
      if (i % MAX (1, n_people / n_kept) == 0)
        g_ptr_array_add (kept, g_object_ref (patient));
      if ((i + 1) % PEOPLE_PER_COMMIT == 0 || i + 1 == n_people)
        {
          if (i + 1 == n_people)
            wattle_transaction_bulk_end (transaction, NULL, NULL, NULL, &error);
          check (error);
          wattle_transaction_commit (transaction, &error);
          check (error);
        }
    }
  wattle_transaction_free (transaction);
  return kept;
}

/* One letter wrong, left out, doubled or swapped with the next, but never the first. */
static char *
mistype (GRand *rand, const char *name)
{
  glong length = g_utf8_strlen (name, -1);
  const char *at = g_utf8_offset_to_pointer (name, g_rand_int_range (rand, 1, MAX (2, (gint) length - 1)));
  const char *next = g_utf8_next_char (at);
  int before = (int) (at - name), here = (int) (next - at);

  if (length < 4)
    return g_strdup (name);
  switch (g_rand_int_range (rand, 0, 4))
    {
    case 0:
      return g_strdup_printf ("%.*sx%s", before, name, next);
    case 1:
      return g_strdup_printf ("%.*s%s", before, name, next);
    case 2:
      return g_strdup_printf ("%.*s%.*s%s", before, name, here, at, at);
    default:
      return g_strdup_printf ("%.*s%.*s%.*s%s", before, name, (int) (g_utf8_next_char (next) - next), next, here, at,
                              g_utf8_next_char (next));
    }
}

static char *
first_letters (const char *name, glong n)
{
  return g_utf8_substring (name, 0, MIN (n, g_utf8_strlen (name, -1)));
}

static char *
as_typed (GRand *rand, WattleRecord *patient, Way way)
{
  const char *given = wattle_record_get_string (patient, WATTLE_PATIENT_GIVEN_NAMES);
  const char *family = wattle_record_get_string (patient, WATTLE_PATIENT_FAMILY_NAME);
  g_autofree char *a = first_letters (given, 3);
  g_autofree char *b = first_letters (family, 4);

  switch (way)
    {
    case GIVEN_FAMILY:
      return g_strdup_printf ("%s %s", given, family);
    case FAMILY_GIVEN:
      return g_strdup_printf ("%s, %s", family, given);
    case PARTS:
      return g_strdup_printf ("%s %s", b, a);
    case MISTYPED:
      {
        g_autofree char *wrong = mistype (rand, family);

        return g_strdup_printf ("%s %s", wrong, given);
      }
    case MOBILE:
      return g_strdup_printf ("0%s", wattle_record_get_string (patient, WATTLE_PATIENT_MOBILE) + 3);
    case BIRTH_DATE:
      return wattle_date_display_numeric (wattle_record_get_integer (patient, WATTLE_PATIENT_BIRTH_DATE));
    default:
      return g_strdup (wattle_record_get_string (patient, WATTLE_PATIENT_MEDICARE_NUMBER));
    }
}

static gboolean
holds (GPtrArray *hits, WattleRecord *patient)
{
  for (guint i = 0; i < hits->len; i++)
    if (strcmp (wattle_record_id (((WattleSearchHit *) hits->pdata[i])->record), wattle_record_id (patient)) == 0)
      return TRUE;
  return FALSE;
}

static void
type (WattleStore *store, WattleRecord *patient, const char *text, Times *times)
{
  g_autoptr (GPtrArray) hits = NULL;
  GError *error = NULL;

  for (const char *end = g_utf8_next_char (text);; end = g_utf8_next_char (end))
    {
      g_autofree char *typed = g_strndup (text, end - text);
      gint64 clock = nanoseconds (CLOCK_MONOTONIC), processor = nanoseconds (CLOCK_THREAD_CPUTIME_ID);
      g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (store, &error);

      check (error);
      g_clear_pointer (&hits, g_ptr_array_unref);
      hits =
        wattle_transaction_search (transaction, G_GUINT64_CONSTANT (1) << WATTLE_RECORD_PATIENT, typed, LIMIT, &error);
      check (error);
      processor = nanoseconds (CLOCK_THREAD_CPUTIME_ID) - processor;
      clock = nanoseconds (CLOCK_MONOTONIC) - clock;
      g_array_append_val (times->processor, processor);
      g_array_append_val (times->clock, clock);
      if (processor > 8000000 && g_getenv ("SLOW") != NULL)
        fprintf (stderr, "slow: “%s” %.1f ms, %u hits\n", typed, processor / 1e6, hits->len);
      if (*end == '\0')
        break;
    }
  times->typed++;
  /* Who shares a name with twenty others is found by typing on, not by this list. */
  times->found += holds (hits, patient) || hits->len == LIMIT;
  if (!holds (hits, patient) && hits->len < LIMIT && g_getenv ("SLOW") != NULL)
    fprintf (stderr, "not found: “%s” %u hits\n", text, hits->len);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

static double
percentile (GArray *sorted, guint percent)
{
  return g_array_index (sorted, gint64, MIN (sorted->len * percent / 100, sorted->len - 1)) / 1e6;
}

static void
print_times (const char *name, Times *times)
{
  g_array_sort (times->processor, compare_times);
  g_array_sort (times->clock, compare_times);
  printf ("%s %u %.3f %.3f %.3f %.3f %.3f %.3f\n", name, times->processor->len, percentile (times->processor, 50),
          percentile (times->processor, 95), percentile (times->processor, 99), percentile (times->processor, 100),
          percentile (times->clock, 95), (double) times->found / times->typed);
}

int
main (int argc, char **argv)
{
  guint n_people = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 10000;
  guint n_typed = argc > 3 ? g_ascii_strtoull (argv[3], NULL, 10) : 60;
  g_autofree char *path = g_build_filename (argc > 1 ? argv[1] : ".", "people.db", NULL);
  static const guint8 key[32] = "thirty-two bytes of a bench key";
  WattleStoreOptions options = { .side = WATTLE_STORE_CLIENT, .path = path, .key = key };
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  GError *error = NULL;
  g_autoptr (WattleStore) store = wattle_store_open (&options, &error);
  g_autoptr (GPtrArray) people = NULL;
  Times all = { g_array_new (FALSE, FALSE, sizeof (gint64)), g_array_new (FALSE, FALSE, sizeof (gint64)), 0, 0 };

  check (error);
  people = load (store, n_people, n_typed);
  for (Way way = 0; way < N_WAYS; way++)
    {
      Times times = { g_array_new (FALSE, FALSE, sizeof (gint64)), g_array_new (FALSE, FALSE, sizeof (gint64)), 0, 0 };

      for (guint i = 0; i < people->len; i++)
        {
          g_autofree char *text = as_typed (rand, people->pdata[i], way);

          type (store, people->pdata[i], text, &times);
        }
      g_array_append_vals (all.processor, times.processor->data, times.processor->len);
      g_array_append_vals (all.clock, times.clock->data, times.clock->len);
      all.typed += times.typed;
      all.found += times.found;
      print_times (way_names[way], &times);
      g_array_unref (times.processor);
      g_array_unref (times.clock);
    }
  print_times ("all", &all);
  g_array_unref (all.processor);
  g_array_unref (all.clock);
  wattle_store_close (store, &error);
  check (error);
  return 0;
}
